/** Evaluation of the answer after the fit, with a fit that is known beforehand, in processes as they are built. */
import { expect, test } from "vitest";
import { createGenerator } from "../../src/dataset/generator.ts";
import type { Judgement } from "../../src/evaluate/evaluate.ts";
import { finalJudgement, honesty, scanRecords } from "../../src/evaluate/final.ts";
import type { Refined } from "../../src/evaluate/refine.ts";
import { refineAll } from "../../src/evaluate/refineAll.node.ts";
import { relativeErrors } from "../../src/nn/metrics.ts";
import type { Predictor } from "../../src/nn/predict.ts";
import { strainAt } from "../../src/profile/comparison.ts";

const module = new URL("refinerStandIn.mjs", import.meta.url).href;

/** A network without a bank: what it predicted is in the judgement. */
const networkOf = ({ predicted: { names } }: Judgement): Predictor =>
  ({ names, model: {} }) as unknown as Predictor;

/** Of an answer that is not looked at. */
const NOTHING = {
  labels: new Float32Array(14),
  verdict: "ambiguous",
  confidence: 0,
  drawn: { depth: new Float64Array(1), lower: new Float64Array(1), upper: new Float64Array(1) },
  features: { lnFringes: 0, lnFilmCounts: 0 } as Refined["features"],
  fringes: 1,
} as const;

/** Whose answers are right. */
async function perfect(count: number): Promise<Judgement> {
  const generator = await createGenerator("cnn3"),
    { labels } = generator.generate(6, 0, count),
    table = { names: generator.labelNames, labels };
  return {
    generator,
    streamSeed: 6,
    index: Float64Array.from({ length: count }, (_, k) => k),
    predicted: table,
    truth: table,
    errors: relativeErrors(table, table),
    secondsPerCurve: 0,
  };
}

test("every sample is fitted once, in order, by one process or two, and the verdicts are counted", async () => {
  const alone = await perfect(60),
    seen: number[] = [];
  const { refined, seconds } = await refineAll(networkOf(alone), alone, {
    workers: 2,
    module,
    onProgress: (done) => seen.push(done),
  });
  expect(seen).toEqual(Array.from({ length: 60 }, (_, k) => k + 1));
  expect(seconds).toBeGreaterThan(0);
  const plain = (fits: readonly Refined[]): unknown =>
    fits.map(({ labels, verdict, band }) => [verdict, ...labels, ...band.depth]);
  expect(plain((await refineAll(networkOf(alone), alone, { workers: 1, module })).refined)).toEqual(
    plain(refined),
  );
  const final = finalJudgement(alone, refined),
    { determined, calibrationError, reliability, strata } = honesty(final, refined);
  expect([...final.errors.t!].every((error) => Math.abs(error + 1e-3) < 1e-6)).toBe(true);
  const thin = refined.filter(({ labels }) => labels[11]! < 500).length;
  expect(thin).toBeGreaterThan(5);
  expect(determined).toEqual({ share: (100 * thin) / 60, right: 100 });
  // All are right; the confidence of thick films is one half.
  expect(calibrationError).toBeCloseTo((0.5 * (60 - thin)) / 60, 12);
  expect(reliability[9]).toEqual({ count: thin, confidence: 1, right: 1 });
  expect(reliability[5]).toEqual({ count: 60 - thin, confidence: 0.5, right: 1 });
  for (const by of ["fringes", "filmCounts", "debyeWaller"])
    expect(strata.filter((s) => s.by === by).reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(100, 9);
  const records = scanRecords(final, refined) as { beyond: number[]; error: number }[];
  expect(records).toHaveLength(60);
  expect(records.every(({ beyond, error }) => beyond.length === 21 && error < 0.01)).toBe(true);
});

test("a band from 5 % below to 5 % above the truth covers it all; one that is shifted off it, nothing; one of half the depths, half", async () => {
  const judgement = await perfect(20),
    { names, labels } = judgement.truth,
    width = names.length;
  const banded = (below: number, above: number, share = 1): Refined[] =>
    Array.from({ length: 20 }, (_, row) => {
      const own = labels.slice(row * width, (row + 1) * width),
        depth = Float64Array.from({ length: 2001 }, (_, k) => (own[11]! * share * k) / 2000);
      const strain = depth.map((z) => strainAt(own.subarray(0, 10), 1 - z / own[11]!));
      return {
        ...NOTHING,
        band: { depth, lower: strain.map((e) => below * e), upper: strain.map((e) => above * e) },
      };
    });
  expect(honesty(judgement, banded(0.95, 1.05))).toMatchObject({
    determined: { share: 0, right: undefined },
    coverage: 100,
  });
  expect(honesty(judgement, banded(1.05, 1.1)).coverage).toBeLessThan(5);
  // Where the film's upper half alone has a band, the strain of the lower half must be 0 to be held.
  expect(honesty(judgement, banded(0.95, 1.05, 0.5)).coverage).toBeLessThan(60);
});

test("a process that fails or is told to stop ends the evaluation with its reason", async () => {
  const alone = await perfect(8),
    broken = {
      ...alone,
      generator: { ...alone.generator, preset: { ...alone.generator.preset, name: "broken" } },
    };
  await expect(refineAll(networkOf(broken), broken, { workers: 1, module })).rejects.toThrow(
    /a fit failed: no refiner for this/,
  );
  const controller = new AbortController();
  await expect(
    refineAll(networkOf(alone), await perfect(500), {
      workers: 1,
      module,
      signal: controller.signal,
      onProgress: () => controller.abort(new Error("enough")),
    }),
  ).rejects.toThrow("enough");
});
