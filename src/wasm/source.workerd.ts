/** Kernels as a module compiled at deployment: edge runtimes (workerd) forbid compiling bytes. They all have SIMD. */
import data from "../../build/takagi.data.wasm";
import core from "../../build/takagi.wasm";
import type { KernelBinary, KernelBuild, KernelPart } from "./source.ts";

export async function openBuild(_build: KernelBuild, part: KernelPart = "core"): Promise<KernelBinary> {
  return part === "data" ? data : core;
}

export async function openUrl(): Promise<KernelBinary> {
  throw new Error(
    "this runtime reads no files; import them as modules (a .wasm file is given as `wasm`, those of a model to `parseModel`)",
  );
}
