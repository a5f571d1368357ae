/** Profiles as files that RaDMaX reads (Souilah, Boulle & Debelle 2016, J. Appl. Cryst. 49 311): weights of its splines. */

import { InvalidParameterError } from "../errors.ts";
import type { Solution } from "../types.ts";

/** The two files by their contents. */
export interface RadmaxCoefficients {
  /** input_strain_coeff.txt: weights in %. */
  readonly strain: string;
  /** input_DW_coeff.txt. */
  readonly debyeWaller: string;
}

/** The spline weights of a solution, one a line, interface first, as RaDMaX takes them for its model "B-splines smooth": the
 *  three weights at the interface, 0 for strain and 1 for Debye–Waller, are not in the files. The depth of the splines is
 *  not either: RaDMaX has it in its project, as damaged_depth in Å; a comment, which RaDMaX skips, gives it.
 *  @throws {InvalidParameterError} a solution without spline weights
 *  @example
 *  const { strain, debyeWaller } = radmaxCoefficients(await invert(scan, ysz400)); */
export function radmaxCoefficients({
  parameters: { names, values },
  thickness,
}: Solution): RadmaxCoefficients {
  const file = (name: string, what: string): string => {
    const weights = names.flatMap((each, i) => (new RegExp(`^${name}\\d+$`).test(each) ? [values[i]] : []));
    if (weights.length === 0) throw new InvalidParameterError("solution.parameters", `with ${name}s`, names);
    const head = `# ${what}: weights of cubic B-splines (smooth), interface first; damaged_depth = ${Number((10 * thickness).toPrecision(10))}\n`;
    return head + weights.map((weight) => `${weight}\n`).join("");
  };
  return {
    strain: file("strainWeight", "strain (%)"),
    debyeWaller: file("debyeWallerWeight", "Debye-Waller factor"),
  };
}
