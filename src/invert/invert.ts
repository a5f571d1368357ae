/** The one call that most users make: a scan in, the posterior of its strain profile out. */
import { InvalidParameterError } from "../errors.ts";
import { validateScan } from "../io/scan.ts";
import { interpolate } from "../profile/sampled.ts";
import type { Inversion, Profile, Reflection, Scan } from "../types.ts";
import { loadKernels } from "../wasm/load.ts";
import { workspaceOf } from "../wasm/workspace.ts";
import { wavesOf } from "../instrument/waves.ts";
import { solutionOf, verdictOf } from "./answer.ts";
import { shownDraws } from "./answerParts.ts";
import { readFeatures } from "./features.ts";
import { guessesFrom } from "./guesses.ts";
import { gainOfLayers, INSTEAD, mayBeLayers, shareOfProfile } from "./layers/layersInstead.ts";
import { layersAnswer, layersOfScan, type LayersWanted } from "./layers/invertLayers.ts";
import { openNetwork } from "./networks.ts";
import { checkOptions, type InvertOptions, MOST_STRAIN, secondsOf, WORK_PER_SECOND } from "./options.ts";
import { withoutStrayPoints } from "./points.ts";
import { flatPopulation, populationFor } from "./populations.ts";
import type { Known } from "./prior.ts";
import { roughStartsSteps } from "./roughStarts.ts";
import type { FixedParameter, ScanProblem, ScanSetting } from "./scanProblem.ts";
import { type Found, type SearchLimits, type Start, TOLERATED } from "./search.ts";
import { solve, type Solved } from "./solve.ts";
import { splineProblem } from "./splines.ts";
import { Turns } from "./turns.ts";
import { filmOf, type Places, profileOf, type SplineFilm, Unknowns } from "./unknowns.ts";
import { unstrainedIfEnough } from "./unstrained.ts";

const SPLINES = 10;
const PROPOSALS = 64;
const ROUGH_STARTS = 14;
/** Relative error of the model itself: slices, and angles between those that are computed. */
const FLOOR = 0.01;
/** Work of a search for layers over that for a profile, at most: hardly one scan in ten needs it. */
const LAYERS_WORK = 3;
/** Depths of a draw's profile. */
const SHOWN_POINTS = 101;
/** No detector counts more at a point. */
const MOST_COUNTS = 1e15;

/** Strain and disorder against depth from a measured scan. Starts are a network's proposals, where one is given and knows such
 *  scans, and rough shapes; the best climb to maxima of the posterior, which is then drawn from.
 *  @param scan angles in degrees 2θ; counts or rates
 *  @returns the profile with most of the posterior about it, its band, other profiles with their shares, and how sure it is
 *  @throws {InvalidParameterError} @throws {NotFiniteError} @throws {UnreachableReflectionError} @throws {KernelLoadError}
 *  @throws the signal's reason when aborted
 *  @example
 *  import "takagi/nn"; // knows the networks
 *  const { profile, verdict, confidence } = await invert(scan, reflection, { network: "universal" }); */
export async function invert(
  scan: Scan,
  reflection: Reflection,
  options: InvertOptions = {},
): Promise<Inversion> {
  checkOptions(options);
  if (typeof scan !== "object" || scan === null)
    throw new InvalidParameterError("scan", "{ twoTheta, intensity }", scan);
  if (reflection?.structureFactor === undefined)
    throw new InvalidParameterError(
      "reflection",
      "a Reflection: await reflection(crystal, { hkl, wavelength })",
      reflection,
    );
  const valid = withoutStrayPoints(noted(scan, options)),
    turns = new Turns(options),
    seconds = secondsOf(options.effort);
  await turns.begin("reading the scan");
  if (options.layers !== undefined) return layersInverted(valid, reflection, options, turns);
  const problem = await problemOf(valid, reflection, options);
  const { starts, proposals, method, methodReason } = await startsOf(problem, options, turns);
  const limits: SearchLimits = {
    fewest: 10,
    most: Math.max(Math.round(30 * seconds), 4),
    again: 3,
    work: seconds * WORK_PER_SECOND,
  };
  const solved = await turns.run(solve(problem, starts, proposals, limits), problem, limits.work),
    gain = await gainOf(problem, solved, options, turns);
  if (gain > INSTEAD) {
    const layered = await layersInverted(valid, reflection, { ...options, layers: "auto" }, turns);
    if (isBetter(layered, solved.found)) return layered;
  }
  return {
    ...(await profileAnswer(problem, solved, shareOfProfile(gain), options, turns)),
    method,
    methodReason,
  };
}

