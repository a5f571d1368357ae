/** What a preset means for a crystal: its own reflection, its labels in physical units, itself in dimensionless numbers.
 *  docs/scaling.md. */
import { degreesPerQ, scaleReflection } from "../crystal/scaled.ts";
import type { Reflection } from "../types.ts";
import { ANGSTROM_PER_NM } from "../units.ts";
import { type MeasuredPreset, parseMeasured } from "./measuredPreset.ts";
import { type Range, reflectionOf } from "./presetFields.ts";
import { isPaper, type Preset } from "./presets.ts";

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

/** A preset as a network of another one takes it: where that draws reflections, so does this one, its own alone, with labels
 *  in lattice planes and % of q. */
export function inTermsOf<P extends Preset>(other: Preset, preset: P): P | MeasuredPreset {
  return other.reflection === undefined && !isPaper(preset) ? asDrawn(preset) : preset;
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
