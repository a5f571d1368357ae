/** The layers' operations with their gradients, the same on every backend: on WASM by kernels of ours, elsewhere by tfjs's
 *  own. Tensors are [images, length, channels]. */
import type { Tensor, Tensor1D, Tensor2D, Tensor3D, Tensor4D } from "@tensorflow/tfjs-core";
import { type ConvolutionShape, hasKernels, runKernel } from "./wasmKernels.ts";

export type Tf = typeof import("@tensorflow/tfjs-core");

/** What is normalised, each channel with a scale and a shift of its own. */
export interface Branch<T> {
  readonly x: T;
  readonly gamma: Tensor1D;
  readonly beta: Tensor1D;
  /** Constants; absent: those of x. */
  readonly moments?: Moments;
}

export interface Moments {
  readonly mean: Tensor1D;
  readonly variance: Tensor1D;
}

/** What `normalisation` gives: the output, and the moments that it was made with. */
export interface Normalised<T> {
  readonly y: T;
  readonly moments: readonly Moments[];
}

/** Zero padding as "same" means it: rows = ⌈length/stride⌉, the smaller half of the zeros before. */
export function samePadding(
  length: number,
  taps: number,
  stride: number,
): { rows: number; before: number; after: number } {
  const rows = Math.ceil(length / stride),
    zeros = Math.max((rows - 1) * stride + taps - length, 0);
  return { rows, before: zeros >> 1, after: zeros - (zeros >> 1) };
}

/** @param x [images, length, channels]
 *  @param w [taps, channels, outputs]
 *  @param bias [outputs] */
export function convolution(
  tf: Tf,
  x: Tensor3D,
  w: Tensor3D,
  bias: Tensor1D | undefined,
  stride: number,
): Tensor3D {
  const [images, length, channels] = x.shape,
    [taps, , outputs] = w.shape;
  const { rows, before } = samePadding(length, taps, stride);
  if (!hasKernels(tf)) {
    const y = tf.conv2d(
      tf.reshape(x, [images, length, 1, channels]) as Tensor4D,
      tf.reshape(w, [taps, 1, channels, outputs]) as Tensor4D,
      [stride, 1],
      "same",
    );
    return biased(tf, tf.reshape(y, [images, rows, outputs]), bias);
  }
  const shape: ConvolutionShape = { length, taps, stride, before, rows };
  const inputs = bias === undefined ? [x, w] : [x, w, bias];
  return tf.customGrad((...args) => {
    const save = args.pop() as unknown as (tensors: Tensor[]) => void;
    const [x, w, bias] = args as [Tensor3D, Tensor3D, Tensor1D | undefined];
    save([x, w]);
    return {
      value: runKernel<Tensor3D>(
        tf,
        "TakagiConvolution",
        bias === undefined ? { x, w } : { x, w, bias },
        shape,
      ),
      gradFunc: (dy: Tensor, saved: Tensor[]) => {
        const [x, w] = saved as [Tensor3D, Tensor3D];
        const gradients = [
          // The network's input needs no gradient, and is what has one channel.
          channels === 1
            ? tf.zerosLike(x)
            : runKernel<Tensor>(tf, "TakagiConvolutionInputGradient", { dy, w }, shape),
          runKernel<Tensor>(tf, "TakagiConvolutionFilterGradient", { x, dy }, shape),
        ];
        // tfjs sums over the first axes by transposing; the mean is there already.
        return bias === undefined
          ? gradients
          : [...gradients, tf.mul(runKernel<Tensor[]>(tf, "TakagiMoments", { x: dy })[0]!, images * rows)];
      },
    };
  })(...(inputs as Tensor[])) as Tensor3D;
}

/** @param x [images, channels]
 *  @param w [channels, outputs] */
export function dense(tf: Tf, x: Tensor2D, w: Tensor2D, bias: Tensor1D | undefined): Tensor2D {
  const [images, channels] = x.shape,
    outputs = w.shape[1];
  if (!hasKernels(tf)) {
    return biased(tf, tf.matMul(x, w), bias);
  }
  const shape: ConvolutionShape = { length: images, taps: 1, stride: 1, before: 0, rows: images };
  const y = tf.customGrad((x, w, save) => {
    (save as unknown as (tensors: Tensor[]) => void)([x as Tensor, w as Tensor]);
    const rows = tf.reshape(x as Tensor, [1, images, channels]),
      filter = tf.reshape(w as Tensor, [1, channels, outputs]);
    return {
      value: tf.reshape(runKernel<Tensor>(tf, "TakagiConvolution", { x: rows, w: filter }, shape), [
        images,
        outputs,
      ]),
      gradFunc: (dy: Tensor, saved: Tensor[]) => {
        const x = tf.reshape(saved[0]!, [1, images, channels]),
          w = tf.reshape(saved[1]!, [1, channels, outputs]),
          g = tf.reshape(dy, [1, images, outputs]);
        return [
          tf.reshape(runKernel<Tensor>(tf, "TakagiConvolutionInputGradient", { dy: g, w }, shape), [
            images,
            channels,
          ]),
          tf.reshape(runKernel<Tensor>(tf, "TakagiConvolutionFilterGradient", { x, dy: g }, shape), [
            channels,
            outputs,
          ]),
        ];
      },
    };
  })(x, w) as Tensor2D;
  return biased(tf, y, bias);
}

