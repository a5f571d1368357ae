/** Derivatives of the curve by every slice against central differences of the judge. */
import { beforeAll, describe, expect, test } from "vitest";
import type { Wave } from "../../src/instrument/waves.ts";
import { reflectivity, type Slices } from "../../src/simulate/recursion.ts";
import type { Sample } from "../../src/types.ts";
import { loadKernels } from "../../src/wasm/load.ts";
import { check, type Workspace, workspaceOf } from "../../src/wasm/workspace.ts";
import { random, SILICON_224, ZIRCONIA } from "../simulate/crystals.ts";
import { type Placed, place, randomStack, type Stack } from "./stacks.ts";

interface Gradients {
  reflectivity: Float64Array;
  byStrain: Float64Array;
  byDebyeWaller: Float64Array;
  byThickness: Float64Array;
}

let workspace: Workspace;
beforeAll(async () => {
  workspace = workspaceOf((await loadKernels()).exports);
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

function run(placed: Placed): Gradients {
  const { table, derivatives, count, angles, angleCount } = placed;
  const [r, e, w, t] = [angleCount, count * angleCount, count * angleCount, angleCount].map((size) =>
    workspace.f64(size),
  );
  check(
    "gradient",
    workspace.kernels.gradient(
      table,
      derivatives,
      count,
      angles,
      angleCount,
      workspace.bytes(workspace.kernels.gradientScratch(count)),
      r,
      e,
      w,
      t,
    ),
  );
  return {
    reflectivity: workspace.copy(r, angleCount),
    byStrain: workspace.copy(e, count * angleCount),
    byDebyeWaller: workspace.copy(w, count * angleCount),
    byThickness: workspace.copy(t, angleCount),
  };
}

const judge = (wave: Wave, stack: Stack, change: Partial<Slices>): Float64Array =>
  reflectivity(workspace, false, wave, { ...stack.slices, ...change }, stack.sample, stack.theta, "f64");

/** Largest |found − (above − below)/2step| over the largest of the column. */
function columnError(found: Float64Array, above: Float64Array, below: Float64Array, step: number): number {
  let error = 0,
    largest = 0;
  found.forEach((value, j) => {
    const difference = (above[j] - below[j]) / (2 * step);
    error = Math.max(error, Math.abs(value - difference));
    largest = Math.max(largest, Math.abs(difference));
  });
  return error / largest;
}

const moved = (values: Float64Array, n: number, step: number): Float64Array =>
  values.map((v, i) => (i === n ? v + step : v));

describe.each(CASES)("the gradient (%s)", (_, wave, sample) => {
  const count = 24,
    angleCount = 400;
  const stack = randomStack(11, wave, count, angleCount, 8, 0.02, sample);

  test("is that of the judge, to 1e-6 of each column's largest entry", () => {
    const found = workspace.scope(() => run(place(workspace, wave, stack)));
    const column = (all: Float64Array, n: number): Float64Array =>
      all.subarray(n * angleCount, (n + 1) * angleCount);
    const { strain, debyeWaller, thickness } = stack.slices;
    for (let n = 0; n < count; n += 3) {
      const e = 5e-6,
        w = 1e-3;
      const strainError = columnError(
        column(found.byStrain, n),
        judge(wave, stack, { strain: moved(strain, n, e) }),
        judge(wave, stack, { strain: moved(strain, n, -e) }),
        e,
      );
      expect(strainError, `strain of slice ${n}`).toBeLessThan(1e-6);
      const disorderError = columnError(
        column(found.byDebyeWaller, n),
        judge(wave, stack, { debyeWaller: moved(debyeWaller, n, w) }),
        judge(wave, stack, { debyeWaller: moved(debyeWaller, n, -w) }),
        w,
      );
      expect(disorderError, `disorder of slice ${n}`).toBeLessThan(1e-6);
    }
    const t = 1e-5;
    expect(
      columnError(
        found.byThickness,
        judge(wave, stack, { thickness: thickness * (1 + t) }),
        judge(wave, stack, { thickness: thickness * (1 - t) }),
        t,
      ),
      "thickness",
    ).toBeLessThan(1e-6);
  });
});

describe("projectRows", () => {
  test("is the chain rule through a table of four entries a row", () => {
    const next = random(9),
      rows = 5,
      angles = 6,
      columns = 7;
    const values = Float64Array.from({ length: rows * angles }, next),
      basis = Float64Array.from({ length: rows * 4 }, next);
    const first = [0, 3, 1, 2, 0];
    const found = workspace.scope(() => {
      const table = workspace.bytes(rows * 4),
        out = workspace.f64(columns * angles);
      workspace.view32(table, rows).set(first);
      workspace.view(out, columns * angles).fill(0);
      check(
        "projectRows",
        workspace.kernels.projectRows(workspace.put(values), rows, angles, workspace.put(basis), table, out),
      );
      return workspace.copy(out, columns * angles);
    });
    for (let c = 0; c < columns; c++) {
      for (let j = 0; j < angles; j++) {
        const expected = first.reduce(
          (sum, f, n) => sum + (c >= f && c < f + 4 ? basis[n * 4 + c - f] * values[n * angles + j] : 0),
          0,
        );
        expect(found[c * angles + j]).toBeCloseTo(expected, 14);
      }
    }
  });
});
