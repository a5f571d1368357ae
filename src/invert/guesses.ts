/** Profiles beside one that is near the truth, to be fitted in case they explain the scan better. */
import { interpolate } from "../profile/sampled.ts";
import type { Profile } from "../types.ts";

/** Where else the strain may be largest (share of the thickness), and the share of it below which strain stays on the
 *  interface's side. */
const ORDERS = [0.1, 0.25, 0.4, 0.55, 0.7, 0.85].flatMap((place) =>
  [0, 0.3].map((floor) => ({ place, floor })),
);

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

/** The same slices in other orders: what a scan tells best is how much of the crystal has which strain, and worst which
 *  side of the maximum it is on. */
export function reordered({ depth, strain, debyeWaller }: Profile): Profile[] {
  return ORDERS.map(({ place, floor }) => {
    const order = orderAbout(strain, place, floor);
    return { depth, strain: order.map((i) => strain[i]!), debyeWaller: order.map((i) => debyeWaller[i]!) };
  });
}

/** Even slices rearranged so that their strain is largest at `place` (share of their number) and falls off on both sides in
 *  proportion; strain below `floor` (share of the largest) comes last, as the interface does.
 *  @returns for each place the number of the slice that comes there */
export function orderAbout(strain: Float64Array, place: number, floor: number): Float64Array {
  const last = strain.length - 1,
    sorted = Float64Array.from(strain.keys()).sort((a, b) => Math.abs(strain[b]!) - Math.abs(strain[a]!)),
    largest = Math.abs(strain[sorted[0]!]!);
  const weak = sorted.findIndex((i) => Math.abs(strain[i]!) < floor * largest),
    above = (weak < 0 ? last : weak) / last,
    top = place * above;
  return strain.map((_, i) => {
    const u = i / last,
      rank = u < top ? (top - u) / place : u < above ? (u - top) / (1 - place) : u;
    return sorted[Math.round(rank * last)]!;
  });
}
