/** Evaluation of the answer after the fit, with a fit that is known beforehand, in processes as they are built. */
import { expect, test } from "vitest";
import { createGenerator } from "../../src/dataset/generator.ts";
import type { Judgement } from "../../src/evaluate/evaluate.ts";
import { finalJudgement, honesty } from "../../src/evaluate/final.ts";
import type { Refined } from "../../src/evaluate/refine.ts";
import { refineAll } from "../../src/evaluate/refineAll.node.ts";
import { relativeErrors } from "../../src/nn/metrics.ts";
import { strainAt } from "../../src/profile/comparison.ts";

const module = new URL("refinerStandIn.mjs", import.meta.url).href;

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
  const { refined, seconds } = await refineAll(alone, {
    workers: 2,
    module,
    onProgress: (done) => seen.push(done),
  });
  expect(seen).toEqual(Array.from({ length: 60 }, (_, k) => k + 1));
  expect(seconds).toBeGreaterThan(0);
  const plain = (fits: readonly Refined[]): unknown =>
    fits.map(({ labels, verdict, band }) => [verdict, ...labels, ...band.depth]);
  expect(plain((await refineAll(alone, { workers: 1, module })).refined)).toEqual(plain(refined));
  const final = finalJudgement(alone, refined),
    { determined } = honesty(final, refined);
  expect([...final.errors.t!].every((error) => Math.abs(error + 1e-3) < 1e-6)).toBe(true);
  const thin = refined.filter(({ labels }) => labels[11]! < 500).length;
  expect(thin).toBeGreaterThan(5);
  expect(determined).toEqual({ share: (100 * thin) / 60, right: 100 });
});

test("a band from 5 % below to 5 % above the truth covers it all; one that is shifted off it, nothing; one of half the depths, half", async () => {
  const judgement = await perfect(20),
    { names, labels } = judgement.truth,
    width = names.length;
  const banded = (below: number, above: number, share = 1): Pick<Refined, "verdict" | "band">[] =>
    Array.from({ length: 20 }, (_, row) => {
      const own = labels.slice(row * width, (row + 1) * width),
        depth = Float64Array.from({ length: 2001 }, (_, k) => (own[11]! * share * k) / 2000);
      const strain = depth.map((z) => strainAt(own.subarray(0, 10), 1 - z / own[11]!));
      return {
        verdict: "ambiguous",
        band: { depth, lower: strain.map((e) => below * e), upper: strain.map((e) => above * e) },
      };
    });
  expect(honesty(judgement, banded(0.95, 1.05))).toEqual({
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
  await expect(refineAll(broken, { workers: 1, module })).rejects.toThrow(
    /a fit failed: no refiner for this/,
  );
  const controller = new AbortController();
  await expect(
    refineAll(await perfect(500), {
      workers: 1,
      module,
      signal: controller.signal,
      onProgress: () => controller.abort(new Error("enough")),
    }),
  ).rejects.toThrow("enough");
});
