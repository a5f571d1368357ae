/** From starts to the maxima of the posterior density: heats of starts, whose best climb, and climbs to what was found again from
 *  beside, until the best maximum has been met several times and explains the counts, or the work is done. */
import { distance, RIGHT } from "./distance.ts";
import { type Climbed, climb, fitted, type Step } from "./climb.ts";
import { Heats, race, SAME, type Start, type Starts } from "./race.ts";
import { ROUGH } from "./precision.ts";
import { relativeErrorOf } from "./errorModel.ts";
import { excessOf } from "./excess.ts";
import { deviance } from "./objective.ts";
import { type Effort, secondsOf, WORK_PER_SECOND } from "./options.ts";
import { normals, uniforms } from "./random.ts";
import type { Problem } from "./problem.ts";
import { staged, type StagedStep } from "./staged.ts";
import { filmOf, type Place } from "./unknowns.ts";

/** A maximum. */
export interface Mode extends Climbed {
  /** −2 ln of the posterior density, with the relative error that all modes share. */
  readonly cost: number;
  /** Climbs that ended here, from different starts; those from beside what was found count a third. */
  readonly hits: number;
  readonly from: string;
}

export interface Found {
  /** Lowest cost first. */
  readonly modes: readonly Mode[];
  /** Relative error beside the counting, of each scan. */
  readonly errors: readonly number[];
  /** Standard deviations by which the deviance of the best mode lies above what such counts give; of the scan that is worst
   *  explained. */
  readonly excess: number;
  readonly climbs: number;
  /** Budgets that the search might take. */
  readonly stretch: number;
  /** Why no more was looked for: climbs that agree, rivals that explain the counts as well, or the budget. */
  readonly reason: "agreed" | "rivals" | "budget";
}

export interface SearchLimits {
  /** Climbs at least and at most, and how often the best must be met. */
  readonly fewest: number;
  readonly most: number;
  /** Climbs until which a search may take LONGER. */
  readonly patience: number;
  readonly again: number;
  /** Units of work: slices · angles. */
  readonly work: number;
}

/** Climbs of a search of one second, and seconds of "normal": the paper's scans (summed) are simpler. */
const LIMITS = {
  summed: { fewest: 4, again: 3, most: 16, seconds: 0.6 },
  integrated: { fewest: 16, again: 3, most: 60, seconds: 1 },
};

/** Climbs at least, however little is asked for. */
const FEWEST = 4;

/** @param scans of one sample, each of which has as much work */
export function limitsOf(kind: keyof typeof LIMITS, effort: Effort | undefined, scans = 1): SearchLimits {
  const { fewest, again, most, seconds } = LIMITS[kind],
    factor = secondsOf(effort),
    // A budget that was made short is kept.
    isShort = factor < 1,
    least = isShort ? Math.max(Math.ceil(fewest / 2), FEWEST) : fewest;
  return {
    fewest: least,
    patience: isShort ? 0 : fewest,
    again,
    most: Math.max(Math.round(factor * most), least),
    work: scans * factor * seconds * WORK_PER_SECOND,
  };
}

/** Relative error of the first climbs. */
const FIRST_ERROR = 0.015;
/** Standard deviations above which a fit explains nothing. */
export const TOLERATED = 3;
/** Share of the budget of a heat's first level; races from beside what was found between two heats, their starts, and how many of
 *  these go on. */
const HEAT_WORK = 0.4;
const BETWEEN_HEATS = 2;
const BESIDE = { starts: 8, left: 2 };
/** Climbs after which a search ends where another film is as probable: to choose between them is not the search's. */
const RIVALS_AFTER = 16;
/** Cost below which another mode is a rival, above the best one's. */
const RIVAL = 4;
/** How much longer is looked where nothing that was found explains the counts, and until there are as many climbs as at least. */
const LONGER = 3;
/** What a climb from beside a mode counts when it ends there again: it is no independent witness. */
const BESIDE_HIT = 0.34;

