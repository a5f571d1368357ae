/** Several scans or reflections of one sample as one posterior: what one of them leaves open another one may settle. */
import { InvalidParameterError } from "../errors.ts";
import type { Inversion, Reflection, Scan } from "../types.ts";
import { JointProblem } from "./jointProblem.ts";
import { checkOptions, type InvertOptions } from "./options.ts";
import { filmSettingOf, knownOf, settingOf, validScan } from "./scanSetting.ts";
import { profileAnswer, profileSolved } from "./profileAnswer.ts";
import type { Known } from "./prior.ts";
import type { ScanProblem } from "./scanProblem.ts";
import { type Start, startsAt } from "./race.ts";
import { splineProblem } from "./splines.ts";
import type { StagedStep } from "./staged.ts";
import { type StartFilm, startsOf } from "./starts.ts";
import { Turns } from "./turns.ts";
import type { SplineFilm } from "./unknowns.ts";

/** A scan of the sample, and what holds for it alone; what it leaves out is as the options say. */
export interface ScanOfSample extends Pick<
  InvertOptions,
  "instrument" | "fix" | "known" | "mask" | "sample" | "deviation" | "countUnit" | "relativeError"
> {
  /** Angles in degrees 2θ; counts or rates. */
  readonly scan: Scan;
  /** Of the sample's crystal, from its surface. */
  readonly reflection: Reflection;
}

/** A film to start from, and which scan says it. */
interface OfScan extends StartFilm {
  readonly of: number;
}

/** Relative difference of two lattices that are one. */
const SAME_LATTICE = 1e-4;

/** Strain and disorder against depth from several scans of one sample: other orders of reflection, other wavelengths, or the same
 *  ones once more. All see the same strain Δd/d along the surface normal, so that the answer is one profile with one posterior; each
 *  scan has an instrument and a relative error of its own. The Debye–Waller factor of the profile, exp(−½⟨(h·u)²⟩), is that of the
 *  first reflection; another one of |h'| sees its power |h'|²/|h|².
 *  @param scans two or more, of symmetric reflections from one surface of one crystal
 *  @param options as for one scan; they hold for each scan that does not say otherwise. `fix` and `known` of the thickness
 *    stand here; `layers` is not for several scans
 *  @returns an inversion of the first scan; `scans` has the instrument, curve, rms and χ² of each
 *  @throws {InvalidParameterError} @throws {NotFiniteError} @throws {UnreachableReflectionError} @throws {KernelLoadError}
 *  @throws the signal's reason when aborted
 *  @example
 *  const { profile, verdict, scans } = await invertTogether([
 *    { scan: first, reflection: ysz400 },
 *    { scan: second, reflection: ysz200 },
 *  ]); */
export async function invertTogether(
  scans: readonly ScanOfSample[],
  options: InvertOptions = {},
): Promise<Inversion> {
  checkScans(scans, options);
  const turns = new Turns(options);
  await turns.begin("reading the scans");
  const done = { work: 0 },
    first = scans[0].reflection,
    problems: ScanProblem[] = [],
    known: Known[][] = [],
    starts: OfScan[] = [],
    others: (() => Generator<StagedStep, readonly OfScan[], void>)[] = [],
    proposals: SplineFilm[] = [],
    reasons: string[] = [];
  let method: Inversion["method"] = "search";
  for (const [k, { scan, reflection, ...own }] of scans.entries()) {
    const whole = merged(options, own),
      power = powerOf(first, reflection),
      setting = await settingOf(validScan(scan, whole), reflection, whole),
      film = await filmSettingOf(setting, first, whole),
      problem = splineProblem({ ...setting, ...film, power, done });
    problems.push(problem);
    // What is known of the film is in the first scan's prior, once.
    known.push(
      knownOf(whole.known ?? {}, problem.unknowns, setting.countUnit).filter(
        ({ place }) => place >= problem.unknowns.filmCount,
      ),
    );
    // Guesses are of the first reflection.
    const found = await startsOf(problem, k === 0 ? whole : { ...whole, guesses: [] }),
      ofScan = (start: StartFilm): OfScan => ({ ...start, film: inFirst(start.film, power), of: k });
    starts.push(...found.films.map(ofScan));
    others.push(function* () {
      return (yield* found.others()).map(ofScan);
    });
    proposals.push(...found.proposals.map((proposed) => inFirst(proposed, power)));
    reasons.push(`${reflection.name}: ${found.methodReason}`);
    if (found.method !== "search") method = found.method;
  }
  const problem = new JointProblem(problems, known),
    place = ({ film, from, fwhm, of }: OfScan): Start => ({
      ...problem.place(
        film,
        problems.map((_, k) => (k === of ? fwhm : undefined)),
      ),
      from,
    });
  const all = startsAt(place, starts, function* () {
    const found: OfScan[] = [];
    for (const of of others) found.push(...(yield* of()));
    return found;
  });
  const solved = await profileSolved(problem, all, proposals, options, turns);
  return profileAnswer(problem, solved, { method, methodReason: reasons.join("; ") }, options, turns);
}

