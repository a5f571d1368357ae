/** The one call that most users make: a scan in, the posterior of its strain profile out. */
import { InvalidParameterError } from "../errors.ts";
import type { Inversion, Reflection, Scan } from "../types.ts";
import {
  gainOfAnswer,
  gainOfLayers,
  INSTEAD,
  isUnexplained,
  mayBeLayers,
  shareOfProfile,
} from "./layers/layersInstead.ts";
import { checkCrystals, crystalsOf } from "./layers/layerOptions.ts";
import { isStrained, layersAnswer, layersOfScan, type LayersWanted } from "./layers/invertLayers.ts";
import { checkOptions, type InvertOptions, MOST_STRAIN, secondsOf, WORK_PER_SECOND } from "./options.ts";
import { profileAnswer, profileSolved, told } from "./profileAnswer.ts";
import { startsAt } from "./race.ts";
import type { ScanProblem, ScanSetting } from "./scanProblem.ts";
import { filmSettingOf, knownOf, settingOf, validScan } from "./scanSetting.ts";
import { TOLERATED } from "./search.ts";
import type { Solved } from "./solve.ts";
import { splineProblem } from "./splines.ts";
import { startIn, startsOf } from "./starts.ts";
import { Turns } from "./turns.ts";
import type { Places } from "./unknowns.ts";

/** Work of a search for layers over that for a profile, at most: hardly one scan in ten needs it. */
const LAYERS_WORK = 3;

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
  if (options.layers !== undefined) checkCrystals(reflection, crystalsOf(options.layers, options.film));
  const valid = validScan(scan, options),
    turns = new Turns(options);
  await turns.begin("reading the scan");
  const setting = await settingOf(valid, reflection, options);
  if (options.layers !== undefined) return layersInverted(setting, options, turns);
  const problem = splineProblem({ ...setting, ...(await filmSettingOf(setting, reflection, options)) }),
    { films, others, proposals, ...by } = await startsOf(problem, options),
    solved = await profileSolved(
      problem,
      startsAt(startIn(problem), films, others),
      proposals,
      options,
      turns,
    ),
    quick = await gainOf(problem, solved, options, turns);
  if (quick <= INSTEAD)
    return profileAnswer(problem, solved, { ...by, share: shareOfProfile(quick) }, options, turns);
  const layered = await layersInverted(setting, { ...options, layers: "auto" }, turns),
    gain = isStrained(layered) ? gainOfAnswer(problem, solved.solutions[0], layered) : -Infinity,
    isExplained = layered.features.excess <= TOLERATED;
  if (gain > INSTEAD && (isExplained || solved.found.excess > TOLERATED)) return layered;
  return profileAnswer(problem, solved, { ...by, share: shareOfProfile(gain) }, options, turns);
}

/** What layers gain over a profile at a quick look; all where no profile explains the scan. */
async function gainOf(
  problem: ScanProblem,
  { found, solutions }: Solved,
  options: InvertOptions,
  turns: Turns,
): Promise<number> {
  if (!mayBeLayers(options)) return -Infinity;
  problem.forget();
  if (isUnexplained(found)) return Infinity;
  const done = { work: 0 },
    asked = {
      done,
      error: found.errors[0],
      work: secondsOf(options.effort) * WORK_PER_SECOND,
      mostStrain: options.mostStrain ?? MOST_STRAIN,
      knownOf: (u: Places) => knownOf(options.known ?? {}, u, problem.setting.countUnit),
    };
  return turns.run(gainOfLayers(problem, solutions[0], asked), done, Infinity, "layers");
}

/** The answer where the sample is one of layers. */
async function layersInverted(
  setting: ScanSetting,
  options: InvertOptions,
  turns: Turns,
): Promise<Inversion> {
  const done = { work: 0 },
    seconds = LAYERS_WORK * secondsOf(options.effort),
    work = seconds * WORK_PER_SECOND,
    wanted: LayersWanted = {
      layers: options.layers!,
      ...(options.film !== undefined && { film: options.film }),
      mostStrain: options.mostStrain ?? MOST_STRAIN,
      knownOf: (unknowns) => knownOf(options.known ?? {}, unknowns, setting.countUnit),
    },
    solved = await turns.run(layersOfScan({ ...setting, done }, wanted, work), done, work, "layers");
  return {
    ...told(setting, seconds, { ...solved, prior: solved.problem.films.name, ended: "stack" }),
    method: "search",
    methodReason: "searched from what the scan's fringes and peaks show",
    ...layersAnswer(solved),
  };
}
