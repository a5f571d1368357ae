/** What the scans of a series hand on. */
import { expect, test } from "vitest";
import type { InversionTask } from "../../src/batch/work.ts";
import { Series } from "../../src/cli/series.ts";
import { type Line, lineHead, lineOf } from "../../src/report/line.ts";
import { syntheticInversion } from "../report/synthetic.ts";

const inversion = { ...syntheticInversion(), verdict: "determined" as const };
const lineFrom = (answer: typeof inversion): Line =>
  JSON.parse(lineOf(lineHead({ file: "a.xy", scan: 1 }), { answer })) as Line;
const task: InversionTask = { scan: inversion.scan, reflection: inversion.reflection, options: {} };

test("the instrument of the first determined answer is known with its error, and never better than samples are mounted", () => {
  const series = new Series();
  expect(series.with(task).options).toEqual({ known: {}, guesses: [] });
  const ambiguous = { ...inversion, verdict: "ambiguous" as const };
  series.took(lineFrom(ambiguous as unknown as typeof inversion));
  expect(series.with(task).options.known).toEqual({});
  series.took(lineFrom(inversion));
  const { fwhm, offset } = series.with(task).options.known!,
    width = (inversion.instrument.resolution as { fwhm: number }).fwhm;
  expect(fwhm![0]).toBeCloseTo(width, 8);
  expect(fwhm![1]).toBeGreaterThanOrEqual(0.02 * width * 0.999);
  expect(offset![0]).toBeCloseTo(inversion.instrument.offset ?? 0, 6);
  expect(offset![1]).toBeGreaterThanOrEqual(0.1 * width * 0.999);
  // A later answer changes the start and not what is known.
  series.took(lineFrom({ ...inversion, instrument: { ...inversion.instrument, offset: 0.5 } }));
  expect(series.with(task).options.known).toEqual({ ...series.with(task).options.known, offset });
});

test("the start is the last answer that reached its scan, to the digits of its line", () => {
  const series = new Series();
  series.took(lineFrom(inversion));
  series.took(lineFrom({ ...inversion, converged: false, maxStrain: 9 }));
  series.took({ file: "b.xy", scan: 1, takagi: "0", error: { code: "INPUT", message: "broken" } });
  const [guess] = series.with(task).options.guesses!;
  expect(guess!.depth[guess!.depth.length - 1]).toBeCloseTo(inversion.profile.depth.at(-1)!, 3);
});

test("what the user fixed or knows comes first", () => {
  const series = new Series();
  series.took(lineFrom(inversion));
  const own = { ...task, options: { fix: { fwhm: 0.02 }, known: { offset: [0.1, 0.01] as const } } };
  const { known, fix } = series.with(own).options;
  expect(known!.fwhm).toBeUndefined();
  expect(known!.offset).toEqual([0.1, 0.01]);
  expect(fix).toEqual({ fwhm: 0.02 });
});

test("scans wait for the line of the one before them, in their order", async () => {
  const series = new Series(),
    entered: number[] = [];
  const waiting = [1, 2, 3].map(async (k) => {
    await series.enter();
    entered.push(k);
  });
  const tick = () => new Promise((resolve) => setTimeout(resolve, 0));
  await tick();
  expect(entered).toEqual([1]);
  series.took(lineFrom(inversion));
  await tick();
  expect(entered).toEqual([1, 2]);
  series.took(lineFrom(inversion));
  await Promise.all(waiting);
  expect(entered).toEqual([1, 2, 3]);
});
