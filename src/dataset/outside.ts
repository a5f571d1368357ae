/** How a measured scan is unlike what a preset draws. */
import { type Peak, smooth } from "../io/peak.ts";
import type { Points } from "../io/scan.ts";
import type { Reflection, Scan } from "../types.ts";
import { RADIANS } from "../units.ts";
import type { MeasuredPreset, PaperPreset, Preset, Range } from "./presets.ts";
import { degreesPerQ, type ScaledReflection } from "../crystal/scaled.ts";

export interface Measurement<P extends Preset = Preset> {
  readonly preset: P;
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
export function outsideOf(measurement: Measurement<PaperPreset>): string[] {
  const { preset, crystal, peak } = measurement;
  const found = [...otherReflection(crystal, preset.reflection), ...rangeAndStep(measurement)];
  if (!peak.isClear)
    found.push(
      `the unstrained crystal's peak, near ${peak.twoTheta.toFixed(2)}°, does not stand out; the samples have one`,
    );
  else found.push(...shape(measurement));
  return found;
}

/** The same for protocol "measured". */
export function outsideOfMeasured(
  measurement: Measurement<MeasuredPreset>,
  { sine, kh, k0 }: ScaledReflection,
): string[] {
  const {
      preset,
      crystal,
      peak,
      points: { twoTheta },
    } = measurement,
    found: string[] = [];
  const own = preset.reflection;
  if (own !== undefined) found.push(...otherReflection(crystal, own));
  const size = Math.hypot(...kh),
    { reflections } = preset;
  const lies = (what: string, value: number, [low, high]: Range): void => {
    if (value < low / SLACK.factor || value > high * SLACK.factor)
      found.push(`${what} is ${short(value)}; the samples have ${short(low)} to ${short(high)}`);
  };
  if (reflections !== undefined) {
    lies("the reflection's coupling |κ_H|", size, reflections.coupling);
    lies("|F_H|/F_0′ of the reflection", size / k0[0], reflections.contrast);
    lies("F_0″/F_0′ of the reflection", k0[1] / k0[0], reflections.absorption);
    if (sine < reflections.sine[0] - 0.02 || sine > reflections.sine[1] + 0.02)
      found.push(
        `sin θ_B is ${short(sine)}; the samples have ${short(reflections.sine[0])} to ${short(reflections.sine[1])}`,
      );
  }
  const tension = strainAt(twoTheta[0]!, crystal),
    compression = -strainAt(twoTheta[twoTheta.length - 1]!, crystal),
    { margin } = preset.ranges;
  for (const [what, value] of [
    ["tension", tension],
    ["compression", compression],
  ] as const) {
    if (value < margin[0] - SLACK.strain)
      found.push(
        `the scan reaches only ${short(value)} % of ${what}; the samples reach ${short(margin[0])} % and more`,
      );
  }
  let widest = 0;
  for (let i = 1; i < twoTheta.length; i++) widest = Math.max(widest, twoTheta[i]! - twoTheta[i - 1]!);
  // A scan of many strains has steps as wide as the kernel's number of points asks for.
  const most = Math.max(
    preset.ranges.step[1],
    (degreesPerQ(sine) * Math.max(tension + compression, 0)) / 100 / 1500,
  );
  if (widest > SLACK.factor * most)
    found.push(
      `points lie up to ${short(widest)}° 2θ apart; the samples have steps of up to ${short(preset.ranges.step[1])}°`,
    );
  if (!peak.isClear)
    found.push(
      `the unstrained crystal's peak, near ${peak.twoTheta.toFixed(2)}°, does not stand out; the samples have one`,
    );
  else found.push(...peakAndCounts(measurement).found);
  return found;
}

function otherReflection(
  crystal: Reflection,
  own: { readonly d: number; readonly wavelength: number },
): string[] {
  return (["d", "wavelength"] as const)
    .filter((name) => Math.abs(crystal[name] / own[name] - 1) > 0.01)
    .map(
      (name) =>
        `the reflection's ${name} is ${short(crystal[name])} Å; the samples have ${short(own[name])} Å`,
    );
}

function rangeAndStep({
  preset: { ranges, scan },
  crystal,
  points: { twoTheta },
}: Measurement<PaperPreset>): string[] {
  const found: string[] = [];
  const end = (what: string, value: number, [low, high]: readonly [number, number]): void => {
    const relation = value < low - SLACK.strain ? "only " : value > high + SLACK.strain ? "" : undefined;
    if (relation !== undefined)
      found.push(
        `the scan reaches ${relation}${short(value)} % of ${what}; the samples reach ${short(low)} to ${short(high)} %`,
      );
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
  if (widest > 1.6 * 2 * scan.step)
    found.push(
      `points lie up to ${short(widest)}° 2θ apart; the samples have steps of ${short(2 * scan.step)}°`,
    );
  return found;
}

function shape(measurement: Measurement<PaperPreset>): string[] {
  const { crystal, points, peak } = measurement,
    { found, background } = peakAndCounts(measurement);
  if (leansToCompression({ crystal, points, peak, background }))
    found.push(
      "more is diffracted on the compressive side of the unstrained peak than on the tensile one; the samples are tensile",
    );
  return found;
}

function peakAndCounts({ preset: { ranges }, measured, peak }: Measurement): {
  found: string[];
  background: number;
} {
  const found: string[] = [];
  const { intensity } = measured;
  if (peak.fwhm > SLACK.factor * ranges.fwhm[1])
    found.push(
      `the unstrained crystal's peak is ${short(peak.fwhm)}° wide; the samples' resolution is at most ${short(ranges.fwhm[1])}°`,
    );
  const background = smooth(intensity, Math.max(Math.round(0.03 * intensity.length), 2)).reduce(
    (a, b) => Math.min(a, b),
    Infinity,
  );
  const top = intensity.reduce((a, b) => Math.max(a, b), 0);
  const decades = background > 0 ? Math.log10(top / background) : Infinity;
  const [low, high] = ranges.dynamicRange;
  if (decades < low - SLACK.decades || decades > high + SLACK.decades) {
    found.push(
      `maximum and background are ${Number.isFinite(decades) ? `${decades.toFixed(1)} decades` : "infinitely far"} apart; the samples have ${short(low)} to ${short(high)} decades`,
    );
  }
  if (measured.countUnit !== undefined) {
    const counts = Math.log10(top / measured.countUnit),
      [least, most] = ranges.logScale;
    if (counts < least - SLACK.decades || counts > most + SLACK.decades)
      found.push(
        `the maximum has 10^${counts.toFixed(1)} counts; the samples have 10^${short(least)} to 10^${short(most)}`,
      );
  }
  return { found, background };
}

/** Compares both sides of the peak as far as both were measured. */
function leansToCompression({
  crystal,
  points,
  peak,
  background,
}: Pick<Measurement, "crystal" | "points" | "peak"> & { background: number }): boolean {
  const { twoTheta, intensity } = points;
  const bragg = Math.asin(crystal.wavelength / (2 * crystal.d));
  const near = (100 * 3 * peak.fwhm * RADIANS) / 2 / Math.tan(bragg);
  const far = Math.min(strainAt(twoTheta[0], crystal), -strainAt(twoTheta[twoTheta.length - 1], crystal));
  let tensile = 0,
    compressive = 0,
    total = 0,
    smallest = Infinity;
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
