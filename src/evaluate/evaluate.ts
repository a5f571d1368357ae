/** What a model is worth: its answers to samples that no training has seen, measured as Table 2 of Boulle & Debelle 2023
 *  does. */
import { type Batch, createGenerator, type NoiseKind, type SampleGenerator } from "../dataset/generator.ts";
import { createPool } from "../dataset/pool.ts";
import { inTermsOf } from "../dataset/scaling.ts";
import type { Preset } from "../dataset/presets.ts";
import { InvalidParameterError, requireInteger, requirePositive } from "../errors.ts";
import {
  accuracyOf,
  type Accuracy,
  type LabelTable,
  type PerSample,
  quantities,
  relativeErrors,
} from "../nn/metrics.ts";
import { outputsOf, pickLabels } from "../nn/outputs.ts";
import type { Predictor } from "../nn/predict.ts";
import { streamSeed } from "../nn/train.ts";

export interface EvaluateOptions {
  /** The model's own if absent. For a model of all reflections also that of one. */
  readonly preset?: Preset;
  /** Samples that are drawn. */
  readonly count: number;
  readonly seed?: number;
  readonly noise?: NoiseKind;
  /** Judges only samples whose largest strain (%) is no greater. */
  readonly maxStrain?: number;
  /** Threads that draw samples; as many as the machine runs at a time if absent, 0: this thread alone. */
  readonly workers?: number;
  /** Processor time, s; of the clock on the wall if absent. */
  readonly processorSeconds?: () => number;
  readonly signal?: AbortSignal;
  readonly onProgress?: (done: number, count: number) => void;
}

/** Answers beside the truth, row by row. */
export interface Judgement {
  readonly generator: SampleGenerator;
  /** Of the stream that the samples are from. */
  readonly streamSeed: number;
  /** Number of each judged sample in its stream. */
  readonly index: Float64Array;
  readonly predicted: LabelTable & { readonly labels: Float32Array };
  readonly truth: LabelTable & { readonly labels: Float32Array };
  readonly errors: PerSample;
  /** Of the network, for one curve. */
  readonly secondsPerCurve: number;
}

/** What a network is given. */
type Inputs = Pick<Batch, "count" | "inputs" | "extras">;

/** Curves that a time is taken over. */
const TIMED = 1024;
const BATCH = 512;

/** Draws test samples and asks the network.
 *  @throws {InvalidParameterError} @throws {WorkerError} `signal.reason` where it is aborted */
export async function judge(predictor: Predictor, options: EvaluateOptions): Promise<Judgement> {
  const { card } = predictor.model,
    {
      count,
      seed = 1,
      noise = "poisson",
      maxStrain = Infinity,
      processorSeconds = () => performance.now() / 1000,
    } = options;
  requireInteger("count", count, 1, 10_000_000);
  const preset = inTermsOf(card.preset, options.preset ?? card.preset);
  if (options.maxStrain !== undefined) requirePositive("maxStrain", options.maxStrain, "%");
  if (preset.axis.points !== card.network.inputLength)
    throw new InvalidParameterError(
      "preset",
      `one whose curves have the ${card.network.inputLength} points that the model takes`,
      `${preset.name}, ${preset.axis.points} points`,
    );
  const generator = await createGenerator(preset, { noise }),
    names = generator.labelNames,
    stream = streamSeed(seed, "test");
  pickLabels(new Float32Array(0), names, card.labels);
  const index: number[] = [],
    predicted: Float32Array[] = [],
    truth: Float32Array[] = [];
  let timed: Inputs | undefined;
  for await (const batch of batchesOf(generator, stream, options)) {
    options.signal?.throwIfAborted();
    const { emax } = quantities({ names, labels: batch.labels });
    const kept = Array.from({ length: batch.count }, (_, row) => row).filter(
      (row) => !((emax?.[row] ?? 0) > maxStrain),
    );
    const asked: Inputs = {
      count: kept.length,
      inputs: rowsOf(batch.inputs, kept, generator.inputLength),
      extras: rowsOf(batch.extras, kept, generator.extraNames.length),
    };
    timed ??= kept.length > 0 ? asked : undefined;
    index.push(...kept.map((row) => batch.first + row));
    truth.push(rowsOf(batch.labels, kept, names.length));
    predicted.push(await predictor.predictInputs(asked.inputs, asked.extras));
    options.onProgress?.(batch.first + batch.count, count);
  }
  if (timed === undefined)
    throw new InvalidParameterError("maxStrain", "such that some samples remain", maxStrain);
  const found = { names: card.labels, labels: joined(predicted) },
    actual = { names, labels: joined(truth) };
  return {
    generator,
    streamSeed: stream,
    index: Float64Array.from(index),
    predicted: found,
    truth: actual,
    errors: relativeErrors(found, actual),
    secondsPerCurve: await timeOf(predictor, timed, processorSeconds),
  };
}

/** The numbers of Table 2. */
export interface Scores {
  readonly accuracy: Accuracy;
  /** Mean squared error of the labels, each scaled to [0, 1] by its range, as in the paper. */
  readonly mse: number;
  /** Samples that were judged. */
  readonly count: number;
}

export function scores({ generator, predicted, truth, errors, index }: Judgement): Scores {
  return { accuracy: accuracyOf(errors), mse: scaledError(generator, predicted, truth), count: index.length };
}

function scaledError(generator: SampleGenerator, predicted: LabelTable, truth: Judgement["truth"]): number {
  const halves = outputsOf(generator, predicted.names, "range").map(({ half }) => half),
    right = pickLabels(truth.labels, truth.names, predicted.names);
  let sum = 0;
  for (let i = 0; i < right.length; i++)
    sum += ((predicted.labels[i]! - right[i]!) / (2 * halves[i % halves.length]!)) ** 2;
  return sum / right.length;
}

async function* batchesOf(
  generator: SampleGenerator,
  seed: number,
  { count, workers, signal }: EvaluateOptions,
): AsyncGenerator<Batch> {
  const { preset, noise } = generator;
  if (workers === 0) {
    for (let first = 0; first < count; first += BATCH)
      yield generator.generate(seed, first, Math.min(BATCH, count - first));
    return;
  }
  const pool = await createPool({ preset, noise, ...(workers === undefined ? {} : { workers }) });
  try {
    yield* pool.batches({ seed, count, batchSize: BATCH, ...(signal === undefined ? {} : { signal }) });
  } finally {
    await pool.close();
  }
}

/** When all else is done, so that nothing else runs. */
async function timeOf(
  predictor: Predictor,
  { count, inputs, extras }: Inputs,
  processorSeconds: () => number,
): Promise<number> {
  const { inputLength, extras: known } = predictor.model.card.network,
    part = Math.min(TIMED, count),
    start = processorSeconds();
  await predictor.predictInputs(inputs.subarray(0, part * inputLength), extras.subarray(0, part * known));
  return (processorSeconds() - start) / part;
}

function rowsOf(values: Float32Array, rows: readonly number[], width: number): Float32Array {
  const picked = new Float32Array(rows.length * width);
  for (const [k, row] of rows.entries())
    picked.set(values.subarray(row * width, (row + 1) * width), k * width);
  return picked;
}

function joined(parts: readonly Float32Array[]): Float32Array {
  const whole = new Float32Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