/** The answer where the film is one of a smooth profile, or the unstrained crystal.
 *  @param share of the probability that is a smooth profile's */
async function profileAnswer(
  problem: ScanProblem,
  { found, posterior, features, solutions: exact }: Solved,
  share: number,
  options: InvertOptions,
  turns: Turns,
): Promise<Omit<Inversion, "method" | "methodReason">> {
  const { scan } = problem.setting,
    error = found.error.value,
    verdict = verdictOf(found, features, exact.length - 1, share),
    about = { error, confidence: verdict.confidence, twoTheta: scan.twoTheta, intensity: scan.intensity },
    shared = {
      ...told(problem.setting, options, { ...found, error, prior: problem.films.name, ended: "profile" }),
      features,
    };
  const plain = await unstrainedIfEnough(problem, exact[0], found, turns);
  if (plain !== undefined) {
    const draws = [{ film: filmOf(problem.unknowns, plain), weight: 1 }],
      flat = { ...solutionOf(problem, plain, { ...about, confidence: 1, draws, share: 1 }), maxStrain: 0 };
    return {
      ...shared,
      ...flat,
      solutions: [flat],
      verdict: "determined",
      verdictReason: "the unstrained crystal explains the scan",
      confidence: 1,
      draws: [],
    };
  }
  const solutions = exact.map((mode) =>
    solutionOf(problem, mode, { ...about, draws: posterior.draws, share: mode.share }),
  );
  return {
    ...shared,
    ...solutions[0],
    solutions,
    ...verdict,
    draws: shownDraws(posterior.draws, (film) => profileOf(film, SHOWN_POINTS)),
  };
}

/** A valid copy that keeps what was noted on reading. */
function noted(scan: Scan, { countUnit }: InvertOptions): Scan {
  const valid = validateScan({ ...scan, countUnit: countUnit ?? scan.countUnit });
  return scan.notes === undefined ? valid : { ...valid, notes: scan.notes };
}

/** What is told of every inversion.
 *  @param ended what climbs that agree ended at
 *  @param error relative, beside counting
 *  @param excess standard deviations of the deviance above what counts give */
function told(
  { scan, reflection, countUnit, used }: ScanSetting,
  { effort }: InvertOptions,
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
    reason: isBudgetSpent
      ? `the budget of ${secondsOf(effort)} s was spent in ${climbs} climbs`
      : `${climbs} climbs, of which independent ones ended at the same ${ended}`,
    isBudgetSpent,
    countUnit,
    used,
    relativeError: error,
    prior,
  };
}

/** What layers gain over a profile. */
async function gainOf(
  problem: ScanProblem,
  { found, solutions }: Solved,
  options: InvertOptions,
  turns: Turns,
): Promise<number> {
  if (!mayBeLayers(options)) return -Infinity;
  const asked = {
    found,
    work: secondsOf(options.effort) * WORK_PER_SECOND,
    knownOf: (u: Places) => knownOf(options.known ?? {}, u, problem.setting.countUnit),
  };
  return turns.run(gainOfLayers(problem, solutions[0], asked), problem, Infinity, "layers");
}

/** Whether layers explain a scan, or leave less of it than the profile does. */
function isBetter({ stack, features, relativeError }: Inversion, { error, excess }: Found): boolean {
  if (stack === undefined || stack.layers.length === 0) return false;
  if (excess <= TOLERATED) return features.excess <= TOLERATED;
  return (
    features.excess <= TOLERATED ||
    relativeError < error.value ||
    (relativeError === error.value && features.excess < excess)
  );
}

