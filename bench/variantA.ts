/** A training step on one thread: takagi's kernels beside "variant A", which gives stock tfjs on WASM its gradients as forward
 *  convolutions, the only fast kernel it has. */
import * as tf from "@tensorflow/tfjs-core";
import "@tensorflow/tfjs";
import "@tensorflow/tfjs-backend-wasm";
import { Network, network } from "../src/nn/network.ts";
import { samePadding } from "../src/nn/ops.ts";
import { attachKernels } from "../src/nn/wasmKernels.ts";
import { median } from "./measure.ts";

type Save = (tensors: tf.Tensor[]) => void;
const BATCH = 128;
const POINTS = 401;
const OUTPUTS = 15;

export interface StepTimes {
  readonly oursPerSecond: number;
  readonly variantAPerSecond: number;
  readonly fasterThanVariantA: number;
}

/** Network "five" on 401 points, forward and all gradients, rounds that take turns.
 *  @throws where the losses of the two differ, or their gradients */
export async function stepTimes(rounds: number): Promise<StepTimes> {
  await tf.setBackend("wasm");
  await attachKernels(tf);
  const net = new Network(tf, network("five", POINTS, OUTPUTS), 1),
    { epsilon } = net.spec.normalisation;
  const curves = tf.randomNormal([BATCH, POINTS], 0, 1, "float32", 1) as tf.Tensor2D,
    truth = tf.randomNormal([BATCH, OUTPUTS], 0, 1, "float32", 2);
  /** @returns the loss, and Σ of each array of gradients with weights that see the order */
  const step = async (forward: () => tf.Tensor, isChecked: boolean): Promise<number[]> => {
    const { value, grads } = tf.tidy(() =>
      tf.variableGrads(() => tf.mean(tf.squaredDifference(forward(), truth)) as tf.Scalar, net.weights),
    );
    const [loss] = await value.data(),
      sums: number[] = [];
    for (const { name } of isChecked ? net.weights : [])
      sums.push(
        (await grads[name]!.data<"float32">()).reduce((sum, gradient, i) => sum + gradient * Math.sin(i), 0),
      );
    tf.dispose([value, grads]);
    return [loss!, ...sums];
  };
  const ours = (isChecked = false): Promise<number[]> => {
    const moments: tf.Tensor[] = [];
    return step(() => net.forward(curves, undefined, moments), isChecked).finally(() => tf.dispose(moments));
  };
  const theirs = (isChecked = false): Promise<number[]> =>
    step(() => forwardA(net, curves, epsilon), isChecked);
  const [a, b] = [await ours(true), await theirs(true)];
  for (const [k, sum] of a.entries())
    if (!(Math.abs(b[k]! - sum) < 1e-3 * Math.abs(sum) + 1e-4))
      throw new Error(`loss or gradient ${k} of the two differ: ${sum} and ${b[k]}`);
  const times: [number[], number[]] = [[], []];
  for (let round = -1; round < rounds; round++) {
    for (const [k, run] of [ours, theirs].entries()) {
      const start = performance.now();
      await run();
      if (round >= 0) times[k]!.push(performance.now() - start);
    }
  }
  net.dispose();
  tf.dispose([curves, truth]);
  const [one, two] = times.map(median) as [number, number];
  return {
    oursPerSecond: (1000 * BATCH) / one,
    variantAPerSecond: (1000 * BATCH) / two,
    fasterThanVariantA: two / one,
  };
}

/** Convolutions and dense layers without bias, as "five" has them. */
function forwardA(net: Network, curves: tf.Tensor2D, epsilon: number): tf.Tensor {
  const weights = net.weights as unknown as tf.Tensor[];
  let at = 0,
    h: tf.Tensor = tf.reshape(curves, [BATCH, POINTS, 1, 1]);
  for (const layer of net.spec.layers) {
    const [w, gamma, beta] = weights.slice(at, (at += 3)) as [tf.Tensor, tf.Tensor1D, tf.Tensor1D];
    if (layer.kind === "convolution") h = convolution(h as tf.Tensor4D, w as tf.Tensor3D, layer.stride);
    else h = tf.reshape(product(tf.reshape(h, [BATCH, -1]), w), [BATCH, 1, 1, w.shape[1]!]);
    h = normalised(h as tf.Tensor4D, gamma, beta, epsilon);
  }
  return tf.add(product(tf.reshape(h, [BATCH, -1]), weights[at]!), weights[at + 1]!);
}

/** @param x [images, length, 1, channels] */
function convolution(x: tf.Tensor4D, w: tf.Tensor3D, stride: number): tf.Tensor {
  const [taps, channels, outputs] = w.shape;
  return tf.customGrad((x, w, save) => {
    (save as unknown as Save)([x as tf.Tensor, w as tf.Tensor]);
    return {
      value: tf.conv2d(x as tf.Tensor4D, w as tf.Tensor4D, [stride, 1], "same"),
      gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) => {
        const [x, w] = saved as [tf.Tensor4D, tf.Tensor4D];
        return [
          channels === 1 ? tf.zerosLike(x) : inputGradient(x.shape, dy as tf.Tensor4D, w, stride),
          filterGradient(x, dy as tf.Tensor4D, taps, stride),
        ];
      },
    };
  })(x, tf.reshape(w, [taps, 1, channels, outputs]));
}

