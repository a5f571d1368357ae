/** Measured scans in text files of columns: angle and intensity, in any usual dress. */

import { InvalidParameterError, requireInteger, requireOneOf, ScanFormatError } from "../errors.ts";
import type { Scan } from "../types.ts";
import { detectDialect, fieldsOf, forEachLine, numberOf } from "./columns.ts";
import { countUnit } from "./countUnit.ts";
import { averageRepeats, sortByAngle } from "./scan.ts";
import { MAX_FILE_BYTES, requireText } from "./text.ts";

export interface ParseScanOptions {
  /** What the angles in the file are; default "twoTheta". */
  readonly angle?: "twoTheta" | "theta";
  /** Columns of the angle and of the intensity, counted from 1; default [1, 2]. Others are not read. */
  readonly columns?: readonly [angle: number, intensity: number];
}

/** Points of one file. */
export const MAX_POINTS = 5e6;

/** Reads a scan from text of columns; `readScan` reads files of every format.
 *
 *  Lines that begin with # ; % ! // * ' or _ are comments; lines before the first line of numbers are headers. Columns are
 *  separated by spaces, tabs, semicolons or commas; decimals are points or commas, whichever fits the whole file; exponents
 *  may be written 1.0D+03; fields may be quoted. Angles may run in any order: the scan has them ascending. Points of one
 *  angle are averaged, each with weight 1. `countUnit` is what the intensities tell, see there; where points were averaged
 *  it is that of a single one.
 *  @param text at most 100 million characters, 5 million points
 *  @returns angles 2θ in degrees, whatever the file has
 *  @throws {ScanFormatError} naming the line: no points, one point, one column, something that is no number among the data,
 *  NaN, intensities below 0, angles 2θ outside (0°, 180°), binary data
 *  @throws {InvalidParameterError} an option that cannot be */
export function parseScan(text: string, options: ParseScanOptions = {}): Scan {
  const toTwoTheta = factorOf(options.angle ?? "twoTheta");
  const [angleColumn, intensityColumn] = options.columns ?? [1, 2];
  requireInteger("columns[0]", angleColumn, 1, 1000);
  requireInteger("columns[1]", intensityColumn, 1, 1000);
  if (angleColumn === intensityColumn)
    throw new InvalidParameterError("columns", "two different columns", options.columns);
  if (text.length > MAX_FILE_BYTES) {
    throw new ScanFormatError(
      `the file has ${text.length} characters, more than the ${MAX_FILE_BYTES} that are read`,
    );
  }
  requireText(text);
  const dialect = detectDialect(text);

  let twoTheta = new Float64Array(1024);
  let intensity = new Float64Array(1024);
  let count = 0;
  let lines = 0;
  let oneColumn = 0;
  let firstLine = 0;
  forEachLine(text, (line, number) => {
    lines++;
    const fields = fieldsOf(line, dialect);
    const angle = numberOf(fields[angleColumn - 1], dialect);
    const value = numberOf(fields[intensityColumn - 1], dialect);
    if (angle === undefined || value === undefined) {
      const first =
        numberOf(fields[0], dialect) !== undefined &&
        (fields.length === 1 || (fields.length === 2 && fields[1] === ""));
      if (first) oneColumn ||= number;
      if (count === 0) return;
      if (first) throw new ScanFormatError("there is one column only", number);
      const which = angle === undefined ? angleColumn : intensityColumn;
      if (fields.length < which) throw new ScanFormatError(`there is no column ${which}`, number);
      throw new ScanFormatError(`${JSON.stringify(shortened(fields[which - 1]))} is not a number`, number);
    }
    if (!Number.isFinite(angle))
      throw new ScanFormatError(`the angle is ${shortened(fields[angleColumn - 1])}`, number);
    if (!Number.isFinite(value))
      throw new ScanFormatError(`the intensity is ${shortened(fields[intensityColumn - 1])}`, number);
    const degrees = angle * toTwoTheta;
    if (!(degrees > 0 && degrees < 180))
      throw new ScanFormatError(`2θ must be between 0° and 180°; got ${degrees}`, number);
    if (value < 0) throw new ScanFormatError(`the intensity must be ≥ 0; got ${value}`, number);
    if (count === MAX_POINTS) throw new ScanFormatError(`there are more than ${MAX_POINTS} points`, number);
    if (count === twoTheta.length) {
      twoTheta = grown(twoTheta);
      intensity = grown(intensity);
    }
    firstLine ||= number;
    twoTheta[count] = degrees;
    intensity[count++] = value;
  });
  if (count === 0) throw nothingFound(text, lines, oneColumn);
  if (count === 1) throw new ScanFormatError("there is one point only", firstLine);

  const sorted = sortByAngle({
    twoTheta: twoTheta.subarray(0, count),
    intensity: intensity.subarray(0, count),
  });
  const unit = countUnit(sorted.intensity);
  const points = averageRepeats(sorted);
  if (points.twoTheta.length < 2) throw new ScanFormatError("all points have the same angle", firstLine);
  return unit === undefined ? points : { ...points, countUnit: unit };
}

function factorOf(angle: unknown): number {
  requireOneOf("angle", angle, ["twoTheta", "theta"]);
  return angle === "theta" ? 2 : 1;
}

function nothingFound(text: string, lines: number, oneColumn: number): ScanFormatError {
  if (text.trim() === "") return new ScanFormatError("the file is empty");
  if (oneColumn > 0)
    return new ScanFormatError("there is one column only; angle and intensity are needed", oneColumn);
  if (text.trimStart().startsWith("<"))
    return new ScanFormatError("the file is XML, not columns of numbers; `readScan` reads XRDML");
  return new ScanFormatError(
    lines === 0 ? "the file has comments only" : "no line has an angle and an intensity",
  );
}

function grown(values: Float64Array<ArrayBuffer>): Float64Array<ArrayBuffer> {
  const larger = new Float64Array(2 * values.length);
  larger.set(values);
  return larger;
}

function shortened(text: string): string {
  return text.length > 30 ? `${text.slice(0, 27)}...` : text;
}
