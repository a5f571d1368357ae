/** Changes to intensities on reading, each with a note that says so. */

import { ScanFormatError } from "../errors.ts";

/** A share of the longest counting time within which times count as equal: clocks of continuous scans differ so much. */
const SAME_TIME = 0.02;

/** Intensities below zero, left by a background that was subtracted, become the smallest positive one.
 *  @returns the values themselves where none is below zero
 *  @throws {ScanFormatError} where more than half are below zero, or none is above */
export function withoutNegatives(values: Float64Array): { values: Float64Array; note?: string } {
  let count = 0;
  let least = Infinity;
  for (const value of values) {
    if (value < 0) count++;
    else if (value > 0) least = Math.min(least, value);
  }
  if (count === 0) return { values };
  if (least === Infinity || 2 * count > values.length)
    throw new ScanFormatError(
      `the intensity must be ≥ 0: ${count} of ${values.length} values are below, which is no scan with its background subtracted`,
    );
  return {
    values: values.map((value) => (value < 0 ? least : value)),
    note: `${count} of ${values.length} intensities were below 0, as after a background was subtracted; they are set to the smallest positive one, ${least}.`,
  };
}

/** Brings points counted for different times to the longest of them.
 *  @param times s a point; `isRate` where the intensities were divided by them already
 *  @returns factors: by how much more one count weighs at a point than at one counted longest; undefined where times agree
 *  @throws {ScanFormatError} a time that is not > 0 */
export function atOneTime(
  values: Float64Array,
  times: Float64Array,
  { isRate }: { isRate: boolean },
): { values: Float64Array; factors: Float64Array | undefined; time: number; note?: string } {
  times.forEach((time, i) => {
    if (!(time > 0 && time < 1e9))
      throw new ScanFormatError(`the counting time of point ${i + 1} is ${time} s`);
  });
  const longest = times.reduce((a, b) => Math.max(a, b), 0);
  const shortest = times.reduce((a, b) => Math.min(a, b), Infinity);
  if (longest - shortest <= SAME_TIME * longest) return { values, factors: undefined, time: times[0]! };
  const factors = times.map((time) => longest / time);
  return {
    values: isRate ? values : values.map((value, i) => value * factors[i]!),
    factors,
    time: longest,
    note: `Counting times run from ${shortest} to ${longest} s a point; ${isRate ? "intensities are rates already" : `counts are brought to ${longest} s`}.`,
  };
}
