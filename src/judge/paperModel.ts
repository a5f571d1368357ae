/** The curve of a scan of protocol "paper" as a function of its labels, with derivatives: disorder tied to the strain,
 *  linear deviation, the resolution summed over the scan's own points (Boulle & Debelle 2023). */
import { Paper } from "../../assembly/layout.ts";
import type { PaperPreset } from "../dataset/presets.ts";
import type { Wave } from "../instrument/waves.ts";
import { gradient, reflectivity, type Slices } from "../simulate/recursion.ts";
import type { Reflection } from "../types.ts";
import { ANGSTROM_PER_NM, RADIANS } from "../units.ts";
import { check, type Workspace } from "../wasm/workspace.ts";

const COUNT = Paper.Weights;

/** Places of the parameters: ln thickness (nm), weights (%, interface first), α, ln FWHM (degrees 2θ), ln of the counts per
 *  unit of summed reflectivity, ln background (counts). */
export const Place = { thickness: 0, weights: 1, disorder: 1 + COUNT, fwhm: 2 + COUNT, amplitude: 3 + COUNT, background: 4 + COUNT, count: 5 + COUNT } as const;

/** Largest deviation phase of a slice, as in the generator. */
const SLICE_PHASE = 2.8;
const FEWEST_SLICES = 64;
/** Reach of the summed resolution, in widths. */
const REACH = 2.2;

export class PaperModel {
  readonly points: number;
  readonly #workspace: Workspace;
  readonly #simd: boolean;
  readonly #wave: Wave;
  readonly #theta: Float64Array;
  /** Degrees θ. */
  readonly #step: number;

  /** @param twoTheta degrees, in even steps */
  constructor(workspace: Workspace, simd: boolean, { reflection: constants, scan }: PaperPreset, twoTheta: Float64Array) {
    const { wavelength, d, cellVolume, f0, fh, fhBar } = constants;
    const reflection: Reflection = { name: "", hkl: [0, 0, 1], wavelength, d, cellVolume, structureFactor: { zero: f0, h: fh, hBar: fhBar } };
    this.#workspace = workspace;
    this.#simd = simd;
    this.#wave = { reflection, wavelength, polarisation: "sigma", deviation: "linear" };
    this.#theta = twoTheta.map((t) => (t * RADIANS) / 2);
    this.#step = scan.step;
    this.points = twoTheta.length;
  }

