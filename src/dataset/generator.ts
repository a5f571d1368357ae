/** Training samples: curves on the network's axis and what they were made from. */
import { DeviationForm, Noise, Paper, PresetSlot, ReflectionSlot } from "../../assembly/layout.ts";
import { requireInteger, requireOneOf } from "../errors.ts";
import type { Scan } from "../types.ts";
import { type KernelOrigin, loadDataKernels } from "../wasm/load.ts";
import type { DataExports } from "../wasm/exports.ts";
import { check, type Workspace, workspaceOf } from "../wasm/workspace.ts";
import { parsePreset, preset as namedPreset, type Preset } from "./presets.ts";

/** "poisson": the mean is replaced by a Poisson draw, as the paper's text says. "published": the draw is added to the
 *  mean, as its published program does, which halves the relative noise. */
export type NoiseKind = "poisson" | "published" | "none";

/** Samples first … first + count − 1. */
export interface Batch {
  readonly first: number;
  readonly count: number;
  /** log10 of the share of the maximum, row-major [count][inputLength]. */
  readonly inputs: Float32Array;
  /** Row-major [count][labelNames.length]. */
  readonly labels: Float32Array;
  /** What is known beforehand and handed to the network beside the curve, row-major [count][extraNames.length]. */
  readonly extras: Float32Array;
}

export interface SampleGenerator {
  readonly preset: Preset;
  readonly noise: NoiseKind;
  readonly inputLength: number;
  /** weight1 … weight10 (%, interface first), disorder (α), thickness (nm), fwhm (degrees 2θ), dynamicRange (decades). */
  readonly labelNames: readonly string[];
  /** Empty where the curve is all that the network is given. */
  readonly extraNames: readonly string[];
  /** Sample i depends on (preset, noise, seed, i) alone: any batch, worker and runtime makes the same bits.
   *  @param seed an integer, 0 … 2⁵³ − 1
   *  @throws {InvalidParameterError} */
  generate(seed: number, first: number, count: number): Batch;
  /** Sample `index` as a diffractometer would give it: counts against 2θ, before it is put on the network's axis.
   *  @throws {InvalidParameterError} */
  scan(seed: number, index: number): Scan;
}

const LABELS: readonly string[] = [...Array.from({ length: Paper.Weights }, (_, i) => `weight${i + 1}`), "disorder", "thickness", "fwhm", "dynamicRange"];
const NOISES: readonly NoiseKind[] = ["none", "poisson", "published"];
/** Samples that a call of the kernel makes: bounds its memory. */
const SLICE = 512;

/** @param preset its name, or the preset itself
 *  @throws {InvalidParameterError} @throws {KernelLoadError}
 *  @example
 *  const generator = await createGenerator("cnn2");
 *  const { inputs, labels } = generator.generate(1, 0, 256); */
export async function createGenerator(preset: Preset | string, options: { readonly noise?: NoiseKind; readonly wasm?: KernelOrigin } = {}): Promise<SampleGenerator> {
  const { noise = "poisson" } = options;
  requireOneOf("noise", noise, NOISES);
  const chosen = typeof preset === "string" ? namedPreset(preset) : parsePreset(preset);
  const workspace = workspaceOf((await loadDataKernels(options.wasm)).exports);
  const matrix = shapeMatrix(workspace);
  return {
    preset: chosen,
    noise,
    inputLength: chosen.axis.points,
    labelNames: LABELS,
    extraNames: [],
    generate: (seed, first, count) => {
      requireInteger("seed", seed, 0, Number.MAX_SAFE_INTEGER);
      requireInteger("first", first, 0, Number.MAX_SAFE_INTEGER);
      requireInteger("count", count, 0, 10_000_000);
      requireInteger("first + count", first + count, 0, Number.MAX_SAFE_INTEGER);
      const points = chosen.axis.points;
      const batch: Batch = { first, count, inputs: new Float32Array(count * points), labels: new Float32Array(count * LABELS.length), extras: new Float32Array(0) };
      for (let done = 0; done < count; done += SLICE) {
        fillSlice(workspace, chosen, noise, matrix, seed, batch, done, Math.min(SLICE, count - done), 0);
      }
      return batch;
    },
    scan: (seed, index) => {
      requireInteger("seed", seed, 0, Number.MAX_SAFE_INTEGER);
      requireInteger("index", index, 0, Number.MAX_SAFE_INTEGER);
      const one: Batch = { first: index, count: 1, inputs: new Float32Array(chosen.axis.points), labels: new Float32Array(LABELS.length), extras: new Float32Array(0) };
      return workspace.scope(() => {
        const address = workspace.f64(2 + Paper.Angles);
        fillSlice(workspace, chosen, noise, matrix, seed, one, 0, 1, 0, address);
        const [low, points] = workspace.view(address, 2) as unknown as [number, number];
        const intensity = workspace.copy(address + 16, points);
        return { twoTheta: Float64Array.from(intensity, (_, j) => 2 * (low + j * chosen.scan.step)), intensity, countUnit: 1 };
      });
    },
  };
}

