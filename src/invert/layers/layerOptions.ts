/** What users may say of the layers that a scan is of. */
import { InvalidParameterError, requireInteger, requirePositive, requireWithin } from "../../errors.ts";
import { requireReflection } from "../../instrument/waves.ts";
import { MOST_LAYERS as MOST_IN_STACK } from "../../profile/stack.ts";
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
  let count = 0,
    all = 0;
  layers.forEach((item: LayerGuess | LayerGuessGroup, i) => {
    const { layers: period, repeats } = periodOf(`layers[${i}]`, item);
    count += period.length;
    all += period.length * repeats;
  });
  if (count > MOST_GIVEN)
    throw new InvalidParameterError("layers", `at most ${MOST_GIVEN} different layers`, count);
  if (all > MOST_IN_STACK)
    throw new InvalidParameterError("layers", `at most ${MOST_IN_STACK} layers with all repeats`, all);
}

/** A layer, or those of a group, checked. */
function periodOf(name: string, item: LayerGuess | LayerGuessGroup): LayerGuessGroup {
  if (typeof item !== "object" || item === null)
    throw new InvalidParameterError(name, "a layer, or { layers, repeats }", item);
  if (!("layers" in item)) {
    checkGuess(name, item);
    return { layers: [item], repeats: 1 };
  }
  requireInteger(`${name}.repeats`, item.repeats, 1, 1000);
  if (!Array.isArray(item.layers) || item.layers.length === 0)
    throw new InvalidParameterError(`${name}.layers`, "a list of layers", item.layers);
  item.layers.forEach((layer: LayerGuess, k) => checkGuess(`${name}.layers[${k}]`, layer));
  return item;
}

/** All layers see the scan's wavelength.
 *  @param named parameters and the crystals that they give
 *  @throws {InvalidParameterError} @throws {UnreachableReflectionError} */
export function checkCrystals(
  substrate: Reflection,
  named: readonly (readonly [parameter: string, crystal: Reflection])[],
): void {
  for (const [parameter, crystal] of named) {
    requireReflection(parameter, crystal);
    if (crystal.wavelength !== substrate.wavelength)
      throw new InvalidParameterError(
        `${parameter}.wavelength`,
        `the substrate's, ${substrate.wavelength} Å`,
        crystal.wavelength,
      );
  }
}

/** The crystals that options give, by the names of their parameters. */
export function crystalsOf(
  layers: LayersOption,
  film: Reflection | undefined,
): (readonly [parameter: string, crystal: Reflection])[] {
  const given: (readonly [string, Reflection])[] = film === undefined ? [] : [["film", film]];
  if (typeof layers === "string" || typeof layers === "number") return given;
  layers.forEach((item, i) => {
    if ("layers" in item)
      item.layers.forEach(({ crystal }, k) => given.push([`layers[${i}].layers[${k}].crystal`, crystal]));
    else given.push([`layers[${i}].crystal`, item.crystal]);
  });
  return given;
}

function checkGuess(name: string, layer: LayerGuess): void {
  const { crystal, thickness, strain } = layer ?? {};
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
