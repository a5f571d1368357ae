/** Strain profiles from text files of columns: depth, strain, Debye–Waller factor; such as the profile.csv of an inversion. */

import { InvalidParameterError, requireWithin } from "../errors.ts";
import { detectDialect, fieldsOf, forEachLine, numberOf } from "../io/columns.ts";
import type { Profile } from "../types.ts";
import { InputError } from "./terminal.ts";

/** @param text columns separated by spaces, tabs, commas or semicolons: depth (nm below the surface, ascending), strain (%) and,
 *  where there is a third, Debye–Waller factor (1 if absent); comments and headers are skipped, further columns not read
 *  @throws {InputError} @throws {InvalidParameterError} naming the line */
export function parseProfile(text: string): Profile {
  const dialect = detectDialect(text);
  const rows: [number, number, number][] = [];
  let withThird: boolean | undefined;
  forEachLine(text, (line, number) => {
    const fields = fieldsOf(line, dialect).filter((field) => field !== "");
    const values = fields.slice(0, 3).map((field) => numberOf(field, dialect));
    if (values.length < 2 || values.some((value) => value === undefined || !Number.isFinite(value))) {
      if (rows.length === 0 && values[0] === undefined) return;
      throw new InputError(`line ${number}: depth, strain and Debye–Waller factor must be numbers`);
    }
    withThird ??= values.length > 2;
    if (withThird !== values.length > 2)
      throw new InputError(`line ${number}: there must be as many columns as in the lines before`);
    const [depth, strain, debyeWaller = 1] = values as [number, number, number?];
    const last = rows.at(-1)?.[0];
    if (!(depth >= 0)) throw new InvalidParameterError(`line ${number}: depth`, "≥ 0 nm", depth);
    if (last !== undefined && !(depth > last))
      throw new InvalidParameterError(
        `line ${number}: depth`,
        `> that of the line before, ${last} nm`,
        depth,
      );
    requireWithin(`line ${number}: strain`, strain, -50, 50, "%");
    requireWithin(`line ${number}: Debye–Waller factor`, debyeWaller, 0, 1);
    rows.push([depth, strain, debyeWaller]);
  });
  if (rows.length < 2)
    throw new InputError("there must be two lines or more of depth (nm), strain (%) and Debye–Waller factor");
  // Samples in the middle of slices begin below the surface; up to it the first value holds.
  const [first] = rows;
  if (first![0] > 0) rows.unshift([0, first![1], first![2]]);
  const column = (i: 0 | 1 | 2) => Float64Array.from(rows, (row) => row[i]);
  return { depth: column(0), strain: column(1), debyeWaller: column(2) };
}
