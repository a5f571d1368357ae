/** From the numbers of a file to a FileScan: what moved, which lines, what a count is; and that it can be right. */

import { ScanFormatError } from "../../errors.ts";
import type { FileScan, ScanAxis, SpectralLine } from "../../types.ts";
import { numberOf } from "../columns.ts";
import { countUnit } from "../countUnit.ts";
import { atOneTime, withoutNegatives } from "../adjust.ts";
import { MAX_POINTS } from "../table.ts";
import { nameFrom } from "../../words.ts";

/** What a reader finds; numbers as they stand in the file, which may be anything. */
export interface Found {
  readonly axisName?: string | undefined;
  /** What the axis's name says; the angles decide where they can. */
  readonly axis?: ScanAxis | undefined;
  readonly twoTheta?: Float64Array | undefined;
  readonly omega?: Float64Array | undefined;
  readonly position?: Float64Array | undefined;
  /** As counted. */
  readonly counts: Float64Array;
  /** By which the counts are still to be multiplied, or, with `isCorrected`, were. */
  readonly attenuation?: Float64Array | undefined;
  readonly isCorrected?: boolean;
  readonly intensityUnit?: "counts" | "cps" | undefined;
  readonly countingTime?: number | undefined;
  /** Seconds of each point, where the file has them one by one. */
  readonly countingTimes?: Float64Array | undefined;
  readonly tube?: Tube | undefined;
  /** Motors that stood still, as the file lists them; those without a number are left out. */
  readonly motors?: Iterable<readonly [name: string | undefined, position: number | undefined]> | undefined;
  readonly sample?: string | undefined;
  readonly comment?: string | undefined;
  readonly number?: number | undefined;
  readonly refusal?: string | undefined;
  /** Where points may come in any order. */
  readonly runsFreely?: boolean;
}

/** Wavelengths in Å. */
export interface Tube {
  readonly alpha1?: number | undefined;
  readonly alpha2?: number | undefined;
  /** Intensity of Kα2 over that of Kα1. */
  readonly ratio?: number | undefined;
}

/** Scans of one file, and points of all of them together. */
export const MAX_SCANS = 10_000;
export const MAX_FILE_POINTS = 2e6;

/** Counts the points of a file's scans, so that many large ones are refused before they take memory.
 *  @returns to be told the number of points of each scan, before it is read */
export function pointCounter(): (points: number) => void {
  let total = 0;
  return (points) => {
    requireReasonable("points", points);
    total += points;
    if (total > MAX_FILE_POINTS)
      throw new ScanFormatError(
        `the file's scans have more than the ${MAX_FILE_POINTS} points that are read`,
      );
  };
}

/** Refuses a number of scans or points that is out of reason before anything is allocated for it. */
export function requireReasonable(what: "scans" | "points", count: number): void {
  const most = what === "scans" ? MAX_SCANS : MAX_POINTS;
  if (!(count <= most))
    throw new ScanFormatError(`there are ${count} ${what}, more than the ${most} that are read`);
}

/** @throws {ScanFormatError} columns of different lengths, less than two points, no number, mostly below 0 */
export function fileScan(found: Found): FileScan {
  const { tube, intensityUnit } = found;
  requireColumns(found);
  const raised = withoutNegatives(found.counts);
  const timed =
    found.countingTimes === undefined
      ? undefined
      : atOneTime(raised.values, found.countingTimes, { isRate: intensityUnit === "cps" });
  const counts = timed?.values ?? raised.values;
  const factors = found.attenuation?.some((factor) => factor !== 1) === true ? found.attenuation : undefined;
  const isScaled = factors !== undefined && found.isCorrected !== true;
  const attenuation = product(factors, timed?.factors);
  const countingTime = positive(timed?.time ?? found.countingTime);
  const lines = linesOf(tube);
  const odd = tube !== undefined && lines === undefined && oddLines(tube);
  const unit = raised.note === undefined ? unitOf(found, countingTime) : undefined;
  const notes = [raised.note, timed?.note, odd === false ? undefined : odd].filter(
    (note) => note !== undefined,
  );
  const { axis, twoTheta, omega, position } = axesOf(found);
  return {
    ...given("axis", axis),
    ...given("axisName", words(found.axisName)),
    ...given("twoTheta", twoTheta),
    ...given("omega", omega),
    ...given("position", position),
    intensity: isScaled ? counts.map((count, i) => count * factors[i]!) : counts,
    ...given("intensityUnit", intensityUnit),
    ...given("countUnit", unit),
    ...given("countingTime", countingTime),
    ...given("attenuation", attenuation),
    ...given("wavelength", lines?.[0]?.wavelength),
    ...given("lines", lines),
    ...given("motors", motorsOf(found.motors)),
    ...given("sample", words(found.sample)),
    ...given("comment", words(found.comment)),
    ...given("number", found.number),
    ...given("refusal", found.refusal),
    ...given("notes", notes.length === 0 ? undefined : notes),
  };
}

