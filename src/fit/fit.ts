/** From a scan to the profiles that explain it, with no guess from the user: features of the scan, many rough starts,
 *  least squares from coarse to fine, and every distinct solution that the data do not exclude. */
import {
  InvalidParameterError,
  requireInteger,
  requireOneOf,
  requirePositive,
  requireWithin,
} from "../errors.ts";
import { validateScan } from "../io/scan.ts";
import { wavesOf } from "../instrument/waves.ts";
import { lorentzFraction, resolutionWidth, widened } from "../instrument/resolution.ts";
import type {
  Deviation,
  Instrument,
  Inversion,
  Profile,
  Progress,
  Reflection,
  Resolution,
  Sample,
  Scan,
  Solution,
} from "../types.ts";
import { type KernelOrigin, loadKernels } from "../wasm/load.ts";
import { type Workspace, workspaceOf } from "../wasm/workspace.ts";
import { type Candidate, candidates, guessed } from "./candidates.ts";
import { type Features, readFeatures } from "./features.ts";
import { guessesFrom, reordered } from "./guesses.ts";
import { jointBand } from "./jointBand.ts";
import { INSTRUMENT_PARAMETERS } from "./model.ts";
import type { ResidualKind } from "./residual.ts";
import { difference, profileOf, solutionOf } from "./solution.ts";
import {
  type Fitted,
  type Held,
  runStage,
  type StageOptions,
  type StageSetting,
  type State,
  TURN,
} from "./stage.ts";
import { thinned } from "./thinned.ts";
import { UNEXPLAINED, verdictOf } from "./verdict.ts";

/** Parameters that can be held at a value: nm, degrees 2θ, intensity. */
export type FixedParameter = "thickness" | "fwhm" | "offset" | "scale" | "background" | "backgroundSlope";

const FIXABLE: readonly FixedParameter[] = [
  "thickness",
  "fwhm",
  "offset",
  "scale",
  "background",
  "backgroundSlope",
];

export interface FitOptions {
  readonly sample?: Sample;
  /** "exact" if absent. */
  readonly deviation?: Deviation;
  /** What is known of the instrument: polarisation, monochromator, lines, shape of the resolution (its width is a start
   *  only). If that shape is absent, a Gaussian, or a pseudo-Voigt of any Lorentz fraction where the tails of the scan ask
   *  for one by Schwarz's criterion. */
  readonly instrument?: Instrument;
  readonly fix?: Partial<Record<FixedParameter, number>>;
  /** Ranges of 2θ (degrees) that the fit ignores. */
  readonly mask?: readonly (readonly [from: number, to: number])[];
  /** Cubic B-splines of the strain, and as many of the Debye–Waller factor; chosen by the data if absent. */
  readonly splines?: number;
  /** "counts" if absent: Poisson counts with a relative error besides; or "log". */
  readonly residual?: ResidualKind;
  /** Relative error of every intensity beside the counting: 0.03 if absent. */
  readonly relativeError?: number;
  /** What one count adds to the intensity; read off the scan if absent. */
  readonly countUnit?: number;
  /** Rough starts that are fitted: 14 if absent. */
  readonly starts?: number;
  /** Profiles that are fitted beside the rough starts. */
  readonly guesses?: readonly Profile[];
  /** The kernels, where the default cannot be used. */
  readonly wasm?: KernelOrigin;
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: Progress) => void;
}

const RELATIVE_ERROR = 0.03;
/** Error of ln intensity where logarithms are compared. */
const LOG_ERROR = 0.1;
const STARTS = 14;
/** Of these, the ones that are fitted further. */
const CONTINUED = 5;
const COARSE_SPLINES = 6;
/** Iterations of a rough fit, and its relative error: what it cannot explain yet is much. */
const ROUGH = 7;
const ROUGH_ERROR = 0.15;
/** Lorentz fraction of an unknown resolution, at the start. */
const START_LORENTZ = 0.05;
/** Of a rough fit with tails and the same without, where tails are needed. */
const TAILS_COST = 0.93;
const COARSENESS = 1.7;
/** Fits that only tell which of several is to be followed to the end. */
const GROWING = { iterations: 20, costTolerance: 1e-4 };
const SPLINE_CHOICES = [6, 8, 10, 12, 15, 18];
/** Of all stages together: a scan that needs more is not explained by the model. */
const MOST_ITERATIONS = 700;
/** χ² per point above which others are sought beside the solution found, and how often. */
const SUSPECT = 1.1;
const ROUNDS = 3;
/** Of those: relative error at first, then iterations and splines. */
const BESIDE_ERROR = 0.06;
const BESIDE = 12;
const BESIDE_SPLINES = 12;
/** Solutions worth refining: this many at most, and within this factor of the best coarse cost. */
const FINALISTS = 4;
const FINALIST_COST = 4;
/** A solution stands while its χ², scaled by the best one's χ²/ν, is larger by less. */
const DELTA_CHI2 = 9;
/** χ² per point above which the answer means nothing. */
const MEANINGLESS = 3;
/** Scaled Δχ² beyond which a solution is not followed any further. */
const HOPELESS = 100;
/** Of the unstrained crystal's χ² and the best one's. */
const FAR = 10;
/** Relative rms by which distinct profiles differ. */
const DISTINCT = 0.1;

