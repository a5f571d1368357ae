/** Finds what one count adds to the intensities of a file: 1 in a file of counts, 1/t in one of rates counted for t. */

/** Distinct values that are looked at, from the lowest up: they tell most, since a count is a large share of them. */
const MAX_VALUES = 2000;
/** Powers of ten by which chance must be beaten; one value gives two at most. */
const EVIDENCE = 10;
/** Powers of ten that a value off the grid takes away. */
const FAILURE = 3;

/** Scatter as a multiple of Poisson's: below the first, a curve is smooth; above the second, its multiples are finer than
 *  its counts. Between points that bend much, counts of unit 1 reach 10. */
const SMOOTH = 0.02;
const ROUGH = 30;

/** What one count adds to an intensity, and how that is known. */
export interface CountUnit {
  /** Intensity; of points without attenuation. */
  readonly unit: number;
  /** `given`: by the caller or the file; `multiples`: the intensities are whole multiples of it; `scatter`: they scatter from
   *  point to point as counts of it do; `assumed`: neither, and the weakest point counts as 25. */
  readonly source: "given" | "multiples" | "scatter" | "assumed";
  /** In words. */
  readonly reason: string;
}

/** What one count adds to the intensities of a scan: as given; else the largest unit of which they are whole multiples,
 *  within the rounding with which they were written, where their scatter from point to point agrees with it; else the unit
 *  that this scatter shows.
 *
 *  The variance of a count of mean m is m (Poisson), so that intensities u·m have the variance u times their mean: u is read
 *  off the fourth differences of neighbouring points, which leave little of a smooth curve. Detectors whose counts were shared
 *  between channels, or scans on a new grid, are whole multiples of a unit that is far finer than one count; smoothed ones
 *  scatter less than counts.
 *  @param scan counts or rates ≥ 0, in the order of the angles; its own `countUnit` is taken where it has one; `attenuation`
 *  as in Scan
 *  @returns a unit > 0 in every case: where nothing shows one, that of which the weakest point is 25 */
export function countUnitOf(scan: {
  readonly intensity: ArrayLike<number>;
  readonly countUnit?: number | undefined;
  readonly attenuation?: ArrayLike<number> | undefined;
}): CountUnit {
  const { countUnit: given, attenuation } = scan;
  if (given !== undefined)
    return { unit: given, source: "given", reason: `One count adds ${given}, as the scan says.` };
  const intensity =
    attenuation === undefined
      ? scan.intensity
      : Float64Array.from(scan.intensity).filter((_, i) => attenuation[i] === 1);
  const found = findUnit(intensity);
  if (found !== undefined) return found;
  let least = Infinity;
  for (let i = 0; i < scan.intensity.length; i++) {
    if (scan.intensity[i] > 0) least = Math.min(least, scan.intensity[i]);
  }
  // The weakest point as 25 counts: a fifth of uncertainty.
  const unit = least === Infinity ? 1 : least / 25;
  return {
    unit,
    source: "assumed",
    reason: `The intensities do not show what one count adds; the weakest point is taken for 25 counts of ${short(unit)}.`,
  };
}

/** What one count adds to the intensities, see `countUnitOf`.
 *  @param intensity counts or rates ≥ 0, in the order of the angles
 *  @returns undefined where the intensities show none, such as a simulated or a smoothed curve */
export function countUnit(intensity: ArrayLike<number>): number | undefined {
  return findUnit(intensity)?.unit;
}

/** A unit counts as found where chance would not make it fit (each value's chance is twice its rounding over the unit), and
 *  where the scatter is neither far below that of Poisson counts nor far above. High values need not fit, since corrections
 *  for dead time come after counting. Rates that were rounded to the unit itself (0.1 in a file of one decimal) carry no such
 *  evidence: there the scatter must be Poisson's. */
