/** What is known before the scan is seen: how films lie in a population, and what the user knows. */
import { componentAt, drawFrom, type Gaussian, lnDensity, type Mixture, whiten } from "./mixture.ts";
import type { Disorder, Places, Unknowns } from "./unknowns.ts";

/** How the films of a preset lie. */
export interface Population {
  /** Named in every answer. */
  readonly name: string;
  readonly kind: Disorder;
  /** Of the shape (strain weights over the one of largest modulus) and, where disorder is free, the Debye–Waller weights. */
  readonly mixture: Mixture;
  /** nm, and % of the scale's modulus: beyond these ends a film becomes less and less probable. */
  readonly thickness: readonly [number, number];
  readonly scale: readonly [number, number];
  /** Whether thickness and scale are even in their logarithms, or in themselves. */
  readonly isLogarithmic: boolean;
  /** Largest α where disorder is tied. */
  readonly mostDisorder: number;
}

/** What the user knows: a value and its standard deviation, of an unknown or of the thickness in nm. */
export interface Known {
  readonly place: number;
  readonly value: number;
  readonly error: number;
  /** The unknown is the logarithm of what is known. */
  readonly isLogarithm: boolean;
}

/** Standard deviation of ln beyond the ends of a population. */
const BEYOND = 0.25;
const LEAST_DISORDER = 0.02;
/** Standard deviations about zero of: background's slope (ln), diffuse scattering (units), loss; of ln diffuse width about its
 *  middle; of the Lorentz fraction. */
const SLOPE = 1.5;
const DIFFUSE = 25;
const LOSS = 0.15;
const DIFFUSE_WIDTH = { middle: Math.log(0.22), sigma: 1 };
const LORENTZ = 0.3;

/** Adds to sums of squares, their gradient and Hessian. */
export interface Sums {
  readonly gradient: Float64Array;
  readonly hessian: Float64Array;
}

/** −2 ln of the prior about a place, up to a constant; adds derivatives to `sums`. */
export type LocalPrior = (x: Float64Array, sums: Sums | null) => number;

export interface Prior {
  /** The part of the prior that a place most probably belongs to: what one fit has. */
  near(x: Float64Array): LocalPrior;
  /** ln of the density, up to a constant. */
  lnDensity(x: Float64Array): number;
  /** Writes a film into x that is as thick and as strained as x is, and otherwise drawn; absent where films are not drawn from. */
  drawShape?(x: Float64Array, normal: () => number, uniform: () => number): void;
}

/** Adds the square of a residual whose slope by the unknown at `place` is `slope`. */
type Add = (place: number, residual: number, slope: number) => void;

/** Adds squares to a sum, and their derivatives to `sums`. */
export function adder(count: number, sums: Sums | null): { readonly add: Add; total(): number } {
  let sum = 0;
  return {
    add: (place, residual, slope) => {
      sum += residual * residual;
      if (sums === null) return;
      sums.gradient[place] += residual * slope;
      sums.hessian[place * count + place] += slope * slope;
    },
    total: () => sum,
  };
}

/** What instruments are like, and what the user knows. */
export function addInstrument(
  x: Float64Array,
  { instrument }: Pick<Places, "instrument">,
  known: readonly Known[],
  add: Add,
): void {
  add(instrument.slope, x[instrument.slope] / SLOPE, 1 / SLOPE);
  add(instrument.diffuse, x[instrument.diffuse] / DIFFUSE, 1 / DIFFUSE);
  add(instrument.loss, x[instrument.loss] / LOSS, 1 / LOSS);
  add(
    instrument.diffuseWidth,
    (x[instrument.diffuseWidth] - DIFFUSE_WIDTH.middle) / DIFFUSE_WIDTH.sigma,
    1 / DIFFUSE_WIDTH.sigma,
  );
  add(instrument.lorentzFraction, x[instrument.lorentzFraction] / LORENTZ, 1 / LORENTZ);
  for (const { place, value, error, isLogarithm } of known) {
    const own = isLogarithm ? Math.exp(x[place]) : x[place];
    add(place, (own - value) / error, (isLogarithm ? own : 1) / error);
  }
}

