/** Bun: no GPU. */
import type { Platform } from "./platform.ts";
import { openCpu, openWasm } from "./portable.ts";

export const platform: Platform = {
  order: () => ["wasm", "cpu"],
  openers: { wasm: openWasm, cpu: openCpu },
  loadGradients: () => import("@tensorflow/tfjs"),
};