export function* search(
  problem: Problem,
  starts: Starts,
  limits: SearchLimits,
): Generator<StagedStep, Found, void> {
  const heats = new Heats(problem, starts, HEAT_WORK * limits.work),
    normal = normals(1),
    uniform = uniforms(2),
    errors = problem.scans.map(({ setting: { isSummed, floor, relativeError } }) =>
      Math.max(relativeError ?? (isSummed ? floor : FIRST_ERROR), floor),
    ),
    before = problem.work;
  let modes: Mode[] = [],
    climbs = 0,
    besideSince = BETWEEN_HEATS,
    best: Mode | undefined,
    excess = Infinity,
    isLost = false,
    reason: Found["reason"] = "budget";
  const stretch = (): number => (isLost || climbs < limits.patience ? LONGER : 1);
  const isSpent = (share = 1): boolean => problem.work - before > share * stretch() * limits.work;
  const isDone = (): boolean => reason !== "budget" || climbs >= limits.most || isSpent();
  while (best === undefined || !isDone()) {
    const isHeat = heats.areLeft && besideSince >= BETWEEN_HEATS;
    besideSince = isHeat ? 0 : besideSince + 1;
    const ascents = isHeat
      ? yield* heats.next()
      : yield* race(
          problem,
          Array.from({ length: BESIDE.starts }, () => besides(problem, modes, normal, uniform)),
          BESIDE.left,
        );
    for (const ascent of ascents) {
      if (best !== undefined && isDone()) break;
      const { from } = ascent.start as Start,
        // The first climb goes to its end whatever it takes.
        climbed = yield* untilSpent(
          climb(problem, ascent, errors),
          from,
          () => best !== undefined && isSpent(1.1),
        );
      if (climbed === undefined) break;
      climbs++;
      const hits = isHeat ? 1 : BESIDE_HIT;
      modes = withMode(problem, modes, { ...climbed, cost: climbed.fit.cost, hits, from });
      if (modes[0] !== best) {
        best = modes[0];
        const means = meansAt(problem, best);
        excess = worstExcess(problem, means, errors);
        isLost =
          excess > TOLERATED && worstExcess(problem, means, errorsLeft(problem, means, errors)) > TOLERATED;
      }
      if (excess < TOLERATED) reason = reasonToEnd(problem, modes, climbs, limits);
    }
  }
  const taken = isSpent(1.1 / stretch()) ? LONGER : stretch();
  return yield* settled(problem, { modes, errors, excess, climbs, stretch: taken, reason });
}

/** Why a search ends before its budget is spent, where its best mode explains the counts. */
function reasonToEnd(
  problem: Problem,
  modes: readonly Mode[],
  climbs: number,
  { fewest, again }: SearchLimits,
): Found["reason"] {
  if (climbs >= fewest && modes[0].hits >= again) return "agreed";
  return climbs >= RIVALS_AFTER && hasRival(problem, modes) ? "rivals" : "budget";
}

/** Whether a film that is not the best one is as probable. */
function hasRival({ unknowns }: Problem, [best, ...others]: readonly Mode[]): boolean {
  const film = filmOf(unknowns, best);
  return others.some(
    (other) => other.cost < best.cost + RIVAL && distance(filmOf(unknowns, other), film) >= RIGHT,
  );
}

/** What a climb comes to; undefined where it was stopped. */
function* untilSpent(
  steps: Generator<Step, Climbed, void>,
  stage: string,
  isSpent: () => boolean,
): Generator<StagedStep, Climbed | undefined, void> {
  for (;;) {
    const { done, value } = steps.next();
    if (done === true) return value;
    yield { cost: value.cost, stage };
    if (isSpent()) return undefined;
  }
}

/** Standard deviations by which the counts' deviance lies above what these means and relative errors give, of the scan where it is
 *  most. */
function worstExcess(problem: Problem, means: readonly Float64Array[], errors: readonly number[]): number {
  return Math.max(
    ...means.map((mean, k) => {
      const { counts } = problem.scans[k];
      return excessOf(counts, mean, errors[k], deviance(counts, mean, problem.scans[k].errors(errors[k])));
    }),
  );
}

/** Mean counts of each scan. */
function meansAt(problem: Problem, place: Place): Float64Array[] {
  return problem.scans.map((scan, k) => {
    const own = problem.placeIn(k, place);
    return scan.objectiveAt(ROUGH, own.x).mean(own);
  });
}

