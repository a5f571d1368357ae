/** What a training leaves: the files of a model. */
import { VERSION } from "../version.ts";
import { CARD_FORMAT, encode, type ModelFiles } from "./model.ts";
import type { Validation } from "./card.ts";
import type { TrainingState } from "./train.ts";

/** Most validations that a card keeps. */
const KEPT = 50;

/** @param name of the model
 *  @param dtype "float16" halves the size; weights keep three digits */
export async function modelFiles(
  state: TrainingState,
  name: string,
  dtype: "float32" | "float16" = "float32",
): Promise<ModelFiles> {
  const { recipe, samples, seconds, backend, history, model } = state,
    { task } = recipe;
  const card = {
    format: CARD_FORMAT,
    takagi: VERSION,
    name,
    licence: "MIT",
    preset: recipe.preset,
    network: task.network,
    outputs: task.outputs,
    labels: task.labels,
    ...(task.extras === undefined ? {} : { extras: task.extras }),
    training: {
      noise: recipe.noise,
      loss: task.loss,
      optimizer: recipe.optimizer,
      schedule: recipe.schedule,
      rate: recipe.rate,
      batch: recipe.batch,
      seed: recipe.seed,
      samples,
      seconds: Math.round(seconds),
      hardware: backend,
      ...(task.moments === undefined ? {} : { moments: task.moments }),
      ...(recipe.start === undefined ? {} : { start: recipe.start }),
    },
    metrics: history.at(-1) ?? {},
    learning: thinned(history),
  };
  return encode(card, { arrays: model.layout, values: model.values, dtype });
}

function thinned(history: readonly Validation[]): readonly Validation[] {
  const every = Math.ceil(history.length / KEPT);
  return history.filter((_, k) => (history.length - 1 - k) % every === 0);
}
