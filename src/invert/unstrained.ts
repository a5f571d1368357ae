/** The crystal without strain, which is a solution like any other, of few numbers. */
import { type Climbed, fitted } from "./climb.ts";
import { FINE } from "./precision.ts";
import { devianceAt } from "./objective.ts";
import type { Problem } from "./problem.ts";
import type { Found } from "./search.ts";
import type { Turns } from "./turns.ts";

/** Strain (%) that nothing tells from none. */
const NONE = 1e-4;
/** Numbers of a film of splines that a scan tells, about, for Schwarz's criterion: each adds ln(points) to −2 ln of the likelihood. */
export const FILM_NUMBERS = 6;

/** The unstrained crystal seen through the instrument, where Schwarz's criterion prefers it to the best film. */
export async function unstrainedIfEnough(
  problem: Problem,
  best: Climbed,
  found: Found,
  turns: Turns,
): Promise<Climbed | undefined> {
  const { unknowns: u, points } = problem,
    x = best.x.slice(),
    lower = problem.bounds.lower.slice(),
    upper = problem.bounds.upper.slice(),
    errors = problem.errors(found.errors);
  x[u.scale] = Math.log(NONE);
  x.fill(1, u.disorder, u.disorder + u.disorders);
  if (u.kind === "tied") x[u.disorder] = 0;
  for (let k = 0; k < u.filmCount; k++) lower[k] = upper[k] = x[k];
  const plain = problem.objectiveAt(FINE, best.x).bounded({ lower, upper });
  const fit = await turns.run(
      fitted(plain, { x, sign: best.sign }, { errors }, { maxIterations: 12 }),
      problem,
      Infinity,
    ),
    flat = { x: fit.x, sign: best.sign },
    gain = devianceAt(problem, FINE, flat, errors) - devianceAt(problem, FINE, best, errors);
  return gain < FILM_NUMBERS * Math.log(points) ? { ...flat, fit } : undefined;
}
