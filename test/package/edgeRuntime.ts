/** workerd, the open-source runtime of Cloudflare Workers: a bundle of esbuild and the .wasm files beside it. */
import { type ChildProcess, spawn } from "node:child_process";
import { readdir, readFile, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";

export interface Edge {
  readonly url: string;
  /** From the start of the process to the first answer that is not refused. */
  readonly started: number;
  /** Of the process, bytes; where the system tells. */
  peakMemory(): Promise<number | undefined>;
  stop(): void;
}

/** Bundles a worker as wrangler does: .wasm files stay files, compiled when the worker is deployed.
 *  @returns bytes of all files, gzipped */
export async function bundleEdge(entry: string, outdir: string): Promise<number> {
  await build({
    entryPoints: { worker: entry },
    outdir,
    bundle: true,
    minify: true,
    format: "esm",
    platform: "browser",
    conditions: ["workerd", "worker"],
    mainFields: ["module", "main"],
    loader: { ".wasm": "copy" },
    assetNames: "[name]",
    external: ["fs", "path", "worker_threads", "perf_hooks", "os", "util", "crypto"],
    logLevel: "error",
  });
  const files = await readdir(outdir);
  const modules = files.map((name) =>
    name.endsWith(".wasm")
      ? `(name = "./${name}", wasm = embed "${name}")`
      : `(name = "${name}", esModule = embed "${name}")`,
  );
  // The first module is the worker.
  modules.sort((a, b) => Number(b.includes("worker.js")) - Number(a.includes("worker.js")));
  await writeFile(
    join(outdir, "worker.capnp"),
    `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [(name = "main", worker = (compatibilityDate = "2026-01-01", modules = [${modules.join(", ")}]))],
  sockets = [(name = "http", http = (), service = "main")],
);`,
  );
  let bytes = 0;
  for (const name of files) bytes += gzipSync(await readFile(join(outdir, name))).length;
  return bytes;
}

/** Serves a folder of bundleEdge. */
export async function startEdge(command: string, folder: string): Promise<Edge> {
  const port = await freePort(),
    url = `http://127.0.0.1:${port}`;
  const before = performance.now();
  const child = spawn(
    command,
    ["serve", join(folder, "worker.capnp"), `--socket-addr=http=127.0.0.1:${port}`],
    { stdio: ["ignore", "ignore", "pipe"] },
  );
  let complaints = "";
  child.stderr.on("data", (text) => (complaints += String(text)));
  while (
    !(await fetch(url).then(
      () => true,
      () => false,
    ))
  ) {
    if (child.exitCode !== null || performance.now() - before > 20_000) {
      child.kill();
      throw new Error(`workerd does not answer: ${complaints}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  return {
    url,
    started: performance.now() - before,
    peakMemory: () => peakOf(child),
    stop: () => child.kill(),
  };
}

async function peakOf({ pid }: ChildProcess): Promise<number | undefined> {
  const status = await readFile(`/proc/${pid}/status`, "utf8").catch(() => "");
  const kilobytes = /^VmHWM:\s+(\d+) kB/m.exec(status)?.[1];
  return kilobytes === undefined ? undefined : Number(kilobytes) * 1024;
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
