/** npm run fuzz -- --count 100000 --seed 1 [--files DIR] [--json]
 *  Reads that many damaged files, in a thread that is watched. Exit code 1 where a reader hangs, crashes, or throws an error
 *  that is not takagi's. `--only I` reads input I alone; `--files` adds the files of a folder to those that are damaged. */
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { isMainThread, parentPort, Worker, workerData } from "node:worker_threads";
import { kindOfBytes, kindOfText } from "../../src/io/detect.ts";
import { fuzz, type FuzzResult } from "./run.ts";
import { targets } from "./targets.ts";

/** Longer than this on one input, a reader hangs. */
const HANG_MS = 30_000;

interface Job {
  readonly seed: number;
  readonly from: number;
  readonly to: number;
  readonly files: string | undefined;
  /** The input under way. */
  readonly progress: Int32Array;
}

function extraSeeds(folder: string | undefined): Map<string, Uint8Array[]> {
  const seeds = new Map<string, Uint8Array[]>();
  if (folder === undefined) return seeds;
  for (const name of readdirSync(folder)) {
    const path = join(folder, name);
    if (!statSync(path).isFile()) continue;
    const bytes = new Uint8Array(readFileSync(path));
    const target = name.endsWith(".cif") ? "cif" : targetOf(bytes);
    seeds.set(target, [...(seeds.get(target) ?? []), bytes]);
  }
  return seeds;
}

/** The reader that takes a file. */
function targetOf(bytes: Uint8Array): string {
  const kind = kindOfBytes(bytes);
  const start = String.fromCharCode(...bytes.subarray(0, 4096));
  if (kind === "zip") return start.includes("Profile0.txt") ? "rasx" : "brml";
  if (kind !== "text") return kind === "hdf5" ? "nexus" : "raw";
  const text = kindOfText(start);
  return text === "xml" ? "xrdml" : text;
}

if (isMainThread) {
  const { values } = parseArgs({
    options: {
      count: { type: "string", default: "100000" },
      seed: { type: "string", default: "1" },
      only: { type: "string" },
      files: { type: "string" },
      json: { type: "boolean", default: false },
    },
  });
  const [count, seed] = [Number(values.count), Number(values.seed)];
  const from = values.only === undefined ? 0 : Number(values.only);
  const job: Job = {
    seed,
    from,
    to: values.only === undefined ? count : from + 1,
    files: values.files,
    progress: new Int32Array(new SharedArrayBuffer(4)),
  };
  const start = performance.now();
  const worker = new Worker(fileURLToPath(import.meta.url), { workerData: job });
  let last = -1;
  let since = performance.now();
  const watch = setInterval(() => {
    const now = Atomics.load(job.progress, 0);
    if (now !== last) [last, since] = [now, performance.now()];
    else if (performance.now() - since > HANG_MS)
      finish({
        tallies: [],
        failures: [{ target: "", index: now, error: `hangs: more than ${HANG_MS / 1000} s` }],
      });
  }, 500);
  const finish = (result: FuzzResult) => {
    clearInterval(watch);
    void worker.terminate();
    const seconds = (performance.now() - start) / 1000;
    const memoryMB = Math.round(process.resourceUsage().maxRSS / 1024);
    process.stdout.write(
      values.json
        ? `${JSON.stringify({ count, seed, seconds, memoryMB, ...result })}\n`
        : table(result, { count, seed, seconds, memoryMB }),
    );
    process.exitCode = result.failures.length === 0 ? 0 : 1;
  };
  worker.on("message", finish);
  worker.on("error", (error) =>
    finish({
      tallies: [],
      failures: [{ target: "", index: Atomics.load(job.progress, 0), error: `crashes: ${error.message}` }],
    }),
  );
} else {
  const { seed, from, to, files, progress } = workerData as Job;
  parentPort!.postMessage(
    await fuzz({
      targets: targets(extraSeeds(files)),
      seed,
      from,
      to,
      onInput: (index) => void Atomics.store(progress, 0, index),
    }),
  );
}

function table(
  { tallies, failures }: FuzzResult,
  { count, seed, seconds, memoryMB }: Record<"count" | "seed" | "seconds" | "memoryMB", number>,
): string {
  const rows = tallies.map(
    ({ target, inputs, read, refused, changed, slowestMs }) =>
      `| ${target} | ${inputs} | ${refused} | ${read - changed} | ${changed} | ${slowestMs.toFixed(0)} |\n`,
  );
  const head =
    "| reader | damaged files | refused | read as undamaged | read otherwise | slowest (ms) |\n|---|---|---|---|---|---|\n";
  const failed = failures.slice(0, 20).map(({ target, index, error }) => `- ${target} ${index}: ${error}\n`);
  return `${head}${rows.join("")}\n${count} inputs, seed ${seed}: ${failures.length} failures; ${seconds.toFixed(0)} s, at most ${memoryMB} MB\n${failed.join("")}`;
}