function findUnit(intensity: ArrayLike<number>): CountUnit | undefined {
  const values = distinct(intensity);
  if (values.length < 2) return undefined;
  const rounding = roundings(values);
  const unit = commonDivisor(values, rounding.lastDigit) ?? nearDivisor(values, rounding.half);
  const scatter = relativeScatter(intensity, unit ?? rounding.lastDigit);
  const multiples = (of: number): CountUnit => ({
    unit: of,
    source: "multiples",
    reason: `The intensities are whole multiples of ${short(of)}.`,
  });
  if (unit !== undefined) {
    if (scatter !== undefined && scatter < SMOOTH) return undefined;
    if (scatter === undefined || scatter < ROUGH) return multiples(unit);
    return unitOfScatter(intensity, unit) ?? multiples(unit);
  }
  if (rounding.lastDigit > 1e-7 && scatter !== undefined && scatter > 0.3 && scatter < 2)
    return multiples(rounding.lastDigit);
  return unitOfScatter(intensity);
}

function short(value: number): string {
  return String(Number(value.toPrecision(4)));
}

/** The greatest divisor of the values as decimal numbers, where it is more than their last digit; whole numbers are counts
 *  where they have none. */
function commonDivisor(values: Float64Array, lastDigit: number): number | undefined {
  const scale = Math.round(1 / lastDigit);
  if (!(scale * values[values.length - 1] < Number.MAX_SAFE_INTEGER / 4)) return undefined;
  const divisor = values.reduce((a, value) => greatestDivisor(a, Math.round(value * scale)), 0);
  // k values share a divisor by chance with a probability of about 2⁻ᵏ.
  if (divisor > 1 && values.length >= 10) return divisor / scale;
  return scale === 1 ? 1 : undefined;
}

function nearDivisor(values: Float64Array, half: Float64Array): number | undefined {
  for (const [low, high] of candidates(values, half)) {
    const unit = confirm(values, half, low, high);
    if (unit !== undefined) return unit;
  }
  return undefined;
}

/** Ascending distinct values above zero. */
function distinct(intensity: ArrayLike<number>): Float64Array {
  const sorted = Float64Array.from(intensity).sort();
  let count = 0;
  for (let i = 0; i < sorted.length && count < MAX_VALUES; i++) {
    if (sorted[i] > 0 && (count === 0 || sorted[i] !== sorted[count - 1])) sorted[count++] = sorted[i];
  }
  return sorted.slice(0, count);
}

function greatestDivisor(a: number, b: number): number {
  while (b > 0) [a, b] = [b, a % b];
  return a;
}

/** Half of the last digit written, for each value. Writers keep either the decimals or the digits of all values alike; so
 *  the most decimals within a decade are those of the decade, and a shorter value ended in zeros. */
function roundings(values: Float64Array): { half: Float64Array; lastDigit: number } {
  const most = new Map<number, number>();
  let all = 0;
  let single = true;
  for (const value of values) {
    const decimals = decimalsOf(value);
    const decade = Math.floor(Math.log10(value));
    most.set(decade, Math.max(most.get(decade) ?? 0, decimals));
    all = Math.max(all, decimals);
    if (Math.fround(value) !== value) single = false;
  }
  const relative = single ? 2 ** -24 : 2 ** -51;
  const half = values.map((value) => {
    const decimals = most.get(Math.floor(Math.log10(value))) ?? 0;
    // A decade without any decimals lost them to a fixed number of digits if it is a high one; else they were zeros.
    const last = decimals > 0 ? 10 ** -decimals : value >= 10 ? 1 : 10 ** -all;
    return Math.max(0.5 * last, value * relative);
  });
  return { half, lastDigit: Number(`1e${-all}`) };
}

function decimalsOf(value: number): number {
  const text = String(value);
  const e = text.indexOf("e");
  const exponent = e < 0 ? 0 : Number(text.slice(e + 1));
  const mantissa = e < 0 ? text : text.slice(0, e);
  const dot = mantissa.indexOf(".");
  return Math.max(0, (dot < 0 ? 0 : mantissa.length - dot - 1) - exponent);
}

