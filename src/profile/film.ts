/** The spline film: strain, and perhaps the Debye–Waller factor, as weights of cubic B-splines on a thickness; and the labels
 *  by which training samples and networks name its numbers: "weight1" …, "debyeWaller1" … (both from the interface up),
 *  "disorder" and "thickness". */

/** A film by its labels; thickness in the unit of the labels, strain weights in %. */
export interface SplineFilm {
  readonly thickness: number;
  readonly strainWeights: readonly number[];
  /** A factor of its own … */
  readonly debyeWallerWeights?: readonly number[];
  /** … or tied to the strain: DW = exp(−disorder·(e/e_max)²). */
  readonly disorder?: number;
}

const STEMS = { strain: "weight", debyeWaller: "debyeWaller" } as const;
/** What the weights are of. */
export type Weighted = keyof typeof STEMS;

const PATTERNS: Readonly<Record<Weighted, RegExp>> = {
  strain: /^weight\d+$/,
  debyeWaller: /^debyeWaller\d+$/,
};

/** Labels of `count` weights, interface first. */
export function weightLabels(of: Weighted, count: number): string[] {
  return Array.from({ length: count }, (_, i) => `${STEMS[of]}${i + 1}`);
}

export function isWeightLabel(of: Weighted, label: string): boolean {
  return PATTERNS[of].test(label);
}

/** Places of the weights among labels, interface first; empty where there are none. */
export function weightColumns(of: Weighted, labels: readonly string[]): number[] {
  return labels.flatMap((label, k) => (isWeightLabel(of, label) ? [k] : []));
}

/** The film that a row of labels says.
 *  @param labels names of the row's numbers; "thickness" among them */
export function filmOf(labels: readonly string[], row: ArrayLike<number>): SplineFilm {
  const weights = (of: Weighted): number[] => weightColumns(of, labels).map((k) => row[k]!),
    debyeWallerWeights = weights("debyeWaller"),
    disorder = labels.indexOf("disorder");
  return {
    thickness: row[labels.indexOf("thickness")]!,
    strainWeights: weights("strain"),
    ...(debyeWallerWeights.length === 0 ? {} : { debyeWallerWeights }),
    ...(disorder < 0 ? {} : { disorder: row[disorder]! }),
  };
}
