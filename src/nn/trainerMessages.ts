/** What crosses between a training and its workers. */
import type { Recipe } from "../dataset/workerMessages.ts";
import type { Task } from "./gradients.ts";

export type TrainerRequest =
  /** @param moments of the normalisations, for tasks that keep them */
  | {
      readonly kind: "open";
      readonly task: Task;
      readonly recipe: Recipe;
      readonly moments: Float32Array<ArrayBuffer>;
    }
  /** The gradient over samples first … first + count − 1 of `seed`; those of `next` are drawn afterwards, in advance. */
  | {
      readonly kind: "gradients";
      readonly weights: Float32Array<ArrayBuffer>;
      readonly seed: number;
      readonly first: number;
      readonly count: number;
      readonly next: number;
    };

export type TrainerAnswer =
  | { readonly kind: "ready" }
  | { readonly kind: "gradients"; readonly loss: number; readonly gradients: Float32Array<ArrayBuffer> }
  | { readonly kind: "failed"; readonly message: string };
