/** The gradient of the loss over a slice of the samples: the work that each worker of a training does. */
import type { Scalar, Tensor, Tensor2D } from "@tensorflow/tfjs-core";
import type { Batch } from "../dataset/generator.ts";
import { lossOf, type Loss } from "./loss.ts";
import { Network, type NetworkSpec } from "./network.ts";
import type { Tf } from "./ops.ts";
import { type LossName, type Output, pickLabels } from "./outputs.ts";

/** Everything that says what is trained, but for the samples. */
export interface Task {
  /** Its layers. */
  readonly network: NetworkSpec;
  /** What is made small. */
  readonly loss: LossName;
  /** What the outputs mean. */
  readonly outputs: readonly Output[];
  /** What the network says of a sample. */
  readonly labels: readonly string[];
  /** What the samples are labelled with, where that is more. */
  readonly drawn?: readonly string[];
  /** What the network is given beside the curve; absent: nothing. */
  readonly extras?: readonly string[];
  /** What training normalises by: the moments of every batch (absent), or those of the model that it starts from. */
  readonly moments?: "start";
}

export class Learner {
  readonly network: Network;
  readonly #tf: Tf;
  readonly #loss: Loss;
  readonly #task: Task;

  constructor(tf: Tf, task: Task, seed = 0) {
    const { network, loss, outputs, labels } = task;
    this.#tf = tf;
    this.#task = task;
    this.network = new Network(tf, network, seed);
    this.#loss = lossOf(tf, loss, outputs, labels);
  }

  /** @returns the mean loss, and gradients in the order of the network's weights; theirs to dispose */
  gradients(batch: Batch): { loss: Scalar; gradients: Tensor[] } {
    const tf = this.#tf,
      { weights } = this.network,
      moments: Tensor[] | undefined = this.#task.moments === "start" ? undefined : [];
    const { value, grads } = tf.tidy(() => {
      const { curves, extras, labels } = this.#tensors(batch);
      return tf.variableGrads(
        () => this.#loss(this.network.forward(curves, extras, moments), labels),
        weights,
      );
    });
    if (moments !== undefined) tf.dispose(moments);
    return { loss: value, gradients: weights.map(({ name }) => grads[name]!) };
  }

  /** Moments of every normalisation over a batch, in the order of `network.moving`. */
  moments(batch: Batch): Tensor[] {
    const moments: Tensor[] = [];
    this.#tf.tidy(() => {
      const { curves, extras } = this.#tensors(batch);
      this.network.forward(curves, extras, moments);
    });
    return moments;
  }

  /** @returns [count, outputs] */
  predict(batch: Batch): Tensor2D {
    return this.#tf.tidy(() => {
      const { curves, extras } = this.#tensors(batch);
      return this.network.forward(curves, extras);
    });
  }

  loss(raw: Tensor2D, labels: Tensor2D): Scalar {
    return this.#tf.tidy(() => this.#loss(raw, labels));
  }

  /** What the network is to say of the samples, row-major [count][labels]. */
  truth({ labels }: Batch): Float32Array {
    return pickLabels(labels, this.#task.drawn ?? this.#task.labels, this.#task.labels);
  }

  #tensors(batch: Batch): { curves: Tensor2D; extras: Tensor2D | undefined; labels: Tensor2D } {
    const tf = this.#tf,
      { count, inputs, extras } = batch;
    return {
      curves: tf.tensor2d(inputs, [count, inputs.length / count]),
      extras: extras.length === 0 ? undefined : tf.tensor2d(extras, [count, extras.length / count]),
      labels: tf.tensor2d(this.truth(batch), [count, this.#task.labels.length]),
    };
  }

  dispose(): void {
    this.network.dispose();
  }
}

/** Arrays one after the other. */
export function flatten(arrays: readonly ArrayLike<number>[]): Float32Array<ArrayBuffer> {
  const flat = new Float32Array(arrays.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const values of arrays) {
    flat.set(values, at);
    at += values.length;
  }
  return flat;
}

/** The values of tensors one after the other. */
export async function read(tensors: readonly Tensor[]): Promise<Float32Array<ArrayBuffer>> {
  return flatten(await Promise.all(tensors.map((tensor) => tensor.data<"float32">())));
}

/** Gives variables the values that `read` gave. */
export function assign(
  tf: Tf,
  variables: readonly { readonly shape: number[]; readonly size: number; assign(value: Tensor): void }[],
  flat: Float32Array,
): void {
  let at = 0;
  for (const variable of variables) {
    const values = tf.tensor(flat.subarray(at, at + variable.size), variable.shape);
    variable.assign(values);
    values.dispose();
    at += variable.size;
  }
}
