/** Optimizers whose whole state can be kept and put back, so that a training goes on where it stopped. */
import type { Tensor, Variable } from "@tensorflow/tfjs-core";
import type { Tf } from "./ops.ts";
import { adamw, hasKernels, squareSum } from "./wasmKernels.ts";

/** Ways in which weights follow gradients. */
export const optimizerNames = ["rmsprop", "adamw"] as const;
/** A way in which weights follow gradients. */
export type OptimizerName = (typeof optimizerNames)[number];

/** Keras's defaults of RMSprop; AdamW: Loshchilov & Hutter 2019, with the decay on matrices and filters alone. */
const RHO = 0.9,
  RMS_EPSILON = 1e-7;
const BETA1 = 0.9,
  BETA2 = 0.999,
  ADAM_EPSILON = 1e-8,
  DECAY = 0.01;

export class Optimizer {
  /** Steps taken. */
  step = 0;
  readonly #tf: Tf;
  readonly #name: OptimizerName;
  readonly #weights: readonly Variable[];
  readonly #first: Variable[] = [];
  readonly #second: Variable[];
  /** Exponential averages of the weights: what is kept as the model. */
  readonly averages: Variable[];
  readonly #averaging: number;

  /** @param averaging share of the old that stays at each step; 0: none is kept, the weights are the model */
  constructor(tf: Tf, name: OptimizerName, weights: readonly Variable[], averaging: number) {
    this.#tf = tf;
    this.#name = name;
    this.#weights = weights;
    this.#averaging = averaging;
    const blank = (): Variable[] =>
      weights.map((weight) => tf.tidy(() => tf.variable(tf.zerosLike(weight), false)));
    if (name === "adamw") this.#first = blank();
    this.#second = blank();
    this.averages =
      averaging > 0 ? weights.map((weight) => tf.tidy(() => tf.variable(tf.mul(weight, 1), false))) : [];
  }

  /** State beside the weights, in a fixed order. */
  get state(): Variable[] {
    return [...this.#first, ...this.#second, ...this.averages];
  }

  /** @param gradients one a weight
   *  @param limit largest norm of all gradients together */
  apply(gradients: readonly Tensor[], rate: number, limit = Infinity): void {
    const tf = this.#tf;
    this.step += 1;
    if (this.#name === "adamw" && hasKernels(tf)) this.#applyInPlace(gradients, rate, limit);
    else this.#applyByTensors(gradients, rate, limit);
  }

  /** Young averages follow faster, so that the random start is soon forgotten. */
  get #keep(): number {
    return Math.min(this.#averaging, this.step / (this.step + 9));
  }

  #applyInPlace(gradients: readonly Tensor[], rate: number, limit: number): void {
    const tf = this.#tf,
      biased = 1 - BETA1 ** this.step,
      root = Math.sqrt(1 - BETA2 ** this.step);
    const scale = Math.min(1, limit / (Math.sqrt(squareSum(tf, gradients)) + 1e-12));
    for (const [k, w] of this.#weights.entries()) {
      const numbers = {
        beta1: BETA1,
        beta2: BETA2,
        scale,
        decay: w.rank > 1 ? 1 - rate * DECAY : 1,
        rate: (rate * root) / biased,
        epsilon: ADAM_EPSILON * root,
        keep: this.#keep,
      };
      adamw(
        tf,
        { w, gradient: gradients[k]!, m: this.#first[k]!, v: this.#second[k]!, average: this.averages[k] },
        numbers,
      );
    }
  }

  #applyByTensors(gradients: readonly Tensor[], rate: number, limit: number): void {
    const tf = this.#tf;
    tf.tidy(() => {
      // One by one: a GPU's program takes eight arrays at most.
      const norm = Number.isFinite(limit)
        ? tf.sqrt(gradients.map((gradient) => tf.sum(tf.square(gradient))).reduce((a, b) => tf.add(a, b)))
        : undefined;
      const factor = norm === undefined ? tf.scalar(1) : tf.minimum(1, tf.div(limit, tf.add(norm, 1e-12)));
      const biased = 1 - BETA1 ** this.step,
        root = Math.sqrt(1 - BETA2 ** this.step);
      for (const [k, weight] of this.#weights.entries()) {
        const g = tf.mul(gradients[k]!, factor),
          second = this.#second[k]!;
        if (this.#name === "rmsprop") {
          second.assign(tf.add(tf.mul(second, RHO), tf.mul(tf.square(g), 1 - RHO)));
          weight.assign(tf.sub(weight, tf.mul(rate, tf.div(g, tf.add(tf.sqrt(second), RMS_EPSILON)))));
        } else {
          const first = this.#first[k]!;
          first.assign(tf.add(tf.mul(first, BETA1), tf.mul(g, 1 - BETA1)));
          second.assign(tf.add(tf.mul(second, BETA2), tf.mul(tf.square(g), 1 - BETA2)));
          const move = tf.div(tf.mul(first, root / biased), tf.add(tf.sqrt(second), ADAM_EPSILON * root));
          const decayed = weight.rank > 1 ? tf.mul(weight, 1 - rate * DECAY) : weight;
          weight.assign(tf.sub(decayed, tf.mul(rate, move)));
        }
        const average = this.averages[k];
        if (average !== undefined) {
          const keep = this.#keep;
          average.assign(tf.add(tf.mul(average, keep), tf.mul(weight, 1 - keep)));
        }
      }
    });
  }

  dispose(): void {
    for (const variable of this.state) variable.dispose();
  }
}
