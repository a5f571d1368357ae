/** The choice alone, among backends that are only said to be there. */
import { expect, test } from "vitest";
import { BackendError } from "../../../src/errors.ts";
import { choose, tryAll } from "../../../src/nn/backend/choice.ts";
import { platform as bun } from "../../../src/nn/backend/platform.bun.ts";
import { platform as deno } from "../../../src/nn/backend/platform.deno.ts";
import { platform as node } from "../../../src/nn/backend/platform.node.ts";
import { platform as web } from "../../../src/nn/backend/platform.web.ts";
import { isSoftware } from "../../../src/nn/backend/software.ts";
import type { BackendName, BackendReport, Purpose } from "../../../src/nn/backend/types.ts";

function machine(...usable: BackendName[]) {
  const tried: BackendName[] = [];
  const attempt = async (name: BackendName): Promise<BackendReport> => {
    tried.push(name);
    return usable.includes(name) ? { name, isUsable: true } : { name, isUsable: false, reason: "not here" };
  };
  return { tried, attempt };
}

const order = node.order("training", 1);

test("the first that works is taken, and nothing after it is loaded", async () => {
  const { tried, attempt } = machine("wasm", "cpu", "webgpu");
  const reports = await choose({ order, purpose: "training", attempt });
  expect(reports.at(-1)).toEqual({ name: "webgpu", isUsable: true });
  expect(reports.map(({ name }) => name)).toEqual(["node-gpu", "webgpu"]);
  expect(tried).toEqual(["node-gpu", "webgpu"]);
});

test("inference may come to the CPU backend, training only where it is forced", async () => {
  const { tried, attempt } = machine("cpu");
  expect((await choose({ order, purpose: "inference", attempt })).at(-1)).toEqual({
    name: "cpu",
    isUsable: true,
  });
  tried.length = 0;
  const error = await choose({ order, purpose: "training", attempt }).catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(BackendError);
  const { code, message, reports } = error as BackendError;
  expect(code).toBe("BACKEND");
  expect(reports.map(({ name }) => name)).toEqual(order);
  for (const name of order) expect(message).toContain(`${name}: `);
  expect(tried).not.toContain("cpu");
  expect(await choose({ order, purpose: "training", backend: "cpu", attempt })).toEqual([
    { name: "cpu", isUsable: true },
  ]);
});

test("a forced backend is taken or nothing", async () => {
  const { attempt } = machine("wasm", "cpu");
  await expect(choose({ order, purpose: "inference", backend: "node-gpu", attempt })).rejects.toThrow(
    "no backend can be used for inference: node-gpu: not here",
  );
});

test("a list has all of them, with reasons", async () => {
  const reports = await tryAll({ order, purpose: "training", attempt: machine("wasm", "cpu").attempt });
  expect(reports.map(({ name }) => name)).toEqual(order);
  for (const { isUsable, reason } of reports) expect(reason === undefined).toBe(isUsable);
});

test("what each runtime prefers", () => {
  const orders = (platform: typeof node) =>
    (["inference", "training"] as const).map((purpose: Purpose) => platform.order(purpose, 1).join(" "));
  expect(orders(node)).toEqual(["node-gpu webgpu node wasm cpu", "node-gpu webgpu node wasm cpu"]);
  expect(orders(web)).toEqual(["webgpu webgl wasm cpu", "webgpu webgl wasm cpu"]);
  expect(orders(bun)).toEqual(["wasm cpu", "wasm cpu"]);
  expect(orders(deno)).toEqual(["wasm webgpu cpu", "webgpu wasm cpu"]);
  expect(deno.order("inference", 1024)[0]).toBe("webgpu");
  for (const platform of [node, web, bun, deno]) {
    expect(Object.keys(platform.openers).sort()).toEqual([...platform.order("training", 1)].sort());
  }
});

test("imitated GPUs are known by their names", () => {
  for (const name of [
    "google swiftshader SwiftShader driver 5.0.0",
    "65541 0 llvmpipe (LLVM 15.0.6, 256 bits)",
    "Mesa lavapipe",
  ]) {
    expect(isSoftware(name), name).toBe(true);
  }
  for (const name of [
    "nvidia ampere NVIDIA RTX A6000",
    "apple metal-3",
    "ANGLE (AMD, Radeon RX 6800, D3D11)",
  ])
    expect(isSoftware(name), name).toBe(false);
});
