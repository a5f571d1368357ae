/** Measured scans as the networks know curves: on the axis of the training samples. */
import { InvalidParameterError, requireFinite, requirePositive } from "../errors.ts";
import { findPeak } from "../io/peak.ts";
import { type ScanInput, validateScan } from "../io/scan.ts";
import { totalReflection } from "../simulate/slicing.ts";
import { DEGREES } from "../units.ts";
import { parsePreset, preset as namedPreset, type Preset } from "./presets.ts";
import type { NetworkInput, NetworkInputOptions } from "./protocol.ts";
import { protocolOf } from "./protocols.ts";
import { ownReflection } from "./scaling.ts";

export type { NetworkInput, NetworkInputOptions } from "./protocol.ts";

/** A measured scan on the axis of a preset, treated as the training samples are: shifted so that the unstrained crystal's
 *  peak lies where theory has it; finer steps than the axis or the preset has put together, with every count; interpolated;
 *  zeros, and what was not measured, as the smallest count there is.
 *  @param scan degrees 2θ; counts or rates ≥ 0
 *  @param preset its name, or the preset itself
 *  @returns arrays that are yours to keep
 *  @throws {InvalidParameterError} @throws {NotFiniteError} @throws {KernelLoadError}
 *  @example
 *  const { input, outside } = await networkInput(await readScan(await readFile("scan.xy")), "cnn2");
 *  if (outside.length > 0) console.warn(outside.join("\n")); */
export async function networkInput(
  scan: ScanInput,
  preset: Preset | string,
  options: NetworkInputOptions = {},
): Promise<NetworkInput> {
  const chosen = typeof preset === "string" ? namedPreset(preset) : parsePreset(preset);
  const crystal = options.reflection ?? ownReflection(chosen);
  if (crystal === undefined)
    throw new InvalidParameterError(
      "reflection",
      `given: preset ${chosen.name} has samples of many`,
      undefined,
    );
  requirePositive("reflection.d", crystal.d, "Å");
  requirePositive("reflection.wavelength", crystal.wavelength, "Å");
  if (!(crystal.wavelength < 2 * crystal.d))
    throw new InvalidParameterError("reflection.wavelength", `< 2d = ${2 * crystal.d} Å`, crystal.wavelength);
  const measured = validateScan(scan);
  const expected = 2 * totalReflection(crystal, crystal.wavelength).theta * DEGREES;
  const peak = findPeak(measured, expected);
  const offset = options.offset ?? (peak.isClear ? peak.twoTheta - expected : 0);
  requireFinite("offset", offset);
  return protocolOf(chosen).input(chosen, { crystal, measured, offset, peak }, options);
}
