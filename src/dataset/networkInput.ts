/** Measured scans as the networks know curves: on the axis of the training samples. */
import { InvalidParameterError, requireFinite, requirePositive } from "../errors.ts";
import { findPeak } from "../io/peak.ts";
import { type Points, type ScanInput, validateScan } from "../io/scan.ts";
import { totalReflection } from "../simulate/slicing.ts";
import type { Reflection, Scan } from "../types.ts";
import { DEGREES, RADIANS } from "../units.ts";
import { type KernelOrigin, loadKernels } from "../wasm/load.ts";
import { check, workspaceOf } from "../wasm/workspace.ts";
import { outsideOf } from "./outside.ts";
import { parsePreset, preset as namedPreset, type Preset } from "./presets.ts";
import { rebin } from "./rebin.ts";

export interface NetworkInputOptions {
  /** Of the scan; the preset's if absent. */
  readonly reflection?: Reflection;
  /** Scan angle minus true angle, degrees 2θ; found from the unstrained crystal's peak if absent. */
  readonly offset?: number;
  /** Where the kernels come from, if not from the package. */
  readonly wasm?: KernelOrigin;
}

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

/** A measured scan on the axis of a preset, treated as the training samples are: shifted so that the unstrained crystal's
 *  peak lies where theory has it; finer steps than the preset's put together, with every count; interpolated; zeros, and
 *  what was not measured, as the smallest count there is.
 *  @param scan degrees 2θ; counts or rates ≥ 0
 *  @param preset its name, or the preset itself
 *  @returns arrays that are yours to keep
 *  @throws {InvalidParameterError} @throws {NotFiniteError} @throws {KernelLoadError}
 *  @example
 *  const { input, outside } = await networkInput(await readScan(await readFile("scan.xy")), "cnn2");
 *  if (outside.length > 0) console.warn(outside.join("\n")); */
export async function networkInput(scan: ScanInput, preset: Preset | string, options: NetworkInputOptions = {}): Promise<NetworkInput> {
  const chosen = typeof preset === "string" ? namedPreset(preset) : parsePreset(preset);
  const crystal = options.reflection ?? ownReflection(chosen);
  requirePositive("reflection.d", crystal.d, "Å");
  requirePositive("reflection.wavelength", crystal.wavelength, "Å");
  if (!(crystal.wavelength < 2 * crystal.d)) throw new InvalidParameterError("reflection.wavelength", `< 2d = ${2 * crystal.d} Å`, crystal.wavelength);
  const axisValue = axisOf(chosen, crystal);
  const measured = validateScan(scan);
  const expected = 2 * totalReflection(crystal, crystal.wavelength).theta * DEGREES;
  const peak = findPeak(measured, expected);
  const offset = options.offset ?? (peak.isClear ? peak.twoTheta - expected : 0);
  requireFinite("offset", offset);
  const points = likeTraining(measured, offset, chosen);
  const input = await onAxis(points, axisValue, chosen, options.wasm);
  return { input, extras: new Float32Array(0), offset, outside: outsideOf({ preset: chosen, crystal, measured, points, peak }) };
}

/** The preset's own crystal. */
function ownReflection({ name, reflection }: Preset): Reflection {
  const { wavelength, d, cellVolume, f0, fh, fhBar } = reflection;
  return { name, hkl: [0, 0, 1], wavelength, d, cellVolume, structureFactor: { zero: f0, h: fh, hBar: fhBar } };
}

/** What the preset's axis has at 2θ (true, degrees). */
function axisOf(preset: Preset, { wavelength, d }: Reflection): (twoTheta: number) => number {
  const { protocol } = preset;
  switch (protocol) {
    case "paper":
      // 100 (Δd/d)/d: the d below the line is but the unit of the axis, so it is the preset's.
      return (twoTheta) => (100 / preset.reflection.d) * (wavelength / (2 * d * Math.sin((twoTheta * RADIANS) / 2)) - 1);
    default:
      throw new InvalidParameterError("preset.protocol", '"paper", the one whose axis takes measured scans', protocol);
  }
}

/** The scan at true angles, no finer than the preset's. */
function likeTraining(scan: Scan, offset: number, { scan: { step } }: Preset): Points {
  const twoTheta = scan.twoTheta.map((t) => t - offset);
  for (const [i, t] of twoTheta.entries()) if (!(t > 0 && t < 180)) throw new InvalidParameterError("offset", `such that twoTheta[${i}] − offset lies between 0° and 180°`, offset);
  const width = 2 * step;
  const points = rebin({ twoTheta, intensity: scan.intensity }, width);
  // A cell that has the edge of a count only is as good as empty: less than one count a cell there is not.
  const smallest = scan.intensity.reduce((least, y) => (y > 0 ? Math.min(least, y) : least), Infinity);
  const finest = (twoTheta[twoTheta.length - 1] - twoTheta[0]) / (twoTheta.length - 1);
  const least = smallest * Math.min(finest / width, 1);
  return { ...points, intensity: points.intensity.map((y) => Math.max(y, least)) };
}

async function onAxis({ twoTheta, intensity }: Points, axisValue: (twoTheta: number) => number, { axis }: Preset, wasm: KernelOrigin | undefined): Promise<Float32Array> {
  const workspace = workspaceOf((await loadKernels(wasm)).exports);
  return workspace.scope(() => {
    const out = workspace.bytes(4 * axis.points), values = workspace.put(twoTheta.map(axisValue));
    check("toAxis", workspace.kernels.toAxis(values, workspace.put(intensity), twoTheta.length, axis.first, axis.last, axis.points, out));
    return new Float32Array(workspace.kernels.memory.buffer, out, axis.points).slice();
  });
}
