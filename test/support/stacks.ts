/** Simulated scans of layers on GaAs 004, with counts. */
import { material } from "../../src/crystal/materials.ts";
import { reflection } from "../../src/crystal/structureFactor.ts";
import { strainOn } from "../../src/profile/stack.ts";
import { createSimulator } from "../../src/simulate/simulator.ts";
import type { Reflection, Scan, Stack } from "../../src/types.ts";

export const WAVELENGTH = 1.540598;
export const simulator = await createSimulator(),
  substrate = await reflection(material("GaAs"), { hkl: [0, 0, 4], wavelength: WAVELENGTH }),
  film = await reflection(material("Al0.5Ga0.5As"), { hkl: [0, 0, 4], wavelength: WAVELENGTH });

/** @param counts at the maximum
 *  @param half width of the range about 66.2°, degrees 2θ */
export function scanOf(stack: Stack, { counts = 1e5, offset = 0.012, seed = 3, half = 1.8 } = {}): Scan {
  const step = 0.006,
    twoTheta = Float64Array.from(
      { length: Math.round((2 * half) / step) + 1 },
      (_, i) => 66.2 - half + step * i,
    ),
    instrument = {
      resolution: { shape: "pseudo-voigt", fwhm: 0.018, lorentzFraction: 0.15 },
      offset,
      scale: counts,
      background: 2,
    } as const,
    { intensity } = simulator.simulateStack(stack, twoTheta, { instrument });
  return { twoTheta, intensity: simulator.counts(intensity, seed), countUnit: 1 };
}

/** @param thickness nm
 *  @param against strain against the substrate's lattice, % */
export function layer(crystal: Reflection, thickness: number, against: number) {
  return { crystal, thickness, strain: strainOn(substrate, { crystal, strain: against }) };
}
