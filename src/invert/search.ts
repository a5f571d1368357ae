/** From starts to the maxima of the posterior density: all starts are seen once, the best climb, and what they found is climbed
 *  to again from beside, until the best maximum has been met twice and explains the counts, or the work is done. */
import { distance } from "./distance.ts";
import { byThickness } from "./films.ts";
import { type Climbed, climb, fitted } from "./climb.ts";
import { ROUGH } from "./precision.ts";
import { relativeErrorOf } from "./errorModel.ts";
import { excessOf } from "./excess.ts";
import { deviance } from "./objective.ts";
import { normals, uniforms } from "./random.ts";
import type { Problem } from "./problem.ts";
import { staged, type StagedStep } from "./staged.ts";
import { filmOf, type Place } from "./unknowns.ts";

/** A start, and where it comes from. */
export interface Start extends Place {
  readonly from: string;
}

/** A maximum. */
export interface Mode extends Climbed {
  /** −2 ln of the posterior density, with the relative error that all modes share. */
  readonly cost: number;
  /** Climbs that ended here, from different starts. */
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
  readonly reason: "agreed" | "budget";
}

export interface SearchLimits {
  /** Climbs at least and at most, and how often the best must be met. */
  readonly fewest: number;
  readonly most: number;
  readonly again: number;
  /** Units of work: slices · angles. */
  readonly work: number;
}

/** Relative error of the first climbs. */
const FIRST_ERROR = 0.015;
/** Standard deviations above which a fit explains nothing. */
export const TOLERATED = 3;
/** Relative distance below which two maxima are one. */
const SAME = 0.03;
/** Starts that climb first, in the order of one curve each. */
const FIRST = 4;
/** What a climb from beside a mode counts when it ends there again: it is no independent witness. */
const BESIDE_HIT = 0.34;

export function* search(
  problem: Problem,
  starts: readonly Start[],
  limits: SearchLimits,
): Generator<StagedStep, Found, void> {
  const ranked = yield* screened(problem, starts),
    normal = normals(1),
    uniform = uniforms(2),
    errors = problem.scans.map(({ setting: { isSummed, floor, relativeError } }) =>
      Math.max(relativeError ?? (isSummed ? floor : FIRST_ERROR), floor),
    );
  let modes: Mode[] = [],
    climbs = 0,
    next = 0;
  const begun = problem.work;
  const isDone = (): boolean => climbs >= limits.most || problem.work - begun > limits.work;
  let best: Mode | undefined,
    excess = Infinity,
    reason: Found["reason"] = "budget";
  while (!isDone() || best === undefined) {
    const isFresh = next < ranked.length && (climbs < FIRST || uniform() < 0.35 || modes.length === 0),
      start: Start = isFresh ? ranked[next++] : besides(problem, modes, normal, uniform);
    const steps = climb(problem, start, errors);
    let climbed: Climbed | undefined;
    for (;;) {
      const { done, value } = steps.next();
      if (done === true) {
        climbed = value;
        break;
      }
      yield { cost: value.cost, stage: start.from };
      if (best !== undefined && problem.work - begun > limits.work * 1.1) break;
    }
    if (climbed === undefined) break;
    climbs++;
    modes = withMode(problem, modes, {
      ...climbed,
      cost: climbed.fit.cost,
      hits: isFresh ? 1 : BESIDE_HIT,
      from: start.from,
    });
    const lowest = modes[0];
    if (lowest !== best || climbs === FIRST) {
      best = lowest;
      excess = excessAt(problem, best, errors);
    }
    if (climbs >= limits.fewest && modes[0].hits >= limits.again && excess < TOLERATED) {
      reason = "agreed";
      break;
    }
  }
  return yield* settled(problem, { modes, errors, excess, climbs, reason });
}

/** Standard deviations by which the counts' deviance lies above what the means of a place and these relative errors give, of the
 *  scan where it is most. */
function excessAt(problem: Problem, place: Place, errors: readonly number[]): number {
  return Math.max(
    ...meansAt(problem, place).map((mean, k) => {
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

/** The same with the relative error that the best mode leaves. */
function* settled(problem: Problem, found: Found): Generator<StagedStep, Found, void> {
  const { scans } = problem,
    isHeld = scans.map(({ setting }) => setting.isSummed || setting.relativeError !== undefined);
  if (isHeld.every(Boolean)) return found;
  let { modes, errors, excess } = found;
  for (let round = 0; round < 2; round++) {
    const [best] = modes,
      before = errors;
    errors = meansAt(problem, best).map((mean, k) =>
      isHeld[k] ? before[k] : relativeErrorOf(scans[k].counts, mean, scans[k].setting.floor).value,
    );
    excess = excessAt(problem, best, errors);
    if (errors.every((value, k) => value === before[k])) break;
    modes = yield* again(problem, modes, errors);
  }
  return { ...found, modes, errors, excess };
}

/** All starts by the cost of one curve each at a relative error of 100 %, best first, none twice. */
function* screened(problem: Problem, starts: readonly Start[]): Generator<StagedStep, Start[], void> {
  const errors = problem.errors(1),
    seen: { start: Start; cost: number }[] = [];
  for (const start of byThickness(problem.films, starts)) {
    const cost = problem.screen(start, errors);
    seen.push({ start, cost });
    yield { cost, stage: "looking at starts" };
  }
  seen.sort((a, b) => a.cost - b.cost);
  const kept: Start[] = [];
  for (const { start } of seen) {
    const film = filmOf(problem.unknowns, start);
    if (!kept.some((other) => distance(film, filmOf(problem.unknowns, other)) < SAME)) kept.push(start);
  }
  return kept;
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

/** The modes that are worth it, fitted with another relative error. */
function* again(
  problem: Problem,
  modes: readonly Mode[],
  error: readonly number[],
): Generator<StagedStep, Mode[], void> {
  const kept: Mode[] = [],
    errors = problem.errors(error);
  for (const mode of modes.slice(0, 4)) {
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
