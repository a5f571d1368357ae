/** −2 ln of the posterior density of a scan's unknowns, up to a constant, as least squares: Poisson deviance of the counts
 *  with a relative error beside the counting, and the prior. */
import type { NormalEquations } from "../leastSquares/normalFit.ts";
import { check } from "../wasm/workspace.ts";
import type { CurveModel } from "./curveModel.ts";
import type { Precision } from "./precision.ts";
import type { LocalPrior, Prior } from "./prior.ts";
import type { Chain } from "./structure.ts";
import { INSTRUMENT, type Place, type Places } from "./unknowns.ts";

/** Holds unknowns near a start, with standard deviations (Infinity: not held). */
export interface Anchor {
  readonly x: Float64Array;
  readonly sigma: Float64Array;
}

/** What a fit of the objective is told beside the scan. */
export interface Terms {
  readonly sign: 1 | -1;
  readonly prior: LocalPrior;
  /** Relative error of each point beside the counting; Infinity: not used. */
  readonly errors: Float64Array;
  readonly anchor?: Anchor;
}

export interface Bounds {
  readonly lower: Float64Array;
  readonly upper: Float64Array;
}

/** Brings x within bounds, in place; what is not known (NaN) stays so. */
export function clamped(x: Float64Array, { lower, upper }: Bounds): Float64Array {
  for (let k = 0; k < x.length; k++)
    if (!Number.isNaN(x[k])) x[k] = Math.min(Math.max(x[k], lower[k]), upper[k]);
  return x;
}

/** Relative error of every intensity beside the counting: one for all scans, or one for each. */
export type ScanErrors = number | readonly number[];

/** −2 ln of the posterior density as least squares. The points of several scans stand one after the other. */
export interface Squares {
  readonly points: number;
  readonly prior: Prior;
  readonly bounds: Bounds;
  /** Strain (%) whose maximum lies at each point. */
  readonly strains: Float64Array;
  /** Of each point. */
  errors(error: ScanErrors): Float64Array;
  /** −2 ln posterior with the prior about one place; fills `normal` where wanted. */
  squares(x: Float64Array, terms: Terms, normal: NormalEquations | null): number;
  /** Mean counts. */
  mean(place: Place): Float64Array;
  /** Of each scan the points from the first to the last one whose strain is wanted; the whole scan where there are none. */
  within(isWanted: (strain: number) => boolean): Squares;
  /** The same within other bounds. */
  bounded(bounds: Bounds): Squares;
}

export class Objective implements Squares {
  readonly model: CurveModel;
  readonly counts: Float64Array;
  readonly unknowns: Places;
  readonly prior: Prior;
  readonly bounds: Bounds;
  readonly points: number;
  readonly #native: NormalEquations;

  constructor(model: CurveModel, counts: Float64Array, prior: Prior, bounds: Bounds) {
    this.model = model;
    this.counts = counts;
    this.unknowns = model.setting.structure.unknowns;
    this.prior = prior;
    this.bounds = bounds;
    this.points = counts.length;
    const n = model.nativeCount;
    this.#native = { hessian: new Float64Array(n * n), gradient: new Float64Array(n) };
  }

  part(from: number, to: number): Objective {
    if (from === 0 && to === this.points) return this;
    return new Objective(this.model.part(from, to), this.counts.slice(from, to), this.prior, this.bounds);
  }

  get strains(): Float64Array {
    return this.model.strains;
  }

  errors(error: ScanErrors): Float64Array {
    return new Float64Array(this.points).fill(typeof error === "number" ? error : error[0]);
  }

  within(isWanted: (strain: number) => boolean): Objective {
    const from = this.strains.findIndex(isWanted),
      to = this.strains.findLastIndex(isWanted) + 1;
    return from < 0 ? this : this.part(from, to);
  }

  bounded(bounds: Bounds): Objective {
    return new Objective(this.model, this.counts, this.prior, bounds);
  }

  /** −2 ln posterior with the prior about one place; fills `normal` where wanted. */
  squares(x: Float64Array, terms: Terms, normal: NormalEquations | null): number {
    const sum = this.ofCounts({ x, sign: terms.sign }, terms.errors, normal);
    return ofTerms(sum, x, terms, normal);
  }

  /** The same of the counts alone. */
  ofCounts(place: Place, errors: Float64Array, normal: NormalEquations | null): number {
    const sum = this.model.evaluate(place, normal !== null, (evaluated) => {
      const { mean, slope, columns, stride } = evaluated,
        { workspace } = this.model.setting,
        { kernels } = workspace,
        { points, counts } = this,
        n = this.model.nativeCount;
      if (normal === null) return workspace.look(({ f64 }) => deviance(counts, f64(mean, points), errors));
      const weightsAt = workspace.f64(points),
        residualsAt = workspace.f64(points),
        hessianAt = workspace.f64(n * n),
        gradientAt = workspace.f64(n);
      const total = workspace.look(({ f64 }) =>
        residualsOf(
          counts,
          f64(mean, points),
          f64(slope, points),
          errors,
          f64(residualsAt, points),
          f64(weightsAt, points),
        ),
      );
      check(
        "normalEquations",
        kernels.normalEquations(columns, n, stride, points, weightsAt, residualsAt, hessianAt, gradientAt),
      );
      workspace.look(({ f64 }) => {
        this.#native.hessian.set(f64(hessianAt, n * n));
        this.#native.gradient.set(f64(gradientAt, n));
      });
      return total;
    });
    if (normal !== null) this.#toUnknowns(place, normal);
    return sum;
  }

