/** From the numbers of a stack to a maximum of its posterior: each layer's peak first, then its fringes from the peak outwards.
 *
 *  The phase of the m-th fringe changes by half a period where the thickness is off by 1/(2m): far fringes say nothing before
 *  the near ones have been met. */
import type { NormalFit } from "../../leastSquares/normalFit.ts";
import { RADIANS } from "../../units.ts";
import { type Climbed, fitted, type Step } from "../climb.ts";
import { ROUGH } from "../precision.ts";
import { angleOf } from "../features.ts";
import { devianceAt, type Objective } from "../objective.ts";
import type { Place } from "../unknowns.ts";
import { againstSubstrate, type LayerProblem } from "./layerProblem.ts";
import { distinctLayers } from "./layerUnknowns.ts";
import type { Stack } from "../../types.ts";

/** Relative errors of points beyond the fringes of a level, and within. */
const LOOSE = 1;
const TIGHT = 0.2;
/** Fringes on either side of a layer's peak that each level lets in; iterations of a level, and of the end. */
const LEVELS = [2.5, 7, 20, Infinity];
const EACH = 5;
const AFTER = 25;
const LAST_ROUND = 2;

export interface LayerClimb {
  readonly stack: Stack;
  /** Of fewer points, for all but the end. */
  readonly sketch: LayerProblem;
  readonly problem: LayerProblem;
}

/** How far a start may be: its peaks are to be met first; all points may be let in at once; it stands where it is to stay. */
export type Nearness = "far" | "near" | "there";
const LEVELS_OF: Readonly<Record<Nearness, readonly number[]>> = { far: LEVELS, near: [Infinity], there: [] };

/** @param nearness of the start
 *  @param hopeless whether a cost with all points at `TIGHT` is not worth going on with
 *  @returns undefined where it was not */
export function* climbLayers(
  { sketch, problem, stack }: LayerClimb,
  start: Place,
  error: number,
  { nearness, hopeless }: { readonly nearness: Nearness; readonly hopeless: (cost: number) => boolean },
): Generator<Step, Climbed | undefined, void> {
  let x = start.x;
  const errorsOf = (objective: Objective, orders: number): Float64Array =>
    orders === Infinity
      ? new Float64Array(objective.points).fill(TIGHT)
      : errorsWithin(sketch, stack, { x, sign: 1 }, orders);
  let before = 0;
  for (const orders of LEVELS_OF[nearness]) {
    const objective = sketch.objectiveAt(ROUGH, x),
      errors = errorsOf(objective, orders),
      letIn = errors.reduce((sum, e) => (e === TIGHT ? sum + 1 : sum), 0);
    // A level that lets in hardly more than the one before is none.
    if (orders !== Infinity && letIn < 1.15 * before) continue;
    before = letIn;
    const fit = yield* fitted(objective, { x, sign: 1 }, { errors }, { maxIterations: EACH });
    x = fit.x;
    if (orders === Infinity && hopeless(fit.cost)) return undefined;
  }
  if (nearness === "there") {
    const errors = new Float64Array(sketch.points).fill(TIGHT);
    if (hopeless(devianceAt(sketch, ROUGH, start, errors))) return undefined;
  }
  for (let round = 0; ; round++) {
    const objective = problem.objectiveAt(problem.films.precision, x),
      fit: NormalFit = yield* fitted(
        objective,
        { x, sign: 1 },
        { errors: new Float64Array(objective.points).fill(error) },
        { maxIterations: AFTER },
      );
    x = fit.x;
    // A film of another class of thickness has another model.
    if (round === LAST_ROUND || problem.objectiveAt(problem.films.precision, x) === objective)
      return { x, sign: 1, fit };
  }
}

/** Factors by which the thickness of a layer may be off that meets its peak by others' help. */
const FACTORS = [0.5, 0.6, 0.71, 0.84, 1.19, 1.41, 1.68, 2];

/** Numbers with which each layer's peak is met, whatever lies between the peaks. */
export function* peaksMet(sketch: LayerProblem, stack: Stack, start: Place): Generator<Step, Place, void> {
  const { unknowns: u } = sketch;
  let place = yield* peaksFitted(sketch, stack, start);
  for (let i = 0; i < u.layers; i++) {
    const errors = errorsWithin(sketch, stack, place, LEVELS[0]);
    let best = { place, cost: devianceAt(sketch, ROUGH, place, errors) };
    for (const factor of FACTORS) {
      const x = best.place.x.slice();
      x[u.thickness(i)] = place.x[u.thickness(i)] + Math.log(factor);
      const other: Place = { x: sketch.bound(x), sign: 1 },
        cost = devianceAt(sketch, ROUGH, other, errors);
      if (cost < best.cost) best = { place: other, cost };
      yield { x: other.x, cost };
    }
    place = best.place;
  }
  return yield* peaksFitted(sketch, stack, place);
}

function* peaksFitted(sketch: LayerProblem, stack: Stack, start: Place): Generator<Step, Place, void> {
  const errors = errorsWithin(sketch, stack, start, LEVELS[0]),
    { x } = yield* fitted(sketch.objectiveAt(ROUGH, start.x), start, { errors }, { maxIterations: EACH });
  return { x, sign: 1 };
}

function errorsWithin(problem: LayerProblem, stack: Stack, place: Place, orders: number): Float64Array {
  const film = problem.film(place),
    { features, reflection } = problem.setting,
    peak = features.expected + place.x[problem.unknowns.instrument.offset],
    count = distinctLayers(stack).length,
    against = againstSubstrate(stack, film),
    reach = new Float64Array(count + 1),
    centres = new Float64Array(count + 1);
  for (let i = 0; i < count; i++) {
    centres[i] = angleOf(against[i], peak);
    const cosine = Math.cos((centres[i] * RADIANS) / 2);
    // λ/(t cos θ) of 2θ, radians; t in nm, λ in Å.
    reach[i] = (orders * reflection.wavelength) / (10 * film[i].thickness * cosine * RADIANS);
  }
  centres[count] = peak;
  reach[count] = 3 * Math.exp(place.x[problem.unknowns.instrument.fwhm]);
  return problem.twoTheta.map((t) => {
    for (let i = 0; i <= count; i++) if (Math.abs(t - centres[i]) < reach[i]) return TIGHT;
    return LOOSE;
  });
}
