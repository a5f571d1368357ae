/** The accuracies of Boulle & Debelle 2023, Table 2: shares, in percent, of samples whose relative error is under 0.1; and
 *  what corresponds to them for profiles with a sign or a Debye–Waller factor of their own. */

import { disorderError, largestStrain, smallestDebyeWaller, strainError } from "../profile/comparison.ts";

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

/** "weight1" … */
export function isStrainWeight(label: string): boolean {
  return /^weight\d+$/.test(label);
}

/** "debyeWaller1" … */
export function isDisorderWeight(label: string): boolean {
  return /^debyeWaller\d+$/.test(label);
}

/** t (nm), |e|_max (%), DW_min, H (degrees 2θ) and DR (decades) of each row. */
export function quantities(table: LabelTable): Omit<PerSample, "strain"> {
  const { names } = table, weights = strainOf(table), own = disorderOf(table);
  const each = (name: string, from: (value: number) => number): Float64Array | undefined => {
    const column = names.indexOf(name);
    return column < 0 ? undefined : Float64Array.from({ length: rowsOf(table) }, (_, row) => from(table.labels[row * names.length + column]!));
  };
  return present({
    t: each("thickness", Math.abs),
    emax: weights === undefined ? each("maxStrain", Math.abs) : Float64Array.from({ length: rowsOf(table) }, (_, row) => largestStrain(weights(row))),
    dw: own === undefined ? each("disorder", (alpha) => Math.exp(-Math.abs(alpha))) : Float64Array.from({ length: rowsOf(table) }, (_, row) => smallestDebyeWaller(own(row))),
    h: each("fwhm", Number),
    dr: each("dynamicRange", Number),
  });
}

/** (p − q)/q of each quantity that both tables hold, and the strain's rms error relative to its maximum. Where the
 *  Debye–Waller factor has weights of its own, `dw` is the rms error of its profile. */
export function relativeErrors(predicted: LabelTable, truth: LabelTable): PerSample {
  const found = quantities(predicted), actual = quantities(truth);
  const errors: Partial<Record<Measure, Float64Array>> = {};
  for (const [name, values] of Object.entries(found) as [keyof typeof found, Float64Array][]) {
    const right = actual[name];
    if (right !== undefined) errors[name] = values.map((value, row) => (value - right[row]!) / right[row]!);
  }
  const { t } = found, trueT = actual.t;
  const profile = (of: typeof strainOf, error: typeof strainError): Float64Array | undefined => {
    const weights = of(predicted), trueWeights = of(truth);
    return weights === undefined || trueWeights === undefined || trueT === undefined ? undefined : t?.map((thickness, row) => error(weights(row), thickness, trueWeights(row), trueT[row]!));
  };
  const strain = profile(strainOf, strainError), dw = profile(disorderOf, disorderError);
  if (dw !== undefined) errors.dw = dw;
  if (strain !== undefined) errors.strain = strain;
  return errors;
}

/** Shares, in percent, of errors whose modulus is under 0.1. */
export function accuracyOf(errors: PerSample): Accuracy {
  return Object.fromEntries(Object.entries(errors).map(([name, values]) => [name, (100 * values.filter((error) => Math.abs(error) < TOLERANCE).length) / values.length]));
}

/** @param predicted, truth row-major [count][names.length], of the same names
 *  @returns percent */
export function accuracy(predicted: ArrayLike<number>, truth: ArrayLike<number>, names: readonly string[]): Accuracy {
  return accuracyOf(relativeErrors({ names, labels: predicted }, { names, labels: truth }));
}

function rowsOf({ names, labels }: LabelTable): number {
  return labels.length / names.length;
}

/** The strain weights of a row; those of protocol "paper", which cannot be negative, by modulus, as in the paper. Undefined
 *  where there are none. */
function strainOf(table: LabelTable): ((row: number) => number[]) | undefined {
  return columnsOf(table, isStrainWeight, table.names.includes("disorder") ? Math.abs : Number);
}

function disorderOf(table: LabelTable): ((row: number) => number[]) | undefined {
  return columnsOf(table, isDisorderWeight, Number);
}

function columnsOf({ names, labels }: LabelTable, isOf: (name: string) => boolean, map: (value: number) => number): ((row: number) => number[]) | undefined {
  const columns = names.flatMap((name, k) => (isOf(name) ? [k] : []));
  return columns.length === 0 ? undefined : (row) => columns.map((k) => map(labels[row * names.length + k]!));
}

function present<T extends object>(values: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as { [K in keyof T]: Exclude<T[K], undefined> };
}
