/** Each layer's operation with its gradients: our kernels in tfjs's WASM memory against plain loops of double precision,
 *  and against tfjs's own operations on its CPU backend. */
import * as tf from "@tensorflow/tfjs-core";
import "@tensorflow/tfjs-core/dist/register_all_gradients";
import "@tensorflow/tfjs-backend-cpu";
import "@tensorflow/tfjs-backend-wasm";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { normalisation, convolution, dense, maxPool, samePadding } from "../../src/nn/ops.ts";
import { Optimizer } from "../../src/nn/optimizer.ts";
import { attachKernels, type TrainingBuild } from "../../src/nn/wasmKernels.ts";

/** Deterministic numbers in (−1, 1). */
function numbers(count: number, seed: number): Float32Array {
  let state = seed * 2654435761 + 1;
  return Float32Array.from({ length: count }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) | 0;
    return state / 2 ** 31;
  });
}

/** Largest difference relative to the largest value. */
function worst(actual: ArrayLike<number>, expected: ArrayLike<number>): number {
  expect(actual.length).toBe(expected.length);
  let largest = 0,
    difference = 0;
  for (let i = 0; i < expected.length; i++) {
    largest = Math.max(largest, Math.abs(expected[i]!));
    difference = Math.max(difference, Math.abs(actual[i]! - expected[i]!));
  }
  return difference / largest;
}

interface Shape {
  images: number;
  length: number;
  channels: number;
  taps: number;
  stride: number;
  outputs: number;
}
const SHAPES: readonly Shape[] = [
  { images: 3, length: 41, channels: 1, taps: 15, stride: 2, outputs: 16 },
  { images: 2, length: 600, channels: 4, taps: 9, stride: 4, outputs: 8 },
  { images: 5, length: 8, channels: 12, taps: 15, stride: 1, outputs: 10 },
  { images: 7, length: 3, channels: 5, taps: 5, stride: 2, outputs: 3 },
  { images: 4, length: 16, channels: 8, taps: 1, stride: 2, outputs: 24 },
  { images: 300, length: 2, channels: 3, taps: 3, stride: 1, outputs: 9 },
];

/** The same by the definition. */
function byDefinition(
  { images, length, channels, taps, stride, outputs }: Shape,
  x: Float32Array,
  w: Float32Array,
  dy: Float32Array,
) {
  const { rows, before } = samePadding(length, taps, stride);
  const y = new Float64Array(images * rows * outputs),
    dx = new Float64Array(x.length),
    dw = new Float64Array(w.length);
  for (let n = 0; n < images; n++) {
    for (let i = 0; i < rows; i++) {
      for (let k = 0; k < taps; k++) {
        const p = i * stride + k - before;
        if (p < 0 || p >= length) continue;
        for (let c = 0; c < channels; c++) {
          for (let o = 0; o < outputs; o++) {
            const at = (n * rows + i) * outputs + o,
              from = (n * length + p) * channels + c,
              weight = (k * channels + c) * outputs + o;
            y[at]! += x[from]! * w[weight]!;
            dx[from]! += dy[at]! * w[weight]!;
            dw[weight]! += dy[at]! * x[from]!;
          }
        }
      }
    }
  }
  return { y, dx, dw, rows };
}

afterAll(() => tf.setBackend("cpu"));

/** Builds that this machine takes. */
async function use(build: TrainingBuild): Promise<boolean> {
  await tf.setBackend("wasm");
  await tf.ready();
  try {
    await attachKernels(tf, { build });
    return true;
  } catch {
    return false;
  }
}

