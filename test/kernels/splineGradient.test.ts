/** R and its derivatives by spline weights: each precision against the exact matrices, slice by slice. */
import { beforeAll, describe, expect, test } from "vitest";
import { SliceDerivative, SliceSlot } from "../../assembly/layout.ts";
import type { Wave } from "../../src/instrument/waves.ts";
import { evenSlopeCuts } from "../../src/simulate/evenSlopes.ts";
import { putAngles, putReflection } from "../../src/simulate/recursion.ts";
import {
  exactColumns,
  splineColumnCount,
  splineColumns,
  type SplineSlices,
} from "../../src/simulate/splineGradient.ts";
import type { Sample } from "../../src/types.ts";
import { loadKernels } from "../../src/wasm/load.ts";
import { check, type Workspace, workspaceOf } from "../../src/wasm/workspace.ts";
import { braggAngle, random, SILICON_224, ZIRCONIA } from "../simulate/crystals.ts";

let workspace: Workspace;
let simd: boolean;
beforeAll(async () => {
  const kernels = await loadKernels();
  workspace = workspaceOf(kernels.exports);
  simd = kernels.simd;
});

const WAVE: Wave = { reflection: ZIRCONIA, wavelength: 1.5406, polarisation: "sigma", deviation: "exact" };
const CASES: [string, Wave, Sample][] = [
  ["exact", WAVE, {}],
  ["linear", { ...WAVE, deviation: "linear" }, {}],
  ["exact, asymmetric", { ...WAVE, reflection: SILICON_224 }, {}],
  [
    "linear, asymmetric",
    { ...WAVE, reflection: { ...SILICON_224, asymmetry: -20 }, deviation: "linear" },
    {},
  ],
  ["thin film, π", { ...WAVE, polarisation: "pi" }, { geometry: "thin film" }],
];
const LARGEST = 0.02;
const strainAt = (height: number): number => LARGEST * height * Math.sin(2.6 * height) ** 2;

/** A film of smooth strain, of slices of one slope. */
function placed(
  wave: Wave,
  sample: Sample,
  size: { count: number; angleCount: number; splines: number; thickness: number; tied: boolean },
) {
  const { count, angleCount, splines, thickness, tied } = size,
    { kernels } = workspace;
  const cuts = evenSlopeCuts(wave, count, strainAt),
    strain = cuts.heights.map(strainAt),
    debyeWaller = cuts.heights.map((z) => Math.exp(-z * z));
  const block = putReflection(workspace, wave),
    table = workspace.f64(SliceSlot.Size * count),
    derivatives = workspace.f64(SliceDerivative.Size * count);
  check(
    "prepareSlices",
    kernels.prepareSlices(
      block,
      workspace.put(strain),
      workspace.put(debyeWaller),
      workspace.put(cuts.thicknesses.map((h) => h * thickness)),
      count,
      table,
      derivatives,
    ),
  );
  const basis = workspace.f64(4 * count),
    first = workspace.bytes(4 * count);
  check("bsplineBasis", kernels.bsplineBasis(workspace.put(cuts.heights), count, splines, basis, first));
  const bragg = braggAngle(wave.reflection),
    low = bragg - 1.2 * LARGEST * Math.tan(bragg),
    high = bragg + 0.008;
  const theta = Float64Array.from(
    { length: angleCount },
    (_, j) => low + ((high - low) * j) / Math.max(angleCount - 1, 1),
  );
  const slices: SplineSlices = { count, table, derivatives, basis, first, splines, tied };
  return { slices, angles: putAngles(workspace, wave, block, theta, sample, thickness) };
}

/** Largest error of each column, both as a measurement sees them: divided by √(R + 1e-7), and by the largest of the column so divided. */
function errors(found: Float64Array, exact: Float64Array, angleCount: number): number[] {
  return Array.from({ length: exact.length / angleCount }, (_, c) => {
    let error = 0,
      largest = 0;
    for (let j = 0; j < angleCount; j++) {
      const weight = 1 / Math.sqrt(exact[j] + 1e-7),
        at = c * angleCount + j;
      error = Math.max(error, Math.abs(found[at] - exact[at]) * weight);
      largest = Math.max(largest, Math.abs(exact[at]) * weight);
    }
    return error / largest;
  });
}

