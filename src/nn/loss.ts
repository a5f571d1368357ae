/** Losses, differentiable on every backend. */
import type { Scalar, Tensor, Tensor2D } from "@tensorflow/tfjs-core";
import { InvalidParameterError } from "../errors.ts";
import { type LossName, type Output, STRAIN } from "./outputs.ts";
import type { Tf } from "./ops.ts";

/** Depths at which strain is compared. */
const DEPTHS = 49;
/** Relative error up to which the loss is quadratic: the 10 % of Table 2. */
const THRESHOLD = 0.1;

export type Loss = (raw: Tensor2D, labels: Tensor2D) => Scalar;

/** @param labels names of the columns of the labels
 *  @returns the mean over the batch */
export function lossOf(tf: Tf, name: LossName, outputs: readonly Output[], labels: readonly string[]): Loss {
  return name === "range" ? rangeLoss(tf, outputs, labels) : scoreLoss(tf, outputs, labels);
}

/** Mean squared error of the labels scaled to [0, 1]: z/2 + 1/2 of each output. */
function rangeLoss(tf: Tf, outputs: readonly Output[], labels: readonly string[]): Loss {
  const order = outputs.map(({ label }) => labels.indexOf(label));
  if (order.some((at, k) => at !== k) || outputs.length !== labels.length) throw new InvalidParameterError("outputs", "one a label, in their order", outputs.map(({ label }) => label).join(", "));
  return (raw, truth) => {
    const centre = tf.tensor1d(outputs.map((output) => output.centre)), half = tf.tensor1d(outputs.map((output) => output.half));
    return tf.mul(tf.mean(tf.squaredDifference(raw, tf.div(tf.sub(truth, centre), half))), 0.25) as Scalar;
  };
}

/** Cubic B-splines of `count` weights on as many intervals, strain 0 at the interface (protocol "paper"): values at
 *  relative heights [rows, depths]; negative heights are below the film, where there is none.
 *  @param weights [rows, count]
 *  @returns [rows, depths] */
export function splineTensor(tf: Tf, weights: Tensor2D, heights: Tensor2D, count: number): Tensor2D {
  return tf.tidy(() => {
    const [rows, depths] = heights.shape;
    // β(u) = (max(0, 2 − |u − 2|)³ − 4 max(0, 1 − |u − 2|)³)/6, u = count·height − k.
    const middles = tf.add(tf.range(0, count), 2), u = tf.abs(tf.sub(tf.mul(tf.reshape(heights, [rows, depths, 1]), count), middles));
    const outer = tf.relu(tf.sub(2, u)), inner = tf.relu(tf.sub(1, u));
    const basis = tf.div(tf.sub(tf.mul(outer, tf.square(outer)), tf.mul(4, tf.mul(inner, tf.square(inner)))), 6);
    return tf.sum(tf.mul(basis, tf.reshape(weights, [rows, 1, count])), 2) as Tensor2D;
  });
}

/** ρ(x) = √(1 + (x/0.1)²) − 1: quadratic inside the threshold, linear beyond. */
function rho(tf: Tf, x: Tensor): Tensor {
  return tf.sub(tf.sqrt(tf.add(1, tf.square(tf.div(x, THRESHOLD)))), 1);
}

/** 2ρ(2σ_e/e_max) + ½ρ(Δln t) + ½ρ(Δln e_max) + ½ρ(Δα) + 0.2ρ(Δln H) + ½|ΔDR|; σ_e: rms difference of the strains on the
 *  true film. What the outputs do not say has no term. */
function scoreLoss(tf: Tf, outputs: readonly Output[], labels: readonly string[]): Loss {
  const count = labels.filter((label) => /^weight\d+$/.test(label)).length;
  const weights = Array.from({ length: count }, (_, i) => `weight${i + 1}`), known = [...weights, "maxStrain", "disorder", "thickness", "fwhm", "dynamicRange"];
  const names = outputs.map(({ label }) => label), wanted = count === 0 ? labels : [...labels, STRAIN];
  if (names.join() !== wanted.join() || labels.slice(0, count).join() !== weights.join() || !labels.every((label) => known.includes(label)) || !labels.includes("thickness")) {
    throw new InvalidParameterError("outputs", `weights if any, thickness, and of ${known.slice(count).join(", ")} what is wanted`, names.join(", "));
  }
  return (raw, truth) => {
    const rows = raw.shape[0];
    const u = tf.add(tf.mul(raw, tf.tensor1d(outputs.map(({ half }) => half))), tf.tensor1d(outputs.map(({ centre }) => centre))) as Tensor2D;
    const column = (from: Tensor2D, name: string): Tensor2D => tf.slice(from, [0, names.indexOf(name)], [rows, 1]);
    const difference = (name: string): Tensor => tf.sub(column(u, name), column(truth, name)), logDifference = (name: string): Tensor => tf.sub(column(u, name), tf.log(column(truth, name)));
    const terms: Tensor[] = [tf.mul(0.5, rho(tf, logDifference("thickness")))];
    if (count > 0) {
      const scale = tf.exp(column(u, STRAIN));
      const predicted = tf.mul(tf.slice(u, [0, 0], [rows, count]), scale) as Tensor2D, actual = tf.slice(truth, [0, 0], [rows, count]);
      const grid = tf.tile(tf.reshape(tf.linspace(1, 0, DEPTHS), [1, DEPTHS]), [rows, 1]) as Tensor2D;
      const ratio = tf.mul(column(truth, "thickness"), tf.exp(tf.neg(column(u, "thickness"))));
      // Height at the predicted film of the same depth: 1 − (1 − ζ) t/t_predicted.
      const heights = tf.sub(1, tf.mul(tf.sub(1, grid), ratio)) as Tensor2D;
      const strain = splineTensor(tf, actual, grid, count), largest = tf.max(strain, 1, true);
      const squares = tf.squaredDifference(splineTensor(tf, predicted, heights, count), strain);
      const sigma = tf.sqrt(tf.add(tf.mean(squares, 1, true), tf.mul(tf.square(largest), 1e-8)));
      const top = tf.maximum(tf.max(splineTensor(tf, predicted, grid, count), 1, true), tf.mul(largest, 1e-3));
      terms.push(tf.mul(2, rho(tf, tf.mul(2, tf.div(sigma, largest)))), tf.mul(0.5, rho(tf, tf.log(tf.div(top, largest)))));
    }
    if (names.includes("maxStrain")) terms.push(tf.mul(0.5, rho(tf, logDifference("maxStrain"))));
    if (names.includes("disorder")) terms.push(tf.mul(0.5, rho(tf, difference("disorder"))));
    if (names.includes("fwhm")) terms.push(tf.mul(0.2, rho(tf, logDifference("fwhm"))));
    if (names.includes("dynamicRange")) terms.push(tf.mul(0.5, tf.abs(difference("dynamicRange"))));
    return tf.mean(terms.reduce((a, b) => tf.add(a, b))) as Scalar;
  };
}
