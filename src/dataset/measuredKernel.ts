/** Protocol "measured" as the kernel takes it. */
import { Measured, MeasuredSlot } from "../../assembly/layout.ts";
import { weightLabels } from "../profile/film.ts";
import { ANGSTROM_PER_NM, DEGREES } from "../units.ts";
import type { DataExports } from "../wasm/exports.ts";
import type { Workspace } from "../wasm/workspace.ts";
import { extraNamesOf } from "./extras.ts";
import type { MeasuredPreset, Range } from "./presets.ts";
import { NOISE_CODES, type NoiseKind, type SampleKernel } from "./sampleKernel.ts";
import { degreesPerQ, scaleReflection } from "../crystal/scaled.ts";
import { ownReflection } from "./scaling.ts";

const LABELS: readonly string[] = [
  ...weightLabels("strain", Measured.Weights),
  ...weightLabels("debyeWaller", Measured.Weights),
  "thickness",
  "fwhm",
  "dynamicRange",
  "lorentzFraction",
  "offset",
];

export function measuredKernel(
  workspace: Workspace<DataExports>,
  preset: MeasuredPreset,
  noise: NoiseKind,
): SampleKernel {
  const extraNames = extraNamesOf(preset),
    block = presetBlock(preset, noise, extraNames.length),
    { kernels } = workspace;
  return {
    labelNames: LABELS,
    extraNames,
    mostSlices: Measured.Slices,
    run: ({ seedLow, seedHigh, first, count, judge, inputs, labels, extras, scan }) =>
      kernels.measuredSamples(
        workspace.put(block),
        seedLow,
        seedHigh,
        first,
        count,
        judge,
        workspace.bytes(kernels.measuredScratch()),
        inputs,
        labels,
        extras,
        scan,
      ),
    scanLength: 4 + Measured.Points,
    readScan: (at) => {
      const [first, step, points] = workspace.copy(at, 3) as unknown as [number, number, number];
      const intensity = workspace.copy(at + 32, points);
      return {
        twoTheta: Float64Array.from(intensity, (_, j) => 2 * DEGREES * (first + j * step)),
        intensity,
        countUnit: 1,
      };
    },
  };
}

function presetBlock(preset: MeasuredPreset, noise: NoiseKind, extras: number): Float64Array {
  const { ranges, shares, shapes, disorder, reflections, axis } = preset;
  const block = new Float64Array(MeasuredSlot.Size);
  const put = (low: MeasuredSlot, range: Range, unit = 1): void => {
    block[low] = range[0] * unit;
    block[low + 1] = range[1] * unit;
  };
  const own = ownReflection(preset);
  if (own === undefined) {
    block[MeasuredSlot.ThicknessUnit] = 1;
    block[MeasuredSlot.WidthUnit] = 100;
    put(MeasuredSlot.ThicknessLow, ranges.thickness);
  } else {
    const { sine, k0, kh } = scaleReflection(own, preset.reflection!.electronRadius),
      planeNm = own.d / ANGSTROM_PER_NM;
    block.set([sine, ...k0, ...kh], MeasuredSlot.Sine);
    block[MeasuredSlot.ThicknessUnit] = planeNm;
    block[MeasuredSlot.WidthUnit] = degreesPerQ(sine);
    put(MeasuredSlot.ThicknessLow, ranges.thickness, 1 / planeNm);
  }
  if (reflections !== undefined) {
    put(MeasuredSlot.CouplingLow, reflections.coupling);
    put(MeasuredSlot.ContrastLow, reflections.contrast);
    put(MeasuredSlot.AbsorptionLow, reflections.absorption);
    put(MeasuredSlot.PhaseLow, reflections.phase);
    put(MeasuredSlot.SineLow, reflections.sine);
  }
  put(MeasuredSlot.StrainLow, ranges.strain, 0.01);
  put(MeasuredSlot.CompressionLow, ranges.compression, 0.01);
  put(MeasuredSlot.DebyeWallerLow, ranges.debyeWaller);
  put(MeasuredSlot.FwhmLow, ranges.fwhm);
  put(MeasuredSlot.LorentzLow, ranges.lorentzFraction);
  put(MeasuredSlot.StepLow, ranges.step);
  put(MeasuredSlot.MarginLow, ranges.margin, 0.01);
  put(MeasuredSlot.LogScaleLow, ranges.logScale);
  put(MeasuredSlot.LogBackgroundLow, ranges.logBackground);
  put(MeasuredSlot.DynamicRangeLow, ranges.dynamicRange);
  put(MeasuredSlot.ErrorLow, ranges.error);
  put(MeasuredSlot.DeadTimeLow, ranges.deadTime);
  put(MeasuredSlot.DiffuseLow, ranges.diffuse);
  put(MeasuredSlot.DiffuseWidthLow, ranges.diffuseWidth, 0.01);
  put(MeasuredSlot.PiWeightLow, ranges.piWeight);
  block[MeasuredSlot.CompressionShare] = shares.compression;
  block[MeasuredSlot.LorentzShare] = shares.lorentz;
  block[MeasuredSlot.EvenShare] = shares.even;
  block[MeasuredSlot.CutShare] = shares.cut;
  block[MeasuredSlot.ErrorShare] = shares.error;
  block[MeasuredSlot.DeadTimeShare] = shares.deadTime;
  block[MeasuredSlot.DiffuseShare] = shares.diffuse;
  block[MeasuredSlot.PiShare] = shares.pi;
  block[MeasuredSlot.UnpolarisedShare] = shares.unpolarised;
  block.set([shapes.peaked, shapes.bimodal, shapes.flat, shapes.monotonic, shapes.free], MeasuredSlot.Peaked);
  block.set([disorder.tied, disorder.own, disorder.none], MeasuredSlot.Tied);
  block[MeasuredSlot.LeastFringes] = preset.leastFringes;
  block[MeasuredSlot.Scatter] = preset.scatter;
  block[MeasuredSlot.Offset] = preset.offset;
  block[MeasuredSlot.Slope] = preset.slope;
  block[MeasuredSlot.AxisFirst] = axis.first / 100;
  block[MeasuredSlot.AxisLast] = axis.last / 100;
  block[MeasuredSlot.AxisCount] = axis.points;
  block[MeasuredSlot.Noise] = NOISE_CODES[noise];
  block[MeasuredSlot.Extras] = extras;
  return block;
}
