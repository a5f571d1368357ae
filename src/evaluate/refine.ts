/** The engine at work on samples of a preset: the preset's own physics and films, and a network's answers as starts. */
import type { NoiseKind } from "../dataset/generator.ts";
import { isPaper, type PaperPreset, type Preset } from "../dataset/presets.ts";
import { ownReflection } from "../dataset/scaling.ts";
import { bandOf, LEVEL, verdictOf } from "../invert/answer.ts";
import { CurveModel } from "../invert/curveModel.ts";
import { FINE } from "../invert/precision.ts";
import { InvalidParameterError } from "../errors.ts";
import { FEATURES, type Features } from "../invert/confidence.ts";
import { readFeatures } from "../invert/features.ts";
import type { Effort } from "../invert/options.ts";
import { populationFor } from "../invert/populations.ts";
import type { ScanProblem } from "../invert/scanProblem.ts";
import { fringesOf, splineProblem } from "../invert/splines.ts";
import { SplineStructure } from "../invert/splineStructure.ts";
import { startsAt } from "../invert/race.ts";
import { limitsOf } from "../invert/search.ts";
import { roughFilms, type StartFilm, startIn } from "../invert/starts.ts";
import { quantilesOf } from "../invert/posterior.ts";
import { solve } from "../invert/solve.ts";
import { filmOf, profileOf, putFilm, type SplineFilm, strainAtDepth, Unknowns } from "../invert/unknowns.ts";
import { CLASSICAL_ELECTRON_RADIUS } from "../units.ts";
import type { Reflection, Scan, Verdict } from "../types.ts";
import { loadKernels } from "../wasm/load.ts";
import { workspaceOf } from "../wasm/workspace.ts";

export interface StrainBand {
  readonly depth: Float64Array;
  readonly lower: Float64Array;
  readonly upper: Float64Array;
}

/** The answer to one scan. */
export interface Refined {
  /** By the preset's label names, in its units. */
  readonly labels: Float32Array;
  readonly verdict: Verdict;
  readonly confidence: number;
  /** Pointwise 95 % band of the strain (%); depth in the labels' unit of thickness. */
  readonly band: StrainBand;
  /** The same of the draws alone, not widened. */
  readonly drawn: StrainBand;
  readonly features: Features;
  /** ∫|e| dz/d of the answer. */
  readonly fringes: number;
}

/** What is asked of one scan. */
export interface RefineAsk {
  readonly scan: Scan;
  /** Rows of labels: the network's answer, then its proposals. */
  readonly rows: readonly Float32Array[];
  /** What the sample's reflection is, where the preset draws them: by the extras' names. */
  readonly extras?: Readonly<Record<string, number>>;
}

export interface Refiner {
  refine(ask: RefineAsk): Refined;
}

/** @param names label names of the rows, the preset's own
 *  @throws {InvalidParameterError} @throws {KernelLoadError} */
export async function createRefiner(
  preset: Preset,
  noise: NoiseKind,
  names: readonly string[],
  effort: Effort = "normal",
): Promise<Refiner> {
  const own = ownReflection(preset),
    population = await populationFor(preset, own ?? { d: PLANE }),
    { exports, simd } = await loadKernels(),
    workspace = workspaceOf(exports),
    ofPaper = isPaper(preset),
    limits = limitsOf(ofPaper ? "summed" : "integrated", effort),
    // The published noise adds a draw to its mean: the variance is half the intensity.
    countUnit = noise === "published" ? 0.5 : 1;
  const at = (row: Float32Array, name: string): number | undefined =>
      names.includes(name) ? row[names.indexOf(name)] : undefined,
    weights = (row: Float32Array, name: string): Float64Array =>
      Float64Array.from({ length: 10 }, (_, k) => at(row, `${name}${k + 1}`)!);
  return {
    refine: (ask) => {
      try {
        return answerTo(ask);
      } catch (error) {
        // What `invert` refuses (too few points, no peak) has the network's answer alone, and no confidence.
        if (error instanceof InvalidParameterError) return unanswered(ask.rows[0]!);
        throw error;
      }
    },
  };
  function answerTo({ scan, rows, extras }: RefineAsk): Refined {
    const reflection = own ?? reflectionOf(extras!),
      units =
        own === undefined
          ? { thickness: reflection.d / 10, width: degreesOf(reflection) / 100 }
          : { thickness: 1, width: 1 },
      features = readFeatures({ ...scan, countUnit }, reflection, {});
    const problem = splineProblem({
      workspace,
      simd,
      scan,
      countUnit,
      used: new Uint8Array(scan.twoTheta.length).fill(1),
      reflection,
      sample: {},
      deviation: ofPaper ? "linear" : "exact",
      instrument: {},
      features,
      population,
      splines: 10,
      isSummed: ofPaper,
      held: {},
      known: [],
      mostStrain: 1.3 * population.scale[1],
      fwhm: ofPaper
        ? [0.8 * preset.ranges.fwhm[0], 1.2 * preset.ranges.fwhm[1]]
        : [0.1 * features.fwhm, 2 * features.fwhm],
      floor: 0.01,
    });
    const films = rows.map((row): SplineFilm & { fwhm: number } => ({
      thickness: Math.max(Math.abs(at(row, "thickness")!) * units.thickness, 3),
      strainWeights: weights(row, "weight").map((w) => (ofPaper ? Math.abs(w) : w)),
      ...(ofPaper
        ? { disorder: Math.abs(at(row, "disorder")!) }
        : { debyeWallerWeights: weights(row, "debyeWaller").map((w) => Math.min(Math.max(w, 0), 1)) }),
      fwhm: at(row, "fwhm")! * units.width,
    }));
    const given = films.map(({ fwhm, ...film }, k): StartFilm => ({
        film,
        fwhm,
        from: k === 0 ? "the network's answer" : "the network's proposals",
      })),
      starts = startsAt(startIn(problem), given, ofPaper ? undefined : () => roughFilms(problem)),
      steps = solve(problem, starts, films, limits);
    for (;;) {
      const { done, value } = steps.next();
      if (done !== true) continue;
      const { posterior, solutions, features: seen, found } = value,
        [best] = solutions,
        film = filmOf(problem.unknowns, best),
        profile = profileOf(film),
        { verdict, confidence } = verdictOf(found, seen, solutions.length - 1),
        band = bandOf(posterior.draws, profile, "strain", confidence),
        drawn = quantilesOf(posterior.draws, strainAtDepth, profile.depth, LEVEL),
        depth = profile.depth.map((z) => z / units.thickness);
      return {
        labels: labelsOf(problem, best.x, film, names, units),
        verdict,
        confidence,
        band: { depth, lower: band.lower, upper: band.upper },
        drawn: { depth, ...drawn },
        features: seen,
        fringes: fringesOf(problem, best),
      };
    }
  }
}

