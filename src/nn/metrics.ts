/** The accuracies of Boulle & Debelle 2023, Table 2: shares, in percent, of samples whose relative error is under 0.1. */

export interface Accuracy {
  readonly t: number;
  readonly emax: number;
  readonly dw: number;
  readonly h: number;
  readonly dr: number;
  readonly strain: number;
}

/** Depths of the thicker profile on which strain is compared. */
const POINTS = 501;
const TOLERANCE = 0.1;

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

/** @param predicted, truth labels of protocol "paper", row-major [count][names.length]
 *  @returns percent; predictions of thickness, disorder and weights by modulus, as in the paper */
export function accuracy(predicted: ArrayLike<number>, truth: ArrayLike<number>, names: readonly string[]): Accuracy {
  const width = names.length, count = truth.length / width, at = (name: string): number => names.indexOf(name);
  const weights = names.flatMap((name, k) => (/^weight\d+$/.test(name) ? [k] : []));
  const [disorder, thickness, fwhm, range] = [at("disorder"), at("thickness"), at("fwhm"), at("dynamicRange")];
  const right = { t: 0, emax: 0, dw: 0, h: 0, dr: 0, strain: 0 };
  const isNear = (a: number, b: number): number => (Math.abs(a - b) < TOLERANCE * Math.abs(b) ? 1 : 0);
  for (let row = 0; row < count; row++) {
    const p = (k: number): number => predicted[row * width + k]!, q = (k: number): number => truth[row * width + k]!;
    const found = weights.map((k) => Math.abs(p(k))), actual = weights.map(q);
    right.t += isNear(Math.abs(p(thickness)), q(thickness));
    right.emax += isNear(largestStrain(found), largestStrain(actual));
    right.dw += isNear(Math.exp(-Math.abs(p(disorder))), Math.exp(-q(disorder)));
    right.h += isNear(p(fwhm), q(fwhm));
    right.dr += isNear(p(range), q(range));
    right.strain += strainError(found, Math.abs(p(thickness)), actual, q(thickness)) < TOLERANCE ? 1 : 0;
  }
  return Object.fromEntries(Object.entries(right).map(([name, n]) => [name, (100 * n) / count])) as unknown as Accuracy;
}
