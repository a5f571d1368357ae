/** What a kernel returns. The host's switch over it is exhaustive (src/wasm/workspace.ts). */
export const enum Status {
  Ok = 0,
  /** A count is zero, negative, or not a multiple of the vector width where it must be. */
  BadCount = 1,
  /** A parameter is outside the domain of the kernel. */
  BadParameter = 2,
  /** No draw of a sample met its preset's conditions, however often it was repeated. */
  NoDraw = 3,
}
