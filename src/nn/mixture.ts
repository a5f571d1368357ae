/** A mixture: several answers to a scan at once, each with the probability that it is the best one, from what a network's first
 *  dense layer makes of the scan. Its file `mixture.bin` lies beside weights.bin. */
import { sha256 } from "../digest.ts";
import { ModelError } from "../errors.ts";
import { fromHalf, toHalf } from "./bytes.ts";
import type { NetworkSpec } from "./network.ts";

/** Name of the file. */
export const MIXTURE_FILE = "mixture.bin";

/** What model.json says of mixture.bin. */
export interface MixtureCard {
  /** Name of its file. */
  readonly file: typeof MIXTURE_FILE;
  /** Answers. */
  readonly hypotheses: number;
  /** Units between the network's and the answers. */
  readonly hidden: number;
  /** What it was trained on: samples, the noise of their counts, and their seed in the mixtures' stream. */
  readonly samples: number;
  /** Of their counts. */
  readonly noise: string;
  /** Of the samples. */
  readonly seed: number;
  /** Size of its file. */
  readonly bytes: number;
  /** Of its file. */
  readonly sha256: string;
}

/** A mixture as it lies in memory: two dense layers, max(0, ·) between them. Its numbers are what each answer differs by from
 *  the network's own, before the outputs' maps, answer by answer; then ln of each answer's probability, up to a constant. */
export interface Mixture extends Pick<MixtureCard, "hypotheses" | "hidden" | "samples" | "noise" | "seed"> {
  /** Arrays one after the other, in the order of `mixtureLayout`. */
  readonly weights: Float32Array;
}

/** Arrays of a mixture for a network, in the order of the file. */
export function mixtureLayout(
  { layers, outputs }: Pick<NetworkSpec, "layers" | "outputs">,
  { hypotheses, hidden }: Pick<Mixture, "hypotheses" | "hidden">,
): { name: "hidden.matrix" | "hidden.bias" | "output.matrix" | "output.bias"; shape: number[] }[] {
  const numbers = hypotheses * (outputs + 1);
  return [
    { name: "hidden.matrix", shape: [featureCount(layers), hidden] },
    { name: "hidden.bias", shape: [hidden] },
    { name: "output.matrix", shape: [hidden, numbers] },
    { name: "output.bias", shape: [numbers] },
  ];
}

/** Units of the first dense layer; 0 where a network has none. */
export function featureCount(layers: NetworkSpec["layers"]): number {
  const first = layers.find((layer) => layer.kind === "dense");
  return first?.kind === "dense" ? first.channels : 0;
}

function sizeOf(network: NetworkSpec, mixture: Pick<Mixture, "hypotheses" | "hidden">): number {
  return mixtureLayout(network, mixture).reduce(
    (sum, { shape }) => sum + shape.reduce((product, size) => product * size, 1),
    0,
  );
}

/** A mixture's answers to one scan. */
export interface Hypotheses {
  /** Row-major [hypotheses][outputs]: numbers before the outputs' maps. */
  readonly raw: Float32Array;
  /** Of each, adding to 1. */
  readonly probability: Float64Array;
}

/** @param features what the first dense layer made of the scan
 *  @param raw the network's own numbers */
export function hypothesesOf(
  { hypotheses, hidden, weights }: Mixture,
  features: Float32Array,
  raw: Float32Array,
): Hypotheses {
  const outputs = raw.length,
    middle = layer(weights, 0, features, hidden).map((value) => Math.max(value, 0)),
    numbers = layer(weights, (features.length + 1) * hidden, middle, hypotheses * (outputs + 1)),
    logits = numbers.subarray(hypotheses * outputs),
    most = Math.max(...logits),
    likely = Float64Array.from(logits, (value) => Math.exp(value - most)),
    total = likely.reduce((a, b) => a + b, 0);
  return {
    raw: Float32Array.from({ length: hypotheses * outputs }, (_, i) => numbers[i]! + raw[i % outputs]!),
    probability: likely.map((value) => value / total),
  };
}

/** A dense layer, whose matrix and then bias begin at `at` of the weights. */
function layer(
  weights: Float32Array,
  at: number,
  x: Float64Array | Float32Array,
  width: number,
): Float64Array {
  const bias = at + x.length * width,
    y = Float64Array.from(weights.subarray(bias, bias + width));
  for (let i = 0; i < x.length; i++) {
    const value = x[i]!,
      row = at + i * width;
    if (value !== 0) for (let j = 0; j < width; j++) y[j]! += value * weights[row + j]!;
  }
  return y;
}

/** @returns contents of mixture.bin: f16, little-endian; and its entry in model.json */
export async function encodeMixture({
  weights,
  hypotheses,
  hidden,
  samples,
  noise,
  seed,
}: Mixture): Promise<{ card: MixtureCard; bytes: Uint8Array<ArrayBuffer> }> {
  const bytes = toHalf(weights);
  return {
    bytes,
    card: {
      file: MIXTURE_FILE,
      hypotheses,
      hidden,
      samples,
      noise,
      seed,
      bytes: bytes.length,
      sha256: await sha256(bytes),
    },
  };
}

/** @param about what the model's card says
 *  @throws {ModelError} for what is damaged, truncated or of another model */
export async function decodeMixture(
  bytes: Uint8Array,
  about: { readonly mixture: MixtureCard; readonly network: NetworkSpec },
): Promise<Mixture> {
  const { hypotheses, hidden, samples, noise, seed, sha256: expected } = about.mixture,
    wanted = 2 * sizeOf(about.network, about.mixture);
  if (!(hypotheses > 0 && hidden > 0) || bytes.length !== wanted)
    throw new ModelError(
      `${MIXTURE_FILE} must have ${wanted} bytes (${hypotheses} answers of the model's outputs); got ${bytes.length}: it is truncated, or of another model`,
    );
  const sum = await sha256(bytes);
  if (sum !== expected)
    throw new ModelError(`${MIXTURE_FILE} is damaged: its SHA-256 is ${sum}, model.json says ${expected}`);
  const weights = fromHalf(bytes);
  if (!weights.every(Number.isFinite))
    throw new ModelError(`${MIXTURE_FILE} holds numbers that are not finite`);
  return { hypotheses, hidden, samples, noise, seed, weights };
}
