/** A scan of protocol "paper" as a problem of least squares: half its sum of squares is −ln of the posterior density, up to
 *  a constant. Counts are Poisson; shapes are those of the population. */
import type { PaperPreset } from "../dataset/presets.ts";
import type { LeastSquaresProblem } from "../fit/leastSquares.ts";
import { componentAt, type Gaussian, type Mixture, whiten } from "../invert/mixture.ts";
import type { Scan } from "../types.ts";
import type { Workspace } from "../wasm/workspace.ts";
import { RADIANS } from "../units.ts";
import { PaperModel, Place } from "./paperModel.ts";

const WEIGHTS = Place.disorder - Place.weights;

/** Places of the unknowns: ln thickness (nm), ln scale of the strain (%), shape (weights over that scale), α, ln FWHM,
 *  ln amplitude, ln background. */
export const Unknown = {
  thickness: 0,
  scale: 1,
  shape: 2,
  disorder: 2 + WEIGHTS,
  fwhm: 3 + WEIGHTS,
  amplitude: 4 + WEIGHTS,
  background: 5 + WEIGHTS,
  count: 6 + WEIGHTS,
} as const;

/** Rows below those of the counts: the shape's, and one each for α and the width, whose priors are uniform in DW_min and
 *  in the width. */
const PRIOR_ROWS = WEIGHTS + 2;
const LEAST_DISORDER = 0.02;
/** Unknowns that an anchor holds: all but amplitude and background, which the scan shows at once. */
const ANCHORED = Unknown.amplitude;

/** What holds the unknowns of the profile and the width near a start. */
export interface Anchor {
  readonly x: Float64Array;
  /** Standard deviations. */
  readonly sigma: Float64Array;
}

export class PaperProblem {
  readonly points: number;
  /** Degrees 2θ. */
  readonly step: number;
  /** Where the maxima of crystals of these strains lie, %. */
  readonly strains: Float64Array;
  readonly lower: Float64Array;
  readonly upper: Float64Array;
  readonly #model: PaperModel;
  readonly #mixture: Mixture;
  /** In counts of unit variance ratio: intensity over countUnit. */
  readonly #counts: Float64Array;
  readonly #unit: number;
  readonly #mean: Float64Array;
  readonly #slopes: Float64Array;
  readonly #labels = new Float64Array(Place.count);
  readonly #shape = new Float64Array(WEIGHTS);
  readonly #white = new Float64Array(WEIGHTS);

  readonly #part: (from: number, to: number) => PaperProblem;

  constructor(workspace: Workspace, simd: boolean, preset: PaperPreset, mixture: Mixture, scan: Scan) {
    const { twoTheta, intensity, countUnit = 1 } = scan,
      { wavelength, d } = preset.reflection;
    this.#model = new PaperModel(workspace, simd, preset, twoTheta);
    this.#part = (from, to) =>
      new PaperProblem(workspace, simd, preset, mixture, {
        ...scan,
        twoTheta: twoTheta.slice(from, to),
        intensity: intensity.slice(from, to),
      });
    this.#mixture = mixture;
    this.#unit = countUnit;
    this.#counts = intensity.map((y) => y / countUnit);
    this.points = twoTheta.length;
    this.step = twoTheta[1] - twoTheta[0];
    this.strains = twoTheta.map((t) => 100 * (wavelength / (2 * d * Math.sin((t * RADIANS) / 2)) - 1));
    this.#mean = new Float64Array(this.points);
    this.#slopes = new Float64Array(this.points * Place.count);
    const { thickness, strain, debyeWaller, fwhm } = preset.ranges,
      ends = (low: number, high: number): [number, number] => [Math.log(low), Math.log(high)];
    const bounds: [number, number][] = [
      ends(thickness[0], thickness[1]),
      ends(0.5 * strain[0], 1.3 * strain[1]),
      ...Array.from({ length: WEIGHTS }, (): [number, number] => [0, 1.5]),
      [0, 0.5 - Math.log(debyeWaller[0])],
      ends(0.8 * fwhm[0], 1.2 * fwhm[1]),
      [-60, 60],
      [-20, 40],
    ];
    this.lower = Float64Array.from(bounds, ([low]) => low);
    this.upper = Float64Array.from(bounds, ([, high]) => high);
  }

  /** The same of some neighbouring points alone. What is resolved with points beyond its ends is wrong near these. */
  part(from: number, to: number): PaperProblem {
    return from === 0 && to === this.points ? this : this.#part(from, to);
  }

