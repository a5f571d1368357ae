/** What the command does around the inversion itself, which is replaced: reading, writing, rows, codes. */
import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, expect, test, vi } from "vitest";
import { InvalidParameterError } from "../../src/errors.ts";
import type { InvertOptions } from "../../src/invert/options.ts";
import type { Inversion, Reflection, Scan } from "../../src/types.ts";
import { syntheticInversion } from "../report/synthetic.ts";
import { folder, takagi } from "./fake.ts";

type Invert = (scan: Scan, reflection: Reflection, options: InvertOptions) => Promise<Inversion>;
const calls: Parameters<Invert>[] = [];
let answer: Invert = () => Promise.resolve(syntheticInversion());
vi.mock("../../src/invert/invert.ts", () => ({
  invert: (...words: Parameters<Invert>) => {
    calls.push(words);
    return answer(...words);
  },
}));
afterEach(() => {
  calls.length = 0;
  answer = () => Promise.resolve(syntheticInversion());
});

const YSZ = ["--material", "YSZ", "--hkl", "4,0,0", "--wavelength", "1.5406"];
const SCAN = "73.0 5\n73.1 7\n73.2 1000\n73.3 20\n";

async function scans(...texts: string[]): Promise<{ dir: string; files: string[] }> {
  const dir = await folder();
  const files = texts.map((_, i) => join(dir, `scan${i + 1}.xy`));
  await Promise.all(files.map((file, i) => writeFile(file, texts[i]!)));
  return { dir, files };
}

test("one scan as JSON has what the file formats promise, and nothing else is printed", async () => {
  const { files } = await scans(SCAN);
  const { code, out, err } = await takagi(["invert", ...files, ...YSZ, "--json"], { interactive: false });
  expect([code, err]).toEqual([0, ""]);
  const inversion = syntheticInversion();
  const result = JSON.parse(out) as Record<string, never>;
  expect(result).toMatchObject({
    scan: "scan1",
    converged: true,
    reason: "5 climbs, of which independent ones ended at the same profile",
    rms: 0.0834,
    chi2PerPoint: 1.043,
    maxStrainPercent: inversion.maxStrain,
    maxStrainDepthNm: inversion.maxStrainDepth,
    thicknessNm: 300,
    otherSolutions: 2,
    instrument: { resolution: { shape: "gaussian", fwhm: 0.0113 } },
    profile: { strainBand: { level: 0.95 }, debyeWallerBand: { level: 0.95 } },
  });
  expect((result.run as { seconds: number }).seconds).toBeGreaterThanOrEqual(0);
  for (const { profile, rms, chi2PerPoint } of [
    result as never as ResultSolution,
    ...(result.solutions as ResultSolution[]),
  ]) {
    expect(rms).toBeGreaterThan(0);
    expect(chi2PerPoint).toBeGreaterThan(0);
    const { depthNm, strainPercent, debyeWaller, strainBand, debyeWallerBand } = profile;
    for (const column of [
      strainPercent,
      debyeWaller,
      strainBand.lower,
      strainBand.upper,
      debyeWallerBand.lower,
      debyeWallerBand.upper,
    ]) {
      expect(column).toHaveLength(depthNm.length);
    }
  }
  expect(result.solutions).toHaveLength(3);
});

test("one scan for people: the numbers, and that several profiles explain it", async () => {
  const { files } = await scans(SCAN);
  const { code, out } = await takagi(["invert", ...files, ...YSZ]);
  expect(code).toBe(0);
  expect(out).toMatch(/Maximum strain\s+1\.40 %/);
  expect(out).toMatch(/rms of log10 intensity\s+0\.0834/);
  expect(out).toMatch(/Other solutions\s+2 /);
  expect(out).toContain("2 other profiles explain this scan, and have");
  expect(out).toMatch(/Time\s+\d+\.\d\d s/);
});

test("a fit that does not converge is a result", async () => {
  answer = () => Promise.resolve(syntheticInversion({ converged: false }));
  const { files } = await scans(SCAN);
  const { code, out } = await takagi(["invert", ...files, ...YSZ]);
  expect(code).toBe(0);
  expect(out).toMatch(/the budget of 1 s was spent in 9 climbs/);
});

