/** Numbers for superlattices whose layers are given without: the period from the distances of satellites and from fringes, its
 *  mean strain from one of the peaks. */
import { strainAgainst, strainOn } from "../../profile/stack.ts";
import type { Stack } from "../../types.ts";
import { ANGSTROM_PER_NM, RADIANS } from "../../units.ts";
import { strainAt } from "../features.ts";
import { pick } from "../random.ts";
import type { LayerProblem } from "./layerProblem.ts";
import { distinctLayers, type LayerFilm } from "./layerUnknowns.ts";
import { missingPeaks } from "./residual.ts";

/** Peaks whose distances may be periods; relative error with which they stand out; periods, nm. */
const PEAKS = 8;
const ERROR = 0.3;
const PERIODS = [1.5, 300] as const;
/** Relative spread of a period about what a distance tells, and of a mean strain about a peak's (%). */
const PERIOD_SPREAD = 0.01;
const STRAIN_SPREAD = 0.01;
/** Share of the period of its thinnest layer, at least. */
const THINNEST = 0.08;

/** What a scan shows of superlattices. */
export interface Shown {
  /** nm; a distance that comes more often stands more often. */
  readonly periods: readonly number[];
  /** Of peaks, against the substrate's lattice, %. */
  readonly strains: readonly number[];
}

/** @param fringes thicknesses that the fringes tell, nm */
export function shownOf(problem: LayerProblem, fringes: readonly number[]): Shown {
  const { setting, counts } = problem,
    { reflection, features } = setting,
    level = counts.slice().sort()[counts.length >> 2],
    peaks = missingPeaks(problem, new Float64Array(counts.length).fill(level), { error: ERROR, most: PEAKS }),
    sines = peaks.map((peak) => Math.sin((peak.twoTheta * RADIANS) / 2)),
    apart = sines.flatMap((a, i) =>
      sines.slice(0, i).map((b) => reflection.wavelength / (ANGSTROM_PER_NM * 2 * Math.abs(a - b))),
    );
  return {
    // Of layers of like thickness every second satellite is missing.
    periods: [...apart, ...apart.map((t) => 2 * t), ...fringes].filter(
      (t) => t > PERIODS[0] && t < PERIODS[1],
    ),
    strains: peaks.map((peak) => strainAt(peak.twoTheta, features.peak)),
  };
}

/** Thicknesses of each superlattice that has none given from one period, and the strain of one of its layers from the mean.
 *  @param film numbers to start from, drawn for all layers
 *  @param given NaN where a number is not given */
export function withPeriods(
  stack: Stack,
  film: LayerFilm,
  given: LayerFilm,
  {
    shown,
    uniform,
    normal,
  }: { readonly shown: Shown; readonly uniform: () => number; readonly normal: () => number },
): LayerFilm {
  const own = film.map((layer) => ({ ...layer })),
    crystals = distinctLayers(stack).map(({ crystal }) => crystal);
  let first = 0;
  for (const item of stack.layers) {
    const count = "layers" in item ? item.layers.length : 1,
      members = Array.from({ length: count }, (_, i) => first + i);
    first += count;
    if (count === 1 || shown.periods.length === 0) continue;
    const free = members.filter((i) => Number.isNaN(given[i].thickness)),
      loose = members.filter((i) => Number.isNaN(given[i].strain)),
      known = members.reduce((sum, i) => (free.includes(i) ? sum : sum + own[i].thickness), 0),
      period = pick(shown.periods, uniform) * Math.exp(PERIOD_SPREAD * normal());
    if (free.length > 0 && period > known) {
      const parts = free.map(() => THINNEST + uniform()),
        total = parts.reduce((a, b) => a + b, 0);
      free.forEach((i, k) => (own[i].thickness = ((period - known) * parts[k]) / total));
    }
    if (loose.length === 0 || shown.strains.length === 0) continue;
    const whole = members.reduce((sum, i) => sum + own[i].thickness, 0),
      mean = pick(shown.strains, uniform) + STRAIN_SPREAD * normal(),
      last = loose[loose.length - 1],
      others = members.reduce(
        (sum, i) =>
          i === last
            ? sum
            : sum +
              own[i].thickness *
                strainAgainst(stack.substrate, { crystal: crystals[i], strain: own[i].strain }),
        0,
      );
    own[last].strain = strainOn(stack.substrate, {
      crystal: crystals[last],
      strain: (mean * whole - others) / own[last].thickness,
    });
  }
  return own;
}
