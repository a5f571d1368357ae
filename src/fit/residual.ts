/** How a calculated intensity is compared with a measured one. */

export type ResidualKind = "counts" | "log";

export interface Residual {
  /** r_i of the calculated intensity m. */
  value(i: number, m: number): number;
  /** ∂r_i/∂m. */
  slope(i: number, m: number): number;
}

/** "counts": 2(√(n + ⅜) − √(m + ⅜))/√(1 + (εn)²/n) with n, m in counts: unit variance for Poisson counts (Anscombe 1948)
 *  that carry a relative error ε besides. "log": (log10 I − log10 m)/ε·log10 e, zero counts taken as the smallest other.
 *  @param intensity measured, ≥ 0
 *  @param countUnit what one count adds to it
 *  @param relativeError ε */
export function residual(
  kind: ResidualKind,
  intensity: Float64Array,
  countUnit: number,
  relativeError: number,
): Residual {
  if (kind === "log") {
    const logarithms = logarithm(intensity).map((y) => y * Math.LN10);
    return {
      value: (i, m) => (logarithms[i] - Math.log(m)) / relativeError,
      slope: (_, m) => -1 / (m * relativeError),
    };
  }
  const roots = intensity.map((y) => 2 * Math.sqrt(y / countUnit + 0.375));
  const weights = intensity.map((y) => 1 / Math.sqrt(1 + (relativeError ** 2 * y) / countUnit));
  return {
    value: (i, m) => (roots[i] - 2 * Math.sqrt(m / countUnit + 0.375)) * weights[i],
    slope: (i, m) => -weights[i] / (countUnit * Math.sqrt(m / countUnit + 0.375)),
  };
}

/** log10 of intensities, zeros taken as the smallest non-zero one. */
export function logarithm(intensity: Float64Array): Float64Array {
  const smallest = intensity.reduce((least, y) => (y > 0 ? Math.min(least, y) : least), Infinity);
  return intensity.map((y) => Math.log10(Math.max(y, smallest)));
}

/** Root mean square of log10 measured − log10 calculated, over all points. */
export function rmsLog(intensity: Float64Array, calculated: Float64Array): number {
  const measured = logarithm(intensity);
  let sum = 0;
  calculated.forEach((m, i) => (sum += (measured[i] - Math.log10(m)) ** 2));
  return Math.sqrt(sum / calculated.length);
}
