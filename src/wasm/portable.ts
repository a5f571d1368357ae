/** Kernels on their way to a worker. */
import type { KernelOrigin } from "./load.ts";

/** What does not survive structured cloning becomes what does. */
export async function portableKernels(
  wasm: KernelOrigin | undefined,
): Promise<{ readonly wasm?: Exclude<KernelOrigin, URL | Response> }> {
  if (wasm === undefined) return {};
  if (wasm instanceof URL) return { wasm: wasm.href };
  // By tag, as in load.ts.
  const isResponse = Object.prototype.toString.call(wasm) === "[object Response]";
  return {
    wasm: isResponse
      ? await (wasm as Response).arrayBuffer()
      : (wasm as Exclude<KernelOrigin, URL | Response>),
  };
}
