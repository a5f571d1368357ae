/** A film of splines on the kernels' side: its slices, R on a table of angles, and the derivatives by its numbers. */
import { SliceDerivative, SliceSlot } from "../../assembly/layout.ts";
import type { Wave } from "../instrument/waves.ts";
import { splineAt, withInterface } from "../profile/spline.ts";
import { evenSlopeCuts } from "../simulate/evenSlopes.ts";
import { putReflection } from "../simulate/recursion.ts";
import {
  splineColumns,
  splineCurve,
  type SplineKernel,
  type SplineSlices,
} from "../simulate/splineGradient.ts";
import { ANGSTROM_PER_NM } from "../units.ts";
import { check, type Workspace } from "../wasm/workspace.ts";
import type { SplineFilm } from "./unknowns.ts";

export interface FilmSetting {
  readonly workspace: Workspace;
  readonly simd: boolean;
  readonly kernel: SplineKernel;
  readonly wave: Wave;
  readonly slices: number;
  /** The reflection sees the power `power` of the film's Debye–Waller factor; > 0. */
  readonly power: number;
}

/** Debye–Waller factor below which a power's derivative is no larger: that of a root is infinite at 0. */
const LEAST_FACTOR = 1e-6;

/** Address of R at every angle, f64[angleCount], in the caller's scope. */
export function filmCurve(
  setting: FilmSetting,
  film: SplineFilm,
  angles: number,
  angleCount: number,
): number {
  const { workspace, simd, kernel } = setting;
  return splineCurve(workspace, simd, kernel, putFilmSlices(setting, film, false).slices, angles, angleCount);
}

/** R, then ∂/∂ln t, by each strain weight (%), by each Debye–Waller weight or by α: address of f64[splineColumnCount][angleCount], in
 *  the caller's scope. */
export function filmColumns(
  setting: FilmSetting,
  film: SplineFilm,
  angles: number,
  angleCount: number,
): number {
  const { workspace, simd, kernel } = setting,
    { slices, top } = putFilmSlices(setting, film, true),
    columns = splineColumns(workspace, simd, kernel, slices, angles, angleCount);
  if (top === undefined) return columns;
  // The largest strain is what α is measured by: ∂DW/∂e_max = −(2α/e_max)·∂DW/∂α.
  workspace.look(({ f64 }) => {
    const byDisorder = f64(columns + 8 * angleCount * (2 + slices.splines), angleCount);
    for (let i = Math.max(3 - top.first, 0); i < 4; i++) {
      const column = f64(columns + 8 * angleCount * (2 + top.first + i - 3), angleCount),
        factor = (top.basis[i] / 100) * top.perStrain;
      for (let j = 0; j < angleCount; j++) column[j] += factor * byDisorder[j];
    }
  });
  return columns;
}

/** What the largest strain adds where disorder is tied to it: its basis, first spline, and −2α/e_max. */
interface Top {
  readonly basis: Float64Array;
  readonly first: number;
  readonly perStrain: number;
}

function putFilmSlices(
  { workspace, wave, slices: count, power }: FilmSetting,
  film: SplineFilm,
  withDerivatives: boolean,
): { slices: SplineSlices; top: Top | undefined } {
  const { kernels } = workspace,
    splines = film.strainWeights.length,
    thickness = film.thickness * ANGSTROM_PER_NM,
    tied = film.debyeWallerWeights === undefined;
  const strainWeights = withInterface(
      film.strainWeights.map((w) => w / 100),
      "smooth",
      0,
    ),
    factorWeights = tied ? undefined : withInterface(film.debyeWallerWeights, "smooth", 1);
  const cuts = evenSlopeCuts(wave, count, (height) => splineAt(strainWeights, height));
  const strain = cuts.heights.map((height) => splineAt(strainWeights, height)),
    debyeWaller = new Float64Array(count);
  let top = 0;
  for (let k = 1; k < count; k++) if (Math.abs(strain[k]) > Math.abs(strain[top])) top = k;
  const alpha = film.disorder ?? 0,
    highest = strain[top] === 0 ? 1 : strain[top];
  for (let k = 0; k < count; k++)
    debyeWaller[k] =
      factorWeights === undefined
        ? Math.exp(-alpha * (strain[k] / highest) ** 2)
        : splineAt(factorWeights, cuts.heights[k]);
  const block = putReflection(workspace, wave),
    table = workspace.f64(SliceSlot.Size * count),
    derivatives = withDerivatives ? workspace.f64(SliceDerivative.Size * count) : 0,
    basis = workspace.f64(4 * count),
    first = workspace.bytes(4 * count),
    thicknesses = workspace.put(cuts.thicknesses.map((h) => h * thickness));
  check(
    "prepareSlices",
    kernels.prepareSlices(
      block,
      workspace.put(strain),
      workspace.put(power === 1 ? debyeWaller : debyeWaller.map((own) => Math.max(own, 0) ** power)),
      thicknesses,
      count,
      table,
      derivatives,
    ),
  );
  const slices: SplineSlices = { count, table, derivatives, basis, first, splines, tied };
  if (!withDerivatives) return { slices, top: undefined };
  check("bsplineBasis", kernels.bsplineBasis(workspace.put(cuts.heights), count, splines, basis, first));
  const perStrain = (-2 * alpha) / highest;
  workspace.look(({ f64 }) => {
    const all = f64(derivatives, SliceDerivative.Size * count);
    for (let k = 0; k < count; k++) {
      const at = k * SliceDerivative.Size;
      // ∂DW^p/∂DW.
      if (power !== 1)
        all[at + SliceDerivative.CouplingByDebyeWaller] *=
          power * Math.max(debyeWaller[k], LEAST_FACTOR) ** (power - 1);
      if (tied) {
        // DW = exp(−α r²), r = e/e_max: ∂DW/∂e = −2α r DW/e_max, ∂DW/∂α = −r² DW.
        const r = strain[k] / highest,
          byFactor = all[at + SliceDerivative.CouplingByDebyeWaller] * debyeWaller[k];
        all[at + SliceDerivative.Coupling] += perStrain * r * byFactor;
        all[at + SliceDerivative.CouplingByDebyeWaller] = -r * r * byFactor;
      }
      for (let i = 0; i < SliceDerivative.CouplingByDebyeWaller; i++) all[at + i] /= 100;
    }
  });
  if (!tied) return { slices, top: undefined };
  return {
    slices,
    top: {
      basis: workspace.copy(basis + 32 * top, 4),
      first: workspace.copyI32(first + 4 * top, 1)[0],
      perStrain,
    },
  };
}
