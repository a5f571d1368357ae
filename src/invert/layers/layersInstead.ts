/** Whether uniform layers explain a scan better than the smooth profile that was found, or as well: cubic splines cannot make a
 *  step, and layers cannot make a slope. */
import type { Inversion } from "../../types.ts";
import { devianceAt } from "../objective.ts";
import { againstLayers, type InvertOptions } from "../options.ts";
import { TEMPER } from "../posterior.ts";
import { FINE } from "../precision.ts";
import type { Known } from "../prior.ts";
import type { ScanProblem } from "../scanProblem.ts";
import { type Found, TOLERATED } from "../search.ts";
import type { StagedStep } from "../staged.ts";
import type { Place, Places } from "../unknowns.ts";
import { FILM_NUMBERS } from "../unstrained.ts";
import { distinctLayers } from "./layerUnknowns.ts";
import { solveLayers } from "./solveLayers.ts";

/** Layers that are looked for beside a profile that explains the scan, and work over that of its search. */
const MOST = 2;
const WORK = 0.1;
/** Relative error beside counting from which a profile explains nothing, and climbs from which that is no fault of the search. */
const UNEXPLAINED = 0.05;
const ENOUGH = 6;
/** Numbers of a layer. */
const LAYER_NUMBERS = 3;
/** Gain from which layers are the answer, and down to which they stand beside the profile: of 141 simulated smooth films one gained
 *  more than −3, by 11.5 (docs/layers.md). */
export const INSTEAD = 12;
const BESIDE = -10;

/** Whether a scan may be one of layers where nothing is said of them. */
export function mayBeLayers(options: InvertOptions): boolean {
  return (
    options.layers === undefined &&
    (options.guesses ?? []).length === 0 &&
    againstLayers(options) === undefined
  );
}

/** Whether a search with its whole budget must look for layers, since no profile explains the scan. */
export function isUnexplained({
  errors: [error],
  excess,
  climbs,
}: Pick<Found, "errors" | "excess" | "climbs">): boolean {
  return climbs >= ENOUGH && (excess > TOLERATED || error >= UNEXPLAINED);
}

/** A quick look at uniform layers of the crystal itself beside a smooth profile.
 *  @param place of that profile
 *  @param work of the search for it: slices · angles
 *  @returns by how much −2 ln of the probability is lower for layers, by Schwarz's criterion */
export function* gainOfLayers(
  problem: ScanProblem,
  place: Place,
  {
    done,
    error,
    work,
    mostStrain,
    knownOf,
  }: {
    /** Where work is counted. */
    readonly done: { work: number };
    /** Relative, beside counting. */
    readonly error: number;
    readonly work: number;
    /** %. */
    readonly mostStrain: number;
    knownOf(unknowns: Places): readonly Known[];
  },
): Generator<StagedStep, number, void> {
  const { setting } = problem,
    solved = yield* solveLayers(
      { ...setting, relativeError: error, done },
      {
        crystal: setting.reflection,
        isSupposed: true,
        fewest: 1,
        most: MOST,
        mostStrain,
        knownOf: ({ unknowns }) => knownOf(unknowns),
      },
      WORK * work,
    ),
    [best] = solved.solutions,
    layered = devianceAt(best.problem, FINE, best, problem.errors(error));
  return schwarz(problem, place, { deviance: layered, error, layers: distinctLayers(best.stack).length });
}

/** The gain of an answer of layers over a smooth profile, at the relative error that the answer leaves. */
export function gainOfAnswer(
  problem: ScanProblem,
  place: Place,
  { chi2PerPoint, relativeError, stack }: Pick<Inversion, "chi2PerPoint" | "relativeError" | "stack">,
): number {
  return schwarz(problem, place, {
    deviance: chi2PerPoint * problem.points,
    error: relativeError,
    layers: distinctLayers(stack!.stack).length,
  });
}

function schwarz(
  problem: ScanProblem,
  place: Place,
  { deviance, error, layers }: { readonly deviance: number; readonly error: number; readonly layers: number },
): number {
  const smooth = devianceAt(problem, FINE, place, problem.errors(error));
  return smooth - deviance + (FILM_NUMBERS - LAYER_NUMBERS * layers) * Math.log(problem.points);
}

/** Share of the probability that is the smooth profile's; 1 where layers do not come near. */
export function shareOfProfile(gain: number): number {
  return gain < BESIDE ? 1 : 1 / (1 + Math.exp(gain / (2 * TEMPER)));
}
