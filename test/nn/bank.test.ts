/** Several answers a scan: what a network is off by on fresh samples tells what else a scan may be. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createGenerator, type SampleGenerator } from "../../src/dataset/generator.ts";
import { strainError } from "../../src/profile/comparison.ts";
import { decodeBank, encodeBank, type Bank } from "../../src/nn/bank.ts";
import { drawBank } from "../../src/nn/drawBank.ts";
import type { Model } from "../../src/nn/card.ts";
import { encodeModel, parseModel, toLayersModel } from "../../src/nn/model.ts";
import { createPredictor, loadModel, type Predictor } from "../../src/nn/predict.ts";
import { drawsOf, unitsOf } from "../../src/nn/proposals.ts";
import { train } from "../../src/nn/train.ts";
import { UnknownSpace } from "../../src/nn/unknowns.ts";

const COUNT = 600;
let generator: SampleGenerator, model: Model, predictor: Predictor, bank: Bank;

beforeAll(async () => {
  generator = await createGenerator("cnn3");
  const { card, weights } = await loadModel("models/zro2-400-cnn3");
  model = { card, weights };
  predictor = await createPredictor(model, { backend: "wasm" });
  bank = await drawBank(predictor, { count: COUNT });
}, 120_000);
afterAll(() => predictor.dispose());

describe("unknowns", () => {
  for (const preset of ["cnn3", "measured"])
    test(`of ${preset}: labels there and back, and a prediction with its residual is the truth`, async () => {
      const { labels, labelNames, preset: own } = await createGenerator(preset),
        space = new UnknownSpace(labelNames, own),
        rows = labels(3, 0, 40).labels,
        width = labelNames.length;
      const row = (i: number): Float32Array => rows.subarray(i * width, (i + 1) * width);
      for (let i = 0; i + 1 < 40; i++) {
        const there = space.of(row(i)),
          other = space.of(row(i + 1));
        const truth = space.labelsOf(space.add(there, space.residual(there, other)));
        for (let k = 0; k < width; k++) {
          const wanted = preset === "cnn3" && k < 10 ? Math.abs(row(i + 1)[k]!) : row(i + 1)[k]!;
          expect(truth[k]).toBeCloseTo(wanted, 3);
        }
        const shape = space.weights.map((k) => there[k]!);
        expect(Math.max(...shape)).toBeCloseTo(1, 12);
      }
    });

  test("labels that are no profile's are refused", () => {
    const { labels, preset } = model.card;
    expect(() => new UnknownSpace(labels.slice(10), preset)).toThrow(/labels must be those of a profile/);
  });
});

describe("proposals", () => {
  test("a scan that the bank knows is given its own truth, within what half precision keeps", () => {
    const { space, predicted, residuals } = bank;
    for (let row = 0; row < 20; row++) {
      const at = row * space.size,
        x = Float64Array.from(predicted.subarray(at, at + space.size)),
        truth = space.labelsOf(space.add(x, residuals.subarray(at, at + space.size)));
      const found = drawsOf(bank, unitsOf(bank), space.labelsOf(x), 300);
      const errors = found.map(({ labels }) =>
        strainError(labels.subarray(0, 10), labels[11]!, truth.subarray(0, 10), truth[11]!),
      );
      expect(Math.min(...errors)).toBeLessThan(1e-3);
    }
  });

  test("of fresh scans the best of sixteen is right far more often than the network; probabilities fall and add to 1 at most", async () => {
    const proposing = await createPredictor({ ...model, bank }, { backend: "wasm" });
    const { inputs, labels } = generator.generate(4711, 0, 200),
      width = generator.labelNames.length,
      thickness = generator.labelNames.indexOf("thickness");
    const answers = await proposing.predictInputs(inputs),
      proposals = await proposing.proposeInputs(inputs, 16);
    const isRight = (found: Float32Array, row: number): boolean => {
      const truth = labels.subarray(row * width, (row + 1) * width);
      return (
        strainError(
          found.subarray(0, 10),
          found[thickness]!,
          truth.subarray(0, 10).map(Math.abs),
          truth[thickness]!,
        ) < 0.06
      );
    };
    const rows = Array.from({ length: 200 }, (_, row) => row),
      alone = rows.filter((row) => isRight(answers.subarray(row * width, (row + 1) * width), row)).length,
      best = rows.filter((row) => proposals[row]!.some(({ labels: found }) => isRight(found, row))).length;
    expect(best).toBeGreaterThan(alone + 30);
    for (const one of proposals) {
      const weights = one.map(({ weight }) => weight);
      expect(weights).toHaveLength(16);
      expect(weights.reduce((a, b) => a + b, 0)).toBeLessThanOrEqual(1 + 1e-9);
      for (let k = 1; k < 16; k++) expect(weights[k]).toBeLessThanOrEqual(weights[k - 1]! + 1e-12);
    }
    proposing.dispose();
  }, 60_000);

  test("of a scan: profiles with the splines that they are made of, and the width", async () => {
    const proposing = await createPredictor({ ...model, bank }, { backend: "wasm" });
    const found = await proposing.propose(generator.scan(4711, 3), 5, { offset: 0 });
    expect(found).toHaveLength(5);
    for (const { profile, spline, labels, offset } of found) {
      expect(profile.depth.at(-1)).toBeCloseTo(spline.thickness, 9);
      expect(Array.from(spline.strainWeights)).toEqual(
        Array.from({ length: 10 }, (_, k) => labels[`weight${k + 1}`]),
      );
      expect([labels.disorder, labels.thickness]).toEqual([spline.disorder, spline.thickness]);
      expect(labels.fwhm).toBeGreaterThan(0);
      expect(offset).toBe(0);
    }
    await expect(proposing.propose(generator.scan(4711, 3), 0, { offset: 0 })).rejects.toThrow(
      /count must be/,
    );
    proposing.dispose();
  });

  test("strains of either sign: a prediction of the wrong sign can be put right", async () => {
    const state = await train({
      preset: "measured",
      batch: 32,
      samples: 64,
      workers: 0,
      backend: "wasm",
      validation: 32,
      network: {
        name: "tiny",
        inputLength: 1201,
        extras: 4,
        outputs: 26,
        layers: [
          { kind: "convolution", taps: 9, stride: 16, channels: 4, bias: false },
          { kind: "dense", channels: 8, bias: false },
        ],
        normalisation: { gamma: true, epsilon: 1e-3 },
      },
    });
    const { modelFiles } = await import("../../src/nn/finished.ts"),
      files = await modelFiles(state, "tiny"),
      own = await createPredictor(await parseModel(files["model.json"], files["weights.bin"]), {
        backend: "wasm",
      });
    const drawn = await drawBank(own, { count: 400 }),
      [proposed] = await (async () => {
        const proposing = await createPredictor({ ...own.model, bank: drawn }, { backend: "wasm" }),
          fresh = (await createGenerator("measured")).generate(5, 0, 1);
        return proposing.proposeInputs(fresh.inputs, 256, fresh.extras);
      })();
    // A network that has learned nothing says one thing of all scans: its proposals are the population.
    const signs = proposed!.map(({ labels }) => {
      const weights = Array.from(labels.subarray(0, 10));
      return Math.sign(weights.reduce((a, b) => (Math.abs(b) > Math.abs(a) ? b : a)));
    });
    const share = signs.filter((sign) => sign < 0).length / signs.length;
    expect(share).toBeGreaterThan(0.04);
    expect(share).toBeLessThan(0.25);
    own.dispose();
  }, 60_000);

  test("a model without mixture and bank says so", async () => {
    const { card, weights } = model;
    const plain = await createPredictor({ card, weights }, { backend: "wasm" });
    await expect(plain.propose(generator.scan(1, 0), 4, { offset: 0 })).rejects.toThrow(/takagi proposals/);
    expect(plain.proposes).toBe(false);
    plain.dispose();
  });
});

describe("the file", () => {
  test("a folder with a bank is what was put there, for takagi and for tfjs; without it the network still predicts", async () => {
    const folder = await mkdtemp(join(tmpdir(), "takagi-bank-"));
    for (const to of [encodeModel, toLayersModel]) {
      const files = await to({ ...model, bank });
      for (const [name, content] of Object.entries(files)) await writeFile(join(folder, name), content);
      const read = await loadModel(folder);
      expect(read.bank!.residuals.length).toBe(COUNT * bank.space.size);
      const k = bank.space.size + 1;
      expect(read.bank!.residuals[k]).toBeCloseTo(bank.residuals[k]!, 3);
      expect((await parseModel(files["model.json"], files["weights.bin"])).bank).toBeUndefined();
      expect(Buffer.compare(Buffer.from(read.weights.buffer), Buffer.from(model.weights.buffer))).toBe(0);
    }
    await rm(folder, { recursive: true });
  });

  test("what is damaged, cut short or of another model is refused", async () => {
    const { card, bytes } = await encodeBank(bank),
      about = { ...model.card, bank: card };
    const damaged = bytes.slice();
    damaged[100]! ^= 1;
    await expect(decodeBank(damaged, about)).rejects.toThrow(/damaged/);
    await expect(decodeBank(bytes.subarray(2), about)).rejects.toThrow(/bytes.*got/);
    await expect(decodeBank(bytes, { ...about, labels: about.labels.slice(1) })).rejects.toThrow(
      /another model/,
    );
    const files = await encodeModel({ card: model.card, weights: model.weights });
    await expect(
      parseModel(files["model.json"], files["weights.bin"], { "bank.bin": bytes }),
    ).rejects.toThrow(/names no/);
  });

  test("shipped banks and mixtures are small and belong to their models", async () => {
    for (const name of ["universal", "zro2-400-cnn1", "zro2-400-cnn2", "zro2-400-cnn3"]) {
      const { card, bank: shipped, mixture } = await loadModel(`models/${name}`);
      expect(mixture?.samples).toBe(card.mixture?.samples);
      expect(card.weights.bytes + card.bank!.bytes + (card.mixture?.bytes ?? 0)).toBeLessThan(4_000_000);
      expect(card.bank!.bytes).toBeLessThanOrEqual(300_000);
      expect(shipped!.predicted.length).toBe(card.bank!.count * shipped!.space.size);
    }
  });

  test("a bank drawn again is the same bank", async () => {
    const again = await drawBank(predictor, { count: 20 });
    expect(again.predicted).toEqual(bank.predicted.subarray(0, 20 * bank.space.size));
    expect(again.residuals).toEqual(bank.residuals.subarray(0, 20 * bank.space.size));
    await expect(drawBank(predictor, { count: 0 })).rejects.toThrow(/count must be/);
  });
});