test("--out writes six files and leaves nothing else behind", async () => {
  const { dir, files } = await scans(SCAN);
  const out = join(dir, "result", "of it");
  const outcome = await takagi(["invert", ...files, ...YSZ, "--out", out]);
  expect(outcome.code).toBe(0);
  expect(outcome.out).toContain(join(out, "report.html"));
  expect((await readdir(out)).sort()).toEqual([
    "curve.csv",
    "input_DW_coeff.txt",
    "input_strain_coeff.txt",
    "profile.csv",
    "report.html",
    "result.json",
  ]);
  const text = (name: string) => readFile(join(out, name), "utf8");
  expect(JSON.parse(await text("result.json"))).toMatchObject({ scan: "scan1", rms: 0.0834 });
  const inversion = syntheticInversion();
  expect((await text("profile.csv")).split("\r\n")[0]).toBe(
    "depth_nm,strain_percent,debye_waller,strain_lower_percent,strain_upper_percent,debye_waller_lower,debye_waller_upper",
  );
  expect((await text("curve.csv")).split("\r\n")).toHaveLength(inversion.used.length + 2);
  expect(await text("report.html")).toContain("<h1>scan1</h1>");
});

test("a profile.csv of an inversion is a profile for simulate", async () => {
  const { dir, files } = await scans(SCAN);
  await takagi(["invert", ...files, ...YSZ, "--out", dir]);
  const { code, out } = await takagi([
    "simulate",
    ...YSZ,
    "--profile",
    join(dir, "profile.csv"),
    "--range",
    "72:74",
    "--step",
    "0.1",
  ]);
  expect(code).toBe(0);
  expect(out.trim().split("\n")).toHaveLength(22);
});

test("several scans: a row each, a failed one does not stop the rest, exit code 1", async () => {
  const { dir, files } = await scans(SCAN, "", SCAN);
  const { code, out, err } = await takagi([
    "invert",
    ...files,
    join(dir, "missing.xy"),
    ...YSZ,
    "--out",
    join(dir, "out"),
  ]);
  expect(code).toBe(1);
  expect(err).toBe(
    `takagi: ${files[1]}: the file is empty\ntakagi: cannot read ${join(dir, "missing.xy")}: no such file\n`,
  );
  const lines = out.match(/^\d\/4 .*$/gm)!;
  expect(lines).toHaveLength(4);
  expect(lines[0]).toMatch(
    /^1\/4 {2}scan1: 1\.40 % at 102\.0 nm, strained to \d{3}\.\d nm, DW ≥ 0\.30; rms 0\.0834; \d+\.\d s; ambiguous, confidence \d+ %/,
  );
  expect(lines[1]).toBe("2/4  scan2: failed");
  const table = out.slice(out.indexOf("\nscan ") + 1).split("\n");
  expect(table[0]).toContain("e_max (%)");
  expect(table.slice(1, 5).map((row) => row.split(/ +/)[0])).toEqual(["scan1", "scan2", "scan3", "missing"]);
  expect(table[2]).toContain("failed");
  // The columns stand under their heads.
  expect(table[1]!.trimEnd().length).toBe(table[0]!.trimEnd().length);
  expect((await readdir(join(dir, "out"))).sort()).toEqual(["scan1", "scan3"]);
});

test("several scans as JSON are one document, failures among them", async () => {
  const { files } = await scans(SCAN, "");
  const { code, out } = await takagi(["invert", ...files, ...YSZ, "--json"]);
  expect(code).toBe(1);
  const { scans: results } = JSON.parse(out) as {
    scans: { scan: string; rms?: number; error?: { code: string; message: string } }[];
  };
  expect(results.map(({ scan }) => scan)).toEqual(["scan1", "scan2"]);
  expect(results[0]!.rms).toBe(0.0834);
  expect(results[1]!.error).toMatchObject({ code: "SCAN_FORMAT" });
  expect(results[1]!.error!.message).toContain("the file is empty");
});

test("scans of one name go to folders of their own", async () => {
  const { dir } = await scans();
  await Promise.all(["a", "b"].map((name) => mkdir(join(dir, name))));
  await Promise.all(["a", "b"].map((name) => writeFile(join(dir, name, "scan.xy"), SCAN)));
  await takagi(["invert", join(dir, "a/scan.xy"), join(dir, "b/scan.xy"), ...YSZ, "--out", join(dir, "out")]);
  expect((await readdir(join(dir, "out"))).sort()).toEqual(["scan", "scan-2"]);
});

