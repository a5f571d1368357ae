/** Training in a browser's worker, from the built package as a bundler leaves it: what Node gives with the same recipe. */
import { join } from "node:path";
import { expect } from "vitest";
import { train, type TrainOptions } from "../../src/nn/train.ts";
import { testWithChromium } from "../dataset/tools.ts";
import { openPage, root } from "./browser.ts";

/** Three steps of two workers, a judgement after each. */
const OPTIONS = {
  preset: "cnn3",
  batch: 8,
  workers: 2,
  backend: "wasm",
  validation: 8,
  samples: 24,
  every: 1e-3,
  seed: 5,
  network: {
    name: "tiny",
    inputLength: 401,
    extras: 0,
    outputs: 15,
    layers: [
      { kind: "convolution", taps: 9, stride: 4, channels: 8, bias: true },
      { kind: "pool" },
      { kind: "dense", channels: 20, bias: true },
    ],
    normalisation: { gamma: true, epsilon: 1e-3 },
  },
} as const satisfies TrainOptions;

const WORKER = `
import { modelFiles, train } from "./dist/nn.js";
self.onmessage = async ({ data }) => {
  try {
    const state = await train(data), files = await modelFiles(state, "tiny");
    self.postMessage({ losses: state.history.flatMap(({ loss, trainingLoss }) => [loss, trainingLoss]), backend: state.backend, bytes: files["weights.bin"].length, files: Object.keys(files) });
  } catch (error) {
    self.postMessage({ failed: String(error) });
  }
};`;

testWithChromium(
  "a training in a worker of Chromium, with workers of its own, has the losses of Node",
  async () => {
    const page = await openPage({
      entryPoints: {
        main: "main",
        "trainer.web": join(root, "dist/trainer.web.js"),
        "worker.web": join(root, "dist/worker.web.js"),
      },
      plugins: [
        {
          name: "main",
          setup: ({ onResolve, onLoad }) => {
            onResolve({ filter: /^main$/ }, () => ({ path: "main", namespace: "main" }));
            onLoad({ filter: /./, namespace: "main" }, () => ({ contents: WORKER, resolveDir: root }));
          },
        },
      ],
    });
    const found = await page.evaluate(
      (options) =>
        new Promise<{ losses: number[]; backend: string; bytes: number }>((resolve, reject) => {
          const worker = new Worker("/main.js", { type: "module" });
          worker.onerror = ({ message }) => reject(new Error(message));
          worker.onmessage = ({ data }) =>
            data.failed === undefined ? resolve(data) : reject(new Error(data.failed));
          worker.postMessage(options);
        }),
      OPTIONS,
    );
    const { history, model } = await train(OPTIONS),
      losses = history.flatMap(({ loss, trainingLoss }) => [loss, trainingLoss]);
    expect([found.backend, found.bytes, found.losses.length]).toEqual(["wasm", 4 * model.values.length, 6]);
    // Fused multiply-add, which Chromium has, rounds otherwise.
    for (const [k, loss] of losses.entries())
      expect(Math.abs(found.losses[k]! / loss - 1)).toBeLessThan(1e-3);
    expect(losses[5]).not.toBe(losses[1]);
  },
  120_000,
);
