/** A scan's layers: search, relative error, posterior. */
import type { Reflection, Stack } from "../../types.ts";
import { ANGSTROM_PER_NM, RADIANS } from "../../units.ts";
import { type Climbed, fitted, polish } from "../climb.ts";
import { CLOSE, FINE } from "../precision.ts";
import { relativeErrorOf } from "../errorModel.ts";
import { excessOf } from "../excess.ts";
import { deviance } from "../objective.ts";
import { lnEvidenceOf, type Posterior, posteriorOf, TEMPER } from "../posterior.ts";
import type { Known } from "../prior.ts";
import type { ScanSetting } from "../scanProblem.ts";
import { staged, type StagedStep } from "../staged.ts";
import { fringeThicknesses } from "./fringePeriods.ts";
import type { LayerMode, LayerSearchSetting } from "./layerMode.ts";
import { layerDistance, layerProblem, type LayerProblem } from "./layerProblem.ts";
import { searchLayers } from "./layerSearch.ts";
import { strainsShown } from "./residual.ts";
import { distinctLayers, type LayerFilm, withNumbers } from "./layerUnknowns.ts";
import { strainAgainst } from "../../profile/stack.ts";

/** What is asked of a scan. */
export interface LayersAsked {
  /** Crystal of layers whose number is found. */
  readonly crystal: Reflection;
  /** Whether a layer's crystal is only supposed: it may then scatter more. */
  readonly isSupposed: boolean;
  readonly fewest: number;
  readonly most: number;
  /** Crystals and order, where they are given, with numbers to start from (NaN where there are none). */
  readonly given?: { readonly stack: Stack; readonly film: LayerFilm };
  /** Largest |strain| of a layer's own lattice, %. */
  readonly mostStrain: number;
  knownOf(problem: Pick<LayerProblem, "unknowns">): readonly Known[];
}

export interface LayersSolved {
  readonly problem: LayerProblem;
  readonly stack: Stack;
  /** With the exact model, the answer first; shares of all stacks sum to 1. */
  readonly solutions: readonly LayerSolution[];
  readonly posterior: Posterior<LayerFilm, Climbed>;
  readonly error: number;
  readonly excess: number;
  readonly climbs: number;
  readonly reason: "agreed" | "budget";
  readonly features: LayerFeatures;
}

export interface LayerSolution extends Climbed {
  readonly problem: LayerProblem;
  readonly stack: Stack;
  readonly share: number;
}

/** What the confidence in a stack rests on. */
export interface LayerFeatures {
  /** Share of the draws in which all layers are those of the answer: weighted, and as drawn. */
  readonly mass: number;
  readonly drawnMass: number;
  readonly lnEfficiency: number;
  readonly hits: number;
  readonly climbs: number;
  /** ln evidence above the best stack of another number of layers, and above the next one of as many; at most 60. */
  readonly gapOfNumber: number;
  readonly gap: number;
  readonly excess: number;
  readonly error: number;
  readonly layers: number;
  /** Largest difference of a layer's Debye–Waller factor from 1, which a layer that was missed leaves. */
  readonly disorder: number;
}

/** Points that tell one stack from another. */
const SKETCHED = 500;
const FRINGES = 5;
/** How far beyond the scan a layer's peak may lie, over the largest strain; bounds of the largest thickness, nm. */
const BEYOND = 0.02;
const LEAST_THICKEST = 300;
const MOST_THICKEST = 5000;
/** Modes that are fitted with the relative error that the best one leaves. */
const SETTLED = 6;
const NEGLIGIBLE = 1e-3;
const FARTHEST = 60;
const POLISHED = 6;
/** ln evidence below the best one's up to which the exact model decides: between numbers of layers, and among as many. */
const DECIDED = 25;
const NEAR = 8;

