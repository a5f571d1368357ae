/** What an inversion becomes for other programs: JSON and CSV. Names carry units. */

import { csv } from "../io/results.ts";
import { strainedDepth } from "../profile/sampled.ts";
import type {
  Band,
  Estimate,
  FoundLayer,
  FoundStack,
  InvertedScan,
  Inversion,
  Scan,
  Solution,
} from "../types.ts";
import { VERSION } from "../version.ts";
import type { Provenance, Run } from "./provenance.ts";
import { weightedResiduals } from "./residuals.ts";

/** Strain and Debye–Waller factor against depth with their bands, as comma-separated values.
 *  @throws {InvalidParameterError} where their lengths differ */
export function profileCsv({ profile, strainBand, debyeWallerBand }: Solution): string {
  return csv({
    depth_nm: profile.depth,
    strain_percent: profile.strain,
    debye_waller: profile.debyeWaller,
    strain_lower_percent: strainBand.lower,
    strain_upper_percent: strainBand.upper,
    debye_waller_lower: debyeWallerBand.lower,
    debye_waller_upper: debyeWallerBand.upper,
  });
}

/** The layers from below with the limits of their 95 % bands, as comma-separated values.
 *  @throws {InvalidParameterError} no layers */
export function layersCsv({ layers }: FoundStack): string {
  const estimates = (name: string, of: (layer: FoundLayer) => Estimate): Record<string, number[]> => ({
    [name]: layers.map((layer) => of(layer).value),
    [`${name}_lower`]: layers.map((layer) => of(layer).lower),
    [`${name}_upper`]: layers.map((layer) => of(layer).upper),
  });
  return csv({
    layer: layers.map((_, i) => i + 1),
    crystal: layers.map(({ name }) => name),
    repeats: layers.map(({ repeats }) => repeats),
    ...estimates("thickness_nm", (layer) => layer.thickness),
    ...estimates("strain_percent", (layer) => layer.strain),
    ...estimates("strain_against_substrate_percent", (layer) => layer.strainAgainst),
    ...estimates("debye_waller", (layer) => layer.debyeWaller),
  });
}

/** Scan, calculated curve and weighted residuals, as comma-separated values; `fitted` is 0 where a point was masked. Several scans
 *  of one sample stand one after the other, their number from 1 in the column `scan`.
 *  @throws {InvalidParameterError} where their lengths differ */
export function curveCsv(inversion: Inversion): string {
  const { scans = [inversion] } = inversion,
    all = (of: (own: InvertedScan) => ArrayLike<number>): number[] =>
      scans.flatMap((own) => Array.from(of(own)));
  return csv({
    ...(inversion.scans !== undefined && {
      scan: scans.flatMap(({ used }, k) => Array.from(used, () => k + 1)),
    }),
    two_theta_deg: all(({ scan }) => scan.twoTheta),
    measured: all(({ scan }) => scan.intensity),
    calculated: all(({ calculated }) => calculated),
    weighted_residual: all(weightedResiduals),
    fitted: all(({ used }) => used),
  });
}

/** What is told with an inversion, where it is known. */
export interface ResultDetails {
  /** Of the scan. */
  readonly name: string;
  /** What it came from. */
  readonly provenance?: Provenance;
  /** When it was found, and how fast. */
  readonly run?: Run;
}

/** An inversion as plain data for JSON: every number of it, names with their units, arrays plain, so that JSON.stringify
 *  writes them as such. Two answers to one input, settings and version differ in `run` alone. `parseResult` reads it back.
 *  @example await writeFile("result.json", JSON.stringify(resultJson(await invert(scan, reflection), { name: "YSZ 400" }))) */
