/** The files that an inversion leaves in a folder. */

import { radmaxCoefficients } from "../io/radmax.ts";
import { curveCsv, profileCsv, resultJson } from "../report/files.ts";
import { foundWriter, resultNexus } from "../report/nexus.ts";
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

const NEXUS = "result.nxs";

export interface ResultOptions {
  readonly force?: boolean | undefined;
  /** result.nxs, too. */
  readonly nexus?: boolean | undefined;
}

/** Says before the work what would be wrong with the folder after it.
 *  @throws {InputError} @throws {InvalidParameterError} result.nxs is asked for, and h5wasm is not installed */
export async function checkResults(folder: string, { force, nexus }: ResultOptions): Promise<void> {
  if (nexus === true) await foundWriter();
  await checkOutputs(folder, nexus === true ? [NEXUS, ...RESULT_FILES] : RESULT_FILES, {
    force,
    index: INDEX,
  });
}

/** The files of RESULT_FILES in a folder, which is made where it is missing.
 *  @throws {InputError} naming the file that cannot be written; what was there before stays */
export async function writeResults(
  folder: string,
  result: Result,
  { force, nexus }: ResultOptions,
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
  const files = nexus === true ? { [NEXUS]: await resultNexus(inversion, result), ...texts } : texts;
  await writeOutputs(folder, files, { force, index: INDEX });
}