  /** Mean counts. */
  mean(place: Place): Float64Array {
    return this.model.mean(place);
  }

  /** From the native columns' normal equations to those of the unknowns. */
  #toUnknowns(place: Place, { hessian, gradient }: NormalEquations): void {
    const n = this.unknowns.count,
      m = this.model.nativeCount,
      { hessian: h, gradient: g } = this.#native,
      { first, unknowns: to, factors } = wholeChain(this.unknowns, this.model.setting.structure.chain(place));
    hessian.fill(0);
    gradient.fill(0);
    for (let a = 0; a < m; a++) {
      for (let p = first[a]; p < first[a + 1]; p++) {
        gradient[to[p]] += factors[p] * g[a];
        // Of number a with itself each pair of unknowns once.
        for (let q = first[a]; q <= p; q++) {
          const i = Math.max(to[p], to[q]),
            k = Math.min(to[p], to[q]);
          hessian[i * n + k] += factors[p] * factors[q] * h[a * m + a];
        }
        for (let b = 0; b < a; b++)
          for (let q = first[b]; q < first[b + 1]; q++) {
            const i = Math.max(to[p], to[q]),
              k = Math.min(to[p], to[q]);
            hessian[i * n + k] += (i === k ? 2 : 1) * factors[p] * factors[q] * h[a * m + b];
          }
      }
    }
  }
}

/** What prior and anchor add to a sum of squares; adds their derivatives to `normal`. */
export function ofTerms(
  sum: number,
  x: Float64Array,
  { prior, anchor }: Terms,
  normal: NormalEquations | null,
): number {
  let total = sum + prior(x, normal);
  if (anchor === undefined) return total;
  for (let k = 0; k < x.length; k++) {
    const slope = 1 / anchor.sigma[k],
      residual = (x[k] - anchor.x[k]) * slope;
    if (slope === 0) continue;
    total += residual * residual;
    if (normal === null) continue;
    normal.gradient[k] += residual * slope;
    normal.hessian[k * x.length + k] += slope * slope;
  }
  return total;
}

/** The chain of all native columns: amplitude, the structure's numbers, the instrument's but the amplitude. */
function wholeChain({ instrument }: Places, film: Chain): Chain {
  const others = INSTRUMENT.filter((name) => name !== "amplitude").map((name) => instrument[name]),
    inner = film.unknowns.length,
    count = film.first.length + others.length,
    first = new Int32Array(count + 1),
    unknowns = new Int32Array(1 + inner + others.length),
    factors = new Float64Array(unknowns.length).fill(1);
  unknowns[0] = instrument.amplitude;
  unknowns.set(film.unknowns, 1);
  unknowns.set(others, 1 + inner);
  factors.set(film.factors, 1);
  film.first.forEach((at, a) => (first[a + 1] = 1 + at));
  for (let a = film.first.length; a <= count; a++) first[a] = 1 + inner + a - film.first.length;
  return { first, unknowns, factors };
}

const LEAST_MEAN = 1e-6;

/** Deviance residuals and their derivatives by ln of what `slope` stands for; returns their sum of squares. A residual's
 *  square is −2 ln of the Poisson likelihood over that of the counts themselves, divided by 1 + ε² n. */
function residualsOf(
  counts: Float64Array,
  mean: Float64Array,
  slope: Float64Array,
  errors: Float64Array,
  residuals: Float64Array,
  weights: Float64Array,
): number {
  let sum = 0;
  for (let j = 0; j < counts.length; j++) {
    const n = counts[j],
      error = errors[j];
    if (error === Infinity) {
      residuals[j] = weights[j] = 0;
      continue;
    }
    const m = Math.max(mean[j], LEAST_MEAN),
      weight = 1 / Math.sqrt(1 + error * error * Math.max(n, 1)),
      half = n > 0 ? m - n + n * Math.log(n / m) : m,
      root = Math.sqrt(Math.max(2 * half, 0)),
      residual = weight * (n > m ? root : -root);
    residuals[j] = residual;
    weights[j] = weight * slope[j] * (root > 1e-3 ? (1 - n / m) / (n > m ? root : -root) : -1 / Math.sqrt(m));
    sum += residual * residual;
  }
  return sum;
}

/** Σ of the same squares. */
export function deviance(counts: Float64Array, mean: Float64Array, errors: Float64Array): number {
  let sum = 0;
  for (let j = 0; j < counts.length; j++) {
    const n = counts[j],
      error = errors[j];
    if (error === Infinity) continue;
    const m = Math.max(mean[j], LEAST_MEAN),
      half = n > 0 ? m - n + n * Math.log(n / m) : m;
    sum += (2 * Math.max(half, 0)) / (1 + error * error * Math.max(n, 1));
  }
  return sum;
}

/** Square roots of what each count adds to the deviance, with the sign of count − mean: residuals in standard deviations.
 *  @param error relative, beside counting */
export function residuals(counts: Float64Array, mean: Float64Array, error: number): Float64Array {
  const of = new Float64Array(counts.length);
  residualsOf(
    counts,
    mean,
    mean,
    mean.map(() => error),
    of,
    new Float64Array(counts.length),
  );
  return of;
}

/** Deviance of a place's curve.
 *  @param errors relative, of each point, beside counting */
export function devianceAt(
  problem: {
    readonly counts: Float64Array;
    objectiveAt(precision: Precision, x: Float64Array): Pick<Squares, "mean">;
  },
  precision: Precision,
  place: Place,
  errors: Float64Array,
): number {
  return deviance(problem.counts, problem.objectiveAt(precision, place.x).mean(place), errors);
}
