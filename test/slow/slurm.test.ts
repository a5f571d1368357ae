/** A job array on a cluster of which a task, a node and the controller are killed in mid-run: the same bytes as from one
 *  machine. */
import { execFileSync } from "node:child_process";
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, onTestFinished, test } from "vitest";
import { QUICK, smallScans, textOf, YSZ } from "../batch/scans.ts";
import { takagi } from "../cli/fake.ts";
import { Cluster, kill, until } from "./slurm.ts";

const SCANS = 200,
  TASKS = 20;
const root = fileURLToPath(new URL("../..", import.meta.url));
const isRequired = (process.env.TAKAGI_REQUIRE ?? "").split(/[\s,]+/).includes("slurm");

function has(...tools: string[]): boolean {
  try {
    for (const tool of tools) execFileSync(tool, ["-V"], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}

const testWithSlurm = has("slurmctld", "slurmd") || isRequired ? test : test.skip;

/** Lines of each shard that is not whole yet. */
async function linesInWork(results: string): Promise<Map<number, number>> {
  const lines = new Map<number, number>();
  for (const name of await readdir(results).catch(() => [])) {
    const match = /^results-(\d+)-of-\d+\.jsonl\.partial$/.exec(name);
    if (match === null) continue;
    const text = await readFile(join(results, name), "utf8").catch(() => "");
    lines.set(Number(match[1]), text.split("\n").length - 1);
  }
  return lines;
}

testWithSlurm(
  `${TASKS} tasks, ${SCANS} scans, a task, a node and the controller killed: the bytes of one machine (needs slurm)`,
  async () => {
    const folder = await mkdtemp(join(tmpdir(), "takagi-slurm-")),
      [list, results, whole] = ["files.txt", "results", "whole"].map((name) => join(folder, name)) as [
        string,
        string,
        string,
      ];
    onTestFinished(() => rm(folder, { recursive: true, force: true }));
    await mkdir(join(folder, "scans"));
    const paths = (await smallScans(SCANS / 10)).flatMap((scan, k) =>
      Array.from({ length: 10 }, (_, i) => ({ path: join(folder, "scans", `${i}-${k}.xy`), scan })),
    );
    await Promise.all(paths.map(({ path, scan }) => writeFile(path, textOf(scan))));
    await writeFile(list, paths.map(({ path }) => `${path}\n`).join(""));
    expect((await takagi(["batch", "--list", list, ...YSZ, ...QUICK, "--out", whole])).code).toBe(0);

    const cluster = await Cluster.start(join(folder, "cluster"));
    const log: string[] = [];
    onTestFinished(async () => {
      await cluster.stop();
    });
    process.env.TAKAGI = `${process.execPath} ${join(root, "dist", "cli.js")}`;
    const submit = (): Promise<string> =>
      cluster.run(
        "sbatch",
        ...["--parsable", `--array=1-${TASKS}`, join(root, "examples", "slurm", "invert.sh")],
        ...[String(TASKS), list, results, ...YSZ, ...QUICK],
      );
    expect(await submit()).toMatch(/^\d+/);

    /** A task that has lines and lacks others. */
    const inWork = async (): Promise<number | undefined> =>
      [...(await linesInWork(results))].find(([, lines]) => lines >= 2 && lines < SCANS / TASKS - 2)?.[0];
    let task: number | undefined;
    await until(async () => {
      task = await inWork();
      const found = await cluster.processes(
        (own, words) => own.SLURM_ARRAY_TASK_ID === String(task) && words.includes("cli.js"),
      );
      for (const { pid } of found) kill(pid);
      return found.length > 0;
    }, 120_000);
    log.push(
      `takagi of task ${task}, which had ${(await linesInWork(results)).get(task!)} of ${SCANS / TASKS} lines`,
    );
    let victims: string[] = [];
    await until(async () => {
      const there = await cluster.processes(
        (own, words) => own.SLURMD_NODENAME === "n2" && words.includes("cli.js"),
      );
      victims = there.map(({ pid }) => String(pid));
      return there.length > 0 && (await inWork()) !== undefined;
    }, 120_000);
    await cluster.killNode("n2");
    log.push(`slurmd of n2 with its steps and takagi (process ${victims.join(", ")})`);
    await until(async () => (await inWork()) !== undefined, 120_000);
    await cluster.killControl();
    log.push(`slurmctld, with ${(await linesInWork(results)).size} shards in work`);
    cluster.startControl();
    cluster.startNode("n2");

    // A job whose start the controller forgot is held; one that died with its node may have failed: submitted once more,
    // the array does what is missing.
    await until(async () => {
      const isWhole =
        (await readdir(results)).filter((name) => /^results-\d+-of-20\.jsonl$/.test(name)).length === TASKS;
      if (!isWhole && !(await cluster.mend()) && (await cluster.run("sinfo", "-h")) !== "") await submit();
      return isWhole;
    }, 900_000);
    expect((await linesInWork(results)).size).toBe(0);
    expect((await takagi(["table", results])).code).toBe(0);
    const [merged, single] = await Promise.all(
      [results, whole].map((each) => readFile(join(each, "results.jsonl"), "utf8")),
    );
    expect(single!.split("\n")).toHaveLength(SCANS + 1);
    expect(merged).toBe(single);
    expect(log).toHaveLength(3);
    console.log(`killed: ${log.join("; ")}. ${SCANS} lines, the same bytes.`);
  },
  1_200_000,
);
