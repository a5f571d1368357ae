/** Each SIMD kernel against its scalar twin, which takes the exact matrix of every slice. */
import { beforeAll, describe, expect, test } from "vitest";
import type { Wave } from "../../src/instrument/waves.ts";
import { reflectivity, type Kernel } from "../../src/simulate/recursion.ts";
import { loadKernels } from "../../src/wasm/load.ts";
import { check, type Workspace, workspaceOf } from "../../src/wasm/workspace.ts";
import { decades, filled, scattering, SILICON_224, ZIRCONIA } from "../simulate/crystals.ts";
import { largest, place, randomStack, type Stack } from "./stacks.ts";

let workspace: Workspace;
let simd: boolean;
beforeAll(async () => {
  const kernels = await loadKernels();
  workspace = workspaceOf(kernels.exports);
  simd = kernels.simd;
});

const WAVE: Wave = { reflection: ZIRCONIA, wavelength: 1.5406, polarisation: "sigma", deviation: "exact" };
const WAVES: [string, Wave][] = [
  ["exact", WAVE],
  ["linear", { ...WAVE, deviation: "linear" }],
  ["exact, asymmetric", { ...WAVE, reflection: SILICON_224 }],
  [
    "linear, grazing exit, π",
    { ...WAVE, reflection: { ...SILICON_224, asymmetry: -30 }, deviation: "linear", polarisation: "pi" },
  ],
];

describe("kernels on placed tables", () => {
  test.each(WAVES)("transferMatrixSimd is within 1e-7 of transferMatrix (%s)", (_, wave) => {
    for (let seed = 0; seed < 8; seed++) {
      workspace.scope(() => {
        const { kernels } = workspace;
        // Thin slices: what the expansions are good for.
        const stack = randomStack(
          seed,
          wave,
          1 + Math.floor(40 * seed),
          2 * (1 + 13 * seed),
          4,
          0.03,
          seed % 2 ? { geometry: "thin film" } : {},
        );
        const placed = place(workspace, wave, stack);
        expect(largest(workspace, placed).coupling).toBeLessThan(1e-3);
        const exact = workspace.f64(placed.angleCount),
          fast = workspace.f64(placed.angleCount);
        const { table, count, angles, angleCount } = placed;
        check(
          "transferMatrix",
          kernels.transferMatrix(
            table,
            count,
            angles,
            angleCount,
            workspace.bytes(kernels.transferMatrixScratch()),
            exact,
          ),
        );
        check(
          "transferMatrixSimd",
          kernels.transferMatrixSimd(
            table,
            count,
            angles,
            angleCount,
            workspace.bytes(kernels.transferMatrixSimdScratch(count, angleCount)),
            fast,
          ),
        );
        expect(decades(workspace.copy(fast, angleCount), workspace.copy(exact, angleCount))).toBeLessThan(
          1e-7,
        );
      });
    }
  });

  test("one that gets counts it cannot take says so", () => {
    workspace.scope(() => {
      const { kernels } = workspace;
      const { table, angles } = place(workspace, WAVE, randomStack(1, WAVE, 4, 8));
      const scratch = workspace.bytes(4096),
        out = workspace.f64(8);
      expect(kernels.transferMatrix(table, -1, angles, 8, scratch, out)).toBe(1);
      expect(kernels.transferMatrix(table, 4, angles, 0, scratch, out)).toBe(1);
      expect(kernels.transferMatrixSimd(table, 4, angles, 7, scratch, out)).toBe(1);
      expect(kernels.transferMatrixFast(table, 4, angles, 6, scratch, out)).toBe(1);
      expect(kernels.transferMatrixFast(table, 0, angles, 8, scratch, out)).toBe(1);
      expect(kernels.transferMatrixBlocks(table, 4, 1, angles, 8, angles, 6, scratch, scratch, out)).toBe(1);
    });
  });

  test("transferMatrixBlocks refuses an angle beyond its nodes", () => {
    workspace.scope(() => {
      const { table, angles } = place(workspace, WAVE, randomStack(1, WAVE, 4, 8));
      const positions = workspace.put(filled(8, 1));
      expect(
        workspace.kernels.transferMatrixBlocks(
          table,
          4,
          1,
          angles,
          8,
          angles,
          8,
          positions,
          workspace.bytes(4096),
          workspace.f64(8),
        ),
      ).toBe(2);
    });
  });
});

