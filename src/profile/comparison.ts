/** Strain profiles of protocol "paper" by their weights, and how far two lie apart (Boulle & Debelle 2023, section 3.1). */
import { COMPARED_POINTS as POINTS } from "./distance.ts";

/** Strain (%) of a smooth profile of protocol "paper" at relative height z; 0 outside the film. */
export function strainAt(weights: ArrayLike<number>, z: number): number {
  const count = weights.length;
  if (!(z >= 0 && z <= 1)) return 0;
  let sum = 0;
  for (let k = Math.max(0, Math.floor(z * count) - 3); k < Math.min(count, z * count); k++) {
    const v = Math.abs(z * count - k - 2),
      outer = Math.max(0, 2 - v),
      inner = Math.max(0, 1 - v);
    sum += (weights[k]! * (outer * outer * outer - 4 * inner * inner * inner)) / 6;
  }
  return sum;
}

/** The cubic of each interval, as coefficients of 1, u, u² and u³ with u from 0 to 1: f64[intervals][4]. */
function cubics(weights: ArrayLike<number>): Float64Array {
  const count = weights.length,
    out = new Float64Array(4 * count);
  for (let i = 0; i < count; i++) {
    const a = (weights[i - 3] ?? 0) / 6,
      b = (weights[i - 2] ?? 0) / 6,
      c = (weights[i - 1] ?? 0) / 6,
      d = weights[i]! / 6;
    out[4 * i] = a + 4 * b + c;
    out[4 * i + 1] = 3 * (c - a);
    out[4 * i + 2] = 3 * (a + c) - 6 * b;
    out[4 * i + 3] = d - a + 3 * (b - c);
  }
  return out;
}

/** A profile at even depths from the surface to `deepest`, 0 below its film. */
function sampled(weights: ArrayLike<number>, thickness: number, deepest: number): Float64Array {
  const count = weights.length,
    of = cubics(weights),
    values = new Float64Array(POINTS);
  for (let k = 0; k < POINTS; k++) {
    const height = count * (1 - ((k / (POINTS - 1)) * deepest) / thickness);
    if (!(height >= 0)) break;
    const i = Math.min(Math.floor(height), count - 1),
      u = height - i;
    values[k] = of[4 * i]! + u * (of[4 * i + 1]! + u * (of[4 * i + 2]! + u * of[4 * i + 3]!));
  }
  return values;
}

/** Largest modulus of a profile's strain, %. */
export function largestStrain(weights: ArrayLike<number>): number {
  return sampled(weights, 1, 1).reduce((most, e) => Math.max(most, Math.abs(e)), 0);
}

/** rms of the difference of two profiles over the thicker film's depths, both 0 beyond their own thickness. */
function difference(
  a: ArrayLike<number>,
  thicknessA: number,
  b: ArrayLike<number>,
  thicknessB: number,
): number {
  const deepest = Math.max(thicknessA, thicknessB),
    ofA = sampled(a, thicknessA, deepest),
    ofB = sampled(b, thicknessB, deepest);
  let sum = 0;
  for (let k = 0; k < POINTS; k++) sum += (ofA[k]! - ofB[k]!) ** 2;
  return Math.sqrt(sum / POINTS);
}

/** rms(e_predicted − e)/max |e| over the thicker film's depths, both profiles 0 beyond their own thickness. */
export function strainError(
  predicted: ArrayLike<number>,
  predictedThickness: number,
  weights: ArrayLike<number>,
  thickness: number,
): number {
  return difference(predicted, predictedThickness, weights, thickness) / largestStrain(weights);
}

/** 1 − DW is the spline of 1 − weights, and 0 at the interface as the strain is. */
function missing(weights: ArrayLike<number>): number[] {
  return Array.from(weights, (weight) => 1 - weight);
}

/** Of a profile with Debye–Waller weights of its own. */
export function smallestDebyeWaller(weights: ArrayLike<number>): number {
  return 1 - sampled(missing(weights), 1, 1).reduce((most, lost) => Math.max(most, lost), 0);
}

/** rms(DW_predicted − DW) over the thicker film's depths, both profiles 1 beyond their own thickness. */
export function disorderError(
  predicted: ArrayLike<number>,
  predictedThickness: number,
  weights: ArrayLike<number>,
  thickness: number,
): number {
  return difference(missing(predicted), predictedThickness, missing(weights), thickness);
}