/** Finds the strain and Debye–Waller profiles of a scan.
 *  @param scan angles in degrees 2θ; counts or rates
 *  @returns the best solution, its band, and the others that the data allow; `converged: false` with a `reason` where
 *    no fit ended at a minimum
 *  @throws {InvalidParameterError} @throws {NotFiniteError} @throws {UnreachableReflectionError} @throws {KernelLoadError}
 *  @throws the signal's reason when aborted
 *  @example
 *  const ysz = await reflection(material("YSZ"), { hkl: [4, 0, 0], wavelength: 1.5406 });
 *  const answer = await fit(parseScan(text), ysz);
 *  console.log(answer.maxStrain, answer.rms, answer.solutions.length); */
export async function fit(scan: Scan, reflection: Reflection, options: FitOptions = {}): Promise<Inversion> {
  const {
    signal,
    onProgress,
    starts = STARTS,
    splines,
    relativeError = RELATIVE_ERROR,
    residual = "counts",
  } = options;
  requireInteger("starts", starts, 1, 200);
  requireWithin("relativeError", relativeError, 0, 1);
  requireOneOf("residual", residual, ["counts", "log"]);
  if (splines !== undefined) requireInteger("splines", splines, 1, 60);
  if (typeof scan !== "object" || scan === null)
    throw new InvalidParameterError("scan", "{ twoTheta, intensity }", scan);
  if (reflection?.structureFactor === undefined)
    throw new InvalidParameterError(
      "reflection",
      "a Reflection: await reflection(crystal, { hkl, wavelength })",
      reflection,
    );
  const unknown = Object.keys(options.fix ?? {}).find((name) => !FIXABLE.includes(name as FixedParameter));
  if (unknown !== undefined) throw new InvalidParameterError("fix", `of ${FIXABLE.join(", ")}`, unknown);
  if (options.fix?.thickness !== undefined)
    requireWithin("fix.thickness", options.fix.thickness, Number.MIN_VALUE, 20_000, "nm");
  const valid = validateScan({ ...scan, countUnit: options.countUnit ?? scan.countUnit });
  const kernels = await loadKernels(options.wasm);
  signal?.throwIfAborted();
  const { setting, found, features } = prepare(
    valid,
    reflection,
    options,
    kernels.simd,
    workspaceOf(kernels.exports),
    starts,
  );

  let turn = performance.now(),
    furthest = 0;
  const pause = async (stage: string, fraction: number): Promise<void> => {
    // What is tried twice does not set progress back.
    furthest = Math.max(furthest, fraction);
    onProgress?.({ stage, fraction: furthest });
    if (performance.now() - turn > TURN) {
      await new Promise((resolve) => setTimeout(resolve, 0));
      turn = performance.now();
    }
    signal?.throwIfAborted();
  };

  const coarseOptions: StageOptions = {
    kind: residual,
    relativeError: residual === "log" ? LOG_ERROR : Math.max(relativeError, ROUGH_ERROR),
    costTolerance: 1e-3,
    coarseness: COARSENESS,
    iterations: ROUGH,
  };
  const fineOptions: StageOptions = {
    kind: residual,
    relativeError: residual === "log" ? LOG_ERROR : relativeError,
    iterations: 80,
    costTolerance: 1e-6,
  };
  const search: Search = {
    setting,
    thin: thinned(setting, Math.max(...found.map(({ thickness }) => thickness))),
    found,
    features,
    coarseOptions,
    fineOptions,
    splines,
    pause,
  };

  // Coarse: every start a little, then the best that differ to the end.
  const { coarseSetting, rough, isTailed } = await roughFits(search),
    coarse: Fitted[] = [];
  for (const [i, state] of unlike(rough, setting).slice(0, CONTINUED).entries()) {
    await pause("coarse fits", 0.4 + (0.2 * i) / found.length);
    coarse.push(await runStage(state, COARSE_SPLINES, coarseSetting, { ...coarseOptions, iterations: 20 }));
  }
  coarse.sort((a, b) => a.cost - b.cost);
  const finalists = unlike(coarse, setting)
    .filter((f) => f.cost < FINALIST_COST * coarse[0].cost + DELTA_CHI2)
    .slice(0, FINALISTS);
  // Fine: as many splines and such tails as the scan asks for.
  const { points } = setting;
  const free = heldScale(finalists[0], setting, options.fix?.scale);
  await pause("choosing splines", 0.6);
  const { best: chosen, held } = await chooseTails(search, finalists[0], free, isTailed);
  let best = chosen;
  for (let round = 0; round < ROUNDS && best.cost > SUSPECT * points && setting.budget.left > 0; round++) {
    const better = await finish(search, await besideOf(search, best, held), held);
    if (criterion(better, points) >= criterion(best, points)) break;
    best = better;
  }
  // The crystal without strain is a solution like any other, of few parameters.
  const unstrained = await finishUnstrained(best, held, fineOptions);
  if (unstrained !== undefined && criterion(unstrained, points) <= criterion(best, points)) {
    best = unstrained;
    finalists.length = 1;
  }
  const fine = [best];
  for (const [i, state] of finalists.slice(1).entries()) {
    await pause("other solutions", 0.8 + (0.2 * i) / finalists.length);
    if (setting.budget.left <= 0) break;
    if (best.cost > UNEXPLAINED * points) {
      fine.push(await finish(search, state, held));
      continue;
    }
    const begun = await runStage(state, best.splines, held, { ...fineOptions, ...GROWING, iterations: 10 });
    // What is still far from standing after ten steps is left.
    if (begun.cost - best.cost > (HOPELESS * best.cost) / points) continue;
    fine.push(await runStage(begun, best.splines, held, fineOptions));
  }
  fine.sort((a, b) => a.cost - b.cost);
  return conclude(fine, held, valid, reflection, features);
}

