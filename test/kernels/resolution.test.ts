/** The instrument's resolution against integrals known in closed form. */
import { beforeAll, describe, expect, test } from "vitest";
import { resolutionBlock } from "../../src/instrument/resolution.ts";
import type { Resolution } from "../../src/types.ts";
import { loadKernels } from "../../src/wasm/load.ts";
import { check, type Workspace, workspaceOf } from "../../src/wasm/workspace.ts";
import { filled, random } from "../simulate/crystals.ts";

let workspace: Workspace;
beforeAll(async () => {
  workspace = workspaceOf((await loadKernels()).exports);
});

interface Seen {
  values: Float64Array;
  byPlace: Float64Array;
  byWidth: Float64Array;
}

function see(resolution: Resolution, grid: Float64Array, values: Float64Array, places: Float64Array): Seen {
  return workspace.scope(() => {
    const [out, byPlace, byWidth] = [0, 1, 2].map(() => workspace.f64(places.length));
    const scratch = workspace.bytes(workspace.kernels.resolveScratch(grid.length, 1));
    const at = [
      workspace.put(resolutionBlock(resolution)),
      workspace.put(grid),
      workspace.put(values),
      workspace.put(places),
    ];
    check(
      "resolve",
      workspace.kernels.resolve(
        at[0],
        at[1],
        grid.length,
        at[2],
        1,
        at[3],
        places.length,
        out,
        byPlace,
        byWidth,
        scratch,
      ),
    );
    return {
      values: workspace.copy(out, places.length),
      byPlace: workspace.copy(byPlace, places.length),
      byWidth: workspace.copy(byWidth, places.length),
    };
  });
}

const gauss = (x: number, fwhm: number): number =>
  (2 * Math.sqrt(Math.LN2 / Math.PI) * Math.exp(-4 * Math.LN2 * (x / fwhm) ** 2)) / fwhm;
const lorentz = (x: number, fwhm: number): number => 2 / (Math.PI * fwhm * (1 + ((2 * x) / fwhm) ** 2));
/** From −half to half, unevenly where `jitter` > 0. */
function points(half: number, count: number, jitter = 0): Float64Array {
  const next = random(5),
    step = (2 * half) / (count - 1);
  return Float64Array.from(
    { length: count },
    (_, i) => -half + step * (i + (i > 0 && i < count - 1 ? jitter * (next() - 0.5) : 0)),
  );
}
const error = (found: Float64Array, expected: Float64Array): number =>
  found.reduce((worst, v, i) => Math.max(worst, Math.abs(v - expected[i])), 0);

const SHAPES: Resolution[] = [
  { shape: "gaussian", fwhm: 0.05 },
  { shape: "lorentzian", fwhm: 0.05 },
  { shape: "pseudo-voigt", fwhm: 0.05, lorentzFraction: 0.4 },
  {
    shape: "split-pseudo-voigt",
    fwhmLow: 0.03,
    fwhmHigh: 0.08,
    lorentzFractionLow: 0.2,
    lorentzFractionHigh: 0.9,
  },
  { shape: "generalised-bell", fwhm: 0.05, exponent: 1.7 },
];
const byShape = SHAPES.map((resolution) => [resolution.shape, resolution] as const);

