/** What every Scan is held to: finite, 0 < 2θ < 180°, intensities ≥ 0, angles ascending without repeats. */

import { InvalidParameterError, requireFiniteArray, requirePositive } from "../errors.ts";
import type { Scan } from "../types.ts";

/** A scan as a user's program holds it. */
export interface ScanInput {
  /** degrees, in any order. */
  readonly twoTheta: ArrayLike<number>;
  /** Counts or rates, ≥ 0. */
  readonly intensity: ArrayLike<number>;
  /** What one count adds to the intensity, where it is known; it is not guessed here, see `countUnit`. */
  readonly countUnit?: number | undefined;
}

/** Checks a scan and puts its points in the order of their angles; points of one angle are averaged, each with weight 1.
 *  @returns a copy, yours to keep
 *  @throws {InvalidParameterError} @throws {NotFiniteError} naming `twoTheta` or `intensity` */
export function validateScan(scan: ScanInput): Scan {
  const { twoTheta, intensity, countUnit } = scan;
  requireNumbers("twoTheta", twoTheta);
  requireNumbers("intensity", intensity);
  if (twoTheta.length < 2) throw new InvalidParameterError("twoTheta", "of two points or more", twoTheta);
  if (intensity.length !== twoTheta.length) {
    throw new InvalidParameterError("intensity", `of the length of twoTheta, ${twoTheta.length}`, intensity);
  }
  requireFiniteArray("twoTheta", twoTheta);
  requireFiniteArray("intensity", intensity);
  for (let i = 0; i < twoTheta.length; i++) {
    if (!(twoTheta[i] > 0 && twoTheta[i] < 180)) {
      throw new InvalidParameterError(`twoTheta[${i}]`, "between 0° and 180°, both excluded", twoTheta[i]);
    }
    if (intensity[i] < 0) throw new InvalidParameterError(`intensity[${i}]`, "≥ 0", intensity[i]);
    if (intensity[i] > 1e15) throw new InvalidParameterError(`intensity[${i}]`, "at most 1e15", intensity[i]);
  }
  if (countUnit !== undefined) requirePositive("countUnit", countUnit);
  const merged = averageRepeats(sortByAngle(twoTheta, intensity));
  if (merged.twoTheta.length < 2) throw new InvalidParameterError("twoTheta", "of two different angles or more", twoTheta);
  return countUnit === undefined ? merged : { ...merged, countUnit };
}

export interface Points {
  readonly twoTheta: Float64Array;
  readonly intensity: Float64Array;
}

/** Copies of both arrays, in ascending order of the angles; points of one angle keep their order. */
export function sortByAngle(twoTheta: ArrayLike<number>, intensity: ArrayLike<number>): Points {
  const n = twoTheta.length;
  let ascending = true;
  let descending = true;
  for (let i = 1; i < n; i++) {
    if (twoTheta[i] < twoTheta[i - 1]) ascending = false;
    if (twoTheta[i] > twoTheta[i - 1]) descending = false;
  }
  const x = Float64Array.from(twoTheta);
  const y = Float64Array.from(intensity);
  if (ascending) return { twoTheta: x, intensity: y };
  if (descending) return { twoTheta: x.reverse(), intensity: y.reverse() };
  const order = Uint32Array.from(x, (_, i) => i).sort((a, b) => x[a] - x[b] || a - b);
  return { twoTheta: Float64Array.from(order, (i) => x[i]), intensity: Float64Array.from(order, (i) => y[i]) };
}

/** One point for each angle of ascending points: the mean of the intensities there. */
export function averageRepeats(points: Points): Points {
  const { twoTheta, intensity } = points;
  const x = new Float64Array(twoTheta.length);
  const y = new Float64Array(twoTheta.length);
  let count = 0;
  for (let i = 0; i < twoTheta.length; ) {
    let sum = 0;
    const first = i;
    while (i < twoTheta.length && twoTheta[i] === twoTheta[first]) sum += intensity[i++];
    x[count] = twoTheta[first];
    y[count++] = i - first === 1 ? intensity[first] : sum / (i - first);
  }
  return count === x.length ? points : { twoTheta: x.slice(0, count), intensity: y.slice(0, count) };
}

function requireNumbers(name: string, values: unknown): void {
  const list = Array.isArray(values) || (ArrayBuffer.isView(values) && "length" in values);
  if (!list) throw new InvalidParameterError(name, "an array of numbers", values);
}
