/** How finely a profile is cut, and on which angles the reflectivity is computed. */
import type { Reflection, Sample } from "../types.ts";
import { ANGSTROM_PER_NM, CLASSICAL_ELECTRON_RADIUS } from "../units.ts";
import type { Slices } from "./recursion.ts";

/** Points per fringe of the whole thickness; R is a cubic between them. */
const POINTS_PER_FRINGE = 10;
/** Points within half the width of total reflection: with 10, the area of the peak depends on where the range begins, by
 *  2e-3; with 20 by less than 7e-4. */
const POINTS_PER_PEAK = 20;
/** Growth of the step with the distance from a peak. */
const GROWTH = 0.12;
const MOST_POINTS = 20_000;
/** Half width (radians) below which a peak is not resolved: no crystal's is, and steps must move the angle. */
const NARROWEST = 1e-9;
/** Largest deviation phase of a slice: stays clear of the false peak that equal slices make at π. */
const SLICE_PHASE = 1;
const FEWEST_SLICES = 100;
const MOST_SLICES = 5000;

/** A profile that can be asked anywhere: heights are fractions of its thickness, 0 at the interface. */
export interface ContinuousProfile {
  /** Å. */
  readonly thickness: number;
  /** Strain (fraction) and Debye–Waller factor at each relative height. */
  sample(heights: Float64Array): { strain: Float64Array; debyeWaller: Float64Array };
}

/** Number of equal slices so that no slice's phase exceeds SLICE_PHASE anywhere in the range. The discretisation error of
 *  mid-slice sampling, which falls with the square of the number, then stays below 0.01 in log10 of what an instrument of
 *  0.02° sees (R > 1e-8), its median at 2e-4; the bottoms of an ideal instrument's deepest minima may move by more
 *  (test/simulate/discretisation).
 *  @param thickness Å
 *  @param strainRange smallest and largest strain, fraction
 *  @param theta range in radians
 *  @param coarseness factor by which slices may be thicker, where the first digits are enough */
export function sliceCount(
  thickness: number,
  d: number,
  wavelength: number,
  strainRange: readonly [number, number],
  theta: readonly [number, number],
  coarseness = 1,
): number {
  const h = (2 * Math.PI) / d;
  const k = (4 * Math.PI) / wavelength;
  const farthest = Math.max(
    k * Math.sin(theta[1]) - h / (1 + strainRange[1]),
    h / (1 + strainRange[0]) - k * Math.sin(theta[0]),
  );
  const needed = Math.ceil((thickness * farthest) / 2 / (SLICE_PHASE * coarseness));
  return Math.min(Math.max(needed, Math.round(FEWEST_SLICES / coarseness)), MOST_SLICES);
}

/** The profile at the middle of each of `count` equal slices. */
export function slice(profile: ContinuousProfile, count: number): Slices {
  const heights = Float64Array.from({ length: count }, (_, n) => (n + 0.5) / count);
  return { ...profile.sample(heights), thickness: profile.thickness / count };
}

/** Angles (θ, radians, ascending) on which R is resolved: even steps of a fraction of the thinnest fringe, and geometric
 *  ones into each peak of total reflection, which is far narrower than any scan's step.
 *  @param range θ in radians, what is to be covered
 *  @param thickness of the strained region, Å */
export function resolvedAngles(
  range: readonly [number, number],
  reflection: Reflection,
  sample: Sample,
  wavelength: number,
  thickness: number,
  coarseness = 1,
): Float64Array {
  const geometry = sample.geometry ?? "single crystal";
  const whole = geometry.startsWith("thick film")
    ? Math.max(thickness, (sample.filmThickness ?? 0) * ANGSTROM_PER_NM)
    : thickness;
  const peaks = peaksOf(reflection, sample, wavelength);
  return anglesAround(range, { peaks, thickness: whole, wavelength, coarseness });
}

/** Range of total reflection of a thick crystal, θ in radians. */
export interface Peak {
  readonly theta: number;
  /** Half width. */
  readonly width: number;
}

/** Angles that resolve the fringes of `thickness` (Å, of all that interferes) and each peak.
 *  @param range θ in radians */
export function anglesAround(
  range: readonly [number, number],
  {
    peaks: all,
    thickness,
    wavelength,
    coarseness = 1,
  }: {
    readonly peaks: readonly Peak[];
    readonly thickness: number;
    readonly wavelength: number;
    readonly coarseness?: number;
  },
): Float64Array {
  const [low, high] = range;
  const step = Math.max(
    ((wavelength / (2 * Math.max(thickness, 100) * Math.cos(0.5 * (low + high)))) * coarseness) /
      POINTS_PER_FRINGE,
    (high - low) / MOST_POINTS,
  );
  const peaks = all
    .filter((peak) => peak.theta > low - 20 * step && peak.theta < high + 20 * step)
    .map(({ theta, width }) => ({ theta, width: Math.max(width, NARROWEST) }));
  const points: number[] = [];
  const stepAt = (theta: number): number => {
    let smallest = step;
    for (const peak of peaks) {
      const distance = Math.max(Math.abs(theta - peak.theta) - peak.width, 0);
      smallest = Math.min(smallest, peak.width / POINTS_PER_PEAK + GROWTH * distance);
    }
    return smallest;
  };
  for (let theta = low; theta < high;) {
    points.push(theta);
    // A step is as fine as the finer of its ends, so that none jumps over a peak.
    let next = theta + stepAt(theta);
    for (const peak of peaks)
      if (theta < peak.theta - peak.width && next > peak.theta - peak.width) next = peak.theta - peak.width;
    theta = next;
  }
  if (high - points[points.length - 1] < 0.3 * step && points.length > 2) points.pop();
  points.push(high);
  return Float64Array.from(points);
}

/** Centre and half width (θ, radians) of a crystal's range of total reflection: refraction shifts it by Γ F_0/sin 2θ_B,
 *  its full width is 2CΓ|F_H|/sin 2θ_B. */
export function totalReflection(crystal: Reflection, wavelength: number): Peak {
  const bragg = Math.asin(Math.min(wavelength / (2 * crystal.d), 1));
  const gamma = (CLASSICAL_ELECTRON_RADIUS * wavelength ** 2) / (Math.PI * crystal.cellVolume);
  const scale = gamma / Math.sin(2 * bragg);
  const { zero, h, hBar } = crystal.structureFactor;
  const coupling = Math.sqrt(Math.hypot(h[0], h[1]) * Math.hypot(hBar[0], hBar[1]));
  return { theta: bragg + scale * zero[0], width: scale * coupling };
}

/** That of every thick part of the sample. */
function peaksOf(reflection: Reflection, sample: Sample, wavelength: number): Peak[] {
  const geometry = sample.geometry ?? "single crystal";
  const thick =
    geometry === "single crystal" || geometry === "thick film"
      ? [reflection]
      : geometry === "thin film"
        ? []
        : [reflection, sample.substrate];
  return thick.flatMap((crystal) => (crystal === undefined ? [] : [totalReflection(crystal, wavelength)]));
}
