/** The work of a pool's worker: opens a generator, makes the slices it is asked for, hands their memory over. */
import type { KernelOrigin } from "../wasm/load.ts";
import type { Handlers } from "../workers/serve.ts";
import { type Batch, createGenerator, type NoiseKind, type SampleGenerator } from "./generator.ts";
import type { Preset } from "./presets.ts";

/** Everything that a worker needs to make samples; survives structured cloning. */
export interface Recipe {
  readonly preset: Preset | string;
  readonly noise: NoiseKind;
  readonly wasm?: Exclude<KernelOrigin, URL | Response>;
  /** Address of a module whose `createGenerator` serves instead of this package's. */
  readonly module?: string;
}

/** Samples first … first + count − 1 of a seed. */
export interface Slice {
  readonly seed: number;
  readonly first: number;
  readonly count: number;
}

export interface SampleWork {
  open: { ask: Recipe; answer: undefined };
  make: { ask: Slice; answer: Pick<Batch, "inputs" | "labels" | "extras"> };
}

export type CreateGenerator = (
  preset: Preset | string,
  options: { noise: NoiseKind; wasm?: KernelOrigin },
) => Promise<SampleGenerator>;

export function sampleHandlers(): Handlers<SampleWork> {
  let generator: SampleGenerator | undefined;
  return {
    open: async (recipe) => {
      generator = await openGenerator(recipe);
      return undefined;
    },
    make: ({ seed, first, count }, { transfer }) => {
      if (generator === undefined)
        throw new Error("the worker was asked for samples before it was told of which kind");
      const batch = generator.generate(seed, first, count);
      const [inputs, labels, extras] = [owned(batch.inputs), owned(batch.labels), owned(batch.extras)];
      transfer(inputs.buffer, labels.buffer, extras.buffer);
      return { inputs, labels, extras };
    },
  };
}

/** This package's generator, or that of the module which the recipe names. */
export async function openGenerator({ preset, noise, wasm, module }: Recipe): Promise<SampleGenerator> {
  const options = { noise, ...(wasm === undefined ? {} : { wasm }) };
  if (module === undefined) return createGenerator(preset, options);
  const other = (await import(/* @vite-ignore */ /* webpackIgnore: true */ module)) as {
    createGenerator: CreateGenerator;
  };
  return other.createGenerator(preset, options);
}

/** An array whose memory holds nothing else and can be given away. */
function owned(values: Float32Array): Float32Array<ArrayBuffer> {
  const isAlone = values.buffer instanceof ArrayBuffer && values.byteLength === values.buffer.byteLength;
  return isAlone ? (values as Float32Array<ArrayBuffer>) : values.slice();
}
