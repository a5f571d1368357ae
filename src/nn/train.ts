/** Training: fresh samples for ever, so that nothing is learned by heart. */
import * as host from "#worker-host";
import type { Tensor } from "@tensorflow/tfjs-core";
import { type Batch, createGenerator, type NoiseKind, type SampleGenerator } from "../dataset/generator.ts";
import { inTermsOf } from "../dataset/scaling.ts";
import { createPool } from "../dataset/pool.ts";
import { parsePreset, preset as namedPreset, type Preset } from "../dataset/presets.ts";
import { InvalidParameterError, requireInteger, requireOneOf, requirePositive } from "../errors.ts";
import { openBackend } from "./backend/choose.ts";
import type { BackendName, OpenBackend } from "./backend/types.ts";
import { assign, Learner, read, type Task } from "./gradients.ts";
import { crewSource, type GradientSource, localSource } from "./gradientSource.ts";
import { type Model, trainedOn, type Validation } from "./card.ts";
import { accuracy } from "./metrics.ts";
import { network as namedNetwork, type NetworkName, type NetworkSpec } from "./network.ts";
import { Optimizer, type OptimizerName, optimizerNames } from "./optimizer.ts";
import { decode, type LossName, lossNames, outputsOf } from "./outputs.ts";
import { startFrom } from "./transfer.ts";
import { attachKernels } from "./wasmKernels.ts";

/** How the learning rate goes: "cosine" to nothing after a short warm-up; "plateau": a tenth after `patience` validations
 *  without gain, as in the paper. */
export const scheduleNames = ["cosine", "plateau"] as const;
/** How the learning rate goes. */
export type ScheduleName = (typeof scheduleNames)[number];

/** What is trained, on what, and for how long. */
export interface TrainOptions {
  /** What the samples are drawn from, or its name. */
  readonly preset: Preset | string;
  /** Noise of the curves; "poisson" if absent. */
  readonly noise?: NoiseKind;
  /** A built-in network by its name, or layers of one's own; "takagi" if absent. */
  readonly network?: NetworkName | NetworkSpec;
  /** What is made small; "score" if absent. */
  readonly loss?: LossName;
  /** What the network is to say, in this order; all labels of the samples if absent. "maxStrain" follows from the weights. */
  readonly outputs?: readonly string[];
  /** How weights follow gradients; "adamw" if absent. */
  readonly optimizer?: OptimizerName;
  /** How the learning rate goes; "cosine" if absent. */
  readonly schedule?: ScheduleName;
  /** Highest learning rate; 2e-3 if absent, with "rmsprop" 1e-3. */
  readonly rate?: number;
  /** Samples in a step; 128 if absent. */
  readonly batch?: number;
  /** Samples to see; or give `minutes`. */
  readonly samples?: number;
  /** Time to train; or give `samples`. */
  readonly minutes?: number;
  /** Of samples and first weights, a whole number from 0 to 2⁵⁰; 1 if absent. */
  readonly seed?: number;
  /** Workers on the processor; as many as the machine runs at a time if absent, 0: this thread alone. */
  readonly workers?: number;
  /** Of tfjs; the fastest that is right if absent. */
  readonly backend?: BackendName;
  /** Takes GPUs that are only imitated too; for tests. */
  readonly allowSoftware?: boolean;
  /** Samples of the validation set. */
  readonly validation?: number;
  /** Seconds between validations. */
  readonly every?: number;
  /** Where an earlier training stopped. */
  readonly resume?: TrainingState;
  /** A model to start from, for another preset, or to go on without a checkpoint; of one with another input or other outputs
   *  the convolutions. */
  readonly start?: Model;
  /** What training normalises by: the moments of every batch (default), or those of `start`, which are kept: a batch's own
   *  are noise that a network near its end can do without. */
  readonly moments?: "batch" | "start";
  /** Ends the training, which then returns what it has learned. */
  readonly signal?: AbortSignal;
  /** Called now and then with how far it is. */
  readonly onProgress?: (progress: TrainingProgress) => void;
  /** After each validation, with everything that going on needs; awaited. */
  readonly onCheckpoint?: (state: TrainingState) => void | Promise<void>;
}

