/** From a stack to homogeneous pieces: a uniform layer is one piece of any thickness, a graded one is cut, a rough interface
 *  is cut into mixtures of the two crystals.
 *
 *      ── upper edge ──   zone of the upper interface: MIX_CUTS pieces over 3σ, at most half the layer
 *                         middle: 1 piece, or as many as the plan says
 *      ── lower edge ──   zone of the lower interface
 *
 *  A superlattice names the same pieces again and again. */
import type { Layer, LayerGroup, Reflection, Stack } from "../types.ts";
import { ANGSTROM_PER_NM } from "../units.ts";
import {
  combine,
  constant,
  type Dual,
  minus,
  parameter,
  plus,
  ratio,
  scaled,
  times,
  upperTail,
} from "./dual.ts";

/** The numbers of a layer, in this order; then, once, the roughness of the substrate. Units of the public border. */
export const LAYER_NUMBERS = ["thickness", "strain", "strainTop", "debyeWaller", "roughness"] as const;
const [THICKNESS, STRAIN, STRAIN_TOP, DEBYE_WALLER, ROUGHNESS] = [0, 1, 2, 3, 4];
const SIZE = LAYER_NUMBERS.length;

/** Half width of a rough interface that is cut, in σ, and pieces of that half. */
const MIX_REACH = 3;
const MIX_CUTS = 8;

/** What stays the same while the numbers of a stack change. */
export interface StackPlan {
  /** Each layer once, from below. */
  readonly layers: readonly Layer[];
  /** Layers by their place in `layers`, a superlattice written out. */
  readonly order: readonly number[];
  /** The substrate's first, then each other one once; the last one is empty space. */
  readonly crystals: readonly Reflection[];
  /** Pieces of each layer's middle. */
  readonly cuts: readonly number[];
  readonly isSubstrateRough: boolean;
}

/** A share of one crystal in a piece. */
export interface Share {
  /** Index in the plan's crystals. */
  readonly crystal: number;
  readonly weight: Dual;
  /** Fraction. */
  readonly strain: Dual;
  readonly debyeWaller: Dual;
}

/** A homogeneous piece. */
export interface Piece {
  /** Å. */
  readonly thickness: Dual;
  readonly shares: readonly Share[];
}

export function isGroup(layer: Layer | LayerGroup): layer is LayerGroup {
  return "layers" in layer;
}

/** @param cutsOf pieces that the middle of a graded layer is cut into */
export function planStack(stack: Stack, cutsOf: (layer: Layer) => number): StackPlan {
  const layers: Layer[] = [],
    order: number[] = [];
  for (const item of stack.layers) {
    const first = layers.length,
      members = isGroup(item) ? item.layers : [item];
    layers.push(...members);
    const repeats = isGroup(item) ? item.repeats : 1;
    for (let n = 0; n < repeats; n++) order.push(...members.map((_, i) => first + i));
  }
  const crystals = [...new Set([stack.substrate, ...layers.map(({ crystal }) => crystal)])];
  const nothing = { zero: [0, 0], h: [0, 0], hBar: [0, 0] } as const;
  const top = order.length === 0 ? stack.substrate : layers[order[order.length - 1]].crystal;
  return {
    layers,
    order,
    crystals: [...crystals, { ...top, structureFactor: nothing }],
    cuts: layers.map((layer) => (layer.strainTop === undefined ? 1 : cutsOf(layer))),
    isSubstrateRough: stack.roughness !== undefined,
  };
}

/** The numbers of a stack as one vector: LAYER_NUMBERS of each layer, then the roughness of the substrate. A layer that is
 *  not graded has `strain` twice, and no derivative by the second one. */
export function stackNumbers(stack: Stack): Float64Array {
  const { layers } = planStack(stack, () => 1);
  return Float64Array.from([
    ...layers.flatMap(({ thickness, strain = 0, strainTop = strain, debyeWaller = 1, roughness = 0 }) => [
      thickness,
      strain,
      strainTop,
      debyeWaller,
      roughness,
    ]),
    stack.roughness ?? 0,
  ]);
}

/** One layer with its numbers. */
interface Body {
  readonly crystal: number;
  /** Å. */
  readonly thickness: Dual;
  readonly bottom: Dual;
  readonly top: Dual;
  readonly debyeWaller: Dual;
  /** σ of the upper interface, Å; undefined where it is sharp. */
  readonly roughness: Dual | undefined;
}

