/** Residuals of a fit in standard deviations: what they are, how far their axis reaches, which of them lie far out. */

import type { Inversion } from "../types.ts";

/** Standard deviations beyond which a residual is called far out: of a normal distribution one in 16 000 is. */
export const FAR_OUT = 4;

/** 2(√(I+⅜) − √(M+⅜))/√(1+ρ²M) of measured I and calculated M in counts and the relative error ρ: of unit variance where the
 *  fit is right and its errors are those of counting (Anscombe 1948, Biometrika 35, 246) and ρM besides.
 *  @param inversion or its parts: `relativeError` is a share, 0 if absent
 *  @returns standard deviations, shape [points], yours to keep */
export function weightedResiduals({
  scan,
  calculated,
  countUnit,
  relativeError = 0,
}: Pick<Inversion, "scan" | "calculated" | "countUnit"> &
  Partial<Pick<Inversion, "relativeError">>): Float64Array {
  return Float64Array.from(scan.intensity, (intensity, i) => {
    const counts = Math.max(0, calculated[i]!) / countUnit,
      difference = 2 * (Math.sqrt(intensity / countUnit + 0.375) - Math.sqrt(counts + 0.375));
    return difference / Math.sqrt(1 + relativeError ** 2 * counts);
  });
}

/** Where an axis of residuals ends: wide enough for all that count where none is far out, else for nine of ten with room, as
 *  a few far out must not flatten the rest.
 *  @param residuals standard deviations, shape [points]
 *  @param used not 0 for the points that count, shape [points]; all if absent
 *  @returns standard deviations, ≥ 3.2; the axis runs from minus this to this */
export function residualLimit(residuals: Float64Array, used?: ArrayLike<number>): number {
  const sizes = residuals
    .filter((_, i) => used?.[i] !== 0)
    .map(Math.abs)
    .sort();
  if (sizes.length === 0) return FAR_OUT;
  const most = Math.max(3.2, 2.2 * sizes[Math.floor(0.9 * (sizes.length - 1))]!);
  const all = 1.05 * sizes.at(-1)!;
  return Math.max(most, all < 1.5 * most ? all : 0);
}

/** How many of the points that count lie beyond ±4 standard deviations, and of how many. */
export function countFarOut(inversion: Inversion): { readonly beyond: number; readonly of: number } {
  const fitted = weightedResiduals(inversion).filter((_, i) => inversion.used[i] !== 0);
  return { beyond: fitted.filter((value) => Math.abs(value) > FAR_OUT).length, of: fitted.length };
}

/** Masked ranges of 2θ, degrees, from and to half way between points. */
export function maskedRanges({ scan: { twoTheta }, used }: Inversion): [from: number, to: number][] {
  const ranges: [number, number][] = [];
  for (let i = 0; i < used.length; i++) {
    if (used[i] !== 0) continue;
    const from = i === 0 ? twoTheta[0]! : (twoTheta[i - 1]! + twoTheta[i]!) / 2;
    while (i + 1 < used.length && used[i + 1] === 0) i++;
    ranges.push([from, i + 1 === used.length ? twoTheta[i]! : (twoTheta[i]! + twoTheta[i + 1]!) / 2]);
  }
  return ranges;
}
