/** The curve of a scan as a function of the parameters of the fit, with its derivatives. */
import { AnglePlane, ResolutionSlot, SliceDerivative, SliceSlot } from "../../assembly/layout.ts";
import { splineAt } from "../profile/spline.ts";
import { evenSlopeCuts } from "../simulate/evenSlopes.ts";
import { putAngles, putReflection } from "../simulate/recursion.ts";
import {
  splineColumns,
  splineCurve,
  type SplineKernel,
  type SplineSlices,
} from "../simulate/splineGradient.ts";
import {
  lorentzFraction,
  mixed,
  resolutionBlock,
  resolutionWidth,
  widened,
} from "../instrument/resolution.ts";
import { resolvedAngles, sliceCount } from "../simulate/slicing.ts";
import { wavesOf } from "../instrument/waves.ts";
import type { Deviation, Instrument, Reflection, Resolution, Sample } from "../types.ts";
import { ANGSTROM_PER_NM, RADIANS } from "../units.ts";
import { check, type Workspace } from "../wasm/workspace.ts";

/** What stays the same during a fit. */
export interface ModelSetting {
  readonly workspace: Workspace;
  readonly simd: boolean;
  /** Scan angles, degrees, ascending. */
  readonly twoTheta: Float64Array;
  readonly reflection: Reflection;
  readonly sample: Sample;
  readonly deviation: Deviation;
  readonly instrument: Instrument;
  /** Shape; its width is multiplied by the parameter `width`. */
  readonly resolution: Resolution;
  /** Whether the Lorentz fraction of a symmetric shape is sought, and derivatives by it are wanted. */
  readonly isShapeFree: boolean;
  /** Cubic B-splines of the strain and as many of the Debye–Waller factor. */
  readonly splines: number;
  /** Largest thickness to be resolved, nm. */
  readonly thickness: number;
  /** Smallest and largest strain to be resolved, %. */
  readonly strain: readonly [number, number];
  /** 1, or more where the first digits are enough: thicker slices, fewer angles. */
  readonly coarseness: number;
  /** Largest |offset| and width, degrees 2θ. */
  readonly reach: number;
}

/** Fraction below which the slope by it would be a small difference by a small number. */
const LEAST_LORENTZ = 0.02;

/** Parameters that do not belong to the profile: width, offset, scale, background, slope, Lorentz fraction. */
export const INSTRUMENT_PARAMETERS = 6;

/** Places of the parameters in their vector. */
export class Layout {
  readonly splines: number;
  /** ln of the thickness in nm. */
  readonly thickness = 0;
  /** Strain weights, %, interface first. */
  readonly strain = 1;
  readonly debyeWaller: number;
  /** ln of the factor on the resolution's width. */
  readonly width: number;
  /** Degrees 2θ. */
  readonly offset: number;
  /** ln of intensity per unit of R ⊗ resolution. */
  readonly scale: number;
  /** Intensity at the middle of the scan. */
  readonly background: number;
  /** Intensity per degree 2θ. */
  readonly backgroundSlope: number;
  /** Share of the Lorentzian in a symmetric resolution. */
  readonly lorentzFraction: number;
  readonly count: number;

  /** As users see them. */
  get names(): string[] {
    const numbered = (name: string): string[] =>
      Array.from({ length: this.splines }, (_, i) => `${name}${i + 1}`);
    return [
      "lnThickness",
      ...numbered("strainWeight"),
      ...numbered("debyeWallerWeight"),
      "lnWidth",
      "offset",
      "lnScale",
      "background",
      "backgroundSlope",
      "lorentzFraction",
    ];
  }

  constructor(splines: number) {
    this.splines = splines;
    this.debyeWaller = 1 + splines;
    this.width = 1 + 2 * splines;
    this.offset = this.width + 1;
    this.scale = this.width + 2;
    this.background = this.width + 3;
    this.backgroundSlope = this.width + 4;
    this.lorentzFraction = this.width + 5;
    this.count = this.width + INSTRUMENT_PARAMETERS;
  }
}

/** The model of one scan; `evaluate` is all that the fit calls. */
export class ScanModel {
  readonly layout: Layout;
  readonly setting: ModelSetting;
  private readonly waves: ReturnType<typeof wavesOf>;
  private readonly grids: Float64Array[];
  /** Grids in degrees 2θ. */
  private readonly degrees: Float64Array[];
  /** Angle tables, where they do not depend on the parameters. */
  private readonly tables: (Float64Array | undefined)[];
  private readonly slices: number;
  private readonly block: Float64Array;
  /** Whether the resolution has a Lorentz fraction. */
  private readonly isMixed: boolean;
  private readonly kernel: SplineKernel;

