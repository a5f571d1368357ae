/** The waves that make up a beam: each line in each state of polarisation, with its share. */
import { InvalidParameterError, requireOneOf, requirePositive, requireWithin } from "../errors.ts";
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

/** Shares sum to 1. A monochromator before the sample weakens π by cos²2θ_M. */
export function wavesOf(
  reflection: Reflection,
  deviation: Deviation,
  instrument: Instrument,
): { wave: Wave; share: number }[] {
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
