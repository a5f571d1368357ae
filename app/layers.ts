/** Stacks of layers as the user gives and draws them: periods from below, each of one layer or more. */
import type { Hkl, LayerGroup, Stack } from "takagi";
import type { CrystalChoice } from "./crystals.ts";

/** A layer that is known to be there; what is absent is found. */
export interface GivenLayer {
  /** The substrate's if absent. */
  readonly crystal?: CrystalChoice;
  /** About, nm. */
  readonly thickness?: number;
  /** About, %, of the layer's own relaxed lattice. */
  readonly strain?: number;
}

/** A layer as it is drawn. */
export interface DrawnLayer extends GivenLayer {
  /** Where the layers' reflection has other indices than the substrate's. */
  readonly hkl?: Hkl;
  readonly thickness: number;
  readonly strain: number;
  readonly debyeWaller: number;
}

/** Layers that come again and again; a layer of its own is a period of one that comes once. */
export interface Period<L> {
  /** From below. */
  readonly layers: readonly L[];
  readonly repeats: number;
}

export type Periods<L> = readonly Period<L>[];

/** What is asked of a scan of layers. */
export interface LayersChoice {
  /** As many as the scan tells, so many, or those of `given`. */
  readonly number: "auto" | "given" | number;
  /** Of layers that are not given; the substrate's if absent. */
  readonly crystal?: CrystalChoice;
  /** Reflection of all layers of another crystal, where its indices are not the substrate's. */
  readonly hkl?: Hkl;
  /** From below. */
  readonly given: Periods<GivenLayer>;
}

/** Where a layer stands: its period, and its place in it, from below. */
export type Place = readonly [period: number, layer: number];

/** Of an answer of layers: those of each solution, with the crystals that they were taken to be of. */
export interface FoundStacks {
  /** Whether the scan was asked for layers alone, and not how many there are. */
  readonly isNumberGiven: boolean;
  readonly each: readonly Periods<DrawnLayer>[];
}

/** Most layers whose number is asked for, and most different ones in a list. */
export const MOST_FOUND = 5;
export const MOST_GIVEN = 12;

/** What a layer on the bare substrate begins with, nm. */
const USUAL_THICKNESS = 50;
/** Thinnest that a drag leaves, nm. */
const THINNEST = 0.5;

/** Each distinct layer, from below. */
export function distinct<L>(periods: Periods<L>): readonly L[] {
  return periods.flatMap(({ layers }) => layers);
}

export function layerAt<L>(periods: Periods<L>, [period, layer]: Place): L | undefined {
  return periods[period]?.layers[layer];
}

/** Places of all distinct layers, from below. */
export function placesOf(periods: Periods<unknown>): readonly Place[] {
  return periods.flatMap(({ layers }, p) => layers.map((_, i): Place => [p, i]));
}

export function withLayer<L>(periods: Periods<L>, [p, i]: Place, layer: L): Periods<L> {
  return withPeriod(periods, p, (layers) => layers.map((old, k) => (k === i ? layer : old)));
}

/** A period without layers goes, too. */
export function withoutLayer<L>(periods: Periods<L>, [p, i]: Place): Periods<L> {
  return withPeriod(periods, p, (layers) => layers.filter((_, k) => k !== i)).filter(
    ({ layers }) => layers.length > 0,
  );
}

/** @param repeats 1: its layers are layers of their own again */
export function withRepeats<L>(periods: Periods<L>, p: number, repeats: number): Periods<L> {
  return periods.flatMap((period, k): Periods<L> => {
    if (k !== p) return [period];
    return repeats > 1 ? [{ ...period, repeats }] : period.layers.map(alone);
  });
}

/** @param into the period that it is the uppermost of; a layer of its own at the surface if absent */
export function withLayerOn<L>(periods: Periods<L>, layer: L, into?: number): Periods<L> {
  return into === undefined
    ? [...periods, alone(layer)]
    : withPeriod(periods, into, (layers) => [...layers, layer]);
}

/** The layer that is added to drawn ones: as the one beneath it. */
export function nextLayer(periods: Periods<DrawnLayer>, into?: number): DrawnLayer {
  const beneath = (into === undefined ? periods.at(-1) : periods[into])?.layers.at(-1);
  return beneath ?? { thickness: USUAL_THICKNESS, strain: 0, debyeWaller: 1 };
}

function alone<L>(layer: L): Period<L> {
  return { layers: [layer], repeats: 1 };
}