/** What the parts of one fit share. */
interface Search {
  readonly setting: StageSetting;
  /** For rough fits. */
  readonly thin: StageSetting;
  readonly found: readonly Candidate[];
  readonly features: Features;
  readonly coarseOptions: StageOptions;
  readonly fineOptions: StageOptions;
  /** Given, or chosen by the data. */
  readonly splines: number | undefined;
  readonly pause: (stage: string, fraction: number) => Promise<void>;
}

/** Fitted to the end, with a Lorentz fraction where Schwarz's criterion asks for it, if the resolution is not known.
 *  @param free the setting whose fraction is free
 *  @param isTailed whether the scan cannot be explained without tails */
async function chooseTails(
  search: Search,
  start: Fitted,
  free: StageSetting,
  isTailed: boolean,
): Promise<{ best: Fitted; held: StageSetting }> {
  const {
      setting: { points },
      fineOptions,
      splines = COARSE_SPLINES,
    } = search,
    plain = gaussianOnly(free);
  if (free.held.lorentzFraction !== undefined) return { best: await finish(search, start, free), held: free };
  const better = (a: Fitted, b: Fitted): boolean => criterion(a, points) < criterion(b, points);
  // Tails cost time: whether they are worth it a Gaussian of few splines tells, and once more one of many.
  const tailsOf = (gaussian: Fitted): Promise<Fitted> =>
    runStage(withTails(gaussian), gaussian.splines, free, { ...fineOptions, ...GROWING, iterations: ROUGH });
  let tailed = start;
  if (!isTailed) {
    const few = await runStage(start, splines, plain, { ...fineOptions, ...GROWING });
    tailed = await tailsOf(few);
    if (!better(tailed, few)) {
      const gaussian = await finish(search, few, plain);
      tailed = await tailsOf(gaussian);
      if (!better(tailed, gaussian)) return { best: gaussian, held: plain };
    }
  }
  const best = await finish(search, tailed, free),
    gaussian = await runStage(best, best.splines, plain, fineOptions);
  return better(best, gaussian) ? { best, held: free } : { best: gaussian, held: plain };
}

/** Every start fitted a little, best first: with a Gaussian resolution, unless the best start is much better with tails, or
 *  the resolution is known. */
