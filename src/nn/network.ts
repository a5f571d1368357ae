/** Networks as data: a list of layers is all that a model folder keeps of one, and the same list runs on every backend. */
import type { Tensor, Tensor1D, Tensor2D, Tensor3D, Variable } from "@tensorflow/tfjs-core";
import { InvalidParameterError, requireInteger, requireOneOf } from "../errors.ts";
import { type Branch, convolution, dense, maxPool, normalisation, type Tf } from "./ops.ts";

/** Convolutions and dense layers are followed by batch normalisation and max(0, ·); "same" padding. */
export type Layer =
  | {
      readonly kind: "convolution";
      readonly taps: number;
      readonly stride: number;
      readonly channels: number;
      readonly bias: boolean;
    }
  /** Two convolutions (the second of three taps) beside a 1×1 one, added. */
  | { readonly kind: "residual"; readonly taps: number; readonly stride: number; readonly channels: number }
  | { readonly kind: "pool" }
  | { readonly kind: "dense"; readonly channels: number; readonly bias: boolean };

/** Curve → layers → (with the extra inputs joined where the dense layers begin) → linear outputs. */
export interface NetworkSpec {
  /** Of the network. */
  readonly name: string;
  /** Points of a curve. */
  readonly inputLength: number;
  /** Numbers known beforehand, beside the curve. */
  readonly extras: number;
  /** Numbers that it gives. */
  readonly outputs: number;
  /** From the curve on. */
  readonly layers: readonly Layer[];
  /** Batch normalisation: whether it has a scale γ, and its ε. Its moments are taken over fresh samples with the final
   *  weights. */
  readonly normalisation: { readonly gamma: boolean; readonly epsilon: number };
}

/** Built-in networks. */
export const networkNames = ["paper", "takagi", "five"] as const;
/** A built-in network. */
export type NetworkName = (typeof networkNames)[number];

/** A built-in network.
 *  - "paper": four blocks of Boulle & Debelle 2023, section 2.4, with Keras's defaults; 1 104 478 parameters for 1001 points
 *    and 14 outputs
 *  - "five": five convolutions, two dense layers
 *  - "takagi": residual blocks
 *  @throws {InvalidParameterError} */
export function network(name: NetworkName, inputLength: number, outputs: number, extras = 0): NetworkSpec {
  requireOneOf("network", name, networkNames);
  requireInteger("inputLength", inputLength, 64, 1_000_000);
  requireInteger("outputs", outputs, 1, 10_000);
  requireInteger("extras", extras, 0, 10_000);
  const base = { name, inputLength, extras, outputs };
  const first = inputLength > 600 ? 4 : 2;
  const conv = (taps: number, stride: number, channels: number, bias = false): Layer => ({
    kind: "convolution",
    taps,
    stride,
    channels,
    bias,
  });
  const full = (channels: number, bias = false): Layer => ({ kind: "dense", channels, bias });
  if (name === "paper") {
    const blocks = [16, 32, 64, 128].flatMap((channels, i) => [
      conv(15, 2, channels, i > 0),
      conv(15, 1, channels, true),
      { kind: "pool" } as const,
    ]);
    return {
      ...base,
      layers: [...blocks, full(1000, true), full(100, true)],
      normalisation: { gamma: false, epsilon: 1e-3 },
    };
  }
  const normalisation = { gamma: true, epsilon: 1e-3 };
  if (name === "five") {
    return {
      ...base,
      layers: [
        conv(9, first, 32),
        conv(7, 2, 48),
        conv(5, 2, 64),
        conv(5, 2, 96),
        conv(3, 2, 128),
        full(512),
        full(256),
      ],
      normalisation,
    };
  }
  const residual = (channels: number): Layer => ({ kind: "residual", taps: 5, stride: 2, channels });
  return {
    ...base,
    layers: [
      conv(9, first, 32),
      residual(48),
      residual(64),
      residual(96),
      residual(128),
      full(512),
      full(256),
    ],
    normalisation,
  };
}

/** One array of weights: its name, shape, and for a random start the fan-in and fan-out of Glorot & Bengio 2010. */
interface Slot {
  readonly name: string;
  readonly shape: readonly number[];
  readonly start: "glorot" | "zeros" | "ones";
}

/** Where a normalisation keeps its moments. */
interface Statistics {
  readonly name: string;
  readonly channels: number;
}

