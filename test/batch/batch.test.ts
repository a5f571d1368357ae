/** Results of a batch are the same bytes however it is cut, and whatever stops it. */
import { spawn } from "node:child_process";
import { statSync } from "node:fs";
import { appendFile, copyFile, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { beforeAll, expect, test } from "vitest";
import type { Line } from "../../src/report/line.ts";
import { type Outcome, takagi } from "../cli/fake.ts";
import { folderOfScans, QUICK, smallScans, textOf, YSZ } from "./scans.ts";

const program = fileURLToPath(new URL("../../dist/cli.js", import.meta.url));
let folder: string, whole: string;

/** @param words beside those of crystal and effort */
const wordsOf = (out: string, ...words: string[]): string[] => [
  "batch",
  join(folder, "scans"),
  ...YSZ,
  ...QUICK,
  "--out",
  join(folder, out),
  ...words,
];
const batch = (out: string, ...words: string[]): Promise<Outcome> => takagi(wordsOf(out, ...words));
const results = (out: string, name = "results.jsonl"): Promise<string> =>
  readFile(join(folder, out, name), "utf8");
const linesOf = (text: string): Line[] =>
  text
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as Line);

beforeAll(async () => {
  folder = await folderOfScans(4);
  expect(await batch("whole", "--workers", "2")).toMatchObject({ code: 0, err: "" });
  whole = await results("whole");
}, 60_000);

test("every scan of every file has one line, in order, with its input and its answer; a broken one its error", () => {
  const lines = linesOf(whole);
  expect(lines.map(({ file, scan }) => [file.slice(folder.length + 7), scan])).toEqual([
    ["film-000.xy", 1],
    ["film-001.xy", 1],
    ["film-002.xy", 1],
    ["film-003.xy", 1],
    ["maps/three.xrdml", 1],
    ["maps/three.xrdml", 2],
    ["maps/three.xrdml", 3],
    ["notes.txt", 1],
  ]);
  expect(lines.at(-1)).toMatchObject({ error: { code: "SCAN_FORMAT" } });
  for (const { sha256, settings, metadata, answer } of lines.slice(0, -1)) {
    expect(sha256).toMatch(/^[0-9a-f]{64}$/);
    expect(settings).toMatchObject({ effort: 0.001, reflection: { hkl: [4, 0, 0], wavelength: 1.5406 } });
    expect(metadata).toMatchObject({ points: 51 });
    const { value, lower, upper } = answer!.quantities.thicknessNm;
    expect(value!).toBeGreaterThan(lower!);
    expect(value!).toBeLessThan(upper!);
    expect(answer!.profile.strainLower).toHaveLength(answer!.profile.depthNm.length);
  }
  expect(lines[4]!.metadata).toMatchObject({ format: "xrdml", countingTime: 2, omega: 35.75 });
});

test("shards 1/7 to 7/7 one after the other are the whole, byte for byte", async () => {
  const parts: string[] = [];
  for (let k = 1; k <= 7; k++) {
    expect((await batch("shards", "--workers", "1", "--shard", `${k}/7`)).code).toBe(0);
    parts.push(await results("shards", `results-${k}-of-7.jsonl`));
  }
  expect(parts.join("")).toBe(whole);
  // Files with several scans are cut, too.
  expect(parts.filter((part) => part.includes("three.xrdml")).length).toBeGreaterThan(1);
});

/** Kills a run: one that has just begun, or one that has written some bytes more than there were.
 *  @returns what ended it */
async function killed(
  out: string,
  moment: { readonly ms: number } | { readonly bytes: number },
): Promise<unknown> {
  const path = join(folder, out, "results.jsonl.partial"),
    size = (): number => statSync(path, { throwIfNoEntry: false })?.size ?? 0,
    before = size();
  const child = spawn(process.execPath, [program, ...wordsOf(out, "--resume", "--workers", "1")]);
  const ended = new Promise((resolve) => child.on("close", (_, signal) => resolve(signal)));
  const timer =
    "ms" in moment
      ? setTimeout(() => child.kill("SIGKILL"), moment.ms)
      : setInterval(() => size() > before + moment.bytes && child.kill("SIGKILL"), 5);
  const signal = await ended;
  clearTimeout(timer);
  return signal;
}

