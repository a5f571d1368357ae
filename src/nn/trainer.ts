/** The work of a worker of a training: one tfjs on WASM, one network, samples drawn where they are used. */
import type { Batch, SampleGenerator } from "../dataset/generator.ts";
import { openGenerator, type Recipe } from "../dataset/worker.ts";
import type { Handlers } from "../workers/serve.ts";
import { openBackend } from "./backend/choose.ts";
import { assign, Learner, read, type Task } from "./gradients.ts";
import type { Tf } from "./ops.ts";
import { attachKernels } from "./wasmKernels.ts";

export interface TrainerWork {
  /** `moments`: of the normalisations, for tasks that keep them. */
  open: {
    ask: { readonly task: Task; readonly recipe: Recipe; readonly moments: Float32Array<ArrayBuffer> };
    answer: undefined;
  };
  /** The gradient over samples first … first + count − 1 of `seed`; those of `next` are drawn afterwards, in advance. */
  gradients: {
    ask: {
      readonly weights: Float32Array<ArrayBuffer>;
      readonly seed: number;
      readonly first: number;
      readonly count: number;
      readonly next: number;
    };
    answer: { readonly loss: number; readonly gradients: Float32Array<ArrayBuffer> };
  };
}

export function trainerHandlers(): Handlers<TrainerWork> {
  let opened: { tf: Tf; learner: Learner; generator: SampleGenerator } | undefined;
  let ahead: { seed: number; batch: Batch } | undefined;
  return {
    open: async ({ task, recipe, moments }) => {
      const { tf } = await openBackend({ purpose: "training", backend: "wasm" });
      await attachKernels(tf);
      const learner = new Learner(tf, task);
      assign(tf, learner.network.moving, moments);
      opened = { tf, learner, generator: await openGenerator(recipe) };
      return undefined;
    },
    gradients: async ({ weights, seed, first, count, next }, { transfer, afterwards }) => {
      if (opened === undefined)
        throw new Error("the worker was asked for gradients before it was told of what");
      const { tf, learner, generator } = opened;
      const isAhead = ahead?.seed === seed && ahead.batch.first === first && ahead.batch.count === count;
      const batch = isAhead ? ahead!.batch : generator.generate(seed, first, count);
      assign(tf, learner.network.weights, weights);
      const { loss, gradients } = learner.gradients(batch);
      const flat = await read(gradients),
        [value] = await loss.data();
      tf.dispose([loss, ...gradients]);
      transfer(flat.buffer);
      afterwards(() => {
        ahead = { seed, batch: generator.generate(seed, next, count) };
      });
      return { loss: value!, gradients: flat };
    },
  };
}
