/** Stacks of several crystals: the vectorised kernel against its judge, derivatives against differences. */
import { beforeAll, describe, expect, test } from "vitest";
import type { Wave } from "../../src/instrument/waves.ts";
import { reflectivity } from "../../src/simulate/recursion.ts";
import { planOf } from "../../src/simulate/stack.ts";
import {
  putStack,
  putStackAngles,
  stackColumns,
  type StackElements,
} from "../../src/simulate/stackKernel.ts";
import { LAYER_NUMBERS, type StackPlan, stackNumbers } from "../../src/simulate/stackPieces.ts";
import type { Deviation, Stack } from "../../src/types.ts";
import { loadKernels } from "../../src/wasm/load.ts";
import { type Workspace, workspaceOf } from "../../src/wasm/workspace.ts";
import { braggAngle } from "../simulate/crystals.ts";
import { ALUMINIUM_ARSENIDE, GALLIUM_ARSENIDE, INDIUM_ARSENIDE, randomStack } from "../simulate/layers.ts";

let workspace: Workspace, simd: boolean;
beforeAll(async () => {
  const kernels = await loadKernels();
  workspace = workspaceOf(kernels.exports);
  simd = kernels.simd;
});

const waveOf = (stack: Stack, deviation: Deviation = "exact"): Wave => ({
  reflection: stack.substrate,
  wavelength: stack.substrate.wavelength,
  polarisation: "sigma",
  deviation,
});

/** θ (radians) around the substrate's Bragg angle; an odd number. */
function anglesOf(stack: Stack, count = 151): Float64Array {
  const bragg = braggAngle(stack.substrate);
  return Float64Array.from({ length: count }, (_, i) => bragg - 0.025 + (0.04 * i) / (count - 1));
}

const everyColumn = (numbers: Float64Array): Int32Array => Int32Array.from(numbers, (_, i) => i);

function columnsOf(
  stack: Stack,
  plan: StackPlan,
  numbers: Float64Array,
  options: { deviation?: Deviation; judge?: boolean; columns?: Int32Array } = {},
): Float64Array[] {
  const theta = anglesOf(stack),
    wave = waveOf(stack, options.deviation);
  return workspace.scope(() => {
    const angles = putStackAngles(workspace, wave, theta);
    const elements: StackElements = putStack(workspace, wave, plan, numbers, options.columns);
    const out = stackColumns(workspace, simd, elements, angles, { judge: options.judge ?? false });
    return Array.from({ length: 1 + elements.columnCount }, (_, c) =>
      workspace.copy(out + 8 * c * theta.length, theta.length),
    );
  });
}

function planned(stack: Stack): { plan: StackPlan; numbers: Float64Array } {
  const theta = anglesOf(stack);
  return {
    plan: planOf(stack, stack.substrate.wavelength, [theta[0], theta[theta.length - 1]]),
    numbers: stackNumbers(stack),
  };
}

const SUPERLATTICE: Stack = {
  substrate: GALLIUM_ARSENIDE,
  roughness: 0.4,
  layers: [
    { crystal: ALUMINIUM_ARSENIDE, thickness: 30, strain: 0.14 },
    {
      layers: [
        { crystal: INDIUM_ARSENIDE, thickness: 4, strain: -5.5, debyeWaller: 0.9, roughness: 0.5 },
        { crystal: GALLIUM_ARSENIDE, thickness: 12, roughness: 0.3 },
      ],
      repeats: 7,
    },
    { crystal: ALUMINIUM_ARSENIDE, thickness: 5, roughness: 0.6 },
  ],
};
const STACKS: [string, Stack, Deviation][] = [
  ["exact", randomStack(1), "exact"],
  ["linear", randomStack(2), "linear"],
  ["exact, grazing incidence", randomStack(3, 20), "exact"],
  ["linear, grazing exit", randomStack(4, -20), "linear"],
  ["superlattice", SUPERLATTICE, "exact"],
  [
    "10 µm",
    {
      substrate: GALLIUM_ARSENIDE,
      layers: [{ crystal: ALUMINIUM_ARSENIDE, thickness: 10_000, strain: 0.1 }],
    },
    "exact",
  ],
];

