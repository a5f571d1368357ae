/** Goes on from a trained network for another preset: what it has learned of curves holds there too. */
import { InvalidParameterError } from "../errors.ts";
import type { Task } from "./gradients.ts";
import type { Model } from "./model.ts";

/** Start weights for a task. Of a model with the same network and outputs all its own, its last layer rescaled so that the
 *  same curve gives the same labels although the task's outputs are scaled to other ranges; of any other one its
 *  convolutions.
 *  @param fresh what the task's network begins with otherwise: weights and moments, one array after the other
 *  @returns the same with the model's
 *  @throws {InvalidParameterError} where the model has none of the task's convolutions, or, for a task that keeps its
 *    moments, where it is not the same in all */
export function startFrom({ card, weights }: Model, { network, outputs, moments }: Pick<Task, "network" | "outputs" | "moments">, fresh: { readonly layout: readonly { readonly name: string; readonly shape: readonly number[] }[]; readonly values: Float32Array }): Float32Array {
  const shapeOf = (spec: Task["network"]): string => JSON.stringify({ ...spec, name: "" });
  const kinds = (of: Task["outputs"]): string => of.map(({ label, map }) => `${label} (${map})`).join(", ");
  const isWhole = shapeOf(card.network) === shapeOf(network) && kinds(card.outputs) === kinds(outputs);
  const own = placesOf(card.weights.arrays), start = fresh.values.slice();
  let taken = 0;
  for (const [name, { at, size, shape }] of placesOf(fresh.layout)) {
    const from = own.get(name);
    if (from?.shape !== shape || !(isWhole || /^(convolution|residual)/.test(name))) continue;
    start.set(weights.subarray(from.at, from.at + size), at);
    taken++;
    if (name !== "output.matrix" && name !== "output.bias") continue;
    for (let i = 0; i < size; i++) {
      const k = i % outputs.length, before = card.outputs[k]!, after = outputs[k]!;
      start[at + i]! *= before.half / after.half;
      if (name === "output.bias") start[at + i]! += (before.centre - after.centre) / after.half;
    }
  }
  const described = `${card.network.name}, ${card.network.inputLength} inputs, outputs ${kinds(card.outputs)}`;
  if (taken === 0) throw new InvalidParameterError("start", `a model with convolutions of the network "${network.name}"`, described);
  if (moments === "start" && !isWhole) throw new InvalidParameterError("start", `a model of the same network and outputs, whose moments can be kept: ${network.name}, ${network.inputLength} inputs, outputs ${kinds(outputs)}`, described);
  return start;
}

function placesOf(arrays: readonly { readonly name: string; readonly shape: readonly number[] }[]): Map<string, { at: number; size: number; shape: string }> {
  let at = 0;
  return new Map(arrays.map(({ name, shape }) => {
    const size = shape.reduce((a, b) => a * b, 1), place = { at, size, shape: shape.join("×") };
    at += size;
    return [name, place];
  }));
}