test("options reach the inversion as they are meant", async () => {
  const { files } = await scans("36.5;5\n36.6;7\n36.7;9\n");
  const words = [
    "--theta",
    "--fix",
    "thickness=320",
    "--fix",
    "background-decades=0",
    "--known",
    "offset=0.01±0.002",
    "--mask",
    "73.1:73.15",
    "--mask",
    "73.3:73.35",
    "--splines",
    "12",
    "--effort",
    "thorough",
    "--most-strain",
    "4",
    "--prior",
    "none",
  ];
  const physics = [
    "--count-unit",
    "0.5",
    "--relative-error",
    "0.05",
    "--polarisation",
    "unpolarised",
    "--monochromator",
    "45.3",
    "--lines",
    "1.5406:1,1.5444:0.5",
    "--resolution",
    "pseudo-voigt",
  ];
  const film = [
    "--film-thickness",
    "900",
    "--substrate-material",
    "Si",
    "--substrate-hkl",
    "0,0,4",
    "--deviation",
    "linear",
  ];
  const outcome = await takagi(["invert", ...files, ...YSZ, ...words, ...physics, ...film]);
  expect(outcome).toMatchObject({ code: 0, err: "" });
  const [scan, reflection, options] = calls[0]!;
  expect([...scan.twoTheta]).toEqual([73, 73.2, 73.4]);
  expect(reflection.name).toBe("YSZ 4 0 0");
  expect(options).toMatchObject({
    fix: { thickness: 320, backgroundDecades: 0 },
    known: { offset: [0.01, 0.002] },
    mask: [
      [73.1, 73.15],
      [73.3, 73.35],
    ],
    splines: 12,
    effort: "thorough",
    mostStrain: 4,
    prior: "none",
    countUnit: 0.5,
    relativeError: 0.05,
    deviation: "linear",
    instrument: {
      polarisation: "unpolarised",
      monochromator: 45.3,
      lines: [
        { wavelength: 1.5406, weight: 1 },
        { wavelength: 1.5444, weight: 0.5 },
      ],
      resolution: { shape: "pseudo-voigt", lorentzFraction: 0.5 },
    },
    sample: {
      geometry: "thick film on substrate",
      filmThickness: 900,
      substrate: { name: "Si 0 0 4", wavelength: 1.5406 },
    },
  });
});

test("without options the inversion is told nothing that the scan can tell", async () => {
  const { files } = await scans(SCAN);
  await takagi(["invert", ...files, ...YSZ, "--no-model"]);
  const { sample, instrument, signal, onProgress, ...rest } = calls[0]![2];
  expect([sample, instrument, rest]).toEqual([{ geometry: "single crystal" }, {}, {}]);
  expect([typeof onProgress, signal instanceof AbortSignal]).toEqual(["function", true]);
});

test("progress is for people only, and wiped", async () => {
  answer = async (_scan, _reflection, { onProgress }) => {
    await new Promise((resolve) => setTimeout(resolve, 150));
    onProgress?.({ stage: "starts", fraction: 0.5 });
    return syntheticInversion();
  };
  const { files } = await scans(SCAN);
  expect((await takagi(["invert", ...files, ...YSZ])).err).toBe("");
  const { err } = await takagi(["invert", ...files, ...YSZ], { interactive: true });
  expect(err).toMatch(/^\rscan1: starts 50 %\r +\r$/);
});

test("an error of the inversion names the scan", async () => {
  answer = () => Promise.reject(new InvalidParameterError("mask", "within the scan", 3));
  const { files } = await scans(SCAN);
  const { code, out, err } = await takagi(["invert", ...files, ...YSZ, "--json"]);
  expect([code, out]).toEqual([1, ""]);
  expect(err).toBe(`takagi: ${files[0]}: mask must be within the scan; got 3\n`);
});

test("a fault of the program is said to be one, without a stack", async () => {
  answer = () => Promise.reject(new TypeError("x is not a function"));
  const { files } = await scans(SCAN, SCAN);
  const { code, err } = await takagi(["invert", ...files, ...YSZ]);
  expect(code).toBe(1);
  expect(err).toBe("takagi: a fault of the program: x is not a function\n");
});

test("an interruption stops all scans and leaves no files", async () => {
  const controller = new AbortController();
  answer = (_scan, _reflection, { signal }) => {
    controller.abort();
    return Promise.reject(signal!.reason as Error);
  };
  const { dir, files } = await scans(SCAN, SCAN);
  const { code, out, err } = await takagi(["invert", ...files, ...YSZ, "--out", join(dir, "out")], {
    signal: controller.signal,
  });
  expect([code, out, err]).toEqual([130, "", "takagi: interrupted\n"]);
  expect(calls).toHaveLength(1);
  expect(await readdir(dir)).toEqual(["scan1.xy", "scan2.xy"]);
});

test("a folder that cannot be made is an error of its name", async () => {
  const { files } = await scans(SCAN);
  const { code, err } = await takagi(["invert", ...files, ...YSZ, "--out", join(files[0]!, "out")]);
  expect(code).toBe(1);
  expect(err).toMatch(/^takagi: cannot write .*scan1\.xy.*: /);
});

interface ResultBand {
  readonly lower: number[];
  readonly upper: number[];
}
interface ResultSolution {
  readonly rms: number;
  readonly chi2PerPoint: number;
  readonly profile: {
    depthNm: number[];
    strainPercent: number[];
    debyeWaller: number[];
    strainBand: ResultBand;
    debyeWallerBand: ResultBand;
  };
}