/** What a network makes of curves. */
type Passed = {
  /** [count, outputs]. */
  readonly raw: Tensor2D;
  /** [count, units of the first dense layer]; undefined where the network has none. */
  readonly features: Tensor2D | undefined;
};

/** A network with its weights on the backend in use. */
export class Network {
  readonly spec: NetworkSpec;
  readonly #tf: Tf;
  readonly #weights = new Map<string, Variable>();
  readonly #moving = new Map<string, Variable>();

  /** @param seed of the random start */
  constructor(tf: Tf, spec: NetworkSpec, seed = 0) {
    this.spec = spec;
    this.#tf = tf;
    const { slots, statistics } = plan(spec);
    let next = seed * 1000 + 1;
    for (const { name, shape, start } of slots) {
      const [taps, channels] = shape.length === 3 ? [shape[0]!, shape[1]!] : [1, shape[0]!],
        limit = Math.sqrt(6 / (taps * (channels + shape.at(-1)!)));
      const values =
        start === "glorot"
          ? tf.randomUniform([...shape], -limit, limit, "float32", next++)
          : start === "ones"
            ? tf.ones([...shape])
            : tf.zeros([...shape]);
      this.#weights.set(name, tf.variable(values, true));
      values.dispose();
    }
    for (const { name, channels } of statistics) {
      for (const [moment, value] of [
        ["mean", 0],
        ["variance", 1],
      ] as const) {
        const values = tf.fill([channels], value);
        this.#moving.set(`${name}.${moment}`, tf.variable(values, false));
        values.dispose();
      }
    }
  }

