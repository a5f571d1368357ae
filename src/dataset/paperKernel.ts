/** Protocol "paper" as the kernel takes it. */
import { DeviationForm, Paper, PresetSlot, ReflectionSlot } from "../../assembly/layout.ts";
import { weightLabels } from "../profile/film.ts";
import type { DataExports } from "../wasm/exports.ts";
import { check, type Workspace } from "../wasm/workspace.ts";
import { NOISE_CODES, type NoiseKind, type SampleKernel } from "./sampleKernel.ts";
import type { PaperPreset } from "./presets.ts";

const LABELS: readonly string[] = [
  ...weightLabels("strain", Paper.Weights),
  "disorder",
  "thickness",
  "fwhm",
  "dynamicRange",
];

export function paperKernel(
  workspace: Workspace<DataExports>,
  preset: PaperPreset,
  noise: NoiseKind,
): SampleKernel {
  const matrix = shapeMatrix(workspace),
    reflection = reflectionBlock(preset),
    block = presetBlock(preset, noise);
  const { kernels } = workspace;
  return {
    labelNames: LABELS,
    extraNames: [],
    mostSlices: Paper.Slices,
    run: ({ seedLow, seedHigh, first, count, judge, inputs, labels, scan }) =>
      kernels.samples(
        workspace.put(reflection),
        workspace.put(block),
        workspace.put(matrix),
        seedLow,
        seedHigh,
        first,
        count,
        judge,
        workspace.bytes(kernels.sampleScratch()),
        inputs,
        labels,
        scan,
      ),
    scanLength: 2 + Paper.Angles,
    readScan: (at) => {
      const [low, points] = workspace.copy(at, 2) as unknown as [number, number];
      const intensity = workspace.copy(at + 16, points);
      return {
        twoTheta: Float64Array.from(intensity, (_, j) => 2 * (low + j * preset.scan.step)),
        intensity,
        countUnit: 1,
      };
    },
  };
}

function reflectionBlock({ reflection }: PaperPreset): Float64Array {
  const block = new Float64Array(ReflectionSlot.Size);
  const { wavelength, d, cellVolume, electronRadius, f0, fh, fhBar } = reflection;
  block[ReflectionSlot.Wavelength] = wavelength;
  block[ReflectionSlot.PlaneSpacing] = d;
  block[ReflectionSlot.Gamma] = (electronRadius * wavelength * wavelength) / (Math.PI * cellVolume);
  block[ReflectionSlot.Polarisation] = 1;
  block.set([...f0, ...fh, ...fhBar], ReflectionSlot.F0Re);
  block[ReflectionSlot.Deviation] = DeviationForm.Linear;
  return block;
}

function presetBlock({ ranges, mixing, scatter, scan, axis }: PaperPreset, noise: NoiseKind): Float64Array {
  const block = new Float64Array(PresetSlot.Size);
  const put = (slot: PresetSlot, [low, high]: readonly [number, number], unit = 1): void => {
    block[slot] = low * unit;
    block[slot + 1] = high * unit;
  };
  put(PresetSlot.ThicknessLow, ranges.thickness, 10);
  put(PresetSlot.StrainLow, ranges.strain, 0.01);
  put(PresetSlot.DebyeWallerLow, ranges.debyeWaller);
  put(PresetSlot.FwhmLow, ranges.fwhm);
  put(PresetSlot.LogBackgroundLow, ranges.logBackground);
  put(PresetSlot.LogScaleLow, ranges.logScale);
  put(PresetSlot.DynamicRangeLow, ranges.dynamicRange);
  put(PresetSlot.MarginLow, ranges.margin, 0.01);
  put(PresetSlot.PeakLow, ranges.peak);
  put(PresetSlot.WidthLow, ranges.width);
  block[PresetSlot.Mixing] = mixing;
  block[PresetSlot.Scatter] = scatter;
  block[PresetSlot.Step] = scan.step;
  block[PresetSlot.Rounding] = scan.rounding;
  block[PresetSlot.AxisFirst] = axis.first;
  block[PresetSlot.AxisLast] = axis.last;
  block[PresetSlot.AxisCount] = axis.points;
  block[PresetSlot.Noise] = NOISE_CODES[noise];
  return block;
}

/** The thirteen abrupt splines' weights that fit a curve at even heights in the sense of least squares, as a matrix:
 *  (BᵀB)⁻¹Bᵀ, f64[Paper.Fitted][Paper.ShapePoints]. Additions, products and divisions only: the same bits everywhere. */
function shapeMatrix(workspace: Workspace<DataExports>): Float64Array {
  const points = Paper.ShapePoints,
    size = Paper.Fitted;
  const basis = workspace.scope(() => {
    const heights = workspace.put(Float64Array.from({ length: points }, (_, k) => k / (points - 1)));
    const values = workspace.f64(4 * points),
      first = workspace.bytes(4 * points);
    check("bsplineBasis", workspace.kernels.bsplineBasis(heights, points, size - 3, values, first));
    const dense = new Float64Array(points * size),
      four = workspace.copy(values, 4 * points);
    workspace
      .copyI32(first, points)
      .forEach((f, k) => dense.set(four.subarray(4 * k, 4 * k + 4), k * size + f));
    return dense;
  });
  const width = size + points;
  const rows = Array.from({ length: size }, (_, i) => {
    const row = new Float64Array(width);
    for (let k = 0; k < points; k++) {
      for (let j = 0; j < size; j++) row[j] += basis[k * size + i] * basis[k * size + j];
      row[size + k] = basis[k * size + i];
    }
    return row;
  });
  // Gauss–Jordan; the matrix is positive definite and well conditioned.
  rows.forEach((pivot, i) => {
    const scale = pivot[i];
    pivot.forEach((v, j) => (pivot[j] = v / scale));
    rows.forEach((row, r) => {
      if (r === i) return;
      const factor = row[i];
      pivot.forEach((v, j) => (row[j] -= factor * v));
    });
  });
  const matrix = new Float64Array(size * points);
  rows.forEach((row, i) => matrix.set(row.subarray(size), i * points));
  return matrix;
}
