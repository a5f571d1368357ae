/** What proposals are worth. */
import { expect, test } from "vitest";
import { createGenerator } from "../../src/dataset/generator.ts";
import type { Judgement } from "../../src/evaluate/evaluate.ts";
import { inputsOf } from "../../src/evaluate/inputs.ts";
import { proposalScores } from "../../src/evaluate/proposals.ts";
import type { Predictor } from "../../src/nn/predict.ts";

/** A network whose tenth proposal is the truth in every second sample; its third is 20 % too strained, all others 50 %. */
test("the best of 1, 4, 16 and 64 is near where the truth is among them", async () => {
  const generator = await createGenerator("cnn1"),
    { labelNames: names } = generator,
    count = 100,
    index = Float64Array.from({ length: count }, (_, k) => 3 * k),
    width = names.length;
  const labels = new Float32Array(count * width);
  index.forEach((sample, k) => labels.set(generator.labels(7, sample, 1).labels, k * width));
  let asked = 0;
  const stretched = (row: Float32Array, factor: number): Float32Array =>
    row.map((value, k) => (names[k]!.startsWith("weight") ? factor * Math.abs(value) : value));
  const predictor = {
    proposes: true,
    model: { card: { labels: names } },
    proposeInputs: (inputs: Float32Array) => {
      const rows = Array.from({ length: inputs.length / generator.inputLength }, () => {
        const k = asked++,
          truth = labels.slice(k * width, (k + 1) * width);
        return Array.from({ length: 64 }, (_, place) => ({
          labels: stretched(truth, k % 2 === 0 && place === 9 ? 1 : place === 2 ? 1.2 : 1.5),
          weight: 1 / 64,
        }));
      });
      return Promise.resolve(rows);
    },
  } as unknown as Predictor;
  const judgement = { generator, streamSeed: 7, index, truth: { names, labels } } as unknown as Judgement,
    { count: n, best } = await proposalScores(predictor, judgement, { count: 80 });
  expect(n).toBe(80);
  expect(best.map(({ of, within6 }) => [of, within6])).toEqual([
    [1, 0],
    [4, 0],
    [16, 50],
    [64, 50],
  ]);
  // An rms error of 20 % of the strain at each depth is one of 10 % of the largest where the profile is narrow.
  expect(best[1]!.within10).toBeGreaterThan(0);
  expect(best[1]!.within10).toBeLessThan(100);
  expect(best[0]!.within10).toBe(0);
});

test("inputs are those of the samples in the stream", async () => {
  const generator = await createGenerator("measured"),
    { inputs, extras } = inputsOf({ generator, streamSeed: 11, index: Float64Array.of(5, 2) }),
    all = generator.generate(11, 0, 6),
    { inputLength, extraNames } = generator;
  expect(inputs.slice(inputLength)).toEqual(all.inputs.slice(2 * inputLength, 3 * inputLength));
  expect(extras.slice(0, extraNames.length)).toEqual(all.extras.slice(5 * extraNames.length));
});
