/** What scatters, as the model of a scan sees it: R on a grid of angles with derivatives by the structure's own numbers, and how
 *  these numbers follow from the unknowns. */
import type { Wave } from "../instrument/waves.ts";
import type { AngleGrid } from "./angleGrid.ts";
import type { Precision } from "./precision.ts";
import type { Place, Places } from "./unknowns.ts";

/** How R is computed at one place. */
export interface Asked {
  readonly precision: Precision;
  readonly withDerivatives: boolean;
  /** Where work is counted: slices · angles. */
  readonly done: { work: number };
}

export interface Structure {
  readonly unknowns: Places;
  /** Numbers that R has derivatives by. */
  readonly columns: number;
  /** θ in radians, ascending, on which R is resolved.
   *  @param range radians
   *  @param asked thickest: nm, of all that interferes; fwhm: of the resolution, degrees 2θ, about */
  angles(
    range: readonly [number, number],
    wave: Wave,
    asked: { readonly thickest: number; readonly fwhm: number; readonly coarseness: number },
  ): Float64Array;
  grid(wave: Wave, theta: Float64Array): AngleGrid;
  /** Address of R, f64[grid], and where derivatives are wanted of f64[1 + columns][grid], in the caller's scope. */
  put(wave: Wave, grid: AngleGrid, place: Place, asked: Asked): number;
  /** How each number depends on the unknowns, at a place: pairs of an unknown and ∂number/∂unknown. */
  chain(place: Place): Chain;
}

/** For each number its pairs (unknown, factor): those of number a are `first[a]` … `first[a + 1]` − 1. */
export interface Chain {
  readonly first: Int32Array;
  readonly unknowns: Int32Array;
  readonly factors: Float64Array;
}
