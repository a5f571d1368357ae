/** Node: native addons and Dawn where somebody installed them. */
import { openNode, openNodeGpu } from "./addon.node.ts";
import { openDawn } from "./dawn.node.ts";
import type { Platform } from "./platform.ts";
import { openCpu, openWasm } from "./portable.ts";

export const platform: Platform = {
  order: () => ["node-gpu", "webgpu", "node", "wasm", "cpu"],
  openers: { "node-gpu": openNodeGpu, webgpu: openDawn, node: openNode, wasm: openWasm, cpu: openCpu },
  // tfjs-core keeps its gradients in files that only bundlers can import; the whole of tfjs has them inside.
  loadGradients: () => import("@tensorflow/tfjs"),
};
