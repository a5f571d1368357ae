/** Programs in Chromium, its GPU imitated by the processor. */
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build, type BuildOptions } from "esbuild";
import { chromium, type Page } from "playwright-core";
import { onTestFinished } from "vitest";
import { chromiumPath } from "../dataset/tools.ts";

export const root = fileURLToPath(new URL("../..", import.meta.url));
const FLAGS = [
  "--no-sandbox",
  "--use-angle=swiftshader",
  "--enable-unsafe-swiftshader",
  "--enable-unsafe-webgpu",
  "--use-webgpu-adapter=swiftshader",
];
const TYPES: Readonly<Record<string, string>> = { js: "text/javascript", wasm: "application/wasm" };

/** An empty page of a server that has the bundled programs, and dist/'s kernels beside them. */
export async function openPage(
  options: Pick<BuildOptions, "entryPoints" | "stdin" | "plugins" | "alias" | "loader">,
): Promise<Page> {
  const { outputFiles } = await build({
    ...options,
    bundle: true,
    write: false,
    splitting: true,
    format: "esm",
    outdir: "/",
    platform: "browser",
    mainFields: ["browser", "module", "main"],
    external: ["fs", "path", "worker_threads", "perf_hooks", "os", "util", "crypto"],
    logLevel: "error",
  });
  const programs = new Map(outputFiles.map(({ path, contents }) => [basename(path), contents]));
  const server = createServer((request, response) => {
    const name = basename(request.url!),
      type = TYPES[name.split(".").at(-1)!];
    const send = (kind: string, content: string | Uint8Array): void =>
      void response.writeHead(200, { "content-type": kind }).end(content);
    if (request.url === "/") send("text/html", "<!doctype html>");
    else if (programs.has(name)) send(TYPES.js!, programs.get(name)!);
    else if (type === TYPES.wasm)
      readFile(join(root, "dist", name)).then(
        (bytes) => send(type!, bytes),
        () => response.writeHead(404).end(),
      );
    else response.writeHead(404).end();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void server.close());
  const app = await chromium.launch({ executablePath: chromiumPath!, args: FLAGS });
  onTestFinished(() => app.close());
  const page = await app.newPage();
  await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
  return page;
}
