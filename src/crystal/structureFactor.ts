/** Structure factors of a crystal, and the reflection that the simulation needs. */

import { InvalidParameterError, requireWithin, UnreachableReflectionError } from "../errors.ts";
import type { Complex, Crystal, Hkl, Reflection, StructureFactor } from "../types.ts";
import { KEV_ANGSTROM } from "../units.ts";
import { atomicNumber } from "./elements.ts";
import { braggAngle, cellVolume, dSpacing, planeAngle, requireHkl } from "./lattice.ts";
import {
  loadScatteringTable,
  requireTabulatedWavelength,
  type ScatteringTable,
} from "./scatteringFactors.ts";

/** |F_H| under this share of |F_0| is taken for an extinction: rounded coordinates leave a little of it. */
const EXTINCT = 1e-5;

/** Structure factors per cell, electrons:
 *
 *      F_H = Σ occ (f0(s) + f′ + i f″) exp(−2πi h·r) [exp(−B s²)],   s = sin θ/λ = 1/2d
 *
 *  over the atoms of the cell; F_-H with −h, F_0 with f0 = Z and h = 0. The sign of the phase belongs to waves
 *  exp(i(k·r − ωt)), in which absorption is f″ > 0. Waasmaier & Kirfel (1995), Acta Cryst. A51, 416.
 *  @param wavelength Å
 *  @param options.thermal applies each atom's own B (Å²); atoms without one are at rest. Default false
 *  @throws {InvalidParameterError} */
export function structureFactor(
  crystal: Crystal,
  hkl: Hkl,
  wavelength: number,
  table: ScatteringTable,
  options: { readonly thermal?: boolean } = {},
): StructureFactor {
  const s = 0.5 / dSpacing(crystal.cell, hkl);
  const factors = new Map<string, { readonly forward: Complex; readonly scattered: Complex }>();
  const zero: [number, number] = [0, 0];
  const h: [number, number] = [0, 0];
  const hBar: [number, number] = [0, 0];
  for (const { element, position, occupancy, thermal } of crystal.atoms) {
    let factor = factors.get(element);
    if (factor === undefined) {
      const [real, imaginary] = table.dispersion(element, wavelength);
      factor = {
        forward: [atomicNumber(element)! + real, imaginary],
        scattered: [table.f0(element, s) + real, imaginary],
      };
      factors.set(element, factor);
    }
    zero[0] += occupancy * factor.forward[0];
    zero[1] += occupancy * factor.forward[1];
    const damped =
      options.thermal === true && thermal !== undefined ? occupancy * Math.exp(-thermal * s * s) : occupancy;
    const phase = -2 * Math.PI * (hkl[0] * position[0] + hkl[1] * position[1] + hkl[2] * position[2]);
    const cos = damped * Math.cos(phase);
    const sin = damped * Math.sin(phase);
    const [re, im] = factor.scattered;
    h[0] += re * cos - im * sin;
    h[1] += re * sin + im * cos;
    hBar[0] += re * cos + im * sin;
    hBar[1] += im * cos - re * sin;
  }
  return { zero, h, hBar };
}

/** Which reflection, seen with which radiation. */
export interface ReflectionOptions {
  /** Miller indices of the reflecting planes. */
  readonly hkl: Hkl;
  /** Å; 0.4133…3.0996 (30–4 keV). Give this or `energy`. */
  readonly wavelength?: number;
  /** Of the photons, keV; 4…30. */
  readonly energy?: number;
  /** Miller indices of the surface; absent: parallel to the reflecting planes (symmetric). */
  readonly surface?: Hkl;
  /** Damp F_H by the atoms' own thermal parameters. Default false. */
  readonly thermal?: boolean;
}

/** One reflection of a crystal at one wavelength. Loads the table of scattering factors at the first call.
 *
 *  With `surface` the result's `asymmetry` is the angle between the planes and the surface, in degrees, ≥ 0: the beam
 *  comes in at θ_B − asymmetry (grazing incidence). For grazing exit use its negative.
 *  @throws {InvalidParameterError}
 *  @throws {UnreachableReflectionError} if λ > 2d, if the reflection is extinct, or if beam or diffracted beam would lie
 *  below the surface */
export async function reflection(crystal: Crystal, options: ReflectionOptions): Promise<Reflection> {
  const { hkl, surface } = options;
  const wavelength = wavelengthIn(options);
  requireHkl("hkl", hkl);
  if (surface !== undefined) requireHkl("surface", surface);
  requireTabulatedWavelength(wavelength);
  if (crystal.atoms.length === 0)
    throw new InvalidParameterError("crystal.atoms", "at least one atom", crystal.atoms);
  const d = dSpacing(crystal.cell, hkl);
  const theta = braggAngle(d, wavelength);
  const name = `${crystal.name} ${hkl.join(" ")}`;
  const asymmetry = surface === undefined ? 0 : planeAngle(crystal.cell, hkl, surface);
  if (asymmetry >= theta) {
    throw new UnreachableReflectionError(
      `${name}: planes inclined by ${asymmetry.toFixed(3)}° to the surface ${surface!.join(" ")} ` +
        `cannot reflect at a Bragg angle of ${theta.toFixed(3)}°`,
    );
  }
  const table = await loadScatteringTable();
  const factors = structureFactor(crystal, hkl, wavelength, table, options);
  if (Math.min(modulus(factors.h), modulus(factors.hBar)) < EXTINCT * modulus(factors.zero)) {
    throw new UnreachableReflectionError(`${name} is forbidden: its structure factor is 0`);
  }
  return {
    name,
    hkl: [...hkl],
    wavelength,
    d,
    cellVolume: cellVolume(crystal.cell),
    structureFactor: factors,
    ...(asymmetry === 0 ? {} : { asymmetry }),
  };
}

/** @throws {InvalidParameterError} neither, both, or outside 4–30 keV */
function wavelengthIn({ wavelength, energy }: Pick<ReflectionOptions, "wavelength" | "energy">): number {
  if (energy === undefined) {
    requireTabulatedWavelength(wavelength as number);
    return wavelength as number;
  }
  if (wavelength !== undefined)
    throw new InvalidParameterError("energy", "absent where wavelength is given", energy);
  requireWithin("energy", energy, 4, 30, "keV");
  return KEV_ANGSTROM / energy;
}

function modulus([re, im]: Complex): number {
  return Math.hypot(re, im);
}
