/** Two explanations of one scan against each other, by Schwarz's criterion: −2 ln of the likelihood and ln(points) for each number. */
import { TEMPER } from "./posterior.ts";

/** Numbers of a film of splines that a scan tells, about. */
export const FILM_NUMBERS = 6;

/** Probability of an explanation where another one has so much less −2 ln of the probability; differences count as they do among
 *  the maxima of a posterior. */
export function shareBeside(gain: number): number {
  return 1 / (1 + Math.exp(gain / (2 * TEMPER)));
}