/** How far a training is. */
export interface TrainingProgress {
  /** Seen so far. */
  readonly samples: number;
  /** Share of the whole that is done, 0 … 1. */
  readonly share: number;
  /** Of the steps alone. */
  readonly samplesPerSecond: number;
  /** Mean of the last steps. */
  readonly loss: number;
  /** Learning rate. */
  readonly rate: number;
  /** The last one. */
  readonly validation?: Validation;
}

/** What was asked for, whole: two trainings of equal recipes are the same training. */
export interface TrainingRecipe {
  /** What the samples are drawn from. */
  readonly preset: Preset;
  /** Noise of the curves. */
  readonly noise: NoiseKind;
  /** Network, loss and outputs. */
  readonly task: Task;
  /** How weights follow gradients. */
  readonly optimizer: OptimizerName;
  /** How the learning rate goes. */
  readonly schedule: ScheduleName;
  /** Highest learning rate. */
  readonly rate: number;
  /** Samples in a step. */
  readonly batch: number;
  /** Of samples and first weights. */
  readonly seed: number;
  /** Share that the averaged weights keep in a step, 0…1. */
  readonly averaging: number;
  /** Samples of the validation set. */
  readonly validation: number;
  /** The model that it started from, and what that and its own forerunners had seen. */
  readonly start?: { readonly name: string; readonly samples: number; readonly seconds: number };
}

/** All that going on needs. */
export interface TrainingState {
  /** What was asked for. */
  readonly recipe: TrainingRecipe;
  /** Steps that are done. */
  readonly step: number;
  /** Seen so far. */
  readonly samples: number;
  /** That it has taken. */
  readonly seconds: number;
  /** Share of the schedule that is done, for trainings by the clock. */
  readonly share: number;
  /** All validations, the first one first. */
  readonly history: readonly Validation[];
  /** What it was computed with. */
  readonly backend: string;
  /** Weights, optimizer, one after the other. */
  readonly weights: Float32Array;
  /** What the optimizer remembers. */
  readonly optimizer: Float32Array;
  /** The model: averaged weights and the moments of its normalisations. */
  readonly model: {
    readonly layout: readonly { readonly name: string; readonly shape: readonly number[] }[];
    readonly values: Float32Array;
  };
}

const WARM_UP = 0.03;
const GRADIENT_NORM = 5;
const PATIENCE = 10;
/** How many times the samples of the validation set the moments of the finished network are taken over. What these samples
 *  have in common becomes an error of all answers: thousands whose thickness is 2 % too large on average make it 2 % too
 *  small in all. */
const FINAL_MOMENTS = 8;
/** Samples that a training which is interrupted is still judged by, and whose moments its network takes: whoever presses Ctrl-C
 *  waits for seconds. One that goes on is judged by all of them again. */
const INTERRUPTED_SAMPLES = 256;

/** First seeds of the streams of banks and mixtures: above all others, whose seeds are below 2⁵⁰. */
const BANKS = 2 ** 52 + 4,
  MIXTURES = BANKS + 2 ** 51;

/** Streams of samples that never meet, whatever the seeds (0 … 2⁵⁰). */
export function streamSeed(
  seed: number,
  use: "training" | "validation" | "test" | "moments" | "bank" | "mixture",
): number {
  if (use === "bank") return BANKS + seed;
  if (use === "mixture") return MIXTURES + seed;
  return 4 * seed + ["training", "validation", "test", "moments"].indexOf(use);
}

/** Trains until the samples are seen, the minutes are over or the signal comes; then returns the state as it is.
 *  @throws {InvalidParameterError} @throws {BackendError} @throws {WorkerError} */
