/** A film of splines on one crystal, as the model of a scan sees it. */
import { AnglePlane, SliceSlot } from "../../assembly/layout.ts";
import type { Wave } from "../instrument/waves.ts";
import { putAngles, putReflection, putSlices } from "../simulate/recursion.ts";
import { resolvedAngles } from "../simulate/slicing.ts";
import type { Reflection, Sample } from "../types.ts";
import { ANGSTROM_PER_NM } from "../units.ts";
import { check, type Workspace } from "../wasm/workspace.ts";
import { type AngleGrid, angleGrid } from "./angleGrid.ts";
import type { Precision } from "./precision.ts";
import { filmColumns, filmCurve, type FilmSetting } from "./filmColumns.ts";
import type { Asked, Chain, Structure } from "./structure.ts";
import { filmOf, type Place, type SplineFilm, type Unknowns } from "./unknowns.ts";

/** Largest coupling phase of a slice, fewest slices, and what their number is a multiple of, so that few steps change it. */
const SLICE_COUPLING = 4e-3;
const FEWEST_SLICES = 48;
const SLICE_STEP = 16;
const MOST_SLICES = 8000;

export interface SplineSetting {
  readonly workspace: Workspace;
  readonly simd: boolean;
  readonly unknowns: Unknowns;
  readonly reflection: Reflection;
  readonly sample: Sample;
  /** Of the film's Debye–Waller factor, which is that of another reflection: |h|² over that one's; 1 if absent. */
  readonly power?: number;
}

export class SplineStructure implements Structure {
  readonly setting: SplineSetting;
  readonly unknowns: Unknowns;
  /** ln thickness, strain weights (%), Debye–Waller weights or α. */
  readonly columns: number;

  constructor(setting: SplineSetting) {
    this.setting = setting;
    this.unknowns = setting.unknowns;
    this.columns = 1 + this.unknowns.weights + this.unknowns.disorders;
  }

  angles(
    range: readonly [number, number],
    { wavelength }: Wave,
    { thickest, coarseness }: { readonly thickest: number; readonly coarseness: number },
  ): Float64Array {
    const { reflection, sample } = this.setting;
    return resolvedAngles(range, reflection, sample, wavelength, thickest * ANGSTROM_PER_NM, coarseness);
  }

  grid(wave: Wave, theta: Float64Array): AngleGrid {
    return angleGrid(this.setting.workspace, wave, this.setting.sample, theta);
  }

  /** Strain weight k is scale · shape k; all other numbers are unknowns. */
  chain({ x, sign }: Place): Chain {
    const { shape, scale: scaleAt, weights, thickness } = this.unknowns,
      scale = sign * Math.exp(x[scaleAt]),
      first = new Int32Array(this.columns + 1),
      unknowns: number[] = [],
      factors: number[] = [];
    const add = (unknown: number, factor: number): void => {
      unknowns.push(unknown);
      factors.push(factor);
    };
    for (let a = 0; a < this.columns; a++) {
      const k = a - 1;
      if (a === 0) add(thickness, 1);
      else if (k < weights) {
        add(shape + k, scale);
        add(scaleAt, scale * x[shape + k]);
      } else add(shape + k, 1);
      first[a + 1] = unknowns.length;
    }
    return { first, unknowns: Int32Array.from(unknowns), factors: Float64Array.from(factors) };
  }

  put(wave: Wave, grid: AngleGrid, place: Place, { precision, withDerivatives, done }: Asked): number {
    const { workspace, simd, sample, power = 1 } = this.setting,
      film = filmOf(this.unknowns, place),
      setting: FilmSetting = {
        workspace,
        simd,
        kernel: precision.kernel,
        wave,
        slices: this.#sliceCount(wave, grid, film, precision),
        power,
      };
    done.work +=
      setting.slices * grid.count * (withDerivatives ? 4 : 1) * (precision.kernel === "fast" ? 1 : 2);
    const put = (thickness: number): number =>
      grid.table === undefined
        ? putAngles(
            workspace,
            wave,
            putReflection(workspace, wave),
            grid.theta,
            sample,
            thickness * ANGSTROM_PER_NM,
          )
        : workspace.put(grid.table);
    if (!withDerivatives) return filmCurve(setting, film, put(film.thickness), grid.count);
    const columns = filmColumns(setting, film, put(film.thickness), grid.count);
    if (grid.table === undefined) {
      // Where the film's total is given, what the strained region gains the buried slab loses: by differences.
      const whole = sample.filmThickness ?? Infinity,
        thin = 0.9999 * film.thickness,
        thick = Math.min(1.0001 * film.thickness, whole),
        at = (thickness: number): Float64Array =>
          workspace.scope(() => {
            const moved = { ...film, thickness };
            return workspace.copy(
              filmCurve({ ...setting, kernel: "simd" }, moved, put(moved.thickness), grid.count),
              grid.count,
            );
          });
      const above = at(thick),
        below = at(thin),
        step = Math.log(thick / thin);
      workspace.write(
        columns + 8 * grid.count,
        above.map((r, i) => (r - below[i]) / step),
      );
    }
    return columns;
  }

  /** As many equal slices as keep every phase below its bound. */
  #sliceCount(wave: Wave, grid: AngleGrid, film: SplineFilm, precision: Precision): number {
    const { workspace } = this.setting;
    let low = 0,
      high = 0;
    for (const w of film.strainWeights) {
      low = Math.min(low, w / 100);
      high = Math.max(high, w / 100);
    }
    return workspace.scope(() => {
      const block = putReflection(workspace, wave),
        ends = workspace.f64(2 * AnglePlane.Size),
        { table } = putSlices(
          workspace,
          block,
          { strain: Float64Array.of(0, low, high), debyeWaller: new Float64Array(3).fill(1), thickness: 1 },
          false,
        );
      check(
        "prepareAngles",
        workspace.kernels.prepareAngles(
          block,
          workspace.put([grid.theta[0], grid.theta[grid.count - 1]]),
          2,
          ends,
        ),
      );
      const slices = workspace.copy(table, 3 * SliceSlot.Size),
        angles = workspace.copy(ends, 2 * AnglePlane.Size);
      let phase = 0,
        coupling = 0;
      for (let n = 0; n < 3; n++)
        for (let j = 0; j < 2; j++) {
          const at = n * SliceSlot.Size;
          phase = Math.max(
            phase,
            Math.abs(slices[at + SliceSlot.Slope] * angles[j] + slices[at + SliceSlot.OffsetRe]),
          );
          coupling = Math.max(
            coupling,
            Math.abs(slices[at + SliceSlot.Coupling]) *
              Math.hypot(angles[2 * AnglePlane.GRe + j], angles[2 * AnglePlane.GIm + j]),
          );
        }
      const thickness = film.thickness * ANGSTROM_PER_NM,
        needed = Math.max(
          (thickness * phase) / precision.phase,
          (thickness * coupling) / SLICE_COUPLING,
          FEWEST_SLICES,
        );
      return Math.min(Math.ceil(needed / SLICE_STEP) * SLICE_STEP, MOST_SLICES);
    });
  }
}
