/** How a measured scan is unlike what a preset draws. */
import { type Peak, smooth } from "../io/peak.ts";
import type { Points } from "../io/scan.ts";
import type { Reflection, Scan } from "../types.ts";
import { RADIANS } from "../units.ts";
import type { Preset } from "./presets.ts";

export interface Measurement {
  readonly preset: Preset;
  /** What was measured. */
  readonly crystal: Reflection;
  readonly measured: Scan;
  /** At true angles, no finer than the preset's. */
  readonly points: Points;
  readonly peak: Peak;
}

/** What may be due to noise, rounding and a background that is read off the curve: decades, strain in %, factors. */
const SLACK = { decades: 0.3, strain: 0.05, factor: 1.2 };

/** One sentence a finding. */
export function outsideOf(measurement: Measurement): string[] {
  const { preset, crystal, peak } = measurement;
  const found: string[] = [];
  for (const [name, own, drawn] of [["d", crystal.d, preset.reflection.d], ["wavelength", crystal.wavelength, preset.reflection.wavelength]] as const) {
    if (Math.abs(own / drawn - 1) > 0.01) found.push(`the reflection's ${name} is ${short(own)} Å; the samples have ${short(drawn)} Å`);
  }
  found.push(...rangeAndStep(measurement));
  if (!peak.isClear) found.push(`the unstrained crystal's peak, near ${peak.twoTheta.toFixed(2)}°, does not stand out; the samples have one`);
  else found.push(...shape(measurement));
  return found;
}

function rangeAndStep({ preset: { ranges, scan }, crystal, points: { twoTheta } }: Measurement): string[] {
  const found: string[] = [];
  const end = (what: string, value: number, [low, high]: readonly [number, number]): void => {
    const relation = value < low - SLACK.strain ? "only " : value > high + SLACK.strain ? "" : undefined;
    if (relation !== undefined) found.push(`the scan reaches ${relation}${short(value)} % of ${what}; the samples reach ${short(low)} to ${short(high)} %`);
  };
  const { strain, margin } = ranges;
  // As the samples' ranges are drawn: linear in θ.
  const bragg = Math.asin(crystal.wavelength / (2 * crystal.d));
  const reach = (at: number): number => (100 * (bragg - (at * RADIANS) / 2)) / Math.tan(bragg);
  end("tension", reach(twoTheta[0]), [strain[0] + margin[0], strain[1] + margin[1]]);
  end("compression", -reach(twoTheta[twoTheta.length - 1]), margin);
  let widest = 0;
  for (let i = 1; i < twoTheta.length; i++) widest = Math.max(widest, twoTheta[i] - twoTheta[i - 1]);
  // Two cells that were put together at the border of fine and coarse lie up to 1.5 steps apart.
  if (widest > 1.6 * 2 * scan.step) found.push(`points lie up to ${short(widest)}° 2θ apart; the samples have steps of ${short(2 * scan.step)}°`);
  return found;
}

function shape({ preset: { ranges }, crystal, measured, points, peak }: Measurement): string[] {
  const found: string[] = [];
  const { intensity } = measured;
  if (peak.fwhm > SLACK.factor * ranges.fwhm[1]) found.push(`the unstrained crystal's peak is ${short(peak.fwhm)}° wide; the samples' resolution is at most ${short(ranges.fwhm[1])}°`);
  const background = smooth(intensity, Math.max(Math.round(0.03 * intensity.length), 2)).reduce((a, b) => Math.min(a, b), Infinity);
  const top = intensity.reduce((a, b) => Math.max(a, b), 0);
  const decades = background > 0 ? Math.log10(top / background) : Infinity;
  const [low, high] = ranges.dynamicRange;
  if (decades < low - SLACK.decades || decades > high + SLACK.decades) {
    found.push(`maximum and background are ${Number.isFinite(decades) ? `${decades.toFixed(1)} decades` : "infinitely far"} apart; the samples have ${short(low)} to ${short(high)} decades`);
  }
  if (measured.countUnit !== undefined) {
    const counts = Math.log10(top / measured.countUnit), [least, most] = ranges.logScale;
    if (counts < least - SLACK.decades || counts > most + SLACK.decades) found.push(`the maximum has 10^${counts.toFixed(1)} counts; the samples have 10^${short(least)} to 10^${short(most)}`);
  }
  if (leansToCompression({ crystal, points, peak, background })) found.push("more is diffracted on the compressive side of the unstrained peak than on the tensile one; the samples are tensile");
  return found;
}

/** Compares both sides of the peak as far as both were measured. */
function leansToCompression({ crystal, points, peak, background }: Pick<Measurement, "crystal" | "points" | "peak"> & { background: number }): boolean {
  const { twoTheta, intensity } = points;
  const bragg = Math.asin(crystal.wavelength / (2 * crystal.d));
  const near = (100 * 3 * peak.fwhm * RADIANS) / 2 / Math.tan(bragg);
  const far = Math.min(strainAt(twoTheta[0], crystal), -strainAt(twoTheta[twoTheta.length - 1], crystal));
  let tensile = 0, compressive = 0, total = 0, smallest = Infinity;
  intensity.forEach((y, i) => {
    if (y > 0) smallest = Math.min(smallest, y);
    const strain = strainAt(twoTheta[i], crystal);
    if (Math.abs(strain) < near || Math.abs(strain) > far) return;
    total += y;
    if (strain > 0) tensile += y - background;
    else compressive += y - background;
  });
  return compressive > 2 * Math.max(tensile, 0) + 5 * Math.sqrt(total * smallest);
}

/** Strain (%) of a lattice whose peak, without refraction, lies at 2θ (degrees). */
function strainAt(twoTheta: number, { wavelength, d }: Reflection): number {
  return 100 * (wavelength / (2 * d * Math.sin((twoTheta * RADIANS) / 2)) - 1);
}

function short(value: number): string {
  return String(Number(value.toPrecision(3)));
}
