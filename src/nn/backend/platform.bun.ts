/** Bun: no GPU. */
import type { Platform } from "./platform.ts";
import { openCpu, openWasm } from "./portable.ts";

/** In the package beside this program; the bundler rewrites `../../../dist/` to `./`. */
const SHIPPED = new URL("../../../dist/tfjs-backend-wasm-simd.wasm", import.meta.url);

export const platform: Platform = {
  order: () => ["wasm", "cpu"],
  openers: { wasm: (tf, opening) => openWasm(tf, opening, SHIPPED), cpu: openCpu },
};
