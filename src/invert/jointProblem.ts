/** Several scans of one sample as one problem: the unknowns are one film, which all of them see, and an instrument of each.
 *
 *      x = [film | instrument of scan 1 | instrument of scan 2 | …]
 *
 *  −2 ln posterior = Σ deviance of each scan + prior of the film, once + prior of each instrument. Every scan keeps its own model
 *  (reflection, angles, relative error); its normal equations add to the film's block and make a block of its instrument. */
import type { NormalEquations } from "../leastSquares/normalFit.ts";
import type { Films } from "./films.ts";
import {
  type Bounds,
  clamped,
  type Objective,
  ofTerms,
  type Terms,
  type ScanErrors,
  type Squares,
} from "./objective.ts";
import type { Precision } from "./precision.ts";
import { addInstrument, adder, type Known, type LocalPrior, type Prior, type Sums } from "./prior.ts";
import type { Problem } from "./problem.ts";
import type { ScanProblem } from "./scanProblem.ts";
import {
  INSTRUMENT,
  type InstrumentUnknown,
  type Place,
  type SplineFilm,
  type Unknowns,
} from "./unknowns.ts";

/** Where the unknowns of each scan stand among those of all. */
class Layout {
  readonly count: number;
  readonly #film: number;

  constructor(film: number, scans: number) {
    this.#film = film;
    this.count = film + scans * INSTRUMENT.length;
  }

  /** Place of unknown i of scan k alone. */
  at(k: number, i: number): number {
    return i < this.#film ? i : i + k * INSTRUMENT.length;
  }

