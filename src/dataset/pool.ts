/** `takagi/pool`: training samples from all cores, on every runtime that has workers. */
import { InvalidParameterError, requireInteger } from "../errors.ts";
import type { KernelOrigin } from "../wasm/load.ts";
import { portableKernels } from "../wasm/portable.ts";
import { Crew } from "../workers/crew.ts";
import type { WorkerHost } from "../workers/host.ts";
import type { Batch, NoiseKind, SampleGenerator } from "./generator.ts";
import type { Preset } from "./presets.ts";
import { openGenerator, type Recipe, type SampleWork, type Slice } from "./worker.ts";

export { InvalidParameterError, TakagiError, WorkerError } from "../errors.ts";
export type { KernelOrigin } from "../wasm/load.ts";
export { type Batch, createGenerator, type NoiseKind, type SampleGenerator } from "./generator.ts";
export type { Preset } from "./presets.ts";

/** Which samples a pool makes, and with how many workers. */
export interface PoolOptions {
  /** The name of a preset, or a preset of your own. */
  readonly preset: Preset | string;
  /** Default "poisson". */
  readonly noise?: NoiseKind;
  /** Default: as many as the machine runs at a time. */
  readonly workers?: number;
  /** Where the kernels come from, if not from the package. */
  readonly wasm?: KernelOrigin;
}

/** Which samples of a pool, and in batches of how many. */
export interface BatchesOptions {
  /** Whole number from 0 to 2⁵⁰; another seed has other samples. */
  readonly seed: number;
  /** Index of the first sample, default 0. */
  readonly first?: number;
  /** How many samples; Infinity for ever new ones. */
  readonly count: number;
  /** Samples in a batch; the last one may have fewer. */
  readonly batchSize: number;
  /** Ends the stream. */
  readonly signal?: AbortSignal;
  /** Called for each batch that is given out; `done` and `count` are samples. */
  readonly onProgress?: (progress: { readonly done: number; readonly count: number }) => void;
}

/** Workers that make samples; the same samples however many they are. */
export interface Pool {
  /** What the samples are drawn from. */
  readonly preset: Preset;
  /** Noise of the curves. */
  readonly noise: NoiseKind;
  /** How many there are. */
  readonly workers: number;
  /** Numbers in the network input of a sample. */
  readonly inputLength: number;
  /** Names of the labels, in their order. */
  readonly labelNames: readonly string[];
  /** Names of what is told of a sample besides its labels, in their order. */
  readonly extraNames: readonly string[];
  /** Samples first … first + count − 1 of the seed, in order, the same for every number of workers and every size of
   *  batches. At most two batches a worker are made ahead of whoever takes them. Each loop makes the samples anew; leaving it
   *  (break, return, throw) and aborting end the workers that are busy for it.
   *  @returns batches whose arrays are yours to keep
   *  @throws {InvalidParameterError} at once
   *  @throws {WorkerError} in the loop, where workers die again and again; `signal.reason` where it is aborted */
  batches(options: BatchesOptions): AsyncIterable<Batch>;
  /** Ends all workers; loops that still run throw. */
  close(): Promise<void>;
}

/** Workers that make training samples on all cores. They start with the first batch; one that dies is replaced and its
 *  batch made again; an idle pool keeps no process alive.
 *  @throws {InvalidParameterError} @throws {KernelLoadError}
 *  @example
 *  const pool = await createPool({ preset: "cnn2" });
 *  for await (const { inputs, labels, count } of pool.batches({ seed: 1, count: 1_000_000, batchSize: 2048 })) {
 *    train(inputs, labels, count);
 *  }
 *  await pool.close(); */
export async function createPool(options: PoolOptions): Promise<Pool> {
  return openPool(options, {});
}

/** For tests: workers and generators of another make.
 *  @internal */
export interface PoolParts {
  /** How workers are started. */
  readonly host?: WorkerHost;
  /** File that they run. */
  readonly module?: string;
}

/** @internal */
export async function openPool(options: PoolOptions, parts: PoolParts): Promise<Pool> {
  const { workers, noise = "poisson" } = options;
  if (workers !== undefined) requireInteger("workers", workers, 1, 1024);
  const recipe: Recipe = {
    preset: options.preset,
    noise,
    ...(await portableKernels(options.wasm)),
    ...(parts.module === undefined ? {} : { module: parts.module }),
  };
  // One here too: what cannot be made is found before a worker starts.
  const generator = await openGenerator(recipe);
  const host = parts.host ?? (await import("#worker-host"));
  return new WorkerPool({ generator, recipe, host, size: workers ?? Math.max(1, host.parallelism()) });
}

class WorkerPool implements Pool {
  readonly preset: Preset;
  readonly noise: NoiseKind;
  readonly inputLength: number;
  readonly labelNames: readonly string[];
  readonly extraNames: readonly string[];
  readonly #crew: Crew<SampleWork>;

  constructor(options: { generator: SampleGenerator; recipe: Recipe; host: WorkerHost; size: number }) {
    ({
      preset: this.preset,
      noise: this.noise,
      inputLength: this.inputLength,
      labelNames: this.labelNames,
      extraNames: this.extraNames,
    } = options.generator);
    this.#crew = new Crew<SampleWork>({
      start: (events) => options.host.startWorker(events),
      size: options.size,
      open: { kind: "open", ask: options.recipe },
      name: "the pool",
      cannot: ({ ask }) => {
        const { first, count } = ask as Slice;
        return `samples ${first} to ${first + count - 1} cannot be made`;
      },
    });
  }

  get workers(): number {
    return this.#crew.size;
  }

  batches(options: BatchesOptions): AsyncIterable<Batch> {
    const { seed, first = 0, count, batchSize } = options;
    requireInteger("seed", seed, 0, Number.MAX_SAFE_INTEGER);
    requireInteger("first", first, 0, Number.MAX_SAFE_INTEGER);
    if (
      count !== Infinity &&
      !(Number.isInteger(count) && count >= 0 && first + count <= Number.MAX_SAFE_INTEGER)
    ) {
      throw new InvalidParameterError("count", "an integer ≥ 0, or Infinity", count);
    }
    requireInteger("batchSize", batchSize, 1, 2 ** 24);
    return { [Symbol.asyncIterator]: () => this.#stream({ ...options, first }) };
  }

  close(): Promise<void> {
    return this.#crew.close();
  }

  async *#stream({
    signal,
    onProgress,
    ...options
  }: BatchesOptions & { readonly first: number }): AsyncGenerator<Batch, void, undefined> {
    const make = (ask: Slice) => ({ kind: "make", ask }) as const,
      { first: start, count: total } = options;
    for await (const { item, answer } of this.#crew.map(slices(options), make, { signal })) {
      const { first, count } = item;
      onProgress?.({ done: first + count - start, count: total });
      yield { first, count, ...answer! };
    }
  }
}

function* slices({
  seed,
  first: start,
  count: total,
  batchSize,
}: BatchesOptions & { readonly first: number }): Generator<Slice, void, undefined> {
  for (let done = 0; done < total; done += batchSize)
    yield { seed, first: start + done, count: Math.min(batchSize, total - done) };
}
