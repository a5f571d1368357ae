/** What a scan says at first sight: the unstrained peak, the background at both ends, the strained range. */
import { InvalidParameterError } from "../errors.ts";
import { countUnitOf } from "../io/countUnit.ts";
import { findPeak, smooth } from "../io/peak.ts";
import { totalReflection } from "../simulate/slicing.ts";
import type { Reflection, Sample, Scan } from "../types.ts";
import { DEGREES, RADIANS } from "../units.ts";

export interface Features {
  /** What one count adds to the intensity. */
  readonly countUnit: number;
  /** 2θ where theory puts the unstrained peak, refraction included, degrees. */
  readonly expected: number;
  /** 2θ of the unstrained peak in the scan, degrees; `expected` where the sample has none (thin film). */
  readonly peak: number;
  /** Full width of that peak at half maximum, degrees 2θ; of a film's substrate, where its peak is narrower: a thin film's own peak is
   *  broad, whatever the resolution. */
  readonly fwhm: number;
  readonly peakIntensity: number;
  readonly backgroundFirst: number;
  readonly backgroundLast: number;
  /** Strain (%) at the edges of the range in which the scan stands above background: ≤ 0 and ≥ 0. */
  readonly compressive: number;
  readonly tensile: number;
  /** The same where broad, weak features count too. */
  readonly compressiveWeak: number;
  readonly tensileWeak: number;
}

/** Strain (%) whose peak lies at 2θ when the unstrained one lies at `peak` (both degrees). */
export function strainAt(twoTheta: number, peak: number): number {
  return 100 * (Math.sin((peak * RADIANS) / 2) / Math.sin((twoTheta * RADIANS) / 2) - 1);
}

/** 2θ (degrees) of the peak of a layer of the given strain (%). */
export function angleOf(strain: number, peak: number): number {
  return 2 * Math.asin(Math.min(Math.sin((peak * RADIANS) / 2) / (1 + strain / 100), 1)) * DEGREES;
}

/** Largest distance of the substrate's peak from where theory puts it, degrees 2θ. */
const SUBSTRATE_WINDOW = 0.3;

/** Width of the substrate's peak, degrees 2θ; Infinity where none is seen. */
function substrateWidth({ twoTheta, intensity }: Scan, { wavelength }: Reflection, sample: Sample): number {
  const { geometry, substrate } = sample;
  if (geometry !== "thick film on substrate" || substrate === undefined) return Infinity;
  const expected = 2 * totalReflection(substrate, wavelength).theta * DEGREES,
    isNear = (t: number): boolean => Math.abs(t - expected) <= SUBSTRATE_WINDOW;
  if (!intensity.some((y, i) => y > 0 && isNear(twoTheta[i]))) return Infinity;
  const { fwhm, isClear } = findPeak({ twoTheta, intensity }, expected, SUBSTRATE_WINDOW);
  return isClear ? fwhm : Infinity;
}

/** @throws {InvalidParameterError} if the scan does not reach the reflection, or shows no peak */
export function readFeatures(scan: Scan, reflection: Reflection, sample: Sample): Features {
  const { twoTheta, intensity } = scan;
  const count = twoTheta.length;
  if (count < 20)
    throw new InvalidParameterError("scan", "of at least 20 points for a fit", `${count} points`);
  const expected = 2 * totalReflection(reflection, reflection.wavelength).theta * DEGREES;
  const hasPeak = sample.geometry !== "thin film";
  const found = findPeak(scan, expected, hasPeak ? undefined : Infinity);
  const { intensity: peakIntensity } = found,
    fwhm = Math.min(found.fwhm, substrateWidth(scan, reflection, sample));
  if (!found.isClear) {
    throw new InvalidParameterError(
      "scan.intensity",
      `a peak near the reflection at ${expected.toFixed(3)}°, well above the scan's median of ${found.median}`,
      peakIntensity,
    );
  }
  const { unit: countUnit } = countUnitOf(scan);

  const step = (twoTheta[count - 1] - twoTheta[0]) / (count - 1);

  const ends = Math.max(Math.round(count * 0.03), 5);
  const floor = smooth(intensity, ends).reduce((a, b) => Math.min(a, b), Infinity);
  const level = (from: number): number =>
    Math.min(intensity.slice(from, from + ends).reduce((a, b) => a + b, 0) / ends, 3 * floor + countUnit);
  const backgroundFirst = level(0),
    backgroundLast = level(count - ends);

  const peak = hasPeak ? found.twoTheta : expected;
  const edges = (half: number, threshold: (background: number) => number): [number, number] => {
    const curve = smooth(intensity, half);
    let low = 0,
      high = 0;
    for (let i = 0; i < count; i++) {
      if (hasPeak && Math.abs(twoTheta[i] - peak) < 3 * fwhm) continue;
      const background = backgroundFirst + ((backgroundLast - backgroundFirst) * i) / (count - 1);
      if (curve[i] < threshold(background)) continue;
      const strain = strainAt(twoTheta[i], peak);
      low = Math.min(low, strain);
      high = Math.max(high, strain);
    }
    return [low, high];
  };
  const [compressive, tensile] = edges(
    Math.max(Math.round((0.5 * fwhm) / step), 1),
    (b) => 3 * b + 4 * countUnit,
  );
  const wide = Math.max(Math.round(count * 0.015), 2);
  const [compressiveWeak, tensileWeak] = edges(
    wide,
    (b) => 1.3 * b + 5 * Math.sqrt((Math.max(b, countUnit) * countUnit) / (2 * wide + 1)),
  );
  return {
    countUnit,
    expected,
    peak,
    fwhm,
    peakIntensity,
    backgroundFirst,
    backgroundLast,
    compressive,
    tensile,
    compressiveWeak,
    tensileWeak,
  };
}
