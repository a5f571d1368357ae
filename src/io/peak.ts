/** Where a scan shows a crystal's own peak. */
import { InvalidParameterError } from "../errors.ts";
import type { Scan } from "../types.ts";

export interface Peak {
  /** 2θ, degrees: the middle of its width at half maximum. */
  readonly twoTheta: number;
  /** Full width at half maximum, degrees 2θ; the scan's mean step where that is wider. */
  readonly fwhm: number;
  /** Of its highest point. */
  readonly intensity: number;
  /** Whether it stands out from the scan's median. */
  readonly isClear: boolean;
  /** The scan's median intensity. */
  readonly median: number;
}

/** How far a peak may lie from where theory puts it, degrees 2θ. */
const PEAK_WINDOW = 1;

/** The highest peak near `expected`.
 *  @param expected 2θ, degrees
 *  @param window how far from there, degrees; Infinity for the whole scan
 *  @throws {InvalidParameterError} if the scan does not reach there, or has no counts there */
export function findPeak({ twoTheta, intensity }: Scan, expected: number, window = PEAK_WINDOW): Peak {
  const count = twoTheta.length;
  let top = -1;
  for (let i = 0; i < count; i++) {
    if (Math.abs(twoTheta[i] - expected) > window) continue;
    if (top < 0 || intensity[i] > intensity[top]) top = i;
  }
  if (top < 0) {
    const range = `${twoTheta[0]}° … ${twoTheta[count - 1]}°`;
    throw new InvalidParameterError(
      "scan.twoTheta",
      `a range that holds the reflection, at ${expected.toFixed(3)}° for this crystal and wavelength (are the angles θ or 2θ?)`,
      range,
    );
  }
  if (!intensity.some((y) => y > 0))
    throw new InvalidParameterError("scan.intensity", "above zero somewhere", "zeros only");
  if (!(intensity[top] > 0))
    throw new InvalidParameterError(
      "scan.intensity",
      `above zero near the reflection at ${expected.toFixed(3)}°`,
      0,
    );
  const sorted = Float64Array.from(intensity).sort();
  const median = sorted[count >> 1];

  const half = 0.5 * intensity[top];
  const crossing = (step: 1 | -1): number => {
    let i = top;
    while (i + step >= 0 && i + step < count && intensity[i] > half) i += step;
    const a = intensity[i],
      b = intensity[i - step];
    return i === top || a > half
      ? twoTheta[i]
      : twoTheta[i] + ((twoTheta[i - step] - twoTheta[i]) * (half - a)) / (b - a);
  };
  const low = crossing(-1),
    high = crossing(1);
  const step = (twoTheta[count - 1] - twoTheta[0]) / (count - 1);
  return {
    twoTheta: 0.5 * (low + high),
    fwhm: Math.max(high - low, step),
    intensity: intensity[top],
    isClear: intensity[top] > 1.5 * median && intensity[top] > sorted[0],
    median,
  };
}

/** Running mean over 2·half + 1 points, shorter at the ends. */
export function smooth(values: ArrayLike<number>, half: number): Float64Array {
  const sums = new Float64Array(values.length + 1);
  for (let i = 0; i < values.length; i++) sums[i + 1] = sums[i] + values[i];
  return Float64Array.from({ length: values.length }, (_, i) => {
    const low = Math.max(i - half, 0),
      high = Math.min(i + half + 1, values.length);
    return (sums[high] - sums[low]) / (high - low);
  });
}
