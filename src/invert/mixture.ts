/** A mixture of Gaussians: what is known of a vector before anything is measured, learned from draws of it. */
import { InvalidParameterError, requireInteger } from "../errors.ts";
import { solveLower } from "../leastSquares/linear.ts";
import { uniforms } from "./random.ts";

/** One Gaussian. All matrices are d×d, row by row. */
export interface Gaussian {
  readonly lnWeight: number;
  readonly mean: Float64Array;
  /** L⁻¹ of the covariance L Lᵀ, lower triangle: L⁻¹(x − mean) has unit variance. */
  readonly whitening: Float64Array;
  /** ln of weight · (2π)^(−d/2) · |L⁻¹|. */
  readonly lnHeight: number;
}

export interface Mixture {
  readonly dimension: number;
  readonly components: readonly Gaussian[];
}

/** Draws that a component has at least; one of fewer is dropped. */
const LEAST_COUNT = 4;
const ROUNDS = 25;

/** Expectation–maximisation (Dempster, Laird & Rubin 1977), from centres that lie far apart (k-means++, Arthur &
 *  Vassilvitskii 2007).
 *  @param draws row-major [count][dimension]
 *  @param ridge added to the diagonal of every covariance
 *  @throws {InvalidParameterError} */
export function fitMixture(
  draws: Float64Array,
  dimension: number,
  componentCount: number,
  ridge: number,
  seed = 1,
): Mixture {
  requireInteger("dimension", dimension, 1, 1000);
  const count = draws.length / dimension;
  requireInteger("componentCount", componentCount, 1, Math.max(1, Math.floor(count / LEAST_COUNT)));
  const shares = new Float64Array(count * componentCount);
  nearest(draws, dimension, centres(draws, dimension, componentCount, seed)).forEach(
    (k, i) => (shares[i * componentCount + k] = 1),
  );
  let mixture: Mixture = { dimension, components: [] };
  for (let round = 0; round < ROUNDS; round++) {
    mixture = { dimension, components: componentsOf(draws, dimension, componentCount, shares, ridge) };
    for (let i = 0; i < count; i++)
      responsibilities(
        mixture,
        draws.subarray(i * dimension, (i + 1) * dimension),
        shares.subarray(i * componentCount, (i + 1) * componentCount),
      );
  }
  return mixture;
}

/** ln of the density at x. */
export function lnDensity({ components }: Mixture, x: Float64Array): number {
  let top = -Infinity,
    sum = 0;
  for (const component of components) {
    const value = lnTerm(component, x);
    if (value > top) {
      sum = sum * Math.exp(top - value) + 1;
      top = value;
    } else sum += Math.exp(value - top);
  }
  return top + Math.log(sum);
}

/** The component that most probably made x. */
export function componentAt({ components }: Mixture, x: Float64Array): Gaussian {
  let best = components[0],
    top = -Infinity;
  for (const component of components) {
    const value = lnTerm(component, x);
    if (value > top) [best, top] = [component, value];
  }
  return best;
}

/** Writes a draw into `out`. */
export function drawFrom(
  { components }: Mixture,
  normal: () => number,
  uniform: () => number,
  out: Float64Array,
): void {
  let left = uniform(),
    k = 0;
  while (k < components.length - 1 && (left -= Math.exp(components[k].lnWeight)) > 0) k++;
  const { mean, whitening } = components[k],
    d = mean.length;
  for (let i = 0; i < d; i++) out[i] = normal();
  solveLower(whitening, d, out);
  for (let i = 0; i < d; i++) out[i] += mean[i];
}

/** @param out L⁻¹(x − mean) */
export function whiten({ mean, whitening }: Gaussian, x: Float64Array, out: Float64Array): void {
  const d = mean.length;
  for (let i = 0; i < d; i++) {
    let sum = 0;
    for (let j = 0; j <= i; j++) sum += whitening[i * d + j] * (x[j] - mean[j]);
    out[i] = sum;
  }
}

function lnTerm(component: Gaussian, x: Float64Array): number {
  const { mean, whitening, lnHeight } = component,
    d = mean.length;
  let squares = 0;
  for (let i = 0; i < d; i++) {
    let sum = 0;
    for (let j = 0; j <= i; j++) sum += whitening[i * d + j] * (x[j] - mean[j]);
    squares += sum * sum;
  }
  return lnHeight - squares / 2;
}

