import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { parseScan } from "../../src/io/xy.ts";
import { readReference, referencePath } from "../support/reference.ts";
import { folder, takagi } from "./fake.ts";

const YSZ = ["--material", "YSZ", "--hkl", "4,0,0", "--wavelength", "1.5406"];
const STRAIN = ["--thickness", "200", "--strain", "1.2", "--debye-waller", "0.4"];

test("simulate prints columns that can be read as a scan, around the peaks of crystal and layer", async () => {
  const { code, out, err } = await takagi(["simulate", ...YSZ, ...STRAIN, "--fwhm", "0.01"]);
  expect([code, err]).toEqual([0, ""]);
  const { twoTheta, intensity } = parseScan(out);
  expect(twoTheta[0]).toBeLessThan(72.5);
  expect(twoTheta.at(-1)).toBeGreaterThan(73.8);
  const top = intensity.indexOf(Math.max(...intensity));
  expect(Math.abs(twoTheta[top]! - 73.62)).toBeLessThan(0.02);
  expect(intensity[top]).toBeGreaterThan(0.2);
  expect(intensity[top]).toBeLessThanOrEqual(1 + 1e-9);
});

test("a profile of options and the same profile from a file give the same curve", async () => {
  const range = ["--range", "72.5:73.8", "--step", "0.02", "--json"];
  const first = JSON.parse((await takagi(["simulate", ...YSZ, ...STRAIN, ...range])).out) as Simulated;
  const { depthNm, strainPercent, debyeWaller } = first.profile;
  const file = join(await folder(), "profile.csv");
  await writeFile(
    file,
    `depth,strain,dw\n${depthNm.map((depth, i) => `${depth},${strainPercent[i]},${debyeWaller[i]}\n`).join("")}`,
  );
  const second = JSON.parse(
    (await takagi(["simulate", ...YSZ, "--profile", file, ...range])).out,
  ) as Simulated;
  expect(first.twoTheta).toHaveLength(66);
  expect(first.twoTheta[65]).toBe(73.8);
  expect(second.intensity).toEqual(first.intensity);
  expect(Math.max(...strainPercent)).toBeCloseTo(1.2, 3);
});

test("counts are whole, come again from the same seed, and scatter about the mean", async () => {
  const words = [
    "simulate",
    ...YSZ,
    ...STRAIN,
    "--fwhm",
    "0.01",
    "--counts",
    "1e5",
    "--background",
    "4",
    "--json",
  ];
  const [a, b, c] = await Promise.all([
    takagi([...words, "--seed", "7"]),
    takagi([...words, "--seed", "7"]),
    takagi([...words, "--seed", "8"]),
  ]);
  expect(a.out).toBe(b.out);
  expect(a.out).not.toBe(c.out);
  const { intensity, mean } = JSON.parse(a.out) as Simulated;
  expect(intensity.every((value) => Number.isInteger(value) && value >= 0)).toBe(true);
  const chi2 =
    intensity.reduce((sum, value, i) => sum + (value - mean![i]!) ** 2 / mean![i]!, 0) / intensity.length;
  expect(chi2).toBeGreaterThan(0.7);
  expect(chi2).toBeLessThan(1.3);
});

test("--out writes the file whole and prints nothing", async () => {
  const dir = await folder();
  const file = join(dir, "sub", "scan.xy");
  const outcome = await takagi(["simulate", ...YSZ, ...STRAIN, "--out", file]);
  expect(outcome).toEqual({ code: 0, out: "", err: "" });
  expect(parseScan(await readFile(file, "utf8")).twoTheta.length).toBeGreaterThan(100);
  expect(await readdir(join(dir, "sub"))).toEqual(["scan.xy"]);
});

test.each<[code: number, message: string, words: string[]]>([
  [2, "--thickness is missing", ["--strain", "1"]],
  [2, "--strain is missing", ["--thickness", "100"]],
  [2, "--thickness must be a number > 0 nm", ["--thickness", "0", "--strain", "1"]],
  [2, "--strain must be a number", ["--thickness", "100", "--strain", "big"]],
  [
    2,
    "--peak-depth must be ≤ --thickness, 100 nm; got 200",
    ["--thickness", "100", "--strain", "1", "--peak-depth", "200"],
  ],
  [2, "--debye-waller must be a number > 0 and ≤ 1", [...STRAIN, "--debye-waller", "0"]],
  [2, "give --profile, or --thickness", [...STRAIN, "--profile", "a.csv"]],
  [2, "--seed needs --counts", [...STRAIN, "--seed", "1"]],
  [2, "give --scale or --counts, not both", [...STRAIN, "--scale", "1", "--counts", "3"]],
  [2, "--step must be less than the range", [...STRAIN, "--range", "73:74", "--step", "2"]],
  [2, "--range must be between 0° and 180°, both excluded", [...STRAIN, "--range", "0:180"]],
  [2, "--step must be at least", [...STRAIN, "--range", "73:74", "--step", "1e-9"]],
  [1, "cannot read missing.csv: no such file", ["--profile", "missing.csv"]],
])("simulate, exit code %d: %s", async (code, message, words) => {
  const outcome = await takagi(["simulate", ...YSZ, ...words]);
  expect(outcome.code).toBe(code);
  expect(outcome.out).toBe("");
  expect(outcome.err).toContain(message);
});

