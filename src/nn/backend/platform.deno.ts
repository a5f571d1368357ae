/** Deno: its own WebGPU, which pays for training and for large batches. */
import type { Platform } from "./platform.ts";
import { openCpu, openWasm } from "./portable.ts";
import { openWebGpu } from "./webgpu.ts";

const MANY = 64;

/** In the package beside this program; the bundler rewrites `../../../dist/` to `./`. */
const SHIPPED = new URL("../../../dist/tfjs-backend-wasm-simd.wasm", import.meta.url);

export const platform: Platform = {
  order: (purpose, batchSize) =>
    purpose === "training" || batchSize > MANY ? ["webgpu", "wasm", "cpu"] : ["wasm", "webgpu", "cpu"],
  openers: { webgpu: openWebGpu, wasm: (tf, opening) => openWasm(tf, opening, SHIPPED), cpu: openCpu },
};
