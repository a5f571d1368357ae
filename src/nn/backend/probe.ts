/** Whether a backend computes what it should: a tiny network, forward and backward, against the same in plain loops.
 *  Of gradients only those of products and of elementwise operations: that of a convolution is not every backend's. */
import { Refusal } from "./platform.ts";
import type { Purpose, Tf } from "./types.ts";

const SAMPLES = 2;
const LENGTH = 6;
const TAPS = 3;
const CHANNELS = 2;
const OUTPUTS = 3;
const FEATURES = LENGTH * CHANNELS;
const EPSILON = 1e-3;
const TOLERANCE = 1e-4;

/** Numbers of either sign in ±1, the same everywhere. */
function numbers(count: number, phase: number): number[] {
  return Array.from({ length: count }, (_, i) => Math.sin(1.7 * i + phase));
}

const input = numbers(SAMPLES * LENGTH, 0.3);
const kernel = numbers(TAPS * CHANNELS, 1.1);
const weights = numbers(FEATURES * OUTPUTS, 2.3);

/** @throws {Refusal} where a number is off */
export async function defaultProbe(tf: Tf, purpose: Purpose): Promise<void> {
  const expected = inPlainLoops();
  const [output, gradient] = tf.tidy(() => {
    const x = tf.tensor4d(input, [SAMPLES, LENGTH, 1, 1]);
    const convolved = tf.conv2d(x, tf.tensor4d(kernel, [TAPS, 1, 1, CHANNELS]), 1, "same");
    const { mean, variance } = tf.moments(convolved, [0, 1, 2]);
    const normal = tf.mul(tf.sub(convolved, mean), tf.rsqrt(tf.add(variance, EPSILON)));
    const features = tf.reshape(tf.relu(normal), [SAMPLES, FEATURES]);
    const loss = (w: import("@tensorflow/tfjs-core").Tensor) => tf.mean(tf.square(tf.matMul(features, w)));
    const w = tf.tensor2d(weights, [FEATURES, OUTPUTS]);
    return [tf.matMul(features, w), purpose === "training" ? tf.grad(loss)(w) : undefined];
  });
  try {
    compare("a forward pass", await output.data(), expected.output);
    if (gradient !== undefined) compare("a gradient", await gradient.data(), expected.gradient);
  } finally {
    tf.dispose([output, gradient ?? []]);
  }
}

function compare(what: string, got: ArrayLike<number>, expected: readonly number[]): void {
  const scale = Math.max(...expected.map(Math.abs));
  const error = Math.max(...expected.map((value, i) => Math.abs(value - got[i]!))) / scale;
  if (!(error <= TOLERANCE))
    throw new Refusal(
      `it computes falsely: ${what} is off by ${error.toExponential(1)} of its largest value`,
    );
}

/** The same without tfjs. */
function inPlainLoops(): { readonly output: number[]; readonly gradient: number[] } {
  const features = new Array<number>(SAMPLES * FEATURES).fill(0);
  for (let n = 0; n < SAMPLES; n++) {
    for (let i = 0; i < LENGTH; i++) {
      for (let tap = 0; tap < TAPS; tap++) {
        const at = i + tap - (TAPS - 1) / 2;
        if (at < 0 || at >= LENGTH) continue;
        for (let c = 0; c < CHANNELS; c++)
          features[(n * LENGTH + i) * CHANNELS + c]! += input[n * LENGTH + at]! * kernel[tap * CHANNELS + c]!;
      }
    }
  }
  for (let c = 0; c < CHANNELS; c++) {
    const channel = features.filter((_, i) => i % CHANNELS === c);
    const mean = sum(channel) / channel.length;
    const variance = sum(channel.map((value) => (value - mean) ** 2)) / channel.length;
    for (let i = c; i < features.length; i += CHANNELS)
      features[i] = Math.max(0, (features[i]! - mean) / Math.sqrt(variance + EPSILON));
  }
  const rows = Array.from({ length: SAMPLES }, (_, n) => features.slice(n * FEATURES, (n + 1) * FEATURES));
  const output = rows.flatMap((row) =>
    Array.from({ length: OUTPUTS }, (_, o) => sum(row.map((value, f) => value * weights[f * OUTPUTS + o]!))),
  );
  const gradient = weights.map((_, i) => {
    const feature = Math.floor(i / OUTPUTS);
    return (
      (2 / output.length) * sum(rows.map((row, n) => row[feature]! * output[n * OUTPUTS + (i % OUTPUTS)]!))
    );
  });
  return { output, gradient };
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
