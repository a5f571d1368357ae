/** What a preset means for a crystal: its own reflection, its labels in physical units, itself in dimensionless numbers.
 *  docs/scaling.md. */
import { degreesPerQ, scaleReflection } from "../crystal/scaled.ts";
import type { Reflection } from "../types.ts";
import { ANGSTROM_PER_NM } from "../units.ts";
import { type MeasuredPreset, parseMeasured } from "./measuredPreset.ts";
import { type Range, reflectionOf } from "./presetFields.ts";
import type { Preset } from "./presets.ts";

/** A preset's own reflection; undefined where it draws one for every sample. */
export function ownReflection({ name, reflection }: Preset): Reflection | undefined {
  return reflection === undefined ? undefined : reflectionOf(name, reflection);
}

/** Factors from a preset's labels to nm and degrees 2θ: those of presets that draw reflections are lattice planes (t/d)
 *  and % of q. Other labels are the same for all crystals. */
export function labelUnits(
  preset: Preset,
  { d, wavelength }: Pick<Reflection, "d" | "wavelength">,
): Readonly<Record<string, number>> {
  if (preset.reflection !== undefined) return {};
  const width = degreesPerQ(wavelength / (2 * d)) / 100;
  return { thickness: d / ANGSTROM_PER_NM, fwhm: width, offset: width };
}

/** Labels of a preset in the units of the public border for a crystal: thickness in nm, fwhm and offset in degrees 2θ.
 *  @param labels by name
 *  @example
 *  const { thickness } = physicalLabels(preset, { thickness: 1200, … }, sic0004); // planes → 302 nm */
export function physicalLabels(
  preset: Preset,
  labels: Readonly<Record<string, number>>,
  reflection: Pick<Reflection, "d" | "wavelength">,
): Record<string, number> {
  const units = labelUnits(preset, reflection);
  return Object.fromEntries(
    Object.entries(labels).map(([name, value]) => [name, value * (units[name] ?? 1)]),
  );
}

/** What the labels of a preset's samples range over, in the labels' units; weights scatter a little beyond. */
export function labelRanges(preset: Preset): Readonly<Record<string, Range>> {
  const { ranges } = preset,
    { debyeWaller, dynamicRange, thickness } = ranges;
  if (preset.protocol === "paper") {
    return {
      weight: [0, ranges.strain[1]],
      disorder: [-Math.log(debyeWaller[1]), -Math.log(debyeWaller[0])],
      thickness,
      fwhm: ranges.fwhm,
      dynamicRange,
    };
  }
  const { compression, strain, fwhm, lorentzFraction } = preset.ranges;
  // Where reflections are drawn, a width in q is the narrower the larger the Bragg angle.
  const scale = (sine: number): number => (preset.reflections === undefined ? 1 : 100 / degreesPerQ(sine));
  const [low, high] = preset.reflections?.sine ?? [0, 0],
    widths: Range = [fwhm[0] * scale(high), fwhm[1] * scale(low)];
  const offset = preset.offset * widths[1];
  return {
    weight: [preset.shares.compression > 0 ? -compression[1] : 0, strain[1]],
    debyeWaller: [0, 1],
    thickness,
    fwhm: widths,
    dynamicRange,
    lorentzFraction: [0, lorentzFraction[1]],
    offset: [-offset, offset],
  };
}

/** A preset as a network of another one takes it: where that draws reflections, so does this one, its own alone, with labels
 *  in lattice planes and % of q. */
export function inTermsOf<P extends Preset>(other: Preset, preset: P): P | MeasuredPreset {
  return other.reflection === undefined && preset.protocol === "measured" ? asDrawn(preset) : preset;
}

function asDrawn(preset: MeasuredPreset): MeasuredPreset {
  const own = ownReflection(preset);
  if (own === undefined) return preset;
  const { reflection, ...others } = preset,
    { sine, k0, kh } = scaleReflection(own, reflection!.electronRadius),
    coupling = Math.hypot(...kh);
  const only = (value: number): Range => [value, value],
    [thinnest, thickest] = preset.ranges.thickness,
    planes = ANGSTROM_PER_NM / own.d;
  return parseMeasured(preset.name, {
    ...others,
    ranges: { ...preset.ranges, thickness: [planes * thinnest, planes * thickest] },
    reflections: {
      coupling: only(coupling),
      contrast: only(coupling / k0[0]),
      absorption: only(k0[1] / k0[0]),
      phase: only(kh[1] / k0[1]),
      sine: only(sine),
    },
  });
}
