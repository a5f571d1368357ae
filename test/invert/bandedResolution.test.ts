/** The resolution as banded matrices against the kernel that integrates it, and against its area. */
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { ResolutionSlot } from "../../assembly/layout.ts";
import { BandedResolution } from "../../src/invert/bandedResolution.ts";
import { loadKernels } from "../../src/wasm/load.ts";
import { normals } from "../../src/invert/random.ts";
import { check, workspaceOf } from "../../src/wasm/workspace.ts";

const { exports: kernels } = await loadKernels(),
  workspace = workspaceOf(kernels),
  FWHM = 0.02;
/** Finer about the peak, as grids of angles are. */
const grid = Float64Array.from({ length: 2401 }, (_, i) => {
    const u = (i - 1200) / 1200;
    return 73.6 + 0.6 * (0.3 * u + 0.7 * u ** 3);
  }),
  curve = grid.map(
    (t) =>
      1 / (1 + ((t - 73.6) / 0.004) ** 2) +
      1e-3 * (1 + Math.sin(300 * t)) * Math.exp(-(((t - 73.3) / 0.1) ** 2)),
  ),
  places = Float64Array.from({ length: 201 }, (_, i) => 73.2 + 0.004 * i);

function resolved(fwhm: number, fraction: number, shift = 0): Float64Array {
  return workspace.scope(() => {
    const block = new Float64Array(ResolutionSlot.Size),
      out = workspace.f64(places.length);
    block[ResolutionSlot.FwhmLow] = block[ResolutionSlot.FwhmHigh] = fwhm;
    block[ResolutionSlot.LorentzLow] = block[ResolutionSlot.LorentzHigh] = fraction;
    check(
      "resolve",
      kernels.resolve(
        workspace.put(block),
        workspace.put(grid),
        grid.length,
        workspace.put(curve),
        1,
        workspace.put(places.map((x) => x - shift)),
        places.length,
        out,
        0,
        0,
        workspace.bytes(kernels.resolveScratch(grid.length, 1)),
      ),
    );
    return workspace.copy(out, places.length);
  });
}

test.each([
  [1, 0],
  [1, 0.4],
  [0.93, 0.2],
  [1.07, 0.2],
  [1.07, 0],
])(
  "width × %f, Lorentz fraction %f: as integrated, to 1e-3, with tails in blocks of the grid 2e-3",
  (factor, fraction) => {
    const banded = new BandedResolution({ workspace, grid, places, fwhm: FWHM }),
      whole = { count: grid.length } as Parameters<BandedResolution["part"]>[2],
      band = banded.part(0, places.length, whole),
      tails = banded.tails(curve),
      seen = workspace.scope(() => {
        const { rows, mixture } = band.put({ lnRatio: Math.log(factor), fraction, shift: 0 }, false),
          out = workspace.f64(places.length);
        check(
          "applyBand",
          kernels.applyBand(
            mixture,
            rows,
            places.length,
            workspace.put(curve),
            1,
            grid.length,
            places.length,
            out,
          ),
        );
        return workspace.copy(out, places.length).map((r, i) => r + fraction * factor * FWHM * tails[i]!);
      }),
      expected = resolved(factor * FWHM, fraction);
    expected.forEach((r, i) =>
      expect(Math.abs(seen[i]! / r - 1), `${places[i]}°`).toBeLessThan(fraction === 0 ? 1e-3 : 2e-3),
    );
  },
);