/** The same samples without noise by the exact kernel with `slices` slices: what the fast ones are judged by. */
export async function judgedSamples(preset: Preset, seed: number, first: number, count: number, slices: number): Promise<Batch> {
  requireInteger("slices", slices, 1, Paper.Slices);
  const workspace = workspaceOf((await loadDataKernels()).exports);
  const batch: Batch = { first, count, inputs: new Float32Array(count * preset.axis.points), labels: new Float32Array(count * LABELS.length), extras: new Float32Array(0) };
  fillSlice(workspace, preset, "none", shapeMatrix(workspace), seed, batch, 0, count, slices);
  return batch;
}

function fillSlice(
  workspace: Workspace<DataExports>, preset: Preset, noise: NoiseKind, matrix: Float64Array, seed: number, batch: Batch, from: number, count: number, judge: number, scan = 0,
): void {
  const { kernels } = workspace;
  const points = preset.axis.points;
  workspace.scope(() => {
    const inputs = workspace.bytes(4 * count * points), labels = workspace.bytes(4 * count * LABELS.length);
    check(
      "samples",
      kernels.samples(
        workspace.put(reflectionBlock(preset)), workspace.put(presetBlock(preset, noise)), workspace.put(matrix), seed >>> 0, Math.floor(seed / 2 ** 32),
        batch.first + from, count, judge, workspace.bytes(kernels.sampleScratch()), inputs, labels, scan,
      ),
    );
    const memory = kernels.memory.buffer;
    batch.inputs.set(new Float32Array(memory, inputs, count * points), from * points);
    batch.labels.set(new Float32Array(memory, labels, count * LABELS.length), from * LABELS.length);
  });
}

function reflectionBlock({ reflection }: Preset): Float64Array {
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

function presetBlock({ ranges, mixing, scatter, scan, axis }: Preset, noise: NoiseKind): Float64Array {
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
  block[PresetSlot.Noise] = noise === "none" ? Noise.None : noise === "poisson" ? Noise.Poisson : Noise.Published;
  return block;
}

/** The thirteen abrupt splines' weights that fit a curve at even heights in the sense of least squares, as a matrix:
 *  (BᵀB)⁻¹Bᵀ, f64[Paper.Fitted][Paper.ShapePoints]. Additions, products and divisions only: the same bits everywhere. */
function shapeMatrix(workspace: Workspace<DataExports>): Float64Array {
  const points = Paper.ShapePoints, size = Paper.Fitted;
  const basis = workspace.scope(() => {
    const heights = workspace.put(Float64Array.from({ length: points }, (_, k) => k / (points - 1)));
    const values = workspace.f64(4 * points), first = workspace.bytes(4 * points);
    check("bsplineBasis", workspace.kernels.bsplineBasis(heights, points, size - 3, values, first));
    const dense = new Float64Array(points * size);
    workspace.view32(first, points).forEach((f, k) => dense.set(workspace.view(values + 32 * k, 4), k * size + f));
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