/** Relative errors of the scans that means leave; those that are held stay. */
function errorsLeft(problem: Problem, means: readonly Float64Array[], errors: readonly number[]): number[] {
  const { scans } = problem;
  return means.map((mean, k) => {
    const { isSummed, relativeError, floor } = scans[k].setting;
    return isSummed || relativeError !== undefined
      ? errors[k]
      : relativeErrorOf(scans[k].counts, mean, floor).value;
  });
}

/** The same with the relative error that the best mode leaves. */
function* settled(problem: Problem, found: Found): Generator<StagedStep, Found, void> {
  let { modes, errors, excess } = found;
  for (let round = 0; round < 2; round++) {
    const before = errors,
      means = meansAt(problem, modes[0]);
    errors = errorsLeft(problem, means, before);
    excess = worstExcess(problem, means, errors);
    if (errors.every((value, k) => value === before[k])) break;
    modes = yield* again(problem, modes, errors);
  }
  return { ...found, modes, errors, excess };
}

function withMode(problem: Problem, modes: readonly Mode[], mode: Mode): Mode[] {
  const film = filmOf(problem.unknowns, mode),
    known = modes.findIndex(
      (other) =>
        Math.abs(other.cost - mode.cost) < 3 && distance(film, filmOf(problem.unknowns, other)) < SAME,
    );
  const all =
    known < 0
      ? [...modes, mode]
      : modes.map((other, k) =>
          k !== known ? other : { ...(mode.cost < other.cost ? mode : other), hits: other.hits + mode.hits },
        );
  return all.sort((a, b) => a.cost - b.cost);
}

/** Modes of an answer at most. */
export const MOST_KEPT = 4;

/** The modes that are worth it, fitted with another relative error. */
function* again(
  problem: Problem,
  modes: readonly Mode[],
  error: readonly number[],
): Generator<StagedStep, Mode[], void> {
  const kept: Mode[] = [],
    errors = problem.errors(error);
  for (const mode of modes.slice(0, MOST_KEPT)) {
    const fit = yield* staged(
      fitted(problem.objectiveAt(ROUGH, mode.x), mode, { errors }, { maxIterations: 12 }),
      "relative error",
    );
    kept.push({ ...mode, x: fit.x, fit, cost: fit.cost });
  }
  return kept.sort((a, b) => a.cost - b.cost);
}

/** Cost below which another mode's neighbours are looked at, too, above the best one's. */
const NEAR = 30;

/** A start beside a mode: the shape shifted and stretched along the depth, or its numbers moved. */
function besides(
  problem: Problem,
  modes: readonly Mode[],
  normal: () => number,
  uniform: () => number,
): Start {
  const near = modes.filter(({ cost }) => cost < modes[0].cost + NEAR),
    mode = uniform() < 0.7 ? modes[0] : near[Math.floor(uniform() * near.length)],
    { unknowns: u } = problem,
    x = mode.x.slice(),
    n = u.weights;
  const kind = uniform();
  if (kind < 0.55) {
    const size = uniform() < 0.7 ? 1 : 2.5,
      shift = 0.6 * size * normal(),
      stretch = 1 + 0.1 * size * normal(),
      middle = (n - 1) / 2;
    x[u.thickness] += 0.04 * size * normal();
    x[u.scale] += 0.05 * size * normal();
    for (const from of u.kind === "tied" ? [u.shape] : [u.shape, u.disorder])
      for (let k = 0; k < n; k++) {
        const at = Math.min(Math.max(middle + (k - middle) * stretch + shift, 0), n - 1),
          left = Math.min(Math.floor(at), n - 2);
        x[from + k] = mode.x[from + left] * (1 - at + left) + mode.x[from + left + 1] * (at - left);
      }
  } else if (kind < 0.8) x[u.thickness] += 0.1 * normal();
  else {
    for (let k = 0; k < n; k++) x[u.shape + k] += 0.15 * normal();
    if (u.kind === "free") for (let k = 0; k < n; k++) x[u.disorder + k] += 0.15 * normal();
  }
  return { x: problem.bound(x), sign: mode.sign, from: "beside what was found" };
}
