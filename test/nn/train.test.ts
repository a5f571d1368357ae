/** The trainer: what its parts compute against independent programs, and that a training can stop and go on. */
import { readFileSync } from "node:fs";
import * as tf from "@tensorflow/tfjs-core";
import "@tensorflow/tfjs-core/dist/register_all_gradients";
import "@tensorflow/tfjs-backend-cpu";
import { beforeAll, describe, expect, test } from "vitest";
import { createGenerator } from "../../src/dataset/generator.ts";
import { preset } from "../../src/dataset/presets.ts";
import { ModelError } from "../../src/errors.ts";
import { decodeCheckpoint, encodeCheckpoint } from "../../src/nn/checkpoint.ts";
import { assign, Learner } from "../../src/nn/gradients.ts";
import { splineTensor } from "../../src/nn/loss.ts";
import { accuracy } from "../../src/nn/metrics.ts";
import {
  disorderError,
  largestStrain,
  smallestDebyeWaller,
  strainAt,
  strainError,
} from "../../src/profile/comparison.ts";
import { fromHalf, toHalf } from "../../src/nn/bytes.ts";
import { modelFiles } from "../../src/nn/finished.ts";
import { parseModel } from "../../src/nn/model.ts";
import { Network, network, type NetworkSpec } from "../../src/nn/network.ts";
import { Optimizer } from "../../src/nn/optimizer.ts";
import { decode, lossNames, outputsOf } from "../../src/nn/outputs.ts";
import { scaleReflection } from "../../src/crystal/scaled.ts";
import { ownReflection, physicalLabels } from "../../src/dataset/scaling.ts";
import { streamSeed, train, type TrainingState } from "../../src/nn/train.ts";
import { splineProfile } from "../../src/profile/spline.ts";

const WEIGHTS = [0.3, 0.7, 1.1, 1.9, 2.4, 2.2, 1.3, 0.8, 0.9, 0.2];

/** The weights of one model with the moments of another. */
function moments(weights: Float32Array, from: Float32Array, network: Network): Float32Array {
  const values = weights.slice(),
    size = network.parameterCount;
  values.set(from.subarray(from.length - (values.length - size)), size);
  return values;
}

/** Small, with every kind of layer. */
const tiny = (outputs: number): NetworkSpec => ({
  name: "tiny",
  inputLength: 401,
  extras: 0,
  outputs,
  layers: [
    { kind: "convolution", taps: 9, stride: 4, channels: 8, bias: true },
    { kind: "pool" },
    { kind: "residual", taps: 5, stride: 2, channels: 12 },
    { kind: "dense", channels: 20, bias: true },
  ],
  normalisation: { gamma: true, epsilon: 1e-3 },
});

