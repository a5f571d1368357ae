import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { countUnit, countUnitOf } from "../../src/io/countUnit.ts";
import { readScan } from "../../src/io/read.ts";
import { referencePath } from "../support/reference.ts";

/** A uniform number in [0, 1) from two integers (the mixing steps of splitmix32). */
function uniform(seed: number, index: number): number {
  let z = (Math.imul(seed, 0x85ebca6b) + Math.imul(index + 1, 0x9e3779b9)) | 0;
  z = Math.imul(z ^ (z >>> 16), 0x21f0aaad);
  z = Math.imul(z ^ (z >>> 15), 0x735a2d97);
  return ((z ^ (z >>> 15)) >>> 0) / 2 ** 32;
}
function poisson(mean: number, seed: number, index: number): number {
  if (mean > 200) {
    const radius = Math.sqrt(-2 * Math.log(1 - uniform(seed, 2 * index)));
    return Math.max(
      0,
      Math.round(mean + Math.sqrt(mean) * radius * Math.cos(2 * Math.PI * uniform(seed, 2 * index + 1))),
    );
  }
  let count = 0;
  for (let u = uniform(seed, 2 * index), p = Math.exp(-mean), sum = p; u > sum && count < 2000; sum += p)
    p *= mean / ++count;
  return count;
}
/** A peak over a background, with fringes. */
const mean = (i: number, n: number, peak: number, background: number) => {
  const x = (i - 0.6 * n) / (0.02 * n);
  const y = (i - 0.4 * n) / (0.1 * n);
  return background + peak / (1 + x * x * x * x) + 0.01 * peak * Math.exp(-y * y) * (1 + Math.cos(i / 6));
};
const counts = (n: number, peak: number, background: number, seed: number) =>
  Array.from({ length: n }, (_, i) => poisson(mean(i, n, peak, background), seed, i));
const seeds = Array.from({ length: 20 }, (_, i) => i + 1);

describe("counts", () => {
  test.each([
    [501, 1e5, 3],
    [501, 1e4, 0.2],
    [2001, 1e6, 150],
    [60, 1e4, 30],
    [501, 200, 0.05],
  ])("%d points, peak %d, background %d: one count is 1", (n, peak, background) => {
    for (const seed of seeds) expect(countUnit(counts(n, peak, background, seed))).toBe(1);
  });
});

describe("rates", () => {
  for (const time of [0.1, 0.5, 1.5, 2, 3.7, 7, 10, 60, 155]) {
    for (const digits of ["full", 5, 3] as const) {
      // A unit below the last digit written cannot be seen.
      if (digits === 3 && time > 60) continue;
      test(`${time} s a point, ${digits} decimals`, () => {
        for (const [n, background] of [
          [501, 2],
          [501, 12],
          [1001, 60],
        ] as const) {
          for (const seed of seeds) {
            const rates = counts(n, 1e5, background, seed).map((c) =>
              digits === "full" ? c / time : Number((c / time).toFixed(digits)),
            );
            const unit = countUnit(rates);
            expect(unit, `${n} ${background} ${seed}`).toBeDefined();
            expect(Math.abs(unit! * time - 1)).toBeLessThan(digits === 3 ? 1e-2 : 1e-3);
          }
        }
      });
    }
  }
  test("six significant digits", () => {
    for (const seed of seeds) {
      const rates = counts(501, 1e5, 12, seed).map((c) => Number((c / 155).toPrecision(6)));
      expect(countUnit(rates)! * 155).toBeCloseTo(1, 4);
    }
  });
  test("single precision", () => {
    for (const seed of seeds)
      expect(countUnit(counts(501, 1e5, 12, seed).map((c) => Math.fround(c / 1.7)))! * 1.7).toBeCloseTo(1, 4);
  });
  test("rates of 10 s with one decimal: the unit is the last digit, and the scatter tells it from a smooth curve", () => {
    for (const seed of seeds)
      expect(countUnit(counts(501, 1e5, 20, seed).map((c) => Number((c / 10).toFixed(1))))).toBeCloseTo(
        0.1,
        12,
      );
    const smooth = Array.from({ length: 501 }, (_, i) => Number(mean(i, 501, 1e4, 2).toFixed(1)));
    expect(countUnit(smooth)).toBeUndefined();
  });
  test("a few values off the grid do not hide it", () => {
    const rates = counts(501, 1e5, 6, 3).map((c) => Number((c / 1.5).toFixed(4)));
    for (const i of [50, 150, 330]) rates[i] = Number((rates[i] + 0.1234).toFixed(4));
    expect(countUnit(rates)).toBeCloseTo(1 / 1.5, 4);
  });
});

test("a correction for dead time moves high counts off the grid, not low ones", () => {
  for (const seed of seeds) {
    const rates = counts(501, 1e5, 12, seed).map((c) => Number(((c + 5e-7 * c * c) / 155).toFixed(5)));
    expect(countUnit(rates)! * 155).toBeCloseTo(1, 2);
  }
});

