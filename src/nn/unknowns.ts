/** Labels in the space in which a network's errors are about Gaussian: logarithms of what is positive over decades, and a
 *  strain profile's shape apart from its scale. */
import type { Preset } from "../dataset/presets.ts";
import { InvalidParameterError } from "../errors.ts";
import { isDisorderWeight, isLogarithmic, isStrainWeight, labelBounds } from "./outputs.ts";

/** Least modulus of a scale or a positive label. */
const TINY = 1e-4;

/** The unknowns of a model: one for every label, in the labels' order (ln of thickness, fwhm and maxStrain; strain weights
 *  relative to the one of largest modulus; the others as they are), then ln of that modulus, then its sign. Of protocol "paper",
 *  whose strains are tensile, the weights are taken by modulus, and the sign is 1. */
export class UnknownSpace {
  /** Names of the labels, in their order. */
  readonly labels: readonly string[];
  /** Numbers of a row. */
  readonly size: number;
  /** Columns of the labels that are strain weights, interface first. */
  readonly weights: readonly number[];
  readonly #isSigned: boolean;
  readonly #logarithmic: readonly boolean[];
  readonly #bounds: readonly (readonly [low: number, high: number])[];

  /** @param labels of the model, in its order
   *  @throws {InvalidParameterError} for labels without strain weights or thickness: they are no profile's */
  constructor(labels: readonly string[], preset: Preset) {
    this.weights = labels.flatMap((label, k) => (isStrainWeight(label) ? [k] : []));
    if (this.weights.length === 0 || !labels.includes("thickness"))
      throw new InvalidParameterError(
        "labels",
        "those of a profile: strain weights and thickness",
        labels.join(", "),
      );
    this.labels = labels;
    this.size = labels.length + 2;
    this.#isSigned = preset.protocol !== "paper";
    this.#logarithmic = labels.map(isLogarithmic);
    this.#bounds = labels.map((label) => labelBounds(preset, label));
  }

  /** Place of ln of the largest weight's modulus. */
  get scale(): number {
    return this.labels.length;
  }

  /** Place of its sign. */
  get sign(): number {
    return this.labels.length + 1;
  }

  /** @param labels a row
   *  @returns shape [size] */
  of(labels: ArrayLike<number>): Float64Array {
    const x = new Float64Array(this.size);
    let largest = TINY;
    for (const k of this.weights)
      if (Math.abs(labels[k]!) > Math.abs(largest))
        largest = this.#isSigned ? labels[k]! : Math.abs(labels[k]!);
    for (let k = 0; k < this.labels.length; k++)
      x[k] = this.#logarithmic[k] ? Math.log(Math.max(Math.abs(labels[k]!), TINY)) : labels[k]!;
    for (const k of this.weights) x[k] = (this.#isSigned ? labels[k]! : Math.abs(labels[k]!)) / largest;
    x[this.scale] = Math.log(Math.abs(largest));
    x[this.sign] = Math.sign(largest);
    return x;
  }

  /** The row of labels that unknowns stand for, within what samples can have. */
  labelsOf(x: ArrayLike<number>): Float32Array {
    const row = new Float32Array(this.labels.length),
      largest = Math.exp(x[this.scale]!) * x[this.sign]!;
    for (let k = 0; k < row.length; k++) row[k] = this.#logarithmic[k] ? Math.exp(x[k]!) : x[k]!;
    for (const k of this.weights) row[k] = largest * x[k]!;
    for (const [k, [low, high]] of this.#bounds.entries()) row[k] = Math.min(high, Math.max(low, row[k]!));
    return row;
  }

  /** What leads from a prediction to the truth: their difference, and for the sign their product. */
  residual(predicted: Float64Array, truth: Float64Array): Float64Array {
    return truth.map((value, k) => (k === this.sign ? value * predicted[k]! : value - predicted[k]!));
  }

  /** A prediction with the residual of another one: `add(p, residual(p, t))` is t. */
  add(predicted: Float64Array, residual: ArrayLike<number>): Float64Array {
    return predicted.map((value, k) => (k === this.sign ? value * residual[k]! : value + residual[k]!));
  }

  /** How much a deviation of one spread counts in each place when predictions are compared. What a network may be off by
   *  follows most of all from the shape (docs/training.md, "Several answers a scan"). */
  importance(): Float64Array {
    const each = new Float64Array(this.size).fill(1);
    for (const [k, label] of this.labels.entries())
      if (label === "thickness" || label === "disorder") each[k] = 2;
      else if (isDisorderWeight(label)) each[k] = 0.5;
    for (const k of this.weights) each[k] = 4;
    each[this.scale] = 2;
    each[this.sign] = 2;
    return each;
  }
}
