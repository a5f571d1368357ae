/** Thicknesses that a scan's fringes tell: the spectrum of its detrended logarithm against 2 sin θ/λ. */
import { smooth } from "../../io/peak.ts";
import { ANGSTROM_PER_NM, RADIANS } from "../../units.ts";

/** Thicknesses looked at: fewest fringes in the scan, most points a fringe at least, steps in units of 1/range. */
const FEWEST = 1.5;
const POINTS_PER_FRINGE = 2.5;
const OVERSAMPLING = 3;
/** Share of the scan over which the trend is a mean. */
const TREND = 0.12;
/** Height of a maximum over the spectrum's median. */
const CLEAR = 2.5;

/** nm, clearest first.
 *  @param twoTheta degrees, ascending
 *  @param wavelength Å */
export function fringeThicknesses(
  twoTheta: Float64Array,
  counts: Float64Array,
  wavelength: number,
  most: number,
): number[] {
  const n = twoTheta.length,
    s = twoTheta.map((t) => (2 * ANGSTROM_PER_NM * Math.sin((t * RADIANS) / 2)) / wavelength),
    range = s[n - 1] - s[0],
    ln = counts.map((count) => Math.log(count + 1)),
    trend = smooth(smooth(ln, Math.ceil(TREND * n * 0.5)), Math.ceil(TREND * n * 0.5)),
    // Weighted by what the counts can tell, and tapered.
    weighted = ln.map(
      (value, j) => (value - trend[j]) * Math.sin((Math.PI * (j + 0.5)) / n) * Math.min(counts[j] / 4, 1),
    );
  const first = FEWEST / range,
    step = 1 / (OVERSAMPLING * range),
    last = n / (POINTS_PER_FRINGE * range),
    power: number[] = [];
  for (let t = first; t < last; t += step) {
    let re = 0,
      im = 0;
    for (let j = 0; j < n; j++) {
      const phase = 2 * Math.PI * t * (s[j] - s[0]);
      re += weighted[j] * Math.cos(phase);
      im += weighted[j] * Math.sin(phase);
    }
    power.push(Math.hypot(re, im));
  }
  const median = power.slice().sort((a, b) => a - b)[power.length >> 1] ?? 0,
    maxima: { t: number; height: number }[] = [];
  for (let k = 1; k < power.length - 1; k++)
    if (power[k] > power[k - 1] && power[k] >= power[k + 1] && power[k] > CLEAR * median)
      maxima.push({ t: first + k * step, height: power[k] });
  return maxima
    .sort((a, b) => b.height - a.height)
    .slice(0, most)
    .map(({ t }) => t);
}
