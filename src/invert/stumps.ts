/** Trees of one split each: the sum of their values is the logit. */
export interface StumpModel {
  readonly bias: number;
  readonly stumps: readonly {
    /** One of FEATURES (confidence.ts). */
    readonly feature: string;
    readonly at: number;
    readonly below: number;
    readonly above: number;
  }[];
  /** Confidence from which an answer is called determined. */
  readonly threshold: number;
}
