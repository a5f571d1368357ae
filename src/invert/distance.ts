/** How far two films of splines lie apart. */
import { strainError } from "../profile/comparison.ts";
import type { SplineFilm } from "./unknowns.ts";

/** Relative distance from the truth below which a film is right. */
export const RIGHT = 0.1;

/** rms of the strains' difference over the thicker film's depths, over the largest strain of b. */
export function distance(a: SplineFilm, b: SplineFilm): number {
  return strainError(a.strainWeights, a.thickness, b.strainWeights, b.thickness);
}
