/** Scattering factors of free, neutral atoms: f = f0(s) + f′(E) + i f″(E), Z = 1…92, 4–30 keV. */

import { InvalidParameterError, requireWithin } from "../errors.ts";
import type { Complex } from "../types.ts";
import { KEV_ANGSTROM } from "../units.ts";
import { atomicNumber } from "./elements.ts";

const MIN_KEV = 4;
const MAX_KEV = 30;
/** Wavelengths for which the table has figures, Å. */
export const WAVELENGTH_RANGE: readonly [min: number, max: number] = [
  KEV_ANGSTROM / MAX_KEV,
  KEV_ANGSTROM / MIN_KEV,
];

/** Scattering factors of the elements. */
export interface ScatteringTable {
  /** Elastic scattering factor, electrons. Five Gaussians and a constant, Waasmaier & Kirfel (1995), Acta Cryst. A51, 416.
   *  @param s sin θ/λ, Å⁻¹, in [0, 6]
   *  @throws {InvalidParameterError} */
  f0(element: string, s: number): number;
  /** Dispersion corrections [f′, f″], electrons, f″ > 0. f′ holds the relativistic term and the
   *  nuclear Thomson term. Chantler (1995), J. Phys. Chem. Ref. Data 24, 71; (2000), ibid. 29, 597.
   *  @param wavelength Å, at 4–30 keV
   *  @throws {InvalidParameterError} */
  dispersion(element: string, wavelength: number): Complex;
}

type Data = typeof import("./scatteringData.ts");

/** Values at energies (eV), ascending; straight lines in ln E between them. */
interface Knots {
  readonly energy: Float64Array;
  readonly value: Float64Array;
}

let loading: Promise<ScatteringTable> | undefined;

/** The table, fetched at the first call; later calls share it. A failed load is forgotten, so the next call tries again. */
export function loadScatteringTable(): Promise<ScatteringTable> {
  if (loading === undefined) {
    const attempt = import("./scatteringData.ts").then(makeTable);
    loading = attempt;
    attempt.catch(() => {
      if (loading === attempt) loading = undefined;
    });
  }
  return loading;
}

function makeTable(data: Data): ScatteringTable {
  const gaussians = data.gaussians.split("\n");
  const lines = data.dispersion.split("\n");
  const unpacked = new Map<number, readonly [Knots, Knots]>();
  const parsed = new Map<number, readonly number[]>();

  function knotsOf(z: number): readonly [Knots, Knots] {
    let both = unpacked.get(z);
    if (both === undefined) {
      const [real, imaginary] = lines[z - 1]!.split(" ");
      both = [unpack(real!, data, data.realStep), unpack(imaginary!, data, data.logStep)];
      unpacked.set(z, both);
    }
    return both;
  }

  return {
    f0(element, s) {
      requireWithin("s", s, 0, 6, "Å⁻¹");
      const z = tabulated(element);
      let coefficients = parsed.get(z);
      if (coefficients === undefined) {
        coefficients = gaussians[z - 1]!.split(" ").map(Number);
        parsed.set(z, coefficients);
      }
      let sum = coefficients[0]!;
      for (let i = 1; i < coefficients.length; i += 2)
        sum += coefficients[i]! * Math.exp(-coefficients[i + 1]! * s * s);
      return sum;
    },
    dispersion(element, wavelength) {
      requireTabulatedWavelength(wavelength);
      const [real, logImaginary] = knotsOf(tabulated(element));
      const energy = (1000 * KEV_ANGSTROM) / wavelength;
      return [interpolate(real, energy), Math.exp(interpolate(logImaginary, energy))];
    },
  };
}

/** @throws {InvalidParameterError} outside 4–30 keV */
export function requireTabulatedWavelength(wavelength: number): void {
  // A hair of slack, so that the limits themselves, written with four digits, are inside.
  const [min, max] = WAVELENGTH_RANGE;
  if (!(wavelength >= min - 1e-4 && wavelength <= max + 1e-4)) {
    throw new InvalidParameterError(
      "wavelength",
      `within [${min.toFixed(4)}, ${max.toFixed(4)}] Å (30–4 keV)`,
      wavelength,
    );
  }
}

function tabulated(element: string): number {
  const z = atomicNumber(element);
  if (z === undefined)
    throw new InvalidParameterError("element", "the symbol of an element from H to U", element);
  return z;
}

function unpack(base64: string, data: Data, step: number): Knots {
  const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
  const view = new DataView(bytes.buffer);
  const length = bytes.length >> 2;
  const energy = new Float64Array(length);
  const value = new Float64Array(length);
  for (let i = 0; i < length; i++) {
    energy[i] = data.minEnergy + view.getUint16(4 * i, true) * data.energyStep;
    value[i] = view.getInt16(4 * i + 2, true) * step;
  }
  return { energy, value };
}

function interpolate({ energy, value }: Knots, at: number): number {
  let low = 0;
  let high = energy.length - 1;
  if (at <= energy[low]!) return value[low]!;
  if (at >= energy[high]!) return value[high]!;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (energy[middle]! <= at) low = middle;
    else high = middle;
  }
  const part = Math.log(at / energy[low]!) / Math.log(energy[high]! / energy[low]!);
  return value[low]! + part * (value[high]! - value[low]!);
}
