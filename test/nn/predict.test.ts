/** A network in use: the same numbers through every door, and honest words about scans it does not know. */
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import { material } from "../../src/crystal/materials.ts";
import { reflection } from "../../src/crystal/structureFactor.ts";
import { createGenerator } from "../../src/dataset/generator.ts";
import { networkInput } from "../../src/dataset/networkInput.ts";
import { parseScan } from "../../src/io/xy.ts";
import { modelFiles } from "../../src/nn/finished.ts";
import { parseModel } from "../../src/nn/model.ts";
import { createPredictor, loadModel, type Predictor } from "../../src/nn/predict.ts";
import { train, type TrainingState } from "../../src/nn/train.ts";

let folder: string, state: TrainingState, predictor: Predictor;

beforeAll(async () => {
  state = await train({
    preset: "cnn3",
    batch: 64,
    samples: 640,
    workers: 0,
    backend: "wasm",
    validation: 64,
    rate: 5e-3,
    network: {
      name: "tiny",
      inputLength: 401,
      extras: 0,
      outputs: 15,
      layers: [
        { kind: "convolution", taps: 9, stride: 4, channels: 8, bias: false },
        { kind: "dense", channels: 24, bias: false },
      ],
      normalisation: { gamma: true, epsilon: 1e-3 },
    },
  });
  folder = await mkdtemp(join(tmpdir(), "takagi-model-"));
  for (const [name, content] of Object.entries(await modelFiles(state, "tiny")))
    await writeFile(join(folder, name), content);
  predictor = await createPredictor(await loadModel(folder), { backend: "wasm" });
});
afterAll(async () => {
  predictor.dispose();
  await rm(folder, { recursive: true });
});

test("one curve at a time is what a batch gives, from a path and from an URL", async () => {
  const { inputs } = (await createGenerator("cnn3")).generate(9, 0, 300);
  const together = await predictor.predictInputs(inputs),
    alone = await predictor.predictInputs(inputs.subarray(299 * 401));
  const width = predictor.model.card.labels.length;
  for (let j = 0; j < width; j++) expect(alone[j]).toBeCloseTo(together[299 * width + j]!, 3);
  expect((await loadModel(pathToFileURL(folder))).weights).toEqual(predictor.model.weights);
});

test("what is predicted scores what the training said of the network", async () => {
  const { inputs, labels } = (await createGenerator("cnn3")).generate(4 * state.recipe.seed + 1, 0, 64);
  const { accuracy } = await import("../../src/nn/metrics.ts");
  expect(accuracy(await predictor.predictInputs(inputs), labels, predictor.model.card.labels)).toEqual(
    state.history.at(-1)!.accuracy,
  );
});

test("a measured scan gives a profile, and a word about what the model has never seen", async () => {
  const scan = parseScan(
    await readFile(new URL("../../examples/data/irradiated-ysz.xy", import.meta.url), "utf8"),
  );
  const [one, two] = await predictor.predict([scan, scan]);
  expect(one!.profile.depth.length).toBeGreaterThan(100);
  expect(one!.labels).toEqual(two!.labels);
  expect(one!.profile.strain.every(Number.isFinite)).toBe(true);
  const from = scan.twoTheta.findIndex((angle) => angle > 73.4),
    cut = { twoTheta: scan.twoTheta.slice(from), intensity: scan.intensity.slice(from) };
  expect((await predictor.predict(cut)).outside.length).toBeGreaterThan(0);
});

test("of a model for all crystals: labels in nm and degrees for the crystal at hand, a strain and Debye–Waller profile of that thickness", async () => {
  const universal = await train({
    preset: "universal",
    batch: 32,
    samples: 64,
    workers: 0,
    backend: "wasm",
    validation: 32,
    network: {
      name: "tiny",
      inputLength: 1201,
      extras: 8,
      outputs: 26,
      layers: [
        { kind: "convolution", taps: 9, stride: 16, channels: 4, bias: false },
        { kind: "dense", channels: 8, bias: false },
      ],
      normalisation: { gamma: true, epsilon: 1e-3 },
    },
  });
  const files = await modelFiles(universal, "tiny"),
    own = await createPredictor(await parseModel(files["model.json"], files["weights.bin"]), {
      backend: "wasm",
    });
  const scan = parseScan(
    await readFile(new URL("../../examples/data/irradiated-ysz.xy", import.meta.url), "utf8"),
  );
  const ysz = await reflection(material("YSZ"), { hkl: [4, 0, 0], wavelength: 1.5406 });
  await expect(own.predict(scan)).rejects.toThrow(/reflection/);
  const { labels, profile } = await own.predict(scan, { reflection: ysz });
  const { input, extras } = await networkInput(scan, "universal", { reflection: ysz }),
    raw = await own.predictInputs(input, extras);
  const inPlanes = raw[own.model.card.labels.indexOf("thickness")]!;
  expect(labels.thickness).toBeCloseTo((inPlanes * ysz.d) / 10, 3);
  expect(profile.depth.at(-1)).toBeCloseTo(labels.thickness!, 9);
  expect(profile.debyeWaller.every((value) => value >= 0 && value <= 1)).toBe(true);
  own.dispose();
});

test("a folder that is not there is said to be so", async () => {
  await expect(loadModel(join(folder, "none"))).rejects.toThrow(/model.json of the model .* cannot be read/);
});
