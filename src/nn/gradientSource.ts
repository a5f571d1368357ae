/** Where a training gets its gradients from: this thread (a GPU, or one thread of a processor), or workers, each with a
 *  share of the batch and a tfjs of its own. */
import * as host from "#worker-host";
import type { Scalar, Tensor } from "@tensorflow/tfjs-core";
import type { Batch } from "../dataset/generator.ts";
import type { Recipe } from "../dataset/worker.ts";
import { WorkerError } from "../errors.ts";
import { WorkerClient } from "../workers/client.ts";
import { type Learner, read, type Task } from "./gradients.ts";
import type { Tf } from "./ops.ts";
import type { TrainerWork } from "./trainer.ts";

export interface GradientSource {
  /** @returns loss and gradients of samples first … first + count − 1 with the learner's weights; theirs to dispose */
  step(seed: number, first: number, count: number): Promise<{ loss: number; gradients: Tensor[] }>;
  close(): Promise<void>;
}

/** @param draw makes samples, at best in advance */
export function localSource(
  learner: Learner,
  draw: (seed: number, first: number, count: number) => Promise<Batch>,
): GradientSource {
  return {
    step: async (seed, first, count) => {
      const { loss, gradients } = learner.gradients(await draw(seed, first, count));
      const [value] = await (loss as Scalar).data();
      loss.dispose();
      return { loss: value!, gradients };
    },
    close: async () => undefined,
  };
}

/** Each worker has the same part of every batch, and the gradients are added in the order of the workers: the result does
 *  not depend on who is done first.
 *  @throws {WorkerError} when a worker dies: the last checkpoint holds the training */
export async function crewSource(
  tf: Tf,
  learner: Learner,
  task: Task,
  recipe: Recipe,
  workers: number,
): Promise<GradientSource> {
  const members = Array.from({ length: workers }, hire);
  const close = async (): Promise<void> => void (await Promise.all(members.map((member) => member.end())));
  try {
    const moments = await read(learner.network.moving);
    await Promise.all(members.map((member) => member.call("open", { task, recipe, moments })));
  } catch (error) {
    await close();
    throw error;
  }
  return {
    step: async (seed, first, count) => {
      const flat = await read(learner.network.weights),
        shares = sharesOf(count, workers);
      const parts = await Promise.all(
        shares.map((share, k) => {
          const weights = k === shares.length - 1 ? flat : flat.slice(),
            from = first + shares.slice(0, k).reduce((sum, n) => sum + n, 0);
          return members[k]!.call(
            "gradients",
            { weights, seed, first: from, count: share, next: from + count },
            { transfer: [weights.buffer] },
          );
        }),
      );
      const sum = parts[0]!.gradients;
      let loss = 0;
      for (const [k, { gradients, loss: own }] of parts.entries()) {
        const share = shares[k]! / count;
        loss += share * own;
        for (let i = 0; i < sum.length; i++)
          sum[i] = k === 0 ? share * sum[i]! : sum[i]! + share * gradients[i]!;
      }
      let at = 0;
      const gradients = learner.network.weights.map(({ shape, size }) =>
        tf.tensor(sum.subarray(at, (at += size)), shape),
      );
      return { loss, gradients };
    },
    close,
  };
}

function sharesOf(count: number, workers: number): number[] {
  return Array.from(
    { length: workers },
    (_, k) => Math.floor(((k + 1) * count) / workers) - Math.floor((k * count) / workers),
  );
}

/** A worker that dies takes its tfjs along: it is not replaced. */
function hire(): WorkerClient<TrainerWork> {
  return new WorkerClient({
    start: (events) => host.startWorker(events, "trainer"),
    errorOf: (failure) => new WorkerError(`a worker of the training failed: ${failure.message}`),
    deathOf: (cause) => new WorkerError(`a worker of the training died: ${cause.message}`, { cause }),
    restarts: false,
  });
}
