/** The resolution as banded matrices against the kernel that integrates it, and against its area. */
import { expect, test } from "vitest";
import { ResolutionSlot } from "../../assembly/layout.ts";
import { BandedResolution } from "../../src/invert/bandedResolution.ts";
import { loadKernels } from "../../src/wasm/load.ts";
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

function resolved(fwhm: number, fraction: number): Float64Array {
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
        workspace.put(places),
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
        const { rows, mixture } = band.put(Math.log(factor), fraction, false),
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
      const weights = workspace.copy(band.put(0, fraction, false).mixture, banded.size);
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

/** Rows at the matrices' own width: what a curve is seen as, and by how much that changes with ln width and with the fraction. */
function applied(
  fwhm: number,
  which: "mixture" | "byWidth" | "byFraction",
  fraction: number,
  fewer = places,
) {
  const banded = new BandedResolution({ workspace, grid, places: fewer, fwhm }),
    band = banded.part(0, fewer.length, { count: grid.length } as Parameters<BandedResolution["part"]>[2]);
  return workspace.scope(() => {
    const matrices = band.put(0, fraction, true),
      out = workspace.f64(fewer.length),
      own = workspace.put(curve);
    check(
      "applyBand",
      kernels.applyBand(matrices[which], matrices.rows, fewer.length, own, 1, grid.length, fewer.length, out),
    );
    return { rows: banded.rows, seen: workspace.copy(out, fewer.length) };
  });
}

test.each([0, 0.5, 1])(
  "the derivative by ln width is that of the matrices, Lorentz fraction %f",
  (fraction) => {
    // So small a step that the rows, which end at some grid point, stay the same.
    const step = 1e-5,
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
