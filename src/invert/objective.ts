/** −2 ln of the posterior density of a scan's unknowns, up to a constant, as least squares: Poisson deviance of the counts
 *  with a relative error beside the counting, and the prior. */
import type { NormalEquations, NormalProblem } from "../leastSquares/normalFit.ts";
import { check } from "../wasm/workspace.ts";
import type { CurveModel } from "./curveModel.ts";
import type { Gaussian } from "./mixture.ts";
import type { Prior } from "./prior.ts";
import type { Place, Unknowns } from "./unknowns.ts";

/** Holds unknowns near a start, with standard deviations (Infinity: not held). */
export interface Anchor {
  readonly x: Float64Array;
  readonly sigma: Float64Array;
}

/** What a fit of the objective is told beside the scan. */
export interface Terms {
  readonly sign: 1 | -1;
  readonly component: Gaussian;
  /** Relative error of each point beside the counting; Infinity: not used. */
  readonly errors: Float64Array;
  readonly anchor?: Anchor;
  /** −2 ln posterior is divided by this: what is over-determined by far moves gradually. 1 if absent. */
  readonly temperature?: number;
}

export interface Bounds {
  readonly lower: Float64Array;
  readonly upper: Float64Array;
}

export class Objective {
  readonly model: CurveModel;
  readonly counts: Float64Array;
  readonly unknowns: Unknowns;
  readonly prior: Prior;
  readonly bounds: Bounds;
  readonly points: number;
  readonly #native: NormalEquations;

  constructor(model: CurveModel, counts: Float64Array, prior: Prior, bounds: Bounds) {
    this.model = model;
    this.counts = counts;
    this.unknowns = model.setting.unknowns;
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

  problem(start: Float64Array, terms: Terms): NormalProblem {
    return { start, ...this.bounds, evaluate: (x, normal) => this.squares(x, terms, normal) };
  }

  /** −2 ln posterior with one component of the prior; fills `normal` where wanted. */
  squares(x: Float64Array, terms: Terms, normal: NormalEquations | null): number {
    const { sign, errors, component, anchor } = terms;
    let sum = this.model.evaluate({ x, sign }, normal !== null, (evaluated) => {
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
    if (normal !== null) this.#toUnknowns(x, sign, normal);
    sum += this.prior.squares(x, component, normal);
    if (anchor !== undefined)
      for (let k = 0; k < x.length; k++) {
        const slope = 1 / anchor.sigma[k],
          residual = (x[k] - anchor.x[k]) * slope;
        if (slope === 0) continue;
        sum += residual * residual;
        if (normal === null) continue;
        normal.gradient[k] += residual * slope;
        normal.hessian[k * x.length + k] += slope * slope;
      }
    return sum;
  }

  /** Mean counts. */
  mean(place: Place): Float64Array {
    return this.model.mean(place);
  }

  /** From the native columns' normal equations to those of the unknowns: strain weight k is scale · shape k. */
  #toUnknowns(x: Float64Array, sign: 1 | -1, { hessian, gradient }: NormalEquations): void {
    const u = this.unknowns,
      n = u.count,
      m = this.model.nativeCount,
      { hessian: h, gradient: g } = this.#native,
      scale = sign * Math.exp(x[u.scale]);
    // Native places: 0 amplitude, 1 ln t, 2 … strain, disorder, then the instrument's but amplitude.
    const to = nativePlaces(u);
    hessian.fill(0);
    gradient.fill(0);
    const first = 2,
      last = 2 + u.weights;
    for (let a = 0; a < m; a++) {
      const isStrain = a >= first && a < last,
        place = to[a];
      gradient[place] += isStrain ? scale * g[a] : g[a];
      if (isStrain) gradient[u.scale] += scale * x[place] * g[a];
    }
    const put = (i: number, k: number, value: number): void => {
      if (i >= k) hessian[i * n + k] += value;
      else hessian[k * n + i] += value;
    };
    // Row of the scale: Σ_k e_k · (column of strain k).
    const byScale = new Float64Array(m);
    for (let a = 0; a < m; a++) {
      let sum = 0;
      for (let k = first; k < last; k++) sum += scale * x[to[k]] * (a >= k ? h[a * m + k] : h[k * m + a]);
      byScale[a] = sum;
    }
    let scaleScale = 0;
    for (let k = first; k < last; k++) scaleScale += scale * x[to[k]] * byScale[k];
    hessian[u.scale * n + u.scale] = scaleScale;
    for (let a = 0; a < m; a++) {
      const fa = a >= first && a < last ? scale : 1;
      put(to[a], u.scale, fa * byScale[a]);
      for (let b = 0; b <= a; b++)
        put(to[a], to[b], fa * (b >= first && b < last ? scale : 1) * h[a * m + b]);
    }
  }
}

const places = new WeakMap<Unknowns, Int32Array>();

/** Of each native column, the unknown that it belongs to. */
function nativePlaces(u: Unknowns): Int32Array {
  let found = places.get(u);
  if (found === undefined) {
    const { instrument } = u,
      film = [u.thickness, ...Array.from({ length: u.weights + u.disorders }, (_, k) => u.shape + k)];
    found = Int32Array.from([
      instrument.amplitude,
      ...film,
      instrument.fwhm,
      instrument.lorentzFraction,
      instrument.offset,
      instrument.background,
      instrument.slope,
      instrument.diffuse,
      instrument.diffuseWidth,
      instrument.loss,
    ]);
    places.set(u, found);
  }
  return found;
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
