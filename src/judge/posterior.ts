/** Several maxima of a posterior density as one mixture of Gaussians (Laplace's method): draws of it say how sure the
 *  answer is. */
import { inverseFactor, lnDensity } from "../invert/mixture.ts";
import type { LeastSquaresResult } from "../fit/leastSquares.ts";
import { normals, uniforms } from "../invert/random.ts";
import { type PaperProblem, Unknown } from "./paperProblem.ts";

/** Laplace's method and an incomplete search make evidences look surer than they are: differences count for so much
 *  less. */
const TEMPER = 3;

/** One maximum. */
export interface Mode {
  readonly x: Float64Array;
  /** Σr² with the population's component that is its own. */
  readonly cost: number;
  /** Σr² of the counts alone, per point. */
  readonly deviance: number;
  /** Standard deviations by which that exceeds what Poisson counts give. */
  readonly excess: number;
  /** ln of its share of the posterior, up to a constant that all modes have in common. */
  readonly lnEvidence: number;
  /** Lower triangle L of the covariance L Lᵀ, row by row, over the unknowns that are not held by a bound. */
  readonly spread: Float64Array;
  readonly free: readonly number[];
}

/** The maximum that a fit ended in.
 *  @param error relative error of the counts besides Poisson's, as in the fit */
export function modeOf(
  problem: PaperProblem,
  { x, cost, residuals, jacobian, activeBound }: LeastSquaresResult,
  error: number,
): Mode {
  const n = x.length,
    rows = residuals.length,
    free = Array.from({ length: n }, (_, k) => k).filter((k) => activeBound[k] === 0),
    d = free.length;
  const precision = new Float64Array(d * d);
  for (let i = 0; i < rows; i++) {
    for (let a = 0; a < d; a++) {
      const value = jacobian[i * n + free[a]];
      if (value !== 0) for (let b = 0; b <= a; b++) precision[a * d + b] += value * jacobian[i * n + free[b]];
    }
  }
  for (let a = 0; a < d; a++) precision[a * d + a] += 1e-9 * (1 + precision[a * d + a]);
  // precision = M Mᵀ, covariance = M⁻ᵀ M⁻¹: a draw is M⁻ᵀ z.
  const inverse = inverseFactor(precision, d),
    spread = new Float64Array(d * d);
  let lnVolume = (d / 2) * Math.log(2 * Math.PI);
  for (let a = 0; a < d; a++) {
    lnVolume += Math.log(inverse[a * d + a]);
    for (let b = a; b < d; b++) spread[a * d + b] = inverse[b * d + a];
  }
  const deviance = residuals.subarray(0, problem.points).reduce((sum, r) => sum + r * r, 0);
  const shape = x.slice(Unknown.shape, Unknown.disorder),
    others = residuals.subarray(rows - 2).reduce((sum, r) => sum + r * r, 0);
  const lnEvidence =
    -(deviance + others) / 2 +
    lnDensity(problem.mixture, shape) +
    lnVolume +
    x[Unknown.scale] +
    x[Unknown.thickness];
  return {
    x,
    cost,
    deviance: deviance / problem.points,
    excess: problem.excess(x, deviance, error),
    lnEvidence,
    spread,
    free,
  };
}

/** Shares of the modes, which add up to 1. */
export function sharesOf(modes: readonly Mode[]): number[] {
  const top = Math.max(...modes.map(({ lnEvidence }) => lnEvidence)),
    weights = modes.map(({ lnEvidence }) => Math.exp((lnEvidence - top) / TEMPER));
  const sum = weights.reduce((a, b) => a + b, 0);
  return weights.map((weight) => weight / sum);
}

/** Draws of the posterior, within the bounds.
 *  @param inflation factor on the standard deviations */
export function drawsOf(
  problem: PaperProblem,
  modes: readonly Mode[],
  count: number,
  inflation: number,
  seed = 1,
): Float64Array[] {
  const shares = sharesOf(modes),
    next = uniforms(seed),
    normal = normals(seed + 1);
  return Array.from({ length: count }, () => {
    let left = next(),
      k = 0;
    while (k < modes.length - 1 && (left -= shares[k]) > 0) k++;
    const { x, spread, free } = modes[k],
      d = free.length,
      drawn = x.slice(),
      z = free.map(() => normal());
    for (let a = 0; a < d; a++)
      for (let b = a; b < d; b++) drawn[free[a]] += inflation * spread[a * d + b] * z[b];
    return problem.bound(drawn);
  });
}
