/** What an inversion becomes outside the program: JSON, CSV, a page. Names carry units. */

import { radmaxCoefficients } from "../io/radmax.ts";
import { csv } from "../io/results.ts";
import type { Row } from "../report/page.ts";
import { report } from "../report/report.ts";
import { weightedResiduals } from "../report/figures.ts";
import { VERSION } from "../version.ts";
import type { Band, Inversion, Solution } from "../types.ts";
import { writeWhole } from "./files.ts";

export const RESULT_FILES = ["result.json", "profile.csv", "curve.csv", "input_strain_coeff.txt", "input_DW_coeff.txt", "report.html"] as const;

/** What is told with an inversion. */
export interface About {
  readonly name: string;
  readonly seconds: number;
  readonly wavelengthFrom: "file" | "option";
}

/** The JSON of one scan; arrays are plain, so that JSON.stringify writes them as such. */
export function resultJson(inversion: Inversion, { name, seconds, wavelengthFrom }: About) {
  const { reflection, instrument, scan, calculated, used } = inversion;
  return {
    scan: name,
    takagi: VERSION,
    converged: inversion.converged,
    reason: inversion.reason,
    method: inversion.method,
    ...numbersOf(inversion),
    otherSolutions: inversion.solutions.length - 1,
    wavelengthFrom,
    countUnit: inversion.countUnit,
    points: used.length,
    pointsFitted: used.reduce((sum, value) => sum + (value === 0 ? 0 : 1), 0),
    seconds,
    profile: profileJson(inversion),
    instrument,
    reflection,
    parameters: parametersJson(inversion),
    solutions: inversion.solutions.map((solution) => ({
      ...numbersOf(solution),
      profile: profileJson(solution),
      instrument: solution.instrument,
    })),
    curve: { twoTheta: [...scan.twoTheta], measured: [...scan.intensity], calculated: [...calculated], used: [...used] },
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

function numbersOf({ rms, chi2PerPoint, maxStrain, maxStrainDepth, thickness, minDebyeWaller, splines }: Solution) {
  return { rms, chi2PerPoint, maxStrainPercent: maxStrain, maxStrainDepthNm: maxStrainDepth, thicknessNm: thickness, minDebyeWaller, splines };
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

/** The files of RESULT_FILES in a folder, which is made where it is missing; each file appears whole.
 *  @throws {InputError} naming the file that cannot be written */
export async function writeResults(folder: string, inversion: Inversion, options: About & { readonly rows: readonly Row[] }): Promise<void> {
  const { profile, strainBand, debyeWallerBand, scan, calculated, used } = inversion;
  const coefficients = radmaxCoefficients(inversion);
  const texts: Record<(typeof RESULT_FILES)[number], string> = {
    "result.json": `${JSON.stringify(resultJson(inversion, options))}\n`,
    "profile.csv": csv({
      depth_nm: profile.depth,
      strain_percent: profile.strain,
      debye_waller: profile.debyeWaller,
      strain_lower_percent: strainBand.lower,
      strain_upper_percent: strainBand.upper,
      debye_waller_lower: debyeWallerBand.lower,
      debye_waller_upper: debyeWallerBand.upper,
    }),
    "curve.csv": csv({
      two_theta_deg: scan.twoTheta,
      measured: scan.intensity,
      calculated,
      weighted_residual: weightedResiduals(inversion),
      fitted: used,
    }),
    "input_strain_coeff.txt": coefficients.strain,
    "input_DW_coeff.txt": coefficients.debyeWaller,
    "report.html": report(inversion, { title: options.name, rows: options.rows }),
  };
  for (const name of RESULT_FILES) await writeWhole(`${folder}/${name}`, texts[name]);
}