describe.each(STACKS)("%s", (_, stack, deviation) => {
  test("two angles a vector: R to 1e-9, derivatives to 1e-9 of each column's largest", () => {
    const { plan, numbers } = planned(stack);
    const columns = everyColumn(numbers);
    const judged = columnsOf(stack, plan, numbers, { deviation, judge: true, columns }),
      quick = columnsOf(stack, plan, numbers, { deviation, columns });
    judged.forEach((column, c) => {
      const largest = column.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
      column.forEach((value, j) => {
        expect(Number.isFinite(value)).toBe(true);
        if (c === 0) expect(Math.abs(quick[c][j] / value - 1)).toBeLessThan(1e-9);
        expect(Math.abs(quick[c][j] - value)).toBeLessThanOrEqual(1e-9 * largest);
      });
    });
  });

  test("derivatives by every number: central differences to 1e-6 of each column's largest", () => {
    const { plan, numbers } = planned(stack);
    const analytic = columnsOf(stack, plan, numbers, {
      deviation,
      judge: true,
      columns: everyColumn(numbers),
    });
    const steps = { thickness: 2e-3, strain: 1e-5, strainTop: 1e-5, debyeWaller: 1e-4, roughness: 1e-4 };
    numbers.forEach((_, i) => {
      const layer = plan.layers[Math.floor(i / LAYER_NUMBERS.length)];
      const name = layer === undefined ? "roughness" : LAYER_NUMBERS[i % LAYER_NUMBERS.length];
      const isFree =
        layer === undefined
          ? plan.isSubstrateRough
          : (name !== "strainTop" && name !== "roughness") || layer[name] !== undefined;
      if (!isFree) {
        expect(Math.max(...analytic[i + 1].map(Math.abs))).toBe(0);
        return;
      }
      // Richardson's extrapolation of two central differences.
      const step = steps[name];
      const at = (shift: number): Float64Array => {
        const shifted = numbers.map((n, k) => (k === i ? n + shift : n));
        return columnsOf(stack, plan, shifted, { deviation, judge: true })[0];
      };
      const [up, down, up2, down2] = [at(step), at(-step), at(2 * step), at(-2 * step)];
      const largest = analytic[i + 1].reduce((most, slope) => Math.max(most, Math.abs(slope)), 0);
      expect(largest).toBeGreaterThan(0);
      analytic[i + 1].forEach((slope, j) => {
        const difference = (8 * (up[j] - down[j]) - (up2[j] - down2[j])) / (12 * step);
        expect(Math.abs(difference - slope)).toBeLessThan(1e-6 * largest);
      });
    });
  });
});

test("columns are those asked for, in the order asked for", () => {
  const stack = randomStack(5);
  const { plan, numbers } = planned(stack);
  const every = columnsOf(stack, plan, numbers, { columns: everyColumn(numbers) });
  const columns = new Int32Array(numbers.length).fill(-1);
  columns[10] = 0;
  columns[0] = 1;
  const some = columnsOf(stack, plan, numbers, { columns });
  expect(some).toHaveLength(3);
  expect(some[1]).toEqual(every[11]);
  expect(some[2]).toEqual(every[1]);
});

test("a film on nothing, and the amplitude that it hands on: |P/Q|² is R, as the thin film of one crystal", () => {
  const film: Stack = {
    substrate: GALLIUM_ARSENIDE,
    layers: [{ crystal: GALLIUM_ARSENIDE, thickness: 70, strain: 0.4 }],
  };
  const theta = anglesOf(film),
    wave = waveOf(film),
    { plan, numbers } = planned(film);
  const slices = {
    strain: new Float64Array(20).fill(0.004),
    debyeWaller: new Float64Array(20).fill(1),
    thickness: 35,
  };
  const thin = reflectivity(workspace, simd, wave, slices, { geometry: "thin film" }, theta, "f64");
  for (const judge of [true, false])
    workspace.scope(() => {
      const angles = putStackAngles(workspace, wave, theta, "nothing");
      const elements = putStack(workspace, wave, plan, numbers);
      const amplitude = workspace.f64(2 * theta.length);
      const r = workspace.copy(
        stackColumns(workspace, simd, elements, angles, { amplitude, judge }),
        theta.length,
      );
      const parts = workspace.copy(amplitude, 2 * theta.length);
      r.forEach((value, j) => {
        expect(Math.abs(Math.log10(value / thin[j]))).toBeLessThan(1e-8);
        const square = parts[j] ** 2 + parts[theta.length + j] ** 2;
        expect(Math.abs(square / value - 1)).toBeLessThan(1e-12);
      });
    });
});
