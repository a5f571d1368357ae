/** Losses, differentiable on every backend. */
import type { Scalar, Tensor, Tensor2D } from "@tensorflow/tfjs-core";
import { InvalidParameterError } from "../errors.ts";
import { isDisorderWeight, isStrainWeight, type LossName, type Output, STRAIN } from "./outputs.ts";
import type { Tf } from "./ops.ts";

/** Depths at which strain is compared. */
export const DEPTHS = 49;
/** Relative error up to which the loss is quadratic: the 10 % of Table 2. */
export const THRESHOLD = 0.1;

export type Loss = (raw: Tensor2D, labels: Tensor2D) => Scalar;

/** @param labels names of the columns of the labels
 *  @returns the mean over the batch */
export function lossOf(tf: Tf, name: LossName, outputs: readonly Output[], labels: readonly string[]): Loss {
  return name === "range" ? rangeLoss(tf, outputs, labels) : scoreLoss(tf, outputs, labels);
}

/** Mean squared error of the labels scaled to [0, 1]: z/2 + 1/2 of each output. */
function rangeLoss(tf: Tf, outputs: readonly Output[], labels: readonly string[]): Loss {
  const order = outputs.map(({ label }) => labels.indexOf(label));
  if (order.some((at, k) => at !== k) || outputs.length !== labels.length)
    throw new InvalidParameterError(
      "outputs",
      "one a label, in their order",
      outputs.map(({ label }) => label).join(", "),
    );
  return (raw, truth) => {
    const centre = tf.tensor1d(outputs.map((output) => output.centre)),
      half = tf.tensor1d(outputs.map((output) => output.half));
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
    const middles = tf.add(tf.range(0, count), 2),
      u = tf.abs(tf.sub(tf.mul(tf.reshape(heights, [rows, depths, 1]), count), middles));
    const outer = tf.relu(tf.sub(2, u)),
      inner = tf.relu(tf.sub(1, u));
    const basis = tf.div(
      tf.sub(tf.mul(outer, tf.square(outer)), tf.mul(4, tf.mul(inner, tf.square(inner)))),
      6,
    );
    return tf.sum(tf.mul(basis, tf.reshape(weights, [rows, 1, count])), 2) as Tensor2D;
  });
}

/** ρ(x) = √(1 + (x/0.1)²) − 1: quadratic inside the threshold, linear beyond. */
function rho(tf: Tf, x: Tensor): Tensor {
  return tf.sub(tf.sqrt(tf.add(1, tf.square(tf.div(x, THRESHOLD)))), 1);
}

/** 2ρ(2σ_e/e_max) + ½ρ(Δln t) + ½ρ(Δln e_max) + ½ρ(Δα) + 0.2ρ(Δln H) + ½|ΔDR|; σ_e: rms difference of the strains on the
 *  true film. With weights of the Debye–Waller factor in place of α: ½ρ(2σ_DW), its rms difference there. Other labels:
 *  0.1|Δ|, in half their spread. What the outputs do not say has no term. */
function scoreLoss(tf: Tf, outputs: readonly Output[], labels: readonly string[]): Loss {
  const names = outputs.map(({ label }) => label),
    count = labels.filter(isStrainWeight).length,
    own = labels.filter(isDisorderWeight).length;
  const wanted = count === 0 ? labels : [...labels, STRAIN],
    numbered = (name: string, count: number): string[] =>
      Array.from({ length: count }, (_, i) => `${name}${i + 1}`);
  const areTogether = [...numbered("weight", count), ...numbered("debyeWaller", own)].every(
    (name, k, all) => labels.indexOf(name) === labels.indexOf(all[0]!) + k,
  );
  if (names.join() !== wanted.join() || !areTogether || !labels.includes("thickness")) {
    throw new InvalidParameterError(
      "outputs",
      "thickness and what else is wanted, weights in their order",
      names.join(", "),
    );
  }
  return (raw, truth) => {
    const rows = raw.shape[0];
    const u = tf.add(
      tf.mul(raw, tf.tensor1d(outputs.map(({ half }) => half))),
      tf.tensor1d(outputs.map(({ centre }) => centre)),
    ) as Tensor2D;
    /** One column, or as many as stand together. */
    const column = (from: Tensor2D, name: string, width = 1): Tensor2D =>
      tf.slice(from, [0, names.indexOf(name)], [rows, width]);
    const difference = (name: string): Tensor => tf.sub(column(u, name), column(truth, name)),
      logDifference = (name: string): Tensor => tf.sub(column(u, name), tf.log(column(truth, name)));
    const grid = tf.tile(tf.reshape(tf.linspace(1, 0, DEPTHS), [1, DEPTHS]), [rows, 1]) as Tensor2D;
    const ratio = tf.mul(column(truth, "thickness"), tf.exp(tf.neg(column(u, "thickness"))));
    // Height at the predicted film of the same depth: 1 − (1 − ζ) t/t_predicted.
    const heights = tf.sub(1, tf.mul(tf.sub(1, grid), ratio)) as Tensor2D;
    const rms = (a: Tensor, b: Tensor, floor: Tensor | number): Tensor =>
      tf.sqrt(tf.add(tf.mean(tf.squaredDifference(a, b), 1, true), floor));
    const terms: Tensor[] = [];
    if (count > 0) {
      const predicted = tf.mul(column(u, "weight1", count), tf.exp(column(u, STRAIN))) as Tensor2D;
      const strain = splineTensor(tf, column(truth, "weight1", count), grid, count),
        largest = tf.max(tf.abs(strain), 1, true);
      const sigma = rms(
        splineTensor(tf, predicted, heights, count),
        strain,
        tf.mul(tf.square(largest), 1e-8),
      );
      const top = tf.maximum(
        tf.max(tf.abs(splineTensor(tf, predicted, grid, count)), 1, true),
        tf.mul(largest, 1e-3),
      );
      terms.push(
        tf.mul(2, rho(tf, tf.mul(2, tf.div(sigma, largest)))),
        tf.mul(0.5, rho(tf, tf.log(tf.div(top, largest)))),
      );
    }
    if (own > 0) {
      // 1 − DW is the spline of 1 − weights, and 0 at the interface as the strain is.
      const missing = (of: Tensor2D, at: Tensor2D): Tensor =>
        splineTensor(tf, tf.sub(1, column(of, "debyeWaller1", own)), at, own);
      terms.push(tf.mul(0.5, rho(tf, tf.mul(2, rms(missing(u, heights), missing(truth, grid), 1e-8)))));
    }
    const single: Readonly<Record<string, () => Tensor>> = {
      thickness: () => tf.mul(0.5, rho(tf, logDifference("thickness"))),
      maxStrain: () => tf.mul(0.5, rho(tf, logDifference("maxStrain"))),
      disorder: () => tf.mul(0.5, rho(tf, difference("disorder"))),
      fwhm: () => tf.mul(0.2, rho(tf, logDifference("fwhm"))),
      dynamicRange: () => tf.mul(0.5, tf.abs(difference("dynamicRange"))),
    };
    for (const { label, half } of outputs) {
      if (label !== STRAIN && !isStrainWeight(label) && !isDisorderWeight(label))
        terms.push(single[label]?.() ?? tf.mul(0.1 / half, tf.abs(difference(label))));
    }
    return tf.mean(terms.reduce((a, b) => tf.add(a, b))) as Scalar;
  };
}
