/** The relative error of the intensities beside the counting, as an unknown: what is left of a good fit tells it. */

import { deviance } from "./objective.ts";

/** Relative errors that are tried, and how probable each is beforehand: often none, else even in the logarithm. */
const TRIED = [0.003, 0.005, 0.008, 0.012, 0.018, 0.027, 0.04, 0.06, 0.09];
const NONE = 0.35;

export interface RelativeError {
  readonly value: number;
  /** −2 ln of the likelihood's norm and of the prior of the error, to be added to Σr². */
  readonly norm: number;
}

/** The relative error that makes counts of these means most probable.
 *  @param least of the model itself */
export function relativeErrorOf(counts: Float64Array, mean: Float64Array, least: number): RelativeError {
  let best: RelativeError | undefined,
    lowest = Infinity;
  for (const value of [least, ...TRIED.filter((e) => e > 1.2 * least)]) {
    const norm = normOf(counts, value, least),
      sum = norm + deviance(counts, mean, new Float64Array(counts.length).fill(value));
    if (sum < lowest) {
      lowest = sum;
      best = { value, norm };
    }
  }
  return best!;
}

/** Σ ln(1 + ε²n), less −2 ln of the error's prior. */
export function normOf(counts: Float64Array, value: number, least: number): number {
  let sum = -2 * Math.log(value <= least ? NONE : (1 - NONE) / TRIED.length);
  for (const n of counts) sum += Math.log(1 + value * value * Math.max(n, 1));
  return sum;
}
