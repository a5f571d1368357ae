/** From a network's answer to the posterior of a scan of protocol "paper": the network says where to begin, the counts
 *  and the population decide. */
import type { NoiseKind } from "../dataset/generator.ts";
import { InvalidParameterError } from "../errors.ts";
import type { Preset } from "../dataset/presets.ts";
import { normals } from "../invert/random.ts";
import { strainAt, strainError } from "../profile/comparison.ts";
import type { Scan } from "../types.ts";
import { loadKernels } from "../wasm/load.ts";
import { workspaceOf } from "../wasm/workspace.ts";
import { climb, FLOOR } from "./climb.ts";
import { PaperProblem, Unknown } from "./paperProblem.ts";
import { populationOf } from "./population.ts";
import { drawsOf, type Mode, modeOf, sharesOf } from "./posterior.ts";

/** The answer to one scan. */
export interface Refined {
  /** By the preset's label names. */
  readonly labels: Float32Array;
  readonly verdict: "determined" | "ambiguous";
  /** Why, in words. */
  readonly reason: string;
  /** Strain (%) that the true profile lies within with 95 % probability, pointwise; depth in nm. */
  readonly band: { readonly depth: Float64Array; readonly lower: Float64Array; readonly upper: Float64Array };
  /** Distinct profiles that the scan allows, with their shares of the posterior; the answer's own first. */
  readonly alternatives: readonly {
    readonly labels: Float32Array;
    readonly share: number;
    readonly deviance: number;
  }[];
}

export interface Refiner {
  /** @param prediction labels that the network gives */
  refine(scan: Scan, prediction: Float32Array): Refined;
}

/** Starts at most where nothing explains the counts, and where something does; enough where the best maximum has been come to
 *  so often, from so many starts. */
const STARTS = 10;
const MOST = 6;
const AGAIN = 2;
const FEWEST = 3;
/** A fit whose deviance is this many standard deviations above what Poisson counts give explains nothing. */
const TOLERATED = 3;
/** Evidence (ln) below the best one's at which a mode no longer counts. */
const NEGLIGIBLE = 30;
const DRAWS = 120;
/** Factor on the standard deviations of the draws: the search misses maxima, and the model has errors of its own. */
const INFLATION = 2;
/** Starts that must have led to a maximum for it to be the highest; profiles beside one that fewer have led to, per draw. */
const SURE = 3;
const MISSED = 0.3;
const DEPTHS = 101;
/** Share of the posterior that must lie within 10 % of the answer for it to count as determined. */
const CERTAIN = 0.95;

/** @throws {InvalidParameterError} for presets of other protocols */
export async function createRefiner(preset: Preset, noise: NoiseKind): Promise<Refiner> {
  if (preset.protocol !== "paper")
    throw new InvalidParameterError("preset", 'one of protocol "paper"', preset.name);
  const { mixture, weights } = await populationOf(preset),
    { exports, simd } = await loadKernels(),
    workspace = workspaceOf(exports);
  // The published noise adds a draw to its mean: the variance is half the intensity.
  const countUnit = noise === "published" ? 0.5 : 1;
  return {
    refine: (scan, prediction) => {
      const problem = new PaperProblem(workspace, simd, preset, mixture, { ...scan, countUnit });
      return answer(problem, search(problem, prediction, weights), prediction, weights);
    },
  };
}

function explains({ excess }: Mode): boolean {
  return excess < TOLERATED;
}

/** A maximum, and how many starts led there. */
interface Found extends Mode {
  readonly hits: number;
}

function highest(modes: readonly Found[]): Found {
  return modes.reduce((a, b) => (b.cost < a.cost ? b : a));
}

function search(problem: PaperProblem, prediction: Float32Array, weights: number): Found[] {
  const first = problem.start(prediction),
    normal = normals(1),
    modes: Found[] = [];
  for (let k = 0; k < STARTS; k++) {
    const from = k % 2 === 0 && modes.length > 0 ? highest(modes).x : first;
    const mode = modeOf(
      problem,
      climb(problem, k === 0 ? first : elsewhere(problem, from, weights, normal)),
      FLOOR,
    );
    const known = modes.findIndex(
      (other) => Math.abs(other.cost - mode.cost) < 2 && alike(other, mode, weights),
    );
    if (known < 0) modes.push({ ...mode, hits: 1 });
    else modes[known] = { ...modes[known], hits: modes[known].hits + 1 };
    const best = highest(modes);
    if (k + 1 >= FEWEST && explains(best) && (best.hits >= AGAIN || k + 1 >= MOST)) break;
  }
  return modes.sort((a, b) => b.lnEvidence - a.lnEvidence);
}

/** What a maximum is most often mistaken for: neighbours at its largest strain exchanged; the film thicker or thinner by what
 *  one weight stands for, with the strain of every depth kept. */
