/** The quantities of an inversion with their intervals, as tables and series show them. */
import { lorentzFraction, resolutionWidth } from "../instrument/resolution.ts";
import { strainedDepth } from "../profile/sampled.ts";
import type { Inversion, PosteriorDraw, Profile } from "../types.ts";

/** A value and the interval that holds it with the probability of the bands (95 %); NaN where it is not known. */
export interface Quantity {
  /** In the unit that the name of the quantity says. */
  readonly value: number;
  /** Lower end of the interval. */
  readonly lower: number;
  /** Upper end of the interval. */
  readonly upper: number;
}

/** Names of the quantities, which carry their units, and what an axis says of them. */
export const QUANTITIES = {
  maxStrainPercent: "Max. strain (%)",
  maxStrainDepthNm: "Its depth (nm)",
  strainedDepthNm: "Strained depth (nm)",
  thicknessNm: "Thickness (nm)",
  minDebyeWaller: "Lowest DW factor",
  fwhmDeg: "FWHM (° 2θ)",
  lorentzFraction: "Lorentz fraction",
  offsetDeg: "Offset (° 2θ)",
  background: "Background",
} as const;

/** Percent: %, Nm: nm, Deg: degrees 2θ; others have no unit. */
export type QuantityName = keyof typeof QUANTITIES;

/** Standard deviations of a normal distribution on each side of 95 %. */
const SIGMAS = 1.959964;

/** Every quantity of an answer with its interval: of strain and disorder the band's, of lengths that of the posterior's draws,
 *  of the instrument that of Laplace's method about the maximum. */
export function quantitiesOf(inversion: Inversion): Readonly<Record<QuantityName, Quantity>> {
  const { profile, strainBand, debyeWallerBand, draws, instrument } = inversion,
    { resolution, offset = 0, background = 0 } = instrument,
    peak = nearest(profile.depth, inversion.maxStrainDepth),
    lowest = profile.debyeWaller.indexOf(Math.min(...profile.debyeWaller));
  const length = (value: number, of: (own: Profile) => number): Quantity => {
    const half = SIGMAS * deviationOver(draws, value, of);
    return { value, lower: Math.max(0, value - half), upper: value + half };
  };
  const logarithmic = (value: number, name: string): Quantity => {
    const factor = Math.exp(SIGMAS * errorOf(inversion, name));
    return { value, lower: value / factor, upper: value * factor };
  };
  const shift = SIGMAS * errorOf(inversion, "offset"),
    fraction = SIGMAS * errorOf(inversion, "lorentzFraction"),
    share = (resolution === undefined ? undefined : lorentzFraction(resolution)) ?? NaN;
  return {
    maxStrainPercent: {
      value: inversion.maxStrain,
      lower: strainBand.lower[peak]!,
      upper: strainBand.upper[peak]!,
    },
    maxStrainDepthNm: length(inversion.maxStrainDepth, maximumDepthOf),
    strainedDepthNm: length(strainedDepth(profile), strainedDepth),
    thicknessNm: length(inversion.thickness, thicknessOf),
    minDebyeWaller: {
      value: inversion.minDebyeWaller,
      lower: debyeWallerBand.lower[lowest]!,
      upper: debyeWallerBand.upper[lowest]!,
    },
    fwhmDeg: logarithmic(resolution === undefined ? 0 : resolutionWidth(resolution), "lnWidth"),
    lorentzFraction: {
      value: share,
      lower: Math.max(0, share - fraction),
      upper: Math.min(1, share + fraction),
    },
    offsetDeg: { value: offset, lower: offset - shift, upper: offset + shift },
    background: logarithmic(background, "lnBackground"),
  };
}

/** Standard deviation of a quantity of profiles over the posterior's draws, about a value; NaN without draws. */
export function deviationOver(
  draws: readonly PosteriorDraw[],
  value: number,
  of: (profile: Profile) => number,
): number {
  const total = draws.reduce((sum, { weight }) => sum + weight, 0);
  return Math.sqrt(
    draws.reduce((sum, draw) => sum + draw.weight * (of(draw.profile) - value) ** 2, 0) / total,
  );
}

function thicknessOf({ depth }: Profile): number {
  return depth[depth.length - 1]!;
}

export function maximumDepthOf({ depth, strain }: Profile): number {
  let at = 0;
  for (let i = 1; i < strain.length; i++) if (Math.abs(strain[i]!) > Math.abs(strain[at]!)) at = i;
  return depth[at]!;
}

/** Of a parameter of the fit; 0 where it was held or has none. */
function errorOf({ parameters: { names, covariance } }: Inversion, name: string): number {
  const at = names.indexOf(name),
    variance = at < 0 ? 0 : covariance[at * names.length + at]!;
  return variance > 0 ? Math.sqrt(variance) : 0;
}

/** Place of the value that is nearest to `wanted`. */
export function nearest(values: Float64Array, wanted: number): number {
  return values.reduce(
    (best, value, i) => (Math.abs(value - wanted) < Math.abs(values[best]! - wanted) ? i : best),
    0,
  );
}
