/** Profiles beside one that is near the truth, to be fitted in case they explain the scan better. */
import { interpolate } from "../profile/sampled.ts";
import type { Profile } from "../types.ts";

/** What a network mistakes most often: the thickness by a fringe, and where in the film the strain lies. */
const VARIATIONS: readonly {
  readonly thickness: number;
  readonly shift: number;
  readonly stretch: number;
}[] = [
  { thickness: 1, shift: 0, stretch: 1 },
  { thickness: 1.08, shift: 0, stretch: 1 },
  { thickness: 0.92, shift: 0, stretch: 1 },
  { thickness: 1, shift: 0.1, stretch: 1 },
  { thickness: 1, shift: -0.1, stretch: 1 },
  { thickness: 1, shift: 0, stretch: 1.3 },
];

/** The profile itself, then others beside it: thickness ±8 %, strain and disorder shifted along the depth by a tenth of the
 *  thickness, or stretched about the middle. */
export function guessesFrom({ depth, strain, debyeWaller }: Profile): Profile[] {
  const whole = depth[depth.length - 1]!;
  return VARIATIONS.map(({ thickness, shift, stretch }) => {
    const places = depth.map((z) => whole * (0.5 + (z / whole - 0.5 - shift) / stretch));
    return {
      depth: depth.map((z) => z * thickness),
      strain: interpolate(depth, strain, places),
      debyeWaller: interpolate(depth, debyeWaller, places),
    };
  });
}