export function* solveLayers(
  setting: ScanSetting,
  asked: LayersAsked,
  work: number,
): Generator<StagedStep, LayersSolved, void> {
  const done = setting.done ?? { work: 0 },
    search = searchSetting({ ...setting, done }, asked, work),
    found = yield* searchLayers({ ...search, done }, asked.given?.film),
    { modes: close, error } = yield* settled(found.modes, search.error, setting),
    modes = yield* exactly(close, error),
    [best] = modes,
    { problem, stack } = best,
    mean = problem.objectiveAt(FINE, best.climbed.x).mean(best.climbed),
    excess = excessOf(problem.counts, mean, error, deviance(problem.counts, mean, problem.errors(error)));
  const alike = modes.filter((mode) => mode.problem === problem).map(({ climbed }) => climbed),
    posterior = yield* staged(posteriorOf(problem, alike, error), "posterior"),
    shares = modes.map(({ lnEvidence }) => Math.exp((lnEvidence - best.lnEvidence) / TEMPER)),
    total = shares.reduce((a, b) => a + b, 0),
    distinct: (LayerSolution & { share: number })[] = [];
  for (const [k, mode] of modes.entries()) {
    const share = shares[k] / total,
      film = mode.problem.film(mode.climbed),
      alike = distinct.find((other) => layerDistance(other.problem.film(other), film) < 0.1);
    if (alike !== undefined) alike.share += share;
    else distinct.push({ ...mode.climbed, problem: mode.problem, stack: mode.stack, share });
  }
  const counting = distinct.filter(({ share }, k) => k === 0 || share >= NEGLIGIBLE),
    counted = counting.reduce((sum, { share }) => sum + share, 0),
    solutions = counting.map((solution) => ({ ...solution, share: solution.share / counted }));
  return {
    problem,
    stack,
    solutions,
    posterior,
    error,
    excess,
    climbs: found.climbs,
    reason: found.reason,
    features: {
      mass: posterior.mass,
      drawnMass: posterior.drawnMass,
      lnEfficiency: Math.log(posterior.efficiency),
      hits: Math.min(best.hits, 6),
      climbs: found.climbs,
      gapOfNumber: gapTo(modes, (mode) => mode.problem !== problem),
      gap: gapTo(modes, (mode) => mode !== best && mode.problem === problem),
      excess: Math.min(Math.max(excess, -4), 50),
      error,
      layers: distinctLayers(stack).length,
      disorder: problem
        .film(best.climbed)
        .reduce((most, { debyeWaller }) => Math.max(most, Math.abs(debyeWaller - 1)), 0),
    },
  };
}

function gapTo(modes: readonly LayerMode[], is: (mode: LayerMode) => boolean): number {
  const other = modes.find(is);
  return other === undefined ? FARTHEST : Math.min(modes[0].lnEvidence - other.lnEvidence, FARTHEST);
}

function searchSetting(setting: ScanSetting, asked: LayersAsked, work: number): LayerSearchSetting {
  const { scan, used, countUnit, reflection, floor, relativeError } = setting,
    crystals =
      asked.given === undefined
        ? [asked.crystal]
        : distinctLayers(asked.given.stack).map(({ crystal }) => crystal),
    // Relaxed, a layer of another crystal lies so far from the substrate.
    mismatch = Math.max(
      ...crystals.map((crystal) => Math.abs(strainAgainst(reflection, { crystal, strain: 0 }))),
    ),
    mostStrain = asked.mostStrain + mismatch,
    shown = shownBy(setting, mostStrain),
    points = used.reduce((sum, is) => sum + is, 0),
    every = Math.max(Math.ceil(points / SKETCHED), 1),
    sketched = { ...setting, used: everyNth(used, every) };
  const problems = new Map<string, LayerProblem>();
  const problemFor = (own: ScanSetting, stack: Stack, kind: string): LayerProblem => {
    const key = `${kind} ${distinctLayers(stack).length}`;
    let problem = problems.get(key);
    if (problem === undefined) {
      problem = layerProblem(own, { stack, knownOf: asked.knownOf, ...shown, isSupposed: asked.isSupposed });
      problems.set(key, problem);
    }
    return problem;
  };
  return {
    done: setting.done!,
    work,
    stackOf: (film) =>
      asked.given === undefined
        ? { substrate: reflection, layers: film.map((layer) => ({ crystal: asked.crystal, ...layer })) }
        : withNumbers(asked.given.stack, film),
    problemOf: (stack) => problemFor(setting, stack, "whole"),
    sketchOf: (stack) =>
      problemFor(every === 1 ? setting : sketched, stack, every === 1 ? "whole" : "sketch"),
    fringes: fringeThicknesses(
      scan.twoTheta.filter((_, i) => used[i] === 1),
      scan.intensity.filter((_, i) => used[i] === 1).map((y) => y / countUnit),
      reflection.wavelength,
      FRINGES,
    ),
    substrate: reflection,
    crystal: asked.crystal,
    fewestLayers: asked.fewest,
    mostLayers: asked.most,
    mostStrain,
    error: Math.max(relativeError ?? floor, floor),
  };
}

