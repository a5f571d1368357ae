/** The score loss of one answer and its derivatives in plain numbers: what `lossOf` says of a row, tens of times as fast. For
 *  trainings that weigh many answers to each sample. */
import { weightColumns } from "../profile/film.ts";
import { DEPTHS, THRESHOLD } from "./loss.ts";
import { isDisorderWeight, isStrainWeight, type Output, STRAIN } from "./outputs.ts";

/** Where derivatives with respect to an answer's numbers are added, times a factor. */
export interface GradientTarget {
  readonly into: Float32Array;
  readonly at: number;
  readonly factor: number;
}

/** Least modulus of a spline's largest value relative to the truth's. */
const LEAST_TOP = 1e-3;
/** Square of an rms difference below which it does not matter. */
const FLOOR = 1e-8;

export class RowScore {
  readonly #outputs: readonly Output[];
  /** Column of an output's truth among the labels; −1 for the strain's scale, which has none. */
  readonly #columns: readonly number[];
  readonly #strain: SplineDifference;
  readonly #disorder: SplineDifference | undefined;
  /** Places among outputs and among labels. */
  readonly #weights: { readonly output: number; readonly label: number };
  readonly #own: { readonly output: number; readonly label: number };
  readonly #thickness: { readonly output: number; readonly label: number };
  readonly #scale: number;
  /** The terms of outputs that are no weights. */
  readonly #single: readonly { readonly k: number; readonly factor: number; readonly isRounded: boolean }[];
  /** ∂loss/∂(number of an output before its map). */
  readonly #slopes: Float64Array;
  #truth: Float32Array = new Float32Array(0);
  #at = 0;
  #trueThickness = 1;

