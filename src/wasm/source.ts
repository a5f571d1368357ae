/** What `#wasm-source` resolves to: one module for each family of runtimes, chosen by the conditions of package
 *  `imports` (workerd, deno, node, default), never by asking the environment for its name. */

/** `simd` has kernels for WebAssembly SIMD; `scalar` runs on every machine. */
export type KernelBuild = "simd" | "scalar";

/** The physics, or the generator of training samples. */
export type KernelPart = "core" | "data";

/** What a source may hand over: a compiled module, bytes, or the response of a server. */
export type KernelBinary = WebAssembly.Module | ArrayBuffer | ArrayBufferView<ArrayBuffer> | Response;

export interface KernelSource {
  /** The kernels that were built with this package. */
  openBuild(build: KernelBuild, part?: KernelPart): Promise<KernelBinary>;
  /** Kernels kept elsewhere. */
  openUrl(url: URL | string): Promise<KernelBinary>;
}