/** What the scan can show: strains (% against the substrate) whose peaks lie in it, and thicknesses (nm) whose fringes its steps
 *  tell. */
function shownBy(
  { scan: { twoTheta }, features, reflection }: ScanSetting,
  mostStrain: number,
): { strains: [number, number]; thickest: number } {
  const n = twoTheta.length,
    step = (((twoTheta[n - 1] - twoTheta[0]) / (n - 1)) * RADIANS) / 2,
    told = reflection.wavelength / (ANGSTROM_PER_NM * 2 * step * Math.cos((features.peak * RADIANS) / 2));
  return {
    strains: strainsShown(twoTheta, features.peak, mostStrain, BEYOND * mostStrain),
    thickest: Math.min(Math.max(told, LEAST_THICKEST), MOST_THICKEST),
  };
}

function everyNth(used: Uint8Array, every: number): Uint8Array {
  let k = 0;
  return used.map((is) => (is === 1 && k++ % every === 0 ? 1 : 0));
}

/** The best modes with the relative error that the best one leaves: one that is larger allows fewer layers. */
function* settled(
  modes: readonly LayerMode[],
  error: number,
  { floor, relativeError }: ScanSetting,
): Generator<StagedStep, { modes: LayerMode[]; error: number }, void> {
  let kept = modes.slice(0, SETTLED),
    own = error;
  for (let round = 0; round < 2 && relativeError === undefined; round++) {
    const [{ problem, climbed }] = kept,
      mean = problem.objectiveAt(CLOSE, climbed.x).mean(climbed),
      { value } = relativeErrorOf(problem.counts, mean, floor);
    if (value === own) break;
    own = value;
    const next: LayerMode[] = [];
    for (const mode of kept) {
      const errors = new Float64Array(mode.problem.points).fill(own),
        fit = yield* staged(
          fitted(
            mode.problem.objectiveAt(CLOSE, mode.climbed.x),
            mode.climbed,
            { errors },
            { maxIterations: 12 },
          ),
          "relative error",
        ),
        moved: Climbed = { x: fit.x, sign: 1, fit };
      next.push({
        ...mode,
        climbed: moved,
        cost: fit.cost,
        lnEvidence: lnEvidenceOf(mode.problem, moved, own),
      });
    }
    kept = next.sort((a, b) => b.lnEvidence - a.lnEvidence);
  }
  return { modes: kept, error: own };
}

/** The modes that count by the exact model: the best of each number of layers, and what lies near the best. */
function* exactly(modes: readonly LayerMode[], error: number): Generator<StagedStep, LayerMode[], void> {
  const [best] = modes,
    exact: LayerMode[] = [];
  for (const mode of modes) {
    const below = best.lnEvidence - mode.lnEvidence,
      isFirst = modes.find((other) => other.problem === mode.problem) === mode;
    if (below > (isFirst ? DECIDED : NEAR)) continue;
    const errors = new Float64Array(mode.problem.points).fill(error),
      climbed = yield* staged(polish(mode.problem, mode.climbed, errors, POLISHED), "exact curves");
    exact.push({ ...mode, climbed, lnEvidence: lnEvidenceOf(mode.problem, climbed, error, FINE) });
  }
  return exact.sort((a, b) => b.lnEvidence - a.lnEvidence);
}