/** Depths of a band that excludes nothing. */
const NOWHERE = Float64Array.of(0, 1e6);

function unanswered(labels: Float32Array): Refined {
  const none = {
    depth: NOWHERE,
    lower: NOWHERE.map(() => -Number.MAX_VALUE / 4),
    upper: NOWHERE.map(() => Number.MAX_VALUE / 4),
  };
  return {
    labels,
    verdict: "ambiguous",
    confidence: 0,
    band: none,
    drawn: none,
    features: Object.fromEntries(FEATURES.map((name) => [name, NaN])) as Features,
    fringes: NaN,
  };
}

function labelsOf(
  problem: ScanProblem,
  x: Float64Array,
  { thickness, strainWeights, debyeWallerWeights, disorder }: SplineFilm,
  names: readonly string[],
  units: { readonly thickness: number; readonly width: number },
): Float32Array {
  const at = problem.unknowns.instrument,
    level = Math.exp(x[at.background]),
    values: Record<string, number> = {
      thickness: thickness / units.thickness,
      fwhm: Math.exp(x[at.fwhm]) / units.width,
      dynamicRange: Math.log10(Math.max(problem.top - level, 1) / level),
      lorentzFraction: x[at.lorentzFraction],
      offset: x[at.offset] / units.width,
      disorder: disorder ?? 0,
    };
  strainWeights.forEach((w, k) => (values[`weight${k + 1}`] = w));
  debyeWallerWeights?.forEach((w, k) => (values[`debyeWaller${k + 1}`] = w));
  return Float32Array.from(names, (name) => values[name] ?? 0);
}

/** A crystal with a sample's dimensionless numbers (docs/scaling.md); Å. Its F_0′, which only shifts the curve, is a guess. */
const PLANE = 1.5;
const VOLUME = 100;
const CONTRAST = 0.4;

function reflectionOf(extras: Readonly<Record<string, number>>): Reflection {
  const sine = extras.sine!,
    coupling = 10 ** (extras.coupling! - 5),
    unit = (CLASSICAL_ELECTRON_RADIUS * PLANE * PLANE) / (Math.PI * VOLUME),
    im = extras.phase! * coupling,
    re = Math.sqrt(Math.max(coupling * coupling - im * im, 0)),
    f = [re / unit, im / unit] as const;
  return {
    name: "sample",
    hkl: [0, 0, 1],
    wavelength: 2 * PLANE * sine,
    d: PLANE,
    cellVolume: VOLUME,
    structureFactor: {
      zero: [coupling / CONTRAST / unit, (10 ** (extras.absorption! - 1) * coupling) / unit],
      h: f,
      hBar: f,
    },
  };
}

/** Degrees 2θ per unit of q. */
function degreesOf({ wavelength, d }: Reflection): number {
  const sine = wavelength / (2 * d);
  return ((360 / Math.PI) * sine) / Math.sqrt(1 - sine * sine);
}

/** The curve of a film of protocol "paper" at the angles of an even scan, without background, up to a factor. */
export async function paperCurve(
  preset: PaperPreset,
  twoTheta: Float64Array,
  { fwhm, ...film }: SplineFilm & { readonly fwhm: number },
): Promise<Float64Array> {
  const { exports, simd } = await loadKernels(),
    unknowns = new Unknowns(film.strainWeights.length, "tied"),
    x = new Float64Array(unknowns.count),
    sign = putFilm(unknowns, film, x);
  x[unknowns.instrument.fwhm] = Math.log(fwhm);
  x[unknowns.instrument.background] = -100;
  const workspace = workspaceOf(exports),
    reflection = ownReflection(preset)!;
  const model = new CurveModel({
    workspace,
    structure: new SplineStructure({ workspace, simd, unknowns, reflection, sample: {} }),
    twoTheta,
    reflection,
    deviation: "linear",
    instrument: {},
    response: { kind: "summed" },
    peak: 0,
    offset: 0,
    top: 1,
    thickest: film.thickness,
    reach: 0,
    width: fwhm,
    precision: FINE,
    done: { work: 0 },
  });
  return model.mean({ x, sign });
}
