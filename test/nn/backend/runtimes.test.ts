/** The backends of other runtimes: Deno, and Chromium with its GPU imitated by the processor. */
import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import { createRequire } from "node:module";
import { type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { build } from "esbuild";
import { chromium } from "playwright-core";
import { expect, onTestFinished, test } from "vitest";
import type { BackendReport } from "../../../src/nn/index.ts";
import { denoPath } from "../../dataset/tools.ts";

const root = fileURLToPath(new URL("../../..", import.meta.url));
const require = createRequire(import.meta.url);

interface Outcome {
  readonly name: string;
  readonly is: string;
  readonly isIsolated: boolean;
  readonly reports: readonly BackendReport[];
  readonly strict: readonly BackendReport[];
}

/** A choice among GPUs that are there, and what there is, with imitated GPUs and without. */
const body = `
const { name, tf } = await chooseBackend({ purpose: "training" });
const is = tf.getBackend();
const strict = await listBackends({ purpose: "training" });
const reports = await listBackends({ purpose: "training", allowSoftware: true });
const outcome = { name, is, isIsolated: globalThis.crossOriginIsolated === true, reports, strict };
`;

const usable = (reports: readonly BackendReport[]): string[] =>
  reports.filter(({ isUsable }) => isUsable).map(({ name }) => name);
const reason = (reports: readonly BackendReport[], name: string): string =>
  reports.find((report) => report.name === name)!.reason ?? "";

const deno = denoPath(require);
const testWithDeno = deno === undefined ? test.skip : test;

testWithDeno(
  `Deno: WASM, and its WebGPU where it has an adapter${deno === undefined ? " (skipped: no Deno for this platform)" : ""}`,
  async ({ annotate }) => {
    const dir = await mkdtemp(join(tmpdir(), "takagi-deno-"));
    onTestFinished(() => rm(dir, { recursive: true }));
    const main = join(dir, "main.mjs");
    await writeFile(
      main,
      `import { chooseBackend, listBackends } from ${JSON.stringify(pathToFileURL(join(root, "dist/nn.js")).href)};${body}console.log(JSON.stringify(outcome));`,
    );
    const words = ["run", "--allow-all", "--no-prompt", "--cached-only", "--node-modules-dir=manual", main];
    const { stdout } = await promisify(execFile)(deno!, words, {
      cwd: root,
      timeout: 50_000,
      env: { ...process.env, NO_COLOR: "1" },
    });
    const { name, is, reports, strict } = JSON.parse(stdout) as Outcome;
    expect([name, is]).toEqual([usable(strict)[0], name]);
    expect(usable(reports)).toContain("wasm");
    expect(usable(reports)).not.toContain("cpu");
    if (usable(reports).includes("webgpu")) return;
    expect(reason(reports, "webgpu")).toMatch(/adapter|navigator\.gpu/);
    await annotate("Deno found no adapter: its WebGPU was not tested");
  },
);

const browser = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"].find((path) =>
  existsSync(path),
);
const isRequired = (process.env.TAKAGI_REQUIRE ?? "").split(/[\s,]+/).includes("chromium");
const testWithChromium = browser === undefined && !isRequired ? test.skip : test;
const FLAGS = [
  "--no-sandbox",
  "--use-angle=swiftshader",
  "--enable-unsafe-swiftshader",
  "--enable-unsafe-webgpu",
  "--use-webgpu-adapter=swiftshader",
];

testWithChromium(
  `Chromium: WebGPU, WebGL and WASM${browser === undefined ? " (skipped: no Chromium)" : ""}`,
  { timeout: 100_000 },
  async () => {
    const { outputFiles } = await build({
      stdin: {
        // Packages with a copy of tfjs-core of their own.
        contents: `import "@tensorflow/tfjs-backend-webgl"; import "@tensorflow/tfjs-backend-webgpu"; import { chooseBackend, listBackends } from "./dist/nn.js";${body}globalThis.outcome = outcome;`,
        resolveDir: root,
      },
      bundle: true,
      write: false,
      format: "esm",
      platform: "browser",
      mainFields: ["browser", "module", "main"],
      external: ["fs", "path", "worker_threads", "perf_hooks", "os", "util", "crypto"],
      logLevel: "error",
    });
    const server = createServer((request, response) => {
      // Cross-origin isolated, so that tfjs takes its file for threads.
      const headers = {
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Embedder-Policy": "require-corp",
      };
      const send = (type: string, content: string | Uint8Array) =>
        response.writeHead(200, { ...headers, "Content-Type": type }).end(content);
      if (request.url === "/")
        send("text/html", '<!doctype html><script type="module" src="/main.js"></script>');
      else if (request.url === "/main.js") send("text/javascript", outputFiles[0]!.text);
      else if (request.url!.endsWith(".wasm"))
        void readFile(join(root, "dist", basename(request.url!))).then((bytes) =>
          send("application/wasm", bytes),
        );
      else response.writeHead(404).end();
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    onTestFinished(() => void server.close());
    const app = await chromium.launch({ executablePath: browser ?? "/usr/bin/chromium", args: FLAGS });
    onTestFinished(() => app.close());
    const page = await app.newPage();
    const complaints: string[] = [];
    page.on("pageerror", (error) => complaints.push(error.message));
    await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
    await page
      .waitForFunction("globalThis.outcome !== undefined", undefined, { timeout: 50_000 })
      .catch((error: unknown) => {
        throw new Error(`the page did not finish: ${complaints.join("; ")}`, { cause: error });
      });
    const { name, is, isIsolated, reports, strict } = (await page.evaluate("globalThis.outcome")) as Outcome;
    expect([name, is, isIsolated]).toEqual(["wasm", "wasm", true]);
    expect(reports.map((report) => report.name)).toEqual(["webgpu", "webgl", "wasm", "cpu"]);
    expect(reason(strict, "webgpu")).toMatch(/swiftshader/i);
    expect(reason(strict, "webgl")).toMatch(/swiftshader/i);
    expect([usable(reports), reports.map((report) => report.reason)]).toEqual([
      ["webgpu", "webgl", "wasm"],
      [undefined, undefined, undefined, expect.stringContaining("too slow")],
    ]);
  },
);
