/** The backends that every Node has, and modules of tfjs's kernels that are handed over. */
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { afterAll, expect, test } from "vitest";
import { BackendError, InvalidParameterError } from "../../../src/errors.ts";
import { openBackend } from "../../../src/nn/backend/choose.ts";
import { listBackends, type BackendName, type BackendOptions } from "../../../src/nn/index.ts";

const wasmFile = createRequire(import.meta.url).resolve(
  "@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-simd.wasm",
);
const before = { fetch: undefined as unknown, instantiate: WebAssembly.instantiate };

afterAll(() => expect(WebAssembly.instantiate).toBe(before.instantiate));

/** A process has one WASM backend: tfjs's is taken away, so that it starts anew. */
async function anew(options: BackendOptions): Promise<string> {
  const { tf } = await openBackend({ backend: "cpu" });
  delete tf.engine().registry["wasm"];
  const { name, tf: started } = await openBackend({ backend: "wasm", ...options });
  expect(started.getBackend()).toBe("wasm");
  return name;
}

test("WASM trains and CPU infers, each made the current one", async () => {
  for (const [backend, purpose] of [
    ["wasm", "training"],
    ["cpu", "inference"],
    ["wasm", "inference"],
    ["cpu", "training"],
  ] as const) {
    const { name, tf, reports } = await openBackend({ backend, purpose });
    expect([name, tf.getBackend(), reports]).toEqual([
      backend,
      backend,
      [{ name: backend, isUsable: true, version: tf.version_core }],
    ]);
  }
});

test("nothing is left behind by probes", async () => {
  const { tf } = await openBackend({ backend: "wasm", purpose: "training" });
  const tensors = tf.memory().numTensors;
  await openBackend({ backend: "wasm", purpose: "training" });
  expect(tf.memory().numTensors).toBe(tensors);
  expect(tf.env().getBool("PROD")).toBe(false);
});

test("a list leaves the current backend alone", async () => {
  const { tf } = await openBackend({ backend: "cpu" });
  const names = (await listBackends({ purpose: "training" }))
    .filter(({ isUsable }) => isUsable)
    .map(({ name }) => name);
  expect(names).toContain("wasm");
  expect(names).not.toContain("cpu");
  expect(tf.getBackend()).toBe("cpu");
});

test("choices at the same time do not mix", async () => {
  const wanted: BackendName[] = ["wasm", "cpu", "wasm", "cpu"];
  const seen: string[] = [];
  const probe: BackendOptions["probe"] = async (tf) => {
    await new Promise((resolve) => setTimeout(resolve, 5));
    seen.push(tf.getBackend());
  };
  expect(
    (await Promise.all(wanted.map((backend) => openBackend({ backend, probe })))).map(({ name }) => name),
  ).toEqual(wanted);
  expect(seen).toEqual(wanted);
});

test("a backend that computes falsely, or is not of this runtime, is refused; the current one stays", async () => {
  const { tf } = await openBackend({ backend: "cpu" });
  const probe = async () => {
    throw new Error("two and two are five");
  };
  await expect(openBackend({ backend: "wasm", probe })).rejects.toThrow(
    "no backend can be used for inference: wasm: two and two are five",
  );
  await expect(openBackend({ backend: "webgl" })).rejects.toThrow(BackendError);
  expect(tf.getBackend()).toBe("cpu");
  await expect(openBackend({ backend: "gpu" as BackendName })).rejects.toThrow(InvalidParameterError);
});

test("tfjs's kernels as a module, bytes, path and URL", async () => {
  const bytes = await readFile(wasmFile);
  for (const wasm of [
    new WebAssembly.Module(bytes),
    new Uint8Array(bytes),
    wasmFile,
    new URL(`file://${wasmFile}`),
  ]) {
    expect(await anew({ wasm, purpose: "training" })).toBe("wasm");
  }
});

test("a module that is not tfjs's is refused, and what was changed for it is as before", async () => {
  const threaded = wasmFile.replace("-simd", "-threaded-simd");
  for (const wasm of [Uint8Array.of(0, 97, 115, 109, 1, 0, 0, 0), threaded]) {
    await expect(anew({ wasm })).rejects.toThrow("wasm: wasm must be tfjs-backend-wasm-simd.wasm or");
  }
  await expect(anew({ wasm: Uint8Array.of(1, 2, 3) })).rejects.toThrow(/wasm: .+/);
  expect(WebAssembly.instantiate).toBe(before.instantiate);
  expect(await anew({ wasm: wasmFile })).toBe("wasm");
});