test("rows sum to the area of the kernel within their reach: of a Gaussian 1", () => {
  const banded = new BandedResolution({ workspace, grid, places, fwhm: FWHM }),
    band = banded.part(0, places.length, { count: grid.length } as Parameters<BandedResolution["part"]>[2]);
  for (const fraction of [0, 1])
    workspace.scope(() => {
      const weights = workspace.copy(
        band.put({ lnRatio: 0, fraction, shift: 0 }, false).mixture,
        banded.size,
      );
      places.forEach((x, i) => {
        const from = banded.rows[4 * i + 3]!,
          to = banded.rows[4 * i + 7]!,
          low = grid[banded.rows[4 * i]!]!,
          high = grid[banded.rows[4 * i + 1]!]!,
          sum = weights.subarray(from, to).reduce((a, b) => a + b, 0),
          lorentzian = (Math.atan((2 * (high - x)) / FWHM) - Math.atan((2 * (low - x)) / FWHM)) / Math.PI;
        expect(Math.abs(sum - (fraction === 0 ? 1 : lorentzian))).toBeLessThan(1e-4);
      });
    });
});

/** Rows at the matrices' own width: what a curve is seen as, and by how much that changes with ln width, fraction and offset. */
function applied(
  fwhm: number,
  which: "mixture" | "byWidth" | "byFraction" | "byOffset",
  fraction: number,
  { fewer = places, shift = 0 } = {},
) {
  const banded = new BandedResolution({ workspace, grid, places: fewer, fwhm }),
    band = banded.part(0, fewer.length, { count: grid.length } as Parameters<BandedResolution["part"]>[2]);
  return workspace.scope(() => {
    const matrices = band.put({ lnRatio: 0, fraction, shift }, true),
      out = workspace.f64(fewer.length),
      own = workspace.put(curve);
    check(
      "applyBand",
      kernels.applyBand(matrices[which], matrices.rows, fewer.length, own, 1, grid.length, fewer.length, out),
    );
    return { rows: banded.rows, seen: workspace.copy(out, fewer.length) };
  });
}

test.each([-0.15, 0.08, 0.15])(
  "an offset of %f widths beside the matrices': a Gaussian as integrated, to 1e-2 and 3 % of what it changes",
  (share) => {
    const shift = share * FWHM,
      { seen } = applied(FWHM, "mixture", 0, { shift }),
      expected = resolved(FWHM, 0, shift),
      still = resolved(FWHM, 0),
      most = Math.max(...expected.map((r, i) => Math.abs(r / still[i]! - 1)));
    expect(most).toBeGreaterThan(0.2);
    expected.forEach((r, i) =>
      expect(Math.abs(seen[i]! / r - 1), `${places[i]}°`).toBeLessThan(
        1e-2 + 0.03 * Math.abs(r / still[i]! - 1),
      ),
    );
  },
);

test.each([
  [0, 0],
  [0.5, 0],
  [1, 0.002],
])(
  "the derivative by the offset is that of the matrices, Lorentz fraction %f, beside them by %f°",
  (fraction, shift) => {
    const step = 1e-6,
      { seen: slope } = applied(FWHM, "byOffset", fraction, { shift }),
      { seen: above } = applied(FWHM, "mixture", fraction, { shift: shift + step }),
      { seen: below } = applied(FWHM, "mixture", fraction, { shift: shift - step }),
      most = slope.reduce((a, b) => Math.max(a, Math.abs(b)), 0);
    slope.forEach((value, i) =>
      // Weights have seven digits.
      expect(Math.abs(value - (above[i]! - below[i]!) / (2 * step))).toBeLessThan(1e-3 * most),
    );
  },
);

test.each([0, 0.5, 1])(
  "the derivative by ln width is that of the matrices, Lorentz fraction %f",
  (fraction) => {
    // So small a step that the rows, which end at some grid point, stay the same.
    const step = 5e-5,
      middle = applied(FWHM, "byWidth", fraction),
      above = applied(FWHM * Math.exp(step), "mixture", fraction),
      below = applied(FWHM * Math.exp(-step), "mixture", fraction),
      alike = places.map((_, i) =>
        [0, 1, 4, 5].every(
          (k) =>
            k > 3 ||
            (above.rows[4 * i + k] === middle.rows[4 * i + k] &&
              below.rows[4 * i + k] === middle.rows[4 * i + k]),
        )
          ? 1
          : 0,
      );
    expect(alike.filter((is) => is === 1).length).toBeGreaterThan(100);
    const most = above.seen.reduce((a, b) => Math.max(a, b));
    middle.seen.forEach((slope, i) => {
      if (alike[i] === 0) return;
      const expected = (above.seen[i]! - below.seen[i]!) / (2 * step);
      expect(Math.abs(slope - expected)).toBeLessThan(
        3e-3 * Math.abs(expected) + 1e-3 * above.seen[i]! + 1e-9 * most,
      );
    });
  },
);

