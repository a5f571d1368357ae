/** Measured scans in text files of columns: angle and intensity, in any usual dress. */

import { InvalidParameterError, requireInteger, requireOneOf, ScanFormatError } from "../errors.ts";
import type { FileScan, Scan } from "../types.ts";
import { withoutNegatives, atOneTime } from "./adjust.ts";
import { countUnit } from "./countUnit.ts";
import { averageRepeats, sortByAngle } from "./scan.ts";
import { readTable, type Table } from "./table.ts";

/** How columns of text are read. */
export interface ParseScanOptions {
  /** What the angles in the file are; default "twoTheta". */
  readonly angle?: "twoTheta" | "theta";
  /** Columns of the angle and of the intensity, counted from 1; default: those that the table's header names, else [1, 2]
   *  of two or three columns. Others are not read. */
  readonly columns?: readonly [angle: number, intensity: number];
}

/** Reads a scan from text of columns; `readScan` reads files of every format.
 *
 *  Lines that begin with # ; % ! // * or ' are comments; lines before the first line of numbers are headers. Columns are
 *  separated by spaces, tabs, semicolons or commas; decimals are points or commas, whichever fits the whole file; exponents
 *  may be written 1.0D+03; fields may be quoted. Where the line above the numbers names the columns, its names decide which
 *  are read, and a name that is no 2θ is refused; four columns or more without names are refused, and so are keywords
 *  (`*START = 5`, `_START = 5`, `[Data]`), which belong to formats of their own.
 *
 *  Angles may run in any order: the scan has them ascending. Points of one angle are averaged, each with weight 1.
 *  Intensities below 0, as after a background was subtracted, become the smallest positive one, and `notes` says so.
 *  Where a column of counting times varies, counts are brought to the longest of them. `countUnit` is what the intensities
 *  tell, see there; where points were averaged it is that of a single one.
 *  @param text at most 100 million characters, 5 million points
 *  @returns angles 2θ in degrees, whatever the file has
 *  @throws {ScanFormatError} naming the line: no points, one point, one column, something that is no number among the data,
 *  NaN, most intensities below 0, angles 2θ outside (0°, 180°), a rocking scan, binary data
 *  @throws {InvalidParameterError} an option that cannot be */
export function parseScan(text: string, options: ParseScanOptions = {}): Scan {
  const { twoTheta, ...scan } = readColumns(text, options);
  if (twoTheta === undefined)
    throw new ScanFormatError(
      `the scan is a rocking scan: the header names its angles ${JSON.stringify(scan.axisName)}; read them as θ (\`angle: "theta"\`, --theta) where the detector was open wide`,
    );
  const { intensity, attenuation, countUnit: unit, countingTime, notes } = scan;
  return {
    twoTheta,
    intensity,
    ...(attenuation === undefined ? {} : { attenuation }),
    ...(unit === undefined ? {} : { countUnit: unit }),
    ...(countingTime === undefined ? {} : { countingTime }),
    ...(notes === undefined ? {} : { notes }),
  };
}

/** The scan of a text of columns; of a rocking scan, without 2θ. Its points ascend, and no angle stands twice. */
export function readColumns(text: string, { angle, columns }: ParseScanOptions): FileScan {
  if (angle !== undefined) requireOneOf("angle", angle, ["twoTheta", "theta"]);
  if (columns !== undefined) {
    requireInteger("columns[0]", columns[0], 1, 1000);
    requireInteger("columns[1]", columns[1], 1, 1000);
    if (columns[0] === columns[1])
      throw new InvalidParameterError("columns", "two different columns", columns);
  }
  const table = readTable(text, columns);
  const isRocking = table.axis === "omega" && angle !== "theta";
  if (table.isTheta && angle === undefined)
    throw new ScanFormatError(
      `the header names the angles ${JSON.stringify(table.axisName)}, which may be θ or 2θ: read them as θ (\`angle: "theta"\`, --theta) or as 2θ (\`columns\`, --columns 1,2)`,
      table.headerLine,
    );
  const factor = angle === "theta" ? 2 : 1;
  for (let i = 0; i < table.angles.length && !isRocking; i++) {
    const degrees = table.angles[i]! * factor;
    if (!(degrees > 0 && degrees < 180))
      throw new ScanFormatError(`2θ must be between 0° and 180°; got ${degrees}`, table.lineOf(i));
  }
  return scanOf(table, isRocking ? 1 : factor, isRocking);
}

function scanOf(table: Table, factor: number, isRocking: boolean): FileScan {
  const positive = withoutNegatives(table.intensity);
  const timed =
    table.times === undefined
      ? undefined
      : atOneTime(positive.values, table.times, { isRate: table.unit === "cps" });
  const unit = countUnit(positive.note === undefined ? table.intensity : []);
  const attenuation = timed?.factors;
  const points = averageRepeats(
    sortByAngle({
      twoTheta: factor === 1 ? table.angles : table.angles.map((value) => value * factor),
      intensity: timed?.values ?? positive.values,
      ...(attenuation === undefined ? {} : { attenuation }),
    }),
  );
  if (points.twoTheta.length < 2)
    throw new ScanFormatError("all points have the same angle", table.lineOf(0));
  const notes = [positive.note, timed?.note].filter((note) => note !== undefined);
  const { twoTheta, ...rest } = points;
  return {
    ...(isRocking ? { omega: twoTheta, axis: "omega" as const } : { twoTheta }),
    ...rest,
    ...(table.axis === "omega" ? { axisName: table.axisName } : {}),
    ...(table.unit === undefined ? {} : { intensityUnit: table.unit }),
    ...(timed === undefined ? {} : { countingTime: timed.time }),
    ...(unit === undefined ? {} : { countUnit: unit }),
    ...(notes.length === 0 ? {} : { notes }),
  };
}
