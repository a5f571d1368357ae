/** The points by which a stack is dragged in the plot of its strain, and the layers that are added to one. */
import { type Stack, strainAgainst, strainOn } from "takagi";
import { crystalOf, fittingStrain } from "./crystals.ts";
import {
  distinct,
  edgesOf,
  layerAt,
  nextLayer,
  placesOf,
  type DrawnLayer,
  type Place,
  withEdgeAt,
  withLayer,
} from "./layers.ts";
import { dragged, type Handle, isStack, type Quantity } from "./model.ts";
import type { Experiment, Model, StackModel } from "./session.ts";

const MOST_STRAIN = 30;

/** Reflections of the distinct layers, from below. */
function crystalsOf({ layers }: Stack) {
  return layers.flatMap((item) => ("layers" in item ? item.layers : [item])).map(({ crystal }) => crystal);
}

/** Strain of each distinct layer against the substrate's lattice, %, from below.
 *  @param stack the SDK's, of the same crystals; its numbers do not matter */
export function againstSubstrate({ layers }: StackModel, stack: Stack): number[] {
  const crystals = crystalsOf(stack);
  return distinct(layers).map(({ strain }, i) => {
    const crystal = crystals[i];
    return crystal === undefined ? NaN : strainAgainst(stack.substrate, { crystal, strain });
  });
}

/** Two points a layer: one in its middle moves its strain, one on its lower edge moves that; the deepest comes first. */
export function stackHandles(model: StackModel, stack: Stack): Handle[] {
  const against = againstSubstrate(model, stack),
    places = placesOf(model.layers),
    at = (place: Place | undefined): number =>
      place === undefined ? 0 : against[places.findIndex(([p, i]) => p === place[0] && i === place[1])]!;
  return edgesOf(model.layers)
    .flatMap(({ depth, middle, above, below }): Handle[] => [
      { depth: middle, value: at(above), moves: "value" },
      { depth, value: (at(above) + at(below)) / 2, moves: "depth" },
    ])
    .reverse();
}

/** The stack with one of these points moved: to a strain against the substrate (%), or to a depth (nm). */
export function draggedStack(
  model: StackModel,
  stack: Stack,
  { index, value }: { readonly index: number; readonly value: number },
): StackModel {
  const edges = edgesOf(model.layers),
    k = 2 * edges.length - 1 - index,
    edge = edges[k >> 1];
  if (edge === undefined) return model;
  if (k % 2 === 1) return { ...model, layers: withEdgeAt(model.layers, edge, value) };
  const { above } = edge,
    layer = layerAt(model.layers, above)!,
    at = placesOf(model.layers).findIndex(([p, i]) => p === above[0] && i === above[1]),
    crystal = crystalsOf(stack)[at];
  if (crystal === undefined) return model;
  const strain = Math.min(
    Math.max(strainOn(stack.substrate, { crystal, strain: value }), -MOST_STRAIN),
    MOST_STRAIN,
  );
  return { ...model, layers: withLayer(model.layers, above, { ...layer, strain }) };
}

/** What is done to a handle. */
export interface Move {
  readonly quantity: Quantity;
  readonly index: number;
  /** A value, or a depth (nm), by what the handle moves. */
  readonly to: number;
  /** The layers that are shown, where the model is one of layers. */
  readonly stack: Stack | undefined;
}

/** The model with one of its handles moved; undefined where it cannot be. */
export function moved(model: Model, { quantity, index, to, stack }: Move): Model | undefined {
  if (!isStack(model)) return dragged(model, quantity, index, to);
  return stack === undefined ? undefined : draggedStack(model, stack, { index, value: to });
}

/** The layer that comes next on a stack: as the one beneath, or of the film's crystal, fitting the substrate where that is known. */
export function layerToAdd(
  { layers }: StackModel,
  {
    experiment,
    film,
    into,
  }: {
    readonly experiment: Experiment;
    readonly film: Pick<DrawnLayer, "crystal" | "hkl">;
    readonly into?: number | undefined;
  },
): DrawnLayer {
  const next = nextLayer(layers, into);
  if (layers.length > 0) return next;
  return { ...next, ...film, strain: strainThatFits(experiment, film) ?? 0 };
}

/** Strain (%) of a layer's own lattice that fits the substrate; undefined where it is not known. */
export function strainThatFits(
  { crystal: substrate, surface, hkl }: Experiment,
  { crystal, hkl: own }: Pick<DrawnLayer, "crystal" | "hkl">,
): number | undefined {
  if (crystal === undefined) return 0;
  // Of planes with other indices the SDK's elastic theory knows nothing.
  if (own !== undefined && own.join() !== hkl.join()) return undefined;
  return fittingStrain(crystalOf(crystal), crystalOf(substrate), surface ?? hkl);
}
