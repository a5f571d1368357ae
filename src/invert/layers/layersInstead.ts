/** Whether uniform layers explain a scan better than the smooth profile that was found, or as well: cubic splines cannot make a
 *  step, and layers cannot make a slope. */
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
import { MOST_LAYERS } from "./layerOptions.ts";
import { distinctLayers } from "./layerUnknowns.ts";
import { solveLayers } from "./solveLayers.ts";

/** Layers that are looked for, and work over that of a search, beside a profile that explains the scan, and beside one that does
 *  not. */
const EXPLAINED = { most: 2, work: 0.1 };
const UNEXPLAINED = { most: MOST_LAYERS, work: 0.3 };
/** Numbers of a layer. */
const LAYER_NUMBERS = 3;
/** Gain from which layers are the answer, and down to which they stand beside the profile: of 141 simulated smooth films one gained
 *  more than −3, by 11.5 (docs/layers.md). */
export const INSTEAD = 12;
const BESIDE = -10;

/** Whether a scan may be one of layers where nothing is said of them. */
export function mayBeLayers(options: InvertOptions): boolean {
  return (
    options.layers === undefined && options.guesses === undefined && againstLayers(options) === undefined
  );
}

/** Uniform layers of the crystal itself against a smooth profile.
 *  @param place of that profile
 *  @param work of the search for it: slices · angles
 *  @returns by how much −2 ln of the probability is lower for layers, by Schwarz's criterion */
export function* gainOfLayers(
  problem: ScanProblem,
  place: Place,
  {
    found,
    work,
    mostStrain,
    knownOf,
  }: {
    readonly found: Pick<Found, "errors" | "excess">;
    readonly work: number;
    /** %. */
    readonly mostStrain: number;
    knownOf(unknowns: Places): readonly Known[];
  },
): Generator<StagedStep, number, void> {
  const { setting, points } = problem,
    [error] = found.errors,
    share = found.excess > TOLERATED ? UNEXPLAINED : EXPLAINED,
    errors = problem.errors(error);
  const solved = yield* solveLayers(
      { ...setting, relativeError: error },
      {
        crystal: setting.reflection,
        isSupposed: true,
        fewest: 1,
        most: share.most,
        mostStrain,
        knownOf: ({ unknowns }) => knownOf(unknowns),
      },
      share.work * work,
    ),
    [best] = solved.solutions,
    smooth = devianceAt(problem, FINE, place, errors),
    layered = devianceAt(best.problem, FINE, best, errors),
    numbers = FILM_NUMBERS - LAYER_NUMBERS * distinctLayers(best.stack).length;
  return smooth - layered + numbers * Math.log(points);
}

/** Share of the probability that is the smooth profile's; 1 where layers do not come near. */
export function shareOfProfile(gain: number): number {
  return gain < BESIDE ? 1 : 1 / (1 + Math.exp(gain / (2 * TEMPER)));
}
