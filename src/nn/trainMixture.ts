/** Makes a model's mixture from fresh samples. The network itself stays as it is. */
import { createGenerator, type NoiseKind } from "../dataset/generator.ts";
import { InvalidParameterError, requireInteger } from "../errors.ts";
import { openBackend } from "./backend/choose.ts";
import type { Model, ModelCard } from "./card.ts";
import { type Mixture, featureCount } from "./mixture.ts";
import { MixtureLearner } from "./mixtureLearner.ts";
import { openNetwork } from "./openNetwork.ts";
import { isStrainWeight, pickLabels } from "./outputs.ts";
import { streamSeed } from "./train.ts";
import { attachKernels } from "./wasmKernels.ts";

/** How a mixture is trained. */
export interface MixtureOptions {
  /** Fresh samples. */
  readonly samples?: number;
  /** Answers. */
  readonly hypotheses?: number;
  /** Units between the network's and the answers. */
  readonly hidden?: number;
  /** Of its samples. */
  readonly seed?: number;
  /** What the network was trained with if absent. */
  readonly noise?: NoiseKind;
  /** Ends it. */
  readonly signal?: AbortSignal;
  /** @param loss of the best answers, a mean over the last steps */
  readonly onProgress?: (done: number, count: number, loss: number) => void;
}

const BATCH = 256;
/** Steps for each batch of fresh samples, on samples out of those that are kept. */
const VISITS = 8;
/** Samples that are kept at a time. */
const KEPT = 65_536;

/** Whether a mixture can be made for it: a network with a dense layer, strain weights and the loss "score". */
export function canHaveMixture({
  network,
  outputs,
  training,
}: Pick<ModelCard, "network" | "outputs" | "training">): boolean {
  return (
    training.loss === "score" &&
    featureCount(network.layers) > 0 &&
    outputs.some(({ label }) => isStrainWeight(label)) &&
    outputs.some(({ label }) => label === "thickness")
  );
}

/** Trains several answers to each scan beside a network's one.
 *  @throws {InvalidParameterError} for networks of which none can be made; `signal.reason` where it is aborted
 *  @example
 *  const mixture = await trainMixture(model, { samples: 300_000 });
 *  const files = await encodeModel({ ...model, mixture }); // model.json, weights.bin, mixture.bin */
export async function trainMixture(model: Model, options: MixtureOptions = {}): Promise<Mixture> {
  const { card } = model,
    { network: spec, preset, labels, outputs, training } = card;
  const {
    samples = 300_000,
    hypotheses = 32,
    hidden = 192,
    seed = 1,
    noise = training.noise as NoiseKind,
    signal,
  } = options;
  for (const [name, value, least, most] of [
    ["samples", samples, 1, 100_000_000],
    ["hypotheses", hypotheses, 1, 256],
    ["hidden", hidden, 1, 4096],
    ["seed", seed, 0, 2 ** 50],
  ] as const)
    requireInteger(name, value, least, most);
  if (!canHaveMixture(card))
    throw new InvalidParameterError(
      "model",
      'one of the loss "score" that says strain weights and thickness, with a dense layer',
      card.name,
    );
  const { tf } = await openBackend({ purpose: "training", backend: "wasm" });
  await attachKernels(tf);
  const generator = await createGenerator(preset, { noise }),
    stream = streamSeed(seed, "mixture"),
    network = openNetwork(tf, model),
    learner = new MixtureLearner(
      tf,
      { network: spec, outputs, labels },
      { hypotheses, hidden, seed, kept: Math.min(KEPT, samples) },
    );
  try {
    let smooth = NaN;
    for (let first = 0; first < samples; first += BATCH) {
      signal?.throwIfAborted();
      const count = Math.min(BATCH, samples - first),
        { inputs, extras, labels: drawn } = generator.generate(stream, first, count);
      learner.add({
        ...(await network.pass(inputs, extras, true)),
        labels: pickLabels(drawn, generator.labelNames, labels),
      });
      for (let k = 0; k < VISITS; k++) {
        const loss = learner.step((first + (count * k) / VISITS) / samples, BATCH);
        smooth = Number.isNaN(smooth) ? loss : 0.99 * smooth + 0.01 * loss;
      }
      options.onProgress?.(first + count, samples, smooth);
    }
    return { hypotheses, hidden, samples, noise, seed, weights: await learner.weights() };
  } finally {
    learner.dispose();
    network.dispose();
  }
}