test.each([
  ["there must be two lines or more", ""],
  ["there must be two lines or more", "depth strain dw\n0 1 1\n"],
  ["line 2: depth must be > that of the line before, 5 nm; got 5", "5 1 1\n5 1 1\n"],
  ["line 2: Debye–Waller factor must be within [0, 1]; got 1.5", "0 1 1\n5 1 1.5\n"],
  ["line 3: depth, strain and Debye–Waller factor must be numbers", "0 1 1\n5 1 1\n6 x 1\n"],
  ["line 2: there must be as many columns", "0 1 1\n5 1\n"],
  ["line 1: depth must be ≥ 0 nm", "-1 1 1\n5 1 1\n"],
])("a profile file that cannot be: %s", async (message, text) => {
  const file = join(await folder(), "profile.txt");
  await writeFile(file, text);
  const outcome = await takagi(["simulate", ...YSZ, "--profile", file]);
  expect(outcome.code).toBe(1);
  expect(outcome.err).toContain(`${file}: `);
  expect(outcome.err).toContain(message);
});

const CASE = {
  wavelength: 1.5406,
  d: 1.2858375,
  cellVolume: 136.06243,
  f0: [223.6, 9.39],
  fh: [120.3, 9.39],
  fhbar: [120.3, 9.39],
  thicknessNm: 100,
  strain: [0, 0.005, 0.01],
  debyeWaller: [1, 0.9, 0.8],
  thetaDeg: [36.5, 36.8, 37],
};

async function casesFile(document: unknown): Promise<string> {
  const file = join(await folder(), "cases.json");
  await writeFile(file, JSON.stringify(document));
  return file;
}

test("reflectivity: a stack of unstrained slices is the crystal, whatever its slices and the kernel", async () => {
  const whole = { ...CASE, strain: [0], debyeWaller: [1] };
  const cut = {
    ...CASE,
    strain: [0, 0, 0, 0],
    debyeWaller: [1, 1, 1, 1],
    thicknessNm: 321,
    filmThicknessNm: null,
    substrate: null,
  };
  const file = await casesFile({ cases: [whole, cut, CASE] });
  for (const kernel of ["f64", "simd"]) {
    const { code, out, err } = await takagi(["reflectivity", file, "--kernel", kernel, "--json"]);
    expect([code, err]).toEqual([0, ""]);
    const [a, b, c] = (JSON.parse(out) as Cases).cases.map(({ reflectivity }) => reflectivity);
    a!.forEach((value, i) => expect(b![i]! / value).toBeCloseTo(1, 6));
    expect(Math.abs(c![0]! / a![0]! - 1)).toBeGreaterThan(0.01);
  }
});

test.each<[message: string, document: unknown]>([
  ['the file must be {"cases": […]}', []],
  ["cases[0] must be an object", { cases: [1] }],
  ["cases[0].wavelength must be > 0 Å; got undefined", { cases: [{}] }],
  ["cases[1].d must be > 0 Å; got 0", { cases: [CASE, { ...CASE, d: 0 }] }],
  [
    "cases[0].debyeWaller must have the length of strain, 3; got 2",
    { cases: [{ ...CASE, debyeWaller: [1, 1] }] },
  ],
  ["cases[0].strain[1] must be a finite number", { cases: [{ ...CASE, strain: [0, "x", 0] }] }],
  ["cases[0].strain must have one slice or more", { cases: [{ ...CASE, strain: [] }] }],
  ["cases[0].f0 must be [re, im]", { cases: [{ ...CASE, f0: [1] }] }],
  ["cases[0].thetaDeg[0] must be between 0 and 90", { cases: [{ ...CASE, thetaDeg: [95] }] }],
  ["cases[0].geometry must be one of", { cases: [{ ...CASE, geometry: "sphere" }] }],
  ["cases[0].filmThicknessNm must be > 0 nm", { cases: [{ ...CASE, geometry: "thick film" }] }],
  [
    "cases[0].filmThicknessNm must be ≥ thicknessNm, 100; got 50",
    { cases: [{ ...CASE, geometry: "thick film", filmThicknessNm: 50 }] },
  ],
  [
    "cases[0].substrate must be an object",
    { cases: [{ ...CASE, geometry: "thick film on substrate", filmThicknessNm: 500 }] },
  ],
])("reflectivity refuses: %s", async (message, document) => {
  const outcome = await takagi(["reflectivity", await casesFile(document), "--json"]);
  expect(outcome.code).toBe(1);
  expect(outcome.out).toBe("");
  expect(outcome.err).toContain(message);
});

test("reflectivity gives the reference curves", async () => {
  const { cases } = readReference<Cases>("curves.json");
  for (const [kernel, bound] of [
    ["f64", 1e-8],
    ["simd", 1e-7],
    ["fast", 2e-4],
  ] as const) {
    const { out } = await takagi([
      "reflectivity",
      referencePath("curves.json"),
      "--kernel",
      kernel,
      "--json",
    ]);
    const found = (JSON.parse(out) as Cases).cases;
    cases.forEach(({ reflectivity }, i) => {
      const off = reflectivity.map((value, j) =>
        value > 1e-8 ? Math.abs(Math.log10(found[i]!.reflectivity[j]! / value)) : 0,
      );
      expect(Math.max(...off), `case ${i}, ${kernel}`).toBeLessThan(bound);
    });
  }
});

interface Cases {
  readonly cases: { readonly reflectivity: number[] }[];
}

interface Simulated {
  readonly twoTheta: number[];
  readonly intensity: number[];
  readonly mean?: number[];
  readonly profile: {
    readonly depthNm: number[];
    readonly strainPercent: number[];
    readonly debyeWaller: number[];
  };
}
