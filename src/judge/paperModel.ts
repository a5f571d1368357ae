/** The curve of a scan of protocol "paper" as a function of its labels, with derivatives: disorder tied to the strain,
 *  linear deviation, the resolution summed over the scan's own points (Boulle & Debelle 2023). */
import { AnglePlane, Paper, SliceDerivative, SliceSlot } from "../../assembly/layout.ts";
import type { PaperPreset } from "../dataset/presets.ts";
import type { Wave } from "../instrument/waves.ts";
import { splineAt } from "../profile/spline.ts";
import { evenSlopeCuts } from "../simulate/evenSlopes.ts";
import { putAngles, putReflection } from "../simulate/recursion.ts";
import { splineColumnCount, splineColumns, type SplineSlices } from "../simulate/splineGradient.ts";
import type { Reflection } from "../types.ts";
import { ANGSTROM_PER_NM, RADIANS } from "../units.ts";
import { check, type Workspace } from "../wasm/workspace.ts";

const COUNT = Paper.Weights;

/** Places of the parameters: ln thickness (nm), weights (%, interface first), α, ln FWHM (degrees 2θ), ln of the counts per
 *  unit of summed reflectivity, ln background (counts). */
export const Place = {
  thickness: 0,
  weights: 1,
  disorder: 1 + COUNT,
  fwhm: 2 + COUNT,
  amplitude: 3 + COUNT,
  background: 4 + COUNT,
  count: 5 + COUNT,
} as const;

/** Largest deviation and coupling phase of a slice, as in the generator. */
const SLICE_PHASE = 2.8;
const SLICE_COUPLING = 4e-3;
const FEWEST_SLICES = 64;
/** Numbers of slices are multiples of this, so that few steps of the parameters change them. */
const SLICE_STEP = 16;
/** Reach of the summed resolution, in widths. */
const REACH = 2.2;

export class PaperModel {
  readonly points: number;
  readonly #workspace: Workspace;
  readonly #simd: boolean;
  readonly #wave: Wave;
  /** Bragg angle and both ends of the scan, θ in radians. */
  readonly #bragg: number;
  readonly #low: number;
  readonly #high: number;
  /** Table of the angles, padded to a multiple of four. */
  readonly #angles: Float64Array;
  readonly #angleCount: number;
  /** |g| of the reflection: a coupling phase is that times the thickness. */
  readonly #coupling: number;
  /** Degrees θ. */
  readonly #step: number;

