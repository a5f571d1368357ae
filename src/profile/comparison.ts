/** Strain profiles of protocol "paper" by their weights, and how far two lie apart (Boulle & Debelle 2023, section 3.1). */
import { type AgainstDepth, COMPARED_POINTS as POINTS, rmsDifference } from "./distance.ts";

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

/** Largest modulus of a profile's strain, %. */
export function largestStrain(weights: ArrayLike<number>): number {
  let largest = 0;
  for (let k = 0; k < POINTS; k++) largest = Math.max(largest, Math.abs(strainAt(weights, k / (POINTS - 1))));
  return largest;
}

/** A spline that is 0 at the interface and below, on a film. */
function onFilm(weights: ArrayLike<number>, thickness: number): AgainstDepth {
  return { thickness, at: (depths) => depths.map((depth) => strainAt(weights, 1 - depth / thickness)) };
}

/** rms(e_predicted − e)/max |e| over the thicker film's depths, both profiles 0 beyond their own thickness. */
export function strainError(
  predicted: ArrayLike<number>,
  predictedThickness: number,
  weights: ArrayLike<number>,
  thickness: number,
): number {
  return (
    rmsDifference(onFilm(predicted, predictedThickness), onFilm(weights, thickness)) / largestStrain(weights)
  );
}

/** 1 − DW is the spline of 1 − weights, and 0 at the interface as the strain is. */
function missing(weights: ArrayLike<number>): number[] {
  return Array.from(weights, (weight) => 1 - weight);
}

/** Of a profile with Debye–Waller weights of its own. */
export function smallestDebyeWaller(weights: ArrayLike<number>): number {
  const lost = missing(weights);
  let most = 0;
  for (let k = 0; k < POINTS; k++) most = Math.max(most, strainAt(lost, k / (POINTS - 1)));
  return 1 - most;
}

/** rms(DW_predicted − DW) over the thicker film's depths, both profiles 1 beyond their own thickness. */
export function disorderError(
  predicted: ArrayLike<number>,
  predictedThickness: number,
  weights: ArrayLike<number>,
  thickness: number,
): number {
  return rmsDifference(onFilm(missing(predicted), predictedThickness), onFilm(missing(weights), thickness));
}
