/** Crystals and stacks that the tests of layers share. */
import type { Complex, Layer, Reflection, Stack } from "../../src/types.ts";
import { random } from "./crystals.ts";

/** A zinc-blende crystal of edge `a` (Å) at 00l, real scattering factors of cation and anion at each cell, absorbing a little. */
export function zincBlende004(name: string, a: number, factors: { zero: Complex; h: Complex }): Reflection {
  return {
    name,
    hkl: [0, 0, 4],
    wavelength: 1.540598,
    d: a / 4,
    cellVolume: a ** 3,
    structureFactor: { zero: factors.zero, h: factors.h, hBar: factors.h },
  };
}

export const GALLIUM_ARSENIDE = zincBlende004("GaAs", 5.65325, { zero: [247.2, 6.83], h: [152.8, 6.83] });
export const ALUMINIUM_ARSENIDE = zincBlende004("AlAs", 5.6611, { zero: [180.6, 4.9], h: [116.4, 4.9] });
export const INDIUM_ARSENIDE = zincBlende004("InAs", 6.0583, { zero: [322.5, 24.1], h: [207.4, 24.1] });

/** The same crystal with planes inclined by `asymmetry` degrees to the surface. */
export function inclined(reflection: Reflection, asymmetry: number): Reflection {
  return { ...reflection, asymmetry };
}

/** A random stack of three layers, one graded, with rough interfaces. */
export function randomStack(seed: number, tilt = 0): Stack {
  const next = random(seed);
  const crystals = [ALUMINIUM_ARSENIDE, INDIUM_ARSENIDE, GALLIUM_ARSENIDE].map((crystal) =>
    tilt === 0 ? crystal : inclined(crystal, tilt),
  );
  const layers = crystals.map((crystal, i): Layer => ({
    crystal,
    thickness: 8 + 60 * next(),
    strain: (next() - 0.5) * 2,
    ...(i === 1 && { strainTop: (next() - 0.5) * 2 }),
    debyeWaller: 0.5 + 0.5 * next(),
    ...(i < 2 && { roughness: 0.2 + next() }),
  }));
  return { substrate: tilt === 0 ? GALLIUM_ARSENIDE : inclined(GALLIUM_ARSENIDE, tilt), layers };
}
