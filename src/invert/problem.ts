/** What search, climbs and posterior ask of a problem: of one scan, or of several of one sample. */
import type { Films } from "./films.ts";
import type { Bounds, ScanErrors, Squares } from "./objective.ts";
import type { Precision } from "./precision.ts";
import type { ScanProblem } from "./scanProblem.ts";
import type { Place, Places, SplineFilm, Unknowns } from "./unknowns.ts";

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
