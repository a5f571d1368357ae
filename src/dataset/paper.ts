/** Protocol "paper": its labels, its axis, and measured scans on it. */
import { type Points } from "../io/scan.ts";
import type { Reflection, Scan } from "../types.ts";
import { RADIANS } from "../units.ts";
import { type KernelOrigin, loadKernels } from "../wasm/load.ts";
import { check, workspaceOf } from "../wasm/workspace.ts";
import { outsideOf } from "./outside.ts";
import type { PaperPreset } from "./paperPreset.ts";
import {
  type AlignedScan,
  type NetworkInput,
  type NetworkInputOptions,
  type Protocol,
  trueAngles,
} from "./protocol.ts";
import { rebin } from "./rebin.ts";

export const PAPER: Protocol<PaperPreset> = {
  labelRanges: ({ ranges: { strain, debyeWaller, thickness, fwhm, dynamicRange } }) => ({
    weight: [0, strain[1]],
    disorder: [-Math.log(debyeWaller[1]), -Math.log(debyeWaller[0])],
    thickness,
    fwhm,
    dynamicRange,
  }),
  hasBounds: true,
  axisLabel: "100 (Δd/d)/d (1/Å)",
  input: paperInput,
};

async function paperInput(
  preset: PaperPreset,
  { crystal, measured, offset, peak }: AlignedScan,
  { wasm }: NetworkInputOptions,
): Promise<NetworkInput> {
  const points = likeTraining(measured, offset, preset);
  const input = await onAxis(points, axisOf(preset, crystal), preset, wasm);
  return {
    input,
    extras: new Float32Array(0),
    offset,
    outside: outsideOf({ preset, crystal, measured, points, peak }),
  };
}

/** What the preset's axis has at 2θ (true, degrees): 100 (Δd/d)/d; the d below the line is but the unit of the axis, so it
 *  is the preset's. */
function axisOf(preset: PaperPreset, { wavelength, d }: Reflection): (twoTheta: number) => number {
  return (twoTheta) =>
    (100 / preset.reflection.d) * (wavelength / (2 * d * Math.sin((twoTheta * RADIANS) / 2)) - 1);
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
