/** Asymmetric pseudo-Voigt profiles: the shape that defects of one implantation make. */
import { requireFinite, requireInteger, requirePositive, requireWithin } from "../errors.ts";
import type { Profile } from "../types.ts";
import { tiedDebyeWaller } from "./disorder.ts";
import { evenDepths } from "./sampled.ts";

/** A profile of two half pseudo-Voigts about one maximum. */
export interface PseudoVoigtOptions {
  /** Of the strained region, nm. */
  readonly thickness: number;
  /** Strain at the peak, %, above `background`. */
  readonly height: number;
  /** Depth of the peak, nm. */
  readonly depth: number;
  /** Full widths at half maximum that the two sides would have alone, nm. */
  readonly widthSurface: number;
  /** Full width at half maximum of the half towards the interface, nm. */
  readonly widthInterface: number;
  /** Lorentzian fraction of each side, 0 if absent. */
  readonly lorentzFractionSurface?: number;
  /** Share of the Lorentzian of the half towards the interface, 0…1. */
  readonly lorentzFractionInterface?: number;
  /** Strain everywhere, %; 0 if absent. */
  readonly background?: number;
  /** Smallest Debye–Waller factor, tied to the strain; 1 (no disorder) if absent. */
  readonly debyeWallerMin?: number;
  /** Number of depths, 501 if absent. */
  readonly points?: number;
}

/** Strain that rises to one peak and falls, each side a pseudo-Voigt of its own; Debye–Waller factor tied to it.
 *  @throws {InvalidParameterError} */
export function pseudoVoigtProfile(options: PseudoVoigtOptions): Profile {
  const { thickness, height, depth: peak, widthSurface, widthInterface } = options;
  const {
    lorentzFractionSurface = 0,
    lorentzFractionInterface = 0,
    background = 0,
    debyeWallerMin = 1,
    points = 501,
  } = options;
  requirePositive("thickness", thickness, "nm");
  requireFinite("height", height);
  requireWithin("depth", peak, 0, thickness, "nm");
  requirePositive("widthSurface", widthSurface, "nm");
  requirePositive("widthInterface", widthInterface, "nm");
  requireWithin("lorentzFractionSurface", lorentzFractionSurface, 0, 1);
  requireWithin("lorentzFractionInterface", lorentzFractionInterface, 0, 1);
  requireFinite("background", background);
  requireWithin("debyeWallerMin", debyeWallerMin, Number.MIN_VALUE, 1);
  requireInteger("points", points, 2, 100_000);
  const depth = evenDepths(thickness, points);
  const strain = depth.map((z) => {
    const [width, fraction] =
      z < peak ? [widthSurface, lorentzFractionSurface] : [widthInterface, lorentzFractionInterface];
    const u = (2 * (z - peak)) / width;
    return background + height * (fraction / (1 + u * u) + (1 - fraction) * Math.exp(-Math.LN2 * u * u));
  });
  return { depth, strain, debyeWaller: tiedDebyeWaller(strain, -Math.log(debyeWallerMin)) };
}
