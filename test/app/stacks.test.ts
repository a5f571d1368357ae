/** Stacks as they are drawn: edges, periods, places. */
import { expect, test } from "vitest";
import {
  distinct,
  type DrawnLayer,
  edgesOf,
  itemsOf,
  type Periods,
  thicknessOf,
  withEdgeAt,
  withLayerOn,
  withoutLayer,
  withRepeats,
} from "../../app/layers.ts";

const layer = (thickness: number): DrawnLayer => ({ thickness, strain: 0, debyeWaller: 1 });

/** From below: a buffer, five periods of two layers, a cap. */
const STACK: Periods<DrawnLayer> = [
  { layers: [layer(30)], repeats: 1 },
  { layers: [layer(8), layer(17)], repeats: 5 },
  { layers: [layer(50)], repeats: 1 },
];

test("a stack has one edge for each layer, from the surface down", () => {
  expect(edgesOf(STACK).map(({ depth }) => depth)).toEqual([50, 67, 175, 205]);
  expect(edgesOf(STACK).map(({ middle }) => middle)).toEqual([25, 58.5, 71, 190]);
});

test("an edge goes where it is dragged, and all that lies below its two layers stays, but for the lowest", () => {
  edgesOf(STACK).forEach((edge, k) => {
    const moved = withEdgeAt(STACK, edge, edge.depth - 3),
      depths = edgesOf(moved).map(({ depth }) => depth);
    expect(depths[k]).toBeCloseTo(edge.depth - 3, 9);
    expect(thicknessOf(moved)).toBeCloseTo(k === 3 ? 202 : 205, 9);
  });
});

test("no layer becomes thinner than half a nanometre, however far an edge is dragged", () => {
  for (const edge of edgesOf(STACK))
    for (const depth of [-1000, 1000])
      for (const { thickness } of distinct(withEdgeAt(STACK, edge, depth)))
        expect(thickness).toBeGreaterThanOrEqual(0.5 - 1e-9);
});

test("layers are added, removed and repeated, and a period once is its layers", () => {
  const names = (periods: Periods<string>): unknown => itemsOf(periods, (name) => name);
  const two = withLayerOn(withLayerOn([], "a"), "b");
  expect(names(two)).toEqual(["a", "b"]);
  const repeated = withLayerOn(withRepeats(two, 1, 3), "c", 1);
  expect(names(repeated)).toEqual(["a", { layers: ["b", "c"], repeats: 3 }]);
  expect(names(withRepeats(repeated, 1, 1))).toEqual(["a", "b", "c"]);
  expect(names(withoutLayer(withoutLayer(repeated, [1, 0]), [1, 0]))).toEqual(["a"]);
});