  /** The unknowns that labels stand for; amplitude and background as the scan has them. */
  start(labels: Float32Array): Float64Array {
    const x = new Float64Array(Unknown.count),
      weights = labels.subarray(0, WEIGHTS),
      scale = weights.reduce((most, w) => Math.max(most, Math.abs(w)), 1e-3);
    const [disorder, thickness, fwhm, dynamicRange] = labels.subarray(WEIGHTS) as unknown as [
      number,
      number,
      number,
      number,
    ];
    x[Unknown.thickness] = Math.log(Math.max(Math.abs(thickness), 1));
    x[Unknown.scale] = Math.log(scale);
    weights.forEach((w, k) => (x[Unknown.shape + k] = Math.abs(w) / scale));
    x[Unknown.disorder] = Math.abs(disorder);
    x[Unknown.fwhm] = Math.log(Math.max(fwhm, 1e-4));
    x[Unknown.amplitude] = 0;
    x[Unknown.background] = -20;
    this.bound(x);
    this.#evaluate(x, null);
    const top = this.#counts.reduce((most, n) => Math.max(most, n), 0) * this.#unit,
      background = top / (1 + 10 ** Math.max(dynamicRange, 0.5));
    x[Unknown.amplitude] = Math.log(
      (top - background) / this.#mean.reduce((most, m) => Math.max(most, m), 0),
    );
    x[Unknown.background] = Math.log(background);
    return x;
  }

  /** The labels that unknowns stand for. */
  labels(x: Float64Array): Float32Array {
    const labels = new Float32Array(WEIGHTS + 4),
      scale = Math.exp(x[Unknown.scale]);
    for (let k = 0; k < WEIGHTS; k++) labels[k] = scale * x[Unknown.shape + k];
    this.#put(x);
    labels.set(
      [
        x[Unknown.disorder],
        Math.exp(x[Unknown.thickness]),
        Math.exp(x[Unknown.fwhm]),
        this.#model.dynamicRange(this.#labels),
      ],
      WEIGHTS,
    );
    return labels;
  }

  /** Within the bounds. */
  bound(x: Float64Array): Float64Array {
    x.forEach((value, k) => (x[k] = Math.min(Math.max(value, this.lower[k]), this.upper[k])));
    return x;
  }

  /** The part of the population's mixture that the shape of x most probably belongs to. */
  component(x: Float64Array): Gaussian {
    return componentAt(this.#mixture, x.slice(Unknown.shape, Unknown.shape + WEIGHTS));
  }

  /** @param errors relative error of each point's counts besides Poisson's: what lets a start that is far off come nearer;
   *    Infinity: not used */
  leastSquares(
    start: Float64Array,
    component: Gaussian,
    errors: Float64Array,
    anchor?: Anchor,
  ): LeastSquaresProblem {
    const { points, lower, upper } = this;
    return {
      residualCount: points + PRIOR_ROWS + (anchor === undefined ? 0 : ANCHORED),
      start,
      lower,
      upper,
      evaluate: (x, residuals, jacobian) => {
        this.#evaluate(x, jacobian);
        this.#countRows(x, errors, residuals, jacobian);
        this.#priorRows(x, component, residuals, jacobian);
        if (anchor !== undefined) this.#anchorRows(x, anchor, residuals, jacobian);
      },
    };
  }

  #put(x: Float64Array): void {
    const labels = this.#labels,
      scale = Math.exp(x[Unknown.scale]);
    labels[Place.thickness] = x[Unknown.thickness];
    for (let k = 0; k < WEIGHTS; k++) labels[Place.weights + k] = scale * x[Unknown.shape + k];
    labels.set(x.subarray(Unknown.disorder), Place.disorder);
  }