describe.each(CASES)("splineColumns (%s)", (_, wave, sample) => {
  const both = (kernel: "fast" | "simd", size: Parameters<typeof placed>[2]): number[] =>
    workspace.scope(() => {
      const { slices, angles } = placed(wave, sample, size),
        total = splineColumnCount(slices) * size.angleCount,
        exact = workspace.f64(total);
      exactColumns(workspace, slices, angles, size.angleCount, exact);
      return errors(
        workspace.copy(splineColumns(workspace, simd, kernel, slices, angles, size.angleCount), total),
        workspace.copy(exact, total),
        size.angleCount,
      );
    });

  test.each([
    ["fast", 1e-4],
    ["simd", 4e-5],
  ] as const)("%s is the exact one to %s of each column, thin slices", (kernel, tolerance) => {
    for (const tied of [false, true]) {
      both(kernel, { count: 300, angleCount: 401, splines: 10, thickness: 1200, tied }).forEach(
        (error, column) => expect(error, `tied ${tied}, column ${column}`).toBeLessThan(tolerance),
      );
    }
  });

  test("and for thick slices, few angles, few slices and few splines to 3e-4", () => {
    for (const size of [
      { count: 120, angleCount: 302, splines: 10, thickness: 3000, tied: true },
      { count: 17, angleCount: 5, splines: 1, thickness: 100, tied: false },
      { count: 1, angleCount: 4, splines: 3, thickness: 4, tied: false },
    ]) {
      for (const kernel of ["fast", "simd"] as const)
        both(kernel, size).forEach((error, column) =>
          expect(error || 0, `${kernel}, ${size.count} slices, column ${column}`).toBeLessThan(3e-4),
        );
    }
  });
});

test("evenSlopeCuts fill the film, and all slopes are equal", () => {
  for (const [name, wave] of CASES) {
    const { heights, thicknesses } = evenSlopeCuts(wave, 200, strainAt);
    expect(
      thicknesses.reduce((a, b) => a + b),
      name,
    ).toBeCloseTo(1, 6);
    let bottom = 0;
    heights.forEach((height, n) => {
      expect(Math.abs(height - bottom - thicknesses[n] / 2)).toBeLessThan(1e-4);
      bottom += thicknesses[n];
    });
    workspace.scope(() => {
      const table = workspace.f64(4 * 200),
        strain = workspace.put(heights.map(strainAt));
      check(
        "prepareSlices",
        workspace.kernels.prepareSlices(
          putReflection(workspace, wave),
          strain,
          strain,
          workspace.put(thicknesses),
          200,
          table,
          0,
        ),
      );
      const slices = workspace.view(table, 4 * 200);
      for (let n = 0; n < 200; n++) expect(slices[4 * n] / slices[0]).toBeCloseTo(1, 12);
    });
  }
});

test("resolveSampled is the sum over the points", () => {
  const next = random(4),
    count = 33,
    stride = 36,
    reach = 5;
  const columns = Float64Array.from({ length: 2 * stride }, next),
    taps = Float64Array.from({ length: reach + 1 }, next);
  const found = workspace.scope(() => {
    const out = workspace.f64(2 * (count + 1));
    check(
      "resolveSampled",
      workspace.kernels.resolveSampled(
        workspace.put(columns),
        2,
        stride,
        count,
        workspace.put(taps),
        reach,
        workspace.f64(count + 2 * reach + 2),
        out,
      ),
    );
    return workspace.copy(out, 2 * (count + 1));
  });
  for (let c = 0; c < 2; c++) {
    for (let j = 0; j < count; j++) {
      let sum = 0;
      for (let i = 0; i < count; i++)
        if (Math.abs(i - j) <= reach) sum += taps[Math.abs(i - j)] * columns[c * stride + i];
      expect(found[c * (count + 1) + j]).toBeCloseTo(sum, 12);
    }
  }
});
