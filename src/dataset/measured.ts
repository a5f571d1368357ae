/** Protocol "measured": its labels, its axis, and measured scans on it. */
import { degreesPerQ, scaleReflection } from "../crystal/scaled.ts";
import { requireOneOf, requireWithin } from "../errors.ts";
import type { Points } from "../io/scan.ts";
import { RADIANS } from "../units.ts";
import { loadKernels } from "../wasm/load.ts";
import { check, workspaceOf } from "../wasm/workspace.ts";
import { extrasOf, piWeightOf } from "./extras.ts";
import type { MeasuredPreset } from "./measuredPreset.ts";
import { outsideOfMeasured } from "./outside.ts";
import type { Range } from "./presetFields.ts";
import {
  type AlignedScan,
  type NetworkInput,
  type NetworkInputOptions,
  type Protocol,
  trueAngles,
} from "./protocol.ts";

export const MEASURED: Protocol<MeasuredPreset> = {
  labelRanges,
  hasBounds: false,
  axisLabel: "Δd/d (%)",
  input: measuredInput,
};

function labelRanges(preset: MeasuredPreset): Readonly<Record<string, Range>> {
  const { compression, strain, fwhm, lorentzFraction, thickness, dynamicRange } = preset.ranges;
  // Where reflections are drawn, a width in q is the narrower the larger the Bragg angle.
  const scale = (sine: number): number => (preset.reflections === undefined ? 1 : 100 / degreesPerQ(sine));
  const [low, high] = preset.reflections?.sine ?? [0, 0],
    widths: Range = [fwhm[0] * scale(high), fwhm[1] * scale(low)];
  const offset = preset.offset * widths[1];
  return {
    weight: [preset.shares.compression > 0 ? -compression[1] : 0, strain[1]],
    debyeWaller: [0, 1],
    thickness,
    fwhm: widths,
    dynamicRange,
    lorentzFraction: [0, lorentzFraction[1]],
    offset: [-offset, offset],
  };
}

/** Cells of strain against the unstrained crystal's peak, as the generator's kernel fills them. */
async function measuredInput(
  preset: MeasuredPreset,
  { crystal, measured, offset, peak }: AlignedScan,
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