export function resultJson(inversion: Inversion, { name, provenance, run }: ResultDetails): object {
  const { reflection, scan, used } = inversion;
  return {
    takagi: VERSION,
    scan: name,
    ...(run === undefined ? {} : { run }),
    ...(provenance === undefined ? {} : { provenance }),
    converged: inversion.converged,
    reason: inversion.reason,
    method: inversion.method,
    methodReason: inversion.methodReason,
    verdict: inversion.verdict,
    verdictReason: inversion.verdictReason,
    confidence: inversion.confidence,
    features: inversion.features,
    isBudgetSpent: inversion.isBudgetSpent,
    prior: inversion.prior,
    relativeError: inversion.relativeError,
    otherSolutions: inversion.solutions.length - 1,
    countUnit: inversion.countUnit,
    points: used.length,
    pointsFitted: used.reduce((sum, value) => sum + (value === 0 ? 0 : 1), 0),
    ...solutionJson(inversion),
    reflection,
    solutions: inversion.solutions.map((solution) => ({
      ...solutionJson(solution),
      calculated: [...solution.calculated],
      ...(solution.scans !== undefined && {
        scans: solution.scans.map((seen) => ({ ...seen, calculated: [...seen.calculated] })),
      }),
    })),
    draws: inversion.draws.map(({ profile: { depth, strain, debyeWaller }, weight }) => ({
      weight,
      depthNm: [...depth],
      strainPercent: [...strain],
      debyeWaller: [...debyeWaller],
    })),
    curve: curveJson(inversion),
    conditions: conditionsJson(scan),
    ...(inversion.scans !== undefined && { scans: inversion.scans.map(scanJson) }),
  };
}

function curveJson({ scan, calculated, used }: Pick<Inversion, "scan" | "calculated" | "used">) {
  return {
    twoTheta: [...scan.twoTheta],
    measured: [...scan.intensity],
    calculated: [...calculated],
    used: [...used],
    ...(scan.attenuation === undefined ? {} : { attenuation: [...scan.attenuation] }),
  };
}

/** One of several scans of a sample. */
function scanJson(own: InvertedScan) {
  const { reflection, rms, chi2PerPoint, relativeError, countUnit, instrument, scan } = own;
  return {
    reflection,
    rms,
    chi2PerPoint,
    relativeError,
    countUnit,
    instrument,
    curve: curveJson(own),
    conditions: conditionsJson(scan),
  };
}

/** What the file said of the measurement. */
function conditionsJson({ axis, wavelength, countingTime, countUnit, notes }: Scan) {
  // JSON leaves out what is undefined.
  return { axis, wavelength, countingTime, countUnit, notes };
}

function solutionJson(solution: Solution) {
  return {
    ...numbersOf(solution),
    weight: solution.weight,
    profile: profileJson(solution),
    instrument: solution.instrument,
    ...(solution.stack !== undefined && { stack: solution.stack }),
    parameters: parametersJson(solution),
  };
}

/** The fit's parameters, their standard errors and covariance; null where the scan leaves a variance undetermined. */
function parametersJson({ parameters: { names, values, covariance } }: Solution) {
  const finite = (v: number): number | null => (Number.isFinite(v) ? v : null);
  const n = names.length;
  return {
    names: [...names],
    values: [...values],
    standardErrors: names.map((_, i) => finite(Math.sqrt(covariance[i * n + i]))),
    covariance: names.map((_, i) => Array.from(covariance.subarray(i * n, (i + 1) * n), finite)),
  };
}

function numbersOf({
  rms,
  chi2PerPoint,
  maxStrain,
  maxStrainDepth,
  thickness,
  minDebyeWaller,
  profile,
  splines,
}: Solution) {
  return {
    rms,
    chi2PerPoint,
    maxStrainPercent: maxStrain,
    maxStrainDepthNm: maxStrainDepth,
    strainedDepthNm: strainedDepth(profile),
    thicknessNm: thickness,
    minDebyeWaller,
    splines,
  };
}

function profileJson({ profile, strainBand, debyeWallerBand }: Solution) {
  return {
    depthNm: [...profile.depth],
    strainPercent: [...profile.strain],
    debyeWaller: [...profile.debyeWaller],
    strainBand: bandJson(strainBand),
    debyeWallerBand: bandJson(debyeWallerBand),
  };
}

function bandJson({ lower, upper, level }: Band) {
  return { lower: [...lower], upper: [...upper], level };
}