/** The phases of the stride as channels of one convolution over dy. */
function inputGradient(
  [images, length, , channels]: tf.Tensor4D["shape"],
  dy: tf.Tensor4D,
  w: tf.Tensor4D,
  stride: number,
): tf.Tensor {
  const taps = w.shape[0],
    outputs = w.shape[3],
    { rows, before } = samePadding(length, taps, stride),
    most = Math.ceil(taps / stride),
    long = (rows + most - 1) * stride;
  const padded = tf.pad(w, [
    [0, most * stride - taps],
    [0, 0],
    [0, 0],
    [0, 0],
  ]);
  const filter = tf.reshape(
    tf.transpose(tf.reverse(tf.reshape(padded, [most, stride, channels, outputs]), 0), [0, 3, 1, 2]),
    [most, 1, outputs, stride * channels],
  );
  const all = tf.conv2d(
    tf.pad(dy, [
      [0, 0],
      [most - 1, most - 1],
      [0, 0],
      [0, 0],
    ]) as tf.Tensor4D,
    filter as tf.Tensor4D,
    1,
    "valid",
  );
  const wide = tf.pad(tf.reshape(all, [images, long, 1, channels]), [
    [0, 0],
    [0, Math.max(0, length + before - long)],
    [0, 0],
    [0, 0],
  ]);
  return tf.slice(wide, [0, before, 0, 0], [images, length, 1, channels]);
}

/** Images and channels change places, dy is the filter, the stride its dilation. */
function filterGradient(x: tf.Tensor4D, dy: tf.Tensor4D, taps: number, stride: number): tf.Tensor {
  const [, length, , channels] = x.shape,
    { before, after } = samePadding(length, taps, stride);
  const turned = tf.transpose(
    tf.pad(x, [
      [0, 0],
      [before, after],
      [0, 0],
      [0, 0],
    ]),
    [3, 1, 2, 0],
  );
  const all = tf.conv2d(
    turned as tf.Tensor4D,
    tf.transpose(dy, [1, 2, 0, 3]) as tf.Tensor4D,
    1,
    "valid",
    "NHWC",
    [stride, 1],
  );
  return tf.transpose(tf.slice(all, [0, 0, 0, 0], [channels, taps, 1, dy.shape[3]]), [1, 2, 0, 3]);
}

/** Pooling is a fast mean. */
function channelMeans(x: tf.Tensor4D): tf.Tensor1D {
  const [images, length, , channels] = x.shape,
    rows = length > 1 ? tf.avgPool(x, [length, 1], [length, 1], "valid") : x;
  return tf.reshape(
    tf.avgPool(tf.reshape(rows, [1, images, 1, channels]) as tf.Tensor4D, [images, 1], [images, 1], "valid"),
    [channels],
  );
}

/** Batch normalisation and max(0, ·). */
function normalised(x: tf.Tensor4D, gamma: tf.Tensor1D, beta: tf.Tensor1D, epsilon: number): tf.Tensor {
  const [images, length, , channels] = x.shape;
  const each = (values: tf.Tensor): tf.Tensor4D => tf.reshape(values, [1, 1, channels, 1]);
  return tf.customGrad((...args) => {
    const save = args.pop() as unknown as Save,
      [x, gamma, beta] = args as unknown as [tf.Tensor4D, tf.Tensor1D, tf.Tensor1D];
    const mean = channelMeans(x),
      inverse = tf.rsqrt(tf.add(channelMeans(tf.squaredDifference(x, mean)), epsilon)),
      scale = tf.mul(inverse, gamma);
    const y = tf.fused.depthwiseConv2d({
      x,
      filter: each(scale),
      strides: 1,
      pad: "valid",
      bias: tf.sub(beta, tf.mul(mean, scale)),
      activation: "relu",
    });
    save([x, y, mean, inverse, gamma]);
    return {
      value: y,
      gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) => {
        const [x, y, mean, inverse, gamma] = saved as [
          tf.Tensor4D,
          tf.Tensor4D,
          tf.Tensor,
          tf.Tensor,
          tf.Tensor,
        ];
        const dz = tf.mul(dy, tf.step(y)) as tf.Tensor4D,
          shift = channelMeans(dz),
          slope = tf.mul(inverse, tf.sub(channelMeans(tf.mul(dz, x)), tf.mul(mean, shift)));
        const scale = tf.mul(gamma, inverse),
          along = tf.neg(tf.mul(tf.mul(scale, inverse), slope)),
          rest = tf.neg(tf.add(tf.mul(scale, shift), tf.mul(along, mean)));
        const dx = tf.add(
          tf.depthwiseConv2d(x, each(along), 1, "valid"),
          tf.fused.depthwiseConv2d({ x: dz, filter: each(scale), strides: 1, pad: "valid", bias: rest }),
        );
        return [dx, tf.mul(slope, images * length), tf.mul(shift, images * length)];
      },
    };
  })(x, gamma, beta);
}

/** tfjs's own gradient of a product takes the slow way through transposed matrices. */
function product(x: tf.Tensor, w: tf.Tensor): tf.Tensor {
  return tf.customGrad((x, w, save) => {
    (save as unknown as Save)([x as tf.Tensor, w as tf.Tensor]);
    return {
      value: tf.matMul(x as tf.Tensor, w as tf.Tensor),
      gradFunc: (dy: tf.Tensor, [x, w]: tf.Tensor[]) => [
        tf.matMul(dy, tf.transpose(w!)),
        tf.matMul(tf.transpose(x!), dy),
      ],
    };
  })(x, w);
}
