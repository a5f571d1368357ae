/** Thicknesses that a scan's fringes tell: the spectrum of its detrended logarithm against 2 sin θ/λ. */
import { smooth } from "../../io/peak.ts";
import { ANGSTROM_PER_NM, RADIANS } from "../../units.ts";

/** Thicknesses looked at: fewest fringes in the scan, most points a fringe at least, steps in units of 1/range. */
const FEWEST = 1.5;
const POINTS_PER_FRINGE = 2.5;
const OVERSAMPLING = 3;
/** Share of the scan over which the trend is a mean. */
const TREND = 0.12;
/** Points of the scan at most: its neighbours are added up above. */
const MOST_POINTS = 4000;
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
  const together = Math.ceil(twoTheta.length / MOST_POINTS);
  if (together > 1)
    return fringeThicknesses(
      grouped(twoTheta, together).map((sum) => sum / together),
      grouped(counts, together),
      wavelength,
      most,
    );
  const n = twoTheta.length;
  if (n < 2) return [];
  const s = twoTheta.map((t) => (2 * ANGSTROM_PER_NM * Math.sin((t * RADIANS) / 2)) / wavelength),
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
  // Each point's wave turns by the same angle from one thickness to the next.
  const phase = (t: number): Float64Array => s.map((own) => 2 * Math.PI * t * (own - s[0])),
    re = phase(first).map((angle, j) => weighted[j] * Math.cos(angle)),
    im = phase(first).map((angle, j) => weighted[j] * Math.sin(angle)),
    cosine = phase(step).map(Math.cos),
    sine = phase(step).map(Math.sin);
  for (let t = first; t < last; t += step) {
    let sumRe = 0,
      sumIm = 0;
    for (let j = 0; j < n; j++) {
      sumRe += re[j];
      sumIm += im[j];
      const turned = re[j] * cosine[j] - im[j] * sine[j];
      im[j] = re[j] * sine[j] + im[j] * cosine[j];
      re[j] = turned;
    }
    power.push(Math.hypot(sumRe, sumIm));
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

/** Sums of as many neighbours; those that are left over at the end are left out. */
function grouped(values: Float64Array, together: number): Float64Array {
  return Float64Array.from({ length: Math.floor(values.length / together) }, (_, i) =>
    values.subarray(i * together, (i + 1) * together).reduce((a, b) => a + b, 0),
  );
}
