/** Covariance of least-squares parameters from the triangle of the scaled Jacobian. */

import { singularValues } from "./qr.ts";

/** (JᵀJ)⁻¹ of the columns `free`, spread over all n parameters; zero elsewhere.
 *  The columns are first brought to length one, so that rank does not depend on the units of the parameters: singular
 *  values below max(k, n)·ε times the largest count as zero. Then the pseudo-inverse is taken, and a parameter with a
 *  part in the null space gets an infinite variance.
 *  @param triangle R of the Jacobian whose column c was divided by scale[c] (or 1 where that is 0), k×…, column-major
 *  @param columnNorm norms of the columns of the unscaled Jacobian
 *  @param parameter index of the parameter that belongs to each column */
export function covarianceOf(
  triangle: Float64Array,
  k: number,
  free: Int32Array,
  scale: Float64Array,
  columnNorm: Float64Array,
  parameter: Int32Array,
  n: number,
): { covariance: Float64Array; rank: number } {
  const covariance = new Float64Array(n * n);
  const count = free.length;
  const unit = new Float64Array(k * count);
  const norm = new Float64Array(count);
  for (let f = 0; f < count; f++) {
    const c = free[f];
    norm[f] = columnNorm[c];
    if (norm[f] === 0) continue;
    const factor = scale[c] / norm[f];
    for (let i = 0; i < k; i++) unit[i + f * k] = triangle[i + c * k] * factor;
  }
  const v = new Float64Array(count * count);
  const sigma = new Float64Array(count);
  singularValues(unit, k, count, v, sigma);
  const least = sigma.reduce((a, b) => Math.max(a, b), 0) * Number.EPSILON * Math.max(k, count);
  let rank = 0;
  const undetermined = new Float64Array(count);
  for (let s = 0; s < count; s++) {
    const counts = sigma[s] > least;
    if (counts) rank++;
    for (let p = 0; p < count; p++) {
      const vp = v[p + s * count];
      if (!counts) {
        undetermined[p] += vp * vp;
        continue;
      }
      for (let q = 0; q <= p; q++) {
        if (norm[p] === 0 || norm[q] === 0) continue;
        const value = (vp / sigma[s] / norm[p]) * (v[q + s * count] / sigma[s] / norm[q]);
        covariance[parameter[free[p]] * n + parameter[free[q]]] += value;
      }
    }
  }
  for (let p = 0; p < count; p++) {
    const row = parameter[free[p]];
    for (let q = 0; q < p; q++) {
      const column = parameter[free[q]];
      covariance[column * n + row] = covariance[row * n + column];
    }
    // A null vector is known to about √ε of its length where singular values lie close to the limit of rank.
    if (undetermined[p] > 1e-12) covariance[row * n + row] = Infinity;
  }
  return { covariance, rank };
}
