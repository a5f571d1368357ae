/** `takagi read`, and what other commands take from a file of measurements. */
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, expect, test, vi } from "vitest";
import type { InvertOptions } from "../../src/invert/options.ts";
import type { Reflection, Scan } from "../../src/types.ts";
import { ALPHA1, COUNTS, ras, raw4, text, xrdml } from "../io/files.ts";
import { nexus, spec } from "../io/dialects.ts";
import { syntheticInversion } from "../report/synthetic.ts";
import { folder, takagi } from "./fake.ts";

const calls: [Scan, Reflection, InvertOptions][] = [];
vi.mock("../../src/invert/invert.ts", () => ({
  invert: (...words: [Scan, Reflection, InvertOptions]) => {
    calls.push(words);
    const inversion = syntheticInversion(),
      { wavelength } = words[0];
    return Promise.resolve({
      ...inversion,
      reflection: words[1],
      scan: { ...inversion.scan, ...(wavelength === undefined ? {} : { wavelength }) },
    });
  },
}));
afterEach(() => void (calls.length = 0));

const YSZ = ["--material", "YSZ", "--hkl", "4,0,0"];

async function file(bytes: Uint8Array, name = "scan"): Promise<string> {
  const path = join(await folder(), name);
  await writeFile(path, bytes);
  return path;
}

test("as JSON: the format and each scan with its axis, angles, intensities, wavelength and counting time", async () => {
  const { code, out, err } = await takagi(["read", await file(xrdml([{}, { axis: "omega" }])), "--json"]);
  expect([code, err]).toEqual([0, ""]);
  const { format, version, scans } = JSON.parse(out) as {
    format: string;
    version: string;
    scans: Record<string, unknown>[];
  };
  expect([format, version, scans.length]).toEqual(["xrdml", "2.1", 2]);
  expect(scans[0]).toMatchObject({
    number: 1,
    points: 10,
    axis: "2theta-omega",
    axisName: "Gonio",
    intensity: COUNTS,
    intensityUnit: "counts",
    wavelength: ALPHA1,
    countingTime: 2,
    countUnit: 1,
  });
  expect((scans[0]!.twoTheta as number[])[1]).toBeCloseTo(72.02, 9);
  expect(scans[1]).toMatchObject({ number: 2, axis: "omega", twoTheta: Array(10).fill(72) });
  const second = JSON.parse(
    (await takagi(["read", await file(xrdml([{}, { axis: "omega" }])), "--json", "--scan", "2"])).out,
  ) as typeof JSON & { scans: unknown[] };
  expect(second.scans).toEqual([scans[1]]);
});

test("for people: a few lines a scan", async () => {
  const { code, out } = await takagi(["read", await file(raw4([{}, { axis: "omega" }]))]);
  expect(code).toBe(0);
  expect(out).toMatch(
    /raw 4, 2 scans\n {2}1 {2}2θ–ω 72° … 72\.18°, 10 points\n {5}axis "Locked Coupled"; λ = 1\.540598 Å \(and 1\.544426 Å, 0\.5 times as strong\); 2 s a point; up to 900\n/,
  );
  expect(out).toMatch(/ {2}2 {2}ω 36° … 36\.18°, 10 points at 2θ = 72°\n {5}axis "Rocking Curve"/);
  expect((await takagi(["read", await file(text())])).out).toContain("wavelength not in the file");
});

test.each<[code: number, message: RegExp, words: string[]]>([
  [1, /no such file/, ["read", "missing.xrdml"]],
  [1, /package\.json: /, ["read", "package.json"]],
  [2, /missing required argument/, ["read"]],
])("%i %s", async (code, message, words) => {
  const outcome = await takagi(words);
  expect(outcome.code).toBe(code);
  expect(outcome.err).toMatch(message);
});

test("a scan that a file does not have", async () => {
  const outcome = await takagi(["read", await file(text()), "--scan", "2"]);
  expect([outcome.code, outcome.err]).toEqual([
    2,
    "takagi: --scan must be one of the file's 1 scans; got 2\n",
  ]);
});

test("invert takes the file's wavelength where none is given, and says so", async () => {
  const path = await file(xrdml());
  const { code, out, err } = await takagi(["invert", path, ...YSZ]);
  expect([code, err]).toEqual([0, ""]);
  expect(out).toContain(`λ = ${ALPHA1} Å (from the file)`);
  expect(calls[0]![1].wavelength).toBe(ALPHA1);
  expect(calls[0]![0]).toMatchObject({
    wavelength: ALPHA1,
    countingTime: 2,
    countUnit: 1,
    axis: "2theta-omega",
  });
  expect(JSON.parse((await takagi(["invert", path, ...YSZ, "--json"])).out)).toMatchObject({
    provenance: { settings: { wavelength: { value: ALPHA1, source: "file" } } },
    reflection: { wavelength: ALPHA1 },
  });
  calls.length = 1;
  const given = await takagi(["invert", path, ...YSZ, "--wavelength", "1.5406"]);
  expect(given.out).toContain("λ = 1.5406 Å\n");
  expect(calls[1]![1].wavelength).toBe(1.5406);
});

test("of several files each has its own wavelength, and one without it does not stop the rest", async () => {
  const beta = await file(xrdml([{}], { intended: "K-Beta" }), "beta");
  const none = await file(text(), "none");
  const { code, err } = await takagi(["invert", beta, none, await file(xrdml(), "alpha"), ...YSZ, "--json"]);
  expect(code).toBe(1);
  expect(err).toBe(
    `takagi: --wavelength is missing: in Å, such as --wavelength 1.5406; ${none} does not say it\n`,
  );
  expect(calls.map(([, { wavelength }]) => wavelength)).toEqual([1.39225, ALPHA1]);
});