  constructor(setting: ModelSetting) {
    const { workspace, twoTheta, reflection, sample, thickness, strain, reach, splines, coarseness } =
      setting;
    this.setting = setting;
    this.layout = new Layout(splines);
    this.block = resolutionBlock(setting.resolution);
    this.isMixed = lorentzFraction(setting.resolution) !== undefined;
    this.waves = wavesOf(reflection, setting.deviation, setting.instrument);
    const range: [number, number] = [
      (Math.max(twoTheta[0] - reach, 1e-3) * RADIANS) / 2,
      (Math.min(twoTheta[twoTheta.length - 1] + reach, 179.999) * RADIANS) / 2,
    ];
    const angstrom = thickness * ANGSTROM_PER_NM;
    this.grids = this.waves.map(({ wave }) =>
      resolvedAngles(range, reflection, sample, wave.wavelength, angstrom, coarseness),
    );
    this.slices = sliceCount(
      angstrom,
      reflection.d,
      reflection.wavelength,
      [strain[0] / 100, strain[1] / 100],
      range,
      coarseness,
    );
    this.degrees = this.grids.map((grid) => grid.map((t) => (2 * t) / RADIANS));
    this.kernel = coarseness > 1 ? "fast" : "simd";
    this.tables = this.waves.map(({ wave }, w) =>
      (sample.geometry ?? "").startsWith("thick film")
        ? undefined
        : workspace.scope(() =>
            workspace.copy(
              putAngles(workspace, wave, putReflection(workspace, wave), this.grids[w], sample, 0),
              AnglePlane.Size * this.grids[w].length,
            ),
          ),
    );
  }

  /** Intensity at every scan angle.
   *  @param x parameters, see Layout
   *  @param jacobian row-major [angles][parameters], written; null if not wanted
   *  @returns shape [angles], a copy */
  evaluate(x: Float64Array, jacobian: Float64Array | null): Float64Array {
    const { setting, layout } = this;
    const { workspace, twoTheta } = setting;
    const count = twoTheta.length,
      n = layout.count,
      profileColumns = jacobian === null ? 0 : 1 + 2 * layout.splines;
    const places = twoTheta.map((t) => t - x[layout.offset]);
    const scale = Math.exp(x[layout.scale]);
    const intensity = new Float64Array(count);
    jacobian?.fill(0);
    this.waves.forEach(({ share }, w) => {
      const grid = this.grids[w];
      workspace.scope(() => {
        const columns = this.putColumns(w, x, jacobian !== null);
        const block = this.block.slice();
        const factor = Math.exp(x[layout.width]);
        block[ResolutionSlot.FwhmLow] *= factor;
        block[ResolutionSlot.FwhmHigh] *= factor;
        const fraction = x[layout.lorentzFraction];
        if (this.isMixed) block[ResolutionSlot.LorentzLow] = block[ResolutionSlot.LorentzHigh] = fraction;
        const total = 1 + profileColumns;
        const out = workspace.f64(total * count),
          byPlace = workspace.f64(count),
          byWidth = workspace.f64(count),
          pure = workspace.f64(count);
        const degrees = workspace.put(this.degrees[w]),
          at = workspace.put(places),
          scratch = workspace.bytes(workspace.kernels.resolveScratch(grid.length, total));
        check(
          "resolve",
          workspace.kernels.resolve(
            workspace.put(block),
            degrees,
            grid.length,
            columns,
            total,
            at,
            count,
            out,
            byPlace,
            byWidth,
            scratch,
          ),
        );
        // The mixture is linear in the fraction, (1 − η) G + η L: with either of the two alone its slope is known. The
        // Gaussian ends soon, so that it is the quicker one.
        const isShapeFree = jacobian !== null && this.isMixed && setting.isShapeFree,
          other = fraction > LEAST_LORENTZ ? 0 : 1;
        if (isShapeFree) {
          block[ResolutionSlot.LorentzLow] = block[ResolutionSlot.LorentzHigh] = other;
          check(
            "resolve",
            workspace.kernels.resolve(
              workspace.put(block),
              degrees,
              grid.length,
              columns,
              1,
              at,
              count,
              pure,
              0,
              0,
              scratch,
            ),
          );
        }
        const seen = workspace.view(out, total * count);
        for (let i = 0; i < count; i++) intensity[i] += scale * share * seen[i];
        if (jacobian === null) return;
        const place = workspace.view(byPlace, count),
          width = workspace.view(byWidth, count),
          alone = workspace.view(pure, count);
        for (let i = 0; i < count; i++) {
          const row = i * n;
          for (let c = 0; c < profileColumns; c++)
            jacobian[row + c] += scale * share * seen[(c + 1) * count + i];
          jacobian[row + layout.width] += scale * share * width[i];
          jacobian[row + layout.offset] -= scale * share * place[i];
          if (isShapeFree)
            jacobian[row + layout.lorentzFraction] +=
              (scale * share * (alone[i] - seen[i])) / (other - fraction);
        }
      });
    });
    const middle = 0.5 * (twoTheta[0] + twoTheta[count - 1]);
    for (let i = 0; i < count; i++) {
      const distance = twoTheta[i] - middle;
      if (jacobian !== null) {
        jacobian[i * n + layout.scale] = intensity[i];
        jacobian[i * n + layout.background] = 1;
        jacobian[i * n + layout.backgroundSlope] = distance;
      }
      intensity[i] += x[layout.background] + x[layout.backgroundSlope] * distance;
    }
    return intensity;
  }

