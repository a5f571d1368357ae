/** Kernels from the file system: Node, Deno, Bun. The bundler rewrites `../../build/` to `./`, so that each file
 *  names its neighbour: sources the build folder, the package its own. */
import { readFile } from "node:fs/promises";
import { pathToFileURL } from "node:url";
import type { KernelBinary, KernelBuild } from "./source.ts";

export async function openBuild(build: KernelBuild): Promise<KernelBinary> {
  const url =
    build === "simd"
      ? new URL("../../build/takagi.wasm", import.meta.url)
      : new URL("../../build/takagi.scalar.wasm", import.meta.url);
  try {
    return await readFile(url);
  } catch (cause) {
    throw new Error(
      `cannot read ${url.pathname}: run \`npm run build\` in a clone, reinstall the package elsewhere, ` +
        "or pass the bytes of takagi.wasm to loadKernels (where a bundler has left the file behind)",
      { cause },
    );
  }
}

/** A string is an URL (http, https, data, file) or else a path. */
export async function openUrl(url: URL | string): Promise<KernelBinary> {
  const target = typeof url === "string" && !/^[a-z][a-z\d+.-]+:/i.test(url) ? pathToFileURL(url) : new URL(url);
  return target.protocol === "file:" ? readFile(target) : fetch(target);
}
