/** How bands of the draws are widened so that 95 % bands hold the truth at 95 % of the depths (split conformal, Lei et al. 2018,
 *  on simulated inversions: tools/confidence.mjs). */
export const BAND = {
  /** On the half widths. */
  factor: 1,
  /** Of the largest strain, or of a Debye–Waller factor of 1. */
  floor: 0.01,
} as const;
