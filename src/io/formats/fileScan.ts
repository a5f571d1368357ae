/** From the numbers of a file to a FileScan: what moved, which lines, what a count is; and that it can be right. */

import { ScanFormatError } from "../../errors.ts";
import type { FileScan, ScanAxis, SpectralLine } from "../../types.ts";
import { numberOf } from "../columns.ts";
import { countUnit } from "../countUnit.ts";
import { MAX_POINTS } from "../xy.ts";

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
  readonly tube?: Tube | undefined;
  readonly sample?: string | undefined;
  readonly comment?: string | undefined;
}

/** Wavelengths in Å. */
export interface Tube {
  readonly alpha1?: number | undefined;
  readonly alpha2?: number | undefined;
  /** Intensity of Kα2 over that of Kα1. */
  readonly ratio?: number | undefined;
}

/** Scans of one file. */
export const MAX_SCANS = 10_000;

/** Refuses a number of scans or points that is out of reason before anything is allocated for it. */
export function requireReasonable(what: "scans" | "points", count: number): void {
  const most = what === "scans" ? MAX_SCANS : MAX_POINTS;
  if (!(count <= most))
    throw new ScanFormatError(`there are ${count} ${what}, more than the ${most} that are read`);
}

/** @throws {ScanFormatError} columns of different lengths, less than two points, no number, below 0 */
export function fileScan(found: Found): FileScan {
  const { counts, attenuation: factors, tube, intensityUnit } = found;
  if (counts.length < 2)
    throw new ScanFormatError(`the scan has ${counts.length === 1 ? "one point only" : "no points"}`);
  for (const name of ["twoTheta", "omega", "position", "attenuation"] as const) {
    const values = found[name];
    if (values === undefined) continue;
    if (values.length !== counts.length)
      throw new ScanFormatError(
        `there are ${values.length} values of ${WORDS[name]} for ${counts.length} intensities`,
      );
    requireNumbers(WORDS[name], values, name === "attenuation" ? Number.MIN_VALUE : -1e6);
  }
  requireNumbers("the intensity", counts, 0);
  const attenuation = factors?.some((factor) => factor !== 1) === true ? factors : undefined;
  const isScaled = attenuation !== undefined && found.isCorrected !== true;
  const countingTime = positive(found.countingTime);
  const lines = linesOf(tube);
  const unit = unitOf(counts, intensityUnit, countingTime);
  const { axis, twoTheta, omega, position } = axesOf(found);
  return {
    ...given("axis", axis),
    ...given("axisName", words(found.axisName)),
    ...given("twoTheta", twoTheta),
    ...given("omega", omega),
    ...given("position", position),
    intensity: isScaled ? counts.map((count, i) => count * attenuation[i]) : counts,
    ...given("intensityUnit", intensityUnit),
    ...given("countUnit", unit),
    ...given("countingTime", countingTime),
    ...given("attenuation", attenuation),
    ...given("wavelength", lines?.[0]?.wavelength),
    ...given("lines", lines),
    ...given("sample", words(found.sample)),
    ...given("comment", words(found.comment)),
  };
}

const WORDS = { twoTheta: "2θ", omega: "ω", position: "the axis", attenuation: "the attenuation" } as const;

function requireNumbers(what: string, values: Float64Array, least: number): void {
  values.forEach((value, i) => {
    if (!(value >= least && value <= 1e15))
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
  counts: Float64Array,
  unit: "counts" | "cps" | undefined,
  time: number | undefined,
): number | undefined {
  if (unit === "counts") return 1;
  if (unit === "cps" && time !== undefined) return 1 / time;
  return countUnit(counts);
}

function linesOf(tube: Tube | undefined): SpectralLine[] | undefined {
  const alpha1 = wavelength(tube?.alpha1);
  if (alpha1 === undefined) return undefined;
  const alpha2 = wavelength(tube?.alpha2);
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
  const short = text
    ?.replace(/[\s\0]+/g, " ")
    .trim()
    .slice(0, 500);
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
