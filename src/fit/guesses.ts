/** Profiles beside one that is near the truth, to be fitted in case they explain the scan better. */
import { interpolate } from "../profile/sampled.ts";
import type { Profile } from "../types.ts";

/** Where else the strain may be largest (share of the thickness), and the share of it below which strain stays on the
 *  interface's side. */
const ORDERS = [0.1, 0.25, 0.4, 0.55, 0.7, 0.85].flatMap((place) => [0, 0.3].map((floor) => ({ place, floor })));

/** What a network mistakes most often: the thickness by a fringe, and where in the film the strain lies. */
const VARIATIONS: readonly { readonly thickness: number; readonly shift: number; readonly stretch: number }[] = [
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
    return { depth: depth.map((z) => z * thickness), strain: interpolate(depth, strain, places), debyeWaller: interpolate(depth, debyeWaller, places) };
  });
}

/** The same slices in another order: what a scan tells best is how much of the crystal has which strain, and worst which
 *  side of the maximum it is on. */
export function reordered({ depth, strain, debyeWaller }: Profile): Profile[] {
  const last = depth.length - 1, whole = depth[last]!;
  const order = Array.from(depth.keys()).sort((a, b) => Math.abs(strain[b]!) - Math.abs(strain[a]!)), largest = Math.abs(strain[order[0]!]!);
  return ORDERS.map(({ place, floor }) => {
    const shared = order.findIndex((i) => Math.abs(strain[i]!) < floor * largest), above = (shared < 0 ? last : shared) / last;
    // Depth 0 … whole to the place in `order`: both sides of the maximum take their share of what is above the floor.
    const rank = Float64Array.from(depth, (z) => {
      const u = z / whole, top = place * above;
      return u < top ? (top - u) / place : u < above ? (u - top) / (1 - place) : u;
    });
    const at = (values: Float64Array): Float64Array => rank.map((share) => values[order[Math.min(Math.round(share * last), last)]!]!);
    return { depth, strain: at(strain), debyeWaller: at(debyeWaller) };
  });
}
