/** Deno: its own WebGPU, which pays for training and for large batches. */
import type { Platform } from "./platform.ts";
import { openCpu, openWasm } from "./portable.ts";
import { openWebGpu } from "./webgpu.ts";

const MANY = 64;

export const platform: Platform = {
  order: (purpose, batchSize) =>
    purpose === "training" || batchSize > MANY ? ["webgpu", "wasm", "cpu"] : ["wasm", "webgpu", "cpu"],
  openers: { webgpu: openWebGpu, wasm: openWasm, cpu: openCpu },
  loadGradients: () => import("@tensorflow/tfjs"),
};
