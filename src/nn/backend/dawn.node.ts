/** WebGPU for Node: Dawn, from the package `webgpu`. */
import { optional, type Opened, type Opening } from "./platform.ts";
import type { Tf } from "./types.ts";
import { openWebGpu, type Gpu } from "./webgpu.ts";

/** Kept for as long as the process: Dawn frees what nobody refers to. */
let dawn: Gpu | undefined;

/** Puts Dawn's WebGPU where tfjs looks for it, before tfjs looks; takes it away again where it is of no use. */
export async function openDawn(tf: Tf, opening: Opening): Promise<Opened> {
  if ((globalThis as { navigator?: { gpu?: Gpu } }).navigator?.gpu !== undefined)
    return openWebGpu(tf, opening);
  const { create, globals } = await optional("webgpu", () => import("webgpu"));
  Object.assign(globalThis, globals);
  dawn ??= create([]) as unknown as Gpu;
  // Node 21 and later have a navigator, as a getter.
  const before = Object.getOwnPropertyDescriptor(globalThis, "navigator");
  Object.defineProperty(globalThis, "navigator", {
    value: { gpu: dawn, userAgent: "node" },
    configurable: true,
    writable: true,
  });
  try {
    return await openWebGpu(tf, opening);
  } catch (error) {
    if (before === undefined) delete (globalThis as { navigator?: unknown }).navigator;
    else Object.defineProperty(globalThis, "navigator", before);
    throw error;
  }
}
