/** `takagi generate` as users have it: dist/cli.js in a process of its own, with real samples. */
import { spawn, type ChildProcess } from "node:child_process";
import { createHash } from "node:crypto";
import { readdir, readFile, rm, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { createGenerator } from "../../src/dataset/generator.ts";
import { npyHeader } from "../../src/dataset/npy.ts";
import { preset } from "../../src/dataset/presets.ts";
import { takagi as takagiHere } from "../cli/fake.ts";
import { folder } from "./shared.ts";

const program = fileURLToPath(new URL("../../dist/cli.js", import.meta.url));

/** For what is refused before anything is written. */
const NOWHERE = join(tmpdir(), "takagi-never-written");

interface Outcome {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

function start(words: readonly string[]): { child: ChildProcess; ended: Promise<Outcome> } {
  const child = spawn(process.execPath, [program, "generate", ...words], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  let [out, err] = ["", ""];
  child.stdout!.setEncoding("utf8").on("data", (text: string) => (out += text));
  child.stderr!.setEncoding("utf8").on("data", (text: string) => (err += text));
  const ended = new Promise<Outcome>((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code) => resolve({ code, out, err }));
  });
  return { child, ended };
}

const takagi = (...words: string[]) => start(words).ended;
const samples = (dir: string, count: number) => [
  "--preset",
  "cnn3",
  "--count",
  String(count),
  "--seed",
  "3",
  "--samples-per-file",
  "300",
  "--out",
  dir,
];

async function bytesOf(dir: string): Promise<Record<string, string>> {
  const names = (await readdir(dir)).sort();
  const sums = names.map(async (name) => [
    name,
    createHash("sha256")
      .update(await readFile(join(dir, name)))
      .digest("hex"),
  ]);
  return Object.fromEntries(await Promise.all(sums)) as Record<string, string>;
}

async function untilFiles(dir: string, files: number): Promise<void> {
  for (;;) {
    const names = await readdir(dir).catch(() => []);
    if (names.filter((name) => name.endsWith(".npy")).length >= files) return;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

test("files hold the samples of the generator", async () => {
  const dir = await folder();
  expect(await takagi(...samples(dir, 500))).toMatchObject({
    code: 0,
    err: "",
    out: expect.stringMatching(/500 samples in 4 files, .* a second\n$/) as string,
  });
  const generator = await createGenerator("cnn3");
  const wanted = generator.generate(3, 300, 200);
  for (const [kind, columns] of [
    ["inputs", generator.inputLength],
    ["labels", generator.labelNames.length],
  ] as const) {
    const bytes = await readFile(join(dir, `${kind}-000000000300.npy`));
    const values = new Float32Array(new Uint8Array(bytes.subarray(npyHeader(200, columns).length)).buffer);
    expect(values).toEqual(wanted[kind]);
  }
  expect((await readdir(dir)).length).toBe(5);
});

test("kill -9 in mid-run, again and again, and the same command: the bytes of a run that nobody disturbed", async () => {
  const [undisturbed, killed] = [await folder(), await folder()];
  expect(await takagi(...samples(undisturbed, 6000))).toMatchObject({ code: 0 });
  for (const files of [1, 8, 16]) {
    const { child, ended } = start(samples(killed, 6000));
    await untilFiles(killed, files);
    child.kill("SIGKILL");
    expect((await ended).code).toBe(null);
    const { code, out } = await takagi("--verify", killed);
    expect([code, out]).toEqual([1, expect.stringContaining("samples have not been made yet")]);
  }
  const last = await takagi(...samples(killed, 6000), "--json");
  expect(last).toMatchObject({ code: 0, err: "" });
  expect((JSON.parse(last.out) as { kept: number }).kept).toBeGreaterThanOrEqual(1800);
  expect(await bytesOf(killed)).toEqual(await bytesOf(undisturbed));
}, 120_000);

test.skipIf(process.platform === "win32")(
  "Ctrl-C leaves whole files, says so, and the same command goes on",
  async () => {
    const dir = await folder();
    const { child, ended } = start(samples(dir, 6000));
    await untilFiles(dir, 2);
    child.kill("SIGINT");
    const { code, out, err } = await ended;
    expect([code, out]).toEqual([130, ""]);
    expect(err).toMatch(
      /^takagi: interrupted at [\d\u202f]+ of 6\u202f000 samples; whole files stay, and the same command goes on from there\n$/,
    );
    expect((await readdir(dir)).filter((name) => name.startsWith("."))).toEqual([]);
    const { faults } = JSON.parse((await takagi("--verify", dir, "--json")).out) as { faults: unknown[] };
    expect(faults).toEqual([]);
    expect(await takagi(...samples(dir, 6000))).toMatchObject({ code: 0 });
  },
  120_000,
);

test("any number of workers makes the same files, shards the same samples", async () => {
  const [one, seven] = [await folder(), await folder()];
  await takagi(...samples(one, 900), "--workers", "1");
  await takagi(...samples(seven, 900), "--workers", "7");
  expect(await bytesOf(seven)).toEqual(await bytesOf(one));
  const whole = await bytesOf(one);
  for (const part of ["1/3", "2/3", "3/3"]) {
    const dir = await folder();
    await takagi(...samples(dir, 900), "--shard", part);
    const files = Object.fromEntries(
      Object.entries(await bytesOf(dir)).filter(([name]) => name !== "manifest.json"),
    );
    expect(whole).toMatchObject(files);
    expect(Object.keys(files)).toHaveLength(2);
  }
}, 120_000);

test("--verify names what is cut off, damaged or missing, with exit code 1; the same command repairs it", async () => {
  const dir = await folder();
  const words = samples(dir, 1000);
  await takagi(...words);
  const before = await bytesOf(dir);
  expect(await takagi("--verify", dir)).toEqual({
    code: 0,
    out: `${dir}: 1\u202f000 samples, all whole\n`,
    err: "",
  });
  await truncate(join(dir, "inputs-000000000000.npy"), 5000);
  await rm(join(dir, "labels-000000000900.npy"));
  const labels = join(dir, "labels-000000000300.npy");
  const bytes = await readFile(labels);
  bytes[200]! ^= 4;
  await writeFile(labels, bytes);
  const { code, out } = await takagi("--verify", dir);
  expect(code).toBe(1);
  expect(out.split("\n")).toEqual([
    expect.stringMatching(/^inputs-000000000000\.npy: cut off: 5000 of \d+ bytes$/) as string,
    "labels-000000000300.npy: damaged: its checksum is another",
    "labels-000000000900.npy: missing",
    `${dir}: 300 of 1\u202f000 samples are whole; the command that made them makes the others`,
    "",
  ]);
  expect(await takagi(...words)).toMatchObject({
    code: 0,
    out: expect.stringContaining("300 of them from before") as string,
  });
  expect(await bytesOf(dir)).toEqual(before);
}, 120_000);

test("a folder begun with other options is refused in one line and not touched", async () => {
  const dir = await folder();
  await takagi(...samples(dir, 300));
  const before = await bytesOf(dir);
  const other = await takagi(...samples(dir, 300).map((word) => (word === "3" ? "4" : word)));
  expect(other).toEqual({
    code: 1,
    out: "",
    err: `takagi: ${dir} holds other samples: seed is 3 there and 4 here; take another folder, or the options it was begun with\n`,
  });
  const otherPreset = await takagi(...samples(dir, 300).map((word) => (word === "cnn3" ? "cnn2" : word)));
  expect(otherPreset.err).toContain('preset.name is "cnn3" there and "cnn2" here');
  expect(await bytesOf(dir)).toEqual(before);
});

test("--preview draws the first samples, and makes no files of them", async () => {
  const file = join(await folder(), "sheet.svg");
  expect(
    await takagiHere(["generate", "--preset", "cnn3", "--seed", "4", "--noise", "none", "--preview", file]),
  ).toEqual({ code: 0, out: "", err: "" });
  expect(await readFile(file, "utf8")).toMatch(/^<svg[^]*cnn3, seed 4, noise: none[^]*<\/svg>\s*$/);
  const both = await takagiHere(["generate", "--preset", "cnn3", "--preview", file, "--count", "5"]);
  expect(both).toMatchObject({ code: 2, err: "takagi: give --preview, or --count and --out, not both\n" });
});

test("a preset of one's own from a file; what is wrong in it is told by file and field", async () => {
  const [dir, out] = [await folder(), await folder()];
  const file = join(dir, "mine.json");
  const { ranges, ...others } = preset("cnn3");
  const mine = { ...others, name: "mine", ranges: { ...ranges, thickness: [20, 30] } };
  await writeFile(file, JSON.stringify(mine));
  expect(await takagiHere(["generate", "--preset", file, "--count", "50", "--out", out])).toMatchObject({
    code: 0,
    err: "",
  });
  expect(JSON.parse(await readFile(join(out, "manifest.json"), "utf8"))).toMatchObject({ preset: mine });
  await writeFile(file, JSON.stringify({ ...mine, ranges: { ...ranges, thickness: [30] } }));
  const wrong = await takagiHere(["generate", "--preset", file, "--count", "50", "--out", NOWHERE]);
  expect(wrong).toMatchObject({
    code: 1,
    out: "",
    err: expect.stringMatching(
      /^takagi: .*mine\.json: preset\.ranges\.thickness must be \[low, high\]/,
    ) as string,
  });
});

test.each<[string, string[], RegExp]>([
  ["no preset", ["--count", "5", "--out", NOWHERE], /give --preset: one of cnn1/],
  ["an unknown preset", ["--preset", "cnn9", "--count", "5", "--out", NOWHERE], /preset.*cnn9/],
  ["no count", ["--preset", "cnn1", "--out", NOWHERE], /give --count/],
  ["no folder", ["--preset", "cnn1", "--count", "5"], /give --out/],
  [
    "a wrong shard",
    ["--preset", "cnn1", "--count", "5", "--out", NOWHERE, "--shard", "3/2"],
    /--shard must be K\/M, part K of M counted from 1, such as 2\/7; got "3\/2"/,
  ],
  [
    "more shards than samples",
    ["--preset", "cnn1", "--count", "5", "--out", NOWHERE, "--shard", "3/9"],
    /--shard: 5 samples cannot be cut into 9 shards/,
  ],
  [
    "verify with other options",
    ["--verify", NOWHERE, "--count", "5"],
    /--verify takes no other option than --json/,
  ],
])("%s is told in one line", async (_, words, message) => {
  const { code, out, err } = await takagiHere(["generate", ...words]);
  expect([code === 0, out]).toEqual([false, ""]);
  expect(err).toMatch(message);
  expect(err.split("\n")).toHaveLength(2);
});

test("on a terminal a bar with rate and remaining time, wiped at the end", async () => {
  const dir = await folder();
  const { err, out } = await takagiHere(["generate", ...samples(dir, 3000)], { interactive: true });
  expect(err).toMatch(/making ▕█+[▏▎▍▌▋▊▉]? *▏ \d+ % {2}[\d\u202f]+ samples\/s {2}\d+:\d\d left/);
  for (const line of err.split("\r")) expect(line.length).toBeLessThan(80);
  expect(err.endsWith("\r")).toBe(true);
  expect(out).toContain("3\u202f000 samples in 20 files");
});