/** The answer where the sample is one of layers. */
async function layersInverted(
  scan: Scan,
  reflection: Reflection,
  options: InvertOptions,
  turns: Turns,
): Promise<Inversion> {
  const done = { work: 0 },
    setting = { ...(await settingOf(scan, reflection, options)), done },
    work = LAYERS_WORK * secondsOf(options.effort) * WORK_PER_SECOND,
    wanted: LayersWanted = {
      layers: options.layers!,
      ...(options.film !== undefined && { film: options.film }),
      mostStrain: options.mostStrain ?? MOST_STRAIN,
      knownOf: (unknowns) => knownOf(options.known ?? {}, unknowns, setting.countUnit),
    },
    solved = await turns.run(layersOfScan(setting, wanted, work), done, work, "layers");
  return {
    ...told(setting, options, { ...solved, prior: solved.problem.films.name, ended: "stack" }),
    method: "search",
    methodReason: "searched from what the scan's fringes and peaks show",
    ...layersAnswer(solved, scan),
  };
}

/** What is told of a scan's film whatever stands for it. */
async function settingOf(scan: Scan, reflection: Reflection, options: InvertOptions): Promise<ScanSetting> {
  const { sample = {}, deviation = "exact", instrument = {}, fix = {}, mask = [] } = options,
    { twoTheta } = scan;
  wavesOf(reflection, deviation, instrument);
  const features = readFeatures(scan, reflection, sample),
    used = new Uint8Array(twoTheta.length).fill(1);
  for (const [from, to] of mask)
    twoTheta.forEach((t, i) => {
      if (t >= from && t <= to) used[i] = 0;
    });
  const points = used.reduce((a, b) => a + b, 0);
  if (points < 20)
    throw new InvalidParameterError("mask", "one that leaves at least 20 points", `${points} points left`);
  const top = scan.intensity.reduce((a, b) => Math.max(a, b), 0) / features.countUnit;
  if (!(top <= MOST_COUNTS))
    throw new InvalidParameterError(
      "countUnit",
      `one of which no point has more than ${MOST_COUNTS}`,
      features.countUnit,
    );
  const kernels = await loadKernels(options.wasm);
  return {
    workspace: workspaceOf(kernels.exports),
    simd: kernels.simd,
    scan,
    countUnit: features.countUnit,
    used,
    reflection,
    sample,
    deviation,
    instrument,
    features,
    isSummed: false,
    held: fix,
    fwhm: [0.1 * features.fwhm, 2 * features.fwhm],
    floor: FLOOR,
    ...(options.relativeError === undefined ? {} : { relativeError: Math.max(options.relativeError, 1e-3) }),
  };
}

async function problemOf(scan: Scan, reflection: Reflection, options: InvertOptions): Promise<ScanProblem> {
  const { splines = SPLINES, mostStrain = MOST_STRAIN } = options,
    setting = await settingOf(scan, reflection, options),
    population =
      options.prior === "none" || splines !== SPLINES
        ? flatPopulation(splines)
        : await populationFor(options.prior ?? "universal", reflection);
  return splineProblem({
    ...setting,
    population,
    splines,
    known: knownOf(options.known ?? {}, new Unknowns(splines, population.kind), setting.countUnit),
    mostStrain,
  });
}

/** Where a known parameter stands among the unknowns. */
interface KnownPlace {
  readonly place: number;
  readonly isLogarithm: boolean;
  readonly unit: number;
}

function knownOf(known: NonNullable<InvertOptions["known"]>, u: Places, countUnit: number): Known[] {
  const places: Partial<Record<FixedParameter, KnownPlace>> = {
    ...(u instanceof Unknowns && { thickness: { place: u.thickness, isLogarithm: true, unit: 1 } }),
    fwhm: { place: u.instrument.fwhm, isLogarithm: true, unit: 1 },
    lorentzFraction: { place: u.instrument.lorentzFraction, isLogarithm: false, unit: 1 },
    offset: { place: u.instrument.offset, isLogarithm: false, unit: 1 },
    background: { place: u.instrument.background, isLogarithm: true, unit: countUnit },
    backgroundDecades: { place: u.instrument.slope, isLogarithm: false, unit: 1 / Math.LN10 },
  };
  return Object.entries(known).map(([name, [value, error]]) => {
    const { place, isLogarithm, unit } = places[name as FixedParameter]!;
    return { place, isLogarithm, value: value / unit, error: error / unit };
  });
}

