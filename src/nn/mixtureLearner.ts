/** Several answers share samples out among themselves, each in charge of what it says best: annealed multiple choice learning
 *  (Perera et al. 2024, arXiv 2407.15580) on the score loss. */
import type { Tensor, Tensor2D, Variable } from "@tensorflow/tfjs-core";
import { normals, uniforms } from "../invert/random.ts";
import { read } from "./gradients.ts";
import { type Mixture, mixtureLayout } from "./mixture.ts";
import type { NetworkSpec } from "./network.ts";
import { dense, type Tf } from "./ops.ts";
import { Optimizer } from "./optimizer.ts";
import type { Output } from "./outputs.ts";
import { RowScore } from "./rowScore.ts";
import { cosineRate } from "./train.ts";

/** What a network makes of samples, and what is true of them; row-major. */
export interface SeenSamples {
  /** [count][units of the first dense layer]. */
  readonly features: Float32Array;
  /** [count][outputs]. */
  readonly raw: Float32Array;
  /** [count][labels]. */
  readonly labels: Float32Array;
}

const RATE = 2e-3;
const GRADIENT_NORM = 5;
const AVERAGING = 0.998;
/** Temperature of the sharing out, in units of the loss: first, last, and the share of the training when it is reached. */
const HOT = 4,
  COLD = 0.05,
  COOLED = 0.8;
/** Spread of the answers at the start, in outputs' half widths. */
const SPREAD = 0.3;
/** Share of a sample from which an answer learns. */
const LEAST_SHARE = 1e-3;

export class MixtureLearner {
  readonly #tf: Tf;
  readonly #hypotheses: number;
  readonly #widths: Readonly<Record<keyof SeenSamples, number>>;
  readonly #kept: SeenSamples;
  readonly #score: RowScore;
  readonly #variables: readonly Variable[];
  readonly #optimizer: Optimizer;
  readonly #next: () => number;
  readonly #room: number;
  #added = 0;

