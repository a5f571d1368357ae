/** From a start to a maximum of the posterior density: what the scan says is let in from the largest strain down, as phases
 *  are unwrapped.
 *
 *  Where the intensity of a strain comes from two depths, the order of its fringes is the area of the profile above that
 *  strain: little of the film near the largest strain, all of it near the substrate's peak. Let in all at once, fringes
 *  that are more than half a period off lead to one of very many wrong maxima. */
import type { LeastSquaresResult } from "../fit/leastSquares.ts";
import { levenbergMarquardt } from "../fit/levenbergMarquardt.ts";
import { type Anchor, type PaperProblem, Unknown } from "./paperProblem.ts";

/** Relative error of the model itself: slices and single precision. */
export const FLOOR = 0.01;
/** Relative errors of points that are not let in yet, and of those that are. */
const LOOSE = 1;
const TIGHT = 0.1;
/** Least strains, over the largest, of the points that are let in, one after the other; how gradually; iterations for each,
 *  for the loose curve before and for the whole after. */
const LET_IN = [0.8, 0.6, 0.4, 0.2, -Infinity];
const GRADUALLY = 0.05;
const EACH = 4;
const BEFORE = 3;
const AFTER = 25;
const LAST = 8;
/** Height of a profile's largest strain over its largest weight, about. */
const HEIGHT = 0.9;
/** Where a scan shows the film: from below the substrate's peak to above the largest strain; in largest strains, and %. */
const BELOW = 0.3;
const ABOVE = 1.2;
const BESIDE = 0.15;
/** Reach of the resolution, in widths: nearer to the ends of a part nothing is used. */
const REACH = 1.5;
/** Standard deviations that hold a climb near its start until all is let in: of ln thickness and ln scale, of all others. */
const HELD = [0.15, 0.15] as const;
const HELD_OTHERS = 0.3;

export function climb(whole: PaperProblem, start: Float64Array): LeastSquaresResult {
  const largest = largestWeight(start),
    edge = Math.ceil((REACH * Math.exp(start[Unknown.fwhm])) / whole.step) + 1;
  const shown = (e: number): boolean => e > -BELOW * largest - BESIDE && e < ABOVE * largest + BESIDE;
  const from = Math.max(0, whole.strains.findIndex(shown) - edge),
    to = Math.min(whole.points, whole.strains.findLastIndex(shown) + 1 + edge);
  const part = whole.part(from, to),
    first = from > 0 ? edge : 0,
    end = part.points - (to < whole.points ? edge : 0);
  const anchor: Anchor = { x: start, sigma: Float64Array.from(start, (_, k) => HELD[k] ?? HELD_OTHERS) };
  const errors = (of: (strain: number) => number): Float64Array =>
    part.strains.map((strain, j) => (j >= first && j < end ? of(strain) : Infinity));
  let { x } = fitted(
    part,
    start,
    errors(() => LOOSE),
    BEFORE,
    anchor,
  );
  for (const least of LET_IN) {
    const top = HEIGHT * largestWeight(x);
    ({ x } = fitted(
      part,
      x,
      errors((strain) => LOOSE * (TIGHT / LOOSE) ** (1 / (1 + Math.exp((least - strain / top) / GRADUALLY)))),
      EACH,
      anchor,
    ));
  }
  ({ x } = fitted(
    part,
    x,
    errors(() => FLOOR),
    AFTER,
  ));
  return fitted(whole, x, new Float64Array(whole.points).fill(FLOOR), LAST);
}

function fitted(
  problem: PaperProblem,
  x: Float64Array,
  errors: Float64Array,
  maxIterations: number,
  anchor?: Anchor,
): LeastSquaresResult {
  return levenbergMarquardt(problem.leastSquares(x, problem.component(x), errors, anchor), {
    maxIterations,
    costTolerance: 1e-5,
    stepTolerance: 1e-5,
  });
}

/** %. */
function largestWeight(x: Float64Array): number {
  return (
    Math.exp(x[Unknown.scale]) *
    x.subarray(Unknown.shape, Unknown.disorder).reduce((most, w) => Math.max(most, w), 0)
  );
}