/** The pieces of a stack of these numbers, and the order in which they lie, from below. */
export function piecesOf(
  plan: StackPlan,
  numbers: ArrayLike<number>,
): { pieces: Piece[]; sequence: number[] } {
  const { layers, order } = plan;
  const bodies = layers.map((layer, i) => bodyOf(plan, layer, i, numbers));
  const substrate: Body = {
    crystal: 0,
    thickness: constant(Infinity),
    bottom: constant(0),
    top: constant(0),
    debyeWaller: constant(1),
    roughness: plan.isSubstrateRough
      ? parameter(numbers[SIZE * layers.length], SIZE * layers.length, ANGSTROM_PER_NM)
      : undefined,
  };
  const pieces: Piece[] = [],
    sequence: number[] = [],
    known = new Map<string, number[]>();
  const lay = (key: string, make: () => Piece[]): void => {
    let found = known.get(key);
    if (found === undefined) {
      found = make().map((piece) => pieces.push(piece) - 1);
      known.set(key, found);
    }
    sequence.push(...found);
  };
  const bodyAt = (place: number): Body => (place < 0 ? substrate : bodies[order[place]]);
  const above = (place: number): Body =>
    place + 1 < order.length ? bodyAt(place + 1) : spaceOver(plan, bodyAt(place));
  if (substrate.roughness !== undefined)
    lay("substrate", () => zone(substrate, above(-1), substrate.roughness!, "upper"));
  order.forEach((layer, place) => {
    const body = bodies[layer],
      below = bodyAt(place - 1),
      next = above(place);
    const lower = below.roughness,
      upper = body.roughness;
    const name = `${layer} on ${order[place - 1] ?? "substrate"}`;
    if (lower !== undefined) lay(name, () => zone(body, below, lower, "lower"));
    lay(`middle of ${name}`, () => middle(body, lower, plan.cuts[layer]));
    if (upper !== undefined)
      lay(`${layer} under ${order[place + 1] ?? "space"}`, () => zone(body, next, upper, "upper"));
  });
  const last = bodyAt(order.length - 1);
  if (last.roughness !== undefined)
    lay("space", () => zone(spaceOver(plan, last), last, last.roughness!, "lower"));
  return { pieces, sequence };
}

function bodyOf(plan: StackPlan, layer: Layer, index: number, numbers: ArrayLike<number>): Body {
  const at = SIZE * index;
  const bottom = parameter(numbers[at + STRAIN], at + STRAIN, 0.01);
  return {
    crystal: plan.crystals.indexOf(layer.crystal),
    thickness: parameter(numbers[at + THICKNESS], at + THICKNESS, ANGSTROM_PER_NM),
    bottom,
    top: layer.strainTop === undefined ? bottom : parameter(numbers[at + STRAIN_TOP], at + STRAIN_TOP, 0.01),
    debyeWaller: parameter(numbers[at + DEBYE_WALLER], at + DEBYE_WALLER),
    roughness:
      layer.roughness === undefined
        ? undefined
        : parameter(numbers[at + ROUGHNESS], at + ROUGHNESS, ANGSTROM_PER_NM),
  };
}

/** Empty space, whose lattice goes on as that of the layer below: what does not scatter has no lattice. */
function spaceOver(plan: StackPlan, below: Body): Body {
  return {
    crystal: plan.crystals.length - 1,
    thickness: constant(Infinity),
    bottom: below.top,
    top: below.top,
    debyeWaller: constant(1),
    roughness: undefined,
  };
}

/** How far a rough interface reaches into a layer, Å: 3σ, at most half the layer. */
function reachOf(body: Body, roughness: Dual | undefined): Dual {
  if (roughness === undefined) return constant(0);
  const reach = scaled(roughness, MIX_REACH);
  return reach.value <= 0.5 * body.thickness.value ? reach : scaled(body.thickness, 0.5);
}

/** Strain at a height over the lower edge. */
function strainAt({ bottom, top, thickness }: Body, height: Dual): Dual {
  return bottom === top ? bottom : plus(bottom, times(minus(top, bottom), ratio(height, thickness)));
}

function middle(body: Body, lower: Dual | undefined, cuts: number): Piece[] {
  const start = reachOf(body, lower);
  const whole = minus(minus(body.thickness, start), reachOf(body, body.roughness));
  const thickness = scaled(whole, 1 / cuts);
  return Array.from({ length: cuts }, (_, i) => {
    const height = combine(start.value + (i + 0.5) * thickness.value, [
      [1, start],
      [i + 0.5, thickness],
    ]);
    const share = {
      crystal: body.crystal,
      weight: constant(1),
      strain: strainAt(body, height),
      debyeWaller: body.debyeWaller,
    };
    return { thickness, shares: [share] };
  });
}

/** Pieces of a rough interface that lie within one layer, from below; the other layer's share falls with the distance. */
function zone(body: Body, other: Body, roughness: Dual, edge: "lower" | "upper"): Piece[] {
  const reach = reachOf(body, roughness);
  const thickness = scaled(reach, 1 / MIX_CUTS);
  const isSharp = !(roughness.value > 0);
  return Array.from({ length: MIX_CUTS }, (_, i) => {
    const distance = scaled(reach, ((edge === "lower" ? i : MIX_CUTS - 1 - i) + 0.5) / MIX_CUTS);
    const foreign = isSharp ? constant(0) : upperTail(ratio(distance, roughness));
    const isSpread = Number.isFinite(body.thickness.value) && body.bottom !== body.top;
    const height = edge === "lower" ? distance : minus(body.thickness, distance);
    return {
      thickness,
      shares: [
        {
          crystal: body.crystal,
          weight: minus(constant(1), foreign),
          strain: isSpread ? strainAt(body, height) : body.top,
          debyeWaller: body.debyeWaller,
        },
        {
          crystal: other.crystal,
          weight: foreign,
          strain: edge === "lower" ? other.top : other.bottom,
          debyeWaller: other.debyeWaller,
        },
      ],
    };
  });
}
