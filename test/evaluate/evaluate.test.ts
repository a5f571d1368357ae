/** The judge judged: perfect and spoiled answers, samples that no training sees, networks that say less. */
import { expect, test } from "vitest";
import { createGenerator } from "../../src/dataset/generator.ts";
import { preset } from "../../src/dataset/presets.ts";
import { judge, type Judgement, scores } from "../../src/evaluate/evaluate.ts";
import { accuracyOf, quantities, relativeErrors } from "../../src/nn/metrics.ts";
import { modelFiles } from "../../src/nn/finished.ts";
import { parseModel } from "../../src/nn/model.ts";
import type { NetworkSpec } from "../../src/nn/network.ts";
import { createPredictor, type Predictor } from "../../src/nn/predict.ts";
import { streamSeed, train } from "../../src/nn/train.ts";

/** Answers with the truth, changed. */
async function oracle(change: (label: string, value: number) => number, seed = 1): Promise<Predictor> {
  const generator = await createGenerator("cnn3"),
    labels = generator.labelNames;
  const whole = generator.generate(streamSeed(seed, "test"), 0, 600).labels;
  let row = 0;
  const predictInputs = async (inputs: Float32Array): Promise<Float32Array> => {
    const from = row * labels.length;
    row += inputs.length / 401;
    return whole
      .slice(from, row * labels.length)
      .map((value, k) => change(labels[k % labels.length]!, value));
  };
  return {
    model: { card: { preset: preset("cnn3"), labels, network: { inputLength: 401, extras: 0 } } },
    predictInputs,
  } as unknown as Predictor;
}

const judged = async (change: (label: string, value: number) => number, options = {}): Promise<Judgement> =>
  judge(await oracle(change), { count: 300, workers: 0, ...options });

test("who answers with the truth is right in everything", async () => {
  const { accuracy, mse, count } = scores(await judged((_, value) => value));
  expect(accuracy).toEqual({ t: 100, emax: 100, dw: 100, h: 100, dr: 100, strain: 100 });
  expect(mse).toBe(0);
  expect(count).toBe(300);
});

test("signs that cannot be are of no account, as in the paper", async () => {
  const { accuracy } = scores(
    await judged((label, value) => (/weight|thickness|disorder/.test(label) ? -value : value)),
  );
  expect(accuracy).toEqual({ t: 100, emax: 100, dw: 100, h: 100, dr: 100, strain: 100 });
});

test("strain 11 % too large is a wrong e_max and changes no other number", async () => {
  const { accuracy } = scores(
    await judged((label, value) => (label.startsWith("weight") ? 1.11 * value : value)),
  );
  // The rms over the film of an error of 11 % of the strain is less than 10 % of its maximum.
  expect(accuracy).toEqual({ t: 100, emax: 0, dw: 100, h: 100, dr: 100, strain: 100 });
});

test("an error of a tenth of one label's range in one of fourteen labels is an mse of 0.01/14", async () => {
  const { mse } = scores(await judged((label, value) => (label === "thickness" ? value + 90 : value)));
  expect(mse).toBeCloseTo(0.01 / 14, 8);
});

test("maxStrain keeps the samples that are no more strained, and their numbers", async () => {
  const all = await judged((_, value) => value),
    weak = await judged((_, value) => value, { maxStrain: 1 });
  const { emax } = quantities(all.truth),
    kept = [...all.index].filter((i) => emax![i]! <= 1);
  expect([...weak.index]).toEqual(kept);
  expect(kept.length).toBeGreaterThan(30);
  expect(Math.max(...quantities(weak.truth).emax!)).toBeLessThanOrEqual(1);
});

test("test samples are of a stream that no training, validation or moments of any seed draw from", async () => {
  const seeds = [0, 1, 2, 3, 4, 5, 1000, 2 ** 32 - 1],
    uses = ["training", "validation", "test", "moments"] as const;
  const streams = seeds.flatMap((seed) => uses.map((use) => streamSeed(seed, use)));
  expect(new Set(streams).size).toBe(streams.length);
  const { truth, streamSeed: own } = await judged((_, value) => value, { count: 50 }),
    generator = await createGenerator("cnn3");
  expect(own).toBe(streamSeed(1, "test"));
  const thickness = (labels: Float32Array): number[] => [...labels].filter((_, k) => k % 14 === 11);
  for (const seed of [0, 1, 2]) {
    for (const use of ["training", "validation", "moments"] as const) {
      const seen = new Set(thickness(generator.generate(streamSeed(seed, use), 0, 50).labels));
      expect(thickness(truth.labels).filter((t) => seen.has(t))).toEqual([]);
    }
  }
});

test("threads draw the same samples", async () => {
  const alone = await judged((_, value) => value, { count: 600 }),
    together = await judged((_, value) => value, { count: 600, workers: 2 });
  expect(together.truth.labels).toEqual(alone.truth.labels);
});