async function roughFits({
  thin,
  found,
  features,
  coarseOptions,
  pause,
}: Search): Promise<{ coarseSetting: StageSetting; rough: Fitted[]; isTailed: boolean }> {
  const begin = async (from: StageSetting): Promise<Fitted[]> => {
    const fits: Fitted[] = [];
    for (const [i, candidate] of found.entries()) {
      await pause("coarse fits", (0.4 * i) / found.length);
      fits.push(await runStage(stateOf(candidate, features, from), COARSE_SPLINES, from, coarseOptions));
    }
    return fits.sort((a, b) => a.cost - b.cost);
  };
  const plain = gaussianOnly(thin),
    rough = await begin(plain),
    isKnown = thin.held.lorentzFraction !== undefined;
  const isTailed =
    !isKnown &&
    (await runStage(withTails(rough[0]), COARSE_SPLINES, thin, coarseOptions)).cost <
      TAILS_COST * rough[0].cost;
  return { isTailed, coarseSetting: isTailed ? thin : plain, rough: isTailed ? await begin(thin) : rough };
}

/** What is near the truth but for the order of its slices, or for a fringe, fits well and yet not within the noise: the best
 *  of such neighbours. */
async function besideOf(
  { setting, thin, found, features, coarseOptions, fineOptions, pause }: Search,
  best: Fitted,
  held: StageSetting,
): Promise<Fitted> {
  const near = profileOf(best, setting, 101),
    beside: Fitted[] = [],
    tried: Fitted[] = [];
  for (const profile of [...reordered(near), ...guessesFrom(near).slice(1)]) {
    await pause("looking beside", 0.75);
    const state = stateOf(guessed(profile, found[0]), features, setting);
    state.x.set(best.x.subarray(1 + 2 * best.splines), 1 + 2 * state.splines);
    beside.push(
      await runStage(
        state,
        state.splines,
        { ...thin, held: held.held },
        { ...coarseOptions, relativeError: Math.max(fineOptions.relativeError, BESIDE_ERROR) },
      ),
    );
  }
  beside.sort((a, b) => a.cost - b.cost);
  for (const state of unlike(beside, setting).slice(0, FINALISTS))
    tried.push(await runStage(state, BESIDE_SPLINES, held, { ...fineOptions, iterations: BESIDE }));
  return tried.reduce((a, b) => (b.cost < a.cost ? b : a));
}

/** Fitted to the end: with more splines for as long as Schwarz's criterion falls, if their number is not given. */
async function finish(
  { setting: { points, budget }, fineOptions, splines, pause }: Search,
  state: State,
  held: StageSetting,
): Promise<Fitted> {
  if (splines !== undefined) return runStage(state, splines, held, fineOptions);
  let best: Fitted | undefined;
  let last = state;
  for (const count of SPLINE_CHOICES) {
    const next = await runStage(last, count, held, { ...fineOptions, ...GROWING });
    const better = best === undefined || criterion(next, points) < criterion(best, points);
    if (budget.left <= 0 && best !== undefined) break;
    // A scan that is not explained yet is given more splines even if the last ones did not help.
    if (!better && best !== undefined && best.cost < UNEXPLAINED * points) break;
    if (better) best = next;
    last = next;
    await pause("choosing splines", 0.7);
  }
  return runStage(best!, best!.splines, held, fineOptions);
}

/** The unstrained crystal seen through the instrument, fitted, unless it is far from the scan; its covariance is that with
 *  the profile free. */
async function finishUnstrained(
  best: Fitted,
  setting: StageSetting,
  options: StageOptions,
): Promise<Fitted | undefined> {
  const x = best.x.slice();
  x.fill(0, 1, 1 + best.splines);
  x.fill(1, 1 + best.splines, 1 + 2 * best.splines);
  const plain: StageSetting = { ...setting, held: { ...setting.held, profile: true } };
  const begun = await runStage({ splines: best.splines, x }, best.splines, plain, {
    ...options,
    iterations: 4,
  });
  if (begun.cost > FAR * best.cost) return undefined;
  const fitted = await runStage(begun, best.splines, plain, options);
  const free = await runStage(fitted, best.splines, setting, { ...options, iterations: 0 });
  return {
    ...free,
    result: {
      ...free.result,
      rank: fitted.result.rank,
      converged: fitted.result.converged,
      reason: fitted.result.reason,
    },
  };
}