function withPeriod<L>(
  periods: Periods<L>,
  p: number,
  change: (layers: readonly L[]) => readonly L[],
): Periods<L> {
  return periods.map((period, k) => (k === p ? { ...period, layers: change(period.layers) } : period));
}

/** The stack's items as the SDK has them. */
export function itemsOf<L, T>(
  periods: Periods<L>,
  to: (layer: L) => T,
): (T | { layers: T[]; repeats: number })[] {
  return periods.flatMap(({ layers, repeats }): (T | { layers: T[]; repeats: number })[] => {
    const all = layers.map(to);
    return repeats > 1 ? [{ layers: all, repeats }] : all;
  });
}

/** A stack of the SDK's, to be drawn.
 *  @param crystals of each layer from below, or of all of them */
export function drawnPeriods(
  { layers }: Pick<Stack, "layers">,
  crystals: readonly Pick<DrawnLayer, "crystal" | "hkl">[] | Pick<DrawnLayer, "crystal" | "hkl">,
): Periods<DrawnLayer> {
  let at = 0;
  const drawn = ({ thickness, strain = 0, debyeWaller = 1 }: LayerGroup["layers"][number]): DrawnLayer => ({
    ...("length" in crystals ? crystals[at++] : crystals),
    thickness,
    strain,
    debyeWaller,
  });
  return layers.map((item) =>
    "layers" in item
      ? { layers: item.layers.map(drawn), repeats: item.repeats }
      : { layers: [drawn(item)], repeats: 1 },
  );
}

/** Of all layers together, nm. */
export function thicknessOf(periods: Periods<DrawnLayer>): number {
  return periods.reduce((sum, period) => sum + period.repeats * periodOf(period), 0);
}

function periodOf({ layers }: Period<DrawnLayer>): number {
  return layers.reduce((sum, { thickness }) => sum + thickness, 0);
}

/** A lower edge that can be moved: what it adds to the layer above, it takes from the layer below. */
export interface Edge {
  /** nm below the surface. */
  readonly depth: number;
  readonly above: Place;
  /** Absent where the substrate lies below. */
  readonly below?: Place;
  /** How often the two lie in the stack where the edge moves with all of them. */
  readonly timesAbove: number;
  readonly timesBelow: number;
  /** Middle of the layer above, nm below the surface. */
  readonly middle: number;
}

/** One edge for each distinct layer, from the surface down: of a period that repeats those inside its uppermost, and the lower
 *  edge of them all. */
export function edgesOf(periods: Periods<DrawnLayer>): Edge[] {
  const edges: Edge[] = [];
  let top = 0;
  for (let p = periods.length - 1; p >= 0; p--) {
    const period = periods[p]!,
      { layers, repeats } = period;
    let depth = top;
    for (let i = layers.length - 1; i >= 0; i--) {
      const { thickness } = layers[i]!,
        middle = depth + thickness / 2;
      depth += thickness;
      edges.push(
        i > 0
          ? { depth, middle, above: [p, i], below: [p, i - 1], timesAbove: 1, timesBelow: 1 }
          : {
              depth: top + repeats * periodOf(period),
              middle,
              above: [p, 0],
              timesAbove: repeats,
              ...under(periods, p),
            },
      );
    }
    top += repeats * periodOf(period);
  }
  return edges;
}

/** The layer under a period. */
function under(periods: Periods<DrawnLayer>, p: number): Pick<Edge, "below" | "timesBelow"> {
  const next = periods[p - 1];
  return next === undefined
    ? { timesBelow: 1 }
    : { below: [p - 1, next.layers.length - 1], timesBelow: next.repeats };
}

/** The stack with an edge at another depth (nm), as far as the layers beside it allow. */
export function withEdgeAt(
  periods: Periods<DrawnLayer>,
  { depth: now, above, below, timesAbove, timesBelow }: Edge,
  depth: number,
): Periods<DrawnLayer> {
  const upper = layerAt(periods, above)!,
    lower = below === undefined ? undefined : layerAt(periods, below)!,
    least = (THINNEST - upper.thickness) * timesAbove,
    most = lower === undefined ? Infinity : (lower.thickness - THINNEST) * timesBelow,
    change = Math.max(Math.min(depth - now, Math.max(most, 0)), Math.min(least, 0)),
    moved = withLayer(periods, above, { ...upper, thickness: upper.thickness + change / timesAbove });
  return lower === undefined
    ? moved
    : withLayer(moved, below!, { ...lower, thickness: lower.thickness - change / timesBelow });
}
