/** From a start to a maximum of the posterior density: points of the scan are let in from the largest strain down, as phases
 *  are unwrapped.
 *
 *  Where the intensity of a strain comes from two depths, the order of its fringes is the area of the profile above that
 *  strain: little of the film near the largest strain, all of it near the substrate's peak. Let in all at once, fringes
 *  that are more than half a period off lead to one of very many wrong maxima. */
import { type NormalFit, type NormalFitOptions, normalFitSteps } from "../leastSquares/normalFit.ts";
import { FINE, ROUGH } from "./precision.ts";
import type { Anchor, Terms, ScanErrors, Squares } from "./objective.ts";
import type { Problem } from "./problem.ts";
import { fringesOf } from "./splines.ts";
import { INSTRUMENT, type InstrumentUnknown, type Place, type Places } from "./unknowns.ts";

/** Relative errors of points that are not let in yet, and of those that are. */
const LOOSE = 1;
const TIGHT = 0.1;
/** Fringes that a level lets in, fewest and most levels, how gradually a level ends (largest strains), iterations a level. */
const FRINGES = 5;
const FEWEST_LEVELS = 5;
const MOST_LEVELS = 40;
const GRADUALLY = 0.04;
const EACH = 2;
const BEFORE = 3;
const AFTER = 20;
/** Height of a profile's largest strain over its largest weight, about. */
const HEIGHT = 0.9;
/** Where a scan shows the film: from below the substrate's peak to above the largest strain; in largest strains, and %. */
const BELOW = 0.3;
const ABOVE = 1.2;
const BESIDE = 0.15;
/** Standard deviations that hold a climb near its start until all is let in: of ln thickness and ln scale, of all others. */
const HELD = 0.15;
const HELD_OTHERS = 0.3;
const HELD_INSTRUMENT: Partial<Record<InstrumentUnknown, number>> = {
  fwhm: 0.3,
  lorentzFraction: 0.1,
  background: 0.5,
  slope: 0.3,
  diffuse: 3,
  diffuseWidth: 0.5,
  loss: 0.03,
  amplitude: 0.5,
};

/** Where a climb is; `cost` is of the objective it is climbing now. */
export interface Step {
  readonly x: Float64Array;
  readonly cost: number;
}

/** Σr² and normal equations at the maximum, with all points and the errors that were asked for. */
export interface Climbed extends Place {
  readonly fit: NormalFit;
}

export function anchorAt({ unknowns: u, scans }: Problem, x: Float64Array, factor = 1): Anchor {
  const sigma = new Float64Array(x.length).fill(Infinity);
  sigma.fill(factor * HELD_OTHERS, 0, u.filmCount);
  sigma[u.thickness] = sigma[u.scale] = factor * HELD;
  for (const [name, value] of Object.entries(HELD_INSTRUMENT))
    for (const k of scans.keys())
      sigma[u.instrument[name as InstrumentUnknown] + k * INSTRUMENT.length] = factor * value;
  return { x: x.slice(), sigma };
}

/** Fits `objective` from x with these errors; a generator of its steps. */
export function* fitted(
  objective: Squares,
  place: Place,
  terms: Pick<Terms, "errors" | "anchor">,
  options: NormalFitOptions,
): Generator<Step, NormalFit, void> {
  const all: Terms = { ...terms, sign: place.sign, prior: objective.prior.near(place.x) };
  return yield* normalFitSteps(
    { start: place.x, ...objective.bounds, evaluate: (x, normal) => objective.squares(x, all, normal) },
    { costTolerance: 1e-5, ...options },
  );
}

/** A climb between two levels. */
export interface Ascent extends Place {
  readonly start: Place;
  /** Levels that are behind it, and all that it will have. */
  readonly level: number;
  readonly levels: number;
  /** Of the last level's objective. */
  readonly cost: number;
}

/** A climb that has not begun. */
export function begun(start: Place): Ascent {
  return { start, x: start.x, sign: start.sign, level: 0, levels: Infinity, cost: Infinity };
}

/** The points in which a climb sees the film, and what holds it near its start. */
function seenBy(problem: Problem, start: Place): { part: Squares; anchor: Anchor } {
  const largest = largestWeight(problem, start.x);
  const shown = (e: number): boolean => {
    const along = start.sign * e;
    return along > -BELOW * largest - BESIDE && along < ABOVE * largest + BESIDE;
  };
  return { part: problem.objectiveAt(ROUGH, start.x).within(shown), anchor: anchorAt(problem, start.x) };
}

/** A climb on through its levels, until `level` of them are behind it. */
export function* raised(problem: Problem, ascent: Ascent, level: number): Generator<Step, Ascent, void> {
  if (ascent.level >= Math.min(level, ascent.levels)) return ascent;
  const { start } = ascent,
    { sign } = start,
    { part, anchor } = seenBy(problem, start),
    own = part.strains;
  let { x, levels, cost } = ascent;
  const run = function* (errors: Float64Array, maxIterations: number): Generator<Step, void, void> {
    ({ x, cost } = yield* fitted(part, { x, sign }, { errors, anchor }, { maxIterations }));
  };
  if (ascent.level === 0) {
    yield* run(new Float64Array(part.points).fill(LOOSE), BEFORE);
    levels = Math.min(
      Math.max(Math.round(fringesOf(problem, { x, sign }) / FRINGES), FEWEST_LEVELS),
      MOST_LEVELS,
    );
  }
  const last = Math.min(level, levels);
  for (let next = ascent.level + 1; next <= last; next++) {
    const least = next === levels ? -Infinity : 1 - next / levels,
      top = HEIGHT * largestWeight(problem, x),
      errors = own.map(
        (e) => LOOSE * (TIGHT / LOOSE) ** (1 / (1 + Math.exp((least - Math.abs(e) / top) / GRADUALLY))),
      );
    yield* run(errors, next === levels ? 2 * EACH : EACH);
  }
  return { start, x, sign, level: last, levels, cost };
}

/** A climb to its end.
 *  @param error relative, at the end
 *  @returns the place where the rough model's posterior is highest; `polish` makes it exact */
export function* climb(problem: Problem, ascent: Ascent, error: ScanErrors): Generator<Step, Climbed, void> {
  const { start, sign, ...through } = yield* raised(problem, ascent, Infinity),
    { part } = seenBy(problem, start),
    { x } = yield* fitted(
      part,
      { x: through.x, sign },
      { errors: part.errors(error) },
      { maxIterations: AFTER },
    ),
    all = problem.objectiveAt(ROUGH, x),
    fit = yield* fitted(
      all,
      { x, sign },
      { errors: all.errors(error) },
      { maxIterations: all === part ? 1 : 8 },
    );
  return { x: fit.x, sign, fit };
}

/** The maximum of the fine model near a place. */
export function* polish<U extends Places, F>(
  problem: Problem<U, F>,
  place: Place,
  errors: Float64Array,
  iterations = 10,
): Generator<Step, Climbed, void> {
  const objective = problem.objectiveAt(FINE, place.x),
    fit = yield* fitted(objective, place, { errors }, { maxIterations: iterations });
  return { x: fit.x, sign: place.sign, fit };
}

/** %. */
function largestWeight({ unknowns: u }: Problem, x: Float64Array): number {
  let most = 0;
  for (let k = 0; k < u.weights; k++) most = Math.max(most, x[u.shape + k]);
  return Math.exp(x[u.scale]) * most;
}
