/** What the page keeps: sessions are checked to the bottom, two pages lose nothing to each other, and two deployments on one
 *  origin leave each other's caches alone. Without a browser. */
import { parseResult, ResultError, resultJson } from "takagi";
import { afterEach, expect, test, vi } from "vitest";
import { merged } from "../../app/state/merged.ts";
import { entryOfResult, isResult } from "../../app/state/resultFile.ts";
import { decodeSession, encodeSession, SessionFileError } from "../../app/state/sessionFile.ts";
import { soundSession } from "../../app/state/sessionCheck.ts";
import { DEFAULT_EXPERIMENT, type Entry, isStale } from "../../app/session.ts";
import { syntheticInversion } from "../report/synthetic.ts";

const answer = syntheticInversion();
const ENTRY: Entry = {
  id: "a",
  name: "scan",
  scan: answer.scan,
  range: { from: 72, to: 74, points: 3 },
  experiment: { ...DEFAULT_EXPERIMENT, crystal: { kind: "material", name: "YSZ" } },
  network: "automatic",
  held: [],
  mask: [[72, 72.5]],
  answer,
  seconds: 2,
  solution: 0,
  isEdited: false,
};

test("a session comes back from its file as it was", () => {
  const session = { entries: [ENTRY], selected: "a" };
  expect(decodeSession(encodeSession(session))).toEqual(session);
});

const DAMAGE: readonly (readonly [what: string, entry: object])[] = [
  ["no entry", []],
  ["an empty answer", { ...ENTRY, answer: {} }],
  ["an answer without a band", { ...ENTRY, answer: { ...answer, strainBand: undefined } }],
  ["an answer of text", { ...ENTRY, answer: { ...answer, maxStrain: "1" } }],
  ["plain lists for arrays", { ...ENTRY, answer: { ...answer, calculated: [...answer.calculated] } }],
  ["a solution that is none", { ...ENTRY, answer: { ...answer, solutions: [{}] } }],
  ["an experiment that is none", { ...ENTRY, experiment: { hkl: [0, 0, 4] } }],
  ["a mask that is none", { ...ENTRY, mask: [[72]] }],
  ["a scan that is none", { ...ENTRY, scan: { ...answer.scan, twoTheta: new Float64Array(1) } }],
  ["a range that is none", { ...ENTRY, range: { from: 1 } }],
  ["a profile that is none", { ...ENTRY, model: { thickness: 1, strainWeights: [1], instrument: {} } }],
];
test.each(DAMAGE)("%s: the file is refused, and of the browser's session the others stay", (_, entry) => {
  const session = { entries: [entry, ENTRY], selected: "a" };
  expect(() => decodeSession(encodeSession(session as never))).toThrow(SessionFileError);
  expect(soundSession(session)).toEqual({ session: { entries: [ENTRY], selected: "a" }, lost: 1 });
});

test("what is no session at all holds nothing", () => {
  for (const value of [null, 1, "a", [], {}, { entries: {} }])
    expect(soundSession(value)).toEqual({ session: { entries: [] }, lost: 1 });
});

test("two pages keep what both have done", () => {
  const [a, b, c] = ["a", "b", "c"].map((id) => ({ id, by: "both" })) as [Item, Item, Item],
    base = [a, b, c],
    copy = (items: readonly Item[]) => items.map((item) => ({ ...item }));
  // We: changed a, removed b, added d. They: removed a, changed b and c, added e.
  const ours = [{ ...a, by: "us" }, c, { id: "d", by: "us" }],
    theirs = [
      { ...b, by: "them" },
      { ...c, by: "them" },
      { id: "e", by: "them" },
    ];
  expect(merged(base, ours, theirs).map(({ id, by }) => `${id} ${by}`)).toEqual([
    "a us",
    "c them",
    "d us",
    "e them",
  ]);
  expect(merged(base, base, copy(base))).toEqual(base);
  // What only they removed goes, and what nobody else knew stays.
  expect(merged(base, base, copy([a]))).toEqual([a]);
  expect(merged([], [a], copy([b]))).toEqual([a, b]);
});

