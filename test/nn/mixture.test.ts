/** Several answers that share samples out among themselves. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { createGenerator } from "../../src/dataset/generator.ts";
import { openBackend } from "../../src/nn/backend/choose.ts";
import type { Model } from "../../src/nn/card.ts";
import { lossOf } from "../../src/nn/loss.ts";
import type { Tf } from "../../src/nn/ops.ts";
import { outputsOf } from "../../src/nn/outputs.ts";
import { encodeModel, parseModel, toLayersModel } from "../../src/nn/model.ts";
import { createPredictor, loadModel } from "../../src/nn/predict.ts";
import { proposerOf } from "../../src/nn/proposals.ts";
import { RowScore } from "../../src/nn/rowScore.ts";
import { attachKernels } from "../../src/nn/wasmKernels.ts";
import { uniforms } from "../../src/invert/random.ts";
import {
  decodeMixture,
  encodeMixture,
  hypothesesOf,
  type Mixture,
  mixtureLayout,
} from "../../src/nn/mixture.ts";
import { MixtureLearner } from "../../src/nn/mixtureLearner.ts";

let tf: Tf;
beforeAll(async () => {
  ({ tf } = await openBackend({ purpose: "training", backend: "wasm" }));
  await attachKernels(tf);
});

describe("the score of a row", () => {
  for (const preset of ["cnn3", "measured"])
    test(`of ${preset} is the network's loss, with its derivatives`, async () => {
      const generator = await createGenerator(preset),
        names = generator.labelNames,
        outputs = outputsOf(generator, names, "score"),
        { labels } = generator.labels(5, 0, 32),
        next = uniforms(3),
        raw = Float32Array.from({ length: 32 * outputs.length }, () => 1.6 * next() - 0.8),
        score = new RowScore(outputs, names),
        loss = lossOf(tf, "score", outputs, names);
      const found = new Float32Array(raw.length);
      for (let row = 0; row < 32; row++) {
        const from = row * outputs.length,
          one = raw.slice(from, from + outputs.length),
          truth = labels.slice(row * names.length, (row + 1) * names.length);
        score.setTruth(labels, row * names.length);
        const value = score.loss(raw, from, { into: found, at: from, factor: 1 });
        const { value: wanted, grad } = tf.tidy(() =>
          tf.valueAndGrad((x) => loss(x as never, tf.tensor2d(truth, [1, names.length])))(
            tf.tensor2d(one, [1, outputs.length]),
          ),
        );
        expect(value / wanted.dataSync()[0]!).toBeCloseTo(1, 4);
        expect(score.profileLoss(raw, from)).toBeLessThan(value);
        const slopes = grad.dataSync(),
          largest = Math.max(...slopes.map(Math.abs));
        for (let k = 0; k < outputs.length; k++)
          expect(
            Math.abs(found[from + k]! - slopes[k]!),
            `${preset} ${row} ${outputs[k]!.label}`,
          ).toBeLessThan(2e-3 * largest);
      }
    });
});

describe("answers that share samples out", () => {
  const network = { layers: [{ kind: "dense", channels: 4, bias: false }], outputs: 15 } as const,
    size = { hypotheses: 4, hidden: 8, seed: 3 };
  /** Of a scan that 7 of 10 times means one film and 3 of 10 times another. */
  async function learned(steps: number): Promise<{ mixture: Mixture; score: RowScore; films: Float32Array }> {
    const generator = await createGenerator("cnn3"),
      { labelNames } = generator,
      outputs = outputsOf(generator, labelNames, "score"),
      films = generator.labels(5, 0, 2).labels,
      width = labelNames.length,
      count = 1000;
    const learner = new MixtureLearner(
      tf,
      { network, outputs, labels: labelNames },
      { ...size, kept: count },
    );
    const labels = new Float32Array(count * width),
      features = Float32Array.from({ length: 4 * count }, (_, i) => [1, 0, 0.5, 0][i % 4]!);
    for (let row = 0; row < count; row++)
      labels.set(row % 10 < 7 ? films.subarray(0, width) : films.subarray(width), row * width);
    learner.add({ features, raw: new Float32Array(count * outputs.length), labels });
    for (let k = 0; k < steps; k++) learner.step(k / steps, 64);
    const mixture = { ...size, samples: count, noise: "none", weights: await learner.weights() };
    learner.dispose();
    return { mixture, score: new RowScore(outputs, labelNames), films };
  }

  test("find both films that a scan may mean, each with its probability", async () => {
    const { mixture, score, films } = await learned(800),
      { raw, probability } = hypothesesOf(mixture, Float32Array.of(1, 0, 0.5, 0), new Float32Array(15));
    const losses = [0, 14].map((at) => {
      score.setTruth(films, at);
      return Array.from({ length: 4 }, (_, k) => score.profileLoss(raw, 15 * k));
    });
    const shares = losses.map((own, film) =>
      own.reduce((sum, loss, k) => sum + (loss < losses[1 - film]![k]! ? probability[k]! : 0), 0),
    );
    for (const own of losses) expect(Math.min(...own)).toBeLessThan(0.3);
    // 64 samples a step, of the last of which the probabilities are.
    expect(shares[0]).toBeGreaterThan(0.6);
    expect(shares[0]).toBeLessThan(0.8);
    expect(shares[0]! + shares[1]!).toBeCloseTo(1, 6);
  });

  test("are the same bits for the same seed", async () => {
    const [one, two] = [await learned(20), await learned(20)];
    expect(two.mixture.weights).toEqual(one.mixture.weights);
    const length = mixtureLayout(network, size).reduce(
      (sum, { shape }) => sum + shape.reduce((a, b) => a * b, 1),
      0,
    );
    expect(one.mixture.weights).toHaveLength(length);
  });
});