describe.each<TrainingBuild>(["scalar", "simd", "relaxed"])("kernels, %s", (build) => {
  let isTaken = false;
  beforeAll(async () => {
    isTaken = await use(build);
    if (build !== "relaxed") expect(isTaken).toBe(true);
  });

  test.each(SHAPES)("a convolution and its gradients are what their definition says: %o", async (shape) => {
    if (!isTaken) return;
    const { images, length, channels, taps, stride, outputs } = shape;
    const x = numbers(images * length * channels, 1),
      w = numbers(taps * channels * outputs, 2);
    const dy = numbers(images * samePadding(length, taps, stride).rows * outputs, 3);
    const expected = byDefinition(shape, x, w, dy);
    const tx = tf.tensor3d(x, [images, length, channels]),
      tw = tf.tensor3d(w, [taps, channels, outputs]),
      tdy = tf.tensor3d(dy, [images, expected.rows, outputs]);
    const bias = tf.zeros([outputs]) as tf.Tensor1D;
    const { value, grads } = tf.valueAndGrads((a, b, c) =>
      tf.sum(tf.mul(convolution(tf, a as tf.Tensor3D, b as tf.Tensor3D, c as tf.Tensor1D, stride), tdy)),
    )([tx, tw, bias]);
    const y = convolution(tf, tx, tw, undefined, stride);
    expect(worst(await y.data(), expected.y)).toBeLessThan(2e-6);
    if (channels > 1) expect(worst(await grads[0]!.data(), expected.dx)).toBeLessThan(2e-6);
    expect(worst(await grads[1]!.data(), expected.dw)).toBeLessThan(2e-6);
    const sums = Array.from({ length: outputs }, (_, o) =>
      dy.reduce((sum, v, i) => (i % outputs === o ? sum + v : sum), 0),
    );
    expect(worst(await grads[2]!.data(), sums)).toBeLessThan(1e-4);
    expect(Number.isFinite((await value.data())[0])).toBe(true);
  });

  test("a step of AdamW in place is the step by tensors, and so is the sum of squares", async () => {
    if (!isTaken) return;
    const run = async (): Promise<Float32Array[]> => {
      const weights = [
          tf.variable(tf.tensor2d(numbers(33, 1), [3, 11])),
          tf.variable(tf.tensor1d(numbers(7, 2))),
        ],
        optimizer = new Optimizer(tf, "adamw", weights, 0.9);
      for (let step = 0; step < 3; step++) {
        const gradients = [tf.tensor2d(numbers(33, 3 + step), [3, 11]), tf.tensor1d(numbers(7, 9 + step))];
        optimizer.apply(gradients, 0.01, 2);
        tf.dispose(gradients);
      }
      const values = await Promise.all(
        [...weights, ...optimizer.state].map((variable) => variable.data<"float32">()),
      );
      optimizer.dispose();
      tf.dispose(weights);
      return values;
    };
    const ours = await run();
    await tf.setBackend("cpu");
    const theirs = await run();
    await tf.setBackend("wasm");
    expect(ours.length).toBe(8);
    for (const [i, values] of ours.entries())
      expect(worst(values, theirs[i]!), `array ${i}`).toBeLessThan(3e-6);
  });

  test.each(["the batch", "given"])(
    "two normalised branches added and rectified agree with tfjs on its CPU backend, gradients too: moments of %s",
    async (source) => {
      if (!isTaken) return;
      const run = async () => {
        const inputs = [
          tf.tensor3d(numbers(5 * 7 * 6, 1), [5, 7, 6]),
          tf.tensor1d(numbers(6, 2)),
          tf.tensor1d(numbers(6, 3)),
          tf.tensor3d(numbers(5 * 7 * 6, 4), [5, 7, 6]),
          tf.tensor1d(numbers(6, 5)),
          tf.tensor1d(numbers(6, 6)),
        ];
        const weigh = tf.tensor3d(numbers(5 * 7 * 6, 7), [5, 7, 6]);
        const given = (seed: number): object =>
          source === "given"
            ? {
                moments: {
                  mean: tf.tensor1d(numbers(6, seed)),
                  variance: tf.square(tf.tensor1d(numbers(6, seed + 1))),
                },
              }
            : {};
        const first = given(8),
          second = given(10);
        const { value, grads } = tf.valueAndGrads((...all) => {
          const [x, gamma, beta, x2, gamma2, beta2] = all as unknown as [
            tf.Tensor3D,
            tf.Tensor1D,
            tf.Tensor1D,
            tf.Tensor3D,
            tf.Tensor1D,
            tf.Tensor1D,
          ];
          return tf.sum(
            tf.mul(
              normalisation(
                tf,
                [
                  { x, gamma, beta, ...first },
                  { x: x2, gamma: gamma2, beta: beta2, ...second },
                ],
                1e-3,
                true,
              ).y,
              weigh,
            ),
          ) as tf.Scalar;
        })(inputs);
        return [await value.data(), ...(await Promise.all(grads.map((g) => g.data())))];
      };
      const ours = await run();
      await tf.setBackend("cpu");
      const theirs = await run();
      await tf.setBackend("wasm");
      for (const [i, values] of ours.entries())
        expect(worst(values, theirs[i]!), `gradient ${i}`).toBeLessThan(3e-5);
    },
  );

  test("dense, normalisation and pooling agree with tfjs on its CPU backend, gradients too", async () => {
    if (!isTaken) return;
    const run = async () => {
      const x = tf.tensor3d(numbers(6 * 9 * 10, 4), [6, 9, 10]),
        gamma = tf.tensor1d(numbers(10, 5)),
        beta = tf.tensor1d(numbers(10, 6));
      const w = tf.tensor2d(numbers(40 * 13, 7), [40, 13]),
        bias = tf.tensor1d(numbers(13, 8)),
        weigh = tf.tensor2d(numbers(6 * 13, 9), [6, 13]);
      const { value, grads } = tf.valueAndGrads((x, gamma, beta, w, bias) => {
        const h = normalisation(
          tf,
          [{ x: x as tf.Tensor3D, gamma: gamma as tf.Tensor1D, beta: beta as tf.Tensor1D }],
          1e-3,
          true,
        ).y;
        const flat = normalisation(
          tf,
          [{ x: maxPool(tf, h), gamma: gamma as tf.Tensor1D, beta: beta as tf.Tensor1D }],
          1e-3,
          false,
        ).y;
        return tf.sum(
          tf.mul(dense(tf, tf.reshape(flat, [6, 40]), w as tf.Tensor2D, bias as tf.Tensor1D), weigh),
        ) as tf.Scalar;
      })([x, gamma, beta, w, bias]);
      return [await value.data(), ...(await Promise.all(grads.map((g) => g.data())))];
    };
    const ours = await run();
    await tf.setBackend("cpu");
    const theirs = await run();
    await tf.setBackend("wasm");
    for (const [i, values] of ours.entries())
      expect(worst(values, theirs[i]!), `gradient ${i}`).toBeLessThan(3e-5);
  });
});

test("two hundred steps leave no tensor behind", async () => {
  await use("simd");
  const x = tf.tensor3d(numbers(4 * 12 * 3, 1), [4, 12, 3]),
    w = tf.variable(tf.tensor3d(numbers(5 * 3 * 8, 2), [5, 3, 8]));
  const gamma = tf.variable(tf.ones([8]) as tf.Tensor1D),
    beta = tf.variable(tf.zeros([8]) as tf.Tensor1D);
  const step = () =>
    tf.tidy(
      () =>
        void tf.variableGrads(
          () =>
            tf.sum(
              tf.square(
                maxPool(
                  tf,
                  normalisation(tf, [{ x: convolution(tf, x, w, undefined, 2), gamma, beta }], 1e-3, true).y,
                ),
              ),
            ) as tf.Scalar,
        ),
    );
  step();
  const before = tf.memory().numTensors;
  for (let i = 0; i < 200; i++) step();
  expect(tf.memory().numTensors).toBe(before);
});
