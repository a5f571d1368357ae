import { interpolate } from "../../src/profile/sampled.ts";
import type { Profile } from "../../src/types.ts";

/** Rms difference of two strain profiles over the thicker film, as a share of the first one's maximum. */
export function strainError(truth: Profile, found: Profile): number {
  const thickest = Math.max(truth.depth[truth.depth.length - 1]!, found.depth[found.depth.length - 1]!),
    depths = Float64Array.from({ length: 301 }, (_, i) => (i * thickest) / 300);
  const value = (p: Profile): Float64Array =>
    interpolate(p.depth, p.strain, depths).map((e, i) => (depths[i]! > p.depth[p.depth.length - 1]! ? 0 : e));
  const a = value(truth),
    b = value(found);
  return (
    Math.sqrt(a.reduce((s, e, i) => s + (e - b[i]!) ** 2, 0) / depths.length) / Math.max(...a.map(Math.abs))
  );
}
