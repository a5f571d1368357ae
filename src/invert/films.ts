/** A way to say a film in numbers, and what is known of such films before the scan is seen. */
import type { Precision } from "./precision.ts";
import type { Prior } from "./prior.ts";
import type { Structure } from "./structure.ts";
import type { Place, Places } from "./unknowns.ts";

export interface Films<U extends Places, F> {
  /** Of the prior, as answers name it. */
  readonly name: string;
  readonly unknowns: U;
  readonly prior: Prior;
  readonly structure: Structure;
  /** Writes the bounds of the film's unknowns. */
  bound(lower: Float64Array, upper: Float64Array): void;
  /** Writes a film into x; returns the sign of its strain. */
  put(film: F, x: Float64Array): 1 | -1;
  of(place: Place): F;
  /** Relative: below 0.1 two films are alike. */
  distance(a: F, b: F): number;
  /** Of the posterior. */
  readonly precision: Precision;
  /** Of all that interferes, nm. */
  thickness(x: Float64Array): number;
}

/** Thinnest first: one model after the other, which are kept for a few thicknesses only. */
export function byThickness<P extends Place>(
  films: { thickness(x: Float64Array): number },
  places: readonly P[],
): P[] {
  return places
    .map((place) => ({ place, thickness: films.thickness(place.x) }))
    .sort((a, b) => a.thickness - b.thickness)
    .map(({ place }) => place);
}
