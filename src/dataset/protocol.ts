/** What a protocol is: how samples are labelled, what their axis is, and how a measured scan becomes like one. How they are
 *  drawn and rendered is the kernels' (generator.ts). */
import { InvalidParameterError } from "../errors.ts";
import type { Peak } from "../io/peak.ts";
import type { Polarisation, Reflection, Scan } from "../types.ts";
import type { KernelOrigin } from "../wasm/load.ts";
import type { Range } from "./presetFields.ts";
import type { Preset } from "./presets.ts";

export interface Protocol<P extends Preset> {
  /** What the labels of a preset's samples range over, in the labels' units, all strain weights by the name "weight" and all
   *  of the Debye–Waller factor by "debyeWaller"; weights scatter a little beyond. */
  labelRanges(preset: P): Readonly<Record<string, Range>>;
  /** Whether no sample has labels outside of these ranges, so that a network's answers may be held within them. */
  readonly hasBounds: boolean;
  /** What is on the network's axis, in words. */
  readonly axisLabel: string;
  /** A measured scan on the preset's axis, as its samples are. */
  input(preset: P, scan: AlignedScan, options: NetworkInputOptions): Promise<NetworkInput>;
}

/** A scan whose offset is known. */
export interface AlignedScan {
  readonly crystal: Reflection;
  readonly measured: Scan;
  /** Scan angle minus true angle, degrees 2θ. */
  readonly offset: number;
  readonly peak: Peak;
}

/** What is known of a scan that a network is asked of. */
export interface NetworkInputOptions {
  /** Of the scan; the preset's if absent. Presets of many crystals need it. */
  readonly reflection?: Reflection;
  /** For protocol "measured": "sigma" if absent; and 2θ of a monochromator before the sample (degrees). */
  readonly polarisation?: Polarisation;
  /** 2θ of a monochromator before the sample, degrees. */
  readonly monochromator?: number;
  /** Scan angle minus true angle, degrees 2θ; found from the unstrained crystal's peak if absent. */
  readonly offset?: number;
  /** Where the kernels come from, if not from the package. */
  readonly wasm?: KernelOrigin;
}

/** A scan as a network takes it. */
export interface NetworkInput {
  /** log10 of the share of the maximum, shape [preset.axis.points]. */
  readonly input: Float32Array;
  /** What the network is given beside the curve, as SampleGenerator.extraNames says. */
  readonly extras: Float32Array;
  /** Scan angle minus true angle, degrees 2θ. */
  readonly offset: number;
  /** In words, how the scan is unlike all that the preset draws: there a network trained on it has seen nothing alike. */
  readonly outside: readonly string[];
}

/** Angles without the scan's offset, degrees 2θ.
 *  @throws {InvalidParameterError} where they leave 0° … 180° */
export function trueAngles(scan: Scan, offset: number): Float64Array {
  return scan.twoTheta.map((t, i) => {
    const angle = t - offset;
    if (!(angle > 0 && angle < 180))
      throw new InvalidParameterError(
        "offset",
        `such that twoTheta[${i}] − offset lies between 0° and 180°`,
        offset,
      );
    return angle;
  });
}
