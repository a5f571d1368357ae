/** How sure an answer is: the maxima as a mixture of Gaussians (Laplace's method), its draws weighted by the exact posterior. */
import type { Precision } from "./precision.ts";
import { RIGHT } from "./distance.ts";
import { cholesky, solveTransposed } from "../leastSquares/linear.ts";
import { devianceAt, type ScanErrors } from "./objective.ts";
import { normals, uniforms } from "./random.ts";
import type { Problem } from "./problem.ts";
import type { Climbed } from "./climb.ts";
import type { Mode } from "./search.ts";
import type { Place, Places, SplineFilm } from "./unknowns.ts";

/** A film that the scan allows, and its share of the posterior. */
export interface Draw<F = SplineFilm> {
  readonly film: F;
  readonly weight: number;
}

/** A maximum as a Gaussian. */
interface Peak {
  readonly mode: Climbed;
  readonly free: readonly number[];
  /** Factor L of the precision L Lᵀ over the free unknowns. */
  readonly factor: Float64Array;
  /** ln of the integral of its density. */
  readonly lnEvidence: number;
  /** ln of the normalised Gaussian's height. */
  readonly lnHeight: number;
}

export interface Posterior<F = SplineFilm, M extends Climbed = Mode> {
  /** Weighted half by importance, half alike; weights sum to 1. */
  readonly draws: readonly Draw<F>[];
  /** The modes that count, the answer first, with shares by evidence that sum to 1. */
  readonly modes: readonly (M & { readonly share: number })[];
  /** Of the draws, how many equally weighted ones they are worth, relative. */
  readonly efficiency: number;
  /** Share of the draws within 10 % of the answer: weighted, and as they were drawn. */
  readonly mass: number;
  readonly drawnMass: number;
}

const DRAWS = 160;
/** Evidence (ln) below the best one's at which a mode no longer counts; modes at most. */
const NEGLIGIBLE = 12;
const MOST_MODES = 6;
/** Widening of the Gaussians that are drawn from, and degrees of freedom of their tails. */
const INFLATION = 1.2;
const FREEDOM = 8;
/** Differences of evidences count for so much less: Laplace's method and an incomplete search make them look too sure. */
export const TEMPER = 2;

/** A generator that yields after each curve. */
export function* posteriorOf<U extends Places, F, M extends Climbed>(
  problem: Problem<U, F>,
  modes: readonly M[],
  error: ScanErrors,
  seed = 1,
): Generator<{ readonly cost: number }, Posterior<F, M>, void> {
  const { films: space } = problem,
    best = modes.slice(0, MOST_MODES),
    peaks = best.map((mode) => peakOf(problem, mode, error)),
    top = Math.max(...peaks.map(({ lnEvidence }) => lnEvidence)),
    counting = [...peaks.keys()].filter((k) => peaks[k].lnEvidence > top - NEGLIGIBLE * TEMPER),
    live = counting.map((k) => peaks[k]),
    shares = normalised(live.map(({ lnEvidence }) => (lnEvidence - top) / TEMPER)),
    next = uniforms(seed),
    normal = normals(seed + 1);
  const drawn = Array.from({ length: DRAWS }, () => {
    let left = next(),
      k = 0;
    while (k < live.length - 1 && (left -= shares[k]) > 0) k++;
    return drawOf(problem, live[k], normal);
  });
  const lnWeights: number[] = [];
  for (const place of drawn) {
    const cost = minusTwoLn(problem, place, error);
    lnWeights.push(
      -cost / 2 - Math.max(...live.map((peak, k) => lnProposal(peak, place) + Math.log(shares[k]))),
    );
    yield { cost };
  }
  const weights = truncated(normalised(lnWeights)),
    films = drawn.map((place) => space.of(place)),
    modeFilms = live.map(({ mode }) => space.of(mode));
  const massOf = (film: F, of: readonly number[]): number =>
    films.reduce((sum, other, k) => (space.distance(other, film) < RIGHT ? sum + of[k] : sum), 0);
  const even = weights.map(() => 1 / weights.length),
    masses = modeFilms.map((film) => 0.5 * (massOf(film, weights) + massOf(film, even))),
    chosen = masses.indexOf(Math.max(...masses));
  const order = [chosen, ...live.keys()].filter((k, at, all) => all.indexOf(k) === at);
  return {
    draws: films.map((film, k) => ({ film, weight: 0.5 * (weights[k] + even[k]) })),
    modes: order.map((k) => ({ ...best[counting[k]], share: shares[k] })),
    efficiency: 1 / (weights.length * weights.reduce((sum, w) => sum + w * w, 0)),
    mass: massOf(modeFilms[chosen], weights),
    drawnMass: massOf(modeFilms[chosen], even),
  };
}

/** ln of the integral of the posterior density about a maximum, up to a constant. */
export function lnEvidenceOf<U extends Places, F>(
  problem: Problem<U, F>,
  mode: Climbed,
  error: ScanErrors,
  precision: Precision = problem.films.precision,
): number {
  return peakOf(problem, mode, error, precision).lnEvidence;
}