function beside(problem: PaperProblem, x: Float64Array, weights: number): Float64Array[] {
  const shape = x.slice(Unknown.shape, Unknown.shape + weights),
    top = shape.indexOf(Math.max(...shape)),
    last = weights - 1;
  const shaped = (values: ArrayLike<number>, thickness = 0): Float64Array => {
    const moved = x.slice();
    moved.set(values, Unknown.shape);
    moved[Unknown.thickness] += thickness;
    return problem.bound(moved);
  };
  const exchanged = (k: number): Float64Array[] => {
    if (k < 0 || k >= last) return [];
    const values = shape.slice();
    [values[k], values[k + 1]] = [shape[k + 1], shape[k]];
    return [shaped(values)];
  };
  const thickened = (factor: number): Float64Array =>
    shaped(
      shape.map((_, k) => {
        const at = last - (last - k) * factor,
          left = Math.min(Math.floor(at), last - 1);
        return at < 0
          ? Math.max(0, (1 + at) * shape[0])
          : shape[left] * (1 - at + left) + shape[left + 1] * (at - left);
      }),
      Math.log(factor),
    );
  return [top - 2, top - 1, top, top + 1]
    .flatMap(exchanged)
    .concat(thickened(1 + 1 / weights), thickened(1 - 1 / weights));
}

/** A start beside the network's: thickness and scale moved, the shape shifted and stretched along the depth. */
function elsewhere(
  problem: PaperProblem,
  first: Float64Array,
  weights: number,
  normal: () => number,
): Float64Array {
  const x = first.slice(),
    shift = 0.6 * normal(),
    stretch = 1 + 0.1 * normal(),
    middle = (weights - 1) / 2;
  x[Unknown.thickness] += 0.04 * normal();
  x[Unknown.scale] += 0.05 * normal();
  for (let k = 0; k < weights; k++) {
    const at = Math.min(Math.max(middle + (k - middle) * stretch + shift, 0), weights - 1),
      left = Math.min(Math.floor(at), weights - 2);
    x[Unknown.shape + k] =
      first[Unknown.shape + left] * (1 - at + left) + first[Unknown.shape + left + 1] * (at - left);
  }
  return problem.bound(x);
}

function profileLabels(x: Float64Array, weights: number): { weights: Float64Array; thickness: number } {
  const scale = Math.exp(x[Unknown.scale]);
  return {
    weights: x.slice(Unknown.shape, Unknown.shape + weights).map((v) => scale * v),
    thickness: Math.exp(x[Unknown.thickness]),
  };
}

function alike(a: Mode, b: Mode, weights: number): boolean {
  const p = profileLabels(a.x, weights),
    q = profileLabels(b.x, weights);
  return strainError(p.weights, p.thickness, q.weights, q.thickness) < 0.03;
}

function answer(
  problem: PaperProblem,
  modes: readonly Found[],
  prediction: Float32Array,
  weights: number,
): Refined {
  const good = modes.filter(explains),
    isExplained = good.length > 0,
    live = (isExplained ? good : modes).filter(
      ({ lnEvidence }) => lnEvidence > modes[0].lnEvidence - NEGLIGIBLE,
    );
  const kept = live.length > 0 ? live : modes.slice(0, 1),
    best = kept[0],
    shares = sharesOf(kept);
  const normal = normals(2),
    start = problem.start(prediction);
  // Where nothing explains the counts, the truth lies somewhere about the network's answer and what was found.
  const draws = (
    isExplained
      ? drawsOf(problem, kept, DRAWS, INFLATION)
      : Array.from({ length: DRAWS }, (_, k) =>
          elsewhere(problem, k % 2 === 0 ? start : best.x, weights, normal),
        )
  ).map((x) => profileLabels(x, weights));
  const nearTo = ({ x }: Mode): number => {
    const own = profileLabels(x, weights);
    return (
      draws.filter((draw) => strainError(own.weights, own.thickness, draw.weights, draw.thickness) < 0.1)
        .length / draws.length
    );
  };
  // Of the maxima, the one beside which most of the posterior lies.
  const nearness = kept.map(nearTo),
    chosen = nearness.indexOf(Math.max(...nearness)),
    near = nearness[chosen],
    own = profileLabels(kept[chosen].x, weights);
  return {
    labels: problem.labels(kept[chosen].x),
    verdict: isExplained && near >= CERTAIN ? "determined" : "ambiguous",
    reason: isExplained
      ? `${Math.round(100 * near)} % of the profiles that the counts allow lie within 10 % of this one`
      : "no profile was found that explains the counts",
    band: bandOf([...draws, ...unseen(problem, kept[chosen], weights)], 1.1 * own.thickness),
    alternatives: kept.map((mode, k) => ({
      labels: problem.labels(mode.x),
      share: shares[k],
      deviance: mode.deviance,
    })),
  };
}

/** Profiles that a search may have missed: where few starts led to the same maximum, there is a higher one beside it as
 *  often as not. */
function unseen(
  problem: PaperProblem,
  { x, hits }: Found,
  weights: number,
): ReturnType<typeof profileLabels>[] {
  if (hits >= SURE) return [];
  const others = beside(problem, x, weights).map((other) => profileLabels(other, weights));
  return Array.from({ length: Math.round(MISSED * DRAWS) }, (_, k) => others[k % others.length]);
}

function bandOf(draws: readonly ReturnType<typeof profileLabels>[], deepest: number): Refined["band"] {
  const depth = Float64Array.from({ length: DEPTHS }, (_, i) => (i / (DEPTHS - 1)) * deepest),
    lower = new Float64Array(DEPTHS),
    upper = new Float64Array(DEPTHS);
  depth.forEach((z, i) => {
    const values = draws.map((draw) => strainAt(draw.weights, 1 - z / draw.thickness)).sort((a, b) => a - b);
    lower[i] = values[Math.floor(0.025 * (values.length - 1))];
    upper[i] = values[Math.ceil(0.975 * (values.length - 1))];
  });
  return { depth, lower, upper };
}
