/** Kernels fetched from beside this module: pages, web workers, and every runtime that has no source of its own. The
 *  bundler rewrites `../../build/` to `./`; `new URL(…, import.meta.url)` is the form that bundlers know as an asset. */
import type { KernelBinary, KernelBuild, KernelPart } from "./source.ts";

export async function openBuild(build: KernelBuild, part: KernelPart = "core"): Promise<KernelBinary> {
  if (part === "data")
    return fetch(
      build === "simd"
        ? new URL("../../build/takagi.data.wasm", import.meta.url)
        : new URL("../../build/takagi.data.scalar.wasm", import.meta.url),
    );
  return fetch(
    build === "simd"
      ? new URL("../../build/takagi.wasm", import.meta.url)
      : new URL("../../build/takagi.scalar.wasm", import.meta.url),
  );
}

export async function openUrl(url: URL | string): Promise<KernelBinary> {
  return fetch(url);
}
