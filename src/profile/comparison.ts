/** Strain profiles of protocol "paper" by their weights, and how far two lie apart (Boulle & Debelle 2023, section 3.1). */

/** Depths of the thicker profile on which strain is compared. */
const POINTS = 501;

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

/** Weights of a spline that is 0 at the interface and below, on a film. */
interface OnFilm {
  readonly weights: ArrayLike<number>;
  readonly thickness: number;
}

/** rms(a − b) over the thicker film's depths. */
function rmsDifference(a: OnFilm, b: OnFilm): number {
  const deepest = Math.max(a.thickness, b.thickness);
  let sum = 0;
  for (let k = 0; k < POINTS; k++) {
    const depth = (k / (POINTS - 1)) * deepest;
    sum += (strainAt(a.weights, 1 - depth / a.thickness) - strainAt(b.weights, 1 - depth / b.thickness)) ** 2;
  }
  return Math.sqrt(sum / POINTS);
}

/** rms(e_predicted − e)/max |e| over the thicker film's depths, both profiles 0 beyond their own thickness. */
export function strainError(
  predicted: ArrayLike<number>,
  predictedThickness: number,
  weights: ArrayLike<number>,
  thickness: number,
): number {
  return (
    rmsDifference({ weights: predicted, thickness: predictedThickness }, { weights, thickness }) /
    largestStrain(weights)
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
  return rmsDifference(
    { weights: missing(predicted), thickness: predictedThickness },
    { weights: missing(weights), thickness },
  );
}
