/** Kernels stay within the scratch that they ask for: the bytes behind it are as they were. */
import { beforeAll, expect, test } from "vitest";
import { resolutionBlock } from "../../src/instrument/resolution.ts";
import { loadKernels } from "../../src/wasm/load.ts";
import type { KernelExports } from "../../src/wasm/exports.ts";
import { type Workspace, workspaceOf } from "../../src/wasm/workspace.ts";

let workspace: Workspace, simd: boolean;
beforeAll(async () => {
  const loaded = await loadKernels();
  workspace = workspaceOf(loaded.exports);
  simd = loaded.simd;
});

const MARK = 0xa5,
  GUARD = 4096;

/** Calls a kernel with a scratch of the size that it asks for, and looks at the bytes around that. */
function keepsWithin(bytes: number, call: (kernels: KernelExports, scratch: number) => number): void {
  workspace.scope(() => {
    const at = workspace.bytes(bytes + 2 * GUARD),
      scratch = at + GUARD,
      guard = (): Uint8Array => new Uint8Array(workspace.kernels.memory.buffer, at, bytes + 2 * GUARD);
    guard().fill(MARK);
    // Whatever the tables hold, the places that are written to are the same.
    expect(call(workspace.kernels, scratch)).toBe(0);
    const after = guard();
    expect(after.subarray(0, GUARD).every((byte) => byte === MARK)).toBe(true);
    expect(after.subarray(GUARD + bytes).every((byte) => byte === MARK)).toBe(true);
    expect(after.subarray(GUARD, GUARD + bytes).some((byte) => byte !== MARK)).toBe(true);
  });
}

/** A table of small numbers, none of them 0. */
function table(count: number): number {
  return workspace.put(Float64Array.from({ length: count }, (_, i) => 1e-3 * (1 + (i % 7))));
}

/** Places 0 … count − 4 for splines, never falling. */
function places(count: number, splines: number): number {
  const at = workspace.bytes(4 * count);
  workspace.view32(at, count).forEach((_, i, all) => (all[i] = Math.floor((i * splines) / count)));
  return at;
}

const SLICES = 37,
  ANGLES = 24;

test("transferMatrix, -Simd, -Blocks, -Fast", () => {
  workspace.scope(() => {
    const slices = table(4 * SLICES),
      angles = table(6 * ANGLES),
      nodes = table(6 * 10),
      positions = workspace.put(new Float64Array(ANGLES).fill(4.5)),
      out = workspace.f64(ANGLES),
      { kernels } = workspace;
    keepsWithin(kernels.transferMatrixScratch(), (k, scratch) =>
      k.transferMatrix(slices, SLICES, angles, ANGLES, scratch, out),
    );
    keepsWithin(kernels.transferMatrixFastScratch(SLICES), (k, scratch) =>
      k.transferMatrixFast(slices, SLICES, angles, ANGLES, scratch, out),
    );
    if (!simd) return;
    keepsWithin(kernels.transferMatrixSimdScratch(SLICES, ANGLES), (k, scratch) =>
      k.transferMatrixSimd(slices, SLICES, angles, ANGLES, scratch, out),
    );
    keepsWithin(kernels.transferMatrixBlocksScratch(SLICES, 10, ANGLES), (k, scratch) =>
      k.transferMatrixBlocks(slices, SLICES, 8, angles, ANGLES, nodes, 10, positions, scratch, out),
    );
  });
});

test("gradient, splineGradientFast and -Simd", () => {
  workspace.scope(() => {
    const splines = 5,
      slices = table(4 * SLICES),
      derivatives = table(5 * SLICES),
      basis = table(4 * SLICES),
      first = places(SLICES, splines),
      angles = table(6 * ANGLES),
      [byStrain, byDebyeWaller] = [workspace.f64(SLICES * ANGLES), workspace.f64(SLICES * ANGLES)],
      columns = workspace.f64((2 + 2 * splines) * ANGLES),
      byThickness = workspace.f64(ANGLES),
      { kernels } = workspace;
    keepsWithin(kernels.gradientScratch(SLICES), (k, scratch) =>
      k.gradient(
        slices,
        derivatives,
        SLICES,
        angles,
        ANGLES,
        scratch,
        columns,
        byStrain,
        byDebyeWaller,
        byThickness,
      ),
    );
    if (!simd) return;
    for (const name of ["splineGradientFast", "splineGradientSimd"] as const)
      for (const tied of [0, 1])
        keepsWithin(kernels.splineGradientScratch(SLICES, splines), (k, scratch) =>
          k[name](slices, derivatives, SLICES, basis, first, splines, tied, angles, ANGLES, scratch, columns),
        );
  });
});