/** Shares of the components in x; they add up to 1. */
function responsibilities({ components }: Mixture, x: Float64Array, out: Float64Array): void {
  let top = -Infinity,
    sum = 0;
  // Those that were dropped have no share.
  out.fill(-Infinity);
  components.forEach((component, k) => (top = Math.max(top, (out[k] = lnTerm(component, x)))));
  for (let k = 0; k < out.length; k++) sum += out[k] = Math.exp(out[k] - top);
  for (let k = 0; k < out.length; k++) out[k] /= sum;
}

function componentsOf(
  draws: Float64Array,
  d: number,
  componentCount: number,
  shares: Float64Array,
  ridge: number,
): Gaussian[] {
  const count = draws.length / d,
    found: Gaussian[] = [];
  for (let k = 0; k < componentCount; k++) {
    const mean = new Float64Array(d),
      covariance = new Float64Array(d * d);
    let mass = 0;
    for (let i = 0; i < count; i++) {
      const share = shares[i * componentCount + k];
      mass += share;
      for (let a = 0; a < d; a++) mean[a] += share * draws[i * d + a];
    }
    if (mass < LEAST_COUNT) continue;
    for (let a = 0; a < d; a++) mean[a] /= mass;
    for (let i = 0; i < count; i++) {
      const share = shares[i * componentCount + k] / mass;
      if (share < 1e-9) continue;
      for (let a = 0; a < d; a++) {
        const offset = share * (draws[i * d + a] - mean[a]);
        for (let b = 0; b <= a; b++) covariance[a * d + b] += offset * (draws[i * d + b] - mean[b]);
      }
    }
    for (let a = 0; a < d; a++) covariance[a * d + a] += ridge;
    const whitening = inverseFactor(covariance, d),
      lnWeight = Math.log(mass / count);
    let lnHeight = lnWeight - (d / 2) * Math.log(2 * Math.PI);
    for (let a = 0; a < d; a++) lnHeight += Math.log(whitening[a * d + a]);
    found.push({ lnWeight, mean, whitening, lnHeight });
  }
  return found;
}

/** L⁻¹ of a positive definite matrix L Lᵀ, of which the lower triangle is read.
 *  @throws {InvalidParameterError} where it is not positive definite */
export function inverseFactor(matrix: Float64Array, d: number): Float64Array {
  const l = new Float64Array(d * d),
    inverse = new Float64Array(d * d);
  for (let i = 0; i < d; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = matrix[i * d + j];
      for (let k = 0; k < j; k++) sum -= l[i * d + k] * l[j * d + k];
      if (i > j) l[i * d + j] = sum / l[j * d + j];
      else if (sum > 0) l[i * d + i] = Math.sqrt(sum);
      else throw new InvalidParameterError("matrix", "positive definite", matrix);
    }
  }
  for (let j = 0; j < d; j++) {
    for (let i = j; i < d; i++) {
      let sum = i === j ? 1 : 0;
      for (let k = j; k < i; k++) sum -= l[i * d + k] * inverse[k * d + j];
      inverse[i * d + j] = sum / l[i * d + i];
    }
  }
  return inverse;
}

function centres(draws: Float64Array, d: number, componentCount: number, seed: number): Float64Array[] {
  const count = draws.length / d,
    next = uniforms(seed),
    chosen: Float64Array[] = [];
  const distance = new Float64Array(count).fill(Infinity);
  let at = Math.floor(next() * count);
  while (chosen.length < componentCount) {
    const centre = draws.slice(at * d, (at + 1) * d);
    chosen.push(centre);
    let total = 0;
    for (let i = 0; i < count; i++)
      total += distance[i] = Math.min(distance[i], squaredDistance(draws, i * d, centre));
    let left = next() * total;
    for (at = 0; at < count - 1 && (left -= distance[at]) > 0; at++);
  }
  return chosen;
}

function nearest(draws: Float64Array, d: number, points: readonly Float64Array[]): Int32Array {
  return Int32Array.from({ length: draws.length / d }, (_, i) => {
    const distances = points.map((point) => squaredDistance(draws, i * d, point));
    return distances.indexOf(Math.min(...distances));
  });
}

function squaredDistance(draws: Float64Array, at: number, point: Float64Array): number {
  let sum = 0;
  for (let a = 0; a < point.length; a++) sum += (draws[at + a] - point[a]) ** 2;
  return sum;
}