test("a rocking scan is refused, or read as θ; of several scans one must be chosen", async () => {
  const rocking = await file(ras([{ axis: "omega" }]));
  const refused = await takagi(["invert", rocking, ...YSZ]);
  expect(refused.code).toBe(1);
  expect(refused.err).toMatch(/rocking scan: its angles are ω.*--theta/);
  expect((await takagi(["invert", rocking, ...YSZ, "--theta"])).code).toBe(0);
  expect(calls[0]![0].twoTheta[0]).toBe(72);
  const two = await file(raw4([{}, { counts: [4, 5, 6] }]));
  expect((await takagi(["invert", two, ...YSZ])).err).toMatch(/holds 2 scans/);
  expect((await takagi(["invert", two, ...YSZ, "--scan", "2"])).code).toBe(0);
  expect(calls[1]![0].intensity).toHaveLength(3);
  expect(await takagi(["invert", two, ...YSZ, "--scan", "3"])).toMatchObject({
    code: 2,
    err: expect.stringContaining("--scan") as string,
  });
  expect(await takagi(["invert", two, ...YSZ, "--scan", "2", "--theta"])).toMatchObject({
    code: 1,
    err: expect.stringContaining("--theta contradicts the file") as string,
  });
});

test("a scan of the detector alone is taken, with a note", async () => {
  const { code, err } = await takagi(["invert", await file(ras([{ axis: "2theta", omega: 1 }])), ...YSZ]);
  expect(code).toBe(0);
  expect(err).toMatch(/note: .*the detector moved alone/);
});

test("simulate --like has the angles and the wavelength of a scan", async () => {
  const path = await file(xrdml());
  const { code, out } = await takagi([
    "simulate",
    "--like",
    path,
    ...YSZ,
    "--thickness",
    "200",
    "--strain",
    "1",
    "--json",
  ]);
  expect(code).toBe(0);
  const { twoTheta, reflection } = JSON.parse(out) as { twoTheta: number[]; reflection: Reflection };
  expect([twoTheta.length, twoTheta[0], reflection.wavelength]).toEqual([10, 72, ALPHA1]);
  const columns = await takagi(["simulate", "--like", path, ...YSZ, "--thickness", "200", "--strain", "1"]);
  expect(columns.out.split("\n")[2]).toMatch(/^72\.02 /);
  expect(
    (await takagi(["simulate", "--scan", "2", ...YSZ, "--thickness", "200", "--strain", "1"])).err,
  ).toContain("--scan needs --like");
});

test("regions are joined, maps projected, counters of SPEC named; what was done is said, and stands in the answer", async () => {
  const regions = await file(
    xrdml([{}, { twoTheta: 72.2, omega: 36.1, counts: [4, 5, 6], countingTime: 8 }]),
  );
  const joined = await takagi(["invert", regions, ...YSZ, "--scan", "1,2"]);
  expect([joined.code, calls[0]![0].intensity.length]).toEqual([0, 13]);
  expect(joined.err).toMatch(/note: .*2 regions are joined; counts are brought to 8 s/);
  const map = await file(xrdml([{ omega: 35.98 }, {}, { omega: 36.02 }]));
  expect((await takagi(["invert", map, ...YSZ, "--project"])).code).toBe(0);
  expect([...calls[1]![0].intensity]).toEqual(COUNTS.map((count) => 3 * count));
  const factors = COUNTS.map((count) => (count > 100 ? 100 : 1));
  const synchrotron = await file(spec([{}], { numbers: [17], counters: { filters: factors } }));
  expect((await takagi(["read", synchrotron])).out).toMatch(
    / 17 {2}2θ–ω.*\n.*\n.*\n.*motors: Phi 90, Energy 0\n.*not to be fitted.*filters varies/,
  );
  expect((await takagi(["invert", synchrotron, ...YSZ])).err).toMatch(/name it \(`attenuation`\)/);
  const named = await takagi(["invert", synchrotron, ...YSZ, "--scan", "17", "--attenuation", "filters"]);
  expect([named.code, Math.max(...calls[2]![0].intensity)]).toEqual([0, 90000]);
  const two = await file(nexus([{}, { counts: [4, 5, 6] }], { hasDefault: false }));
  expect((await takagi(["invert", two, ...YSZ])).err).toMatch(/holds 2 scans/);
  expect((await takagi(["invert", two, ...YSZ, "--path", "entry/data2"])).code).toBe(0);
  expect(calls[3]![0].intensity).toHaveLength(3);
});

test("an energy stands for a wavelength, and both together are refused", async () => {
  const path = await file(text());
  expect((await takagi(["invert", path, ...YSZ, "--energy", "8.0478"])).code).toBe(0);
  expect(calls[0]![1].wavelength).toBeCloseTo(12.398419843320026 / 8.0478, 12);
  expect(await takagi(["invert", path, ...YSZ, "--energy", "8.0478", "--wavelength", "1.54"])).toMatchObject({
    code: 2,
    err: expect.stringContaining("give --wavelength or --energy, not both") as string,
  });
  expect((await takagi(["invert", path, ...YSZ, "--energy", "8047"])).err).toMatch(
    /--energy must be a number .*30 keV/,
  );
});
