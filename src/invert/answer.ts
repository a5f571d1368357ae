/** From the posterior to the answer: profiles with bands, the instrument, the verdict. */
import type { Band, Profile, Solution } from "../types.ts";
import {
  instrumentOf,
  type NumberRow,
  parametersOf,
  plainNumber,
  rmsLog,
  verdictFrom,
} from "./answerParts.ts";
import { BANDS } from "./bands.ts";
import { confidenceOf, type Features, isDetermined } from "./confidence.ts";
import { FINE } from "./precision.ts";
import type { Climbed } from "./climb.ts";
import { devianceAt } from "./objective.ts";
import { type Draw, quantilesOf } from "./posterior.ts";
import type { Problem } from "./problem.ts";
import type { ScanProblem } from "./scanProblem.ts";
import type { Found } from "./search.ts";
import { filmOf, type Place, type Places, profileOf, strainAtDepth, debyeWallerAtDepth } from "./unknowns.ts";

/** Depths of the profiles. */
const POINTS = 401;
export const LEVEL = 0.95;

/** The exact curve of one scan.
 *  @param error relative, beside counting */
export function curveOf<U extends Places, F>(
  problem: ScanProblem<U, F>,
  place: Place,
  error: number,
): Pick<Solution, "rms" | "chi2PerPoint" | "instrument" | "calculated"> {
  const { twoTheta, intensity } = problem.setting.scan,
    calculated = problem.calculated(place, twoTheta),
    chi2 = devianceAt(problem, FINE, place, problem.errors(error));
  return {
    rms: rmsLog(intensity, calculated),
    chi2PerPoint: chi2 / problem.points,
    instrument: instrumentOf(problem, place),
    calculated,
  };
}

/** Quantities of one maximum, exact; of several scans the first one's curve. */
export function solutionOf(
  problem: Problem,
  mode: Climbed,
  {
    draws,
    share,
    errors,
    confidence,
  }: {
    readonly draws: readonly Draw[];
    readonly share: number;
    readonly confidence: number;
    readonly errors: readonly number[];
  },
): Solution {
  const { unknowns: u } = problem,
    film = filmOf(u, mode),
    profile = profileOf(film, POINTS),
    at = maximumOf(profile);
  const { rms, chi2PerPoint, instrument, calculated } = curveOf(
    problem.scans[0],
    problem.placeIn(0, mode),
    errors[0],
  );
  return {
    rms,
    chi2PerPoint,
    weight: share,
    profile,
    strainBand: bandOf(draws, profile, "strain", confidence),
    debyeWallerBand: bandOf(draws, profile, "debyeWaller", confidence),
    thickness: film.thickness,
    maxStrain: profile.strain[at],
    maxStrainDepth: profile.depth[at],
    minDebyeWaller: profile.debyeWaller.reduce((a, b) => Math.min(a, b), 1),
    instrument,
    calculated,
    splines: u.weights,
    parameters: parametersOf(problem, mode, filmNumbers(problem, mode)),
  };
}

/** ln thickness and weights, by the unknowns. */
function filmNumbers({ unknowns: u }: Problem, { x, sign }: Climbed): NumberRow[] {
  const film = filmOf(u, { x, sign }),
    scale = sign * Math.exp(x[u.scale]),
    rows: NumberRow[] = [plainNumber("lnThickness", x, u.thickness)];
  film.strainWeights.forEach((w, k) =>
    rows.push({
      name: `strainWeight${k + 1}`,
      value: w,
      by: [
        [u.scale, w],
        [u.shape + k, scale],
      ],
    }),
  );
  if (u.kind === "tied") rows.push(plainNumber("disorder", x, u.disorder));
  else
    for (let k = 0; k < u.weights; k++)
      rows.push(plainNumber(`debyeWallerWeight${k + 1}`, x, u.disorder + k));
  return rows;
}

/** The band of the draws about a profile, widened as simulated inversions of such a confidence ask for (bands.ts). */
export function bandOf(
  draws: readonly Draw[],
  profile: Profile,
  quantity: "strain" | "debyeWaller",
  confidence: number,
): Band {
  const of = quantity === "strain" ? strainAtDepth : debyeWallerAtDepth,
    { lower, upper } = quantilesOf(draws, of, profile.depth, LEVEL),
    values = profile[quantity],
    size = quantity === "strain" ? values.reduce((most, e) => Math.max(most, Math.abs(e)), 0) : 1,
    { margin } = BANDS.find(({ upTo }) => confidence <= upTo) ?? BANDS[BANDS.length - 1],
    half = (value: number): number => Math.max(value, 0) + margin * size;
  const low = values.map((v, i) => v - half(v - lower[i])),
    high = values.map((v, i) => v + half(upper[i] - v));
  return quantity === "strain"
    ? { lower: low, upper: high, level: LEVEL }
    : { lower: low.map((v) => Math.max(v, 0)), upper: high.map((v) => Math.min(v, 1)), level: LEVEL };
}

function maximumOf({ strain }: Profile): number {
  let at = 0;
  for (let i = 1; i < strain.length; i++) if (Math.abs(strain[i]) > Math.abs(strain[at])) at = i;
  return at;
}

/** What the confidence, which was calibrated on single scans, was worth for several: simulated pairs that were called determined,
 *  and how many of these were right (tools/together.mjs --seed 7). No confidence in several scans is higher than that share. */
const PAIRS = { determined: 29, right: 28 } as const;

/** Whether the scan settles the profile, and why.
 *  @param others solutions beside the answer
 *  @param scans how many there are
 *  @param share of the probability that is a smooth profile's, where uniform layers come near */
export function verdictOf(
  { excess }: Found,
  features: Features,
  others: number,
  { scans = 1, share = 1 }: { readonly scans?: number; readonly share?: number } = {},
): ReturnType<typeof verdictFrom> {
  const several = scans > 1,
    own = share * confidenceOf(features),
    confidence = several ? Math.min(own, PAIRS.right / PAIRS.determined) : own,
    chance = `${Math.round(100 * confidence)} % of simulated scans with such a search and posterior are right to 10 %`;
  return verdictFrom({
    excess,
    confidence,
    isDetermined: isDetermined(confidence),
    unexplained: `no profile was found that explains ${several ? "all scans" : "the scan"} within ${several ? "their" : "its"} noise`,
    chance: several
      ? `${chance}; that was calibrated on single scans, and of ${PAIRS.determined} simulated pairs that it called determined ${PAIRS.right} were right`
      : chance,
    others:
      (share < 1 ? "uniform layers explain the scan about as well (`layers`); " : "") +
      (others === 0
        ? ""
        : `${others === 1 ? "another profile explains" : `${others} other profiles explain`} the ${several ? "scans" : "scan"} about as well; `),
  });
}
