/** What test/nn/gradients.test.ts runs in each runtime: a network's gradients on one backend. */
import type { Batch } from "../../src/dataset/generator.ts";
import { openBackend } from "../../src/nn/backend/choose.ts";
import type { BackendName } from "../../src/nn/backend/types.ts";
import { Learner, type Task } from "../../src/nn/gradients.ts";
import { attachKernels } from "../../src/nn/wasmKernels.ts";

/** As JSON takes it across. */
export interface Problem {
  readonly task: Task;
  readonly inputs: readonly number[];
  readonly labels: readonly number[];
  readonly count: number;
}

/** @returns the loss, and the gradient of each array of weights by its name */
export async function gradientsOn(
  backend: BackendName,
  { task, inputs, labels, count }: Problem,
): Promise<Record<string, number[]>> {
  const { tf } = await openBackend({ purpose: "training", backend, allowSoftware: true });
  if (backend === "wasm") await attachKernels(tf);
  const batch: Batch = {
    first: 0,
    count,
    inputs: Float32Array.from(inputs),
    extras: new Float32Array(0),
    labels: Float32Array.from(labels),
  };
  const learner = new Learner(tf, task, 7),
    { loss, gradients } = learner.gradients(batch),
    found: Record<string, number[]> = { loss: Array.from(await loss.data()) };
  for (const [k, gradient] of gradients.entries())
    found[learner.network.layout[k]!.name] = Array.from(await gradient.data());
  tf.dispose([loss, ...gradients]);
  learner.dispose();
  return found;
}

// Pages call it by this name.
Object.assign(globalThis, { gradientsOn });