test.skipIf(process.platform === "win32")(
  "killed ten times at random moments and resumed: the same bytes, nothing twice",
  async () => {
    let seed = 7;
    const random = (): number => (seed = (seed * 1103515245 + 12345) % 2 ** 31) / 2 ** 31;
    for (let k = 0; k < 10; k++)
      expect(await killed("killed", k % 2 === 0 ? { ms: 300 * random() } : { bytes: 4000 * random() })).toBe(
        "SIGKILL",
      );
    expect((await batch("killed", "--resume")).code).toBe(0);
    expect(await results("killed")).toBe(whole);
  },
);

test("a line that was cut off at any byte is written anew, and the others are kept", async () => {
  const bytes = new TextEncoder().encode(whole),
    ends = [...bytes.keys()].filter((i) => bytes[i] === 10),
    path = join(folder, "cut", "results.jsonl.partial");
  await batch("cut", "--shard", "1/1");
  for (const at of [ends[5]!, ends[5]! + 1, ends[6]! + 40]) {
    await rm(join(folder, "cut", "results.jsonl"));
    // Of what never reached the disk, zeros may be left.
    await writeFile(path, new Uint8Array([...bytes.subarray(0, at), ...new Uint8Array(at % 3)]));
    expect((await batch("cut", "--resume")).code).toBe(0);
    expect(await results("cut")).toBe(whole);
  }
});

test("results that are there are not written over, and resuming whole ones changes nothing", async () => {
  const again = await batch("whole");
  expect(again).toMatchObject({ code: 2, out: "" });
  expect(again.err).toContain("--resume");
  expect((await batch("whole", "--resume")).code).toBe(0);
  expect(await results("whole")).toBe(whole);
});

/** The whole results as if a run had been stopped after some lines. */
async function stopped(out: string, lines: number): Promise<void> {
  await takagi(["batch", join(folder, "scans", "notes.txt"), ...YSZ, ...QUICK, "--out", join(folder, out)]);
  await rm(join(folder, out, "results.jsonl"));
  await writeFile(
    join(folder, out, "results.jsonl.partial"),
    whole.split("\n").slice(0, lines).join("\n") + "\n",
  );
}

test("other options, another file, a missing one: named, and nothing is written", async () => {
  await stopped("other", 3);
  const before = await results("other", "results.jsonl.partial");
  const options = await batch("other", "--resume", "--most-strain", "5");
  expect(options).toMatchObject({ code: 1 });
  expect(options.err).toMatch(/line 1 of the results .*film-000\.xy was made with other options/);
  const film = join(folder, "scans", "film-001.xy"),
    kept = await readFile(film, "utf8");
  await appendFile(film, "74.1 3\n");
  expect((await batch("other", "--resume")).err).toMatch(
    /line 2 .*film-001\.xy as it was: the file has changed/,
  );
  await rm(film);
  expect((await batch("other", "--resume")).err).toMatch(/line 2 .*the list of files is another/);
  await writeFile(film, kept);
  expect(await results("other", "results.jsonl.partial")).toBe(before);
});

test("a damaged line before others is no end of the results: it is named", async () => {
  await stopped("damaged", 4);
  const path = join(folder, "damaged", "results.jsonl.partial"),
    text = await readFile(path, "utf8");
  await writeFile(path, text.replace('"answer":{', '"answer":{{'));
  expect((await batch("damaged", "--resume")).err).toMatch(/line 1 of .*damaged/);
});

