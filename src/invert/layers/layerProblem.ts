/** A scan's problem where the sample is a stack of uniform layers. */
import {
  distinctLayers,
  layerFilmOf,
  type LayerFilm,
  LayerUnknowns,
  putLayerFilm,
  repeatsOf,
} from "./layerUnknowns.ts";
import { strainAgainst, strainOn } from "../../profile/stack.ts";
import type { Stack } from "../../types.ts";
import { CLOSE } from "../precision.ts";
import type { Films } from "../films.ts";
import { addInstrument, adder, type Known, type Prior, type Sums } from "../prior.ts";
import { ScanProblem, type ScanSetting } from "../scanProblem.ts";
import { StackStructure } from "./stackStructure.ts";

export type LayerProblem = ScanProblem<LayerUnknowns, LayerFilm>;

export interface LayerSetting {
  /** Crystals and their order; its numbers do not matter. */
  readonly stack: Stack;
  knownOf(problem: { readonly unknowns: LayerUnknowns }): readonly Known[];
  /** Least and largest strain against the substrate's lattice, %. */
  readonly strains: readonly [number, number];
  /** Largest thickness, nm. */
  readonly thickest: number;
  /** Whether the layers' crystal is only supposed: they may then scatter more than it does. */
  readonly isSupposed: boolean;
}

/** Thickness of a layer, nm: beyond these ends it becomes less and less probable; standard deviation of ln there. */
export const THICKNESS = [2, 1500] as const;
const BEYOND = 0.25;
/** nm. */
const THINNEST = 0.5;
/** Standard deviation of the Debye–Waller factor about 1; of a layer whose crystal is only supposed, and its bound. */
const DISORDER = 0.1;
const SUPPOSED_DISORDER = 0.3;
const MOST_SUPPOSED = 2;
/** ln of how much rarer a sample of one layer more is beforehand. */
const RARER = 4;
/** Difference of two layers' thicknesses (ln) and strains (%) at which they are no longer alike. */
const ALIKE = { thickness: 0.03, strain: 0.03 };

export function layerProblem(setting: ScanSetting, layers: LayerSetting): LayerProblem {
  return new ScanProblem(setting, layerFilms(setting, layers));
}

function layerFilms(
  { workspace, simd }: ScanSetting,
  { stack, knownOf, strains, thickest, isSupposed }: LayerSetting,
): Films<LayerUnknowns, LayerFilm> {
  const layers = distinctLayers(stack),
    repeats = repeatsOf(stack),
    unknowns = new LayerUnknowns(layers.length),
    known = knownOf({ unknowns });
  return {
    name: "uniform layers",
    unknowns,
    prior: new LayerPrior(unknowns, known, {
      range: strains[1] - strains[0],
      disorder: isSupposed ? SUPPOSED_DISORDER : DISORDER,
    }),
    structure: new StackStructure(workspace, simd, stack, unknowns),
    bound: (lower, upper) =>
      layers.forEach(({ crystal }, i) => {
        const put = (place: number, low: number, high: number): void => {
          lower[place] = low;
          upper[place] = high;
        };
        put(unknowns.thickness(i), Math.log(THINNEST), Math.log(thickest));
        put(
          unknowns.strain(i),
          strainOn(stack.substrate, { crystal, strain: strains[0] }),
          strainOn(stack.substrate, { crystal, strain: strains[1] }),
        );
        put(unknowns.debyeWaller(i), 0, isSupposed ? MOST_SUPPOSED : 1);
      }),
    put: (film, x) => putLayerFilm(unknowns, film, x),
    of: (place) => layerFilmOf(unknowns, place),
    distance: layerDistance,
    precision: CLOSE,
    thickness: (x) => repeats.reduce((sum, count, i) => sum + count * Math.exp(x[unknowns.thickness(i)]), 0),
  };
}

/** Strain of a layer against the substrate's lattice, %. */
export function againstSubstrate(stack: Stack, film: LayerFilm): number[] {
  return distinctLayers(stack).map(({ crystal }, i) =>
    strainAgainst(stack.substrate, { crystal, strain: film[i].strain }),
  );
}

/** Largest difference of thicknesses and strains, 0.1 where two films are no longer alike. */
export function layerDistance(a: LayerFilm, b: LayerFilm): number {
  if (a.length !== b.length) return Infinity;
  let most = 0;
  for (let i = 0; i < a.length; i++)
    most = Math.max(
      most,
      Math.abs(Math.log(a[i].thickness / b[i].thickness)) / ALIKE.thickness,
      Math.abs(a[i].strain - b[i].strain) / ALIKE.strain,
    );
  return 0.1 * most;
}

class LayerPrior implements Prior {
  readonly #unknowns: LayerUnknowns;
  readonly #known: readonly Known[];
  readonly #disorder: number;
  /** −2 ln of the norm of one layer's density. */
  readonly #norm: number;

  constructor(
    unknowns: LayerUnknowns,
    known: readonly Known[],
    { range, disorder }: { readonly range: number; readonly disorder: number },
  ) {
    this.#unknowns = unknowns;
    this.#known = known;
    this.#disorder = disorder;
    this.#norm =
      2 *
      (Math.log(Math.log(THICKNESS[1] / THICKNESS[0]) * range * disorder * Math.sqrt(Math.PI / 2)) + RARER);
  }

  near(): (x: Float64Array, sums: Sums | null) => number {
    return (x, sums) => this.#squares(x, sums);
  }

  lnDensity(x: Float64Array): number {
    return -this.#squares(x, null) / 2;
  }

  #squares(x: Float64Array, sums: Sums | null): number {
    const u = this.#unknowns,
      { add, total } = adder(x.length, sums);
    for (let i = 0; i < u.layers; i++) {
      const place = u.thickness(i),
        ln = x[place],
        [low, high] = THICKNESS.map(Math.log),
        excess = ln < low ? ln - low : ln > high ? ln - high : 0;
      if (excess !== 0) add(place, excess / BEYOND, 1 / BEYOND);
      add(u.debyeWaller(i), (x[u.debyeWaller(i)] - 1) / this.#disorder, 1 / this.#disorder);
    }
    addInstrument(x, u, this.#known, add);
    return total() + u.layers * this.#norm;
  }
}
