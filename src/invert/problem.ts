/** What search, climbs and posterior ask of a problem: of one scan, or of several of one sample. */
import type { NormalEquations } from "../leastSquares/normalFit.ts";
import type { Films } from "./films.ts";
import type { Bounds, Terms } from "./objective.ts";
import type { Precision } from "./precision.ts";
import type { Prior } from "./prior.ts";
import type { ScanProblem } from "./scanProblem.ts";
import type { Place, Places, SplineFilm, Unknowns } from "./unknowns.ts";

/** Relative error of every intensity beside the counting: one for all scans, or one for each. */
export type ScanErrors = number | readonly number[];

/** −2 ln of the posterior density as least squares. The points of several scans stand one after the other. */
export interface Squares {
  readonly points: number;
  readonly prior: Prior;
  readonly bounds: Bounds;
  /** Strain (%) whose maximum lies at each point. */
  readonly strains: Float64Array;
  /** Of each point. */
  errors(error: ScanErrors): Float64Array;
  /** −2 ln posterior with the prior about one place; fills `normal` where wanted. */
  squares(x: Float64Array, terms: Terms, normal: NormalEquations | null): number;
  /** Mean counts. */
  mean(place: Place): Float64Array;
  /** Of each scan the points from the first to the last one whose strain is wanted; the whole scan where there are none. */
  within(isWanted: (strain: number) => boolean): Squares;
  /** The same within other bounds. */
  bounded(bounds: Bounds): Squares;
}

export interface Problem<U extends Places = Unknowns, F = SplineFilm> {
  readonly films: Films<U, F>;
  /** Where the film's unknowns stand, and those of the first scan's instrument; other scans' follow them. */
  readonly unknowns: U;
  readonly bounds: Bounds;
  readonly counts: Float64Array;
  readonly points: number;
  /** Slices · angles that were computed. */
  readonly work: number;
  /** Of each scan alone. */
  readonly scans: readonly ScanProblem<U, F>[];
  /** A place as scan k alone has it: the film and its own instrument. */
  placeIn(k: number, place: Place): Place;
  /** Of each point. */
  errors(error: ScanErrors): Float64Array;
  /** Within the bounds, in place. */
  bound(x: Float64Array): Float64Array;
  objectiveAt(precision: Precision, x: Float64Array): Squares;
  /** Sets the amplitudes, and returns the deviance of one curve a scan. */
  screen(place: Place, errors: Float64Array): number;
}
