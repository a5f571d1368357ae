/** One scan of several: chosen, joined from regions, projected from a map; SPEC's numbers and counters. */
import { expect, test } from "vitest";
import { InvalidParameterError, ScanFormatError } from "../../src/errors.ts";
import { chooseScan, readScan, readScans } from "../../src/io/read.ts";
import { nexus, panalyticalCsv, spec, specMesh, uxd } from "./dialects.ts";
import { COUNTS, ras, xrdml } from "./files.ts";

/** 2θ 72 … 72.18 for 2 s in steps of 0.02, then 72.2 … 72.4 for 8 s in steps of 0.04. */
const REGIONS = [
  {},
  { twoTheta: 72.2, omega: 36.1, step: 0.04, counts: [9, 8, 11, 7, 10, 9], countingTime: 8 },
] as const;

test("regions of other steps and counting times are one scan, in counts of the longest time", async () => {
  const scan = await readScan(xrdml(REGIONS), { scan: [1, 2] });
  expect(scan.twoTheta).toHaveLength(16);
  expect(scan.twoTheta.at(-1)).toBeCloseTo(72.4, 9);
  expect([...scan.intensity.slice(0, 10)]).toEqual(COUNTS.map((count) => 4 * count));
  expect([...scan.intensity.slice(10)]).toEqual([...REGIONS[1].counts]);
  expect([...scan.attenuation!]).toEqual([...Array<number>(10).fill(4), ...Array<number>(6).fill(1)]);
  expect([scan.countingTime, scan.countUnit]).toEqual([8, 1]);
  expect(scan.notes![0]).toMatch(/2 regions are joined; counts are brought to 8 s/);
});

test("joined rates keep their values, and one count weighs more where it was counted for less", async () => {
  const scan = await readScan(uxd(REGIONS, { data: "_2THETACPS" }), { scan: [1, 2] });
  expect([...scan.intensity.slice(0, 3)]).toEqual([6, 7.5, 5.5]);
  expect(scan.countUnit).toBe(1 / 8);
  // One count of the first region adds 1/2 s.
  expect(scan.countUnit! * scan.attenuation![0]!).toBe(1 / 2);
});

test("cutting a scan into regions and joining them changes nothing", async () => {
  const whole = await readScan(xrdml());
  const parts = [{ counts: COUNTS.slice(0, 4) }, { twoTheta: 72.08, omega: 36.04, counts: COUNTS.slice(4) }];
  const joined = await readScan(xrdml(parts), { scan: [1, 2] });
  expect([...joined.intensity]).toEqual([...whole.intensity]);
  joined.twoTheta.forEach((value, i) => expect(value).toBeCloseTo(whole.twoTheta[i]!, 6));
  expect(joined.attenuation).toBeUndefined();
});

const OFFSETS = [-0.02, 0, 0.02];
const MAP = OFFSETS.map((offset, k) => ({
  omega: 36 + offset,
  counts: COUNTS.map((count) => count * (k + 1)),
}));

test.each([
  ["coupled scans at several offsets", xrdml(MAP)],
  ["a mesh", specMesh(MAP)],
])("a map projected on 2θ is the sum over ω: %s", async (_, file) => {
  const scan = await readScan(file, { project: true });
  expect([...scan.intensity]).toEqual(COUNTS.map((count) => 6 * count));
  expect(scan.twoTheta[0]).toBeCloseTo(72, 9);
  expect(scan.notes![0]).toMatch(/3 scans of a map/);
});

test("a map of rocking scans is projected too, each to one point", async () => {
  const rocking = [72, 72.02, 72.04].map((twoTheta) => ({ axis: "omega" as const, twoTheta }));
  const scan = await readScan(ras(rocking), { project: true });
  const total = COUNTS.reduce((a, b) => a + b);
  expect([...scan.intensity]).toEqual([total, total, total]);
});

test("what is no map is not projected, and the offsets are listed", async () => {
  await expect(readScan(xrdml(REGIONS), { project: true })).rejects.toThrow(ScanFormatError);
  await expect(readScan(xrdml(MAP))).rejects.toThrow(/1: 2θ–ω 72° … 72\.18°, 10 points, ω − θ = -0\.02°/);
});