  /** @param outputs of a network that is trained with the loss "score", strain weights among them
   *  @param labels names of the truth's columns */
  constructor(outputs: readonly Output[], labels: readonly string[]) {
    const place = (label: string): { output: number; label: number } => ({
      output: outputs.findIndex((output) => output.label === label),
      label: labels.indexOf(label),
    });
    this.#outputs = outputs;
    this.#columns = outputs.map(({ label }) => labels.indexOf(label));
    this.#weights = place("weight1");
    this.#own = place("debyeWaller1");
    this.#thickness = place("thickness");
    this.#scale = place(STRAIN).output;
    this.#strain = new SplineDifference(weightColumns("strain", labels).length);
    const own = weightColumns("debyeWaller", labels).length;
    this.#disorder = own === 0 ? undefined : new SplineDifference(own);
    this.#slopes = new Float64Array(outputs.length);
    this.#single = outputs.flatMap(
      ({ label, half }, k): { k: number; factor: number; isRounded: boolean }[] => {
        if (label === STRAIN || isStrainWeight(label) || isDisorderWeight(label)) return [];
        const factor = { thickness: 0.5, maxStrain: 0.5, disorder: 0.5, fwhm: 0.2 }[label];
        if (factor !== undefined) return [{ k, factor, isRounded: true }];
        return [{ k, factor: label === "dynamicRange" ? 0.5 : 0.1 / half, isRounded: false }];
      },
    );
  }

  /** The sample that answers are compared with from now on.
   *  @param labels rows of labels; the sample's begins at `at` */
  setTruth(labels: Float32Array, at: number): void {
    this.#truth = labels;
    this.#at = at;
    this.#trueThickness = labels[at + this.#thickness.label]!;
    this.#strain.setTruth(labels, at + this.#weights.label, 0);
    this.#disorder?.setTruth(labels, at + this.#own.label, 1);
  }

  /** What of the loss is about the strain profile alone: strain and thickness. */
  profileLoss(raw: Float32Array, at: number): number {
    const { centre, half } = this.#outputs[this.#thickness.output]!;
    return (
      this.#strainTerms(raw, at) +
      0.5 * rho(centre + half * raw[at + this.#thickness.output]! - Math.log(this.#trueThickness))
    );
  }

  /** @param raw rows of a network's numbers; the answer's begins at `at`
   *  @returns the loss of the answer */
  loss(raw: Float32Array, at: number, target: GradientTarget): number {
    const outputs = this.#outputs,
      slopes = this.#slopes;
    slopes.fill(0);
    let loss = this.#strainTerms(raw, at, slopes);
    if (this.#disorder !== undefined) loss += this.#disorderTerm(this.#disorder, raw, at);
    for (const { k, factor, isRounded } of this.#single) {
      const truth = this.#truth[this.#at + this.#columns[k]!]!,
        off = this.#number(raw, at, k) - (outputs[k]!.map === "log" ? Math.log(truth) : truth);
      loss += factor * (isRounded ? rho(off) : Math.abs(off));
      slopes[k]! += factor * (isRounded ? slope(off) : Math.sign(off));
    }
    const { into, at: start, factor } = target;
    for (let k = 0; k < slopes.length; k++) into[start + k]! += factor * slopes[k]! * outputs[k]!.half;
    return loss;
  }

  /** What an output's map is applied to. */
  #number(raw: Float32Array, at: number, k: number): number {
    const { centre, half } = this.#outputs[k]!;
    return centre + half * raw[at + k]!;
  }

  /** Of the true thickness to the answer's. */
  #ratio(raw: Float32Array, at: number): number {
    return this.#trueThickness * Math.exp(-this.#number(raw, at, this.#thickness.output));
  }

  /** @param slopes absent: no derivatives */
  #strainTerms(raw: Float32Array, at: number, slopes?: Float64Array): number {
    const spline = this.#strain,
      { count, weights, largest } = spline,
      first = this.#weights.output,
      scale = Math.exp(this.#number(raw, at, this.#scale));
    for (let k = 0; k < count; k++) weights[k + 3] = this.#number(raw, at, first + k) * scale;
    const x = (2 * spline.rms(this.#ratio(raw, at), FLOOR * largest * largest)) / largest,
      found = spline.top(),
      top = Math.max(Math.abs(found.value), LEAST_TOP * largest),
      off = Math.log(top / largest);
    if (slopes !== undefined) {
      slopes[this.#thickness.output]! += spline.back(2 * slope(x) * (2 / largest));
      if (Math.abs(found.value) === top) spline.backTop(found.at, (0.5 * slope(off)) / found.value);
      for (let k = 0; k < count; k++) {
        slopes[first + k] = spline.slopes[k + 3]! * scale;
        slopes[this.#scale]! += spline.slopes[k + 3]! * weights[k + 3]!;
      }
    }
    return 2 * rho(x) + 0.5 * rho(off);
  }

  #disorderTerm(spline: SplineDifference, raw: Float32Array, at: number): number {
    const first = this.#own.output;
    for (let k = 0; k < spline.count; k++) spline.weights[k + 3] = 1 - this.#number(raw, at, first + k);
    const x = 2 * spline.rms(this.#ratio(raw, at), FLOOR);
    this.#slopes[this.#thickness.output]! += spline.back(0.5 * slope(x) * 2);
    for (let k = 0; k < spline.count; k++) this.#slopes[first + k] = -spline.slopes[k + 3]!;
    return 0.5 * rho(x);
  }
}

/** ρ(x) = √(1 + (x/0.1)²) − 1 of the score loss. */
function rho(x: number): number {
  return Math.sqrt(1 + (x / THRESHOLD) ** 2) - 1;
}

function slope(x: number): number {
  return x / (THRESHOLD * THRESHOLD * Math.sqrt(1 + (x / THRESHOLD) ** 2));
}

/** The rms difference of two cubic splines on films of their own, over the depths of the true one. */
class SplineDifference {
  readonly count: number;
  /** Those of the answer, and ∂/∂ them: weight k at k + 3, zeros beside. */
  readonly weights: Float64Array;
  readonly slopes: Float64Array;
  /** Largest modulus of the truth. */
  largest = 0;
  readonly #truth = new Float64Array(DEPTHS);
  readonly #off = new Float64Array(DEPTHS);
  /** Place of each depth in the answer's spline. */
  readonly #cell = new Int32Array(DEPTHS);
  readonly #bases = new Float64Array(4 * DEPTHS);
  /** Of the depths in a film itself. */
  readonly #ownCell = new Int32Array(DEPTHS);
  readonly #ownBases = new Float64Array(4 * DEPTHS);
  #ratio = 1;
  #rms = 0;

  constructor(count: number) {
    this.count = count;
    this.weights = new Float64Array(count + 7);
    this.slopes = new Float64Array(count + 7);
    for (let j = 0; j < DEPTHS; j++) {
      const x = (1 - j / (DEPTHS - 1)) * count,
        i = Math.min(Math.floor(x), count);
      this.#ownCell[j] = i;
      bases(x - i, this.#ownBases, 4 * j);
    }
  }

  /** @param from what the weights are subtracted from; 0: they are taken as they are */
  setTruth(labels: Float32Array, at: number, from: 0 | 1): void {
    const { weights, count } = this;
    for (let k = 0; k < count; k++) weights[k + 3] = from === 0 ? labels[at + k]! : 1 - labels[at + k]!;
    this.largest = 0;
    for (let j = 0; j < DEPTHS; j++) {
      this.#truth[j] = this.#own(j);
      this.largest = Math.max(this.largest, Math.abs(this.#truth[j]!));
    }
  }

  #own(j: number): number {
    return dot(this.weights, this.#ownCell[j]!, this.#ownBases, 4 * j);
  }

  /** @param ratio of the true thickness to the answer's
   *  @param floor of the mean square */
  rms(ratio: number, floor: number): number {
    const { weights, count } = this;
    let sum = 0;
    this.#ratio = ratio;
    for (let j = 0; j < DEPTHS; j++) {
      const x = (1 - (j / (DEPTHS - 1)) * ratio) * count;
      let value = 0;
      if (x > 0) {
        const i = Math.min(Math.floor(x), count);
        this.#cell[j] = i;
        bases(x - i, this.#bases, 4 * j);
        value = dot(weights, i, this.#bases, 4 * j);
      } else this.#cell[j] = -1;
      const off = value - this.#truth[j]!;
      this.#off[j] = off;
      sum += off * off;
    }
    this.#rms = Math.sqrt(sum / DEPTHS + floor);
    return this.#rms;
  }

  /** Derivatives of factor·rms with respect to the weights, into `slopes`.
   *  @returns that with respect to ln of the answer's thickness */
  back(factor: number): number {
    const { slopes, weights, count } = this;
    let sum = 0;
    slopes.fill(0);
    for (let j = 0; j < DEPTHS; j++) {
      const i = this.#cell[j]!;
      if (i < 0) continue;
      const g = (factor * this.#off[j]!) / (DEPTHS * this.#rms),
        b = this.#bases,
        at = 4 * j;
      slopes[i]! += g * b[at]!;
      slopes[i + 1]! += g * b[at + 1]!;
      slopes[i + 2]! += g * b[at + 2]!;
      slopes[i + 3]! += g * b[at + 3]!;
      const depth = (j / (DEPTHS - 1)) * this.#ratio;
      sum += g * steepness(weights, i, (1 - depth) * count - i) * count * depth;
    }
    return sum;
  }

  /** The answer's value of largest modulus and the depth where it is. */
  top(): { value: number; at: number } {
    let value = 0,
      at = 0;
    for (let j = 0; j < DEPTHS; j++) {
      const own = this.#own(j);
      if (Math.abs(own) > Math.abs(value)) [value, at] = [own, j];
    }
    return { value, at };
  }

  backTop(j: number, factor: number): void {
    const i = this.#ownCell[j]!;
    for (let k = 0; k < 4; k++) this.slopes[i + k]! += factor * this.#ownBases[4 * j + k]!;
  }
}

/** The four cubic B-splines that are not zero at a place f = 0 … 1 of an interval. */
function bases(f: number, into: Float64Array, at: number): void {
  const g = 1 - f;
  into[at] = (g * g * g) / 6;
  into[at + 1] = (f * f * (3 * f - 6) + 4) / 6;
  into[at + 2] = (g * g * (3 * g - 6) + 4) / 6;
  into[at + 3] = (f * f * f) / 6;
}

function dot(weights: Float64Array, i: number, b: Float64Array, at: number): number {
  return (
    weights[i]! * b[at]! +
    weights[i + 1]! * b[at + 1]! +
    weights[i + 2]! * b[at + 2]! +
    weights[i + 3]! * b[at + 3]!
  );
}

/** Derivative of a spline along an interval. */
function steepness(weights: Float64Array, i: number, f: number): number {
  const g = 1 - f;
  return (
    (-g * g * weights[i]! +
      f * (3 * f - 4) * weights[i + 1]! -
      g * (3 * g - 4) * weights[i + 2]! +
      f * f * weights[i + 3]!) /
    2
  );
}