/** Setting of every stage, and the starts. */
function prepare(
  scan: Scan,
  reflection: Reflection,
  options: FitOptions,
  simd: boolean,
  workspace: Workspace,
  starts: number,
) {
  const { sample = {}, deviation = "exact", instrument = {}, fix = {}, mask = [] } = options;
  const { twoTheta, intensity } = scan;
  const waves = wavesOf(reflection, deviation, instrument);
  const features = readFeatures(scan, reflection, sample);
  const used = new Uint8Array(twoTheta.length).fill(1);
  for (const [from, to] of mask) {
    if (!(from <= to))
      throw new InvalidParameterError("mask", "ranges [from, to] with from ≤ to", `[${from}, ${to}]`);
    twoTheta.forEach((t, i) => {
      if (t >= from && t <= to) used[i] = 0;
    });
  }
  const points = used.reduce((a, b) => a + b, 0);
  if (points < 20)
    throw new InvalidParameterError("mask", "one that leaves at least 20 points", `${points} points left`);
  for (const name of ["thickness", "fwhm", "scale"] as const)
    if (fix[name] !== undefined) requirePositive(`fix.${name}`, fix[name]);

  const thin = sample.geometry === "thin film";
  const offset = fix.offset ?? instrument.offset ?? (thin ? 0 : features.peak - features.expected);
  const known = instrument.resolution;
  const shape: Resolution = known ?? { shape: "gaussian", fwhm: features.fwhm };
  const width = resolutionWidth(shape);
  // The peak is as wide as the resolution, or wider.
  const factor =
    (fix.fwhm ?? (thin && known !== undefined ? width : Math.min(features.fwhm, thin ? 0.02 : Infinity))) /
    width;
  const span = twoTheta[twoTheta.length - 1] - twoTheta[0];
  const most = Math.max(features.tensile, features.tensileWeak, 0.05),
    least = Math.min(features.compressive, features.compressiveWeak, -0.05);
  const background = Math.max(features.backgroundFirst, features.backgroundLast, features.countUnit);
  const setting: StageSetting = {
    base: {
      workspace,
      simd,
      twoTheta,
      reflection,
      sample,
      deviation,
      instrument,
      resolution: widened(shape, factor),
      strain: [1.4 * least - 0.2 * most, 1.4 * most - 0.2 * least],
      reach: 3 * width * factor + 0.05,
    },
    intensity,
    used,
    points,
    countUnit: features.countUnit,
    relativeError: options.relativeError ?? RELATIVE_ERROR,
    held: {
      ...(fix.thickness !== undefined && { thickness: Math.log(fix.thickness) }),
      ...(fix.fwhm !== undefined && { width: 0 }),
      ...(fix.offset !== undefined && { offset: fix.offset }),
      ...(thin && fix.offset === undefined && { offset }),
      ...(fix.background !== undefined && { background: fix.background }),
      ...(fix.backgroundSlope !== undefined && { backgroundSlope: fix.backgroundSlope }),
      ...(known !== undefined && { lorentzFraction: lorentzFraction(known) ?? 0 }),
    },
    mostBackground: 10 * background,
    budget: { left: MOST_ITERATIONS },
    offset: [offset, Math.max(2 * features.fwhm, 0.01)],
    ...(options.signal !== undefined && { signal: options.signal }),
  };
  // Fringes thinner than two steps are not in the scan.
  const step = (span / (twoTheta.length - 1)) * (Math.PI / 180);
  const thickest = waves[0].wave.wavelength / (2 * step * Math.cos((features.peak * Math.PI) / 360)) / 10;
  const whole = sample.filmThickness ?? Infinity;
  const found = candidates(
    {
      workspace,
      simd,
      twoTheta,
      intensity,
      used,
      waves,
      sample,
      features,
      offset,
      thickness: fix.thickness,
      thickest: Math.min(thickest, whole / 2),
    },
    starts,
  );
  const guesses = (options.guesses ?? []).map((profile) => guessed(profile, found[0]));
  return { setting, found: [...guesses, ...found], features };
}

/** Parameters of a rough start. */
function stateOf(candidate: Candidate, features: Features, setting: StageSetting): State {
  const n = candidate.splines ?? COARSE_SPLINES;
  const x = new Float64Array(1 + 2 * n + INSTRUMENT_PARAMETERS);
  x[0] = Math.log(candidate.thickness);
  for (let i = 0; i < n; i++) {
    const z = Math.min((i + 2) / n, 1);
    x[1 + i] = candidate.strain(z);
    x[1 + n + i] = candidate.debyeWaller(z);
  }
  const { twoTheta } = setting.base;
  const background = 0.5 * (features.backgroundFirst + features.backgroundLast);
  const slope =
    (features.backgroundLast - features.backgroundFirst) / (twoTheta[twoTheta.length - 1] - twoTheta[0]);
  x.set([0, setting.offset[0], candidate.lnScale, background, slope, START_LORENTZ], 1 + 2 * n);
  return { splines: n, x };
}

