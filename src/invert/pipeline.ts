/** The one call that most users make: a scan in, the answer out. */
import { fit, type FitOptions } from "../fit/fit.ts";
import type { Inversion, Reflection, Scan } from "../types.ts";

/** How an inversion is steered; all optional. */
export type InvertOptions = FitOptions;

/** Strain and disorder against depth from a measured scan, with no guess: the multi-start fit.
 *  @throws as `fit` does */
export function invert(scan: Scan, reflection: Reflection, options: InvertOptions = {}): Promise<Inversion> {
  return fit(scan, reflection, options);
}
