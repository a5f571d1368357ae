/** Models in tfjs's own format: stock tfjs loads them and says the same; takagi reads them back. */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { loadLayersModel, type Tensor } from "@tensorflow/tfjs";
import * as tf from "@tensorflow/tfjs-core";
import "@tensorflow/tfjs-backend-wasm";
import { expect, onTestFinished, test } from "vitest";
import { createGenerator } from "../../src/dataset/generator.ts";
import { assign } from "../../src/nn/gradients.ts";
import type { Model } from "../../src/nn/card.ts";
import { encodeModel, type ModelFiles, parseModel, toLayersModel } from "../../src/nn/model.ts";
import { Network, network, type NetworkSpec } from "../../src/nn/network.ts";
import { outputsOf } from "../../src/nn/outputs.ts";

/** A model nobody trained, whose moments and scales are none of those it starts with. */
async function modelOf(
  preset: string,
  specOf: (inputLength: number, outputs: number, extras: number) => NetworkSpec,
): Promise<Model> {
  const generator = await createGenerator(preset),
    { labelNames, extraNames, inputLength } = generator,
    outputs = outputsOf(generator, labelNames, "score");
  const spec = specOf(inputLength, outputs.length, extraNames.length),
    built = new Network(tf, spec, 3),
    arrays = built.layout;
  const weights: number[] = [];
  for (const variable of [...built.weights, ...built.moving]) {
    for (const [i, value] of (await variable.data()).entries())
      weights.push(variable.rank > 1 ? value : 1 + 0.3 * Math.sin(i + weights.length));
  }
  built.dispose();
  const card = {
    format: 1,
    takagi: "0.1.0",
    name: "untrained",
    licence: "MIT",
    preset: generator.preset,
    network: spec,
    outputs,
    labels: labelNames,
    extras: extraNames,
    training: {
      noise: "poisson",
      loss: "score",
      optimizer: "adamw",
      schedule: "cosine",
      rate: 1e-3,
      batch: 8,
      seed: 1,
      samples: 0,
      seconds: 0,
      hardware: "none",
    },
    metrics: {},
    weights: { file: "weights.bin", dtype: "float32", bytes: 0, sha256: "", arrays },
  } as const;
  return { card, weights: Float32Array.from(weights) };
}

/** As other programs get it: from a server. */
async function serve(files: ModelFiles): Promise<string> {
  const server = createServer((request, response) => {
    const content = files[request.url!.slice(1) as keyof ModelFiles];
    if (content === undefined) response.writeHead(404).end();
    else
      response
        .writeHead(200, {
          "content-type": request.url!.endsWith("json") ? "application/json" : "application/octet-stream",
        })
        .end(content);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/model.json`;
}

const mixed = (inputLength: number, outputs: number, extras: number): NetworkSpec => ({
  name: "mixed",
  inputLength,
  outputs,
  extras,
  normalisation: { gamma: true, epsilon: 1e-3 },
  layers: [
    { kind: "convolution", taps: 9, stride: 4, channels: 8, bias: true },
    { kind: "pool" },
    { kind: "residual", taps: 5, stride: 2, channels: 12 },
    { kind: "dense", channels: 20, bias: true },
  ],
});

test.each([
  ["the paper's", "cnn1", (length: number, outputs: number) => network("paper", length, outputs)],
  ["five convolutions", "cnn3", (length: number, outputs: number) => network("five", length, outputs)],
  ["every kind of layer, with numbers beside the curve", "universal", mixed],
] as const)("stock tfjs loads a model and says the same of curves: %s", async (_, preset, specOf) => {
  await tf.setBackend("wasm");
  const model = await modelOf(preset, specOf),
    { card } = model,
    count = 3,
    { inputs, extras } = (await createGenerator(preset)).generate(5, 0, count);
  const curves = tf.tensor2d(inputs, [count, card.network.inputLength]),
    known = extras.length === 0 ? undefined : tf.tensor2d(extras, [count, card.network.extras]);
  const ours = new Network(tf, card.network);
  assign(tf, [...ours.weights, ...ours.moving], model.weights);
  const expected = await ours.forward(curves, known).data();
  for (const [dtype, tolerance] of [
    ["float32", 1e-4],
    ["float16", 1e-2],
  ] as const) {
    const files = await toLayersModel(model, dtype),
      theirs = await loadLayersModel(await serve(files));
    const said = await (theirs.predict(known === undefined ? curves : [curves, known]) as Tensor).data();
    const largest = Math.max(...expected.map(Math.abs));
    expect(largest).toBeGreaterThan(0.1);
    for (const [i, value] of expected.entries())
      expect(Math.abs(said[i]! - value)).toBeLessThan(tolerance * largest);
    // The weights are those of the model folder, byte by byte, and the way back is open.
    const own = await encodeModel(model, dtype),
      back = await parseModel(files["model.json"], files["weights.bin"]);
    expect(Buffer.compare(files["weights.bin"], own["weights.bin"])).toBe(0);
    expect(back.card).toEqual(JSON.parse(own["model.json"]));
    theirs.dispose();
  }
  ours.dispose();
});

test("a layers model that is none of takagi's is refused", async () => {
  await expect(
    parseModel({ format: "layers-model", modelTopology: {}, weightsManifest: [] }, new Uint8Array(0)),
  ).rejects.toThrow(/layers model of tfjs, but none that takagi wrote/);
});