  /** What scan k alone has of x. */
  taken(k: number, x: Float64Array): Float64Array {
    return Float64Array.from({ length: this.#film + INSTRUMENT.length }, (_, i) => x[this.at(k, i)]);
  }
}

export class JointProblem implements Problem {
  readonly scans: readonly ScanProblem[];
  readonly films: Films<Unknowns, SplineFilm>;
  readonly unknowns: Unknowns;
  readonly bounds: Bounds;
  readonly counts: Float64Array;
  readonly points: number;
  readonly #layout: Layout;
  #last: JointObjective | undefined;

  /** @param scans their settings share the counter of work; the film is bounded and known as the first one says
   *  @param known of each scan's instrument; those of the first are in its own prior */
  constructor(scans: readonly ScanProblem[], known: readonly (readonly Known[])[]) {
    const [first] = scans;
    this.scans = scans;
    this.unknowns = first.unknowns;
    this.#layout = new Layout(first.unknowns.filmCount, scans.length);
    this.films = { ...first.films, prior: new JointPrior(first.films.prior, first.unknowns, known) };
    this.bounds = {
      lower: this.#joined((k) => scans[k].bounds.lower),
      upper: this.#joined((k) => scans[k].bounds.upper),
    };
    this.counts = concatenated(scans.map(({ counts }) => counts));
    this.points = this.counts.length;
  }

  /** x of all from the one that each scan alone has; the film is the first one's. */
  #joined(own: (k: number) => Float64Array): Float64Array {
    const x = new Float64Array(this.#layout.count);
    for (let k = this.scans.length - 1; k >= 0; k--)
      own(k).forEach((value, i) => (x[this.#layout.at(k, i)] = value));
    return x;
  }

  get work(): number {
    return this.scans[0].work;
  }

  placeIn(k: number, { x, sign }: Place): Place {
    return { x: this.#layout.taken(k, x), sign };
  }

  errors(error: ScanErrors): Float64Array {
    return concatenated(this.scans.map((scan, k) => scan.errors(ofScan(error, k))));
  }

  bound(x: Float64Array): Float64Array {
    return clamped(x, this.bounds);
  }

  objectiveAt(precision: Precision, x: Float64Array): JointObjective {
    const parts = this.scans.map((scan) => scan.objectiveAt(precision, x));
    if (this.#last?.isOf(parts) !== true)
      this.#last = new JointObjective(parts, this.#layout, this.films.prior, this.bounds);
    return this.#last;
  }

  /** A place with this film, and instruments as the scans show them; amplitudes are set by `screen`.
   *  @param fwhm of each scan's resolution, degrees 2θ, where it is known */
  place(film: SplineFilm, fwhm: readonly (number | undefined)[] = []): Place {
    const places = this.scans.map((scan, k) =>
      scan.place(film, fwhm[k] === undefined ? {} : { fwhm: fwhm[k] }),
    );
    return { x: this.bound(this.#joined((k) => places[k].x)), sign: places[0].sign };
  }

  screen(place: Place, errors: Float64Array): number {
    const at = this.unknowns.instrument.amplitude;
    let from = 0,
      sum = 0;
    for (const [k, scan] of this.scans.entries()) {
      const own = this.placeIn(k, place);
      sum += scan.screen(own, errors.subarray(from, (from += scan.points)));
      place.x[this.#layout.at(k, at)] = own.x[at];
    }
    return sum;
  }
}

class JointObjective implements Squares {
  readonly parts: readonly Objective[];
  readonly prior: Prior;
  readonly bounds: Bounds;
  readonly points: number;
  readonly strains: Float64Array;
  readonly #layout: Layout;

  constructor(parts: readonly Objective[], layout: Layout, prior: Prior, bounds: Bounds) {
    this.parts = parts;
    this.prior = prior;
    this.bounds = bounds;
    this.points = parts.reduce((sum, { points }) => sum + points, 0);
    this.strains = concatenated(parts.map(({ strains }) => strains));
    this.#layout = layout;
  }

  isOf(parts: readonly Objective[]): boolean {
    return parts.every((part, k) => part === this.parts[k]);
  }

  errors(error: ScanErrors): Float64Array {
    return concatenated(this.parts.map((part, k) => part.errors(ofScan(error, k))));
  }

  within(isWanted: (strain: number) => boolean): JointObjective {
    const parts = this.parts.map((part) => part.within(isWanted));
    return this.isOf(parts) ? this : new JointObjective(parts, this.#layout, this.prior, this.bounds);
  }

  bounded(bounds: Bounds): JointObjective {
    return new JointObjective(this.parts, this.#layout, this.prior, bounds);
  }

  mean({ x, sign }: Place): Float64Array {
    return concatenated(this.parts.map((part, k) => part.mean({ x: this.#layout.taken(k, x), sign })));
  }

  /** −2 ln posterior with the prior about one place; fills `normal` where wanted. */
  squares(x: Float64Array, terms: Terms, normal: NormalEquations | null): number {
    const { sign, errors } = terms;
    let from = 0,
      sum = 0;
    normal?.gradient.fill(0);
    normal?.hessian.fill(0);
    for (const [k, part] of this.parts.entries()) {
      const own = this.#layout.taken(k, x),
        n = own.length,
        sums = normal === null ? null : { gradient: new Float64Array(n), hessian: new Float64Array(n * n) };
      sum += part.ofCounts({ x: own, sign }, errors.subarray(from, (from += part.points)), sums);
      if (normal !== null && sums !== null) this.#add(k, sums, normal);
    }
    return ofTerms(sum, x, terms, normal);
  }

  /** Adds scan k's normal equations, whose lower triangle is filled. */
  #add(k: number, { gradient, hessian }: NormalEquations, to: NormalEquations): void {
    const n = gradient.length,
      { count } = this.#layout;
    for (let i = 0; i < n; i++) {
      const row = this.#layout.at(k, i);
      to.gradient[row] += gradient[i];
      for (let j = 0; j <= i; j++) to.hessian[row * count + this.#layout.at(k, j)] += hessian[i * n + j];
    }
  }
}

/** The film and the first instrument, as a scan alone has them; and the other instruments. */
class JointPrior implements Prior {
  readonly #first: Prior;
  readonly #others: readonly { readonly places: Instruments; readonly known: readonly Known[] }[];

  constructor(first: Prior, { instrument }: Unknowns, known: readonly (readonly Known[])[]) {
    this.#first = first;
    this.#others = known.slice(1).map((own, i) => {
      const shift = (i + 1) * INSTRUMENT.length;
      return {
        places: {
          instrument: Object.fromEntries(
            INSTRUMENT.map((name) => [name, instrument[name] + shift]),
          ) as Record<InstrumentUnknown, number>,
        },
        known: own.map((each) => ({ ...each, place: each.place + shift })),
      };
    });
  }

  near(x: Float64Array): LocalPrior {
    const film = this.#first.near(x);
    return (at, sums) => film(at, sums) + this.#instruments(at, sums);
  }

  lnDensity(x: Float64Array): number {
    return this.#first.lnDensity(x) - this.#instruments(x, null) / 2;
  }

  drawShape(x: Float64Array, normal: () => number, uniform: () => number): void {
    this.#first.drawShape?.(x, normal, uniform);
  }

  /** −2 ln of the prior of all instruments but the first. */
  #instruments(x: Float64Array, sums: Sums | null): number {
    const { add, total } = adder(x.length, sums);
    for (const { places, known } of this.#others) addInstrument(x, places, known, add);
    return total();
  }
}

type Instruments = Pick<Unknowns, "instrument">;

function ofScan(error: ScanErrors, k: number): number {
  return typeof error === "number" ? error : error[k];
}

function concatenated(arrays: readonly Float64Array[]): Float64Array {
  const all = new Float64Array(arrays.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const array of arrays) {
    all.set(array, at);
    at += array.length;
  }
  return all;
}
