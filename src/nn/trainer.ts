/** The work of a worker of a training: one tfjs on WASM, one network, samples drawn where they are used. */
import type { Batch, SampleGenerator } from "../dataset/generator.ts";
import { openGenerator } from "../dataset/worker.ts";
import { chooseBackend } from "./backend/choose.ts";
import { assign, Learner, read } from "./gradients.ts";
import type { Tf } from "./ops.ts";
import type { TrainerAnswer, TrainerRequest } from "./trainerMessages.ts";
import { attachKernels } from "./wasmKernels.ts";

/** @param answer sends to the training; the buffers go with it */
export function serveTrainer(
  answer: (answer: TrainerAnswer, transfer: ArrayBuffer[]) => void,
): (request: TrainerRequest) => void {
  let opened: { tf: Tf; learner: Learner; generator: SampleGenerator } | undefined;
  let ahead: { seed: number; batch: Batch } | undefined;

  async function respond(request: TrainerRequest): Promise<void> {
    if (request.kind === "open") {
      const { tf } = await chooseBackend({ purpose: "training", backend: "wasm" });
      await attachKernels(tf);
      const learner = new Learner(tf, request.task);
      assign(tf, learner.network.moving, request.moments);
      opened = { tf, learner, generator: await openGenerator(request.recipe) };
      answer({ kind: "ready" }, []);
      return;
    }
    if (opened === undefined)
      throw new Error("the worker was asked for gradients before it was told of what");
    const { tf, learner, generator } = opened,
      { seed, first, count, next } = request;
    const isAhead = ahead?.seed === seed && ahead.batch.first === first && ahead.batch.count === count;
    const batch = isAhead ? ahead!.batch : generator.generate(seed, first, count);
    assign(tf, learner.network.weights, request.weights);
    const { loss, gradients } = learner.gradients(batch);
    const flat = await read(gradients),
      [value] = await loss.data();
    tf.dispose([loss, ...gradients]);
    answer({ kind: "gradients", loss: value!, gradients: flat }, [flat.buffer]);
    ahead = { seed, batch: generator.generate(seed, next, count) };
  }

  let queue = Promise.resolve();
  return (request) => {
    queue = queue
      .then(() => respond(request))
      .catch((error: unknown) =>
        answer({ kind: "failed", message: error instanceof Error ? error.message : String(error) }, []),
      );
  };
}
