/** Whether answers are as sure as they say: scans whose truth is known, by the shipped network and the engine. */
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { judge } from "../../src/evaluate/evaluate.ts";
import { finalJudgement, honesty, type Honesty } from "../../src/evaluate/final.ts";
import { refineAll } from "../../src/evaluate/refineAll.node.ts";
import { createPredictor, loadModel } from "../../src/nn/index.ts";
import type { Predictor } from "../../src/nn/predict.ts";

const SCANS = 100;
const SETS = { measured: "universal", cnn2: "cnn2", cnn3: "cnn3" } as const;

async function honestyOf(model: string): Promise<Honesty> {
  const predictor: Predictor = await createPredictor(
      await loadModel(fileURLToPath(new URL(`../../models/${model}`, import.meta.url))),
      { backend: "wasm" },
    ),
    alone = await judge(predictor, { count: SCANS, seed: 9, workers: 0 }),
    { refined } = await refineAll(predictor, alone);
  return honesty(finalJudgement(alone, refined), refined);
}

test.each(Object.entries(SETS))(
  "100 scans of %s: confidence, bands and verdicts hold what they say",
  async (_, model) => {
    const { determined, coverage, calibrationError } = await honestyOf(model);
    // 100 scans in ten bins of confidence leave 0.05 to chance alone.
    expect(calibrationError).toBeLessThan(0.15);
    expect(coverage).toBeGreaterThan(88);
    // 98 % of them, and two of at most a hundred more by chance.
    if (determined.right !== undefined) expect(determined.right).toBeGreaterThanOrEqual(93);
  },
  1_800_000,
);
