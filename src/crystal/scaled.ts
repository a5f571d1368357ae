/** A reflection in dimensionless numbers: a curve of the exact form depends on t·Q_B, the profile and two complex numbers
 *  of the reflection only, as a function of q = Q/Q_B. docs/scaling.md. */
import { InvalidParameterError } from "../errors.ts";
import type { Complex, Reflection } from "../types.ts";
import { CLASSICAL_ELECTRON_RADIUS, DEGREES } from "../units.ts";

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

/** Degrees 2θ per unit of q, at the Bragg angle: dq = cos θ dθ/sin θ_B. */
export function degreesPerQ(sine: number): number {
  return (2 * DEGREES * sine) / Math.sqrt(1 - sine * sine);
}
