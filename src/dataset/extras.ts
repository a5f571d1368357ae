/** What is known of a scan beforehand, and handed to the networks of protocol "measured" beside the curve: numbers of about
 *  unit size. The generator's kernel has the same formulas (assembly/dataset/measuredLabels.ts). */
import type { Polarisation } from "../types.ts";
import type { MeasuredPreset } from "./measuredPreset.ts";
import { degreesPerQ, type ScaledReflection } from "../crystal/scaled.ts";
import { DEGREES } from "../units.ts";

const OF_THE_SCAN = [
  /** log10 of the strains (%) that the scan's ends lie at, on the tensile and on the compressive side. */
  "tension",
  "compression",
  /** 2 + log10 of the step in % of q. */
  "step",
  /** Σ p C²/Σ p C over the states of polarisation: 1 for σ, |cos 2θ_B| for π. */
  "polarisation",
];
const OF_THE_REFLECTION = [
  /** 5 + log10 |κ_H|. */
  "coupling",
  /** 1 + log10 (κ_0″/|κ_H|). */
  "absorption",
  /** κ_H″/|κ_H|. */
  "phase",
  /** sin θ_B. */
  "sine",
];

/** Where a scan ends and how it was measured. */
export interface KnownOfScan {
  /** Scan's own first and last angle without its offset, and its step, degrees 2θ. */
  readonly first: number;
  readonly last: number;
  readonly step: number;
  /** Weight of π, 0…1. */
  readonly piWeight: number;
}

export function extraNamesOf(preset: MeasuredPreset): readonly string[] {
  return preset.reflections === undefined ? OF_THE_SCAN : [...OF_THE_SCAN, ...OF_THE_REFLECTION];
}

/** In the order of extraNamesOf. */
export function extrasOf(
  preset: MeasuredPreset,
  { sine, k0, kh, peak }: ScaledReflection,
  { first, last, step, piWeight }: KnownOfScan,
): Float32Array {
  const size = Math.hypot(...kh),
    factor = Math.abs(1 - 2 * sine * sine);
  const q = (twoTheta: number): number => Math.sin(twoTheta / 2 / DEGREES) / sine;
  // A scan that does not reach beyond the peak at all is taken to end there.
  const log = (share: number): number => Math.log10(Math.max(100 * share, 0.01));
  const all = [
    log(peak / q(first) - 1),
    log(1 - peak / q(last)),
    2 + Math.log10((100 * step) / degreesPerQ(sine)),
    (1 - piWeight + piWeight * factor ** 2) / (1 - piWeight + piWeight * factor),
    5 + Math.log10(size),
    1 + Math.log10(Math.max(k0[1] / size, 1e-4)),
    kh[1] / size,
    sine,
  ];
  return Float32Array.from(all.slice(0, extraNamesOf(preset).length));
}

/** Weight of π in a beam: after a monochromator at 2θ_M an unpolarised one has cos²2θ_M of it left. */
export function piWeightOf(polarisation: Polarisation, monochromator = 0): number {
  if (polarisation !== "unpolarised") return polarisation === "pi" ? 1 : 0;
  const weakened = Math.cos(monochromator / DEGREES) ** 2;
  return weakened / (1 + weakened);
}