const MOST_MOTORS = 200;

function motorsOf(found: Found["motors"] = []): FileScan["motors"] {
  const motors = new Map<string, number>();
  for (const [name, position] of found) {
    const word = words(name);
    if (word === undefined || position === undefined || !Number.isFinite(position)) continue;
    if (motors.size < MOST_MOTORS) motors.set(word, position);
  }
  return motors.size === 0 ? undefined : Object.fromEntries(motors);
}

function requireColumns(found: Found): void {
  const { counts } = found;
  if (counts.length < 2)
    throw new ScanFormatError(`the scan has ${counts.length === 1 ? "one point only" : "no points"}`);
  for (const name of ["twoTheta", "omega", "position", "attenuation", "countingTimes"] as const) {
    const values = found[name];
    if (values === undefined) continue;
    if (values.length !== counts.length)
      throw new ScanFormatError(
        `there are ${values.length} values of ${WORDS[name]} for ${counts.length} intensities`,
      );
    requireNumbers(WORDS[name], values, LIMITS[name]);
  }
  requireNumbers("the intensity", counts, [-1e15, 1e15]);
  if (found.runsFreely !== true) requireOneWay(found);
}

/** A diffractometer runs one way through a scan; an angle that jumps back is damage. Encoders may tremble by a step. */
function requireOneWay({ twoTheta, omega, position, axis }: Found): void {
  const angles = axis === "omega" ? omega : (twoTheta ?? position);
  if (angles === undefined || angles.length < 4) return;
  const steps = Float64Array.from({ length: angles.length - 1 }, (_, i) => angles[i + 1]! - angles[i]!);
  const sizes = steps.map(Math.abs).sort();
  const usual = sizes[sizes.length >> 1]!;
  const way = Math.sign(angles[angles.length - 1]! - angles[0]!);
  const back = steps.findIndex((step) => step * way < -2 * usual - 1e-3);
  if (back >= 0)
    throw new ScanFormatError(
      `the angles run back from ${angles[back]!}° at point ${back + 1} to ${angles[back + 1]!}°`,
    );
}

function product(a: Float64Array | undefined, b: Float64Array | undefined): Float64Array | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  return a.map((value, i) => value * b[i]!);
}

const WORDS = {
  twoTheta: "2θ",
  omega: "ω",
  position: "the axis",
  attenuation: "the attenuation",
  countingTimes: "the counting time",
} as const;

/** Beyond a full turn an angle is damage. */
const LIMITS = {
  twoTheta: [-360, 360],
  omega: [-360, 360],
  position: [-1e6, 1e6],
  attenuation: [Number.MIN_VALUE, 1e15],
  countingTimes: [0, 1e9],
} as const;

function requireNumbers(
  what: string,
  values: Float64Array,
  [least, most]: readonly [least: number, most: number],
): void {
  values.forEach((value, i) => {
    if (!(value >= least && value <= most))
      throw new ScanFormatError(`${what} of point ${i + 1} is ${value}`);
  });
}

/** What moved, and the angles that belong to it. */
function axesOf({
  axis: named,
  twoTheta,
  omega,
  position,
}: Found): Pick<Found, "axis" | "twoTheta" | "omega" | "position"> {
  const axis = moved(twoTheta, omega) ?? named;
  return { axis, twoTheta, omega, position: axis === "other" ? position : undefined };
}

