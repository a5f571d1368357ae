/** The unknowns of a stack of layers, and the stack that they stand for. */
import type { Layer, Stack } from "../../types.ts";
import { type Place, Places } from "../unknowns.ts";

/** What a layer is told by. */
export interface LayerNumbers {
  /** nm. */
  readonly thickness: number;
  /** %, of the layer's own relaxed lattice. */
  readonly strain: number;
  readonly debyeWaller: number;
}

/** A stack's distinct layers, from below. */
export type LayerFilm = readonly LayerNumbers[];

/** Unknowns of a layer. */
const SIZE = 3;

/** Places of the layers' unknowns, from below: ln thickness (nm), strain (%), Debye–Waller factor. */
export class LayerUnknowns extends Places {
  readonly layers: number;

  constructor(layers: number) {
    super(SIZE * layers);
    this.layers = layers;
  }

  thickness(layer: number): number {
    return SIZE * layer;
  }

  strain(layer: number): number {
    return SIZE * layer + 1;
  }

  debyeWaller(layer: number): number {
    return SIZE * layer + 2;
  }
}

export function layerFilmOf(u: LayerUnknowns, { x }: Place): LayerFilm {
  return Array.from({ length: u.layers }, (_, i) => ({
    thickness: Math.exp(x[u.thickness(i)]),
    strain: x[u.strain(i)],
    debyeWaller: x[u.debyeWaller(i)],
  }));
}

export function putLayerFilm(u: LayerUnknowns, film: LayerFilm, x: Float64Array): 1 {
  film.forEach(({ thickness, strain, debyeWaller }, i) => {
    x[u.thickness(i)] = Math.log(thickness);
    x[u.strain(i)] = strain;
    x[u.debyeWaller(i)] = debyeWaller;
  });
  return 1;
}

/** The same stack with other numbers. */
export function withNumbers(stack: Stack, film: LayerFilm): Stack {
  let at = 0;
  const next = (layer: Layer): Layer => ({ ...layer, ...film[at++] });
  return {
    ...stack,
    layers: stack.layers.map((item) =>
      "layers" in item ? { ...item, layers: item.layers.map(next) } : next(item),
    ),
  };
}

/** Distinct layers, from below. */
export function distinctLayers(stack: Stack): readonly Layer[] {
  return stack.layers.flatMap((item) => ("layers" in item ? item.layers : [item]));
}

/** How often each of them lies in the stack. */
export function repeatsOf(stack: Stack): readonly number[] {
  return stack.layers.flatMap((item) => ("layers" in item ? item.layers.map(() => item.repeats) : [1]));
}

/** What a stage of the search is called. */
export function stageOf({ length }: { readonly length: number }): string {
  return length === 1 ? "1 layer" : `${length} layers`;
}
