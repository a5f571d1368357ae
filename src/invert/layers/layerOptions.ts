/** What users may say of the layers that a scan is of. */
import { InvalidParameterError, requireInteger, requirePositive, requireWithin } from "../../errors.ts";
import type { Layer, LayerGroup, Reflection, Stack } from "../../types.ts";
import type { LayerFilm } from "./layerUnknowns.ts";

/** A layer that is known to be there; what is absent is found. */
export interface LayerGuess {
  /** The reflection of its relaxed crystal. */
  readonly crystal: Reflection;
  /** About, nm. */
  readonly thickness?: number;
  /** About, %, of the layer's own relaxed lattice. */
  readonly strain?: number;
}

/** Layers that come again and again. */
export interface LayerGuessGroup {
  /** One period, from below. */
  readonly layers: readonly LayerGuess[];
  /** How many periods. */
  readonly repeats: number;
}

/** "auto": as many uniform layers as the scan tells, at most five; a number: so many; or the layers themselves, from below. */
export type LayersOption = "auto" | number | readonly (LayerGuess | LayerGuessGroup)[];

export const MOST_LAYERS = 5;
const MOST_GIVEN = 12;

/** @throws {InvalidParameterError} */
export function checkLayers(layers: LayersOption): void {
  if (layers === "auto") return;
  if (typeof layers === "number") {
    requireInteger("layers", layers, 1, MOST_LAYERS);
    return;
  }
  if (!Array.isArray(layers) || layers.length === 0)
    throw new InvalidParameterError("layers", '"auto", a number, or a list of layers', layers);
  let count = 0;
  layers.forEach((item: LayerGuess | LayerGuessGroup, i) => {
    if ("layers" in item) {
      requireInteger(`layers[${i}].repeats`, item.repeats, 1, 1000);
      item.layers.forEach((layer, k) => checkGuess(`layers[${i}].layers[${k}]`, layer));
      count += item.layers.length;
    } else {
      checkGuess(`layers[${i}]`, item);
      count++;
    }
  });
  if (count > MOST_GIVEN)
    throw new InvalidParameterError("layers", `at most ${MOST_GIVEN} different layers`, count);
}

function checkGuess(name: string, { crystal, thickness, strain }: LayerGuess): void {
  if (crystal?.structureFactor === undefined)
    throw new InvalidParameterError(
      `${name}.crystal`,
      "a Reflection: await reflection(crystal, options)",
      crystal,
    );
  if (thickness !== undefined) requirePositive(`${name}.thickness`, thickness, "nm");
  if (strain !== undefined) requireWithin(`${name}.strain`, strain, -50, 50, "%");
}

/** Crystals and order, with numbers to start from (NaN where there are none). */
export function givenLayers(
  substrate: Reflection,
  layers: readonly (LayerGuess | LayerGuessGroup)[],
): { stack: Stack; film: LayerFilm } {
  const film: { thickness: number; strain: number; debyeWaller: number }[] = [];
  const layerOf = ({ crystal, thickness = NaN, strain = NaN }: LayerGuess): Layer => {
    film.push({ thickness, strain, debyeWaller: 1 });
    return { crystal, thickness: 1 };
  };
  return {
    stack: {
      substrate,
      layers: layers.map((item): Layer | LayerGroup =>
        "layers" in item ? { layers: item.layers.map(layerOf), repeats: item.repeats } : layerOf(item),
      ),
    },
    film,
  };
}
