/** The package in other runtimes: the same samples there. */
import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { cp, mkdir, readFile, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { createGenerator } from "../../src/dataset/generator.ts";
import { folder } from "./shared.ts";
import { denoPath } from "./tools.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const SAMPLES = 700;

/** Samples from a pool as a sum, also from scalar kernels of every origin; and a loop that is left, and one that is aborted, after which the program must end. */
const PROGRAM = `
import { createPool } from "takagi/pool";
import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
async function sumOf(pool) {
  const hash = createHash("sha256");
  for await (const { inputs, labels, extras } of pool.batches({ seed: 11, count: ${SAMPLES}, batchSize: 64 })) {
    hash.update(new Uint8Array(inputs.buffer)).update(new Uint8Array(labels.buffer)).update(new Uint8Array(extras.buffer));
  }
  return hash.digest("hex");
}
const pool = await createPool({ preset: "cnn2", workers: 3 });
const sums = new Set([await sumOf(pool)]);
const url = new URL("./node_modules/takagi/dist/takagi.data.scalar.wasm", import.meta.url);
const bytes = await readFile(url);
for (const wasm of [url, url.href, bytes, await WebAssembly.compile(bytes), new Response(bytes)]) {
  const other = await createPool({ preset: "cnn2", workers: 2, wasm });
  sums.add(await sumOf(other));
  await other.close();
}
for await (const { first } of pool.batches({ seed: 11, count: Infinity, batchSize: 10 })) if (first >= 50) break;
const signal = AbortSignal.timeout(300);
let aborted = false;
try {
  for await (const { count } of pool.batches({ seed: 11, count: Infinity, batchSize: 10, signal })) if (count !== 10) throw new Error("not whole");
} catch (error) {
  aborted = signal.aborted && error === signal.reason;
}
let again = 0;
for await (const { count } of pool.batches({ seed: 11, count: 100, batchSize: 10 })) again += count;
const many = await createPool({ preset: "universal", workers: 3 });
const universal = await sumOf(many);
await many.close();
console.log(JSON.stringify({ sums: [...sums], universal, aborted, again }));
if (process.env.CLOSE === "yes") await pool.close();
`;

/** A folder with the package among its modules, as after an install.
 *  @param change of its package.json */
async function installed(change: (text: string) => string = (text) => text): Promise<string> {
  const dir = await folder();
  const target = join(dir, "node_modules", "takagi");
  await mkdir(target, { recursive: true });
  await cp(join(root, "dist"), join(target, "dist"), { recursive: true });
  await writeFile(join(target, "package.json"), change(await readFile(join(root, "package.json"), "utf8")));
  await writeFile(join(dir, "package.json"), '{ "type": "module" }');
  await writeFile(join(dir, "main.mjs"), PROGRAM);
  return dir;
}

async function expected(): Promise<object> {
  return { sums: [await sumOf("cnn2")], universal: await sumOf("universal"), aborted: true, again: 100 };
}

async function sumOf(preset: string): Promise<string> {
  const generator = await createGenerator(preset);
  const hash = createHash("sha256");
  for (let first = 0; first < SAMPLES; first += 64) {
    const { inputs, labels, extras } = generator.generate(11, first, Math.min(64, SAMPLES - first));
    for (const values of [inputs, labels, extras])
      hash.update(new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
  }
  return hash.digest("hex");
}

async function run(
  command: string,
  words: readonly string[],
  dir: string,
  env: Record<string, string> = {},
): Promise<unknown> {
  const { stdout } = await promisify(execFile)(command, [...words, "main.mjs"], {
    cwd: dir,
    timeout: 50_000,
    env: { ...process.env, NO_COLOR: "1", ...env },
  });
  return JSON.parse(stdout);
}

test("Node: the samples of one thread, and an idle pool keeps no process alive", async () => {
  expect(await run(process.execPath, [], await installed())).toEqual(await expected());
});

test("the pool asks nothing of Node before it runs, and names its worker in the form that bundlers know", async () => {
  const dist = (file: string) => readFile(join(root, "dist", file), "utf8");
  const seen = new Set(["pool.js", "workerHost.web.js", "worker.web.js"]);
  for (const file of seen) {
    const text = await dist(file);
    expect(text, file).not.toMatch(/from ['"](node:|fs|path|url|worker_threads)/);
    for (const [, next] of text.matchAll(/from\s*['"]\.\/([^'"]+)['"]/g))
      seen.add(file.startsWith("chunks/") ? `chunks/${next}` : next!);
  }
  expect(seen.size).toBeGreaterThan(3);
  expect(await dist("workerHost.web.js")).toContain(
    'new Worker(new URL("./worker.web.js", import.meta.url), { type: "module" })',
  );
  expect(await dist("workerHost.node.js")).toContain(
    'new Worker(new URL("./worker.node.js", import.meta.url)',
  );
});

const deno = denoPath(createRequire(import.meta.url));
const testWithDeno = deno === undefined ? test.skip : test;
const DENO = ["run", "--allow-all", "--no-prompt", "--cached-only", "--node-modules-dir=manual"];

testWithDeno(
  `Deno: the same${deno === undefined ? " (skipped: no Deno for this platform)" : ""}`,
  async () => {
    expect(await run(deno!, DENO, await installed())).toEqual(await expected());
  },
);

// Deno's web workers are those of browsers, but that they keep the process alive until they are ended.
testWithDeno(
  `web workers: the same${deno === undefined ? " (skipped: no Deno for this platform)" : ""}`,
  async () => {
    const dir = await installed((text) => text.replaceAll(/^.*workerHost\.node\.js.*\n/gm, ""));
    expect(await readFile(join(dir, "node_modules/takagi/package.json"), "utf8")).not.toContain(
      "workerHost.node",
    );
    expect(await run(deno!, DENO, dir, { CLOSE: "yes" })).toEqual(await expected());
  },
);