  /** Mean counts.
   *  @param jacobian row-major [points][Place.count], written; null if not wanted */
  evaluate(x: Float64Array, counts: Float64Array, jacobian: Float64Array | null): void {
    const { points } = this, workspace = this.#workspace, n = Place.count;
    workspace.scope(() => {
      const { slices, basis, first, ratio, top } = this.#slices(x);
      const profileColumns = jacobian === null ? 0 : 2 + COUNT;
      const columns: Float64Array[] = [];
      if (jacobian === null) columns.push(reflectivity(workspace, this.#simd, this.#wave, slices, {}, this.#theta, "simd"));
      else columns.push(...this.#columns(slices, basis, first, ratio, top, x[Place.disorder]!));
      const amplitude = Math.exp(x[Place.amplitude]!), background = Math.exp(x[Place.background]!), width = 0.5 * Math.exp(x[Place.fwhm]!);
      const reach = Math.ceil((REACH * width) / this.#step), gauss = new Float64Array(reach + 1), slope = new Float64Array(reach + 1);
      for (let k = 0; k <= reach; k++) {
        const u = (2 * k * this.#step) / width;
        gauss[k] = Math.exp(-Math.LN2 * u * u);
        slope[k] = 2 * Math.LN2 * u * u * gauss[k]!;
      }
      const sum = (values: Float64Array, taps: Float64Array, j: number): number => {
        let total = taps[0]! * values[j]!;
        for (let k = 1; k <= reach; k++) total += taps[k]! * ((j >= k ? values[j - k]! : 0) + (j + k < points ? values[j + k]! : 0));
        return total;
      };
      for (let j = 0; j < points; j++) {
        const seen = amplitude * sum(columns[0]!, gauss, j);
        counts[j] = seen + background;
        if (jacobian === null) continue;
        const row = j * n;
        for (let c = 0; c < profileColumns; c++) jacobian[row + c] = amplitude * sum(columns[1 + c]!, gauss, j);
        jacobian[row + Place.fwhm] = amplitude * sum(columns[0]!, slope, j);
        jacobian[row + Place.amplitude] = seen;
        jacobian[row + Place.background] = background;
      }
    });
  }

  /** log10 of the counts at the maximum over the background: DR of the paper. */
  dynamicRange(x: Float64Array): number {
    const counts = new Float64Array(this.points), background = Math.exp(x[Place.background]!);
    this.evaluate(x, counts, null);
    return Math.log10((counts.reduce((a, b) => Math.max(a, b), 0) - background) / background);
  }

  #slices(x: Float64Array) {
    const workspace = this.#workspace, thickness = Math.exp(x[Place.thickness]!) * ANGSTROM_PER_NM;
    const weights = new Float64Array(3 + COUNT);
    weights.set(x.subarray(Place.weights, Place.weights + COUNT), 3);
    const { wavelength, reflection } = this.#wave;
    const bragg = Math.asin(wavelength / (2 * reflection.d)), largest = weights.reduce((a, b) => Math.max(a, Math.abs(b)), 0) / 100;
    const farthest = Math.max(this.#theta[this.points - 1]! - bragg + largest * Math.tan(bragg), bragg - this.#theta[0]!);
    const count = Math.max(Math.ceil((thickness * 2 * Math.PI * Math.cos(bragg) * farthest) / wavelength / SLICE_PHASE), FEWEST_SLICES);
    const heights = Float64Array.from({ length: count }, (_, k) => (k + 0.5) / count);
    const basisAt = workspace.f64(4 * count), firstAt = workspace.bytes(4 * count);
    check("bsplineBasis", workspace.kernels.bsplineBasis(workspace.put(heights), count, COUNT, basisAt, firstAt));
    const basis = workspace.copy(basisAt, 4 * count), first = workspace.view32(firstAt, count).slice();
    const strain = Float64Array.from(first, (f, k) => 0.01 * (weights[f]! * basis[4 * k]! + weights[f + 1]! * basis[4 * k + 1]! + weights[f + 2]! * basis[4 * k + 2]! + weights[f + 3]! * basis[4 * k + 3]!));
    let top = 0;
    strain.forEach((e, k) => {
      if (Math.abs(e) > Math.abs(strain[top]!)) top = k;
    });
    const highest = strain[top]! === 0 ? 1 : strain[top]!, ratio = strain.map((e) => e / highest), alpha = x[Place.disorder]!;
    const slices: Slices = { strain, debyeWaller: ratio.map((r) => Math.exp(-alpha * r * r)), thickness: thickness / count };
    return { slices, basis, first, ratio, top };
  }

  /** R, ∂R/∂ln thickness, ∂R/∂weights (%), ∂R/∂α at every angle of the scan. */
  #columns(slices: Slices, basis: Float64Array, first: Int32Array, ratio: Float64Array, top: number, alpha: number): Float64Array[] {
    const workspace = this.#workspace, { kernels } = workspace, count = ratio.length;
    const tables = gradient(workspace, this.#simd, this.#wave, slices, {}, this.#theta), rows = tables.angleCount;
    const highest = slices.strain[top]!, perStrain = highest === 0 ? 0 : -2 * alpha / highest;
    // DW = exp(−α r²), r = e/e_max: ∂DW/∂e_n = −2α r DW/e_max at the slice itself, + 2α r² DW/e_max at the largest one.
    const own = basis.map((b, i) => (b / 100) * perStrain * ratio[i >> 2]! * slices.debyeWaller[i >> 2]!);
    const sums = new Float64Array(8 * count);
    ratio.forEach((r, k) => {
      sums[4 * k] = -perStrain * r * r * slices.debyeWaller[k]!;
      sums[4 * k + 1] = -r * r * slices.debyeWaller[k]!;
    });
    const weightsAt = workspace.f64((3 + COUNT) * rows), sumsAt = workspace.f64(4 * rows), firstAt = workspace.bytes(4 * count), zerosAt = workspace.bytes(4 * count);
    workspace.view(weightsAt, (3 + COUNT) * rows).fill(0);
    workspace.view(sumsAt, 4 * rows).fill(0);
    workspace.view32(firstAt, count).set(first);
    workspace.view32(zerosAt, count).fill(0);
    check("projectRows", kernels.projectRows(tables.byStrain, count, rows, workspace.put(basis.map((b) => b / 100)), firstAt, weightsAt));
    check("projectRows", kernels.projectRows(tables.byDebyeWaller, count, rows, workspace.put(own), firstAt, weightsAt));
    check("projectRows", kernels.projectRows(tables.byDebyeWaller, count, rows, workspace.put(sums.subarray(0, 4 * count)), zerosAt, sumsAt));
    const byTop = workspace.view(sumsAt, rows), weights = Array.from({ length: COUNT }, (_, i) => workspace.copy(weightsAt + 8 * (3 + i) * rows, rows));
    for (let i = 0; i < 4; i++) {
      const column = weights[first[top]! + i - 3], share = basis[4 * top + i]! / 100;
      if (column !== undefined) column.forEach((_, j) => (column[j]! += share * byTop[j]!));
    }
    return [workspace.copy(tables.reflectivity, rows), workspace.copy(tables.byThickness, rows), ...weights, workspace.copy(sumsAt + 8 * rows, rows)];
  }
}
