/** The unknowns of a film of splines and of the instrument, and the profile that they stand for. */
import { splineAt, withInterface } from "../profile/spline.ts";
import { tiedDebyeWaller } from "../profile/disorder.ts";
import { largestStrain, strainAt } from "../profile/comparison.ts";
import { evenDepths } from "../profile/sampled.ts";
import type { Profile } from "../types.ts";

/** What the Debye–Waller factor is made of: weights of its own, or α of DW = exp(−α (e/e_max)²). */
export type Disorder = "free" | "tied";

/** What the instrument has, in this order: ln width (degrees 2θ), share of the Lorentzian, offset (degrees 2θ), ln of the
 *  counts per unit of resolved reflectivity, ln background (counts, mid-scan), its slope (ln from end to end), counts of the
 *  diffuse scattering at its maximum over `DIFFUSE_UNIT` of the scan's, ln of its half width (%), share of the counts that the
 *  detector loses at the scan's maximum. */
export const INSTRUMENT = [
  "fwhm",
  "lorentzFraction",
  "offset",
  "amplitude",
  "background",
  "slope",
  "diffuse",
  "diffuseWidth",
  "loss",
] as const;
export type InstrumentUnknown = (typeof INSTRUMENT)[number];

/** Where the unknowns stand: the film's first, then the instrument's. */
export class Places {
  readonly filmCount: number;
  readonly instrument: Readonly<Record<InstrumentUnknown, number>>;
  readonly count: number;

  constructor(filmCount: number) {
    this.filmCount = filmCount;
    this.instrument = Object.fromEntries(INSTRUMENT.map((name, k) => [name, filmCount + k])) as Record<
      InstrumentUnknown,
      number
    >;
    this.count = filmCount + INSTRUMENT.length;
  }
}

/** Places of a film of splines: ln thickness (nm), ln |scale| of the strain (%), shape (strain weights over the signed scale),
 *  the Debye–Waller weights or α. The sign of the scale is no unknown: a climb keeps it. */
export class Unknowns extends Places {
  readonly thickness = 0;
  readonly scale = 1;
  readonly shape = 2;
  /** Splines of the strain. */
  readonly weights: number;
  readonly kind: Disorder;
  readonly disorder: number;
  /** 1, or as many as `weights`. */
  readonly disorders: number;

  constructor(weights: number, kind: Disorder) {
    const disorders = kind === "tied" ? 1 : weights;
    super(2 + weights + disorders);
    this.weights = weights;
    this.kind = kind;
    this.disorder = 2 + weights;
    this.disorders = disorders;
  }
}

/** A point in the space of the unknowns. */
export interface Place {
  readonly x: Float64Array;
  /** Of the strain. */
  readonly sign: 1 | -1;
}

/** A film as weights. */
export interface SplineFilm {
  /** nm. */
  readonly thickness: number;
  /** %, interface first. */
  readonly strainWeights: Float64Array;
  /** Interface first; absent where the factor is tied to the strain. */
  readonly debyeWallerWeights?: Float64Array;
  /** α. */
  readonly disorder?: number;
}

export function filmOf(unknowns: Unknowns, { x, sign }: Place): SplineFilm {
  const { shape, disorder, weights, kind } = unknowns,
    scale = sign * Math.exp(x[unknowns.scale]),
    strainWeights = x.slice(shape, shape + weights).map((w) => scale * w);
  return {
    thickness: Math.exp(x[unknowns.thickness]),
    strainWeights,
    ...(kind === "tied"
      ? { disorder: x[disorder] }
      : { debyeWallerWeights: x.slice(disorder, disorder + weights) }),
  };
}

/** Writes a film into x; returns the sign of its strain. */
export function putFilm(unknowns: Unknowns, film: SplineFilm, x: Float64Array): 1 | -1 {
  const { strainWeights, debyeWallerWeights, disorder } = film;
  let scale = 0;
  for (const w of strainWeights) if (Math.abs(w) > Math.abs(scale)) scale = w;
  if (Math.abs(scale) < 1e-3) scale = scale < 0 ? -1e-3 : 1e-3;
  x[unknowns.thickness] = Math.log(film.thickness);
  x[unknowns.scale] = Math.log(Math.abs(scale));
  for (let k = 0; k < unknowns.weights; k++) x[unknowns.shape + k] = strainWeights[k] / scale;
  if (unknowns.kind === "tied") x[unknowns.disorder] = disorder ?? 0;
  else if (debyeWallerWeights !== undefined) x.set(debyeWallerWeights, unknowns.disorder);
  else x.fill(1, unknowns.disorder, unknowns.disorder + unknowns.weights);
  return scale < 0 ? -1 : 1;
}

/** The profile of a film at even depths. */
export function profileOf(film: SplineFilm, points = 401): Profile {
  const depth = evenDepths(film.thickness, points),
    strainWeights = withInterface(film.strainWeights, "smooth", 0),
    strain = depth.map((z) => splineAt(strainWeights, 1 - z / film.thickness));
  if (film.debyeWallerWeights === undefined)
    return { depth, strain, debyeWaller: tiedDebyeWaller(strain, film.disorder ?? 0) };
  const weights = withInterface(film.debyeWallerWeights, "smooth", 1);
  return {
    depth,
    strain,
    debyeWaller: depth.map((z) => Math.min(Math.max(splineAt(weights, 1 - z / film.thickness), 0), 1)),
  };
}

/** Strain (%) at a depth (nm); 0 below the film. */
export function strainAtDepth({ strainWeights, thickness }: SplineFilm, depth: number): number {
  return strainAt(strainWeights, 1 - depth / thickness);
}

/** Debye–Waller factor at a depth (nm); 1 below the film. */
export function debyeWallerAtDepth(film: SplineFilm, depth: number): number {
  const { debyeWallerWeights, thickness } = film,
    height = 1 - depth / thickness;
  if (!(height >= 0)) return 1;
  if (debyeWallerWeights !== undefined)
    return Math.min(Math.max(splineAt(withInterface(debyeWallerWeights, "smooth", 1), height), 0), 1);
  const largest = largestStrain(film.strainWeights);
  return largest === 0 ? 1 : Math.exp(-(film.disorder ?? 0) * (strainAtDepth(film, depth) / largest) ** 2);
}
