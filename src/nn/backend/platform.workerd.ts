/** Edge runtimes (workerd): one thread, and tfjs's .wasm and ours as modules compiled at deployment. */
import trainingKernels from "../../../build/takagi.nn.wasm";
import compiled from "@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-simd.wasm";
import type { Platform } from "./platform.ts";
import { openCpu, openWasm } from "./portable.ts";

export const platform: Platform = {
  order: () => ["wasm", "cpu"],
  openers: { wasm: (tf, opening) => openWasm(tf, opening, compiled), cpu: openCpu },
  trainingKernels,
};
