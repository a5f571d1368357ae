/** Makes a model's bank of residuals from samples that no training, validation or test sees. */
import { createGenerator, type NoiseKind } from "../dataset/generator.ts";
import { requireInteger } from "../errors.ts";
import { type Bank, fullBank } from "./bank.ts";
import { pickLabels } from "./outputs.ts";
import type { Predictor } from "./predict.ts";
import { streamSeed } from "./train.ts";
import { UnknownSpace } from "./unknowns.ts";

/** How a bank of residuals is drawn. */
export interface BankOptions {
  /** Samples; as many as 300 kB hold if absent. */
  readonly count?: number;
  /** Of its samples. */
  readonly seed?: number;
  /** What the network was trained with if absent. */
  readonly noise?: NoiseKind;
  /** Ends it. */
  readonly signal?: AbortSignal;
  /** Called with the samples that are done, of how many. */
  readonly onProgress?: (done: number, count: number) => void;
}

const BATCH = 256;

/** Asks a network about fresh samples of its preset, and keeps what it said and how far off that was.
 *  @throws {InvalidParameterError} for networks that say no profile; `signal.reason` where it is aborted
 *  @example
 *  const bank = await drawBank(await createPredictor(model));
 *  const files = await encodeModel({ ...model, bank }); // model.json, weights.bin, bank.bin */
export async function drawBank(
  predictor: Pick<Predictor, "model" | "predictInputs">,
  options: BankOptions = {},
): Promise<Bank> {
  const { labels, preset, training } = predictor.model.card,
    space = new UnknownSpace(labels, preset);
  const { count = fullBank(space.size), seed = 1, noise = training.noise as NoiseKind, signal } = options;
  requireInteger("count", count, 1, 1_000_000);
  requireInteger("seed", seed, 0, 2 ** 50);
  const generator = await createGenerator(preset, { noise }),
    stream = streamSeed(seed, "bank");
  const predicted = new Float32Array(count * space.size),
    residuals = new Float32Array(count * space.size);
  for (let first = 0; first < count; first += BATCH) {
    signal?.throwIfAborted();
    const batch = generator.generate(stream, first, Math.min(BATCH, count - first)),
      said = await predictor.predictInputs(batch.inputs, batch.extras),
      truth = pickLabels(batch.labels, generator.labelNames, labels);
    for (let row = 0; row < batch.count; row++) {
      const one = (rows: Float32Array): Float64Array =>
          space.of(rows.subarray(row * labels.length, (row + 1) * labels.length)),
        x = one(said);
      predicted.set(x, (first + row) * space.size);
      residuals.set(space.residual(x, one(truth)), (first + row) * space.size);
    }
    options.onProgress?.(first + batch.count, count);
  }
  return { space, predicted, residuals, noise, seed };
}
