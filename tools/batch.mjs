/** `node tools/batch.mjs [--counts 100,1000] [--workers 1,2]` (after npm run build): what a batch of short simulated scans costs
 *  against their number and that of the workers. Wall and processor seconds, and resident memory when a tenth and when all
 *  of the scans are done (Linux). */
import { spawn } from "node:child_process";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { createSimulator, material, pseudoVoigtProfile, reflection } from "../dist/index.js";

const { values } = parseArgs({
  options: { counts: { type: "string", default: "100,1000" }, workers: { type: "string", default: "1,2" } },
});
const numbers = (text) => text.split(",").map(Number);
const program = fileURLToPath(new URL("../dist/cli.js", import.meta.url)),
  folder = await mkdtemp(join(tmpdir(), "takagi-batch-")),
  largest = Math.max(...numbers(values.counts));
const ticks = 100;

const crystal = await reflection(material("YSZ"), { hkl: [4, 0, 0], wavelength: 1.5406 }),
  simulator = await createSimulator(),
  twoTheta = Float64Array.from({ length: 51 }, (_, i) => 71.5 + 0.05 * i);
await mkdir(join(folder, "scans"));
for (let k = 0; k < largest; k++) {
  const thickness = 30 + (k % 40),
    profile = pseudoVoigtProfile({
      thickness,
      height: 0.8 + 0.01 * (k % 37),
      depth: 0.4 * thickness,
      widthSurface: 0.6 * thickness,
      widthInterface: 0.5 * thickness,
      debyeWallerMin: 0.6,
    });
  const { intensity } = simulator.simulate(profile, crystal, twoTheta, {
    instrument: { resolution: { shape: "gaussian", fwhm: 0.05 }, scale: 1e5, background: 5 },
  });
  const counts = simulator.counts(intensity, k + 1);
  await writeFile(
    join(folder, "scans", `${k}.xy`),
    Array.from(twoTheta, (angle, i) => `${angle} ${counts[i]}\n`).join(""),
  );
}

/** Resident memory in MB and processor seconds so far. */
async function stateOf(pid) {
  const [status, stat] = await Promise.all(
    ["status", "stat"].map((name) => readFile(`/proc/${pid}/${name}`, "utf8").catch(() => "")),
  );
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return {
    megabytes: Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? NaN) / 1000,
    seconds: (Number(fields[11]) + Number(fields[12])) / ticks,
  };
}

async function measure(count, workers) {
  const list = join(folder, `list-${count}.txt`),
    out = join(folder, `results-${count}-${workers}`);
  await writeFile(list, Array.from({ length: count }, (_, k) => join(folder, "scans", `${k}.xy\n`)).join(""));
  const begun = performance.now();
  const child = spawn(process.execPath, [
    ...[program, "batch", "--list", list, "--out", out, "--workers", String(workers)],
    ...["--material", "YSZ", "--hkl", "4,0,0", "--wavelength", "1.5406", "--effort", "0.001", "--no-model"],
  ]);
  const ended = new Promise((resolve) => child.on("close", resolve)),
    seen = [];
  const timer = setInterval(async () => {
    const text = await readFile(join(out, "seconds.csv"), "utf8").catch(() => "");
    seen.push({ lines: text.split("\n").length - 2, ...(await stateOf(child.pid)) });
  }, 200);
  const code = await ended;
  clearInterval(timer);
  if (code !== 0) throw new Error(`takagi batch ended with ${code}`);
  const known = seen.filter(({ megabytes }) => Number.isFinite(megabytes)),
    early = known.find(({ lines }) => lines >= count / 10),
    last = known.at(-1);
  return {
    scans: count,
    workers,
    seconds: (performance.now() - begun) / 1000,
    processorSeconds: last?.seconds,
    megabytesAtATenth: early?.megabytes,
    megabytesAtTheEnd: last?.megabytes,
  };
}

const rows = [];
for (const count of numbers(values.counts))
  for (const workers of numbers(values.workers)) rows.push(await measure(count, workers));
console.log(JSON.stringify(rows, null, 1));
await rm(folder, { recursive: true });
