/** From the posterior to the answer: profiles with bands, the instrument, the verdict. */
import { lorentzFraction, mixed, resolutionWidth, widened } from "../instrument/resolution.ts";
import type { Band, Diffuse, Instrument, Profile, Resolution, Solution, Verdict } from "../types.ts";
import { inverseOfFactored, cholesky } from "../leastSquares/linear.ts";
import { BANDS } from "./bands.ts";
import { confidenceOf, type Features, isDetermined } from "./confidence.ts";
import { DIFFUSE_UNIT, FINE } from "./curveModel.ts";
import type { Climbed } from "./climb.ts";
import { deviance } from "./objective.ts";
import { type Draw, quantilesOf } from "./posterior.ts";
import type { ScanProblem } from "./scanProblem.ts";
import { type Found, TOLERATED } from "./search.ts";
import { filmOf, profileOf, strainAtDepth, debyeWallerAtDepth } from "./unknowns.ts";

/** Depths of the profiles. */
const POINTS = 401;
export const LEVEL = 0.95;

/** Quantities of one maximum, exact. */
export function solutionOf(
  problem: ScanProblem,
  mode: Climbed,
  {
    draws,
    share,
    error,
    confidence,
    twoTheta,
    intensity,
  }: {
    readonly draws: readonly Draw[];
    readonly share: number;
    readonly confidence: number;
    readonly error: number;
    readonly twoTheta: Float64Array;
    readonly intensity: Float64Array;
  },
): Solution {
  const { unknowns: u } = problem,
    film = filmOf(u, mode),
    profile = profileOf(film, POINTS),
    at = maximumOf(profile),
    calculated = problem.calculated(mode, twoTheta),
    mean = problem.objectiveAt(FINE, mode.x).mean(mode),
    chi2 = deviance(problem.counts, mean, new Float64Array(mean.length).fill(error));
  return {
    rms: rmsLog(intensity, calculated),
    chi2PerPoint: chi2 / problem.points,
    weight: share,
    profile,
    strainBand: bandOf(draws, profile, "strain", confidence),
    debyeWallerBand: bandOf(draws, profile, "debyeWaller", confidence),
    thickness: film.thickness,
    maxStrain: profile.strain[at],
    maxStrainDepth: profile.depth[at],
    minDebyeWaller: profile.debyeWaller.reduce((a, b) => Math.min(a, b), 1),
    instrument: instrumentOf(problem, mode),
    calculated,
    splines: u.weights,
    parameters: parametersOf(problem, mode),
  };
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

/** Root mean square of log10 measured − log10 calculated, zeros taken as the smallest non-zero intensity. */
export function rmsLog(intensity: Float64Array, calculated: Float64Array): number {
  const smallest = intensity.reduce((least, y) => (y > 0 ? Math.min(least, y) : least), Infinity);
  let sum = 0;
  calculated.forEach(
    (m, i) => (sum += (Math.log10(Math.max(intensity[i], smallest)) - Math.log10(Math.max(m, 1e-300))) ** 2),
  );
  return Math.sqrt(sum / calculated.length);
}

/** The instrument that `simulate` gives the same curve with. */
function instrumentOf(problem: ScanProblem, { x, sign }: Climbed): Instrument {
  const { setting, unknowns: u, top } = problem,
    at = u.instrument,
    { countUnit } = setting,
    shape = setting.instrument.resolution,
    fwhm = Math.exp(x[at.fwhm]),
    resolution: Resolution =
      shape === undefined || lorentzFraction(shape) !== undefined
        ? mixed({ shape: "gaussian", fwhm }, x[at.lorentzFraction])
        : widened(shape, fwhm / resolutionWidth(shape));
  const decades = x[at.slope] / Math.LN10,
    diffuse: Diffuse = {
      height: x[at.diffuse] * DIFFUSE_UNIT * top * countUnit,
      halfWidth: Math.exp(x[at.diffuseWidth]),
    };
  return {
    ...setting.instrument,
    resolution,
    offset: x[at.offset],
    scale: problem.peakAbove({ x, sign }) * countUnit,
    background: Math.exp(x[at.background]) * countUnit,
    ...(decades !== 0 && { backgroundDecades: decades }),
    ...(diffuse.height > 0 && { diffuse }),
    ...(x[at.loss] > 0 && { deadTime: x[at.loss] / ((1 - x[at.loss]) * top * countUnit) }),
  };
}

/** ln thickness, weights and the instrument's numbers with their covariance. */
function parametersOf(problem: ScanProblem, { x, sign, fit }: Climbed): Solution["parameters"] {
  const { unknowns: u, bounds } = problem,
    n = u.count,
    film = filmOf(u, { x, sign }),
    at = u.instrument,
    free = Array.from({ length: n }, (_, k) => k).filter(
      (k) => bounds.upper[k] > bounds.lower[k] && fit.normal.hessian[k * n + k] > 0,
    ),
    d = free.length,
    factor = new Float64Array(d * d);
  free.forEach((i, a) => {
    for (let b = 0; b <= a; b++) factor[a * d + b] = fit.normal.hessian[i * n + free[b]];
    factor[a * d + a] *= 1 + 1e-9;
  });
  const inverse = cholesky(factor, d) ? inverseOfFactored(factor, d) : new Float64Array(d * d).fill(NaN),
    whole = new Float64Array(n * n);
  free.forEach((i, a) => free.forEach((j, b) => (whole[i * n + j] = inverse[a * d + b])));
  // Rows of the numbers by the unknowns.
  const rows: { name: string; value: number; by: [number, number][] }[] = [],
    scale = sign * Math.exp(x[u.scale]),
    plain = (name: string, place: number): void => {
      rows.push({ name, value: x[place], by: [[place, 1]] });
    };
  plain("lnThickness", u.thickness);
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
  if (u.kind === "tied") plain("disorder", u.disorder);
  else for (let k = 0; k < u.weights; k++) plain(`debyeWallerWeight${k + 1}`, u.disorder + k);
  for (const [name, place] of Object.entries({
    lnWidth: at.fwhm,
    offset: at.offset,
    lnAmplitude: at.amplitude,
    lnBackground: at.background,
    backgroundSlope: at.slope,
    lorentzFraction: at.lorentzFraction,
    diffuse: at.diffuse,
    lnDiffuseWidth: at.diffuseWidth,
    loss: at.loss,
  }))
    plain(name, place);
  const covariance = new Float64Array(rows.length ** 2);
  rows.forEach(({ by: a }, i) =>
    rows.forEach(({ by: b }, j) => {
      let sum = 0;
      for (const [p, fp] of a) for (const [q, fq] of b) sum += fp * fq * whole[p * n + q];
      covariance[i * rows.length + j] = sum;
    }),
  );
  return {
    names: rows.map(({ name }) => name),
    values: Float64Array.from(rows, ({ value }) => value),
    covariance,
  };
}

/** Whether the scan settles the profile, and why. */
export function verdictOf(
  found: Found,
  features: Features,
  others: number,
): { verdict: Verdict; verdictReason: string; confidence: number } {
  const confidence = confidenceOf(features),
    percent = Math.round(100 * confidence),
    chance = `${percent} % of simulated scans with such a search and posterior are right to 10 %`;
  if (found.excess > TOLERATED)
    return {
      confidence,
      verdict: "ambiguous",
      verdictReason: "no profile was found that explains the scan within its noise",
    };
  if (isDetermined(confidence)) return { confidence, verdict: "determined", verdictReason: chance };
  const several =
    others > 0
      ? `${others === 1 ? "another profile explains" : `${others} other profiles explain`} the scan about as well; `
      : "";
  return { confidence, verdict: "ambiguous", verdictReason: several + chance };
}