test.skipIf(process.platform === "win32")("a full disk stops the run, and --resume goes on", async () => {
  const shell = (limit: string): Promise<Outcome> =>
    new Promise((resolve) => {
      // A limit on the size of files is the full disk that everybody has.
      const words = wordsOf("full", "--resume").map((word) => `'${word}'`);
      const child = spawn("sh", [
        "-c",
        `ulimit -f ${limit}; exec '${process.execPath}' '${program}' ${words.join(" ")}`,
      ]);
      let err = "";
      child.stderr.setEncoding("utf8").on("data", (text: string) => (err += text));
      child.on("close", (code) => resolve({ code: code ?? -1, out: "", err }));
    });
  // 512-byte blocks of sh, or 1024 of others: some lines fit.
  const { code, err } = await shell("20");
  expect(code).toBe(1);
  expect(err).toMatch(/cannot write .*results\.jsonl/);
  expect((await stat(join(folder, "full", "results.jsonl.partial"))).size).toBeGreaterThan(0);
  expect((await batch("full", "--resume")).code).toBe(0);
  expect(await results("full")).toBe(whole);
});

test("lists of files, scans that are chosen, and wavelengths out of files", async () => {
  const list = join(folder, "list.txt"),
    film = join(folder, "film.xy"),
    map = join(folder, "scans", "maps", "three.xrdml");
  await writeFile(film, textOf((await smallScans(1))[0]!));
  await writeFile(list, `# two files\n${map}\n\n${film}\r\nmissing.xy\n`);
  const crystal = YSZ.slice(0, 4);
  const { code } = await takagi([
    "batch",
    ...["--list", list, ...crystal, ...QUICK, "--scan", "2", "--out", join(folder, "list")],
  ]);
  expect(code).toBe(0);
  const lines = linesOf(await results("list"));
  expect(lines.map(({ file, error }) => [file, error?.message])).toEqual([
    [map, undefined],
    [film, expect.stringMatching(/scan/)],
    ["missing.xy", "cannot read missing.xy: no such file"],
  ]);
  expect(lines[0]!.settings).toMatchObject({ reading: { scan: 2 }, reflection: { wavelength: 1.540598 } });
});

test("what cannot be is said before anything is made", async () => {
  const out = join(folder, "none");
  const complaint = async (...words: string[]): Promise<string> => {
    const { code, err } = await takagi(["batch", ...words, ...QUICK]);
    expect(code).toBe(2);
    return err;
  };
  expect(await complaint(join(folder, "scans"), ...YSZ)).toContain("--out");
  expect(await complaint(...YSZ, "--out", out)).toContain("--list");
  expect(await complaint(join(folder, "scans"), ...YSZ, "--out", out, "--shard", "8/7")).toContain("--shard");
  expect(
    await complaint(join(folder, "scans"), "--material", "YSZ", "--wavelength", "1.5", "--out", out),
  ).toContain("--hkl");
  expect((await readdir(folder)).includes("none")).toBe(false);
  await copyFile(join(folder, "scans", "notes.txt"), join(folder, "twice.txt"));
  const twice = await takagi([
    "batch",
    join(folder, "twice.txt"),
    join(folder, "twice.txt"),
    ...YSZ,
    "--out",
    out,
  ]);
  expect(twice.err).toContain("twice");
});

test("a series goes on where it was stopped as if it had not been, and is not cut into shards", async () => {
  expect((await batch("series", "--series")).code).toBe(0);
  const series = await results("series");
  await rm(join(folder, "series", "results.jsonl"));
  await writeFile(
    join(folder, "series", "results.jsonl.partial"),
    `${series.split("\n").slice(0, 3).join("\n")}\n`,
  );
  expect((await batch("series", "--series", "--resume")).code).toBe(0);
  expect(await results("series")).toBe(series);
  expect(await batch("none", "--series", "--shard", "1/2")).toMatchObject({
    code: 2,
    err: expect.stringMatching(/--series and --shard/) as string,
  });
});
