/** A resolution function as the kernels take it. */
import { ResolutionFamily, ResolutionSlot } from "../../assembly/layout.ts";
import { InvalidParameterError, requirePositive, requireWithin } from "../errors.ts";
import type { Resolution } from "../types.ts";

/** f64[ResolutionSlot.Size] with widths in degrees 2θ.
 *  @throws {InvalidParameterError} */
export function resolutionBlock(resolution: Resolution): Float64Array {
  const block = new Float64Array(ResolutionSlot.Size);
  const sides = (low: number, high: number, lorentzLow: number, lorentzHigh: number): Float64Array => {
    requirePositive("resolution.fwhm", low, "degrees 2θ");
    requirePositive("resolution.fwhm", high, "degrees 2θ");
    requireWithin("resolution.lorentzFraction", lorentzLow, 0, 1);
    requireWithin("resolution.lorentzFraction", lorentzHigh, 0, 1);
    block[ResolutionSlot.FwhmLow] = low;
    block[ResolutionSlot.FwhmHigh] = high;
    block[ResolutionSlot.LorentzLow] = lorentzLow;
    block[ResolutionSlot.LorentzHigh] = lorentzHigh;
    return block;
  };
  switch (resolution.shape) {
    case "gaussian":
      return sides(resolution.fwhm, resolution.fwhm, 0, 0);
    case "lorentzian":
      return sides(resolution.fwhm, resolution.fwhm, 1, 1);
    case "pseudo-voigt":
      return sides(resolution.fwhm, resolution.fwhm, resolution.lorentzFraction, resolution.lorentzFraction);
    case "split-pseudo-voigt":
      return sides(
        resolution.fwhmLow,
        resolution.fwhmHigh,
        resolution.lorentzFractionLow,
        resolution.lorentzFractionHigh,
      );
    case "generalised-bell": {
      const { exponent } = resolution;
      if (!(exponent > 0.5 && exponent <= 100))
        throw new InvalidParameterError("resolution.exponent", "> 0.5 and at most 100", exponent);
      block[ResolutionSlot.Family] = ResolutionFamily.GeneralisedBell;
      block[ResolutionSlot.Exponent] = exponent;
      return sides(resolution.fwhm, resolution.fwhm, 0, 0);
    }
    default:
      throw new InvalidParameterError(
        "resolution.shape",
        "gaussian, lorentzian, pseudo-voigt, split-pseudo-voigt or generalised-bell",
        (resolution as { shape: unknown }).shape,
      );
  }
}

/** Mean full width, degrees 2θ. */
export function resolutionWidth(resolution: Resolution): number {
  return resolution.shape === "split-pseudo-voigt"
    ? 0.5 * (resolution.fwhmLow + resolution.fwhmHigh)
    : resolution.fwhm;
}

/** The same shape with every width multiplied by `factor`. */
export function widened(resolution: Resolution, factor: number): Resolution {
  return resolution.shape === "split-pseudo-voigt"
    ? { ...resolution, fwhmLow: resolution.fwhmLow * factor, fwhmHigh: resolution.fwhmHigh * factor }
    : { ...resolution, fwhm: resolution.fwhm * factor };
}

/** Share of the Lorentzian in a shape whose two sides are alike; undefined where there is no such share. */
export function lorentzFraction(resolution: Resolution): number | undefined {
  const { shape } = resolution;
  return shape === "gaussian"
    ? 0
    : shape === "lorentzian"
      ? 1
      : shape === "pseudo-voigt"
        ? resolution.lorentzFraction
        : undefined;
}

/** The same width with another share of the Lorentzian; as it is where it has none. */
export function mixed(resolution: Resolution, fraction: number): Resolution {
  if (lorentzFraction(resolution) === undefined || lorentzFraction(resolution) === fraction)
    return resolution;
  const fwhm = resolutionWidth(resolution);
  return fraction === 0
    ? { shape: "gaussian", fwhm }
    : { shape: "pseudo-voigt", fwhm, lorentzFraction: fraction };
}
