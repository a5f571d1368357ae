/** Which points of a scan are looked at, and which are added up. */

import type { Scan } from "../types.ts";

/** Points that a scan of many is thinned to, about; and to what share of the width of its peak. */
const MOST_POINTS = 3000;
const FINEST = 1 / 6;
/** Points are stray where less than this share of all lies beyond a gap of so many steps, which is as wide as half of the others'
 *  range, too. */
const STRAY_SHARE = 0.02;
const GAP = 50;

/** Points, each of which may be several of the scan's that lie side by side. */
export interface Points {
  /** Degrees. */
  readonly twoTheta: Float64Array;
  /** A Poisson count each. */
  readonly counts: Float64Array;
  /** Mean count over the intensity in counts: how many points it is of, and what absorbers let pass. Absent where all are 1. */
  readonly transmission?: Float64Array;
}

/** Counts of the points that are used; where a scan has thousands, more than its peak's width and its fringes need, those of
 *  neighbours together, whose sum is a Poisson count, too.
 *  @param width full width at half maximum of the peak, degrees 2θ; 0: none are added up */
export function pointsOf(
  { twoTheta, intensity, attenuation }: Scan,
  used: Uint8Array,
  countUnit: number,
  width: number,
): Points {
  const kept = Array.from(used.keys()).filter((i) => used[i] === 1),
    step = medianStep(twoTheta),
    most = Math.max(Math.min(Math.floor((FINEST * width) / step), Math.ceil(kept.length / MOST_POINTS)), 1);
  const groups: number[][] = [];
  for (const i of kept) {
    const group = groups.at(-1),
      before = group?.at(-1);
    if (
      group !== undefined &&
      before !== undefined &&
      group.length < most &&
      i === before + 1 &&
      twoTheta[i] - twoTheta[before] < 2 * step
    )
      group.push(i);
    else groups.push([i]);
  }
  const sum = (of: (i: number) => number): Float64Array =>
    Float64Array.from(groups, (group) => group.reduce((total, i) => total + of(i), 0));
  const passed = (i: number): number => 1 / (attenuation?.[i] ?? 1),
    sizes = sum(() => 1);
  return {
    twoTheta: sum((i) => twoTheta[i]).map((total, k) => total / sizes[k]),
    counts: sum((i) => (intensity[i] / countUnit) * passed(i)),
    ...((most > 1 || attenuation !== undefined) && { transmission: sum(passed) }),
  };
}

function medianStep(twoTheta: Float64Array): number {
  const steps = twoTheta.subarray(1).map((t, i) => t - twoTheta[i]);
  return steps.sort()[steps.length >> 1];
}

/** A scan without the few points that lie far outside it (a motor's last place, a line of numbers that is no point), which its
 *  notes name. */
export function withoutStrayPoints(scan: Scan): Scan {
  const { twoTheta, intensity, attenuation } = scan,
    count = twoTheta.length,
    few = Math.floor(STRAY_SHARE * count),
    gap = Math.max(GAP * medianStep(twoTheta), 0.5 * (twoTheta[count - 1 - few] - twoTheta[few])),
    isGap = (i: number): boolean => twoTheta[i + 1] - twoTheta[i] > gap;
  let from = 0,
    to = count;
  for (let i = 0; i < few; i++) if (isGap(i)) from = i + 1;
  for (let i = count - 2; i >= count - 1 - few; i--) if (isGap(i)) to = i + 1;
  if (to - from === count) return scan;
  const left = [...twoTheta.subarray(0, from), ...twoTheta.subarray(to)];
  return {
    ...scan,
    twoTheta: twoTheta.slice(from, to),
    intensity: intensity.slice(from, to),
    ...(attenuation !== undefined && { attenuation: attenuation.slice(from, to) }),
    notes: [
      ...(scan.notes ?? []),
      `far outside the scan, and left out: ${left.length === 1 ? "the point" : `${left.length} points`} at ${left
        .slice(0, 5)
        .map((t) => `${t}°`)
        .join(", ")}${left.length > 5 ? ", …" : ""}`,
    ],
  };
}