/** The prior of a film of splines: a population of films. */
export class PopulationPrior implements Prior {
  readonly population: Population;
  readonly #unknowns: Unknowns;
  readonly #known: readonly Known[];
  readonly #dimension: number;
  readonly #precisions = new Map<Gaussian, Float64Array>();
  readonly #white: Float64Array;
  readonly #shape: Float64Array;

  constructor(unknowns: Unknowns, population: Population, known: readonly Known[] = []) {
    this.population = population;
    this.#unknowns = unknowns;
    this.#known = known;
    this.#dimension = population.mixture.dimension;
    this.#white = new Float64Array(this.#dimension);
    this.#shape = new Float64Array(this.#dimension);
  }

  #take(x: Float64Array): Float64Array {
    this.#shape.set(x.subarray(this.#unknowns.shape, this.#unknowns.shape + this.#dimension));
    return this.#shape;
  }

  near(x: Float64Array): LocalPrior {
    const component = componentAt(this.population.mixture, this.#take(x));
    return (at, sums) => this.#squares(at, component, sums);
  }

  /** −2 ln of the prior with one component of the mixture, up to a constant; adds derivatives to `sums`. */
  #squares(x: Float64Array, component: Gaussian, sums: Sums | null): number {
    const { shape } = this.#unknowns,
      d = this.#dimension,
      n = x.length,
      white = this.#white;
    whiten(component, this.#take(x), white);
    let sum = 0;
    for (let i = 0; i < d; i++) sum += white[i] * white[i];
    if (sums !== null) {
      const precision = this.#precision(component),
        { whitening } = component;
      for (let i = 0; i < d; i++) {
        let g = 0;
        for (let k = i; k < d; k++) g += whitening[k * d + i] * white[k];
        sums.gradient[shape + i] += g;
        for (let k = 0; k <= i; k++) sums.hessian[(shape + i) * n + shape + k] += precision[i * d + k];
      }
    }
    return sum + this.#others(x, sums);
  }

  /** The same of all but the mixture. */
  #others(x: Float64Array, sums: Sums | null): number {
    const { thickness, scale, disorder, kind, instrument } = this.#unknowns,
      { population } = this,
      { add, total } = adder(x.length, sums);
    const within = (place: number, [low, high]: readonly [number, number]): void => {
      const value = x[place],
        excess =
          value < Math.log(low) ? value - Math.log(low) : value > Math.log(high) ? value - Math.log(high) : 0;
      if (excess !== 0) add(place, excess / BEYOND, 1 / BEYOND);
    };
    /** −2 ln p = 2·(constant + sign·x), as a square. */
    const linear = (place: number, value: number, slope: number): void => {
      const root = Math.sqrt(2 * Math.max(value, 1e-6));
      add(place, root, slope / root);
    };
    within(thickness, population.thickness);
    within(scale, population.scale);
    if (!population.isLogarithmic) {
      linear(thickness, 12 - x[thickness], -1);
      linear(scale, 6 - x[scale], -1);
      // Even in the width, too.
      linear(instrument.fwhm, 4 - x[instrument.fwhm], -1);
    }
    // Even in exp(−α).
    if (kind === "tied") linear(disorder, x[disorder] + LEAST_DISORDER, 1);
    addInstrument(x, this.#unknowns, this.#known, add);
    return total();
  }

  drawShape(x: Float64Array, normal: () => number, uniform: () => number): void {
    const { shape } = this.#unknowns;
    drawFrom(this.population.mixture, normal, uniform, x.subarray(shape, shape + this.#dimension));
  }

  /** ln of the density, the whole mixture, up to a constant. */
  lnDensity(x: Float64Array): number {
    return lnDensity(this.population.mixture, this.#take(x)) - this.#others(x, null) / 2;
  }

  #precision(component: Gaussian): Float64Array {
    const known = this.#precisions.get(component);
    if (known !== undefined) return known;
    const d = this.#dimension,
      { whitening } = component,
      precision = new Float64Array(d * d);
    for (let i = 0; i < d; i++)
      for (let k = 0; k <= i; k++) {
        let sum = 0;
        for (let j = i; j < d; j++) sum += whitening[j * d + i] * whitening[j * d + k];
        precision[i * d + k] = sum;
      }
    this.#precisions.set(component, precision);
    return precision;
  }
}