export async function train(options: TrainOptions): Promise<TrainingState> {
  const recipe = options.resume?.recipe ?? (await recipeOf(options)),
    { resume, signal, every = 60 } = options;
  const { samples: total, minutes } = options;
  if ((total === undefined) === (minutes === undefined))
    throw new InvalidParameterError("samples", "given, or minutes, and not both", total);
  if (total !== undefined) requireInteger("samples", total, 1, Number.MAX_SAFE_INTEGER);
  if (minutes !== undefined) requirePositive("minutes", minutes);
  requirePositive("every", every, "s");
  const backend = await openBackend({
    purpose: "training",
    allowSoftware: options.allowSoftware === true,
    ...(options.backend === undefined ? {} : { backend: options.backend }),
  });
  const { tf } = backend;
  if (backend.name === "wasm") await attachKernels(tf);
  const learner = new Learner(tf, recipe.task, recipe.seed),
    { network } = learner;
  if (options.start !== undefined && resume === undefined) {
    const all = [...network.weights, ...network.moving];
    assign(
      tf,
      all,
      startFrom(options.start, recipe.task, recipe.preset, {
        layout: network.layout,
        values: await read(all),
      }),
    );
  }
  const optimizer = new Optimizer(tf, recipe.optimizer, network.weights, recipe.averaging);
  if (resume !== undefined) {
    assign(tf, network.weights, resume.weights);
    assign(tf, network.moving, resume.model.values.subarray(resume.weights.length));
    assign(tf, optimizer.state, resume.optimizer);
    optimizer.step = resume.step;
  }
  const generator = await createGenerator(recipe.preset, { noise: recipe.noise });
  const judge = new Judge(backend, recipe, generator);
  const source = await sourceOf(backend, learner, recipe, options.workers);
  const history: Validation[] = [...(resume?.history ?? [])];
  let samples = resume?.samples ?? 0,
    seconds = resume?.seconds ?? 0;
  // A model that goes on from another goes on behind its samples.
  const seen = recipe.start?.samples ?? 0;
  const startSeconds = seconds,
    startSamples = samples,
    started = performance.now();
  const clock = (): number => startSeconds + (performance.now() - started) / 1000;
  const shareNow = (): number => (total !== undefined ? samples / total : clock() / (60 * minutes!));
  const isOver = (): boolean => shareNow() >= 1 || signal?.aborted === true;
  let sum = 0,
    count = 0,
    last = clock(),
    smooth = NaN;
  let state: TrainingState | undefined;
  // Time spent on judging and writing, which is none of the steps'.
  let aside = 0;
  const checkpoint = async (isFinal: boolean): Promise<void> => {
    const from = clock();
    const { model, ...judged } = await judge.judge(learner, optimizer, judgedBy(recipe, isFinal, signal));
    history.push({ samples, seconds, trainingLoss: sum / count, ...judged });
    state = {
      recipe,
      step: optimizer.step,
      samples,
      seconds,
      share: shareNow(),
      history: [...history],
      backend: backend.adapter ?? backend.name,
      weights: await read(network.weights),
      optimizer: await read(optimizer.state),
      model,
    };
    await options.onCheckpoint?.(state);
    [sum, count, last] = [0, 0, clock()];
    aside += last - from;
  };
  try {
    for (let isDone = isOver(); !isDone;) {
      const rate = rateAt(recipe, shareNow(), history);
      const { loss, gradients } = await source.step(
        streamSeed(recipe.seed, "training"),
        seen + samples,
        recipe.batch,
      );
      optimizer.apply(gradients, rate, recipe.optimizer === "adamw" ? GRADIENT_NORM : Infinity);
      tf.dispose(gradients);
      samples += recipe.batch;
      sum += loss;
      count += 1;
      smooth = Number.isNaN(smooth) ? loss : 0.95 * smooth + 0.05 * loss;
      seconds = clock();
      const validation = history.at(-1);
      options.onProgress?.({
        samples,
        share: shareNow(),
        samplesPerSecond: (samples - startSamples) / (seconds - startSeconds - aside),
        loss: smooth,
        rate,
        ...(validation === undefined ? {} : { validation }),
      });
      isDone = isOver();
      if (!isDone && seconds - last >= every) await checkpoint(false);
    }
    if (count > 0) await checkpoint(true);
    if (state === undefined)
      throw new InvalidParameterError("samples", `more than the ${samples} that were seen`, total ?? minutes);
    return state;
  } finally {
    await source.close();
    optimizer.dispose();
    learner.dispose();
  }
}

