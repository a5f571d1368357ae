/** Crystals, angles and seeded randomness that the tests of the simulator share. */
import type { Complex, Reflection } from "../../src/types.ts";
import { CLASSICAL_ELECTRON_RADIUS, DEGREES } from "../../src/units.ts";

/** Cubic zirconia 400 at Cu Kα1. */
export const ZIRCONIA: Reflection = {
  name: "ZrO2",
  hkl: [4, 0, 0],
  wavelength: 1.5406,
  d: 1.2858375,
  cellVolume: 136.06243406854537,
  structureFactor: { zero: [223.59831, 9.38668], h: [120.31256, 9.38668], hBar: [120.31256, 9.38668] },
};

/** Silicon 224: planes at 35.26° to a (001) surface. */
export const SILICON_224: Reflection = {
  name: "Si",
  hkl: [2, 2, 4],
  wavelength: 1.5406,
  d: 1.1085369955,
  cellVolume: 160.164933272443,
  structureFactor: { zero: [114.0512, 2.68784], h: [55.73771, 2.68784], hBar: [55.73771, 2.68784] },
  asymmetry: 35.26,
};

/** The same crystal with other structure factors. */
export function withFactors(reflection: Reflection, zero: Complex, h: Complex): Reflection {
  return { ...reflection, structureFactor: { zero, h, hBar: h } };
}

/** The same crystal with all structure factors multiplied by `factor`, F_0 = 0 (no refraction) if `refracts` is false. */
export function scattering(reflection: Reflection, factor: number, refracts = true): Reflection {
  const { zero, h } = reflection.structureFactor;
  return withFactors(reflection, refracts ? [zero[0] * factor, zero[1] * factor] : [0, 0], [
    h[0] * factor,
    h[1] * factor,
  ]);
}

/** Radians. */
export function braggAngle(reflection: Reflection): number {
  return Math.asin(reflection.wavelength / (2 * reflection.d));
}

/** Γ = r_e λ²/(πV). */
export function gammaOf(reflection: Reflection): number {
  return (CLASSICAL_ELECTRON_RADIUS * reflection.wavelength ** 2) / (Math.PI * reflection.cellVolume);
}

/** `count` even 2θ (degrees) from `below` to `above` of the Bragg angle (radians of θ). */
export function scan(reflection: Reflection, below: number, above: number, count: number): Float64Array {
  const bragg = braggAngle(reflection);
  return Float64Array.from(
    { length: count },
    (_, i) => 2 * DEGREES * (bragg - below + ((below + above) * i) / (count - 1)),
  );
}

/** Uniform numbers in [0, 1), the same from the same seed (mulberry32). */
export function random(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

export function filled(count: number, value: number): Float64Array {
  return new Float64Array(count).fill(value);
}

/** Largest |a − b|/|b|. */
export function relativeDifference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let worst = 0;
  for (let i = 0; i < b.length; i++) worst = Math.max(worst, Math.abs(a[i] - b[i]) / Math.abs(b[i]));
  return worst;
}

/** Largest |log10 a − log10 b|. */
export function decades(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let worst = 0;
  for (let i = 0; i < b.length; i++) worst = Math.max(worst, Math.abs(Math.log10(a[i] / b[i])));
  return worst;
}
