/** Node: native addons and Dawn where somebody installed them. */
import { openNode, openNodeGpu } from "./addon.node.ts";
import { openDawn } from "./dawn.node.ts";
import type { Platform } from "./platform.ts";
import { openCpu, openWasm } from "./portable.ts";

/** In the package beside this program; the bundler rewrites `../../../dist/` to `./`. */
const SHIPPED = new URL("../../../dist/tfjs-backend-wasm-simd.wasm", import.meta.url);

export const platform: Platform = {
  order: () => ["node-gpu", "webgpu", "node", "wasm", "cpu"],
  openers: {
    "node-gpu": openNodeGpu,
    webgpu: openDawn,
    node: openNode,
    wasm: (tf, opening) => openWasm(tf, opening, SHIPPED),
    cpu: openCpu,
  },
};
