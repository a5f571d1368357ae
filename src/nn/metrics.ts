/** The accuracies of Boulle & Debelle 2023, Table 2: shares, in percent, of samples whose relative error is under 0.1; and
 *  what corresponds to them for strains with a sign and Debye–Waller weights of their own. */

import { disorderError, largestStrain, smallestDebyeWaller, strainError } from "../profile/comparison.ts";
import { weightColumns, type Weighted } from "../profile/film.ts";

/** Thickness, largest strain, smallest Debye–Waller factor, width of the resolution, dynamic range, strain profile. */
export type Measure = "t" | "emax" | "dw" | "h" | "dr" | "strain";

/** Percent; absent what a network does not say. */
export type Accuracy = Readonly<Partial<Record<Measure, number>>>;

/** Numbers for each sample; absent what its labels do not say. */
export type PerSample = Readonly<Partial<Record<Measure, Float64Array>>>;

/** Rows of labels with the names of their columns. */
export interface LabelTable {
  readonly names: readonly string[];
  /** Row-major [count][names.length]. */
  readonly labels: ArrayLike<number>;
}

const TOLERANCE = 0.1;

/** t (nm), e_max (%), DW_min, H (degrees 2θ) and DR (decades) of each row; what cannot be negative by its modulus, as in
 *  the paper. */
export function quantities(table: LabelTable): Omit<PerSample, "strain"> {
  const { names } = table,
    weights = weightsOf(table),
    disorder = disorderOf(table);
  const each = (name: string, from: (value: number) => number): Float64Array | undefined => {
    const column = names.indexOf(name);
    return column < 0
      ? undefined
      : Float64Array.from({ length: rowsOf(table) }, (_, row) =>
          from(table.labels[row * names.length + column]!),
        );
  };
  return present({
    t: each("thickness", Math.abs),
    emax:
      weights === undefined
        ? each("maxStrain", Math.abs)
        : Float64Array.from({ length: rowsOf(table) }, (_, row) => largestStrain(weights(row))),
    dw:
      disorder === undefined
        ? each("disorder", (alpha) => Math.exp(-Math.abs(alpha)))
        : Float64Array.from({ length: rowsOf(table) }, (_, row) => smallestDebyeWaller(disorder(row))),
    h: each("fwhm", Number),
    dr: each("dynamicRange", Number),
  });
}

/** (p − q)/q of each quantity that both tables hold, and the strain's rms error relative to its maximum; the rms error of
 *  a Debye–Waller factor that has weights of its own. */
export function relativeErrors(predicted: LabelTable, truth: LabelTable): PerSample {
  const found = quantities(predicted),
    actual = quantities(truth);
  const errors: Partial<Record<Measure, Float64Array>> = {};
  for (const [name, values] of Object.entries(found) as [keyof typeof found, Float64Array][]) {
    const right = actual[name];
    if (right !== undefined) errors[name] = values.map((value, row) => (value - right[row]!) / right[row]!);
  }
  const weights = weightsOf(predicted),
    trueWeights = weightsOf(truth),
    { t } = found,
    trueT = actual.t;
  if (weights !== undefined && trueWeights !== undefined && t !== undefined && trueT !== undefined) {
    errors.strain = t.map((thickness, row) =>
      strainError(weights(row), thickness, trueWeights(row), trueT[row]!),
    );
  }
  const disorder = disorderOf(predicted),
    trueDisorder = disorderOf(truth);
  if (disorder !== undefined && trueDisorder !== undefined && t !== undefined && trueT !== undefined) {
    errors.dw = t.map((thickness, row) =>
      disorderError(disorder(row), thickness, trueDisorder(row), trueT[row]!),
    );
  }
  return errors;
}

/** Shares, in percent, of errors whose modulus is under 0.1. */
export function accuracyOf(errors: PerSample): Accuracy {
  return Object.fromEntries(
    Object.entries(errors).map(([name, values]) => [
      name,
      (100 * values.filter((error) => Math.abs(error) < TOLERANCE).length) / values.length,
    ]),
  );
}

/** @param predicted row-major [count][names.length], of the same names as `truth`
 *  @returns percent */
export function accuracy(
  predicted: ArrayLike<number>,
  truth: ArrayLike<number>,
  names: readonly string[],
): Accuracy {
  return accuracyOf(relativeErrors({ names, labels: predicted }, { names, labels: truth }));
}

function rowsOf({ names, labels }: LabelTable): number {
  return labels.length / names.length;
}

/** The strain weights of a row, those of protocol "paper" by modulus; undefined where there are none. */
function weightsOf(table: LabelTable): ((row: number) => number[]) | undefined {
  const weights = rowOf(table, "strain");
  return weights === undefined || disorderOf(table) !== undefined
    ? weights
    : (row) => weights(row).map(Math.abs);
}

function disorderOf(table: LabelTable): ((row: number) => number[]) | undefined {
  return rowOf(table, "debyeWaller");
}

function rowOf({ names, labels }: LabelTable, of: Weighted): ((row: number) => number[]) | undefined {
  const columns = weightColumns(of, names);
  return columns.length === 0 ? undefined : (row) => columns.map((k) => labels[row * names.length + k]!);
}

function present<T extends object>(values: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]: Exclude<T[K], undefined>;
  };
}
