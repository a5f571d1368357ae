/** What tells the scans of a series apart: numbers in their names, motors of their files, values that were typed. */
import { expect, test } from "vitest";
import { numbersInNames, offersOf, seriesOf } from "../../app/series.ts";
import { DEFAULT_EXPERIMENT, type Entry } from "../../app/session.ts";
import { read } from "../../app/worker/read.ts";
import { xrdml } from "../io/files.ts";

const entry = (name: string, more: Partial<Entry> = {}): Entry => ({
  id: name,
  name,
  scan: { twoTheta: Float64Array.of(70, 71, 72), intensity: Float64Array.of(1, 2, 3) },
  range: { from: 70, to: 72, points: 3 },
  experiment: DEFAULT_EXPERIMENT,
  network: "automatic",
  held: [],
  mask: [],
  solution: 0,
  isEdited: false,
  ...more,
});

test("the first number of the names that is not the same in all", () => {
  expect(numbersInNames(["YSZ 400 2.5e14", "YSZ 400 1e15"])).toEqual([2.5e14, 1e15]);
  expect(numbersInNames(["film_T300K_1", "film_T350K_2"])).toEqual([300, 350]);
  expect(numbersInNames(["dose 0p5", "dose 1,5"])).toEqual([0.5, 1.5]);
  expect(numbersInNames(["a 1", "b 1"])).toBeUndefined();
  expect(numbersInNames(["a 1", "b"])).toBeUndefined();
  expect(numbersInNames([])).toBeUndefined();
});

test("motors that stood elsewhere in each scan are offered; those that did not move, or that a file lacks, are not", () => {
  const entries = [entry("a", { motors: { X: 0, Y: 3, Z: 1 } }), entry("b", { motors: { X: 2, Y: 3 } })];
  expect(offersOf(entries)).toEqual([{ words: "X of the files", variable: "X", values: [0, 2] }]);
});

test("a series stands in the order of its values; without a name, or without any value, in that of its scans", () => {
  const entries = [
      entry("hot", { variable: 400 }),
      entry("unknown"),
      entry("cold", { variable: 300 }),
      entry("what if", { variable: 1 }),
    ].map((each) => {
      if (each.name !== "what if") return each;
      const { scan, ...simulation } = each;
      return scan === undefined ? each : simulation;
    }),
    shown = (series: ReturnType<typeof seriesOf>) => series.scans.map(({ entry: { name }, x }) => [name, x]);
  const byValue = seriesOf({ entries, variable: "Temperature (K)" });
  expect([byValue.label, byValue.missing, shown(byValue)]).toEqual([
    "Temperature (K)",
    1,
    [
      ["cold", 300],
      ["hot", 400],
    ],
  ]);
  const byNumber = seriesOf({ entries });
  expect([byNumber.label, byNumber.missing, shown(byNumber)]).toEqual([
    "Scan",
    0,
    [
      ["hot", 1],
      ["unknown", 2],
      ["cold", 3],
    ],
  ]);
  expect(seriesOf({ entries: entries.slice(1, 2), variable: "Temperature (K)" }).label).toBe("Scan");
});

test("the page keeps where the motors of a file stood", async () => {
  const scans = [0, 2].map((X) => ({
    twoTheta: 71.5,
    omega: 35.75,
    step: 0.05,
    counts: Array.from({ length: 20 }, (_, i) => 100 + i),
    motors: { X },
  }));
  const found = await read({ name: "map.xrdml", bytes: xrdml(scans).slice().buffer as ArrayBuffer });
  expect(found.kind === "scans" && found.scans.map(({ motors }) => motors?.["X"])).toEqual([0, 2]);
});
