/** The files that an inversion leaves in a folder. */

import { radmaxCoefficients } from "../io/radmax.ts";
import { curveCsv, profileCsv, resultJson } from "../report/files.ts";
import type { Result } from "../report/parseResult.ts";
import { report } from "../report/report.ts";
import { checkOutputs, writeOutputs } from "./outputs.ts";

/** The last one makes the result whole, and tells whose the others are. */
const INDEX = "result.json";
export const RESULT_FILES = [
  "profile.csv",
  "curve.csv",
  "input_strain_coeff.txt",
  "input_DW_coeff.txt",
  "report.html",
  INDEX,
] as const;

/** Says before the work what would be wrong with the folder after it.
 *  @throws {InputError} */
export function checkResults(folder: string, force: boolean | undefined): Promise<void> {
  return checkOutputs(folder, RESULT_FILES, { force, index: INDEX });
}

/** The files of RESULT_FILES in a folder, which is made where it is missing.
 *  @throws {InputError} naming the file that cannot be written; what was there before stays */
export async function writeResults(
  folder: string,
  result: Result,
  force: boolean | undefined,
): Promise<void> {
  const { inversion } = result,
    coefficients = radmaxCoefficients(inversion);
  const texts: Record<(typeof RESULT_FILES)[number], string> = {
    "profile.csv": profileCsv(inversion),
    "curve.csv": curveCsv(inversion),
    "input_strain_coeff.txt": coefficients.strain,
    "input_DW_coeff.txt": coefficients.debyeWaller,
    "report.html": report(inversion, { ...result, title: result.name }),
    [INDEX]: `${JSON.stringify(resultJson(inversion, result))}\n`,
  };
  await writeOutputs(folder, texts, { force, index: INDEX });
}