  /** What is trained, in a fixed order. */
  get weights(): Variable[] {
    return [...this.#weights.values()];
  }
  /** Moving means and variances, in a fixed order. */
  get moving(): Variable[] {
    return [...this.#moving.values()];
  }
  get parameterCount(): number {
    return this.weights.reduce((sum, { size }) => sum + size, 0);
  }
  /** Names and shapes of all that a model keeps: weights, then moments. */
  get layout(): { name: string; shape: number[] }[] {
    return [...this.#weights, ...this.#moving].map(([name, { shape }]) => ({ name, shape: [...shape] }));
  }

  /** @param curves [count, inputLength]
   *  @param extras [count, extras]
   *  @param moments collects mean and variance of the batch, in the order of `moving`; they are kept. Absent: the network is
   *    normalised by `moving`
   *  @returns [count, outputs] */
  forward(curves: Tensor2D, extras: Tensor2D | undefined, moments?: Tensor[]): Tensor2D {
    return this.pass(curves, extras, moments).raw;
  }

  /** As `forward`, with what the first dense layer makes of the curves. */
  pass(curves: Tensor2D, extras: Tensor2D | undefined, moments?: Tensor[]): Passed {
    const tf = this.#tf,
      { epsilon, gamma: hasGamma } = this.spec.normalisation;
    const weight = <T extends Tensor>(name: string): T => this.#weights.get(name) as unknown as T;
    /** Normalises each branch, adds them and rectifies. */
    const normal = <T extends Tensor>(named: Readonly<Record<string, T>>): T => {
      const branches = Object.entries(named).map(([name, x]): Branch<T> => {
        const beta = weight<Tensor1D>(`${name}.beta`);
        const fixed = {
          mean: this.#moving.get(`${name}.mean`)! as Tensor as Tensor1D,
          variance: this.#moving.get(`${name}.variance`)! as Tensor as Tensor1D,
        };
        return {
          x,
          beta,
          gamma: hasGamma ? weight<Tensor1D>(`${name}.gamma`) : (tf.onesLike(beta) as Tensor1D),
          ...(moments === undefined ? { moments: fixed } : {}),
        };
      });
      const { y, moments: found } = normalisation(tf, branches, epsilon, true);
      if (moments !== undefined)
        for (const { mean, variance } of found)
          moments.push(tf.keep(mean.clone()), tf.keep(variance.clone()));
      return y;
    };
    let [h, flat, features]: [Tensor3D, Tensor2D?, Tensor2D?] = [tf.reshape(curves, [...curves.shape, 1])];
    const flatten = (): Tensor2D => {
      const values = tf.reshape(h, [h.shape[0], h.shape[1] * h.shape[2]]) as Tensor2D;
      return extras === undefined || this.spec.extras === 0
        ? values
        : (tf.concat([values, extras], 1) as Tensor2D);
    };
    for (const [i, layer] of this.spec.layers.entries()) {
      const name = `${layer.kind}${i + 1}`;
      switch (layer.kind) {
        case "convolution":
          h = normal({
            [name]: convolution(
              tf,
              h,
              weight(`${name}.filters`),
              layer.bias ? weight(`${name}.bias`) : undefined,
              layer.stride,
            ),
          });
          break;
        case "residual": {
          const inner = normal({
            [`${name}.first`]: convolution(tf, h, weight(`${name}.first.filters`), undefined, layer.stride),
          });
          h = normal({
            [`${name}.second`]: convolution(tf, inner, weight(`${name}.second.filters`), undefined, 1),
            [`${name}.short`]: convolution(tf, h, weight(`${name}.short.filters`), undefined, layer.stride),
          });
          break;
        }
        case "pool":
          h = maxPool(tf, h);
          break;
        case "dense":
          flat = normal({
            [name]: dense(
              tf,
              flat ?? flatten(),
              weight(`${name}.matrix`),
              layer.bias ? weight(`${name}.bias`) : undefined,
            ),
          });
          features ??= flat;
          break;
        default:
          throw new InvalidParameterError(
            "layer.kind",
            "convolution, residual, pool or dense",
            (layer as { kind: unknown }).kind,
          );
      }
    }
    return { raw: dense(tf, flat ?? flatten(), weight("output.matrix"), weight("output.bias")), features };
  }

  dispose(): void {
    for (const variable of [...this.weights, ...this.moving]) variable.dispose();
  }
}

/** Names and shapes of all that a model of such a network keeps, in order: weights, then moments. Nothing is built.
 *  @throws {InvalidParameterError} for layers that do not follow each other */
export function layoutOf(spec: NetworkSpec): { readonly name: string; readonly shape: readonly number[] }[] {
  const { slots, statistics } = plan(spec);
  return [
    ...slots.map(({ name, shape }) => ({ name, shape })),
    ...statistics.flatMap(({ name, channels }) =>
      ["mean", "variance"].map((moment) => ({ name: `${name}.${moment}`, shape: [channels] })),
    ),
  ];
}

/** Every array of a network, in order. */
function plan({ inputLength, extras, outputs, layers, normalisation }: NetworkSpec): {
  slots: Slot[];
  statistics: Statistics[];
} {
  const slots: Slot[] = [],
    statistics: Statistics[] = [];
  let length = inputLength,
    channels = 1,
    width: number | undefined;
  const normal = (name: string, size: number): void => {
    if (normalisation.gamma) slots.push({ name: `${name}.gamma`, shape: [size], start: "ones" });
    slots.push({ name: `${name}.beta`, shape: [size], start: "zeros" });
    statistics.push({ name, channels: size });
  };
  const filters = (name: string, taps: number, from: number, to: number): void => {
    slots.push({ name: `${name}.filters`, shape: [taps, from, to], start: "glorot" });
  };
  for (const [i, layer] of layers.entries()) {
    const name = `${layer.kind}${i + 1}`;
    if (layer.kind === "pool") length >>= 1;
    else if (layer.kind === "dense") {
      width ??= length * channels + extras;
      slots.push({ name: `${name}.matrix`, shape: [width, layer.channels], start: "glorot" });
      if (layer.bias) slots.push({ name: `${name}.bias`, shape: [layer.channels], start: "zeros" });
      normal(name, layer.channels);
      width = layer.channels;
    } else if (width !== undefined)
      throw new InvalidParameterError("network.layers", "convolutions before dense layers", layer.kind);
    else {
      if (layer.kind === "convolution") {
        filters(name, layer.taps, channels, layer.channels);
        if (layer.bias) slots.push({ name: `${name}.bias`, shape: [layer.channels], start: "zeros" });
        normal(name, layer.channels);
      } else {
        for (const [part, taps, from] of [
          ["first", layer.taps, channels],
          ["second", 3, layer.channels],
          ["short", 1, channels],
        ] as const) {
          filters(`${name}.${part}`, taps, from, layer.channels);
          normal(`${name}.${part}`, layer.channels);
        }
      }
      length = Math.ceil(length / layer.stride);
      channels = layer.channels;
    }
  }
  width ??= length * channels + extras;
  slots.push(
    { name: "output.matrix", shape: [width, outputs], start: "glorot" },
    { name: "output.bias", shape: [outputs], start: "zeros" },
  );
  return { slots, statistics };
}