describe("the recursion", () => {
  const both = (wave: Wave, stack: Stack, kernel: Kernel): [Float64Array, Float64Array] => [
    reflectivity(workspace, simd, wave, stack.slices, stack.sample, stack.theta, kernel),
    reflectivity(workspace, simd, wave, stack.slices, stack.sample, stack.theta, "f64"),
  ];
  const bright = (pair: [Float64Array, Float64Array], floor: number): number => {
    const chosen = [...pair[1].keys()].filter((i) => pair[1][i] > floor);
    return decades(
      chosen.map((i) => pair[0][i]),
      chosen.map((i) => pair[1][i]),
    );
  };

  // R → 0 between fringes, where no relative bound can hold: below the floor the error is absolute. Stacks that change at
  // random from slice to slice scatter into the minima as no crystal does, so that f32's floor is higher than in
  // reference.test.ts.
  for (const [kernel, tolerance, floor] of [
    ["simd", 1e-7, 1e-12],
    ["fast", 2e-4, 1e-7],
  ] as const) {
    test.each(WAVES)(
      `through "${kernel}" is within ${tolerance} of the judge for any counts (%s)`,
      (_, wave) => {
        for (const [count, angleCount] of [
          [1, 1],
          [1, 7],
          [2, 3],
          [9, 33],
          [17, 101],
          [500, 1],
          [137, 999],
          [60, 2000],
        ]) {
          for (const sample of [
            {},
            { geometry: "thin film" },
            { geometry: "thick film", filmThickness: 2000 },
          ] as const) {
            const pair = both(
              wave,
              randomStack(count + angleCount, wave, count, angleCount, 12, 0.03, sample),
              kernel,
            );
            expect(bright(pair, floor), `${count} slices, ${angleCount} angles`).toBeLessThan(tolerance);
            expect(pair[0].length).toBe(angleCount);
          }
        }
      },
    );

    test(`through "${kernel}" holds for slices of 50 nm, no strain, no order and strong absorption`, () => {
      const stack = randomStack(5, WAVE, 40, 200);
      const cases: [string, Wave, Stack][] = [
        ["thick slices", WAVE, randomStack(6, WAVE, 12, 200, 500)],
        ["no strain", WAVE, { ...stack, slices: { ...stack.slices, strain: filled(40, 0) } }],
        ["no order", WAVE, { ...stack, slices: { ...stack.slices, debyeWaller: filled(40, 0) } }],
        [
          "strong absorption",
          {
            ...WAVE,
            reflection: {
              ...ZIRCONIA,
              structureFactor: { zero: [223, 200], h: [120, 100], hBar: [120, 100] },
            },
          },
          stack,
        ],
        ["strong scattering", { ...WAVE, reflection: scattering(ZIRCONIA, 10) }, stack],
      ];
      for (const [name, wave, given] of cases)
        expect(bright(both(wave, given, kernel), floor), name).toBeLessThan(tolerance);
      const empty = both(
        WAVE,
        {
          ...stack,
          sample: { geometry: "thin film" },
          slices: { ...stack.slices, debyeWaller: filled(40, 0) },
        },
        kernel,
      );
      expect(Math.max(...empty[0], ...empty[1])).toBe(0);
    });
  }

  test("takes angles in any order", () => {
    const stack = randomStack(8, WAVE, 100, 501);
    const [forward] = both(WAVE, stack, "simd");
    const [backward] = both(WAVE, { ...stack, theta: stack.theta.slice().reverse() }, "simd");
    expect(decades(backward.reverse(), forward)).toBeLessThan(1e-7);
  });
});
