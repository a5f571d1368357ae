/** Whether a scan settles its profile: from the solutions that stand and the width of the bands. */
import type { Band, Profile, Reflection, Solution } from "../types.ts";
import { ANGSTROM_PER_NM } from "../units.ts";
import { difference } from "./solution.ts";

export interface Verdict {
  readonly verdict: "determined" | "ambiguous";
  readonly verdictReason: string;
}

/** What the verdict is about. */
export interface Evidence {
  /** Best first. */
  readonly solutions: readonly Solution[];
  readonly strainBand: Band;
  readonly isConverged: boolean;
  readonly reflection: Reflection;
  /** Counts above background beside the unstrained peak. */
  readonly filmCounts: number;
}

/** χ² per point above which the scan is not explained: the search goes on; and above which its answer is not trusted. */
export const UNEXPLAINED = 1.5;
const UNTRUSTED = 1.2;
/** Profiles alike: rms difference of the strain, as a share of its maximum. */
const ALIKE = 0.1;
/** What other profiles may weigh in a determined answer. */
const OTHERS = 0.05;
/** Largest rms half-width of the 95 % band, as a share of the strain's maximum. */
const WIDEST = 0.1;
/** Below these a profile is hard to tell, whatever the fit: net shift of the surface in lattice planes; lowest
 *  Debye–Waller factor; counts. */
const LITTLE_SHIFT = 1;
const LITTLE_DISORDER = 0.9;
const FEW_COUNTS = 2000;

/** "determined" where the fit ended at a minimum that explains the scan (χ² per point ≤ 1.2), solutions whose strain
 *  differs by more than 10 % (rms, of its maximum) have a weight of 5 % or less together, and the 95 % band of the strain is
 *  narrower than ±10 % of its maximum (rms over depth). */
export function verdictOf({ solutions, strainBand, isConverged, reflection, filmCounts }: Evidence): Verdict {
  const [best] = solutions as [Solution],
    { profile, chi2PerPoint } = best,
    largest = Math.abs(best.maxStrain);
  const ambiguous = (verdictReason: string): Verdict => ({ verdict: "ambiguous", verdictReason });
  if (chi2PerPoint > UNTRUSTED)
    return ambiguous(
      `the calculated curve does not follow the scan within its noise (χ² per point ${chi2PerPoint.toPrecision(3)}), so that the profile cannot be trusted to the width of its band`,
    );
  if (!isConverged) return ambiguous("the fit did not end at a minimum");
  if (largest === 0)
    return { verdict: "determined", verdictReason: "the unstrained crystal explains the scan" };
  const others = solutions.slice(1).filter((other) => difference(profile, other.profile) > ALIKE);
  const weight = others.reduce((sum, other) => sum + other.weight, 0);
  if (weight > OTHERS) {
    const many = others.length === 1 ? "another profile explains" : `${others.length} other profiles explain`;
    return ambiguous(
      `${many} the scan about as well${whatDiffers([best, ...others])}${causes(best, reflection, filmCounts)}`,
    );
  }
  const halves = strainBand.upper.map((upper, i) => (upper - strainBand.lower[i]) / 2),
    width = Math.sqrt(halves.reduce((sum, half) => sum + half * half, 0) / halves.length);
  if (!(width <= WIDEST * largest))
    return ambiguous(
      `the 95 % band of the strain is wide, ±${width.toPrecision(2)} % on average at a maximum of ${largest.toPrecision(3)} %${causes(best, reflection, filmCounts)}`,
    );
  return {
    verdict: "determined",
    verdictReason: `one profile explains the scan; the 95 % band of its strain is ±${width.toPrecision(2)} % on average`,
  };
}

/** The quantities in which they differ by more than a tenth, one value each. */
function whatDiffers(solutions: readonly Solution[]): string {
  const found: string[] = [];
  const compare = (
    name: string,
    unit: string,
    write: (value: number) => string,
    of: (solution: Solution) => number,
    least: number,
  ): void => {
    const values = solutions.map(of),
      low = Math.min(...values),
      high = Math.max(...values);
    if (high - low > Math.max(0.1 * Math.max(Math.abs(low), Math.abs(high)), least))
      found.push(`${name} ${[...new Set(values.map(write))].join(" or ")}${unit}`);
  };
  const nm = (value: number): string => value.toFixed(0),
    percent = (value: number): string => value.toFixed(2);
  compare("thickness", " nm", nm, ({ thickness }) => thickness, 1);
  compare("maximum strain", " %", percent, ({ maxStrain }) => maxStrain, 0.005);
  compare("its depth", " nm", nm, ({ maxStrainDepth }) => maxStrainDepth, 1);
  compare("lowest Debye–Waller factor", "", percent, ({ minDebyeWaller }) => minDebyeWaller, 0.05);
  return found.length === 0
    ? ", with the strain otherwise distributed over the depth"
    : `: ${found.join(", ")}`;
}

/** What in the sample and the scan makes it so. */
function causes({ profile, minDebyeWaller }: Solution, { d }: Reflection, filmCounts: number): string {
  const found: string[] = [],
    shift = shiftOf(profile, d);
  if (shift < LITTLE_SHIFT)
    found.push(`too little strain: it moves the surface by ${shift.toPrecision(1)} lattice spacings only`);
  if (minDebyeWaller > LITTLE_DISORDER)
    found.push(
      `too little disorder contrast (Debye–Waller factor ≥ ${minDebyeWaller.toFixed(2)}): a profile and its mirror image look nearly alike`,
    );
  if (filmCounts < FEW_COUNTS)
    found.push(
      `too few counts: ${Math.max(0, Math.round(filmCounts))} above background beside the unstrained peak`,
    );
  return found.length === 0 ? "" : ` (${found.join("; ")})`;
}

/** ∫ |e| dz in lattice spacings. */
function shiftOf({ depth, strain }: Profile, d: number): number {
  let sum = 0;
  for (let i = 1; i < depth.length; i++)
    sum += ((depth[i] - depth[i - 1]) * (Math.abs(strain[i]) + Math.abs(strain[i - 1]))) / 2;
  return (sum * ANGSTROM_PER_NM) / (100 * d);
}
