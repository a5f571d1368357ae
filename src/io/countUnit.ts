/** Finds what one count adds to the intensities of a file: 1 in a file of counts, 1/t in one of rates counted for t. */

/** Distinct values that are looked at, from the lowest up: they tell most, since a count is a large share of them. */
const MAX_VALUES = 2000;
/** Powers of ten by which chance must be beaten; one value gives two at most. */
const EVIDENCE = 10;
/** Powers of ten that a value off the grid takes away. */
const FAILURE = 3;

/** The largest unit of which the intensities are whole multiples, within the rounding with which they were written; high
 *  ones need not be, since corrections for dead time come after counting.
 *  A unit counts as found where chance would not make it fit (each value's chance is twice its rounding over the unit), and
 *  where the scatter from point to point is not far below that of Poisson counts. Rates that were rounded to the unit
 *  itself (0.1 in a file of one decimal) carry no such evidence: there the scatter must be Poisson's.
 *  @param intensity counts or rates ≥ 0, in the order of the angles
 *  @returns undefined where the intensities are no multiples of a unit, such as a simulated or a smoothed curve */
export function countUnit(intensity: ArrayLike<number>): number | undefined {
  const values = distinct(intensity);
  if (values.length < 2) return undefined;
  const rounding = roundings(values);
  const unit = commonDivisor(values, rounding.lastDigit) ?? nearDivisor(values, rounding.half);
  const scatter = relativeScatter(intensity, unit ?? rounding.lastDigit);
  if (unit !== undefined) return scatter !== undefined && scatter < 0.02 ? undefined : unit;
  return rounding.lastDigit > 1e-7 && scatter !== undefined && scatter > 0.3 && scatter < 2
    ? rounding.lastDigit
    : undefined;
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
  const ratios: number[] = [];
  // Fourth differences leave little of a smooth curve; those of independent points have 70 times their variance.
  for (let i = 2; i + 2 < intensity.length; i++) {
    const [a, b, c, d, e] = [
      intensity[i - 2],
      intensity[i - 1],
      intensity[i],
      intensity[i + 1],
      intensity[i + 2],
    ];
    const mean = (a + b + c + d + e) / 5;
    if (mean < 4 * unit) continue;
    const bend = a - 4 * b + 6 * c - 4 * d + e;
    ratios.push((bend * bend) / (70 * unit * mean));
  }
  if (ratios.length < 20) return undefined;
  // The median of χ² with one degree of freedom is 0.455.
  return ratios.sort((a, b) => a - b)[ratios.length >> 1] / 0.455;
}
