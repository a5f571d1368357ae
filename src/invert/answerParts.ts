/** What answers of every kind of film have: the instrument, numbers with their covariance, the rms, draws, the verdict. */
import { lorentzFraction, mixed, resolutionWidth, widened } from "../instrument/resolution.ts";
import { cholesky, inverseOfFactored } from "../leastSquares/linear.ts";
import type {
  Diffuse,
  FitParameters,
  Instrument,
  Inversion,
  PosteriorDraw,
  Profile,
  Resolution,
} from "../types.ts";
import type { Climbed } from "./climb.ts";
import { DIFFUSE_UNIT } from "./curveModel.ts";
import type { Draw } from "./posterior.ts";
import type { Problem } from "./problem.ts";
import type { ScanProblem } from "./scanProblem.ts";
import { TOLERATED } from "./search.ts";
import { INSTRUMENT, type Place, type Places } from "./unknowns.ts";

/** Draws that are part of the answer. */
const SHOWN_DRAWS = 20;

/** Root mean square of log10 measured − log10 calculated, zeros taken as the smallest non-zero intensity.
 *  @param intensity f64[points], measured; any unit
 *  @param calculated f64[points], in the same unit
 *  @returns decades */
export function rmsLog(intensity: Float64Array, calculated: Float64Array): number {
  const smallest = intensity.reduce((least, y) => (y > 0 ? Math.min(least, y) : least), Infinity);
  let sum = 0;
  calculated.forEach(
    (m, i) => (sum += (Math.log10(Math.max(intensity[i], smallest)) - Math.log10(Math.max(m, 1e-300))) ** 2),
  );
  return Math.sqrt(sum / calculated.length);
}

/** The instrument that `simulate` gives the same curve with. */
export function instrumentOf<U extends Places, F>(
  problem: ScanProblem<U, F>,
  { x, sign }: Place,
): Instrument {
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
  const { polarisation, monochromator, lines } = setting.instrument;
  return {
    ...(polarisation !== undefined && { polarisation }),
    ...(monochromator !== undefined && { monochromator }),
    ...(lines !== undefined && { lines }),
    resolution,
    offset: x[at.offset],
    scale: problem.peakAbove({ x, sign }) * countUnit,
    background: Math.exp(x[at.background]) * countUnit,
    ...(decades !== 0 && { backgroundDecades: decades }),
    ...(diffuse.height > 0 && { diffuse }),
    ...(x[at.loss] > 0 && { deadTime: x[at.loss] / ((1 - x[at.loss]) * top * countUnit) }),
  };
}

/** A number of the answer, and its derivatives by the unknowns. */
export interface NumberRow {
  readonly name: string;
  readonly value: number;
  readonly by: readonly (readonly [unknown: number, slope: number])[];
}

export function plainNumber(name: string, x: Float64Array, place: number): NumberRow {
  return { name, value: x[place], by: [[place, 1]] };
}

/** The film's numbers and the instrument's with their covariance; those of a second scan's instrument end in 2. */
export function parametersOf<U extends Places, F>(
  problem: Problem<U, F>,
  { x, fit }: Climbed,
  film: readonly NumberRow[],
): FitParameters {
  const { unknowns: u, bounds, scans } = problem,
    n = x.length,
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
  const rows: NumberRow[] = film.slice(),
    names = {
      lnWidth: at.fwhm,
      offset: at.offset,
      lnAmplitude: at.amplitude,
      lnBackground: at.background,
      backgroundSlope: at.slope,
      lorentzFraction: at.lorentzFraction,
      diffuse: at.diffuse,
      lnDiffuseWidth: at.diffuseWidth,
      loss: at.loss,
    };
  for (const k of scans.keys())
    for (const [name, place] of Object.entries(names))
      rows.push(plainNumber(k === 0 ? name : `${name}${k + 1}`, x, place + k * INSTRUMENT.length));
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

/** The draws of most weight, as profiles; their weights add up to 1. */
export function shownDraws<F>(draws: readonly Draw<F>[], profileOf: (film: F) => Profile): PosteriorDraw[] {
  const shown = draws
      .slice()
      .sort((a, b) => b.weight - a.weight)
      .slice(0, SHOWN_DRAWS),
    total = shown.reduce((sum, { weight }) => sum + weight, 0);
  return shown.map(({ film, weight }) => ({ profile: profileOf(film), weight: weight / total }));
}

/** Whether a scan settles its answer, and why.
 *  @param excess standard deviations of the deviance above what counts give
 *  @param isDetermined whether the confidence suffices
 *  @param unexplained what is said where the scan is not explained
 *  @param chance what the confidence says, in words
 *  @param others what is said of other solutions, with what parts it from `chance`; "" where there are none */
export function verdictFrom({
  excess,
  confidence,
  isDetermined,
  unexplained,
  chance,
  others,
}: {
  readonly excess: number;
  readonly confidence: number;
  readonly isDetermined: boolean;
  readonly unexplained: string;
  readonly chance: string;
  readonly others: string;
}): Pick<Inversion, "confidence" | "verdict" | "verdictReason"> {
  if (excess > TOLERATED) return { confidence, verdict: "ambiguous", verdictReason: unexplained };
  return isDetermined
    ? { confidence, verdict: "determined", verdictReason: chance }
    : { confidence, verdict: "ambiguous", verdictReason: others + chance };
}
