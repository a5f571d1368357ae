/** Kernels from the file system: Node, Deno, Bun. The bundler rewrites `../../build/` to `./`, so that each file
 *  names its neighbour: sources the build folder, the package its own. */
import { readFile } from "node:fs/promises";
import { pathToFileURL } from "node:url";
import type { KernelBinary, KernelBuild, KernelPart } from "./source.ts";

export async function openBuild(build: KernelBuild, part: KernelPart = "core"): Promise<KernelBinary> {
  const url = urlOf(build, part);
  try {
    return await readFile(url);
  } catch (cause) {
    throw new Error(
      `cannot read ${url.pathname}: run \`npm run build\` in a clone, reinstall the package elsewhere, ` +
        "or pass the bytes of the file (where a bundler has left the file behind)",
      { cause },
    );
  }
}

function urlOf(build: KernelBuild, part: KernelPart): URL {
  if (part === "data")
    return build === "simd"
      ? new URL("../../build/takagi.data.wasm", import.meta.url)
      : new URL("../../build/takagi.data.scalar.wasm", import.meta.url);
  return build === "simd"
    ? new URL("../../build/takagi.wasm", import.meta.url)
    : new URL("../../build/takagi.scalar.wasm", import.meta.url);
}

/** A string is an URL (http, https, data, file) or else a path. */
export async function openUrl(url: URL | string): Promise<KernelBinary> {
  const target =
    typeof url === "string" && !/^[a-z][a-z\d+.-]+:/i.test(url) ? pathToFileURL(url) : new URL(url);
  return target.protocol === "file:" ? readFile(target) : fetch(target);
}