/** What moved, where the angles show it. */
function moved(twoTheta: Float64Array | undefined, omega: Float64Array | undefined): ScanAxis | undefined {
  if (twoTheta === undefined || omega === undefined) return undefined;
  const last = twoTheta.length - 1;
  const detector = twoTheta[last] - twoTheta[0];
  const sample = omega[last] - omega[0];
  // Encoders and roundings leave some 1e-4°.
  const still = (angle: number): boolean =>
    Math.abs(angle) < 1e-3 && Math.abs(angle) < 1e-2 * (Math.abs(detector) + Math.abs(sample));
  if (detector === 0 && sample === 0) return "other";
  if (still(detector)) return "omega";
  if (still(sample)) return "2theta";
  return Math.abs(detector - 2 * sample) < 0.02 * Math.abs(detector) ? "2theta-omega" : "other";
}

function unitOf(
  { counts, intensityUnit, countingTimes }: Found,
  time: number | undefined,
): number | undefined {
  if (intensityUnit === "counts") return 1;
  if (intensityUnit === "cps" && time !== undefined) return 1 / time;
  // Rates of points that were counted for different times have no common unit.
  return intensityUnit === "cps" && countingTimes !== undefined ? undefined : countUnit(counts);
}

/** Kα2 over Kα1 of the anodes from Cr to Ag is 1.0017 … 1.0079. */
const DOUBLET = [1.001, 1.01] as const;

function isDoublet(alpha1: number, alpha2: number): boolean {
  return alpha2 === alpha1 || (alpha2 > DOUBLET[0] * alpha1 && alpha2 < DOUBLET[1] * alpha1);
}

/** Why wavelengths that a file has are not used; false where it has none. */
function oddLines({ alpha1, alpha2 }: Tube): string | false {
  const [first, second] = [wavelength(alpha1), wavelength(alpha2)];
  return (
    first !== undefined &&
    second !== undefined &&
    `The file's wavelengths, ${first} and ${second} Å, are not Kα1 and Kα2 of one anode, and are not used.`
  );
}

function linesOf(tube: Tube | undefined): SpectralLine[] | undefined {
  const alpha1 = wavelength(tube?.alpha1);
  if (alpha1 === undefined) return undefined;
  const alpha2 = wavelength(tube?.alpha2);
  if (alpha2 !== undefined && !isDoublet(alpha1, alpha2)) return undefined;
  const ratio = positive(tube?.ratio);
  const lines = [{ wavelength: alpha1, weight: 1 }];
  if (alpha2 !== undefined && alpha2 !== alpha1 && ratio !== undefined && ratio <= 10)
    lines.push({ wavelength: alpha2, weight: ratio });
  return lines;
}

/** Å; writers put 0 where they do not know it. */
function wavelength(value: number | undefined): number | undefined {
  return value !== undefined && value > 0.01 && value < 100 ? value : undefined;
}

function positive(value: number | undefined): number | undefined {
  return value !== undefined && value > 0 && value < 1e9 ? value : undefined;
}

function words(text: string | undefined): string | undefined {
  const short = nameFrom(text ?? "");
  return short === "" ? undefined : short;
}

function given<K extends string, T>(name: K, value: T | undefined): { readonly [P in K]?: T } {
  return (value === undefined ? {} : { [name]: value }) as { readonly [P in K]?: T };
}

/** Evenly spaced values, without the noise of binary fractions. */
export function stepped(start: number, step: number, count: number): Float64Array {
  requireReasonable("points", count);
  return Float64Array.from({ length: count }, (_, i) => Math.round((start + i * step) * 1e9) / 1e9);
}

/** A number that a file writes as text; undefined where it is none. */
export function numberIn(text: string | undefined): number | undefined {
  const value = numberOf(text?.trim(), "point");
  return value !== undefined && Number.isFinite(value) ? value : undefined;
}

/** Numbers with spaces between them.
 *  @throws {ScanFormatError} where something else stands among them */
export function numbersIn(text: string, what: string): Float64Array {
  const fields = text === "" ? [] : text.split(/[\s,;]+/, MAX_POINTS + 1);
  requireReasonable("points", fields.length);
  return Float64Array.from(fields, (field, i) => {
    const value = numberOf(field, "point");
    if (value === undefined)
      throw new ScanFormatError(
        `${JSON.stringify(field.slice(0, 30))}, value ${i + 1} of ${what}, is not a number`,
      );
    return value;
  });
}
