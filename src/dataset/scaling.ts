/** One scale for all crystals: a curve of the exact form depends on t·Q_B, the profile and two complex numbers of the
 *  reflection only, as a function of q = Q/Q_B. docs/scaling.md. */
import { InvalidParameterError } from "../errors.ts";
import type { Complex, Reflection } from "../types.ts";
import { ANGSTROM_PER_NM, CLASSICAL_ELECTRON_RADIUS, DEGREES } from "../units.ts";
import type { Preset } from "./presets.ts";
import type { Range, ReflectionConstants } from "./presetFields.ts";

/** A reflection in dimensionless numbers. */
export interface ScaledReflection {
  /** sin θ_B = λ/2d. */
  readonly sine: number;
  /** 4π r_e F_0/(V Q_B²). */
  readonly k0: Complex;
  /** 4π r_e √(F_H F_-H)/(V Q_B²), σ-polarised; its real part ≥ 0. */
  readonly kh: Complex;
  /** q in the middle of total reflection: the unstrained crystal's peak, moved by refraction. */
  readonly peak: number;
}

/** @throws {InvalidParameterError} where λ > 2d */
export function scaleReflection(
  { wavelength, d, cellVolume, structureFactor: { zero, h, hBar } }: Omit<Reflection, "name" | "hkl">,
  electronRadius = CLASSICAL_ELECTRON_RADIUS,
): ScaledReflection {
  const sine = wavelength / (2 * d);
  if (!(sine < 1)) throw new InvalidParameterError("reflection.wavelength", `< 2d = ${2 * d} Å`, wavelength);
  const unit = (electronRadius * d * d) / (Math.PI * cellVolume);
  const product: Complex = [h[0] * hBar[0] - h[1] * hBar[1], h[0] * hBar[1] + h[1] * hBar[0]];
  const size = Math.hypot(...product),
    re = Math.sqrt((size + product[0]) / 2),
    im = Math.sqrt((size - product[0]) / 2);
  const k0: Complex = [unit * zero[0], unit * zero[1]];
  return {
    sine,
    k0,
    kh: [unit * re, unit * (product[1] < 0 ? -im : im)],
    peak: (1 + Math.sqrt(1 + 8 * k0[0])) / 2,
  };
}

/** A preset's own reflection; undefined where it draws one for every sample. */
export function ownReflection({ name, reflection }: Preset): Reflection | undefined {
  return reflection === undefined ? undefined : asReflection(name, reflection);
}

function asReflection(
  name: string,
  { wavelength, d, cellVolume, f0, fh, fhBar }: ReflectionConstants,
): Reflection {
  return {
    name,
    hkl: [0, 0, 1],
    wavelength,
    d,
    cellVolume,
    structureFactor: { zero: f0, h: fh, hBar: fhBar },
  };
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

/** Degrees 2θ per unit of q, at the Bragg angle: dq = cos θ dθ/sin θ_B. */
export function degreesPerQ(sine: number): number {
  return (2 * DEGREES * sine) / Math.sqrt(1 - sine * sine);
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
