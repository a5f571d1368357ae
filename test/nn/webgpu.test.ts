/** Training on WebGPU is training on WASM: the same losses, step by step. Node's WebGPU on the imitated GPU that Debian's
 *  Chromium brings along. */
import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { expect, test } from "vitest";

const DRIVER = "/usr/lib/chromium/vk_swiftshader_icd.json";
/** Debian's libvulkan1, which Dawn loads. */
const LOADERS = ["x86_64", "aarch64"].map((machine) => `/usr/lib/${machine}-linux-gnu/libvulkan.so.1`);
const isRequired = (process.env.TAKAGI_REQUIRE ?? "").split(/[\s,]+/).includes("chromium");

/** Every kind of layer, three steps, a judgement after each. */
const PROGRAM = `
import { train } from "./dist/nn.js";
const network = {
  name: "tiny", inputLength: 401, extras: 0, outputs: 15, normalisation: { gamma: true, epsilon: 1e-3 },
  layers: [
    { kind: "convolution", taps: 9, stride: 4, channels: 8, bias: true }, { kind: "pool" },
    { kind: "residual", taps: 5, stride: 2, channels: 12 }, { kind: "dense", channels: 20, bias: true },
  ],
};
const backend = process.argv[1];
const { history } = await train({ preset: "cnn3", network, batch: 8, workers: 1, backend, allowSoftware: true, validation: 8, samples: 24, every: 1e-3, seed: 5 });
console.log(JSON.stringify(history.flatMap(({ loss, trainingLoss }) => [loss, trainingLoss])));
process.exit(0);
`;

function losses(backend: string): number[] {
  const env = { ...process.env, VK_ICD_FILENAMES: DRIVER };
  const text = execFileSync(process.execPath, ["--input-type=module", "--eval", PROGRAM, backend], {
    cwd: new URL("../..", import.meta.url),
    env,
    encoding: "utf8",
    stdio: ["ignore", "pipe", "ignore"],
  });
  return JSON.parse(text.trim().split("\n").at(-1)!);
}

const isThere = (existsSync(DRIVER) && LOADERS.some((path) => existsSync(path))) || isRequired;
test.skipIf(!isThere)(
  `three steps on WebGPU and on WASM${isThere ? "" : " (skipped: install Debian's libvulkan1, and chromium for its SwiftShader)"}`,
  { timeout: 180_000 },
  () => {
    const [wasm, webgpu] = [losses("wasm"), losses("webgpu")];
    expect(wasm.length).toBe(6);
    for (const [k, loss] of wasm.entries()) expect(Math.abs(webgpu[k]! / loss - 1)).toBeLessThan(1e-4);
    expect(wasm[5]).not.toBe(wasm[1]);
  },
);
