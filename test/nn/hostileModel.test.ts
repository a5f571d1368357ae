/** Cards that say anything: refused by name, before anything is built of them. */
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { ModelError, TakagiError } from "../../src/errors.ts";
import { checkCard } from "../../src/nn/checkCard.ts";
import { parseModel } from "../../src/nn/model.ts";

const CARD = {
  ...(JSON.parse(
    readFileSync(new URL("../../models/universal/model.json", import.meta.url), "utf8"),
  ) as Json),
  // Long, and of no consequence.
  learning: [],
  metrics: {},
} as Json;
type Json = { [name: string]: unknown };

/** Of every value in a card, its path. */
function paths(value: unknown, path: readonly string[] = []): (readonly string[])[] {
  const own = typeof value === "object" && value !== null ? Object.entries(value) : [];
  return [path, ...own.flatMap(([name, each]) => paths(each, [...path, name]))];
}

/** The card with another value at a path; undefined: without it. */
function spoilt(path: readonly string[], value: unknown): Json {
  const card = structuredClone(CARD),
    parent = path.slice(0, -1).reduce((at, name) => at[name] as Json, card);
  if (value === undefined && Array.isArray(parent)) parent.splice(Number(path.at(-1)), 1);
  else if (value === undefined) Reflect.deleteProperty(parent, path.at(-1)!);
  else parent[path.at(-1)!] = value;
  return card;
}

const VALUES = [undefined, null, -1, 1e9, "x", true, {}, [[]]];

test("whatever stands at whatever place of a card, it passes or is refused as takagi's errors are", () => {
  expect(() => checkCard(CARD)).not.toThrow();
  let refused = 0;
  const known = paths(CARD).filter(
    (path) => path.length > 0 && path[0] !== "learning" && path[0] !== "metrics",
  );
  for (const path of known)
    for (const value of VALUES)
      try {
        checkCard(spoilt(path, value));
      } catch (error) {
        if (!(error instanceof TakagiError))
          expect.unreachable(`${path.join(".")} = ${JSON.stringify(value)}: ${String(error)}`);
        refused++;
      }
  expect(refused).toBeGreaterThan(3 * known.length);
});

const ATTACKS: readonly (readonly [what: string, path: string, value: unknown, words: RegExp])[] = [
  [
    "a layer of gigabytes",
    "network.layers.1.channels",
    65_536,
    /network\.layers\[1\]: points times channels/,
  ],
  [
    "a layer of another shape",
    "network.layers.5.channels",
    65_536,
    /weights\.arrays must be those of its network/,
  ],
  ["a curve without end", "network.inputLength", 1e9, /network\.inputLength must be 1201/],
  ["layers without end", "network.layers", new Array(1e5).fill({ kind: "pool" }), /network\.layers\.length/],
  ["pools of nothing", "network.layers", new Array(20).fill({ kind: "pool" }), /points before it/],
  [
    "a scale relative to itself",
    "outputs",
    [{ label: "strain", map: "relative", centre: 0, half: 1 }],
    /outputs/,
  ],
  ["a label that no output says", "labels.0", "weight99", /labels must be of the outputs; got "weight99"/],
  ["arrays of no shape", "weights.arrays.0.shape", null, /weights\.arrays must be a list/],
];
test.each(ATTACKS)("%s", async (_, path, value, words) => {
  const card = spoilt(path.split("."), value);
  await expect(parseModel(card, new Uint8Array(0))).rejects.toThrow(words);
  await expect(parseModel(card, new Uint8Array(0))).rejects.toThrow(ModelError);
});
