/** Kernels as a module compiled at deployment: edge runtimes (workerd) forbid compiling bytes. They all have SIMD. */
import compiled from "../../build/takagi.wasm";
import type { KernelBinary } from "./source.ts";

export async function openBuild(): Promise<KernelBinary> {
  return compiled;
}

export async function openUrl(): Promise<KernelBinary> {
  throw new Error("this runtime forbids compiling bytes; import the .wasm file and pass the module to loadKernels");
}