describe("profiles", () => {
  test("the spline of the loss and that of the metrics are the spline of the kernels", async () => {
    await tf.setBackend("cpu");
    const { strain } = await splineProfile({ thickness: 100, strainWeights: WEIGHTS, points: 101 });
    // Profiles go from the surface down.
    const heights = Array.from({ length: 101 }, (_, k) => 1 - k / 100);
    const ours = await splineTensor(tf, tf.tensor2d([WEIGHTS]), tf.tensor2d([heights]), 10).data();
    for (const [k, z] of heights.entries()) {
      expect(ours[k]).toBeCloseTo(strain[k]!, 5);
      expect(strainAt(WEIGHTS, z)).toBeCloseTo(strain[k]!, 12);
    }
    expect(largestStrain(WEIGHTS)).toBeCloseTo(Math.max(...strain), 3);
  });

  test("a film found twice as thick differs by what the two profiles differ, both 0 below their own film", () => {
    expect(strainError(WEIGHTS, 100, WEIGHTS, 100)).toBe(0);
    const none = WEIGHTS.map(() => 0),
      alone = strainError(none, 100, WEIGHTS, 100);
    // Over twice the depth the same squares weigh half.
    expect(strainError(none, 200, WEIGHTS, 100)).toBeCloseTo(alone / Math.SQRT2, 2);
  });

  test("a Debye–Waller factor with weights of its own is right within 0.1 rms; a film without disorder has DW 1", () => {
    const weights = WEIGHTS.map((weight) => 1 - weight / 3),
      none = WEIGHTS.map(() => 1);
    expect(smallestDebyeWaller(weights)).toBeCloseTo(1 - largestStrain(WEIGHTS) / 3, 12);
    expect(smallestDebyeWaller(none)).toBe(1);
    expect(disorderError(none, 100, none, 300)).toBe(0);
    const names = [
      "thickness",
      ...[...WEIGHTS.keys()].map((k) => `weight${k + 1}`),
      ...[...WEIGHTS.keys()].map((k) => `debyeWaller${k + 1}`),
    ];
    const compressed = WEIGHTS.map((weight) => -weight),
      row = (own: readonly number[]): number[] => [100, ...compressed, ...own];
    // All weights off by the same: the profile too, but for what leaves the interface smoothly.
    const near = weights.map((weight) => weight + 0.09),
      far = weights.map((weight) => weight + 0.2);
    expect(accuracy([...row(near), ...row(far)], [...row(weights), ...row(weights)], names)).toMatchObject({
      t: 100,
      emax: 100,
      strain: 100,
      dw: 50,
    });
    // The sign counts.
    expect(accuracy(row(weights), [100, ...WEIGHTS, ...weights], names).strain).toBe(0);
  });

  test("accuracies count what lies within a tenth", () => {
    const names = [
      ...WEIGHTS.map((_, k) => `weight${k + 1}`),
      "disorder",
      "thickness",
      "fwhm",
      "dynamicRange",
    ];
    const truth = [...WEIGHTS, 1, 300, 0.02, 4],
      found = [...truth.slice(0, 11), 320, 0.03, 4.5];
    expect(accuracy([...truth, ...found], [...truth, ...truth], names)).toEqual({
      t: 100,
      emax: 100,
      dw: 100,
      h: 50,
      dr: 50,
      strain: 100,
    });
    const signed = truth.map((value) => -value);
    expect(
      accuracy(
        signed.map((v, k) => (k < 12 ? v : -v)),
        truth,
        names,
      ).strain,
    ).toBe(100);
  });
});

describe("networks", () => {
  beforeAll(() => tf.setBackend("cpu"));

  test("the paper's network has 1 104 478 parameters", () => {
    const built = new Network(tf, network("paper", 1001, 14));
    expect(built.parameterCount).toBe(1_104_478);
    built.dispose();
  });

  test.each([
    ["cnn3", "range"],
    ["cnn3", "score"],
    ["universal", "range"],
    ["universal", "score"],
  ] as const)(
    "the true labels of %s, as outputs, have the least %s loss, and decode to themselves",
    async (name, loss) => {
      const generator = await createGenerator(name),
        batch = generator.generate(3, 0, 16),
        labels = generator.labelNames;
      const outputs = outputsOf(generator, labels, loss);
      const learner = new Learner(tf, { network: tiny(outputs.length), loss, outputs, labels });
      const raw: number[] = [];
      for (let row = 0; row < 16; row++) {
        const label = (name: string): number => batch.labels[row * labels.length + labels.indexOf(name)]!;
        const scale = largestStrain(labels.slice(0, 10).map(label));
        for (const { label: name, map, centre, half } of outputs) {
          const value = name === "strain" ? scale : label(name);
          raw.push(
            ((map === "linear" ? value : map === "log" ? Math.log(value) : value / scale) - centre) / half,
          );
        }
      }
      const back = decode(outputs, raw, labels, generator.preset);
      for (const [i, value] of back.entries())
        expect(Math.abs(value - batch.labels[i]!)).toBeLessThan(1e-4 * (1 + Math.abs(value)));
      const at = async (values: number[]): Promise<number> =>
        (
          await learner
            .loss(tf.tensor2d(values, [16, outputs.length]), tf.tensor2d(batch.labels, [16, labels.length]))
            .data()
        )[0]!;
      const least = await at(raw);
      expect(least).toBeLessThan(1e-3);
      for (let k = 0; k < outputs.length; k++)
        expect(
          await at(raw.map((value, i) => (i % outputs.length === k ? value + 0.1 : value))),
          outputs[k]!.label,
        ).toBeGreaterThan(least + 5e-5);
      learner.dispose();
    },
  );

  test.each(lossNames)(
    "what a network says of a sample of protocol paper is a label that a sample can have, however wild its numbers (%s)",
    async (loss) => {
      const generator = await createGenerator("cnn3"),
        { labelNames } = generator,
        outputs = outputsOf(generator, labelNames, loss);
      const [least, most] = [-500, 500].map((z) => [
        ...decode(
          outputs,
          outputs.map(() => z),
          labelNames,
          generator.preset,
        ),
      ]);
      const weights = (value: number): number[] => WEIGHTS.map(() => value),
        near = (values: readonly number[]): unknown[] => values.map((value) => expect.closeTo(value, 5));
      expect(least).toEqual(near([...weights(0), 0, 100, 0.003, 3]));
      expect(most).toEqual(near([...weights(2), -Math.log(0.05), 1000, 0.1, 6]));
    },
  );

  test("gradients are the slopes of the loss", async () => {
    const generator = await createGenerator("cnn3"),
      batch = generator.generate(4, 0, 6),
      labels = generator.labelNames;
    const outputs = outputsOf(generator, labels, "score");
    const learner = new Learner(tf, { network: tiny(outputs.length), loss: "score", outputs, labels }, 1);
    const { gradients } = learner.gradients(batch),
      h = 1e-3;
    for (const k of [0, 4, 9, learner.network.weights.length - 2]) {
      const weight = learner.network.weights[k]!,
        random = tf.randomNormal(weight.shape, 0, 1, "float32", k + 1),
        direction = tf.div(random, tf.norm(random)),
        kept = weight.clone();
      const along = async (step: number): Promise<number> => {
        weight.assign(tf.add(kept, tf.mul(direction, step)));
        return (await learner.gradients(batch).loss.data())[0]!;
      };
      const slope = ((await along(h)) - (await along(-h))) / (2 * h),
        expected = (await tf.sum(tf.mul(direction, gradients[k]!)).data())[0]!;
      weight.assign(kept);
      expect(Math.abs(slope - expected), weight.name).toBeLessThan(0.02 * Math.abs(expected) + 0.02);
    }
    learner.dispose();
  });
});