/** Samples of the network's moments, and of its validation. */
interface Judged {
  readonly moments: number;
  readonly validation: number;
}

function judgedBy({ validation }: TrainingRecipe, isFinal: boolean, signal: AbortSignal | undefined): Judged {
  const most = signal?.aborted === true ? INTERRUPTED_SAMPLES : Infinity;
  return {
    moments: Math.min((isFinal ? FINAL_MOMENTS : 1) * validation, most),
    validation: Math.min(validation, most),
  };
}

/** Measures the network on samples that no training sees. */
class Judge {
  readonly #backend: OpenBackend;
  readonly #recipe: TrainingRecipe;
  readonly #generator: SampleGenerator;
  constructor(backend: OpenBackend, recipe: TrainingRecipe, generator: SampleGenerator) {
    this.#backend = backend;
    this.#recipe = recipe;
    this.#generator = generator;
  }

  /** The model: averaged weights, and moments over fresh samples with these, if they are not kept; then what it scores. */
  async judge(
    learner: Learner,
    { averages }: Optimizer,
    { moments, validation }: Judged,
  ): Promise<Pick<Validation, "loss" | "accuracy"> & Pick<TrainingState, "model">> {
    const { tf } = this.#backend,
      { preset, batch, seed, task } = this.#recipe,
      { network } = learner;
    const trained = averages.length > 0 ? await read(network.weights) : undefined;
    if (trained !== undefined) assign(tf, network.weights, await read(averages));
    try {
      if (task.moments !== "start") this.#takeMoments(learner, moments);
      const model = { layout: network.layout, values: await read([...network.weights, ...network.moving]) };
      const raw: number[] = [],
        truth: number[] = [];
      let loss = 0;
      for (let first = 0; first < validation; first += batch) {
        const part = this.#generator.generate(
          streamSeed(seed, "validation"),
          first,
          Math.min(batch, validation - first),
        );
        const predicted = learner.predict(part),
          wanted = learner.truth(part),
          labels = tf.tensor2d(wanted, [part.count, task.labels.length]),
          value = learner.loss(predicted, labels);
        raw.push(...(await predicted.data()));
        truth.push(...wanted);
        loss += ((await value.data())[0]! * part.count) / validation;
        tf.dispose([predicted, labels, value]);
      }
      return {
        model,
        loss,
        accuracy: accuracy(decode(task.outputs, raw, task.labels, preset), truth, task.labels),
      };
    } finally {
      if (trained !== undefined) assign(tf, network.weights, trained);
    }
  }

  /** Gives the network's normalisations their moments over fresh samples. */
  #takeMoments(learner: Learner, count: number): void {
    const { tf } = this.#backend,
      { batch, seed } = this.#recipe,
      { moving } = learner.network;
    const sums: Tensor[] = moving.map((variable) => tf.tidy(() => tf.zerosLike(variable)));
    const batches = Math.ceil(count / batch);
    for (let k = 0; k < batches; k++) {
      const moments = learner.moments(
        this.#generator.generate(streamSeed(seed, "moments"), k * batch, batch),
      );
      for (const [i, moment] of moments.entries()) {
        const next = tf.add(sums[i]!, tf.div(moment, batches));
        tf.dispose([sums[i]!, moment]);
        sums[i] = next;
      }
    }
    for (const [i, variable] of moving.entries()) variable.assign(sums[i]!);
    tf.dispose(sums);
  }
}

