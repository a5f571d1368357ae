/** A maximum of the posterior of one stack, and how it is climbed to. */
import type { Reflection, Stack } from "../../types.ts";
import type { Climbed } from "../climb.ts";
import { lnEvidenceOf } from "../posterior.ts";
import { staged, type StagedStep } from "../staged.ts";
import type { Place } from "../unknowns.ts";
import { climbLayers, type Nearness } from "./layerClimb.ts";
import type { LayerProblem } from "./layerProblem.ts";
import { stageOf, type LayerFilm } from "./layerUnknowns.ts";

export interface LayerMode {
  readonly problem: LayerProblem;
  readonly stack: Stack;
  readonly climbed: Climbed;
  readonly cost: number;
  /** Of the climb where all points have loose errors. */
  readonly loose: number;
  /** ln of the integral of the posterior about it (Laplace). */
  readonly lnEvidence: number;
  /** Climbs that ended here, from different starts. */
  readonly hits: number;
}

export interface LayerSearchSetting {
  /** Where work is counted, and how much of it there may be. */
  readonly done: { readonly work: number };
  readonly work: number;
  /** The stack of these numbers. */
  stackOf(film: LayerFilm): Stack;
  /** The problem of a stack, of all points of the scan. */
  problemOf(stack: Stack): LayerProblem;
  /** The same of as many points as tell one stack from another. */
  sketchOf(stack: Stack): LayerProblem;
  /** Thicknesses that the scan's fringes tell, nm, clearest first. */
  readonly fringes: readonly number[];
  readonly substrate: Reflection;
  /** Of layers that are not given. */
  readonly crystal: Reflection;
  readonly fewestLayers: number;
  readonly mostLayers: number;
  /** Against the substrate's lattice, %. */
  readonly mostStrain: number;
  /** Relative error of every count. */
  readonly error: number;
}

/** A climb whose cost at loose errors is above this many times the best one's, and so much more, is given up. */
const HOPELESS = 1.5;
const HOPELESS_FROM = 50;

/** The maximum that a climb from these numbers finds; the instrument starts as another mode has it. */
export function* climbedMode(
  setting: LayerSearchSetting,
  film: LayerFilm,
  like: LayerMode | undefined,
  { best, nearness = "far" }: { readonly best?: LayerMode | undefined; readonly nearness?: Nearness } = {},
): Generator<StagedStep, LayerMode | undefined, void> {
  const { error } = setting,
    stack = setting.stackOf(film),
    sketch = setting.sketchOf(stack),
    problem = setting.problemOf(stack),
    place = problem.place(film);
  if (like !== undefined && like.stack.layers.length > 0) instrumentFrom(problem, like.climbed, place);
  else problem.screen(place, new Float64Array(problem.points).fill(1));
  let loose = Infinity;
  const climbed = yield* staged(
    climbLayers({ sketch, problem, stack }, place, error, {
      nearness,
      hopeless: (cost) => {
        loose = cost;
        return best !== undefined && cost > HOPELESS * best.loose + HOPELESS_FROM;
      },
    }),
    stageOf(film),
  );
  if (climbed === undefined) return undefined;
  return {
    problem,
    stack,
    climbed,
    cost: climbed.fit.cost,
    loose,
    lnEvidence: lnEvidenceOf(problem, climbed, error),
    hits: 1,
  };
}

export function instrumentFrom({ unknowns }: LayerProblem, like: Place, { x }: Place): void {
  const count = x.length - unknowns.filmCount;
  x.set(like.x.subarray(like.x.length - count), unknowns.filmCount);
}
