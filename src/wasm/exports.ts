/** What the WASM core exports, as TypeScript sees it. One line for each name in assembly/index.ts. */

export interface KernelExports {
  readonly memory: WebAssembly.Memory;
  /** Layout.Version of the build; compared with that of the host at load. */
  layoutVersion(): number;
  /** 1 in the SIMD build, 0 in the scalar one. */
  hasSimd(): number;
}