test("resolveSampled, bsplineValues, toCells, poisson", () => {
  workspace.scope(() => {
    const values = table(50),
      out = workspace.f64(2 * 51),
      falling = workspace.put(Float64Array.from({ length: 50 }, (_, i) => 5 - i / 10)),
      means = workspace.put(new Float64Array(50).fill(100)),
      { kernels } = workspace;
    keepsWithin(kernels.resolveSampledScratch(50, 9), (k, scratch) =>
      k.resolveSampled(values, 1, 50, 50, table(10), 9, scratch, out),
    );
    keepsWithin(kernels.bsplineValuesScratch(), (k, scratch) =>
      k.bsplineValues(values, table(50), 50, 10, scratch, out),
    );
    keepsWithin(kernels.toCellsScratch(50), (k, scratch) =>
      k.toCells(falling, values, 50, 4.5, 0.5, 30, scratch, out),
    );
    keepsWithin(kernels.poissonScratch(), (k, scratch) => k.poisson(means, 50, 1, 0, 0, scratch, out));
  });
});

test("stackGradient, -Simd, stackBlocks", () => {
  workspace.scope(() => {
    const [count, length, columns, nodeCount] = [3, 11, 2, 10],
      elements = table(9 * count),
      sequence = places(length, count),
      angles = table(6 * ANGLES),
      nodes = table(6 * nodeCount),
      refraction = table(ANGLES),
      positions = workspace.put(new Float64Array(ANGLES).fill(4.5)),
      firstEntries = workspace.putI32([0, 1, 2, 3]),
      entryColumns = workspace.putI32([0, 1, 0]),
      entries = table(9 * count),
      out = workspace.f64((1 + columns) * ANGLES),
      { kernels } = workspace;
    const run = (k: KernelExports, name: "stackGradient" | "stackGradientSimd", scratch: number): number =>
      k[name](
        elements,
        count,
        sequence,
        length,
        angles,
        refraction,
        ANGLES,
        firstEntries,
        entryColumns,
        entries,
        columns,
        scratch,
        0,
        out,
      );
    keepsWithin(kernels.stackGradientScratch(count, length), (k, scratch) =>
      run(k, "stackGradient", scratch),
    );
    if (!simd) return;
    keepsWithin(kernels.stackGradientSimdScratch(count, length, columns), (k, scratch) =>
      run(k, "stackGradientSimd", scratch),
    );
    keepsWithin(kernels.stackBlocksScratch(length, nodeCount, ANGLES), (k, scratch) =>
      k.stackBlocks(
        elements,
        sequence,
        length,
        4,
        angles,
        refraction,
        ANGLES,
        nodes,
        refraction,
        nodeCount,
        positions,
        scratch,
        out,
      ),
    );
  });
});

test("lorentzTails", () => {
  workspace.scope(() => {
    const blocks = 21,
      values = workspace.put(Float64Array.from({ length: blocks + 1 }, (_, i) => i / 100)),
      starts = workspace.putI32(Int32Array.from({ length: blocks + 1 }, (_, i) => i)),
      rows = workspace.putI32([9, 12, 9, 0, 0, 0, 0, 3]),
      out = workspace.f64(1);
    keepsWithin(workspace.kernels.tailsScratch(blocks), (k, scratch) =>
      k.lorentzTails(
        values,
        values,
        starts,
        starts,
        blocks,
        workspace.put([0.1]),
        rows,
        1,
        1e-4,
        out,
        scratch,
      ),
    );
  });
});

test("resolutionWeights", () => {
  workspace.scope(() => {
    const grid = Float64Array.from({ length: 20 }, (_, i) => i / 100),
      block = workspace.put(resolutionBlock({ shape: "pseudo-voigt", fwhm: 0.03, lorentzFraction: 0.4 })),
      own = workspace.put(grid),
      rows = workspace.putI32([0, 19, 0, 0, 0, 0, 0, 20]),
      weights = workspace.bytes(4 * 8 * 20);
    keepsWithin(workspace.kernels.weightsScratch(20), (k, scratch) =>
      k.resolutionWeights(block, own, 20, workspace.put([0.1]), 1, rows, weights, scratch),
    );
  });
});
