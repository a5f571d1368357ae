/** Whether answers are as sure as they say: scans whose truth is known, by the shipped network and the engine. */
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { judge } from "../../src/evaluate/evaluate.ts";
import { finalJudgement, honesty, type Honesty } from "../../src/evaluate/final.ts";
import { preset } from "../../src/dataset/presets.ts";
import { refineAll } from "../../src/evaluate/refineAll.node.ts";
import { createPredictor, loadModel } from "../../src/nn/index.ts";
import type { Predictor } from "../../src/nn/predict.ts";

const SCANS = 40;
const SETS = { measured: "universal", cnn2: "zro2-400-cnn2", cnn3: "zro2-400-cnn3" } as const;

async function honestyOf(set: keyof typeof SETS): Promise<Honesty> {
  const predictor: Predictor = await createPredictor(
      await loadModel(fileURLToPath(new URL(`../../models/${SETS[set]}`, import.meta.url))),
      { backend: "wasm" },
    ),
    alone = await judge(predictor, { preset: preset(set as string), count: SCANS, seed: 9, workers: 0 }),
    { refined } = await refineAll(predictor, alone);
  return honesty(finalJudgement(alone, refined), refined);
}

test.each(Object.keys(SETS) as (keyof typeof SETS)[])(
  "40 scans of %s: confidence, bands and verdicts hold what they say",
  async (set) => {
    const { determined, coverage, calibrationError } = await honestyOf(set);
    // 40 scans in ten bins of confidence leave 0.1 to chance alone.
    expect(calibrationError).toBeLessThan(0.2);
    expect(coverage).toBeGreaterThan(75);
    // Of the ten or so determined ones of real-like scans one may be wrong by chance.
    expect(determined.share).toBeGreaterThan(5);
    expect(determined.right).toBeGreaterThanOrEqual(85);
  },
  1_800_000,
);
