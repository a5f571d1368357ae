/** The kernels of `dist/takagi.global.js`, inside it: a page opened from a disk has nothing to fetch. */
import scalar from "../../build/takagi.scalar.wasm?base64";
import simd from "../../build/takagi.wasm?base64";
import type { KernelBinary, KernelBuild } from "./source.ts";

export async function openBuild(build: KernelBuild): Promise<KernelBinary> {
  const text = atob(build === "simd" ? simd : scalar);
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}

export async function openUrl(url: URL | string): Promise<KernelBinary> {
  return fetch(url);
}