function biased<T extends Tensor>(tf: Tf, y: T, bias: Tensor1D | undefined): T {
  return bias === undefined ? y : (tf.add(y, bias) as T);
}

/** Σ over the branches of γ(x − mean)/√(variance + ε) + β, the moments being over all but the last axis.
 *  @param rectify followed by max(0, ·)
 *  @returns moments of each branch, without gradient */
export function normalisation<T extends Tensor>(
  tf: Tf,
  branches: readonly Branch<T>[],
  epsilon: number,
  rectify: boolean,
): Normalised<T> {
  if (!hasKernels(tf)) {
    const moments = branches.map(
      ({ x, moments }) => moments ?? (tf.moments(x, x.shape.map((_, axis) => axis).slice(0, -1)) as Moments),
    );
    const terms = branches.map(({ x, gamma, beta }, k) => {
      const { mean, variance } = moments[k]!,
        scale = tf.mul(gamma, tf.rsqrt(tf.add(variance, epsilon)));
      return tf.add(tf.mul(x, scale), tf.sub(beta, tf.mul(mean, scale)));
    });
    const y = terms.reduce((a, b) => tf.add(a, b)) as T;
    return { y: rectify ? (tf.relu(y) as T) : y, moments };
  }
  const moments = branches.map(({ x, moments }) => {
    if (moments !== undefined) return moments;
    const [mean, variance] = runKernel<Tensor1D[]>(tf, "TakagiMoments", { x }) as [Tensor1D, Tensor1D];
    return { mean, variance };
  });
  const y = tf.customGrad((...args) => {
    const save = args.pop() as unknown as (tensors: Tensor[]) => void;
    const kept: Tensor[] = [];
    let value: Tensor | undefined;
    for (const [k, { mean, variance }] of moments.entries()) {
      const [x, gamma, beta] = args.slice(3 * k, 3 * k + 3) as [Tensor, Tensor, Tensor];
      const inverse = tf.rsqrt(tf.add(variance, epsilon)),
        scale = tf.mul(inverse, gamma),
        shift = tf.sub(beta, tf.mul(mean, scale));
      const isLast = k === moments.length - 1;
      value = runKernel<Tensor>(
        tf,
        "TakagiScaleShift",
        { x, scale, shift, ...(value === undefined ? {} : { add: value }) },
        { rectify: rectify && isLast },
      );
      kept.push(x, mean, inverse, gamma);
    }
    save([value!, ...kept]);
    return {
      value: value!,
      gradFunc: (dy: Tensor, [y, ...kept]: Tensor[]) =>
        moments.flatMap((_, k) => {
          const [x, mean, inverse, gamma] = kept.slice(4 * k, 4 * k + 4) as [Tensor, Tensor, Tensor, Tensor];
          return runKernel<Tensor[]>(
            tf,
            "TakagiNormalisationGradient",
            { x, y: y!, dy, mean, inverse, gamma },
            { rectify, isOfBatch: branches[k]!.moments === undefined },
          );
        }),
    };
  })(...branches.flatMap(({ x, gamma, beta }): Tensor[] => [x, gamma, beta])) as unknown as T;
  return { y, moments };
}

/** Larger of each two neighbours, an odd last one left out. */
export function maxPool(tf: Tf, x: Tensor3D): Tensor3D {
  const [images, length, channels] = x.shape;
  if (!hasKernels(tf)) {
    const y = tf.maxPool(tf.reshape(x, [images, length, 1, channels]) as Tensor4D, [2, 1], [2, 1], "valid");
    return tf.reshape(y, [images, length >> 1, channels]);
  }
  return tf.customGrad((x, save) => {
    (save as unknown as (tensors: Tensor[]) => void)([x as Tensor]);
    return {
      value: runKernel<Tensor3D>(tf, "TakagiMaxPool", { x: x as Tensor }),
      gradFunc: (dy: Tensor, saved: Tensor[]) =>
        runKernel<Tensor>(tf, "TakagiMaxPoolGradient", { x: saved[0]!, dy }),
    };
  })(x) as Tensor3D;
}