/** Ranges in which the unit may lie, largest first: fractions of the smallest gaps between values and of the smallest values. */
function candidates(values: Float64Array, half: Float64Array): [number, number][] {
  const gaps: [number, number][] = [];
  for (let i = 1; i < values.length; i++) {
    const gap = values[i] - values[i - 1];
    const error = half[i] + half[i - 1];
    if (gap > 2 * error) gaps.push([gap, error]);
  }
  gaps.sort((a, b) => a[0] - b[0]);
  const sources = gaps.slice(0, 12);
  for (let i = 0; i < Math.min(6, values.length); i++) sources.push([values[i], half[i]]);
  const found: [number, number][] = [];
  for (const [size, error] of sources) {
    for (let k = 1; k <= 12; k++) found.push([(size - error) / k, (size + error) / k]);
  }
  return found.filter(([low]) => low > 0).sort((a, b) => b[1] - a[1]);
}

/** Narrows the range by each value whose multiple is certain: first by the differences from the lowest value, which begin
 *  small, then by the values themselves. The best run of values from the lowest up decides: a correction for dead time
 *  moves the high ones off the grid. */
function confirm(values: Float64Array, half: Float64Array, low: number, high: number): number | undefined {
  const differences = new Range(low, high);
  for (let i = 1; i < values.length && differences.hopeful; i++) {
    differences.meet(values[i] - values[0], half[i] + half[0]);
  }
  const start = differences.best > 0 ? differences : new Range(low, high);
  const direct = new Range(start.bestLow, start.bestHigh);
  for (let i = 0; i < values.length && direct.hopeful; i++) direct.meet(values[i], half[i]);
  if (direct.best <= 0) return undefined;
  return Math.max(direct.best, differences.best) >= EVIDENCE
    ? shortest(direct.bestLow, direct.bestHigh)
    : undefined;
}

/** Where a unit may lie, and how much speaks for it. */
class Range {
  /** Powers of ten by which the values met are less likely by chance; the most there was so far, and the range then. */
  private evidence = 0;
  best = 0;
  bestLow: number;
  bestHigh: number;
  constructor(
    private low: number,
    private high: number,
  ) {
    this.bestLow = low;
    this.bestHigh = high;
  }

  get hopeful(): boolean {
    return this.evidence > this.best - 5 * FAILURE;
  }

  meet(value: number, error: number): void {
    const least = Math.ceil((value - error) / this.high);
    const most = Math.floor((value + error) / this.low);
    if (least > most) {
      this.evidence -= FAILURE;
      return;
    }
    if (least !== most || least < 1) return;
    const chance = (2 * error) / this.low + least * (this.high / this.low - 1);
    this.low = Math.max(this.low, (value - error) / least);
    this.high = Math.min(this.high, (value + error) / least);
    // Written values lie on a grid themselves: near its step, fitting another grid says nothing.
    if (chance >= 0.4) return;
    this.evidence -= Math.log10(Math.max(chance, 1e-2));
    if (this.evidence <= this.best) return;
    this.best = this.evidence;
    this.bestLow = this.low;
    this.bestHigh = this.high;
  }
}

/** The number of fewest digits in the range, or the inverse of such a number (a counting time); else the middle. */
function shortest(low: number, high: number): number {
  const middle = (low + high) / 2;
  for (let digits = 1; digits <= 6; digits++) {
    const plain = Number(middle.toPrecision(digits));
    if (plain >= low && plain <= high) return plain;
    const inverse = 1 / Number((1 / middle).toPrecision(digits));
    if (inverse >= low && inverse <= high) return inverse;
  }
  return middle;
}

/** Scatter of neighbouring points as a share of that of Poisson counts of this unit: about 1 for counts, more where the
 *  curve bends between points, far less for smooth curves. Undefined where there are too few counts to tell. */
