/** The waves that make up a beam: each line in each state of polarisation, with its share. */
import {
  InvalidParameterError,
  requireOneOf,
  requirePositive,
  requireWithin,
  UnreachableReflectionError,
} from "../errors.ts";
import type { Deviation, Instrument, Reflection } from "../types.ts";
import { RADIANS } from "../units.ts";

/** One wave: reflection, wavelength and state of polarisation. */
export interface Wave {
  readonly reflection: Reflection;
  /** Å. */
  readonly wavelength: number;
  readonly polarisation: "sigma" | "pi";
  readonly deviation: Deviation;
}

/** Largest structure factor, electrons per cell: that of 10 000 atoms of uranium. */
const MOST_ELECTRONS = 1e6;
/** And per Å³, over three times those of osmium: what has more is no crystal, and fringes of it would take for ever. */
const MOST_DENSITY = 20;

/** What every Reflection is held to, whoever made it.
 *  @throws {InvalidParameterError} naming the field @throws {UnreachableReflectionError} */
export function requireReflection(name: string, reflection: Reflection): void {
  if (typeof reflection !== "object" || reflection === null)
    throw new InvalidParameterError(
      name,
      "a Reflection: await reflection(crystal, { hkl, wavelength })",
      reflection,
    );
  const { wavelength, d, cellVolume, structureFactor, asymmetry = 0 } = reflection;
  requirePositive(`${name}.wavelength`, wavelength, "Å");
  requirePositive(`${name}.d`, d, "Å");
  requirePositive(`${name}.cellVolume`, cellVolume, "Å³");
  requireWithin(`${name}.asymmetry`, asymmetry, -90, 90, "degrees");
  if (!(wavelength < 2 * d))
    throw new UnreachableReflectionError(
      `${name}: the wavelength, ${wavelength} Å, is not below 2d = ${2 * d} Å`,
    );
  const most = Math.min(MOST_ELECTRONS, MOST_DENSITY * cellVolume);
  for (const part of ["zero", "h", "hBar"] as const) {
    const value: unknown = structureFactor?.[part];
    const [re, im] = Array.isArray(value) && value.length === 2 ? (value as [number, number]) : [NaN, NaN],
      size = Math.hypot(re, im);
    if (!(size >= 0 && size <= most))
      throw new InvalidParameterError(
        `${name}.structureFactor.${part}`,
        `[re, im] in electrons, at most ${MOST_DENSITY} per Å³ of the cell (${most.toPrecision(4)})`,
        Array.isArray(value) ? `[${value.join(", ")}]` : value,
      );
    // Without F_0 there is no refraction; without F_H no reflection.
    if (size === 0 && part !== "zero")
      throw new UnreachableReflectionError(
        `${name}: its structure factor \`${part}\` is 0: the reflection is forbidden`,
      );
  }
}

/** Shares sum to 1. A monochromator before the sample weakens π by cos²2θ_M. */
export function wavesOf(
  reflection: Reflection,
  deviation: Deviation,
  instrument: Instrument,
): { wave: Wave; share: number }[] {
  requireReflection("reflection", reflection);
  const polarisation = instrument.polarisation ?? "sigma";
  requireOneOf("polarisation", polarisation, ["sigma", "pi", "unpolarised"]);
  requireOneOf("deviation", deviation, ["exact", "linear"]);
  let pi = polarisation === "pi" ? 1 : 0;
  if (polarisation === "unpolarised") {
    const monochromator = instrument.monochromator ?? 0;
    requireWithin("monochromator", monochromator, 0, 180, "degrees");
    const weakened = Math.cos(monochromator * RADIANS) ** 2;
    pi = weakened / (1 + weakened);
  }
  const lines = instrument.lines ?? [{ wavelength: reflection.wavelength, weight: 1 }];
  if (lines.length === 0) throw new InvalidParameterError("lines", "at least one line", lines);
  let total = 0;
  for (const line of lines) {
    requirePositive("lines[].wavelength", line.wavelength, "Å");
    requirePositive("lines[].weight", line.weight);
    total += line.weight;
  }
  const nearest = Math.min(...lines.map((line) => Math.abs(line.wavelength / reflection.wavelength - 1)));
  if (nearest > 0.02)
    throw new InvalidParameterError(
      "lines",
      `lines one of which is the reflection's wavelength, ${reflection.wavelength} Å, to 2 %`,
      lines.map((line) => line.wavelength).join(", "),
    );
  return lines.flatMap(({ wavelength, weight }) =>
    (
      [
        ["sigma", 1 - pi],
        ["pi", pi],
      ] as const
    )
      .filter(([, share]) => share > 0)
      .map(([state, share]) => ({
        wave: { reflection, wavelength, polarisation: state, deviation },
        share: (share * weight) / total,
      })),
  );
}