  /** @param kept samples that are kept at a time */
  constructor(
    tf: Tf,
    {
      network,
      outputs,
      labels,
    }: {
      readonly network: Pick<NetworkSpec, "layers" | "outputs">;
      readonly outputs: readonly Output[];
      readonly labels: readonly string[];
    },
    {
      hypotheses,
      hidden,
      seed,
      kept,
    }: Pick<Mixture, "hypotheses" | "hidden" | "seed"> & { readonly kept: number },
  ) {
    const layout = mixtureLayout(network, { hypotheses, hidden }),
      features = layout[0]!.shape[0]!;
    this.#tf = tf;
    this.#hypotheses = hypotheses;
    this.#room = kept;
    this.#widths = { features, raw: outputs.length, labels: labels.length };
    this.#kept = {
      features: new Float32Array(kept * features),
      raw: new Float32Array(kept * outputs.length),
      labels: new Float32Array(kept * labels.length),
    };
    this.#score = new RowScore(outputs, labels);
    this.#next = uniforms(seed);
    const normal = normals(seed + 1),
      answers = hypotheses * outputs.length;
    this.#variables = layout.map(({ name, shape }) => {
      const size = shape.reduce((a, b) => a * b, 1),
        limit = Math.sqrt(6 / (shape[0]! + shape.at(-1)!));
      const start = Float32Array.from({ length: size }, (_, i) => {
        if (name === "output.bias") return i < answers ? SPREAD * normal() : 0;
        return name === "hidden.bias" ? 0 : limit * (2 * this.#next() - 1);
      });
      return tf.tidy(() => tf.variable(tf.tensor(start, shape)));
    });
    this.#optimizer = new Optimizer(tf, "adamw", this.#variables, AVERAGING);
  }

  /** Takes samples in, for those that were there longest where there is no more room. */
  add(samples: SeenSamples): void {
    const count = samples.raw.length / this.#widths.raw;
    for (const name of ["features", "raw", "labels"] as const) {
      const width = this.#widths[name];
      for (let row = 0; row < count; row++)
        this.#kept[name].set(
          samples[name].subarray(row * width, (row + 1) * width),
          ((this.#added + row) % this.#room) * width,
        );
    }
    this.#added += count;
  }

  /** Learns from samples out of those that are kept.
   *  @param share of the training that is done, 0 … 1
   *  @returns mean loss of the best answers */
  step(share: number, count: number): number {
    const tf = this.#tf,
      [hidden, hiddenBias, output, outputBias] = this.#variables as unknown as Tensor2D[],
      { features, raw, labels } = this.#draw(count);
    const temperature = HOT * (COLD / HOT) ** Math.min(share / COOLED, 1);
    let best = 0;
    const { value, grads } = tf.tidy(() => {
      const x = tf.tensor2d(features, [count, this.#widths.features]);
      return tf.variableGrads(() => {
        const middle = tf.relu(dense(tf, x, hidden!, hiddenBias as unknown as Tensor as never)),
          numbers = dense(tf, middle, output!, outputBias as unknown as Tensor as never);
        const loss = tf.customGrad((y) => {
          const shared = this.#share((y as Tensor).dataSync<"float32">(), { raw, labels }, temperature);
          best = shared.best;
          return {
            value: tf.scalar(shared.loss),
            gradFunc: (dy: Tensor) => tf.mul(dy, tf.tensor2d(shared.gradient, numbers.shape)),
          };
        });
        return loss(numbers) as never;
      }, this.#variables as Variable[]);
    });
    const gradients = this.#variables.map(({ name }) => grads[name]!);
    this.#optimizer.apply(gradients, cosineRate(RATE, share), GRADIENT_NORM);
    tf.dispose([value, ...gradients]);
    return best;
  }

  /** Weights as they are kept: averages over the last steps. */
  weights(): Promise<Float32Array> {
    return read(this.#optimizer.averages);
  }

  dispose(): void {
    this.#optimizer.dispose();
    for (const variable of this.#variables) variable.dispose();
  }

  #draw(count: number): SeenSamples {
    const rows = Array.from({ length: count }, () =>
      Math.floor(this.#next() * Math.min(this.#added, this.#room)),
    );
    const of = (name: keyof SeenSamples): Float32Array => {
      const width = this.#widths[name],
        values = new Float32Array(count * width);
      for (const [k, row] of rows.entries())
        values.set(this.#kept[name].subarray(row * width, (row + 1) * width), k * width);
      return values;
    };
    return { features: of("features"), raw: of("raw"), labels: of("labels") };
  }

  /** Shares samples out by what the answers' strain profiles lose: softmin at a temperature. The loss is that of the answers, each by its share,
   *  and the cross entropy of the probabilities that are said against the shares.
   *  @param numbers row-major [count][hypotheses·(outputs + 1)] */
  #share(
    numbers: Float32Array,
    { raw, labels }: Pick<SeenSamples, "raw" | "labels">,
    temperature: number,
  ): { loss: number; best: number; gradient: Float32Array } {
    const { raw: outputs, labels: known } = this.#widths,
      hypotheses = this.#hypotheses,
      width = hypotheses * (outputs + 1),
      count = numbers.length / width,
      gradient = new Float32Array(numbers.length),
      answers = new Float32Array(hypotheses * outputs),
      losses = new Float64Array(hypotheses);
    let sum = 0,
      least = 0;
    for (let row = 0; row < count; row++) {
      const at = row * width,
        logits = at + hypotheses * outputs;
      this.#score.setTruth(labels, row * known);
      for (let i = 0; i < answers.length; i++)
        answers[i] = numbers[at + i]! + raw[row * outputs + (i % outputs)]!;
      for (let k = 0; k < hypotheses; k++) losses[k] = this.#score.profileLoss(answers, k * outputs);
      const shares = softmax(losses.map((loss) => -loss / temperature)),
        said = softmax(Float64Array.from(numbers.subarray(logits, logits + hypotheses)));
      for (let k = 0; k < hypotheses; k++) {
        const share = shares[k]!;
        gradient[logits + k] = (said[k]! - share) / count;
        if (share < LEAST_SHARE) continue;
        const loss = this.#score.loss(answers, k * outputs, {
          into: gradient,
          at: at + k * outputs,
          factor: share / count,
        });
        sum += share * (loss - Math.log(Math.max(said[k]!, 1e-12)));
      }
      least += Math.min(...losses);
    }
    return { loss: sum / count, best: least / count, gradient };
  }
}

function softmax(values: Float64Array): Float64Array {
  const most = Math.max(...values),
    each = values.map((value) => Math.exp(value - most)),
    total = each.reduce((a, b) => a + b, 0);
  return each.map((value) => value / total);
}