interface Starts {
  readonly starts: readonly Start[];
  /** What the network says. */
  readonly proposals: readonly SplineFilm[];
  readonly method: Inversion["method"];
  readonly methodReason: string;
}

async function startsOf(problem: ScanProblem, options: InvertOptions, turns: Turns): Promise<Starts> {
  const { weights: splines } = problem.unknowns,
    starts: Start[] = [],
    put = (film: SplineFilm, from: string, fwhm?: number): void => {
      starts.push({ ...problem.place(film, fwhm === undefined ? {} : { fwhm }), from });
    };
  for (const guess of options.guesses ?? [])
    for (const profile of guessesFrom(guess)) put(filmFrom(profile, splines), "the profile that was given");
  const asked = await networkStarts(problem, options);
  asked.films.forEach(({ film, fwhm }, k) =>
    put(film, k === 0 ? "the network's answer" : "the network's proposals", fwhm),
  );
  const rough = await turns.run(roughStartsSteps(problem, ROUGH_STARTS), problem, Infinity, "rough shapes");
  for (const film of rough) put(film, "rough shapes");
  return {
    starts,
    proposals: asked.films.map(({ film }) => film),
    method: asked.films.length > 0 ? "network and search" : "search",
    methodReason: asked.reason,
  };
}

async function networkStarts(
  problem: ScanProblem,
  { network, predictor: own, sample, instrument, wasm }: InvertOptions,
): Promise<{ films: { film: SplineFilm; fwhm?: number }[]; reason: string }> {
  const { scan, reflection } = problem.setting,
    predictor = network === undefined ? own : await openNetwork(network),
    none = (reason: string) => ({ films: [], reason });
  if (predictor === undefined) return none("no network was given");
  const name = `network ${predictor.model?.card.name ?? "given"}`;
  if ((sample?.geometry ?? "single crystal") !== "single crystal")
    return none(`${name} knows single crystals only`);
  if ((reflection.asymmetry ?? 0) !== 0) return none(`${name} knows symmetric reflections only`);
  const { polarisation, monochromator } = instrument ?? {},
    options = {
      reflection,
      ...(polarisation !== undefined && { polarisation }),
      ...(monochromator !== undefined && { monochromator }),
      ...(wasm !== undefined && { wasm }),
    },
    { weights: splines } = problem.unknowns,
    { profile, outside } = await predictor.predict(scan, options);
  if (outside.length > 0) return none(`${name} does not know such scans: ${outside.join("; ")}`);
  const proposals =
      predictor.proposes === false || predictor.propose === undefined
        ? []
        : await predictor.propose(scan, PROPOSALS, options),
    films = [
      { film: filmFrom(profile, splines) },
      ...proposals.map(({ profile: own, labels }) => ({
        film: filmFrom(own, splines),
        ...(labels.fwhm === undefined ? {} : { fwhm: labels.fwhm }),
      })),
    ];
  return {
    films,
    reason: `searched from ${films.length === 1 ? `the profile of ${name}` : `${films.length} proposals of ${name}`} and from rough starts`,
  };
}

/** Splines that follow a sampled profile. */
function filmFrom({ depth, strain, debyeWaller }: Profile, splines: number): SplineFilm {
  const thickness = depth[depth.length - 1],
    // The maximum of spline i lies at the height (i + 2)/n.
    places = Float64Array.from(
      { length: splines },
      (_, k) => (1 - Math.min((k + 2) / splines, 1)) * thickness,
    );
  return {
    thickness,
    strainWeights: interpolate(depth, strain, places),
    debyeWallerWeights: interpolate(depth, debyeWaller, places),
  };
}
