/** Native addons, found at run time: stand-ins of them among the modules of an installed package. */
import { execFile } from "node:child_process";
import { cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, onTestFinished, test } from "vitest";
import type { BackendReport } from "../../../src/nn/index.ts";

const root = fileURLToPath(new URL("../../..", import.meta.url));
const VERSION = "4.22.0";

/** What the addons do when they are loaded, with the CPU backend for TensorFlow. Before Node 23 the old function is there. */
const WORKING = `
const tf = require("@tensorflow/tfjs-core");
const { MathBackendCPU } = require("@tensorflow/tfjs-backend-cpu");
if (!require("util").isNullOrUndefined(null)) throw new Error("no isNullOrUndefined");
class Native extends MathBackendCPU { isUsingGpuDevice = GPU; }
tf.registerBackend("tensorflow", () => new Native());
for (const kernel of tf.getKernelsForBackend("cpu")) tf.registerKernel({ ...kernel, backendName: "tensorflow" });
`;
const WITHOUT_LIBRARY = `throw new Error("The Node.js native addon module (tfjs_binding.node) can not be found at path: x\\nsecond line");`;

const PROGRAM = `
require("node:util").isNullOrUndefined = undefined;
import("takagi/nn").then(async ({ chooseBackend, listBackends }) => {
  const { name, adapter, tf, reports } = await chooseBackend({ purpose: "training" });
  const is = tf.getBackend();
  console.log(JSON.stringify({ name, adapter, is, reports, all: await listBackends() }));
});
`;

interface Addon {
  readonly version?: string;
  readonly code: string;
}

async function run(addons: {
  readonly [name: string]: Addon;
}): Promise<{ name: string; adapter?: string; is: string; reports: BackendReport[]; all: BackendReport[] }> {
  const dir = await mkdtemp(join(tmpdir(), "takagi-addon-"));
  onTestFinished(() => rm(dir, { recursive: true }));
  const modules = join(dir, "node_modules");
  const scope = join(modules, "@tensorflow");
  await mkdir(join(modules, "takagi"), { recursive: true });
  await cp(join(root, "dist"), join(modules, "takagi", "dist"), { recursive: true });
  await cp(join(root, "package.json"), join(modules, "takagi", "package.json"));
  await mkdir(scope);
  for (const name of ["tfjs", "tfjs-core", "tfjs-backend-cpu", "tfjs-backend-wasm"]) {
    await symlink(join(root, "node_modules", "@tensorflow", name), join(scope, name), "dir");
  }
  for (const [name, { version = VERSION, code }] of Object.entries(addons)) {
    await mkdir(join(scope, name));
    await writeFile(
      join(scope, name, "package.json"),
      JSON.stringify({ name: `@tensorflow/${name}`, version, main: "index.js" }),
    );
    await writeFile(join(scope, name, "index.js"), code);
  }
  const main = join(dir, "main.cjs");
  await writeFile(main, PROGRAM);
  const { stdout } = await promisify(execFile)(process.execPath, [main], { cwd: dir, timeout: 50_000 });
  return JSON.parse(stdout) as Awaited<ReturnType<typeof run>>;
}

const gpu = { code: WORKING.replace("GPU", "true") };
const noGpu = { code: WORKING.replace("GPU", "false") };

test("tfjs-core is of the version that addons are held to", async () => {
  const { version } = JSON.parse(
    await readFile(join(root, "node_modules/@tensorflow/tfjs-core/package.json"), "utf8"),
  ) as { version: string };
  expect(version).toBe(VERSION);
});

test("an addon with a GPU comes before all others, and has the function that newer Nodes lack", async () => {
  const { name, adapter, is, reports } = await run({ "tfjs-node-gpu": gpu, "tfjs-node": noGpu });
  expect({ name, adapter, is, reports }).toEqual({
    name: "node-gpu",
    adapter: "CUDA",
    is: "tensorflow",
    reports: [{ name: "node-gpu", isUsable: true, adapter: "CUDA", version: VERSION }],
  });
});

test("without a GPU it computes on the processor, and the other addon is not loaded beside it", async () => {
  const { name, adapter, reports } = await run({
    "tfjs-node-gpu": noGpu,
    "tfjs-node": { code: "process.exit(1)" },
  });
  expect([name, adapter]).toEqual(["node", "@tensorflow/tfjs-node-gpu without a GPU"]);
  expect(reports[0]).toMatchObject({
    name: "node-gpu",
    isUsable: false,
    reason: expect.stringContaining("sees no GPU") as string,
  });
  expect(reports[1]!.reason).toContain("webgpu is not installed");
});

test("tfjs-node alone is taken before WASM", async () => {
  const { name, is, all } = await run({ "tfjs-node": noGpu });
  expect([name, is]).toEqual(["node", "tensorflow"]);
  expect(all.filter(({ isUsable }) => isUsable).map((report) => report.name)).toEqual([
    "node",
    "wasm",
    "cpu",
  ]);
});

test("a wrong version and an install without its library are refused, each with its reason", async () => {
  const { name, reports } = await run({
    "tfjs-node-gpu": { version: "4.10.0", code: "process.exit(1)" },
    "tfjs-node": { code: WITHOUT_LIBRARY },
  });
  expect(name).toBe("wasm");
  const reasons = Object.fromEntries(reports.map((report) => [report.name, report.reason]));
  expect(reasons["node-gpu"]).toBe(
    "@tensorflow/tfjs-node-gpu is version 4.10.0; that of @tensorflow/tfjs-core, 4.22.0, is needed",
  );
  expect(reasons["node"]).toBe(
    "@tensorflow/tfjs-node is installed but cannot be loaded: The Node.js native addon module (tfjs_binding.node) can not be found at path: x",
  );
});
