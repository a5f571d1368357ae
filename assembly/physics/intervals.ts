/** What the two parts of the resolution (resolution.ts, farField.ts) know of the grid's intervals. */

/** Bytes of an interval's polynomials: coefficients of 1, s, s², s³ (s = t − t_k) of the four Lagrange polynomials, then
 *  of s, s², s³ of R itself. */
export const INTERVAL: usize = 152;

/** Where a Gaussian is nothing, in half widths at half maximum. */
export const GAUSSIAN_END: f64 = 7.75;
