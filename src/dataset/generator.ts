/** Training samples: curves on the network's axis and what they were made from. */
import { requireInteger, requireOneOf } from "../errors.ts";
import type { Scan } from "../types.ts";
import { type KernelOrigin, loadDataKernels } from "../wasm/load.ts";
import type { DataExports } from "../wasm/exports.ts";
import { check, type Workspace, workspaceOf } from "../wasm/workspace.ts";
import { measuredKernel } from "./measuredKernel.ts";
import { paperKernel } from "./paperKernel.ts";
import { parsePreset, preset as namedPreset, type Preset } from "./presets.ts";
import type { PresetOf } from "./protocols.ts";
import { NOISE_CODES, type NoiseKind, type SampleKernel } from "./sampleKernel.ts";

export type { NoiseKind } from "./sampleKernel.ts";

/** Samples first … first + count − 1. */
export interface Batch {
  /** Index of its first sample. */
  readonly first: number;
  /** Samples in it. */
  readonly count: number;
  /** log10 of the share of the maximum, row-major [count][inputLength]. */
  readonly inputs: Float32Array;
  /** Row-major [count][labelNames.length]. */
  readonly labels: Float32Array;
  /** What is known beforehand and handed to the network beside the curve, row-major [count][extraNames.length]. */
  readonly extras: Float32Array;
}

/** Makes the samples of a preset: sample i of a seed is the same bits everywhere. */
export interface SampleGenerator {
  /** What the samples are drawn from. */
  readonly preset: Preset;
  /** Noise of the curves. */
  readonly noise: NoiseKind;
  /** Points of a curve. */
  readonly inputLength: number;
  /** Columns of the labels: docs/datasets.md has their units. */
  readonly labelNames: readonly string[];
  /** Empty where the curve is all that the network is given. */
  readonly extraNames: readonly string[];
  /** Sample i depends on (preset, noise, seed, i) alone: any batch, worker and runtime makes the same bits.
   *  @param seed an integer, 0 … 2⁵³ − 1
   *  @throws {InvalidParameterError} */
  generate(seed: number, first: number, count: number): Batch;
  /** The labels and extras of `generate` without the curves, hundreds of times as fast: what a prior is made of. */
  labels(seed: number, first: number, count: number): Omit<Batch, "inputs">;
  /** Sample `index` as a diffractometer would give it: counts against 2θ, before it is put on the network's axis.
   *  @throws {InvalidParameterError} */
  scan(seed: number, index: number): Scan;
}

/** Samples that a call of the kernel makes: bounds its memory. */
const SLICE = 512;
const LABELS_ONLY = -1;

/** @param preset its name, or the preset itself
 *  @throws {InvalidParameterError} @throws {KernelLoadError}
 *  @example
 *  const generator = await createGenerator("cnn2");
 *  const { inputs, labels } = generator.generate(1, 0, 256); */
export async function createGenerator(
  preset: Preset | string,
  options: { readonly noise?: NoiseKind; readonly wasm?: KernelOrigin } = {},
): Promise<SampleGenerator> {
  const { noise = "poisson" } = options;
  requireOneOf("noise", noise, Object.keys(NOISE_CODES) as NoiseKind[]);
  const chosen = typeof preset === "string" ? namedPreset(preset) : parsePreset(preset);
  const maker = new Maker(workspaceOf((await loadDataKernels(options.wasm)).exports), chosen, noise);
  const { labelNames, extraNames } = maker.kernel;
  return {
    preset: chosen,
    noise,
    inputLength: chosen.axis.points,
    labelNames,
    extraNames,
    generate: (seed, first, count) => maker.batch(seed, first, count, 0),
    labels: (seed, first, count) => {
      const { labels, extras } = maker.batch(seed, first, count, LABELS_ONLY);
      return { first, count, labels, extras };
    },
    scan: (seed, index) => maker.scan(seed, index),
  };
}