describe("the resolution function", () => {
  test.each([
    [0.02, 401, 0.8],
    [0.3, 4001, 0.5],
    [0.02, 101, 0],
  ])("Gaussian ⊗ Gaussian is the Gaussian of both widths (fwhm %s, %d points)", (fwhm, count, jitter) => {
    const wide = 0.1,
      grid = points(0.5, count, jitter),
      places = points(0.2, 83);
    const found = see(
      { shape: "gaussian", fwhm },
      grid,
      grid.map((x) => gauss(x, wide)),
      places,
    );
    const peak = gauss(0, Math.hypot(wide, fwhm));
    expect(
      error(
        found.values,
        places.map((x) => gauss(x, Math.hypot(wide, fwhm))),
      ) / peak,
    ).toBeLessThan(count > 300 ? 2e-5 : 1e-3);
  });

  test("Lorentzian ⊗ Lorentzian is the Lorentzian of the sum of widths", () => {
    // What lies beyond the ends is taken as constant: the price is 1e-4 here.
    const grid = points(20, 40_001),
      places = points(0.3, 61);
    const found = see(
      { shape: "lorentzian", fwhm: 0.04 },
      grid,
      grid.map((x) => lorentz(x, 0.1)),
      places,
    );
    expect(
      error(
        found.values,
        places.map((x) => lorentz(x, 0.14)),
      ) / lorentz(0, 0.14),
    ).toBeLessThan(1e-4);
  });

  test.each(byShape)("%s leaves a constant as it is, up to both ends", (_, resolution) => {
    const grid = points(1, 301, 0.7);
    const { values } = see(
      resolution,
      grid,
      filled(301, 3),
      Float64Array.of(-1, -0.99, -0.5, 0, 0.001, 0.7, 1),
    );
    for (const value of values) expect(Math.abs(value - 3)).toBeLessThan(3e-6);
  });

  test.each(byShape)("%s far narrower than a step gives R itself", (_, resolution) => {
    const narrow = Object.fromEntries(
      Object.entries(resolution).map(([key, value]) => [key, key.startsWith("fwhm") ? 1e-6 : value]),
    ) as unknown as Resolution;
    const grid = points(1, 201, 0.5),
      smooth = (x: number): number => 2 + Math.sin(3 * x);
    const places = points(0.95, 77);
    const tails = resolution.shape === "gaussian" ? 2e-6 : 2e-5;
    expect(error(see(narrow, grid, grid.map(smooth), places).values, places.map(smooth))).toBeLessThan(tails);
    // At the points of the grid themselves there is nothing to interpolate.
    expect(error(see(narrow, grid, grid.map(smooth), grid).values, grid.map(smooth))).toBeLessThan(tails);
  });

  test.each(byShape)("%s has its width: half the peak at half the width from a line", (_, resolution) => {
    const line = 2e-4,
      grid = Float64Array.from(
        [...points(2, 2001), ...points(10 * line, 201)]
          .sort((a, b) => a - b)
          .filter((x, i, all) => i === 0 || x - all[i - 1] > 1e-9),
      );
    const [low, high] =
      resolution.shape === "split-pseudo-voigt"
        ? [resolution.fwhmLow, resolution.fwhmHigh]
        : [resolution.fwhm, resolution.fwhm];
    const { values } = see(
      resolution,
      grid,
      grid.map((x) => gauss(x, line)),
      Float64Array.of(-low / 2, 0, high / 2),
    );
    expect(values[0] / values[1]).toBeCloseTo(0.5, 3);
    expect(values[2] / values[1]).toBeCloseTo(0.5, 3);
  });

  test("the wide side of a split shape is where its name says: above the peak", () => {
    const resolution = SHAPES[3],
      grid = points(1, 4001);
    const { values } = see(
      resolution,
      grid,
      grid.map((x) => gauss(x, 0.003)),
      Float64Array.of(-0.05, 0.05),
    );
    expect(values[1]).toBeGreaterThan(3 * values[0]);
  });

  test("does not depend on the grid, if that resolves R", () => {
    const R = (x: number): number => gauss(x, 0.04) + 0.2 * Math.cos(30 * x) ** 2;
    const places = points(0.3, 61);
    for (const [, resolution] of byShape) {
      const [coarse, fine] = [points(1, 401, 0.6), points(1, 4001)].map(
        (grid) => see(resolution, grid, grid.map(R), places).values,
      );
      expect(error(coarse, fine) / Math.max(...fine)).toBeLessThan(1e-3);
    }
  });
});

describe("its derivatives", () => {
  const grid = points(1, 4001, 0.5),
    values = grid.map((x) => gauss(x, 0.06) + 0.5 * Math.cos(20 * x) + 1),
    places = points(0.5, 41);
  const widened = (resolution: Resolution, factor: number): Resolution =>
    Object.fromEntries(
      Object.entries(resolution).map(([key, value]) => [
        key,
        key.startsWith("fwhm") ? (value as number) * factor : (value as unknown),
      ]),
    ) as unknown as Resolution;

  test.each(byShape)("%s: by place and by width are those of finite differences", (_, resolution) => {
    const { byPlace, byWidth } = see(resolution, grid, values, places);
    const step = 1e-5;
    const [right, left] = [step, -step].map(
      (s) =>
        see(
          resolution,
          grid,
          values,
          places.map((x) => x + s),
        ).values,
    );
    const [wider, narrower] = [step, -step].map(
      (s) => see(widened(resolution, 1 + s), grid, values, places).values,
    );
    const slope = right.map((v, i) => (v - left[i]) / (2 * step)),
      growth = wider.map((v, i) => (v - narrower[i]) / (2 * step));
    const largest = (column: Float64Array): number => column.reduce((a, b) => Math.max(a, Math.abs(b)), 0);
    expect(error(byPlace, slope) / largest(slope)).toBeLessThan(1e-6);
    expect(error(byWidth, growth) / largest(growth)).toBeLessThan(1e-6);
  });
});
