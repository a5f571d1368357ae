/** What every Scan is held to: finite, 0 < 2θ < 180°, intensities ≥ 0, angles ascending without repeats. */

import { InvalidParameterError, requireFiniteArray, requireOneOf, requirePositive } from "../errors.ts";
import type { Scan, ScanAxis } from "../types.ts";

/** A scan as a user's program holds it. */
export interface ScanInput {
  /** degrees, in any order. */
  readonly twoTheta: ArrayLike<number>;
  /** Counts or rates, ≥ 0. */
  readonly intensity: ArrayLike<number>;
  /** What one count adds to the intensity, where it is known; it is not guessed here, see `countUnit`. */
  readonly countUnit?: number | undefined;
  /** See Scan, as for the others. */
  readonly attenuation?: ArrayLike<number> | undefined;
  /** Å. */
  readonly wavelength?: number | undefined;
  /** Seconds for a point. */
  readonly countingTime?: number | undefined;
  /** What was moved. */
  readonly axis?: ScanAxis | undefined;
}

const AXES = ["2theta-omega", "2theta", "omega", "other"] as const satisfies readonly ScanAxis[];

/** Checks a scan and puts its points in the order of their angles; points of one angle are averaged, each with weight 1.
 *  @returns a copy, yours to keep
 *  @throws {InvalidParameterError} @throws {NotFiniteError} naming `twoTheta`, `intensity` or what else is wrong */
export function validateScan(scan: ScanInput): Scan {
  const { twoTheta, intensity, attenuation, countUnit, wavelength, countingTime, axis } = scan;
  requireNumbers("twoTheta", twoTheta);
  if (twoTheta.length < 2) throw new InvalidParameterError("twoTheta", "of two points or more", twoTheta);
  for (const [name, values] of [
    ["intensity", intensity],
    ["attenuation", attenuation],
  ] as const) {
    if (name === "attenuation" && values === undefined) continue;
    requireNumbers(name, values);
    if (values.length !== twoTheta.length)
      throw new InvalidParameterError(name, `of the length of twoTheta, ${twoTheta.length}`, values);
    requireFiniteArray(name, values);
  }
  requireFiniteArray("twoTheta", twoTheta);
  for (let i = 0; i < twoTheta.length; i++) {
    if (!(twoTheta[i] > 0 && twoTheta[i] < 180)) {
      throw new InvalidParameterError(`twoTheta[${i}]`, "between 0° and 180°, both excluded", twoTheta[i]);
    }
    if (intensity[i] < 0) throw new InvalidParameterError(`intensity[${i}]`, "≥ 0", intensity[i]);
    if (intensity[i] > 1e15) throw new InvalidParameterError(`intensity[${i}]`, "at most 1e15", intensity[i]);
    if (attenuation !== undefined && !(attenuation[i] > 0))
      throw new InvalidParameterError(`attenuation[${i}]`, "> 0", attenuation[i]);
  }
  if (countUnit !== undefined) requirePositive("countUnit", countUnit);
  if (wavelength !== undefined) requirePositive("wavelength", wavelength, "Å");
  if (countingTime !== undefined) requirePositive("countingTime", countingTime, "s");
  if (axis !== undefined) requireOneOf("axis", axis, AXES);
  const merged = averageRepeats(
    sortByAngle({ twoTheta, intensity, ...(attenuation === undefined ? {} : { attenuation }) }),
  );
  if (merged.twoTheta.length < 2)
    throw new InvalidParameterError("twoTheta", "of two different angles or more", twoTheta);
  return {
    ...merged,
    ...(countUnit === undefined ? {} : { countUnit }),
    ...(wavelength === undefined ? {} : { wavelength }),
    ...(countingTime === undefined ? {} : { countingTime }),
    ...(axis === undefined ? {} : { axis }),
  };
}

/** Columns of one length. */
export interface Points {
  readonly twoTheta: Float64Array;
  readonly intensity: Float64Array;
  readonly attenuation?: Float64Array;
}

type Columns = { readonly [K in keyof Points]: ArrayLike<number> };

/** Copies of the columns, in ascending order of the angles; points of one angle keep their order. */
export function sortByAngle(columns: Columns): Points {
  const { twoTheta } = columns;
  const n = twoTheta.length;
  let ascending = true;
  let descending = true;
  for (let i = 1; i < n; i++) {
    if (twoTheta[i] < twoTheta[i - 1]) ascending = false;
    if (twoTheta[i] > twoTheta[i - 1]) descending = false;
  }
  if (ascending) return eachColumn(columns, (values) => Float64Array.from(values));
  if (descending) return eachColumn(columns, (values) => Float64Array.from(values).reverse());
  const order = Uint32Array.from({ length: n }, (_, i) => i).sort(
    (a, b) => twoTheta[a] - twoTheta[b] || a - b,
  );
  return eachColumn(columns, (values) => Float64Array.from(order, (i) => values[i]));
}

/** One point for each angle of ascending points: the mean of the values there. */
export function averageRepeats(points: Points): Points {
  const { twoTheta } = points;
  const first: number[] = [];
  for (let i = 0; i < twoTheta.length; i++) if (i === 0 || twoTheta[i] !== twoTheta[i - 1]) first.push(i);
  if (first.length === twoTheta.length) return points;
  return eachColumn(points, (values) =>
    Float64Array.from(first, (from, k) => {
      const to = first[k + 1] ?? values.length;
      if (to - from === 1) return values[from];
      let sum = 0;
      for (let i = from; i < to; i++) sum += values[i];
      return values === twoTheta ? values[from] : sum / (to - from);
    }),
  );
}

function eachColumn(columns: Columns, change: (values: ArrayLike<number>) => Float64Array): Points {
  const { twoTheta, intensity, attenuation } = columns;
  const points = { twoTheta: change(twoTheta), intensity: change(intensity) };
  return attenuation === undefined ? points : { ...points, attenuation: change(attenuation) };
}

function requireNumbers(name: string, values: unknown): asserts values is ArrayLike<number> {
  const list = Array.isArray(values) || (ArrayBuffer.isView(values) && "length" in values);
  if (!list) throw new InvalidParameterError(name, "an array of numbers", values);
}