describe("no unit", () => {
  const curve = Array.from({ length: 501 }, (_, i) => mean(i, 501, 1, 1e-5));
  test.each([
    ["a simulated reflectivity", curve],
    ["in five decimals", curve.map((v) => Number(v.toFixed(5)))],
    ["in four digits", curve.map((v) => Number(v.toPrecision(4)))],
    ["in single precision", curve.map(Math.fround)],
    ["times 10⁶, rounded to whole numbers", curve.map((v) => Math.round(1e6 * v))],
    ["a constant", new Array<number>(100).fill(0.37)],
    ["nothing but zeros", new Array<number>(100).fill(0)],
    ["two points", [0.1, 0.3]],
  ])("%s", (_, values) => expect(countUnit(values)).toBeUndefined());
  test("random values, of any number of decimals, never show one by chance", () => {
    for (const seed of seeds) {
      for (const decimals of [1, 2, 3, 5, 15]) {
        for (const n of [10, 40, 400]) {
          const values = Array.from({ length: n }, (_, i) =>
            Number((10 * uniform(seed, i) ** 3).toFixed(decimals)),
          );
          const unit = countUnit(values);
          // One decimal of ten values may look like counts of 0.1.
          if (decimals > 1) expect(unit, `${seed} ${decimals} ${n}`).toBeUndefined();
        }
      }
    }
  });
});

describe("countUnitOf", () => {
  const shared = (seed: number, part: number) => {
    // A detector's program puts counts on a new grid: of each pair, a part goes to the other point.
    const raw = counts(701, 1e5, 30, seed);
    return raw.map((count, i) => {
      const other = raw[i % 2 === 0 ? Math.min(i + 1, raw.length - 1) : i - 1]!;
      return Number((count + ((other - count) * part) / 180).toFixed(4));
    });
  };
  test("counts shared in 1/180 are counts of 1, as their scatter says", () => {
    for (const seed of seeds) {
      const { unit, source } = countUnitOf({ intensity: shared(seed, 1 + (seed % 5)) });
      expect([unit, source]).toEqual([1, "scatter"]);
    }
  });
  test("whole numbers that are counts times 180 are no counts of 1", () => {
    for (const seed of seeds) {
      const { unit } = countUnitOf({ intensity: counts(701, 1e5, 30, seed).map((c) => 180 * c + (c % 7)) });
      expect(unit / 180).toBeGreaterThan(0.75);
      expect(unit / 180).toBeLessThan(1.35);
    }
  });
  test("fringes that are coarsely measured scatter more, and are counts all the same", () => {
    for (const seed of seeds) {
      const fringes = Array.from({ length: 400 }, (_, i) =>
        poisson(5 + 1e5 * Math.exp(-(((i - 200) / 60) ** 2)) * (1 + Math.cos(1.7 * i)), seed, i),
      );
      expect(countUnitOf({ intensity: fringes })).toMatchObject({ unit: 1, source: "multiples" });
    }
  });
  test("what is given is taken; attenuated points are left out; a smooth curve gets an assumption, and says so", () => {
    expect(countUnitOf({ intensity: [1, 2, 3], countUnit: 0.5 })).toMatchObject({
      unit: 0.5,
      source: "given",
    });
    const plain = counts(501, 1e5, 12, 1);
    const attenuation = plain.map((count) => (count > 1000 ? 131.32 : 1));
    const intensity = plain.map((count, i) => count * attenuation[i]!);
    expect(countUnitOf({ intensity, attenuation }).unit).toBe(1);
    const curve = Array.from({ length: 501 }, (_, i) => mean(i, 501, 1, 1e-5));
    const assumed = countUnitOf({ intensity: curve });
    expect(assumed).toMatchObject({ unit: Math.min(...curve) / 25, source: "assumed" });
    expect(assumed.reason).toMatch(/weakest point is taken for 25 counts/);
    expect(countUnitOf({ intensity: new Float64Array(5) }).unit).toBe(1);
  });
  test("the same unit whether a scan is read from a file or held in memory", async () => {
    const intensity = counts(501, 1e5, 2, 7);
    const text = intensity.map((value, i) => `${(72 + i / 100).toFixed(2)} ${value}\n`).join("");
    const read = await readScan(new TextEncoder().encode(text));
    expect(countUnitOf({ intensity }).unit).toBe(read.countUnit);
  });
});

test("a scan of rates of 0.00646 a count, corrected for dead time (tools/oracles/scans.py)", async () => {
  const scan = await readScan(readFileSync(referencePath("scans/ysz-400-rates.xy")));
  expect(scan.countUnit).toBeCloseTo(0.00646, 5);
  const counts = Array.from(scan.intensity, (v) => v / scan.countUnit!);
  // The scan was corrected for dead time, which adds n² · 5e-7: 0.005 counts to 100, and 0.5 to 1000.
  for (const count of counts.filter((c) => c < 100))
    expect(Math.abs(count - Math.round(count))).toBeLessThan(0.01);
});
