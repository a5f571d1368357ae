/** How far two profiles lie apart: rms over the depths of the thicker film, each unstrained and ordered beyond its own
 *  (Boulle & Debelle 2023, section 3.1). */
import type { Profile } from "../types.ts";
import { interpolate } from "./sampled.ts";

/** Depths at which profiles are compared. */
export const COMPARED_POINTS = 501;

/** A quantity against depth, 0 beyond the film. */
interface AgainstDepth {
  readonly thickness: number;
  /** @param depths ascending */
  at(depths: Float64Array): Float64Array;
}

/** rms(a − b) over the thicker film's depths. */
function rmsDifference(a: AgainstDepth, b: AgainstDepth): number {
  const deepest = Math.max(a.thickness, b.thickness),
    depths = Float64Array.from({ length: COMPARED_POINTS }, (_, k) => (k / (COMPARED_POINTS - 1)) * deepest);
  const ofA = a.at(depths),
    ofB = b.at(depths);
  return Math.sqrt(ofA.reduce((sum, value, k) => sum + (value - ofB[k]!) ** 2, 0) / COMPARED_POINTS);
}

/** Distance of two sampled profiles.
 *  @returns strain: rms of the difference over the first one's largest modulus (Infinity where that is 0 and they differ);
 *    debyeWaller: rms of the difference */
export function profileDistance(a: Profile, b: Profile): { strain: number; debyeWaller: number } {
  const largest = a.strain.reduce((most, e) => Math.max(most, Math.abs(e)), 0);
  const strain = rmsDifference(sampled(a, a.strain), sampled(b, b.strain));
  return {
    strain: strain === 0 ? 0 : strain / largest,
    debyeWaller: rmsDifference(sampled(a, missing(a.debyeWaller)), sampled(b, missing(b.debyeWaller))),
  };
}

/** What is missing of the factor is 0 beyond the film, as the strain is. */
function missing(debyeWaller: Float64Array): Float64Array {
  return debyeWaller.map((w) => 1 - w);
}

function sampled({ depth }: Profile, values: Float64Array): AgainstDepth {
  const thickness = depth[depth.length - 1]!;
  return {
    thickness,
    at: (depths) =>
      interpolate(depth, values, depths).map((value, k) => (depths[k]! > thickness ? 0 : value)),
  };
}