test.each(["rmsprop", "adamw"] as const)("%s finds the bottom of a bowl", async (name) => {
  await tf.setBackend("cpu");
  const weight = tf.variable(tf.tensor1d([3, -2])),
    optimizer = new Optimizer(tf, name, [weight], 0);
  for (let i = 0; i < 600; i++) {
    const gradient = tf.mul(weight, tf.tensor1d([1, 50]));
    optimizer.apply([gradient], 0.02 * (1 - i / 600), 5);
    gradient.dispose();
  }
  for (const value of await weight.data()) expect(Math.abs(value)).toBeLessThan(0.02);
});

test("streams of training, validation, test, moments, banks and mixtures never meet", () => {
  const seeds = new Set<number>();
  for (let seed = 0; seed < 100; seed++)
    for (const use of ["training", "validation", "test", "moments", "bank", "mixture"] as const)
      seeds.add(streamSeed(seed, use));
  expect(seeds.size).toBe(600);
  expect(streamSeed(0, "bank")).toBeGreaterThan(streamSeed(2 ** 50, "moments"));
  expect(Number.isSafeInteger(streamSeed(2 ** 50, "bank"))).toBe(true);
});

describe("a training", () => {
  const options = {
    preset: "cnn3",
    network: tiny(15),
    batch: 32,
    workers: 0,
    backend: "wasm",
    validation: 64,
    every: 1e-3,
    seed: 5,
  } as const;

  test("that stops and goes on has the same losses as one that does not", async () => {
    const whole = await train({ ...options, samples: 256, schedule: "plateau" });
    const half = await train({ ...options, samples: 128, schedule: "plateau" });
    const rest = await train({
      ...options,
      samples: 256,
      schedule: "plateau",
      resume: await decodeCheckpoint(await encodeCheckpoint(half)),
    });
    expect(rest.history.map(({ trainingLoss }) => trainingLoss)).toEqual(
      whole.history.map(({ trainingLoss }) => trainingLoss),
    );
    expect(rest.weights).toEqual(whole.weights);
    expect(rest.model.values).toEqual(whole.model.values);
  });

  test("learns", async () => {
    const { history } = await train({ ...options, samples: 2048, rate: 5e-3 });
    expect(history.at(-1)!.loss).toBeLessThan(0.8 * history[0]!.loss);
  });

  test("by two workers is the same every time", async () => {
    const run = (workers: number): Promise<TrainingState> =>
      train({ ...options, workers, samples: 64, every: 1e9 });
    const [a, b] = [await run(2), await run(2)];
    expect(a.weights).toEqual(b.weights);
    expect(a.history[0]!.trainingLoss).toBe(b.history[0]!.trainingLoss);
  });

  test("ends with moments of thousands of samples: those of thousands of others, to what chance allows", async () => {
    const {
        recipe: { task },
        model,
      } = await train({ ...options, samples: 64, validation: 256, every: 1e9 }),
      learner = new Learner(tf, task),
      { network } = learner;
    assign(tf, [...network.weights, ...network.moving], model.values);
    const [mean, variance] = await Promise.all(network.moving.slice(-2).map((moment) => moment.data())),
      generator = await createGenerator("cnn3");
    const batches = 64,
      others = new Float64Array(mean!.length);
    for (let k = 0; k < batches; k++) {
      const found = learner.moments(generator.generate(streamSeed(5, "test"), 32 * k, 32)),
        values = await found.at(-2)!.data();
      for (const [j, value] of values.entries()) others[j]! += value / batches;
      tf.dispose(found);
    }
    learner.dispose();
    // The standard error of the difference is √(2/2048) = 0.03 of the spread.
    for (const [j, value] of others.entries())
      expect(Math.abs(value - mean![j]!) / Math.sqrt(variance![j]!)).toBeLessThan(0.09);
  });

  test("that is aborted leaves a usable model, judged by few samples: nobody waits for thousands", async () => {
    const controller = new AbortController(),
      start = performance.now();
    let seen = 0;
    const state = await train({
      ...options,
      samples: 1_000_000,
      validation: 1_000_000,
      every: 1e9,
      signal: controller.signal,
      onProgress: () => ++seen === 3 && controller.abort(),
    });
    const { card, weights } = await parseModel(
      ...(Object.values(await modelFiles(state, "tiny")) as [string, Uint8Array]),
    );
    expect(card.training.samples).toBe(state.samples);
    expect(weights).toEqual(state.model.values);
    expect(performance.now() - start).toBeLessThan(20_000);
  });

  test("that starts from a model says the same of a curve at first, although its outputs have other ranges", async () => {
    const first = await train({ ...options, samples: 64 }),
      model = await parseModel(...(Object.values(await modelFiles(first, "tiny")) as [string, Uint8Array]));
    const narrow = {
      ...preset("cnn3"),
      name: "narrow",
      ranges: {
        ...preset("cnn3").ranges,
        thickness: [200, 500],
        strain: [0.7, 1.5],
        debyeWaller: [0.3, 0.9],
      },
    } as const;
    const second = await train({ ...options, preset: narrow, start: model, samples: 32, rate: 1e-12 });
    expect(second.recipe.start).toEqual({ name: "tiny", samples: 64, seconds: model.card.training.seconds });
    const said = async ({ recipe: { task }, model: { values } }: TrainingState): Promise<Float32Array> => {
      const network = new Network(tf, task.network);
      assign(tf, [...network.weights, ...network.moving], moments(values, first.model.values, network));
      const { inputs } = (await createGenerator("cnn3")).generate(9, 0, 4),
        raw = network.forward(tf.tensor2d(inputs, [4, 401]), undefined);
      network.dispose();
      return decode(task.outputs, await raw.data(), task.labels, preset("cnn3"));
    };
    const [a, b] = [await said(first), await said(second)];
    for (const [i, value] of a.entries())
      expect(Math.abs(b[i]! - value)).toBeLessThan(1e-3 * Math.abs(value) + 1e-4);
  });

  test("for any reflection that starts from a model for one, or the other way round, says the same of its curves at first, in planes for nm", async () => {
    const sized = (extras: number, outputs: number): NetworkSpec => ({
        ...tiny(outputs),
        inputLength: 1201,
        extras,
      }),
      few = { ...options, every: 1e9, validation: 16 };
    const first = await train({ ...few, preset: "measured", network: sized(4, 26), samples: 32 }),
      start = await parseModel(...(Object.values(await modelFiles(first, "tiny")) as [string, Uint8Array]));
    const second = await train({
      ...few,
      preset: "universal",
      network: sized(8, 26),
      start,
      samples: 32,
      rate: 1e-12,
    });
    const { inputs, extras } = (await createGenerator("measured")).generate(9, 0, 3),
      reflection = ownReflection(preset("measured"))!,
      scaled = scaleReflection(reflection);
    const said = async (
      { recipe: { preset: own, task }, model: { values } }: TrainingState,
      known: Float32Array,
    ): Promise<Record<string, number>[]> => {
      const network = new Network(tf, task.network);
      assign(tf, [...network.weights, ...network.moving], moments(values, first.model.values, network));
      const raw = network.forward(tf.tensor2d(inputs, [3, 1201]), tf.tensor2d(known, [3, known.length / 3]));
      network.dispose();
      const labels = decode(task.outputs, await raw.data(), task.labels, own),
        width = task.labels.length;
      return [0, 1, 2].map((row) =>
        physicalLabels(
          own,
          Object.fromEntries(task.labels.map((label, k) => [label, labels[row * width + k]!])),
          reflection,
        ),
      );
    };
    const more = Float32Array.from(
      [0, 1, 2].flatMap((row) => [
        ...extras.subarray(4 * row, 4 * row + 4),
        5 + Math.log10(Math.hypot(...scaled.kh)),
        1,
        0.1,
        scaled.sine,
      ]),
    );
    // And back to one reflection, which it then takes as one of all.
    const third = await train({
      ...few,
      preset: "measured",
      network: sized(8, 26),
      start: await parseModel(...(Object.values(await modelFiles(second, "tiny")) as [string, Uint8Array])),
      samples: 32,
      rate: 1e-12,
    });
    expect(third.recipe.preset.reflection).toBeUndefined();
    const [a, ...others] = [await said(first, extras), await said(second, more), await said(third, more)];
    for (const b of others)
      for (const [row, labels] of a!.entries())
        for (const [label, value] of Object.entries(labels))
          expect(Math.abs(b[row]![label]! - value), label).toBeLessThan(1e-3 * Math.abs(value) + 1e-4);
  });

  test("that starts from a model of other outputs has its convolutions, and begins anew behind them", async () => {
    const start = await parseModel(
        ...(Object.values(await modelFiles(await train({ ...options, samples: 256 }), "tiny")) as [
          string,
          Uint8Array,
        ]),
      ),
      outputs = ["disorder", "thickness", "maxStrain"];
    const whole = await train({ ...options, network: tiny(3), outputs, start, samples: 32, rate: 1e-12 }),
      anew = await train({ ...options, network: tiny(3), outputs, samples: 32, rate: 1e-12 });
    let at = 0,
      from = 0;
    for (const [k, { name, shape }] of whole.model.layout.entries()) {
      const size = shape.reduce((a, b) => a * b, 1),
        own = start.card.weights.arrays[k]!,
        ownSize = own.shape.reduce((a, b) => a * b, 1);
      expect(own.name).toBe(name);
      const values = whole.model.values.subarray(at, at + size),
        known = /^(convolution|residual)/.test(name)
          ? start.weights.subarray(from, from + ownSize)
          : anew.model.values.subarray(at, at + size);
      // Moments are taken anew; the step is nearly none.
      if (!/mean|variance/.test(name))
        for (const [i, value] of values.entries())
          expect(Math.abs(value - known[i]!), name).toBeLessThan(1e-6);
      at += size;
      from += ownSize;
    }
    await expect(
      train({ ...options, network: tiny(3), outputs, start, moments: "start", samples: 32 }),
    ).rejects.toThrow(/whose moments can be kept/);
    await expect(train({ ...options, network: "five", start, samples: 32 })).rejects.toThrow(
      /start must be a model with convolutions of the network "five"/,
    );
  });

  test("by the moments of its start keeps them: it trains the network that predicts, stopped or not, here or in a worker", async () => {
    const first = await train({ ...options, samples: 512, every: 1e9 }),
      start = await parseModel(...(Object.values(await modelFiles(first, "tiny")) as [string, Uint8Array]));
    const kept = { ...options, start, moments: "start", schedule: "plateau", rate: 1e-4 } as const;
    const whole = await train({ ...kept, samples: 96 }),
      size = whole.weights.length;
    expect(whole.model.values.subarray(size)).toEqual(first.model.values.subarray(size));
    const half = await train({ ...kept, samples: 32 }),
      rest = await train({
        ...kept,
        samples: 96,
        resume: await decodeCheckpoint(await encodeCheckpoint(half)),
      });
    expect(rest.model.values).toEqual(whole.model.values);
    expect(
      (await train({ ...kept, workers: 1, samples: 96 })).history.map(({ trainingLoss }) => trainingLoss),
    ).toEqual(whole.history.map(({ trainingLoss }) => trainingLoss));
    // The loss of the first step is that of the start's predictions.
    const {
        recipe: { task },
      } = whole,
      learner = new Learner(tf, task),
      batch = (await createGenerator("cnn3")).generate(streamSeed(5, "training"), 512, 32);
    assign(tf, [...learner.network.weights, ...learner.network.moving], first.model.values);
    const loss = (
      await learner
        .loss(learner.predict(batch), tf.tensor2d(learner.truth(batch), [32, task.labels.length]))
        .data()
    )[0]!;
    expect(Math.abs(whole.history[0]!.trainingLoss / loss - 1)).toBeLessThan(1e-5);
    learner.dispose();
  });

  test("of a wrong kind is refused by name", async () => {
    await expect(train({ ...options, moments: "start", samples: 10 })).rejects.toThrow(
      /start must be given with moments "start"/,
    );
    await expect(train({ ...options, samples: 10, minutes: 1 })).rejects.toThrow(
      "samples must be given, or minutes, and not both",
    );
    await expect(train({ ...options, network: tiny(3), samples: 10 })).rejects.toThrow(
      /network must be one of 401 inputs and 15 outputs/,
    );
    await expect(train({ ...options, samples: 10, loss: "mse" as never })).rejects.toThrow(
      /loss must be one of range, score/,
    );
  });
});

