/** The probability that an answer's strain profile lies within 10 % of the true one, from what the search and the posterior show:
 *  boosted stumps (Friedman 2001), trained on simulated inversions of known truth (tools/confidence.mjs). */
import { distance, RIGHT } from "./distance.ts";
import { MODEL } from "./confidenceModel.ts";
import type { StumpModel } from "./stumps.ts";
import { MOST_KEPT, TOLERATED, type Found } from "./search.ts";
import { residuals } from "./objective.ts";
import { ROUGH } from "./precision.ts";
import type { Posterior } from "./posterior.ts";
import type { Problem } from "./problem.ts";
import type { ScanProblem } from "./scanProblem.ts";
import { fringesOf } from "./splines.ts";
import { filmOf, type Place, type SplineFilm } from "./unknowns.ts";

/** What `confidence` rests on; all are numbers. */
export const FEATURES = [
  /** Share of the weighted draws within 10 % of the answer; of the draws as drawn; of these within 5 %; ln of the draws' efficiency. */
  "mass",
  "drawnMass",
  "nearMass",
  "lnEfficiency",
  /** Independent climbs that ended at the answer, and climbs. */
  "hits",
  "climbs",
  /** Of the climbs to the maxima that are kept, those from beside counted a third, the share that ended within 10 % of the answer; 1
   *  where the budget ended them. */
  "agreement",
  "spent",
  /** Difference of −2 ln posterior to the next maximum that lies beyond 10 %, at most 60. */
  "gap",
  /** Standard deviations of the deviance above what counts give, and relative error beside counting. */
  "excess",
  "error",
  /** Correlation of neighbouring residuals. */
  "correlation",
  /** Relative distance of the answer from the nearest of the network's proposals that were asked (1 without a network). */
  "fromNetwork",
  /** ln of ∫|e| dz/d, of the largest strain (%), of the thickness (nm). */
  "lnFringes",
  "lnStrain",
  "lnThickness",
  /** ln of the counts above background away from the peak, and of the number of points. */
  "lnFilmCounts",
  "lnPoints",
  /** Smallest Debye–Waller factor of the answer. */
  "debyeWaller",
  /** Relative spread (rms over the draws) of the strain about the answer. */
  "spread",
  /** Width of the resolution over that of a fringe. */
  "blur",
] as const;
export type Feature = (typeof FEATURES)[number];

export type Features = Readonly<Record<Feature, number>>;

/** Numbers of one scan.
 *  @param thickness nm
 *  @param error relative, beside counting */
function scanFeatures(
  scan: ScanProblem,
  place: Place,
  thickness: number,
  error: number,
): Pick<Features, "lnFilmCounts" | "lnPoints" | "blur" | "correlation"> {
  const { unknowns: u, counts, twoTheta, setting } = scan,
    { x } = place,
    width = Math.exp(x[u.instrument.fwhm]),
    { peak } = setting.features,
    level = Math.exp(x[u.instrument.background]);
  let above = 0;
  for (let j = 0; j < counts.length; j++)
    if (Math.abs(twoTheta[j] - peak) > 3 * width) above += Math.max(0, counts[j] - level * scan.passed(j));
  const fringe = (57.3 * setting.reflection.wavelength) / (10 * thickness * Math.cos((peak * Math.PI) / 360));
  return {
    lnFilmCounts: Math.log(above + 1),
    lnPoints: Math.log(counts.length),
    blur: width / fringe,
    correlation: correlationOf(residuals(counts, scan.objectiveAt(ROUGH, x).mean(place), error)),
  };
}

/** Of neighbours; 0 where there is no scatter. */
function correlationOf(values: Float64Array): number {
  let squares = 1e-12,
    products = 0;
  values.forEach((value, i) => {
    squares += value * value;
    if (i > 0) products += value * values[i - 1];
  });
  return products / squares;
}

/** Of several scans, numbers of one of them are those of the scan that counts the film most.
 *  @param proposals films that the network proposed, its own answer first; none without a network */
export function featuresOf(
  problem: Problem,
  found: Found,
  posterior: Posterior,
  proposals: readonly SplineFilm[],
): Features {
  const { unknowns: u } = problem,
    answer = posterior.modes[0],
    film = filmOf(u, answer),
    kept = found.modes.slice(0, MOST_KEPT),
    others = kept.filter((mode) => distance(filmOf(u, mode), film) >= RIGHT),
    gap = others.length === 0 ? 60 : Math.min(Math.max(others[0].cost - answer.cost, -20), 60);
  const all = kept.reduce((sum, { hits }) => sum + hits, 0),
    alike = all - others.reduce((sum, { hits }) => sum + hits, 0);
  const strains = film.strainWeights.reduce((most, w) => Math.max(most, Math.abs(w)), 1e-3);
  let least = 1;
  if (film.debyeWallerWeights === undefined) least = Math.exp(-(film.disorder ?? 0));
  else for (const w of film.debyeWallerWeights) least = Math.min(least, w);
  const spread = Math.sqrt(
    posterior.draws.reduce((sum, draw) => sum + draw.weight * Math.min(distance(draw.film, film), 2) ** 2, 0),
  );
  const { lnFilmCounts, lnPoints, blur, correlation } = problem.scans
    .map((scan, k) => scanFeatures(scan, problem.placeIn(k, answer), film.thickness, found.errors[k]))
    .reduce((best, own) => (own.lnFilmCounts > best.lnFilmCounts ? own : best));
  return {
    mass: posterior.mass,
    drawnMass: posterior.drawnMass,
    nearMass:
      posterior.draws.filter((draw) => distance(draw.film, film) < RIGHT / 2).length / posterior.draws.length,
    lnEfficiency: Math.log(posterior.efficiency),
    hits: Math.min(answer.hits, 4),
    climbs: found.climbs,
    agreement: all === 0 ? 0 : alike / all,
    spent: found.reason === "budget" ? 1 : 0,
    gap,
    excess: Math.min(Math.max(found.excess, -4), 50),
    error: Math.max(...found.errors),
    correlation,
    fromNetwork: proposals.length === 0 ? 1 : Math.min(...proposals.map((other) => distance(other, film)), 1),
    lnFringes: Math.log(fringesOf(problem, answer) + 0.01),
    lnStrain: Math.log(strains),
    lnThickness: Math.log(film.thickness),
    lnFilmCounts,
    lnPoints,
    debyeWaller: least,
    spread,
    blur,
  };
}

/** In [0, 1]. */
export function confidenceOf(
  features: object & { readonly excess: number },
  model: StumpModel = MODEL,
): number {
  let logit = model.bias;
  for (const { feature, at, below, above } of model.stumps)
    logit += (features as Record<string, number>)[feature] <= at ? below : above;
  const value = 1 / (1 + Math.exp(-logit));
  // What does not explain the counts is no answer.
  return features.excess > TOLERATED ? Math.min(value, 0.5) : value;
}

export function isDetermined(confidence: number, model: StumpModel = MODEL): boolean {
  return confidence >= model.threshold;
}
