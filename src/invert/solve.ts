/** A scan's problem solved: search, posterior, features. What `invert` and the evaluation of networks share. */
import { type Climbed, polish } from "./climb.ts";
import { type Features, featuresOf } from "./confidence.ts";
import { distance, RIGHT } from "./distance.ts";
import { type Posterior, posteriorOf } from "./posterior.ts";
import type { Problem } from "./problem.ts";
import type { Starts } from "./race.ts";
import { type Found, search, type SearchLimits } from "./search.ts";
import { staged, type StagedStep } from "./staged.ts";
import { filmOf, type SplineFilm } from "./unknowns.ts";

export interface Solved {
  readonly found: Found;
  readonly posterior: Posterior;
  readonly features: Features;
  /** The distinct maxima, with the exact model, the answer first; shares sum to 1. */
  readonly solutions: readonly (Climbed & { readonly share: number })[];
}

/** Steps of the work, so that the caller may pause or stop between them.
 *  @param proposals films that a network proposed, its own answer first */
export function* solve(
  problem: Problem,
  starts: Starts,
  proposals: readonly SplineFilm[],
  limits: SearchLimits,
): Generator<StagedStep, Solved, void> {
  const found = yield* search(problem, starts, limits);
  yield { cost: found.modes[0].cost, stage: "posterior" };
  const posterior = yield* staged(posteriorOf(problem, found.modes, found.errors), "posterior"),
    features = featuresOf(problem, found, posterior, proposals),
    errors = problem.errors(found.errors),
    exact: (Climbed & { share: number })[] = [];
  for (const mode of posterior.modes) {
    const film = filmOf(problem.unknowns, mode),
      alike = exact.find((other) => distance(film, filmOf(problem.unknowns, other)) < RIGHT);
    if (alike !== undefined) {
      alike.share += mode.share;
      continue;
    }
    exact.push({ ...(yield* staged(polish(problem, mode, errors), "exact curves")), share: mode.share });
  }
  const total = exact.reduce((sum, { share }) => sum + share, 0);
  return {
    found,
    posterior,
    features,
    solutions: exact.map((mode) => ({ ...mode, share: mode.share / total })),
  };
}
