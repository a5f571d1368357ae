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
