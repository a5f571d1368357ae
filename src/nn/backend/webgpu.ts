/** WebGPU of the runtime: browsers, Deno, and Node where dawn.node.ts has put one there. */
import { activate, Refusal, registered, type Opened, type Opening } from "./platform.ts";
import { isSoftware, refuseSoftware } from "./software.ts";
import type { Tf } from "./types.ts";

interface AdapterInfo {
  readonly vendor?: string;
  readonly architecture?: string;
  readonly device?: string;
  readonly description?: string;
  readonly isFallbackAdapter?: boolean;
}

/** As much of WebGPU as is needed here. */
export interface Gpu {
  requestAdapter(options?: {
    powerPreference: "high-performance";
  }): Promise<{ readonly info?: AdapterInfo; readonly isFallbackAdapter?: boolean } | null>;
}

/** tfjs-backend-webgpu registers itself only where `navigator.gpu` exists when it is imported: so it is imported last. */
export async function openWebGpu(tf: Tf, { allowSoftware }: Opening): Promise<Opened> {
  const gpu = (globalThis as { navigator?: { gpu?: Gpu } }).navigator?.gpu;
  if (gpu === undefined) throw new Refusal("this runtime has no navigator.gpu");
  const adapter = await gpu.requestAdapter({ powerPreference: "high-performance" });
  if (adapter === null) throw new Refusal("no adapter: there is no GPU, or no driver for it");
  const { vendor, architecture, device, description, isFallbackAdapter } = adapter.info ?? {};
  const label =
    [...new Set([vendor, architecture, device, description])].filter(Boolean).join(" ") ||
    "an adapter without a name";
  const isFallback = isFallbackAdapter === true || adapter.isFallbackAdapter === true;
  if ((isFallback || isSoftware(label)) && !allowSoftware) refuseSoftware(label);
  await registered(tf, "webgpu", "@tensorflow/tfjs-backend-webgpu");
  await activate(tf, "webgpu");
  return { adapter: label, version: tf.version_core };
}