  /** @param twoTheta degrees, in even steps */
  constructor(
    workspace: Workspace,
    simd: boolean,
    { reflection: constants, scan }: PaperPreset,
    twoTheta: Float64Array,
  ) {
    const { wavelength, d, cellVolume, f0, fh, fhBar } = constants;
    const reflection: Reflection = {
      name: "",
      hkl: [0, 0, 1],
      wavelength,
      d,
      cellVolume,
      structureFactor: { zero: f0, h: fh, hBar: fhBar },
    };
    this.#workspace = workspace;
    this.#simd = simd;
    this.#wave = { reflection, wavelength, polarisation: "sigma", deviation: "linear" };
    this.points = twoTheta.length;
    const theta = new Float64Array(Math.ceil(this.points / 4) * 4).fill(twoTheta[this.points - 1]!);
    theta.set(twoTheta);
    theta.forEach((t, j) => (theta[j] = (t * RADIANS) / 2));
    this.#bragg = Math.asin(wavelength / (2 * d));
    this.#low = theta[0]!;
    this.#high = theta[theta.length - 1]!;
    const count = (this.#angleCount = theta.length);
    this.#angles = workspace.scope(() =>
      workspace.copy(
        putAngles(workspace, this.#wave, putReflection(workspace, this.#wave), theta, {}, 0),
        AnglePlane.Size * count,
      ),
    );
    this.#coupling = Math.hypot(this.#angles[AnglePlane.GRe * count]!, this.#angles[AnglePlane.GIm * count]!);
    this.#step = scan.step;
  }

  /** Mean counts.
   *  @param jacobian row-major [points][Place.count], written; null if not wanted */
  evaluate(x: Float64Array, counts: Float64Array, jacobian: Float64Array | null): void {
    const { points } = this,
      workspace = this.#workspace,
      { kernels } = workspace,
      n = Place.count;
    workspace.scope(() => {
      const { slices, topBasis, topFirst, perStrain } = this.#slices(x, jacobian !== null);
      const angles = workspace.put(this.#angles),
        count = this.#angleCount;
      const columns =
        jacobian === null
          ? this.#curve(slices, angles)
          : splineColumns(workspace, this.#simd, "fast", slices, angles, count);
      const amplitude = Math.exp(x[Place.amplitude]!),
        background = Math.exp(x[Place.background]!),
        width = 0.5 * Math.exp(x[Place.fwhm]!);
      const reach = Math.ceil((REACH * width) / this.#step),
        gauss = workspace.f64(reach + 1),
        widening = workspace.f64(reach + 1);
      const taps = workspace.view(gauss, reach + 1),
        slopes = workspace.view(widening, reach + 1);
      for (let k = 0; k <= reach; k++) {
        const u = (2 * k * this.#step) / width;
        taps[k] = amplitude * Math.exp(-Math.LN2 * u * u);
        slopes[k] = 2 * Math.LN2 * u * u * taps[k]!;
      }
      const total = jacobian === null ? 1 : splineColumnCount(slices),
        row = points + 1;
      const out = workspace.f64((total + 1) * row),
        byWidth = out + 8 * total * row,
        scratch = workspace.f64(points + 2 * reach + 2);
      check(
        "resolveSampled",
        kernels.resolveSampled(columns, total, count, points, gauss, reach, scratch, out),
      );
      if (jacobian !== null)
        check(
          "resolveSampled",
          kernels.resolveSampled(columns, 1, count, points, widening, reach, scratch, byWidth),
        );
      const seen = workspace.view(out, (total + 1) * row);
      for (let j = 0; j < points; j++) counts[j] = seen[j]! + background;
      if (jacobian === null) return;
      for (let j = 0; j < points; j++) {
        const at = j * n;
        for (let c = 1; c < total; c++) jacobian[at + c - 1] = seen[c * row + j]!;
        // The largest strain is what α is measured by: ∂DW/∂e_max = −(2α/e_max)·∂DW/∂α.
        const byTop = perStrain * jacobian[at + Place.disorder]!;
        for (let i = Math.max(3 - topFirst, 0); i < 4; i++)
          jacobian[at + Place.weights + topFirst + i - 3]! += topBasis[i]! * byTop;
        jacobian[at + Place.fwhm] = seen[total * row + j]!;
        jacobian[at + Place.amplitude] = seen[j]!;
        jacobian[at + Place.background] = background;
      }
    });
  }

  /** log10 of the counts at the maximum over the background: DR of the paper. */
  dynamicRange(x: Float64Array): number {
    const counts = new Float64Array(this.points),
      background = Math.exp(x[Place.background]!);
    this.evaluate(x, counts, null);
    return Math.log10((counts.reduce((a, b) => Math.max(a, b), 0) - background) / background);
  }

  /** R at every angle of the table. */
  #curve({ table, count }: SplineSlices, angles: number): number {
    const workspace = this.#workspace,
      { kernels } = workspace,
      out = workspace.f64(this.#angleCount),
      scratch = workspace.bytes(32 * count + 512);
    check(
      "transferMatrix",
      (this.#simd ? kernels.transferMatrixFast : kernels.transferMatrix)(
        table,
        count,
        angles,
        this.#angleCount,
        scratch,
        out,
      ),
    );
    return out;
  }

  /** The slices in the kernels' memory; with derivatives by the weights (%) and α, the largest strain held, and what that one then adds: its basis
   *  (%) and −2α/e_max. */
  #slices(x: Float64Array, withDerivatives: boolean) {
    const workspace = this.#workspace,
      { kernels } = workspace,
      thickness = Math.exp(x[Place.thickness]!) * ANGSTROM_PER_NM,
      alpha = x[Place.disorder]!;
    const weights = new Float64Array(3 + COUNT);
    for (let i = 0; i < COUNT; i++) weights[3 + i] = x[Place.weights + i]! / 100;
    const strainAt = (height: number): number => splineAt(weights, height);
    const count = this.#sliceCount(thickness, weights),
      cuts = evenSlopeCuts(this.#wave, count, strainAt);
    const at = workspace.f64(3 * count),
      numbers = workspace.view(at, 3 * count),
      strain = numbers.subarray(0, count),
      debyeWaller = numbers.subarray(count, 2 * count);
    let top = 0;
    for (let k = 0; k < count; k++) {
      strain[k] = strainAt(cuts.heights[k]!);
      if (Math.abs(strain[k]!) > Math.abs(strain[top]!)) top = k;
      numbers[2 * count + k] = thickness * cuts.thicknesses[k]!;
    }
    const highest = strain[top]! === 0 ? 1 : strain[top]!,
      perStrain = (-2 * alpha) / highest,
      ratio = strain.map((e) => e / highest);
    for (let k = 0; k < count; k++) debyeWaller[k] = Math.exp(-alpha * ratio[k]! * ratio[k]!);
    const block = putReflection(workspace, this.#wave),
      table = workspace.f64(SliceSlot.Size * count),
      derivatives = withDerivatives ? workspace.f64(SliceDerivative.Size * count) : 0;
    check(
      "prepareSlices",
      kernels.prepareSlices(block, at, at + 8 * count, at + 16 * count, count, table, derivatives),
    );
    const basis = workspace.f64(4 * count),
      first = workspace.bytes(4 * count);
    const slices: SplineSlices = { count, table, derivatives, basis, first, splines: COUNT, tied: true };
    if (!withDerivatives) return { slices, topBasis: weights, topFirst: 0, perStrain };
    check("bsplineBasis", kernels.bsplineBasis(workspace.put(cuts.heights), count, COUNT, basis, first));
    // DW = exp(−α r²), r = e/e_max: ∂DW/∂e = −2α r DW/e_max, ∂DW/∂α = −r² DW.
    const all = workspace.view(derivatives, SliceDerivative.Size * count),
      factors = workspace.view(at + 8 * count, count);
    for (let k = 0; k < count; k++) {
      const to = k * SliceDerivative.Size,
        r = ratio[k]!,
        byFactor = all[to + SliceDerivative.CouplingByDebyeWaller]! * factors[k]!;
      all[to + SliceDerivative.Coupling]! += perStrain * r * byFactor;
      all[to + SliceDerivative.CouplingByDebyeWaller] = -r * r * byFactor;
      for (let i = 0; i < 4; i++) all[to + i]! /= 100;
    }
    return {
      slices,
      topBasis: workspace.copy(basis + 32 * top, 4).map((b) => b / 100),
      topFirst: workspace.view32(first, count)[top]!,
      perStrain,
    };
  }

  /** As many as keep every phase below its bound. */
  #sliceCount(thickness: number, weights: Float64Array): number {
    const { wavelength } = this.#wave,
      tangent = Math.tan(this.#bragg),
      largest = weights.reduce((a, b) => Math.max(a, Math.abs(b)), 0);
    const farthest = Math.max(this.#high - this.#bragg + largest * tangent, this.#bragg - this.#low),
      path = thickness / Math.sin(this.#bragg - largest * tangent);
    const needed = Math.max(
      (path * Math.PI * Math.sin(2 * this.#bragg) * farthest) / wavelength / SLICE_PHASE,
      (path * this.#coupling) / SLICE_COUPLING,
      FEWEST_SLICES,
    );
    return Math.ceil(needed / SLICE_STEP) * SLICE_STEP;
  }
}
