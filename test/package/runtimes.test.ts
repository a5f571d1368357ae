/** The packed and installed package, by its name, in every runtime that is here: the same program computes the same.
 *  `npm run runtimes` writes what came out into docs/runtimes.md. */
import { execFile } from "node:child_process";
import { copyFile, mkdir, readdir, readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { gzipSync } from "node:zlib";
import { build } from "vite";
import { afterAll, beforeAll, expect, test } from "vitest";
import { CHROMIUM_WORDS, firefoxWords, type Report, visit, type Visit } from "./browsers.ts";
import { bundleEdge, startEdge } from "./edgeRuntime.ts";
import { install, type Installed, root } from "./installed.ts";
import { chromium, firefox, isRequired, servers, workerd } from "./runtimes.ts";
import { type Row, writeTable } from "./table.ts";

const run = promisify(execFile);
const program = fileURLToPath(new URL("program/", import.meta.url));

/** What program/conformance.mjs returns. */
interface Conformance {
  readonly curve: readonly number[];
  readonly coldStart: number;
  readonly samples: string;
  readonly invert: readonly number[];
  readonly losses: readonly number[];
  readonly prediction: readonly number[];
  readonly ofScan: readonly number[];
  /** Whether the shipped network proposes something for the scan; or why it cannot be had by its name. */
  readonly shipped: true | string;
  readonly backend: string;
  readonly adapter?: string;
  readonly model?: { readonly json: string; readonly weights: readonly number[] };
}

interface Oracle {
  readonly reflectivity: readonly number[];
}

let installed: Installed, oracle: Oracle, scan: string, first: Conformance, packageSize: number;
const rows: Row[] = [];

/** A curve of four-beam theory near the Bragg angle; the same limits as in test/simulate/asymmetric.test.ts. */
const ORACLE_CASE = 3;

beforeAll(async () => {
  installed = await install(["@tensorflow/tfjs-backend-webgl", "@tensorflow/tfjs-backend-webgpu"]);
  const { folder } = installed;
  for (const name of await readdir(program)) await copyFile(join(program, name), join(folder, name));
  oracle = (
    JSON.parse(await readFile(join(root, "test/simulate/asymmetric.json"), "utf8")) as { cases: Oracle[] }
  ).cases[ORACLE_CASE]!;
  scan = await readFile(join(root, "examples/data/irradiated-ysz.xy"), "utf8");
  await writeFile(join(folder, "oracle.json"), JSON.stringify(oracle));
  await writeFile(join(folder, "scan.xy"), scan);
  packageSize = (await stat(installed.tarball)).size;
  // This Node trains a tiny model; it is shipped, and its numbers are what the others must find.
  first = await onServer(process.execPath, [], "train");
  const models = join(folder, "node_modules/takagi/models/tiny");
  await mkdir(models, { recursive: true });
  await writeFile(join(models, "model.json"), first.model!.json);
  await writeFile(join(models, "weights.bin"), Uint8Array.from(first.model!.weights));
}, 120_000);

afterAll(async () => {
  await installed?.remove();
  if (process.env.TAKAGI_TABLE !== undefined) await writeTable(process.env.TAKAGI_TABLE, rows);
});

async function onServer(command: string, words: readonly string[], model = ""): Promise<Conformance> {
  const { stdout } = await run(command, [...words, "server.mjs", "wasm", model], {
    cwd: installed.folder,
    timeout: 100_000,
    maxBuffer: 2 ** 24,
    env: { ...process.env, NO_COLOR: "1" },
  });
  return JSON.parse(stdout) as Conformance;
}

async function versionOf(command: string): Promise<string> {
  const { stdout } = await run(command, ["--version"]);
  return /\d+(\.\d+)*\S*|\d{4}-\d\d-\d\d/.exec(stdout)![0];
}

const largest = (values: readonly number[]): number =>
  values.reduce((max, value) => Math.max(max, Math.abs(value)), 0);

/** Whether a runtime computed what it must: the curve of the oracle, samples to the bit, an inversion, a step of training
 *  and a prediction as this Node has them. */
function expectConformance(got: Conformance, backend: string): void {
  expect(got.backend).toBe(backend);
  expect(got.curve.length).toBe(oracle.reflectivity.length);
  const off = got.curve.map((r, i) => Math.abs(Math.log10(r / oracle.reflectivity[i]!)));
  expect(largest(off.filter((_, i) => oracle.reflectivity[i]! > 1e-3))).toBeLessThan(7e-3);
  expect(largest(got.curve.map((r, i) => r / first.curve[i]! - 1))).toBeLessThan(1e-9);
  expect(got.samples).toBe(first.samples);
  // exp and log of engines differ in the last bit, and a climb ends where a step gains less than 1e-5 of the cost: the thickness, which
  // its band leaves open by 1 %, by 4e-4.
  expect(largest(got.invert.map((value, i) => value / first.invert[i]! - 1))).toBeLessThan(1e-3);
  expect(largest(got.losses.map((loss, i) => loss / first.losses[i]! - 1))).toBeLessThan(1e-3);
  if (got.shipped !== true)
    expect(got.shipped).toMatch(/^MODEL: .*this runtime reads no files; import them as modules/);
  const width = first.ofScan.length;
  expect([got.prediction.length, got.ofScan.length]).toEqual([first.prediction.length, width]);
  for (let label = 0; label < width; label++) {
    // Labels are of different units: against the largest of each.
    const of = (values: readonly number[]) => values.filter((_, i) => i % width === label);
    const off = [got.prediction, got.ofScan].flatMap((given, k) =>
      of(given).map((value, i) => value - of([first.prediction, first.ofScan][k]!)[i]!),
    );
    expect(largest(off) / largest(of(first.prediction)), `label ${label}`).toBeLessThan(1e-4);
  }
}

/** A test that skips itself where a runtime is missing, unless TAKAGI_REQUIRE has its name. */
function testWith(
  runtime: string,
  isThere: boolean,
  tool: Parameters<typeof isRequired>[0],
  body: () => Promise<void>,
  timeout = 120_000,
): void {
  const title = `${runtime}: ${isThere ? "computes the same" : "skipped, it is not here"}`;
  if (isThere) test(title, { timeout }, body);
  else if (isRequired(tool))
    test(title, () =>
      expect.fail(`${runtime} is missing: npm ci --prefix tools/runtimes, or apt install ${tool}`),
    );
  else test.skip(title, body);
}

for (const { name, command, words } of servers) {
  testWith(name, command !== undefined, "runtimes", async () => {
    const got = await onServer(command!, words);
    expectConformance(got, "wasm");
    rows.push({
      runtime: name.replace(/[ ,].*/, ""),
      version: await versionOf(command!),
      where: "process",
      backend: "wasm",
      coldStart: got.coldStart,
      size: packageSize,
    });
  });
}

testWith("workerd", workerd !== undefined, "runtimes", async () => {
  const outdir = join(installed.folder, "edge");
  const size = await bundleEdge(join(installed.folder, "edge.mjs"), outdir);
  const edge = await startEdge(workerd!, outdir);
  try {
    const given = { oracle, scan, json: first.model!.json, weights: first.model!.weights };
    const ask = async (path: string, backend: string): Promise<unknown> =>
      (await fetch(edge.url + path, { method: "POST", body: JSON.stringify({ ...given, backend }) })).json();
    const before = performance.now();
    await ask("/cold", "wasm");
    const coldStart = edge.started + performance.now() - before;
    const got = (await ask("/", "wasm")) as Conformance & { error?: string };
    expect(got.error).toBeUndefined();
    expectConformance(got, "wasm");
    rows.push({
      runtime: "workerd",
      version: await versionOf(workerd!),
      where: "worker",
      backend: "wasm",
      coldStart,
      size,
    });
  } finally {
    edge.stop();
  }
});

/** Nothing from elsewhere, no eval; WebAssembly may be compiled. */
const STRICT = "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'";
const CSP = { "Content-Security-Policy": STRICT };
/** tfjs starts its threads from a script of its own making. */
const THREADS = { "Content-Security-Policy": `${STRICT}; worker-src 'self' blob:` };
const ISOLATED = {
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Embedder-Policy": "require-corp",
};

interface PageCase extends Visit {
  readonly where: string;
  readonly backend: string;
}

const page = (
  backend: string,
  where = "page",
  headers: Readonly<Record<string, string>> = CSP,
): PageCase => ({
  path: `/?backend=${backend}${where.includes("worker") ? "&worker=yes" : ""}`,
  headers,
  where,
  backend,
});

const WASM_PAGES = [
  page("wasm"),
  page("wasm", "worker"),
  page("wasm", "isolated page", { ...THREADS, ...ISOLATED }),
  page("wasm", "isolated worker", { ...THREADS, ...ISOLATED }),
];
const FORBIDDEN: Visit = {
  path: "/?backend=wasm&forbidden",
  headers: { "Content-Security-Policy": "default-src 'self'" },
};

let site: Promise<string> | undefined;

/** The program for browsers, as Vite makes it of the installed package. */
async function buildSite(): Promise<string> {
  const { folder } = installed,
    outDir = join(folder, "site");
  await build({
    root: folder,
    configFile: false,
    logLevel: "error",
    worker: { format: "es" },
    build: { outDir, target: "es2022", assetsInlineLimit: 0, modulePreload: { polyfill: false } },
  });
  return outDir;
}

async function sizeOf(folder: string, report: Report): Promise<number> {
  let bytes = 0;
  for (const path of new Set(report.loaded as string[]))
    if (/\.(js|wasm)$/.test(path)) bytes += gzipSync(await readFile(join(folder, path))).length;
  return bytes;
}

async function browse(
  name: string,
  command: string,
  words: (profile: string) => string[] | Promise<string[]>,
  cases: readonly PageCase[],
): Promise<void> {
  const folder = await (site ??= buildSite());
  const files = { "/oracle.json": JSON.stringify(oracle), "/scan.xy": scan };
  const reports = await visit(
    { command, words },
    { site: folder, files, visits: [...cases, FORBIDDEN], seconds: 380 },
  );
  const version = await versionOf(command);
  for (const [i, { where, backend }] of cases.entries()) {
    const got = reports[i];
    expect(got, `the ${where} with ${backend} reported nothing`).toBeDefined();
    expect([got!.error, got!.hasEval, got!.isIsolated], `${where}, ${backend}`).toEqual([
      undefined,
      false,
      where.startsWith("isolated"),
    ]);
    expectConformance(got as unknown as Conformance, backend);
    // What a worker loads, its page is not told.
    const size = where.includes("worker") ? undefined : await sizeOf(folder, got!);
    rows.push({ runtime: name, version, where, backend, coldStart: got!.coldStart as number, size });
  }
  // That the policy is in force at all: without wasm-unsafe-eval there is an error of ours.
  expect(reports.at(-1)!.error).toMatch(/^KERNEL_LOAD: .*(Content Security Policy|CSP)/i);
}

/** GPUs that the processor imitates take their time: only where all is asked for. */
const GPU_PAGES = isRequired("runtimes") ? [page("webgl"), page("webgpu"), page("cpu")] : [];
const FIREFOX_PAGES = isRequired("runtimes") ? [...WASM_PAGES, page("cpu")] : [page("wasm")];

testWith(
  "Chromium",
  chromium !== undefined,
  "chromium",
  () => browse("Chromium", chromium!, CHROMIUM_WORDS, [...WASM_PAGES, ...GPU_PAGES]),
  400_000,
);
testWith(
  "Firefox",
  firefox !== undefined,
  "firefox",
  () => browse("Firefox", firefox!, firefoxWords, FIREFOX_PAGES),
  400_000,
);