async function recipeOf(options: TrainOptions): Promise<TrainingRecipe> {
  const {
    noise = "poisson",
    network = "takagi",
    loss = "score",
    optimizer = "adamw",
    schedule = "cosine",
    batch = 128,
    seed = 1,
    validation = 4096,
    moments = "batch",
  } = options;
  const { rate = optimizer === "adamw" ? 2e-3 : 1e-3 } = options;
  requireOneOf("loss", loss, lossNames);
  requireOneOf("optimizer", optimizer, optimizerNames);
  requireOneOf("schedule", schedule, scheduleNames);
  requireOneOf("moments", moments, ["batch", "start"]);
  if (moments === "start" && options.start === undefined)
    throw new InvalidParameterError("start", 'given with moments "start"', options.start);
  requirePositive("rate", rate);
  requireInteger("batch", batch, 2, 65_536);
  requireInteger("seed", seed, 0, 2 ** 50);
  requireInteger("validation", validation, 1, 1_000_000);
  const given =
    typeof options.preset === "string" ? namedPreset(options.preset) : parsePreset(options.preset);
  const preset = options.start === undefined ? given : inTermsOf(options.start.card.preset, given);
  const generator = await createGenerator(preset, { noise }),
    { labelNames, extraNames, inputLength } = generator;
  const labels = options.outputs ?? labelNames,
    outputs = outputsOf(generator, labels, loss);
  const spec =
    typeof network === "string"
      ? namedNetwork(network, inputLength, outputs.length, extraNames.length)
      : network;
  if (
    spec.inputLength !== inputLength ||
    spec.outputs !== outputs.length ||
    spec.extras !== extraNames.length
  ) {
    const sizes = (length: number, extras: number, outputs: number): string =>
      `${length} inputs and ${outputs} outputs${extras === 0 ? "" : `, and ${extras} numbers beside the curve`}`;
    throw new InvalidParameterError(
      "network",
      `one of ${sizes(inputLength, extraNames.length, outputs.length)}`,
      sizes(spec.inputLength, spec.extras, spec.outputs),
    );
  }
  const task: Task = {
    network: spec,
    loss,
    outputs,
    labels,
    ...(options.outputs === undefined ? {} : { drawn: labelNames }),
    ...(extraNames.length === 0 ? {} : { extras: extraNames }),
    ...(moments === "start" ? { moments } : {}),
  };
  const start = options.start?.card;
  return {
    preset,
    noise,
    task,
    optimizer,
    schedule,
    rate,
    batch,
    seed,
    averaging: optimizer === "adamw" ? 0.998 : 0,
    validation,
    ...(start === undefined ? {} : { start: { name: start.name, ...trainedOn(start) } }),
  };
}

/** A GPU works alone and is fed by a pool; on a processor each worker draws its own. */
async function sourceOf(
  { tf, name }: OpenBackend,
  learner: Learner,
  recipe: TrainingRecipe,
  asked: number | undefined,
): Promise<GradientSource> {
  const { preset, noise, task } = recipe;
  const workers = asked ?? host.parallelism();
  requireInteger("workers", workers, 0, 256);
  if (name === "wasm" && workers > 0) return crewSource(tf, learner, task, { preset, noise }, workers);
  if (workers === 0) {
    const generator = await createGenerator(preset, { noise });
    return localSource(learner, async (seed, first, count) => generator.generate(seed, first, count));
  }
  const pool = await createPool({ preset, noise, workers });
  let batches: AsyncIterator<Batch> | undefined;
  const source = localSource(learner, async (seed, first, count) => {
    batches ??= pool.batches({ seed, first, count: Infinity, batchSize: count })[Symbol.asyncIterator]();
    return (await batches.next()).value as Batch;
  });
  return { ...source, close: () => pool.close() };
}

/** From nothing to the whole in a short warm-up, then to nothing again.
 *  @param share of the training that is done, 0 … 1 */
export function cosineRate(rate: number, share: number): number {
  return share < WARM_UP
    ? (rate * (share + 1e-3)) / WARM_UP
    : rate * Math.max(1e-3, 0.5 * (1 + Math.cos((Math.PI * (share - WARM_UP)) / (1 - WARM_UP))));
}

function rateAt({ schedule, rate }: TrainingRecipe, share: number, history: readonly Validation[]): number {
  if (schedule === "cosine") return cosineRate(rate, share);
  let best = Infinity,
    since = 0,
    factor = 1;
  for (const { loss } of history) {
    since = loss < best ? 0 : since + 1;
    best = Math.min(best, loss);
    if (since >= PATIENCE) {
      factor /= 10;
      since = 0;
    }
  }
  return rate * factor;
}