test("regions that cannot be one are not joined", async () => {
  const other = new TextDecoder()
    .decode(uxd(REGIONS))
    .replace(/(_STEPTIME = 8)/, "_WL1 = 1.79\n_WL2 = 1.793\n$1");
  await expect(readScan(other, { scan: [1, 2] })).rejects.toThrow(
    /different wavelengths: 1\.540598 and 1\.79/,
  );
  const timeless = new TextDecoder().decode(uxd(REGIONS)).replace(/_STEPTIME = 8\n/, "");
  await expect(readScan(timeless, { scan: [1, 2] })).rejects.toThrow(
    /only where the file has their counting times/,
  );
  await expect(readScan(xrdml(REGIONS), { scan: [1, 3] })).rejects.toThrow(InvalidParameterError);
  await expect(readScan(xrdml(REGIONS), { scan: [] })).rejects.toThrow(/one scan or more/);
});

test("SPEC scans go by their own numbers; of several of one number, a decimal chooses", async () => {
  const file = spec([{}, { counts: [4, 5, 6] }, { counts: [7, 8, 9, 10] }], { numbers: [12, 30, 30] });
  const points = async (scan: number) => (await readScan(file, { scan })).intensity.length;
  expect([await points(12), await points(30.1), await points(30.2)]).toEqual([10, 3, 4]);
  await expect(points(30)).rejects.toThrow(/2 scans of number 30: choose 30\.1 … 30\.2/);
  await expect(points(1)).rejects.toThrow(/one of the file's numbers, 12, 30, 30/);
  await expect(points(12.3)).rejects.toThrow(InvalidParameterError);
});

test("SPEC: counts are divided by monitor and transmission, and a column that may be anything is asked for", async () => {
  const monitor = COUNTS.map((_, i) => 1000 * (1 - 0.05 * i));
  const mean = monitor.reduce((a, b) => a + b) / monitor.length;
  const divided = await readScan(spec([{}], { counters: { Monitor: monitor } }));
  divided.intensity.forEach((value, i) => expect(value).toBeCloseTo((COUNTS[i]! * mean) / monitor[i]!, 9));
  expect(divided.notes![0]).toMatch(/divided by the monitor Monitor, relative to its mean/);
  expect(divided.countUnit).toBe(1);
  const as = await readScan(spec([{}], { counters: { Monitor: monitor } }), { monitor: "none" });
  expect([...as.intensity]).toEqual(COUNTS);

  const filters = COUNTS.map((count) => (count > 100 ? 3 : 0));
  const factors = filters.map((n) => 10 ** n);
  const file = spec([{}], { counters: { filters, factor: factors } });
  await expect(readScan(file)).rejects.toThrow(/its column filters varies/);
  const weakened = await readScan(file, { attenuation: "factor" });
  expect([...weakened.intensity]).toEqual(COUNTS.map((count, i) => count * factors[i]!));
  expect([...(await readScan(file, { attenuation: "none" })).intensity]).toEqual(COUNTS);
  await expect(readScan(file, { detector: "PSD" })).rejects.toThrow(
    /no column "PSD" \(detector\); it has Two Theta/,
  );
  const passed = await readScan(spec([{}], { counters: { transm: factors.map((x) => 1 / x) } }));
  passed.intensity.forEach((value, i) => expect(value).toBeCloseTo(COUNTS[i]! * factors[i]!, 6));
});

test("a scan is chosen as often as one likes from a file that was read once", async () => {
  const file = await readScans(ras(Array.from({ length: 1000 }, () => ({ counts: [1, 100] }))));
  const start = performance.now();
  for (let i = 1; i <= 1000; i++) expect(chooseScan(file, { scan: i }).intensity).toHaveLength(2);
  expect(performance.now() - start).toBeLessThan(1000);
});

test("NeXus: the group that is asked for, and what is said where there is none", async () => {
  await expect(readScan(nexus(), { path: "entry/nothing" })).rejects.toThrow(/no group at "entry\/nothing"/);
  const file = nexus();
  for (let cut = 1; cut < 40; cut++)
    await expect(readScans(file.subarray(0, Math.floor((file.length * cut) / 40)))).rejects.toThrow(
      ScanFormatError,
    );
});

test("a CSV whose axis is ω/2θ may have either angle in its table: it is refused, unless its header says 2θ", async () => {
  const words = new TextDecoder().decode(panalyticalCsv());
  const omega = words.replace("2Theta/Omega", "Omega/2Theta");
  await expect(readScan(omega)).rejects.toThrow(/may be ω or 2θ/);
  expect((await readScan(omega.replace("Angle,", "2Theta,"))).twoTheta[0]).toBe(72);
});