function peakOf<U extends Places, F>(
  problem: Problem<U, F>,
  mode: Climbed,
  error: ScanErrors,
  precision = problem.films.precision,
): Peak {
  const { hessian } = mode.fit.normal,
    n = mode.x.length,
    { lower, upper } = problem.bounds,
    free = Array.from({ length: n }, (_, k) => k).filter(
      (k) => upper[k] > lower[k] && hessian[k * n + k] > 0,
    ),
    d = free.length,
    factor = new Float64Array(d * d);
  free.forEach((i, a) => {
    for (let b = 0; b <= a; b++) factor[a * d + b] = hessian[i * n + free[b]];
    // A bound's own width: what the data leave open is not wider than the bounds.
    factor[a * d + a] += 4 / (upper[i] - lower[i]) ** 2;
  });
  let jitter = 1e-10;
  const copy = factor.slice();
  while (!cholesky(factor, d)) {
    factor.set(copy);
    for (let a = 0; a < d; a++) factor[a * d + a] *= 1 + jitter;
    jitter *= 10;
  }
  let lnDeterminant = 0;
  for (let a = 0; a < d; a++) lnDeterminant += Math.log(factor[a * d + a]);
  const lnHeight = lnDeterminant - (d / 2) * Math.log(2 * Math.PI);
  return {
    mode,
    free,
    factor,
    lnHeight,
    lnEvidence: -minusTwoLn(problem, mode, error, precision) / 2 - lnHeight,
  };
}

/** −2 ln of the posterior density, the whole mixture as prior, up to a constant that all places share. */
export function minusTwoLn<U extends Places, F>(
  problem: Problem<U, F>,
  place: Place,
  error: ScanErrors,
  precision = problem.films.precision,
): number {
  const { prior } = problem.films;
  return devianceAt(problem, precision, place, problem.errors(error)) - 2 * prior.lnDensity(place.x);
}

function drawOf<U extends Places, F>(
  problem: Problem<U, F>,
  { mode, free, factor }: Peak,
  normal: () => number,
): Place {
  const d = free.length,
    z = new Float64Array(d);
  for (let a = 0; a < d; a++) z[a] = normal();
  let chi2 = 0;
  for (let k = 0; k < FREEDOM; k++) chi2 += normal() ** 2;
  solveTransposed(factor, d, z);
  const x = mode.x.slice(),
    spread = INFLATION * Math.sqrt(FREEDOM / chi2);
  free.forEach((k, a) => (x[k] += spread * z[a]));
  return { x: problem.bound(x), sign: mode.sign };
}

/** ln of the density from which a place is drawn: multivariate t. */
function lnProposal({ mode, free, factor, lnHeight }: Peak, { x, sign }: Place): number {
  if (sign !== mode.sign) return -Infinity;
  const d = free.length;
  let squares = 0;
  for (let a = 0; a < d; a++) {
    let sum = 0;
    for (let b = a; b < d; b++) sum += factor[b * d + a] * (x[free[b]] - mode.x[free[b]]);
    squares += sum * sum;
  }
  return lnHeight - ((FREEDOM + d) / 2) * Math.log(1 + squares / (FREEDOM * INFLATION * INFLATION));
}

/** exp, scaled to sum 1. */
function normalised(logarithms: readonly number[]): number[] {
  const top = Math.max(...logarithms),
    values = logarithms.map((value) => Math.exp(value - top)),
    sum = values.reduce((a, b) => a + b, 0);
  return values.map((value) => value / sum);
}

/** No weight above √n times the mean (Ionides 2008). */
function truncated(weights: readonly number[]): number[] {
  const most = 1 / Math.sqrt(weights.length),
    cut = weights.map((w) => Math.min(w, most)),
    sum = cut.reduce((a, b) => a + b, 0);
  return cut.map((w) => w / sum);
}

/** Strain (%) below and above which a share of the draws lies, at depths (nm). */
export function quantilesOf<F>(
  draws: readonly Draw<F>[],
  strainAt: (film: F, depth: number) => number,
  depth: ArrayLike<number>,
  share: number,
): { lower: Float64Array; upper: Float64Array } {
  const lower = new Float64Array(depth.length),
    upper = new Float64Array(depth.length);
  for (let i = 0; i < depth.length; i++) {
    const values = draws
      .map(({ film, weight }) => ({ value: strainAt(film, depth[i]), weight }))
      .sort((a, b) => a.value - b.value);
    let sum = 0;
    lower[i] = values[0].value;
    upper[i] = values[values.length - 1].value;
    let isBelow = true;
    for (const { value, weight } of values) {
      sum += weight;
      if (isBelow && sum >= (1 - share) / 2) {
        lower[i] = value;
        isBelow = false;
      }
      if (sum >= (1 + share) / 2) {
        upper[i] = value;
        break;
      }
    }
  }
  return { lower, upper };
}
