/** A model's network on a backend. */
import type { Tensor2D } from "@tensorflow/tfjs-core";
import { InvalidParameterError } from "../errors.ts";
import type { Model } from "./card.ts";
import { checkCard } from "./checkCard.ts";
import { assign, flatten } from "./gradients.ts";
import { Network } from "./network.ts";
import type { Tf } from "./ops.ts";

/** What a network makes of rows. */
export interface NetworkAnswer {
  /** Row-major [count][outputs]: numbers before the outputs' maps. */
  readonly raw: Float32Array;
  /** Row-major [count][units of the first dense layer]; empty where they were not asked for. */
  readonly features: Float32Array;
}

/** A network that computes. */
export interface OpenNetwork {
  /** @param inputs row-major [count][input length], as the generator makes them
   *  @param extras row-major [count][extras]
   *  @throws {InvalidParameterError} for rows of another length */
  pass(inputs: Float32Array, extras?: Float32Array, isWithFeatures?: boolean): Promise<NetworkAnswer>;
  dispose(): void;
}

/** Samples that pass the network together: bounds its memory. */
const BATCH = 256;

/** @throws {ModelError} where the card is not that of a model (checkCard.ts): before anything is built of it */
export function openNetwork(tf: Tf, { card, weights }: Model): OpenNetwork {
  checkCard(card);
  const network = new Network(tf, card.network),
    { inputLength, extras: known } = card.network;
  assign(tf, [...network.weights, ...network.moving], weights);

  async function pass(
    inputs: Float32Array,
    extras: Float32Array = new Float32Array(0),
    isWithFeatures = false,
  ): Promise<NetworkAnswer> {
    if (inputs.length % inputLength !== 0)
      throw new InvalidParameterError("inputs", `rows of ${inputLength} numbers`, inputs);
    const count = inputs.length / inputLength;
    if (extras.length !== count * known)
      throw new InvalidParameterError(
        "extras",
        known === 0
          ? "absent: the model is given the curve alone"
          : `rows of ${known} numbers (${card.extras?.join(", ")})`,
        extras,
      );
    const parts: NetworkAnswer[] = [];
    for (let first = 0; first < count; first += BATCH) {
      const part = Math.min(BATCH, count - first);
      const rows = (values: Float32Array, columns: number): Tensor2D =>
        tf.tensor2d(values.subarray(first * columns, (first + part) * columns), [part, columns]);
      const { raw, features } = tf.tidy(() =>
        network.pass(rows(inputs, inputLength), known === 0 ? undefined : rows(extras, known)),
      );
      parts.push({
        raw: await raw.data<"float32">(),
        features:
          isWithFeatures && features !== undefined ? await features.data<"float32">() : new Float32Array(0),
      });
      tf.dispose(features === undefined ? raw : [raw, features]);
    }
    return {
      raw: flatten(parts.map(({ raw }) => raw)),
      features: flatten(parts.map(({ features }) => features)),
    };
  }
  return { pass, dispose: () => network.dispose() };
}
