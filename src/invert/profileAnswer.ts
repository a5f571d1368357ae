/** The answer of splines to one scan or several: search, posterior, verdict, and the crystal without strain where that is enough. */
import type { InvertedScan, Inversion, JointSolution } from "../types.ts";
import { curveOf, solutionOf, verdictOf } from "./answer.ts";
import { shownDraws } from "./answerParts.ts";
import { type InvertOptions, secondsOf } from "./options.ts";
import type { Problem } from "./problem.ts";
import type { ScanSetting } from "./scanProblem.ts";
import type { Starts } from "./race.ts";
import { type Found, limitsOf } from "./search.ts";
import { solve, type Solved } from "./solve.ts";
import type { StartFilms } from "./starts.ts";
import type { Turns } from "./turns.ts";
import { type Place, profileOf, type SplineFilm } from "./unknowns.ts";
import { unstrainedIfEnough } from "./unstrained.ts";

/** Depths of a draw's profile. */
const SHOWN_POINTS = 101;
/** Largest confidence in a crystal without strain: of five that were called determined all had a strained film. */
const UNSEEN = 0.5;

/** What is told of every inversion.
 *  @param seconds of one core, that it might take
 *  @param ended what climbs that agree ended at
 *  @param error relative, beside counting
 *  @param excess standard deviations of the deviance above what counts give */
export function told(
  { scan, reflection, countUnit, used }: ScanSetting,
  seconds: number,
  {
    prior,
    ended,
    error,
    excess,
    climbs,
    reason,
  }: {
    readonly prior: string;
    readonly ended: "profile" | "stack";
    readonly error: number;
    readonly excess: number;
  } & Pick<Found, "climbs" | "reason">,
) {
  const isBudgetSpent = reason === "budget";
  return {
    scan,
    reflection,
    converged: excess < 50,
    reason: {
      budget: `the budget of ${Number(seconds.toPrecision(3))} s was spent in ${climbs} climbs`,
      agreed: `${climbs} climbs, of which independent ones ended at the same ${ended}`,
      rivals: `${climbs} climbs; another ${ended} is as probable`,
    }[reason],
    isBudgetSpent,
    countUnit,
    used,
    relativeError: error,
    prior,
  };
}

/** Searches. The budget is that of as many scans as there are. */
export function profileSolved(
  problem: Problem,
  starts: Starts,
  proposals: readonly SplineFilm[],
  options: InvertOptions,
  turns: Turns,
): Promise<Solved> {
  const limits = limitsOf("integrated", options.effort, problem.scans.length);
  return turns.run(solve(problem, starts, proposals, limits), problem, limits.work);
}

/** Tells what was found.
 *  @param share of the probability that is a smooth profile's, where uniform layers come near */
export async function profileAnswer(
  problem: Problem,
  { found, posterior, features, solutions: exact }: Solved,
  {
    method,
    methodReason,
    share = 1,
  }: Pick<StartFilms, "method" | "methodReason"> & { readonly share?: number },
  options: InvertOptions,
  turns: Turns,
): Promise<Inversion> {
  const several = problem.scans.length,
    verdict = verdictOf(found, features, exact.length - 1, { scans: several, share }),
    { errors } = found,
    about = { errors, confidence: verdict.confidence },
    shared = {
      ...told(problem.scans[0].setting, several * found.stretch * secondsOf(options.effort), {
        ...found,
        error: errors[0],
        prior: problem.films.name,
        ended: "profile",
      }),
      features,
      method,
      methodReason,
    };
  const { draws } = posterior,
    plain = await unstrainedIfEnough(problem, exact[0], found, turns);
  if (plain !== undefined) {
    // What the scan does not show may be there all the same: the band is that of all films that explain it.
    const confidence = Math.min(verdict.confidence, UNSEEN),
      flat = { ...solutionOf(problem, plain, { ...about, confidence, draws, share: 1 }), maxStrain: 0 };
    const seen = seenOf(problem, plain, errors);
    return {
      ...shared,
      ...flat,
      ...scansOf(problem, seen, errors),
      solutions: [{ ...flat, ...seen }],
      verdict: "ambiguous",
      verdictReason: `the unstrained crystal explains the ${several === 1 ? "scan" : "scans"}; a film that is there does not show`,
      confidence,
      draws: shownDraws(draws, (film) => profileOf(film, SHOWN_POINTS)),
    };
  }
  const solutions = exact.map((mode) => solutionOf(problem, mode, { ...about, draws, share: mode.share })),
    seen = exact.map((mode) => seenOf(problem, mode, errors));
  return {
    ...shared,
    ...solutions[0],
    ...scansOf(problem, seen[0], errors),
    solutions: solutions.map((own, i) => ({ ...own, ...seen[i] })),
    ...verdict,
    draws: shownDraws(draws, (film) => profileOf(film, SHOWN_POINTS)),
  };
}

/** What a maximum says of each scan, where there are several. */
function seenOf(problem: Problem, place: Place, errors: readonly number[]): Pick<JointSolution, "scans"> {
  if (problem.scans.length === 1) return {};
  return { scans: problem.scans.map((own, k) => curveOf(own, problem.placeIn(k, place), errors[k])) };
}

/** What is told of each scan, where there are several. */
function scansOf(
  problem: Problem,
  { scans }: Pick<JointSolution, "scans">,
  errors: readonly number[],
): Pick<Inversion, "scans"> {
  if (scans === undefined) return {};
  return {
    scans: scans.map((seen, k): InvertedScan => {
      const { scan, reflection, countUnit, used } = problem.scans[k].setting;
      return { scan, reflection, countUnit, used, relativeError: errors[k], ...seen };
    }),
  };
}
