/** Slices of one slope, which the quick kernels need: A of all of them grows alike with the angle. In the exact form equal
 *  slices are; in the linear form the slope of a slice goes as its thickness over the sine of its own exit angle, so that
 *  thicknesses must go as that sine. */
import type { Wave } from "../instrument/waves.ts";
import { RADIANS } from "../units.ts";
import { braggAngleOf } from "./recursion.ts";

/** Points of the first guess of the path. */
const PATH_POINTS = 64;

/** Middles and thicknesses of slices, interface first, as fractions of the whole. */
export interface Cuts {
  readonly heights: Float64Array;
  readonly thicknesses: Float64Array;
}

/** Cuts of a film into `count` slices of one slope.
 *  @param strainAt strain (fraction) at a height, 0 (interface) … 1 */
export function evenSlopeCuts(wave: Wave, count: number, strainAt: (height: number) => number): Cuts {
  const heights = new Float64Array(count),
    thicknesses = new Float64Array(count);
  if (wave.deviation === "exact")
    return { heights: heights.map((_, n) => (n + 0.5) / count), thicknesses: thicknesses.fill(1 / count) };
  const bragg = braggAngleOf(wave.wavelength, wave.reflection.d),
    tangent = Math.tan(bragg),
    exit = bragg + (wave.reflection.asymmetry ?? 0) * RADIANS;
  let path = 0;
  for (let k = 0; k < PATH_POINTS; k++)
    path += 1 / (PATH_POINTS * Math.sin(exit - tangent * strainAt((k + 0.5) / PATH_POINTS)));
  // Walked up twice: the first time tells by how much the guess misses the surface.
  for (let pass = 0; pass < 2; pass++) {
    const share = path / count;
    let bottom = 0,
      thickness = 1 / count;
    for (let n = 0; n < count; n++) {
      const height = Math.min(bottom + 0.5 * thickness, 1);
      thickness = share * Math.sin(exit - tangent * strainAt(height));
      heights[n] = height;
      thicknesses[n] = thickness;
      bottom += thickness;
    }
    path /= bottom;
  }
  return { heights, thicknesses };
}
