/** Measured scans as the networks know curves: on the axis of the training samples. */
import {
  InvalidParameterError,
  requireFinite,
  requireOneOf,
  requirePositive,
  requireWithin,
} from "../errors.ts";
import { findPeak, type Peak } from "../io/peak.ts";
import { type Points, type ScanInput, validateScan } from "../io/scan.ts";
import { totalReflection } from "../simulate/slicing.ts";
import type { Polarisation, Reflection, Scan } from "../types.ts";
import { DEGREES, RADIANS } from "../units.ts";
import { type KernelOrigin, loadKernels } from "../wasm/load.ts";
import { check, workspaceOf } from "../wasm/workspace.ts";
import { outsideOf, outsideOfMeasured } from "./outside.ts";
import { extrasOf, piWeightOf } from "./extras.ts";
import {
  type MeasuredPreset,
  type PaperPreset,
  parsePreset,
  preset as namedPreset,
  type Preset,
} from "./presets.ts";
import { rebin } from "./rebin.ts";
import { scaleReflection } from "../crystal/scaled.ts";
import { ownReflection } from "./scaling.ts";

export interface NetworkInputOptions {
  /** Of the scan; the preset's if absent. Presets of many crystals need it. */
  readonly reflection?: Reflection;
  /** For protocol "measured": "sigma" if absent; and 2θ of a monochromator before the sample (degrees). */
  readonly polarisation?: Polarisation;
  readonly monochromator?: number;
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
  if (chosen.protocol === "measured")
    return measuredInput(chosen, { crystal, measured, offset, peak }, options);
  const points = likeTraining(measured, offset, chosen);
  const input = await onAxis(points, axisOf(chosen, crystal), chosen, options.wasm);
  return {
    input,
    extras: new Float32Array(0),
    offset,
    outside: outsideOf({ preset: chosen, crystal, measured, points, peak }),
  };
}

/** Protocol "measured": cells of strain against the unstrained crystal's peak, as the generator's kernel fills them. */
async function measuredInput(
  preset: MeasuredPreset,
  { crystal, measured, offset, peak }: { crystal: Reflection; measured: Scan; offset: number; peak: Peak },
  options: NetworkInputOptions,
): Promise<NetworkInput> {
  const { polarisation = "sigma", monochromator, wasm } = options,
    { axis } = preset,
    scaled = scaleReflection(crystal);
  requireOneOf("polarisation", polarisation, ["sigma", "pi", "unpolarised"]);
  if (monochromator !== undefined) requireWithin("monochromator", monochromator, 0, 180, "degrees");
  const points: Points = { twoTheta: trueAngles(measured, offset), intensity: measured.intensity };
  const { twoTheta, intensity } = points,
    count = twoTheta.length,
    last = twoTheta[count - 1]!;
  const workspace = workspaceOf((await loadKernels(wasm)).exports);
  const input = workspace.scope(() => {
    const strain = workspace.put(
      twoTheta.map((t) => 100 * ((scaled.sine * scaled.peak) / Math.sin((t * RADIANS) / 2) - 1)),
    );
    const out = workspace.bytes(4 * axis.points);
    check(
      "toCells",
      workspace.kernels.toCells(
        strain,
        workspace.put(intensity),
        count,
        axis.first,
        axis.last,
        axis.points,
        workspace.bytes(workspace.kernels.toCellsScratch(count)),
        out,
      ),
    );
    return workspace.copyF32(out, axis.points);
  });
  const extras = extrasOf(preset, scaled, {
    first: twoTheta[0]!,
    last,
    step: (last - twoTheta[0]!) / (count - 1),
    piWeight: piWeightOf(polarisation, monochromator),
  });
  return {
    input,
    extras,
    offset,
    outside: outsideOfMeasured({ preset, crystal, measured, points, peak }, scaled),
  };
}

/** What the preset's axis has at 2θ (true, degrees): 100 (Δd/d)/d; the d below the line is but the unit of the axis, so it
 *  is the preset's. */
function axisOf(preset: PaperPreset, { wavelength, d }: Reflection): (twoTheta: number) => number {
  return (twoTheta) =>
    (100 / preset.reflection.d) * (wavelength / (2 * d * Math.sin((twoTheta * RADIANS) / 2)) - 1);
}

function trueAngles(scan: Scan, offset: number): Float64Array {
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

/** The scan at true angles, no finer than the preset's. */
function likeTraining(scan: Scan, offset: number, { scan: { step } }: PaperPreset): Points {
  const twoTheta = trueAngles(scan, offset);
  const width = 2 * step;
  const points = rebin({ twoTheta, intensity: scan.intensity }, width);
  // A cell that has the edge of a count only is as good as empty: less than one count a cell there is not.
  const smallest = scan.intensity.reduce((least, y) => (y > 0 ? Math.min(least, y) : least), Infinity);
  const finest = (twoTheta[twoTheta.length - 1] - twoTheta[0]) / (twoTheta.length - 1);
  const least = smallest * Math.min(finest / width, 1);
  return { ...points, intensity: points.intensity.map((y) => Math.max(y, least)) };
}

async function onAxis(
  { twoTheta, intensity }: Points,
  axisValue: (twoTheta: number) => number,
  { axis }: PaperPreset,
  wasm: KernelOrigin | undefined,
): Promise<Float32Array> {
  const workspace = workspaceOf((await loadKernels(wasm)).exports);
  return workspace.scope(() => {
    const out = workspace.bytes(4 * axis.points),
      values = workspace.put(twoTheta.map(axisValue));
    check(
      "toAxis",
      workspace.kernels.toAxis(
        values,
        workspace.put(intensity),
        twoTheta.length,
        axis.first,
        axis.last,
        axis.points,
        out,
      ),
    );
    return workspace.copyF32(out, axis.points);
  });
}