/** The options of one scan. */
function merged(options: InvertOptions, own: Omit<ScanOfSample, "scan" | "reflection">): InvertOptions {
  return {
    ...options,
    ...own,
    fix: { ...options.fix, ...own.fix },
    known: { ...options.known, ...own.known },
    mask: [...(options.mask ?? []), ...(own.mask ?? [])],
  };
}

/** Of the first reflection's Debye–Waller factor, as another one sees it: |h'|²/|h|². */
function powerOf(first: Reflection, { d }: Reflection): number {
  const ratio = (first.d / d) ** 2;
  return Math.abs(ratio - 1) < SAME_LATTICE ? 1 : ratio;
}

/** A film whose disorder is as a reflection sees it, as the first one does. */
function inFirst(film: SplineFilm, power: number): SplineFilm {
  if (power === 1) return film;
  const { debyeWallerWeights, disorder } = film;
  return {
    ...film,
    ...(debyeWallerWeights !== undefined && {
      debyeWallerWeights: debyeWallerWeights.map((w) => Math.max(w, 0) ** (1 / power)),
    }),
    ...(disorder !== undefined && { disorder: disorder / power }),
  };
}

/** @throws {InvalidParameterError} */
function checkScans(scans: readonly ScanOfSample[], options: InvertOptions): void {
  if (!Array.isArray(scans) || scans.length < 2)
    throw new InvalidParameterError("scans", "two or more: [{ scan, reflection }, …]", scans);
  checkOptions(options);
  for (const name of ["layers", "film"] as const)
    if (options[name] !== undefined)
      throw new InvalidParameterError(name, "none with several scans", options[name]);
  for (const [k, own] of scans.entries()) {
    const at = `scans[${k}]`,
      { scan, reflection, fix, known } = own ?? {};
    if (typeof scan !== "object" || scan === null)
      throw new InvalidParameterError(`${at}.scan`, "{ twoTheta, intensity }", scan);
    if (reflection?.structureFactor === undefined)
      throw new InvalidParameterError(
        `${at}.reflection`,
        "a Reflection: await reflection(crystal, { hkl, wavelength })",
        reflection,
      );
    for (const [name, given] of Object.entries({ fix, known }))
      if (given?.thickness !== undefined)
        throw new InvalidParameterError(
          `${at}.${name}.thickness`,
          "absent: the options say it of the sample",
          given.thickness,
        );
    checkOptions(merged(options, own));
    checkReflection(`${at}.reflection`, reflection, scans[0].reflection);
  }
}

/** @throws {InvalidParameterError} for one that does not see the same strain along the same normal as the first */
function checkReflection(at: string, reflection: Reflection, first: Reflection): void {
  if ((reflection.asymmetry ?? 0) !== 0)
    throw new InvalidParameterError(
      at,
      "symmetric: an asymmetric one sees the strain along the surface, too",
      reflection.name,
    );
  const [h, k, l] = reflection.hkl,
    [a, b, c] = first.hkl,
    isParallel = h * b === k * a && k * c === l * b && h * c === l * a && h * a + k * b + l * c > 0,
    // d·|hkl| of parallel reflections is one number of the lattice.
    ratio = (reflection.d * Math.hypot(h, k, l)) / (first.d * Math.hypot(a, b, c));
  if (!isParallel)
    throw new InvalidParameterError(
      at,
      `of the surface of the first one, ${first.name}: hkl along ${first.hkl.join(" ")}`,
      reflection.hkl.join(" "),
    );
  if (Math.abs(ratio - 1) > SAME_LATTICE)
    throw new InvalidParameterError(
      at,
      `of the crystal of the first one, ${first.name}: d ${(reflection.d / ratio).toPrecision(7)} Å`,
      `${reflection.name}, ${reflection.d.toPrecision(7)} Å`,
    );
}
