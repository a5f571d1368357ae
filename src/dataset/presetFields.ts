/** What presets have in common, and how their fields are checked. */
import {
  InvalidParameterError,
  requireFinite,
  requireInteger,
  requirePositive,
  requireWithin,
} from "../errors.ts";
import type { Complex, Reflection } from "../types.ts";

/** Draws from low to high. */
export type Range = readonly [low: number, high: number];

/** A reflection's constants: Å, Å, Å³, Å, electrons. */
export interface ReflectionConstants {
  /** Å. */
  readonly wavelength: number;
  /** Spacing of the planes, Å. */
  readonly d: number;
  /** Å³. */
  readonly cellVolume: number;
  /** Classical electron radius, Å; the paper's program has 2.818e-5. */
  readonly electronRadius: number;
  /** Structure factor of forward scattering, electrons per cell. */
  readonly f0: Complex;
  /** Structure factor of the reflection, electrons per cell. */
  readonly fh: Complex;
  /** Structure factor of the reflection on the other side of the planes, electrons per cell. */
  readonly fhBar: Complex;
}

/** Network axis: even steps from first to last. */
export interface PresetAxis {
  /** First place of the curve's points. */
  readonly first: number;
  /** Last place of the curve's points. */
  readonly last: number;
  /** How many points a curve has. */
  readonly points: number;
}

export function record(name: string, value: unknown): Readonly<Record<string, unknown>> {
  if (typeof value !== "object" || value === null || Array.isArray(value))
    throw new InvalidParameterError(name, "an object", value);
  return value as Record<string, unknown>;
}

export function rangeOf(name: string, value: unknown, least: number, most: number): Range {
  if (!Array.isArray(value) || value.length !== 2)
    throw new InvalidParameterError(name, "[low, high]", value);
  const [low, high] = value as [number, number];
  requireWithin(`${name}[0]`, low, least, most);
  requireWithin(`${name}[1]`, high, low, most);
  return [low, high];
}

export function parseConstants(name: string, value: unknown): ReflectionConstants {
  const from = record(name, value);
  const positive = (field: string): number => {
    requirePositive(`${name}.${field}`, from[field] as number);
    return from[field] as number;
  };
  const factor = (field: string): Complex => {
    const given = from[field];
    if (!Array.isArray(given) || given.length !== 2 || !given.every(Number.isFinite))
      throw new InvalidParameterError(`${name}.${field}`, "[re, im]", given);
    return [given[0] as number, given[1] as number];
  };
  return {
    wavelength: positive("wavelength"),
    d: positive("d"),
    cellVolume: positive("cellVolume"),
    electronRadius: positive("electronRadius"),
    f0: factor("f0"),
    fh: factor("fh"),
    fhBar: factor("fhBar"),
  };
}

/** The reflection that a preset carries. */
export function reflectionOf(
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

export function parseAxis(value: unknown): PresetAxis {
  const { first, last, points } = record("preset.axis", value) as {
    first: number;
    last: number;
    points: number;
  };
  requireFinite("preset.axis.last", last);
  if (!(first > last)) throw new InvalidParameterError("preset.axis.first", `> axis.last (${last})`, first);
  requireInteger("preset.axis.points", points, 2, 20_000);
  return { first, last, points };
}