  /** R on the grid; with derivatives, those with respect to ln thickness, strain weights (%) and Debye–Waller weights too, in the order of Layout. */
  private putColumns(w: number, x: Float64Array, withDerivatives: boolean): number {
    const { workspace, simd } = this.setting;
    const thickness = Math.exp(x[this.layout.thickness]) * ANGSTROM_PER_NM,
      count = this.grids[w].length;
    const slices = this.putSlices(w, x, thickness, withDerivatives),
      table = this.tables[w],
      angles = table === undefined ? this.putAngles(w, thickness) : workspace.put(table);
    if (!withDerivatives) return splineCurve(workspace, simd, this.kernel, slices, angles, count);
    const columns = splineColumns(workspace, simd, this.kernel, slices, angles, count);
    if (table === undefined)
      workspace.view(columns + 8 * count, count).set(this.byThickness(w, x, thickness));
    return columns;
  }

  private putAngles(w: number, thickness: number): number {
    const { workspace, sample } = this.setting,
      { wave } = this.waves[w];
    return putAngles(workspace, wave, putReflection(workspace, wave), this.grids[w], sample, thickness);
  }

  private putSlices(w: number, x: Float64Array, thickness: number, withDerivatives: boolean): SplineSlices {
    const { workspace } = this.setting,
      { kernels } = workspace,
      { splines, strain: strainFrom, debyeWaller: debyeWallerFrom } = this.layout;
    const { wave } = this.waves[w],
      count = this.slices;
    // The three weights at the interface are fixed: no strain, full order.
    const strain = new Float64Array(3 + splines),
      debyeWaller = new Float64Array(3 + splines).fill(1);
    for (let i = 0; i < splines; i++) {
      strain[3 + i] = x[strainFrom + i] / 100;
      debyeWaller[3 + i] = x[debyeWallerFrom + i];
    }
    const { heights, thicknesses } = evenSlopeCuts(wave, count, (height) => splineAt(strain, height));
    const block = putReflection(workspace, wave),
      table = workspace.f64(SliceSlot.Size * count),
      derivatives = withDerivatives ? workspace.f64(SliceDerivative.Size * count) : 0;
    const basis = workspace.f64(4 * count),
      first = workspace.bytes(4 * count),
      zeta = workspace.put(heights);
    const values = [strain, debyeWaller].map((weights) =>
      workspace.put(heights.map((height) => splineAt(weights, height))),
    );
    check(
      "prepareSlices",
      kernels.prepareSlices(
        block,
        values[0],
        values[1],
        workspace.put(thicknesses.map((h) => h * thickness)),
        count,
        table,
        derivatives,
      ),
    );
    if (withDerivatives) {
      check("bsplineBasis", kernels.bsplineBasis(zeta, count, splines, basis, first));
      const all = workspace.view(derivatives, SliceDerivative.Size * count);
      for (let n = 0; n < all.length; n += SliceDerivative.Size)
        for (let i = 0; i < SliceDerivative.CouplingByDebyeWaller; i++) all[n + i] /= 100;
    }
    return { count, table, derivatives, basis, first, splines, tied: false };
  }

  /** ∂R/∂ln thickness where the film's total is given: what the strained region gains the buried slab loses, which the
   *  adjoint does not see; by differences. */
  private byThickness(w: number, x: Float64Array, thickness: number): Float64Array {
    const { workspace, simd } = this.setting,
      count = this.grids[w].length,
      step = 1e-4;
    const at = (angstrom: number): Float64Array =>
      workspace.scope(() =>
        workspace.copy(
          splineCurve(
            workspace,
            simd,
            "simd",
            this.putSlices(w, x, angstrom, false),
            this.putAngles(w, angstrom),
            count,
          ),
          count,
        ),
      );
    const above = at(thickness * (1 + step)),
      below = at(thickness * (1 - step));
    return above.map((r, i) => (r - below[i]) / (2 * step));
  }

  resolutionAt(x: Float64Array): Resolution {
    return mixed(
      widened(this.setting.resolution, Math.exp(x[this.layout.width])),
      x[this.layout.lorentzFraction],
    );
  }

  /** Largest intensity above background of the curve itself, which no scan point need hit. */
  peak(x: Float64Array): number {
    const { twoTheta, resolution } = this.setting;
    const { layout } = this;
    const bare = x.slice();
    bare[layout.background] = bare[layout.backgroundSlope] = 0;
    const seen = this.evaluate(bare, null);
    const top = seen.reduce((best, y, i) => (y > seen[best] ? i : best), 0);
    const reach = resolutionWidth(resolution) * Math.exp(x[layout.width]);
    const places = Float64Array.from({ length: 81 }, (_, i) => twoTheta[top] + (reach * (i - 40)) / 40);
    const near = new ScanModel({ ...this.setting, twoTheta: places }).evaluate(bare, null);
    return Math.max(...near, seen[top]);
  }
}