  #evaluate(x: Float64Array, jacobian: Float64Array | null): void {
    this.#put(x);
    this.#model.evaluate(this.#labels, this.#mean, jacobian === null ? null : this.#slopes);
  }

  /** Deviance residuals: their squares are −2 ln of the Poisson likelihood, over that of the counts themselves. */
  #countRows(
    x: Float64Array,
    errors: Float64Array,
    residuals: Float64Array,
    jacobian: Float64Array | null,
  ): void {
    const { points } = this,
      scale = Math.exp(x[Unknown.scale]),
      mean = this.#mean,
      slopes = this.#slopes,
      counts = this.#counts,
      unit = this.#unit;
    for (let j = 0; j < points; j++) {
      const n = counts[j],
        m = Math.max(mean[j] / unit, 1e-9),
        weight = 1 / Math.sqrt(1 + errors[j] ** 2 * Math.max(n, 1));
      const half = n > 0 ? m - n + n * Math.log(n / m) : m,
        root = Math.sqrt(Math.max(2 * half, 0));
      residuals[j] = weight * (n > m ? root : -root);
      if (jacobian === null) continue;
      const slope =
        (weight / unit) * (root > 1e-3 ? (1 - n / m) / (n > m ? root : -root) : -1 / Math.sqrt(m));
      const row = j * Unknown.count,
        from = j * Place.count;
      jacobian[row + Unknown.thickness] = slope * slopes[from + Place.thickness];
      let byScale = 0;
      for (let k = 0; k < WEIGHTS; k++) {
        const value = slope * scale * slopes[from + Place.weights + k];
        jacobian[row + Unknown.shape + k] = value;
        byScale += value * x[Unknown.shape + k];
      }
      jacobian[row + Unknown.scale] = byScale;
      for (let k = 0; k < 4; k++)
        jacobian[row + Unknown.disorder + k] = slope * slopes[from + Place.disorder + k];
    }
  }

  #priorRows(
    x: Float64Array,
    component: Gaussian,
    residuals: Float64Array,
    jacobian: Float64Array | null,
  ): void {
    const { points } = this,
      n = Unknown.count,
      shape = this.#shape,
      white = this.#white;
    shape.set(x.subarray(Unknown.shape, Unknown.shape + WEIGHTS));
    whiten(component, shape, white);
    residuals.set(white, points);
    // Uniform in e^−α: −ln p = α. Uniform in the width: −ln p = −ln width.
    const disorder = Math.sqrt(2 * (x[Unknown.disorder] + LEAST_DISORDER)),
      width = Math.sqrt(2 * (1 + this.upper[Unknown.fwhm] - x[Unknown.fwhm]));
    residuals[points + WEIGHTS] = disorder;
    residuals[points + WEIGHTS + 1] = width;
    if (jacobian === null) return;
    jacobian.fill(0, points * n, (points + PRIOR_ROWS) * n);
    for (let i = 0; i < WEIGHTS; i++)
      for (let k = 0; k <= i; k++)
        jacobian[(points + i) * n + Unknown.shape + k] = component.whitening[i * WEIGHTS + k];
    jacobian[(points + WEIGHTS) * n + Unknown.disorder] = 1 / disorder;
    jacobian[(points + WEIGHTS + 1) * n + Unknown.fwhm] = -1 / width;
  }

  #anchorRows(
    x: Float64Array,
    { x: centre, sigma }: Anchor,
    residuals: Float64Array,
    jacobian: Float64Array | null,
  ): void {
    const first = this.points + PRIOR_ROWS,
      n = Unknown.count;
    jacobian?.fill(0, first * n, (first + ANCHORED) * n);
    for (let k = 0; k < ANCHORED; k++) {
      residuals[first + k] = (x[k] - centre[k]) / sigma[k];
      if (jacobian !== null) jacobian[(first + k) * n + k] = 1 / sigma[k];
    }
  }

  /** How many standard deviations the deviance of residuals lies above what counts of these means give. */
  excess(x: Float64Array, deviance: number, error: number): number {
    this.#evaluate(x, null);
    let mean = 0,
      variance = 0;
    for (const m of this.#mean) {
      const { expected, spread } = devianceOf(m / this.#unit);
      const weight = 1 / (1 + error * error * Math.max(m / this.#unit, 1));
      mean += weight * expected;
      variance += weight * weight * spread;
    }
    return (deviance - mean) / Math.sqrt(variance);
  }

  get mixture(): Mixture {
    return this.#mixture;
  }
}

/** Mean and variance of a Poisson count's deviance, by its mean; tables in ln mean. */
const TABLE_FIRST = Math.log(1e-3),
  TABLE_STEP = 0.1,
  TABLE_SIZE = 110;
let table: { expected: number; spread: number }[] | undefined;

function devianceOf(mean: number): { expected: number; spread: number } {
  table ??= Array.from({ length: TABLE_SIZE }, (_, k) => momentsOf(Math.exp(TABLE_FIRST + k * TABLE_STEP)));
  const at = Math.round((Math.log(Math.max(mean, 1e-3)) - TABLE_FIRST) / TABLE_STEP);
  return at < TABLE_SIZE ? table[at] : { expected: 1, spread: 2 };
}

function momentsOf(mean: number): { expected: number; spread: number } {
  let expected = 0,
    squares = 0,
    lnProbability = -mean;
  for (let n = 0; n < mean + 12 * Math.sqrt(mean) + 30; n++) {
    if (n > 0) lnProbability += Math.log(mean / n);
    const deviance = 2 * (mean - n + (n > 0 ? n * Math.log(n / mean) : 0)),
      probability = Math.exp(lnProbability);
    expected += probability * deviance;
    squares += probability * deviance * deviance;
  }
  return { expected, spread: squares - expected * expected };
}