describe("of a model", () => {
  let model: Model;
  beforeAll(async () => {
    const { card, weights, bank } = await loadModel("models/zro2-400-cnn3");
    model = { card, weights, ...(bank && { bank }) };
  });

  /** Says of every scan the network's own thickness times e^(k/5), with probabilities 0.1, 0.6 and 0.3. */
  function made(): Mixture {
    const { network, outputs } = model.card,
      hypotheses = 3,
      hidden = 2,
      size = mixtureLayout(network, { hypotheses, hidden }).reduce(
        (sum, { shape }) => sum + shape.reduce((a, b) => a * b, 1),
        0,
      ),
      weights = new Float32Array(size),
      bias = size - hypotheses * (outputs.length + 1),
      thickness = outputs.findIndex(({ label }) => label === "thickness");
    for (let k = 0; k < hypotheses; k++) {
      weights[bias + k * outputs.length + thickness] = (k - 1) / 5 / outputs[thickness]!.half;
      weights[bias + hypotheses * outputs.length + k] = Math.log([0.1, 0.6, 0.3][k]!);
    }
    return { hypotheses, hidden, samples: 1, noise: "none", seed: 1, weights };
  }

  test("answers that differ are proposed by their probability; with a bank its draws come, too", async () => {
    const { card, weights, bank } = model,
      mixture = made(),
      thickness = card.labels.indexOf("thickness"),
      raw = new Float32Array(card.outputs.length),
      features = new Float32Array(512);
    // Strain over all of the film, so that another thickness is another profile.
    raw.fill(0.6, 0, 10);
    const alone = proposerOf({ card, weights, mixture })!({ raw, features }, 64);
    expect(alone).toHaveLength(3);
    const middle = alone[0]!.labels[thickness]!;
    expect(alone.map(({ labels }) => Math.log(labels[thickness]! / middle))).toEqual([
      0,
      expect.closeTo(0.2, 2),
      expect.closeTo(-0.2, 2),
    ]);
    expect(alone.reduce((sum, { weight }) => sum + weight, 0)).toBeCloseTo(1, 1);
    const both = proposerOf({ card, weights, mixture, bank: bank! })!({ raw, features }, 64);
    expect(both).toHaveLength(64);
    const among = (wanted: number): boolean =>
      both.some(({ labels }) => Math.abs(Math.log(labels[thickness]! / middle) - wanted) < 1e-3);
    expect([0, 0.2, -0.2].map(among)).toEqual([true, true, true]);
    expect(both.reduce((sum, { weight }) => sum + weight, 0)).toBeLessThanOrEqual(1 + 1e-9);
    expect(proposerOf({ card, weights })).toBeUndefined();
  });

  test("comes from its folder as it was put there, for takagi and for tfjs; folders without it are read", async () => {
    const folder = await mkdtemp(join(tmpdir(), "takagi-mixture-")),
      { card, weights } = model,
      mixture = made(),
      generator = await createGenerator("cnn3");
    for (const to of [encodeModel, toLayersModel]) {
      const files = await to({ card, weights, mixture });
      for (const [name, content] of Object.entries(files)) await writeFile(join(folder, name), content);
      const read = await loadModel(folder);
      expect(read.bank).toBeUndefined();
      expect(read.mixture!.weights[mixture.weights.length - 2]).toBeCloseTo(Math.log(0.6), 3);
      const predictor = await createPredictor(read, { backend: "wasm" }),
        scan = generator.scan(4711, 3),
        [first] = await predictor.propose(scan, 4, { offset: 0 }),
        alone = await predictor.predict(scan, { offset: 0 });
      expect(first!.labels.thickness! / alone.labels.thickness!).toBeCloseTo(1, 3);
      predictor.dispose();
      expect((await parseModel(files["model.json"], files["weights.bin"])).mixture).toBeUndefined();
    }
    await rm(folder, { recursive: true });
  });

  test("is refused where its file is damaged, cut short or another model's", async () => {
    const { card, bytes } = await encodeMixture(made()),
      about = { ...model.card, mixture: card },
      damaged = bytes.slice();
    damaged[100]! ^= 1;
    await expect(decodeMixture(damaged, about)).rejects.toThrow(/mixture.bin is damaged/);
    await expect(decodeMixture(bytes.subarray(2), about)).rejects.toThrow(/mixture.bin must have .* got/);
    await expect(
      decodeMixture(bytes, { ...about, network: { ...about.network, outputs: 14 } }),
    ).rejects.toThrow(/another model/);
    const files = await encodeModel({ card: model.card, weights: model.weights });
    await expect(
      parseModel(files["model.json"], files["weights.bin"], { "mixture.bin": bytes }),
    ).rejects.toThrow(/names no mixture.bin/);
  });
});