interface Item {
  readonly id: string;
  readonly by: string;
}

afterEach(() => vi.unstubAllGlobals());

test("a deployment clears its own old caches, and no other's on the same origin", async () => {
  const here = "https://example.org/takagi/",
    there = "https://example.org/takagi/next/",
    kept = new Map<string, string[]>([
      [`takagi ${here} 1`, [`${here}index.html`]],
      [`takagi ${there} 1`, [`${there}index.html`]],
      ["takagi 0a", [`${here}index.html`]],
      ["takagi 0b", [`${there}index.html`]],
      ["something else", []],
    ]);
  const listeners = new Map<string, (event: { waitUntil(done: Promise<unknown>): void }) => void>();
  vi.stubGlobal("VERSION", "2");
  vi.stubGlobal("FILES", []);
  vi.stubGlobal("LATER_FILES", []);
  vi.stubGlobal("registration", { scope: here });
  vi.stubGlobal("clients", { claim: () => Promise.resolve() });
  vi.stubGlobal("addEventListener", (name: string, listener: never) => listeners.set(name, listener));
  vi.stubGlobal("caches", {
    keys: () => Promise.resolve([...kept.keys()]),
    delete: (name: string) => Promise.resolve(kept.delete(name)),
    open: (name: string) =>
      Promise.resolve({
        match: (url: string) => Promise.resolve(kept.get(name)?.find((own) => own === url)),
      }),
  });
  await import("../../app/serviceWorker.ts");
  let done: Promise<unknown> = Promise.resolve();
  listeners.get("activate")!({ waitUntil: (promise) => void (done = promise) });
  await done;
  expect([...kept.keys()]).toEqual([`takagi ${there} 1`, "takagi 0b", "something else"]);
});

const WRITTEN = { program: "takagi", version: "0.2.0", files: {}, network: null, budgetSeconds: 1 } as const;
test("a result.json is an entry with its answer, its settings and what it came from", () => {
  const provenance = {
      ...WRITTEN,
      settings: {
        mask: { value: [[72, 72.5]], source: "given" },
        fix: { value: { thickness: 300 }, source: "given" },
        geometry: { value: "thick film", source: "given" },
        filmThickness: { value: 600, source: "given" },
      },
      command: ["takagi", "invert", "scan.xy"],
    } as const,
    run = { date: "2026-01-01T00:00:00.000Z", seconds: 2 },
    text = JSON.stringify(resultJson(answer, { name: "scan", provenance, run }));
  expect([isResult(text), isResult("{}"), isResult("[")]).toEqual([true, false, false]);
  const entry = entryOfResult(text);
  expect(entry).toMatchObject({
    name: "scan",
    provenance,
    run,
    mask: [[72, 72.5]],
    held: ["thickness"],
    seconds: 2,
  });
  expect(entry.experiment).toMatchObject({
    crystal: { kind: "material", name: "ZrO2" },
    hkl: answer.reflection.hkl,
    geometry: "thick film",
    filmThickness: 600,
  });
  expect(entry.answer).toEqual(parseResult(text).inversion);
  expect(isStale(entry)).toBe(false);
  expect(soundSession({ entries: [entry], selected: entry.id }).lost).toBe(0);
  expect(() => entryOfResult(text.replace('"verdict":', '"other":'))).toThrow(ResultError);
});

test("a crystal that is not built in stays open, and its answer is shown without handles", () => {
  const other = { ...answer, reflection: { ...answer.reflection, name: "my crystal 4 0 0" } },
    entry = entryOfResult(JSON.stringify(resultJson(other, { name: "scan" })));
  expect(entry.experiment.crystal).toBeUndefined();
  expect(entry.model).toBeUndefined();
  expect(entry.answer!.maxStrain).toBe(answer.maxStrain);
});