test("the tails of many blocks are those of every block, to a share of what they bring", () => {
  const banded = new BandedResolution({ workspace, grid, places, fwhm: FWHM }),
    tails = banded.tails(curve);
  places.forEach((x, i) => {
    let sum = 0;
    for (let k = 0; k < grid.length - 1; k++) {
      if (k >= banded.rows[4 * i]! && k < banded.rows[4 * i + 1]!) continue;
      const area = 0.5 * (grid[k + 1]! - grid[k]!) * (curve[k]! + curve[k + 1]!),
        d = x - 0.5 * (grid[k]! + grid[k + 1]!);
      sum += area / (d * d + 0.25 * FWHM * FWHM) / (2 * Math.PI);
    }
    expect(Math.abs(tails[i]! / sum - 1), `${x}°`).toBeLessThan(1e-2);
  });
});

test("columns that are applied together are what each alone is, bit for bit", () => {
  const banded = new BandedResolution({ workspace, grid, places, fwhm: FWHM }),
    band = banded.part(0, places.length, { count: grid.length } as Parameters<BandedResolution["part"]>[2]),
    normal = normals(5),
    stride = places.length + 3,
    columns = Array.from({ length: 6 }, () => grid.map(() => normal()));
  workspace.scope(() => {
    const { rows, mixture } = band.put({ lnRatio: 0.05, fraction: 0.2, shift: 0.001 }, false),
      apply = (of: readonly Float64Array[]): Float64Array => {
        const at = workspace.f64(of.length * grid.length),
          out = workspace.f64(of.length * stride);
        of.forEach((column, c) => workspace.write(at + 8 * c * grid.length, column));
        check(
          "applyBand",
          kernels.applyBand(mixture, rows, places.length, at, of.length, grid.length, stride, out),
        );
        return workspace.copy(out, of.length * stride);
      },
      together = apply(columns);
    columns.forEach((column, c) =>
      expect(together.subarray(c * stride, c * stride + places.length)).toEqual(
        apply([column]).subarray(0, places.length),
      ),
    );
  });
});

const bytes = (name: string): Uint8Array =>
    readFileSync(new URL(`../../build/${name}.wasm`, import.meta.url)),
  kinds = { simd: "takagi", scalar: "takagi.scalar" };

/** Weights of 8 planes mixed: 3 rows of 4·24 + 3 elements. */
async function mixed(kind: keyof typeof kinds) {
  const { exports } = await loadKernels(bytes(kinds[kind])),
    workspace = workspaceOf(exports),
    normal = normals(7),
    count = 99,
    planes = Float32Array.from({ length: 8 * count }, normal),
    factors = Float32Array.from({ length: 3 * 8 }, normal),
    out = workspace.scope(() => {
      const at = workspace.f64(3 * count);
      check(
        "mixWeights",
        exports.mixWeights(workspace.putF32(planes), count, workspace.putF32(factors), 3, at, count),
      );
      return workspace.copy(at, 3 * count);
    });
  return { out, planes, factors, count };
}

test("planes of weights are mixed by their factors, by vectors as one by one", async () => {
  const { out, planes, factors, count } = await mixed("simd"),
    { out: other } = await mixed("scalar");
  out.forEach((value, i) => {
    const row = Math.floor(i / count);
    let sum = 0;
    for (let p = 0; p < 8; p++) sum += factors[8 * row + p]! * planes[p * count + (i % count)]!;
    expect(Math.abs(value - sum)).toBeLessThan(3e-6);
    expect(Math.abs(value - other[i]!)).toBeLessThan(3e-6);
  });
});
