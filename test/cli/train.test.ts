/** `takagi train` as a process: killed in mid-run and resumed, interrupted, and told nonsense. */
import { spawn, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, expect, test } from "vitest";
import { decodeCheckpoint } from "../../src/nn/checkpoint.ts";
import { parseModel } from "../../src/nn/model.ts";
import { loadModel } from "../../src/nn/predict.ts";

const CLI = fileURLToPath(new URL("../../dist/cli.js", import.meta.url));
const root = mkdtempSync(join(tmpdir(), "takagi-train-"));
afterAll(() => rmSync(root, { recursive: true }));

const words = (folder: string, samples: number): string[] => [
  "train",
  "--preset",
  "cnn3",
  "--network",
  "five",
  "--batch",
  "8",
  "--samples",
  String(samples),
  "--workers",
  "0",
  "--backend",
  "wasm",
  "--validation",
  "16",
  "--every",
  "0.001",
  "--bank",
  "16",
  "--out",
  folder,
];

function run(...args: string[]): { code: number | null; out: string; err: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, [CLI, ...args], { encoding: "utf8" });
  return { code: status, out: stdout, err: stderr };
}

test(
  "killed in mid-run and resumed, it has the losses of a run that was not",
  { timeout: 120_000 },
  async () => {
    const whole = join(root, "whole"),
      cut = join(root, "cut");
    expect(run(...words(whole, 96)).code).toBe(0);
    const child = spawn(process.execPath, [CLI, ...words(cut, 96)], { stdio: "ignore" });
    const dead = new Promise((done) => child.on("exit", done));
    while (!existsSync(join(cut, "model.json")) && child.exitCode === null)
      await new Promise((done) => setTimeout(done, 5));
    child.kill("SIGKILL");
    await dead;
    const stopped = await decodeCheckpoint(readFileSync(join(cut, "checkpoint.bin")));
    expect(stopped.samples).toBeLessThan(96);
    expect(
      run(
        "train",
        "--resume",
        "--samples",
        "96",
        "--workers",
        "0",
        "--backend",
        "wasm",
        "--every",
        "0.001",
        "--out",
        cut,
      ).code,
    ).toBe(0);
    const [a, b] = [
      await decodeCheckpoint(readFileSync(join(whole, "checkpoint.bin"))),
      await decodeCheckpoint(readFileSync(join(cut, "checkpoint.bin"))),
    ];
    expect(b.history.map(({ trainingLoss, loss }) => [trainingLoss, loss])).toEqual(
      a.history.map(({ trainingLoss, loss }) => [trainingLoss, loss]),
    );
    expect(b.weights).toEqual(a.weights);
    const { card } = await parseModel(
      readFileSync(join(cut, "model.json"), "utf8"),
      readFileSync(join(cut, "weights.bin")),
    );
    expect(card.training.samples).toBe(96);
    expect(readFileSync(join(cut, "learning.svg"), "utf8")).toContain("</svg>");
    // A second training does not overwrite the first.
    const again = run(...words(cut, 96));
    expect(again.code).toBe(1);
    expect(again.err).toContain("holds a training already");
    // What the training ended with, and others in its place; what is not made stays.
    const had = async (): Promise<(number | undefined)[]> => {
      const { card, mixture, bank } = await loadModel(whole);
      expect([mixture?.samples, bank?.seed]).toEqual([card.mixture?.samples, card.bank?.seed]);
      return [card.mixture?.samples, card.bank?.count];
    };
    expect(await had()).toEqual([10, 16]);
    expect(
      JSON.parse(run("proposals", whole, "--mixture", "0", "--bank", "40", "--seed", "3", "--json").out),
    ).toMatchObject({
      folder: whole,
      bank: { count: 40, bytes: 40 * 2 * 2 * 16, noise: "poisson", seed: 3 },
    });
    expect(await had()).toEqual([10, 40]);
    expect(
      JSON.parse(
        run("proposals", whole, "--mixture", "12", "--hypotheses", "3", "--bank", "0", "--json").out,
      ),
    ).toMatchObject({ folder: whole, mixture: { hypotheses: 3, samples: 12, noise: "poisson", seed: 1 } });
    expect(await had()).toEqual([12, 40]);
  },
);

test(
  "a model for tfjs and one in half precision can be used like the model; none is overwritten",
  { timeout: 120_000 },
  async () => {
    const model = join(root, "model"),
      tfjs = join(root, "tfjs"),
      half = join(root, "half");
    expect(run(...words(model, 8)).code).toBe(0);
    expect(run("convert", model, "--to", "tfjs", "--out", tfjs).code).toBe(0);
    expect(JSON.parse(run("convert", tfjs, "--half", "--out", half, "--json").out)).toMatchObject({
      format: "takagi",
      dtype: "float16",
    });
    expect(JSON.parse(readFileSync(join(tfjs, "model.json"), "utf8")).format).toBe("layers-model");
    expect(readFileSync(join(tfjs, "weights.bin"))).toEqual(readFileSync(join(model, "weights.bin")));
    expect(2 * statSync(join(half, "weights.bin")).size).toBe(statSync(join(model, "weights.bin")).size);
    const judged = [model, tfjs].map(
      (folder) =>
        JSON.parse(run("evaluate", folder, "--count", "20", "--workers", "0", "--json").out).accuracy,
    );
    expect(judged[1]).toEqual(judged[0]);
    const again = run("convert", model, "--out", half);
    expect([again.code, again.err]).toEqual([1, expect.stringContaining("holds a model already")]);
  },
);

test("what is missing or contradicts is said", () => {
  expect(run("train", "--preset", "cnn3", "--out", root).err).toContain("give --samples or --minutes");
  expect(run("train", "--samples", "8", "--out", root).err).toContain("give --preset, or --resume");
  expect(run("train", "--preset", "cnn9", "--samples", "8", "--out", join(root, "x")).err).toContain(
    "preset must be one of",
  );
  writeFileSync(join(root, "checkpoint.bin"), "not a checkpoint");
  expect(run("train", "--resume", "--samples", "8", "--out", root).err).toContain("none of takagi's");
});