const tiny = (outputs: number): NetworkSpec => ({
  name: "tiny",
  inputLength: 401,
  extras: 0,
  outputs,
  layers: [
    { kind: "convolution", taps: 9, stride: 4, channels: 8, bias: false },
    { kind: "dense", channels: 24, bias: false },
  ],
  normalisation: { gamma: true, epsilon: 1e-3 },
});
const WEIGHTS = Array.from({ length: 10 }, (_, k) => `weight${k + 1}`);

test.each([
  ["range", 12, [...WEIGHTS, "disorder", "thickness"], ["t", "emax", "dw", "strain"]],
  ["score", 13, [...WEIGHTS, "disorder", "thickness"], ["t", "emax", "dw", "strain"]],
  ["range", 3, ["disorder", "thickness", "maxStrain"], ["t", "emax", "dw"]],
  ["score", 3, ["disorder", "thickness", "maxStrain"], ["t", "emax", "dw"]],
] as const)(
  "a network of fewer outputs learns (%s, %i numbers) and is judged by what it says",
  async (loss, width, outputs, said) => {
    const state = await train({
      preset: "cnn3",
      loss,
      outputs,
      network: tiny(width),
      batch: 64,
      samples: 64 * 60,
      workers: 0,
      backend: "wasm",
      validation: 64,
      rate: 5e-3,
      every: 1000,
    });
    const files = await modelFiles(state, "tiny"),
      predictor = await createPredictor(await parseModel(files["model.json"], files["weights.bin"]), {
        backend: "wasm",
      });
    const { accuracy, mse } = scores(await judge(predictor, { count: 256, workers: 0 }));
    expect(Object.keys(accuracy).sort()).toEqual([...said].sort());
    // A uniform label is 1/√12 of its range away from the middle.
    expect(mse).toBeLessThan(1 / 12);
    expect(Object.values(accuracy).every((share) => share >= 0 && share <= 100)).toBe(true);
    predictor.dispose();
  },
);

test("what is known beforehand is told beside the curves of the samples that are judged", async () => {
  const generator = await createGenerator("universal"),
    { labelNames, extraNames, inputLength } = generator,
    drawn = generator.generate(streamSeed(1, "test"), 0, 60);
  const told: number[] = [],
    asked: number[] = [];
  const predictInputs = async (inputs: Float32Array, extras: Float32Array): Promise<Float32Array> => {
    asked.push(...inputs);
    told.push(...extras);
    return new Float32Array((inputs.length / inputLength) * labelNames.length);
  };
  const predictor = {
    model: {
      card: {
        preset: preset("universal"),
        labels: labelNames,
        network: { inputLength, extras: extraNames.length },
      },
    },
    predictInputs,
  } as unknown as Predictor;
  const { index } = await judge(predictor, { count: 60, workers: 0, maxStrain: 2 });
  expect(index.length).toBeLessThan(60);
  const rows = (values: Float32Array, width: number): number[] =>
    [...index].flatMap((row) => [...values.subarray(row * width, (row + 1) * width)]);
  // Asked twice: the second time by the clock.
  expect(told).toEqual([...rows(drawn.extras, extraNames.length), ...rows(drawn.extras, extraNames.length)]);
  expect(asked).toEqual([...rows(drawn.inputs, inputLength), ...rows(drawn.inputs, inputLength)]);
});

test("what cannot be judged is said", async () => {
  await expect(
    judge(await oracle((_, v) => v), { preset: preset("cnn2"), count: 10, workers: 0 }),
  ).rejects.toThrow(/401 points/);
  await expect(judge(await oracle((_, v) => v), { count: 10, workers: 0, maxStrain: 0.1 })).rejects.toThrow(
    /some samples remain/,
  );
  await expect(train({ preset: "cnn3", outputs: ["thickness", "porosity"], samples: 8 })).rejects.toThrow(
    /porosity/,
  );
});

test("profiles with a sign and a Debye–Waller factor of their own are compared as profiles", () => {
  const ten = (name: string): string[] => Array.from({ length: 10 }, (_, k) => `${name}${k + 1}`),
    names = [...ten("weight"), ...ten("debyeWaller"), "thickness", "fwhm", "dynamicRange"];
  const row = (strain: number, debyeWaller: number, thickness = 300): number[] => [
    ...new Array<number>(10).fill(strain),
    ...new Array<number>(10).fill(debyeWaller),
    thickness,
    0.02,
    4,
  ];
  const truth = { names, labels: row(-1, 0.5) };
  const errors = (...labels: number[]) => relativeErrors({ names, labels }, truth);
  expect(accuracyOf(errors(...row(-1, 0.5)))).toEqual({
    t: 100,
    emax: 100,
    dw: 100,
    h: 100,
    dr: 100,
    strain: 100,
  });
  // Compression is not tension.
  expect(errors(...row(1, 0.5)).strain![0]).toBeGreaterThan(1.5);
  expect(errors(...row(1, 0.5)).emax![0]).toBe(0);
  const { dw } = errors(...row(-1, 0.8));
  expect(dw![0]).toBeLessThan(0.3);
  expect(dw![0]).toBeGreaterThan(0.2);
  expect(quantities(truth).dw![0]).toBeCloseTo(0.5, 12);
});
