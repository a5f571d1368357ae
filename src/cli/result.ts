/** The files that an inversion leaves in a folder. */

import { radmaxCoefficients } from "../io/radmax.ts";
import type { Row } from "../report/page.ts";
import { curveCsv, profileCsv, resultJson } from "../report/files.ts";
import { report } from "../report/report.ts";
import type { Inversion } from "../types.ts";
import { writeWhole } from "./files.ts";

export const RESULT_FILES = [
  "result.json",
  "profile.csv",
  "curve.csv",
  "input_strain_coeff.txt",
  "input_DW_coeff.txt",
  "report.html",
] as const;

/** What is told with an inversion. */
export interface About {
  readonly name: string;
  readonly seconds: number;
  readonly wavelengthFrom: "file" | "option";
}

/** The files of RESULT_FILES in a folder, which is made where it is missing; each file appears whole.
 *  @throws {InputError} naming the file that cannot be written */
export async function writeResults(
  folder: string,
  inversion: Inversion,
  options: About & { readonly rows: readonly Row[] },
): Promise<void> {
  const coefficients = radmaxCoefficients(inversion);
  const texts: Record<(typeof RESULT_FILES)[number], string> = {
    "result.json": `${JSON.stringify(resultJson(inversion, options))}\n`,
    "profile.csv": profileCsv(inversion),
    "curve.csv": curveCsv(inversion),
    "input_strain_coeff.txt": coefficients.strain,
    "input_DW_coeff.txt": coefficients.debyeWaller,
    "report.html": report(inversion, { title: options.name, rows: options.rows }),
  };
  for (const name of RESULT_FILES) await writeWhole(`${folder}/${name}`, texts[name]);
}