describe("a model folder", () => {
  const state = async (): Promise<TrainingState> =>
    train({
      preset: "cnn3",
      network: tiny(15),
      batch: 16,
      workers: 0,
      backend: "wasm",
      validation: 16,
      samples: 16,
    });

  test("is refused when damaged, cut or of another version", async () => {
    const files = await modelFiles(await state(), "tiny"),
      bytes = files["weights.bin"];
    const damaged = bytes.slice();
    damaged[100]! ^= 1;
    await expect(parseModel(files["model.json"], damaged)).rejects.toThrow(/weights.bin is damaged/);
    await expect(parseModel(files["model.json"], bytes.subarray(4))).rejects.toThrow(/truncated/);
    await expect(
      parseModel(files["model.json"].replace('"format": 1', '"format": 9'), bytes),
    ).rejects.toThrow(/format 9/);
    await expect(parseModel("{", bytes)).rejects.toThrow(ModelError);
    const checkpoint = await encodeCheckpoint(await state());
    await expect(decodeCheckpoint(checkpoint.subarray(0, checkpoint.length - 8))).rejects.toThrow(/damaged/);
    await expect(decodeCheckpoint(new TextEncoder().encode("hello, world"))).rejects.toThrow(
      /none of takagi's/,
    );
  });

  test("in half precision keeps three digits of every weight", async () => {
    const values = Float32Array.of(0, -0, 1, -2.5, 1 / 3, 65504, 6e-8, 5.96e-8, 1e-5, -1234.5, 0.1);
    const back = fromHalf(toHalf(values));
    for (const [i, value] of values.entries())
      expect(Math.abs(back[i]! - value)).toBeLessThanOrEqual(Math.max(Math.abs(value) * 2 ** -11, 2 ** -25));
    const files = await modelFiles(await state(), "tiny", "float16");
    expect((await parseModel(files["model.json"], files["weights.bin"])).weights.length).toBe(
      files["weights.bin"].length / 2,
    );
  });
});

test("nothing but src/nn names tfjs in the sources of the SDK", () => {
  expect(readFileSync(new URL("../../src/index.ts", import.meta.url), "utf8")).not.toContain("./nn/");
});
