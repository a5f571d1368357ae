/** Files of stacks given slice by slice: JSON {cases: […]}, each with its structure factors, its slices from the interface to
 *  the surface (strain as a fraction), its geometry and its angles θ. */

import { requireFinite, requireOneOf, requirePositive, requireWithin } from "../errors.ts";
import type { Complex, Deviation, Hkl, Polarisation, Reflection, Sample } from "../types.ts";
import { DEVIATIONS, GEOMETRIES, POLARISATIONS } from "./physicsOptions.ts";
import { InputError } from "./terminal.ts";

export interface Case {
  readonly stack: {
    readonly strain: Float64Array;
    readonly debyeWaller: Float64Array;
    readonly thickness: number;
  };
  readonly reflection: Reflection;
  readonly twoTheta: Float64Array;
  readonly options: {
    readonly sample: Sample;
    readonly deviation: Deviation;
    readonly polarisation: Polarisation;
    readonly monochromator?: number;
  };
}

type Fields = Readonly<Record<string, unknown>>;

/** @throws {InvalidParameterError} @throws {InputError} naming the case and its key */
export function parseCases(document: unknown): Case[] {
  const list = isObject(document) ? document.cases : undefined;
  if (!Array.isArray(list)) throw new InputError('the file must be {"cases": […]}');
  return list.map((entry: unknown, i) => {
    if (!isObject(entry)) throw new InputError(`cases[${i}] must be an object`);
    return parseCase(entry, `cases[${i}]`);
  });
}

function parseCase(fields: Fields, at: string): Case {
  const wavelength = positive(fields, at, "wavelength", "Å");
  const thickness = positive(fields, at, "thicknessNm", "nm");
  const strain = numbers(fields, at, "strain").map((fraction) => 100 * fraction);
  const debyeWaller = numbers(fields, at, "debyeWaller");
  const twoTheta = numbers(fields, at, "thetaDeg").map((theta) => 2 * theta);
  if (strain.length === 0) throw new InputError(`${at}.strain must have one slice or more`);
  if (debyeWaller.length !== strain.length) {
    throw new InputError(
      `${at}.debyeWaller must have the length of strain, ${strain.length}; got ${debyeWaller.length}`,
    );
  }
  strain.forEach((value, i) => {
    if (!(Math.abs(value) <= 50))
      throw new InputError(`${at}.strain[${i}] must be within [-0.5, 0.5]; got ${value / 100}`);
  });
  debyeWaller.forEach((value, i) => requireWithin(`${at}.debyeWaller[${i}]`, value, 0, 1));
  twoTheta.forEach((value, i) => {
    if (!(value > 0 && value < 180))
      throw new InputError(`${at}.thetaDeg[${i}] must be between 0 and 90; got ${value / 2}`);
  });
  const deviation = word(fields, at, "deviation", DEVIATIONS, "exact");
  const polarisation = word(fields, at, "polarisation", POLARISATIONS, "sigma");
  const monochromator = fields.monochromatorDeg;
  if (monochromator !== undefined && monochromator !== null)
    requireWithin(`${at}.monochromatorDeg`, monochromator as number, 0, 180);
  const asymmetry = fields.asymmetryDeg ?? 0;
  requireWithin(`${at}.asymmetryDeg`, asymmetry as number, -90, 90);
  return {
    stack: { strain, debyeWaller, thickness },
    reflection: {
      ...reflectionOf(fields, at, wavelength),
      ...(asymmetry === 0 ? {} : { asymmetry: asymmetry as number }),
    },
    twoTheta,
    options: {
      sample: sampleOf(fields, at, wavelength, thickness),
      deviation,
      polarisation,
      ...(typeof monochromator === "number" ? { monochromator } : {}),
    },
  };
}

function reflectionOf(fields: Fields, at: string, wavelength: number): Reflection {
  const hkl = fields.hkl === undefined ? [0, 0, 0] : [...numbers(fields, at, "hkl")];
  if (hkl.length !== 3) throw new InputError(`${at}.hkl must be three Miller indices`);
  const material = typeof fields.material === "string" ? fields.material : "crystal";
  return {
    name: `${material} ${hkl.join(" ")}`,
    hkl: hkl as unknown as Hkl,
    wavelength,
    d: positive(fields, at, "d", "Å"),
    cellVolume: positive(fields, at, "cellVolume", "Å³"),
    structureFactor: {
      zero: complex(fields, at, "f0"),
      h: complex(fields, at, "fh"),
      hBar: complex(fields, at, "fhbar"),
    },
  };
}

function sampleOf(fields: Fields, at: string, wavelength: number, thickness: number): Sample {
  const geometry = word(fields, at, "geometry", GEOMETRIES, "single crystal");
  const isThick = geometry === "thick film" || geometry === "thick film on substrate";
  if (!isThick) return { geometry };
  const filmThickness = positive(fields, at, "filmThicknessNm", "nm");
  if (filmThickness < thickness)
    throw new InputError(`${at}.filmThicknessNm must be ≥ thicknessNm, ${thickness}; got ${filmThickness}`);
  if (geometry === "thick film") return { geometry, filmThickness };
  if (!isObject(fields.substrate))
    throw new InputError(`${at}.substrate must be an object for a ${geometry}`);
  return {
    geometry,
    filmThickness,
    substrate: reflectionOf(fields.substrate, `${at}.substrate`, wavelength),
  };
}

function isObject(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function positive(fields: Fields, at: string, key: string, unit: string): number {
  requirePositive(`${at}.${key}`, fields[key] as number, unit);
  return fields[key] as number;
}

function word<T extends string>(
  fields: Fields,
  at: string,
  key: string,
  allowed: readonly T[],
  fallback: T,
): T {
  const value = fields[key] ?? fallback;
  requireOneOf(`${at}.${key}`, value, allowed);
  return value;
}

function numbers(fields: Fields, at: string, key: string): Float64Array {
  const value = fields[key];
  if (!Array.isArray(value)) throw new InputError(`${at}.${key} must be an array of numbers`);
  value.forEach((entry: unknown, i) => requireFinite(`${at}.${key}[${i}]`, entry as number));
  return Float64Array.from(value as number[]);
}

function complex(fields: Fields, at: string, key: string): Complex {
  const parts = numbers(fields, at, key);
  if (parts.length !== 2) throw new InputError(`${at}.${key} must be [re, im]`);
  return [parts[0]!, parts[1]!];
}
