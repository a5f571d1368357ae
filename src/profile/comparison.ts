/** Strain profiles of protocol "paper" by their weights, and how far two lie apart (Boulle & Debelle 2023, section 3.1). */

/** Depths of the thicker profile on which strain is compared. */
const POINTS = 501;

/** Strain (%) of a smooth profile of protocol "paper" at relative height z; 0 outside the film. */
export function strainAt(weights: ArrayLike<number>, z: number): number {
  const count = weights.length;
  if (!(z >= 0 && z <= 1)) return 0;
  let sum = 0;
  for (let k = Math.max(0, Math.floor(z * count) - 3); k < Math.min(count, z * count); k++) {
    const v = Math.abs(z * count - k - 2), outer = Math.max(0, 2 - v), inner = Math.max(0, 1 - v);
    sum += (weights[k]! * (outer * outer * outer - 4 * inner * inner * inner)) / 6;
  }
  return sum;
}

/** Largest strain of a profile, %. */
export function largestStrain(weights: ArrayLike<number>): number {
  let largest = 0;
  for (let k = 0; k < POINTS; k++) largest = Math.max(largest, strainAt(weights, k / (POINTS - 1)));
  return largest;
}

/** rms(e_predicted − e)/max(e) over the thicker film's depths, both profiles 0 beyond their own thickness. */
export function strainError(predicted: ArrayLike<number>, predictedThickness: number, weights: ArrayLike<number>, thickness: number): number {
  const deepest = Math.max(thickness, predictedThickness), largest = largestStrain(weights);
  let sum = 0;
  for (let k = 0; k < POINTS; k++) {
    const depth = (k / (POINTS - 1)) * deepest;
    sum += (strainAt(predicted, 1 - depth / predictedThickness) - strainAt(weights, 1 - depth / thickness)) ** 2;
  }
  return Math.sqrt(sum / POINTS) / largest;
}