/** The same samples without noise by the exact kernel with `slices` slices: what the fast ones are judged by. */
export async function judgedSamples(
  preset: Preset,
  seed: number,
  first: number,
  count: number,
  slices: number,
): Promise<Batch> {
  const maker = new Maker(workspaceOf((await loadDataKernels()).exports), preset, "none");
  requireInteger("slices", slices, 1, maker.kernel.mostSlices);
  return maker.batch(seed, first, count, slices);
}

/** How each protocol draws and renders its samples. */
const KERNELS: {
  readonly [N in Preset["protocol"]]: (
    workspace: Workspace<DataExports>,
    preset: PresetOf<N>,
    noise: NoiseKind,
  ) => SampleKernel;
} = { paper: paperKernel, measured: measuredKernel };

function kernelOf<P extends Preset>(
  workspace: Workspace<DataExports>,
  preset: P,
  noise: NoiseKind,
): SampleKernel {
  const open = KERNELS[preset.protocol] as (
    workspace: Workspace<DataExports>,
    preset: P,
    noise: NoiseKind,
  ) => SampleKernel;
  return open(workspace, preset, noise);
}

/** One kernel with its preset. */
class Maker {
  readonly kernel: SampleKernel;
  readonly #workspace: Workspace<DataExports>;
  readonly #points: number;

  constructor(workspace: Workspace<DataExports>, preset: Preset, noise: NoiseKind) {
    this.kernel = kernelOf(workspace, preset, noise);
    this.#workspace = workspace;
    this.#points = preset.axis.points;
  }

  batch(seed: number, first: number, count: number, judge: number): Batch {
    requireInteger("seed", seed, 0, Number.MAX_SAFE_INTEGER);
    requireInteger("first", first, 0, Number.MAX_SAFE_INTEGER);
    requireInteger("count", count, 0, 10_000_000);
    requireInteger("first + count", first + count, 0, Number.MAX_SAFE_INTEGER);
    const { labelNames, extraNames } = this.kernel,
      points = judge === LABELS_ONLY ? 0 : this.#points;
    const batch: Batch = {
      first,
      count,
      inputs: new Float32Array(count * points),
      labels: new Float32Array(count * labelNames.length),
      extras: new Float32Array(count * extraNames.length),
    };
    for (let done = 0; done < count; done += SLICE)
      this.#slice(seed, batch, done, Math.min(SLICE, count - done), judge, 0);
    return batch;
  }

  scan(seed: number, index: number): Scan {
    requireInteger("seed", seed, 0, Number.MAX_SAFE_INTEGER);
    requireInteger("index", index, 0, Number.MAX_SAFE_INTEGER);
    const { labelNames, extraNames, scanLength } = this.kernel;
    const one: Batch = {
      first: index,
      count: 1,
      inputs: new Float32Array(this.#points),
      labels: new Float32Array(labelNames.length),
      extras: new Float32Array(extraNames.length),
    };
    return this.#workspace.scope(() => {
      const scan = this.#workspace.f64(scanLength);
      this.#slice(seed, one, 0, 1, 0, scan);
      return this.kernel.readScan(scan);
    });
  }

  /** Fills rows `from` … `from + count − 1` of a batch. */
  #slice(seed: number, batch: Batch, from: number, count: number, judge: number, scan: number): void {
    const workspace = this.#workspace;
    workspace.scope(() => {
      const arrays = [batch.inputs, batch.labels, batch.extras].map((values) => {
        const width = values.length / batch.count;
        return { values, width, at: workspace.bytes(4 * count * width) };
      });
      const [inputs, labels, extras] = arrays.map(({ at }) => at) as [number, number, number];
      check(
        "samples",
        this.kernel.run({
          seedLow: seed >>> 0,
          seedHigh: Math.floor(seed / 2 ** 32),
          first: batch.first + from,
          count,
          judge,
          inputs,
          labels,
          extras,
          scan,
        }),
      );
      workspace.look(({ f32 }) => {
        for (const { values, width, at } of arrays) values.set(f32(at, count * width), from * width);
      });
    });
  }
}
