import { profileDistance } from "../../src/profile/distance.ts";
import type { Profile } from "../../src/types.ts";

/** Rms difference of two strain profiles over the thicker film, as a share of the first one's maximum. */
export function strainError(truth: Profile, found: Profile): number {
  return profileDistance(truth, found).strain;
}
