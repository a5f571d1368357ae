/** Depth at which the strain has fallen to 10 % of its maximum, against profiles for which it is known. */
import { expect, test } from "vitest";
import { strainedDepth } from "../../src/index.ts";

const depth = Float64Array.from({ length: 401 }, (_, i) => i / 2),
  of = (strain: (z: number) => number): number => strainedDepth({ depth, strain: depth.map(strain) });

test("a ramp to 0 at 150 nm, tensile or compressive: 135 nm", () => {
  for (const sign of [1, -1]) expect(of((z) => sign * Math.max(1 - z / 150, 0))).toBeCloseTo(135, 9);
});

test("a Gaussian about 60 nm: where it is a tenth, far side", () => {
  const sigma = 20;
  expect(of((z) => 2 * Math.exp(-0.5 * ((z - 60) / sigma) ** 2))).toBeCloseTo(
    60 + sigma * Math.sqrt(2 * Math.LN10),
    2,
  );
});

test("a profile that comes back counts to its last part; one that never falls to its end; none to 0", () => {
  expect(of((z) => (z < 20 || (z > 90 && z <= 100) ? 1 : 0))).toBeCloseTo(100.45, 9);
  expect(of(() => -0.3)).toBe(200);
  expect(of(() => 0)).toBe(0);
});