/** The setting with the scale held, where the caller gave one: intensity of the maximum, at the film found so far. */
function heldScale(state: Fitted, setting: StageSetting, scale: number | undefined): StageSetting {
  if (scale === undefined) return setting;
  const { layout } = state.model;
  const held: Held = {
    ...setting.held,
    scale: state.x[layout.scale] + Math.log(scale / state.model.peak(state.x)),
  };
  return { ...setting, held };
}

/** Those that differ, best first. */
function unlike(sorted: readonly Fitted[], setting: StageSetting): Fitted[] {
  const kept: Fitted[] = [];
  for (const fitted of sorted) {
    const own = profileOf(fitted, setting, 101);
    if (kept.every((other) => difference(profileOf(other, setting, 101), own) > DISTINCT)) kept.push(fitted);
  }
  return kept;
}

/** The same state with a little of a Lorentzian in its resolution. */
function withTails({ splines, x, model }: Fitted): State {
  const changed = x.slice();
  changed[model.layout.lorentzFraction] = START_LORENTZ;
  return { splines, x: changed };
}

/** The setting without tails, where they were free. */
function gaussianOnly(setting: StageSetting): StageSetting {
  return { ...setting, held: { lorentzFraction: 0, ...setting.held } };
}

/** Schwarz's criterion: m ln χ² + k ln m. */
function criterion(f: Fitted, points: number): number {
  return points * Math.log(f.cost) + f.result.rank * Math.log(points);
}

function conclude(
  fine: readonly Fitted[],
  setting: StageSetting,
  scan: Scan,
  reflection: Reflection,
  features: Features,
): Inversion {
  const [best] = fine;
  const { points } = setting;
  const variance = best.cost / Math.max(points - best.result.rank, 1);
  const excess = (f: Fitted): number => (f.cost - best.cost) / variance;
  const share = { variance: Math.max(variance, 1), weight: 1 },
    alone = solutionOf(best, setting, share),
    { chi2PerPoint } = alone;
  const explains = chi2PerPoint <= MEANINGLESS;
  // Alternatives to an answer that explains nothing are none.
  const standing = explains
    ? unlike(
        [best, ...fine.filter((f) => f !== best && f.result.converged && excess(f) < DELTA_CHI2)],
        setting,
      )
    : [best];
  const total = standing.reduce((sum, f) => sum + Math.exp(-excess(f) / 2), 0);
  const solutions = standing.map((f) => ({
    ...(f === best ? alone : solutionOf(f, setting, share)),
    weight: Math.exp(-excess(f) / 2) / total,
  }));
  const [first] = solutions;
  const unexplained = explains
    ? ""
    : `; but the model does not explain the scan (χ² per point ${chi2PerPoint.toFixed(1)}): check crystal, reflection, wavelength, geometry and resolution`;
  const strainBand = jointBand(solutions, "strain"),
    isConverged = best.result.converged;
  return {
    ...first,
    strainBand,
    debyeWallerBand: jointBand(solutions, "debyeWaller"),
    scan,
    reflection,
    converged: isConverged,
    reason: best.result.reason + unexplained,
    countUnit: setting.countUnit,
    used: setting.used,
    solutions,
    ...verdictOf({
      solutions,
      strainBand,
      isConverged,
      reflection,
      filmCounts: filmCounts(first, setting, features),
    }),
    method: "multi-start fit",
    methodReason: "no network was asked",
  };
}

/** Counts above background beside the unstrained peak. */
function filmCounts(
  { instrument, calculated }: Solution,
  { base: { twoTheta }, used, countUnit }: StageSetting,
  { peak, fwhm }: Features,
): number {
  const { background = 0, backgroundSlope = 0 } = instrument,
    middle = 0.5 * (twoTheta[0] + twoTheta[twoTheta.length - 1]);
  return calculated.reduce(
    (sum, m, i) =>
      sum +
      (used[i] === 1 && Math.abs(twoTheta[i] - peak) > 3 * fwhm
        ? (m - background - backgroundSlope * (twoTheta[i] - middle)) / countUnit
        : 0),
    0,
  );
}
