/** What a calculated curve leaves of a scan: where layers that are still missing may reflect. */
import { smooth } from "../../io/peak.ts";
import { strainAt } from "../features.ts";
import type { LayerProblem } from "./layerProblem.ts";

/** Half widths, in points, over which residuals are summed: a thick layer's peak is narrow, a thin one's wide. */
const HALF_WIDTHS = [1, 3, 9, 27];
/** Standard deviations that a sum must stand above zero. */
const SIGNIFICANT = 4;

export interface MissingPeak {
  /** 2θ of the scan, degrees. */
  readonly twoTheta: number;
  /** Full width over which it stands out best, degrees 2θ. */
  readonly width: number;
  readonly significance: number;
}

/** Least and largest strain (% against the substrate) whose peaks lie in the scan.
 *  @param twoTheta degrees, ascending
 *  @param peak 2θ of the substrate's peak, degrees
 *  @param most largest |strain|, %
 *  @param beside how far beyond the scan's ends a peak may lie, % */
export function strainsShown(
  twoTheta: ArrayLike<number>,
  peak: number,
  most: number,
  beside = 0,
): [least: number, largest: number] {
  return [
    Math.max(strainAt(twoTheta[twoTheta.length - 1], peak) - beside, -most),
    Math.min(strainAt(twoTheta[0], peak) + beside, most),
  ];
}

/** Maxima of counts above a curve, most significant first.
 *  @param error relative error of the curve */
export function missingPeaks(
  { counts, twoTheta, step }: LayerProblem,
  mean: Float64Array,
  { error, most }: { readonly error: number; readonly most: number },
): MissingPeak[] {
  const z = counts.map((n, j) => {
    const m = Math.max(mean[j], 0.1);
    return (n - m) / Math.sqrt(m + (error * m) ** 2 + 1);
  });
  const found: { j: number; half: number; significance: number }[] = [];
  for (const half of HALF_WIDTHS) {
    if (2 * half + 1 > 0.25 * z.length) break;
    const sum = smooth(z, half).map((value) => value * Math.sqrt(2 * half + 1));
    for (let j = 1; j < sum.length - 1; j++)
      if (sum[j] > SIGNIFICANT && sum[j] >= sum[j - 1] && sum[j] > sum[j + 1])
        found.push({ j, half, significance: sum[j] });
  }
  found.sort((a, b) => b.significance - a.significance);
  const kept: typeof found = [];
  for (const one of found) {
    if (kept.length >= most) break;
    if (!kept.some((other) => Math.abs(other.j - one.j) <= Math.max(other.half, one.half))) kept.push(one);
  }
  return kept.map(({ j, half, significance }) => ({
    twoTheta: twoTheta[j],
    width: (2 * half + 1) * step,
    significance,
  }));
}
