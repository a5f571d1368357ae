/** The gradients of a whole small network, on every backend that can be had here, against tfjs's CPU backend. */
import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { build, type Plugin } from "esbuild";
import { expect, onTestFinished, test } from "vitest";
import { createGenerator } from "../../src/dataset/generator.ts";
import type { BackendName } from "../../src/nn/backend/types.ts";
import { outputsOf } from "../../src/nn/outputs.ts";
import { denoPath, testWithChromium } from "../dataset/tools.ts";
import { openPage, root } from "./browser.ts";
import { gradientsOn, type Problem } from "./gradientsProgram.ts";

const COUNT = 6;
/** Of the points of a curve one in so many. */
const EVERY = 6;

const problem: Promise<Problem> = (async () => {
  const generator = await createGenerator("cnn3"),
    { labelNames, inputLength } = generator,
    { inputs, labels } = generator.generate(4, 0, COUNT);
  const outputs = outputsOf(generator, labelNames, "score"),
    points = Math.ceil(inputLength / EVERY);
  const network = {
    name: "tiny",
    inputLength: points,
    extras: 0,
    outputs: outputs.length,
    normalisation: { gamma: true, epsilon: 1e-3 },
    layers: [
      { kind: "convolution", taps: 9, stride: 2, channels: 6, bias: true },
      { kind: "pool" },
      { kind: "residual", taps: 5, stride: 2, channels: 8 },
      { kind: "dense", channels: 10, bias: true },
    ],
  } as const;
  return {
    task: { network, loss: "score", outputs, labels: labelNames },
    inputs: Array.from(inputs).filter((_, i) => (i % inputLength) % EVERY === 0),
    labels: Array.from(labels),
    count: COUNT,
  };
})();
const expected = problem.then((given) => gradientsOn("cpu", given));

/** 1e-4 of the largest of each array; of a bias before a normalisation, whose gradient is 0, of the largest of its filters. */
async function expectSame(found: Readonly<Record<string, readonly number[]>>): Promise<void> {
  const wanted = await expected,
    largest = (values: readonly number[] = []): number =>
      values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  expect(Object.keys(found)).toEqual(Object.keys(wanted));
  for (const [name, values] of Object.entries(wanted)) {
    const difference = largest(values.map((value, i) => found[name]![i]! - value)),
      filters = name.replace(/bias$/, name.startsWith("convolution") ? "filters" : "matrix");
    expect(difference / Math.max(largest(values), largest(wanted[filters])), name).toBeLessThan(1e-4);
  }
}

/** What package.json "imports" and the tests' Vite configuration do. */
function forRuntime(platform: "web" | "deno"): Plugin {
  const files: Record<string, string> = {
    "#nn-platform": `src/nn/backend/platform.${platform}.ts`,
    "#wasm-source": `src/wasm/source.${platform === "web" ? "web" : "node"}.ts`,
    "#worker-host": `src/workers/host.${platform === "web" ? "web" : "node"}.ts`,
  };
  return {
    name: "runtime",
    setup: ({ onResolve, onLoad }) => {
      onResolve({ filter: /^#/ }, ({ path }) => ({ path: join(root, files[path]!) }));
      onResolve({ filter: /\.wasm\?base64$/ }, ({ path }) => ({
        path: join(root, "build", path.split("/").at(-1)!),
        namespace: "base64",
      }));
      onLoad({ filter: /./, namespace: "base64" }, async ({ path }) => ({
        contents: `export default "${(await readFile(path.replace("?base64", ""))).toString("base64")}";`,
      }));
      onResolve({ filter: /\.wasm$/ }, ({ path }) => ({ path, external: true }));
      // Files of tfjs that only bundlers can import; the whole of tfjs has them inside.
      if (platform === "deno")
        onResolve({ filter: /register_all_gradients/ }, () => ({ path: "@tensorflow/tfjs", external: true }));
    },
  };
}

test("WASM, with takagi's kernels", { timeout: 120_000 }, async () => {
  await expectSame(await gradientsOn("wasm", await problem));
});

testWithChromium(
  "Chromium: WebGL and WebGPU",
  async () => {
    const page = await openPage({
      entryPoints: { gradients: join(root, "test/nn/gradientsPage.ts") },
      plugins: [forRuntime("web")],
    });
    await page.addScriptTag({ url: "/gradients.js", type: "module" });
    await page.waitForFunction(() => "gradientsOn" in globalThis);
    for (const backend of ["webgl", "webgpu"] as const satisfies readonly BackendName[]) {
      const found = await page.evaluate(
        async ({ backend, given }) =>
          (globalThis as unknown as typeof import("./gradientsProgram.ts")).gradientsOn(backend, given),
        { backend, given: await problem },
      );
      await expectSame(found);
    }
  },
  180_000,
);

const deno = denoPath(createRequire(import.meta.url));
/** The imitated GPU of Debian's Chromium, where the machine has no other. */
const SWIFTSHADER = "/usr/lib/chromium/vk_swiftshader_icd.json";
const testWithDeno = deno === undefined ? test.skip : test;

testWithDeno(
  `Deno: WebGPU${deno === undefined ? " (skipped: no Deno for this platform)" : ""}`,
  { timeout: 180_000 },
  async ({ annotate, skip }) => {
    // Inside the clone, where Deno finds the packages.
    const folder = await mkdtemp(join(root, "build", "gradients-"));
    onTestFinished(() => rm(folder, { recursive: true }));
    await build({
      entryPoints: [join(root, "test/nn/gradientsProgram.ts")],
      outfile: join(folder, "gradients.mjs"),
      bundle: true,
      packages: "external",
      platform: "node",
      format: "esm",
      plugins: [forRuntime("deno")],
      logLevel: "error",
    });
    await writeFile(join(folder, "problem.json"), JSON.stringify(await problem));
    const program = `
    const adapter = await navigator.gpu?.requestAdapter();
    const { gradientsOn } = await import(${JSON.stringify(pathToFileURL(join(folder, "gradients.mjs")).href)});
    console.log(JSON.stringify(adapter ? await gradientsOn("webgpu", JSON.parse(Deno.readTextFileSync(${JSON.stringify(join(folder, "problem.json"))}))) : null));
    Deno.exit(0);`;
    await writeFile(join(folder, "main.mjs"), program);
    const env = {
      ...process.env,
      NO_COLOR: "1",
      ...(process.env.VK_ICD_FILENAMES === undefined && existsSync(SWIFTSHADER)
        ? { VK_ICD_FILENAMES: SWIFTSHADER }
        : {}),
    };
    const { stdout } = await promisify(execFile)(
      deno!,
      [
        "run",
        "--allow-all",
        "--no-prompt",
        "--cached-only",
        "--node-modules-dir=manual",
        join(folder, "main.mjs"),
      ],
      { cwd: root, env, maxBuffer: 1e8 },
    );
    const found = JSON.parse(stdout.trim().split("\n").at(-1)!) as Record<string, number[]> | null;
    if (found === null) {
      await annotate("Deno found no adapter: its WebGPU was not tested");
      skip("Deno found no adapter");
    }
    await expectSame(found!);
  },
);