function relativeScatter(intensity: ArrayLike<number>, unit: number): number | undefined {
  const ratios = bends(intensity).filter(({ mean }) => mean >= 4 * unit);
  return ratios.length < LEAST_POINTS ? undefined : typicalRatio(ratios) / unit;
}

/** Points of which a scatter is taken. */
const LEAST_POINTS = 20;
/** The scatter of the weaker and of the stronger half of the points, as units, may differ by this factor: that of a curve
 *  that bends between its points grows with the intensity. */
const ALIKE = 2;
/** Counts a point: more than detectors count are none. */
const MOST_COUNTS = 1e6;
/** Units so near to 1 are 1: the scatter of a few hundred points is known to a tenth or two. */
const NEAR_ONE = 1.4;

/** The unit whose Poisson counts scatter as the intensities do, where weak and strong points agree on it.
 *  @param finer of which the intensities are multiples all the same */
function unitOfScatter(intensity: ArrayLike<number>, finer?: number): CountUnit | undefined {
  const points = bends(intensity);
  let unit = points.length < LEAST_POINTS ? 0 : typicalRatio(points);
  let used = points;
  // Points of few counts are no measure; which they are depends on the unit.
  for (let round = 0; round < 5 && unit > 0; round++) {
    used = points.filter(({ mean }) => mean >= 4 * unit);
    if (used.length < 2 * LEAST_POINTS || 2 * used.length < points.length) return undefined;
    unit = typicalRatio(used);
  }
  if (!(unit > 0)) return undefined;
  used.sort((a, b) => a.mean - b.mean);
  const half = used.length >> 1;
  const [weak, strong] = [typicalRatio(used.slice(0, half)), typicalRatio(used.slice(half))];
  const isPoisson = weak < ALIKE * strong && strong < ALIKE * weak && used[half]!.mean < MOST_COUNTS * unit;
  // Noise of one size everywhere would do too, unless the intensities differ.
  if (!isPoisson || used[used.length - 1]!.mean < 4 * used[0]!.mean) return undefined;
  const isOne = unit < NEAR_ONE && unit > 1 / NEAR_ONE;
  const rounded = isOne ? 1 : Number(unit.toPrecision(2));
  return {
    unit: rounded,
    source: "scatter",
    reason: `The intensities scatter from point to point as counts of ${isOne ? "about 1" : short(rounded)} each do${finer === undefined ? "" : `; that they are whole multiples of ${short(finer)} comes from how they were shared or scaled`}.`,
  };
}

interface Bend {
  readonly mean: number;
  /** Squared fourth difference over 70 times the mean: the unit, of Poisson counts, times χ² of one degree of freedom. */
  readonly ratio: number;
}

/** Fourth differences leave little of a smooth curve; those of independent points have 70 times their variance. */
function bends(intensity: ArrayLike<number>): Bend[] {
  const found: Bend[] = [];
  for (let i = 2; i + 2 < intensity.length; i++) {
    const [a, b, c, d, e] = [
      intensity[i - 2],
      intensity[i - 1],
      intensity[i],
      intensity[i + 1],
      intensity[i + 2],
    ];
    const mean = (a + b + c + d + e) / 5;
    if (!(mean > 0)) continue;
    const bend = a - 4 * b + 6 * c - 4 * d + e;
    found.push({ mean, ratio: (bend * bend) / (70 * mean) });
  }
  return found;
}

/** The median of χ² with one degree of freedom is 0.455; the mean of those below 2.5², 0.9113. The median says which are above,
 *  at peaks; the mean of the others is known twice as well. */
function typicalRatio(bendsFound: readonly Bend[]): number {
  const ratios = Float64Array.from(bendsFound, ({ ratio }) => ratio).sort();
  let unit = ratios[ratios.length >> 1]! / 0.455;
  for (let round = 0; round < 4; round++) {
    const low = ratios.filter((ratio) => ratio < 6.25 * unit);
    if (low.length === 0) break;
    unit = low.reduce((a, b) => a + b, 0) / low.length / 0.9113;
  }
  return unit;
}
