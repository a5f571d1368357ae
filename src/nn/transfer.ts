/** Goes on from a trained network for another preset: what it has learned of curves holds there too. */
import { InvalidParameterError } from "../errors.ts";
import type { Task } from "./gradients.ts";
import type { Model } from "./model.ts";

/** Start weights for a task: a model's own, its last layer rescaled so that the same curve gives the same labels although
 *  the task's outputs are scaled to other ranges.
 *  @returns weights and moments as the model has them, one after the other
 *  @throws {InvalidParameterError} where the model's network or outputs are others */
export function startFrom({ card, weights }: Model, { network, outputs }: Pick<Task, "network" | "outputs">): Float32Array {
  const shapeOf = (spec: Task["network"]): string => JSON.stringify({ ...spec, name: "" });
  if (shapeOf(card.network) !== shapeOf(network)) throw new InvalidParameterError("start", `a model of the network "${network.name}" with ${network.inputLength} inputs and ${network.outputs} outputs`, `${card.network.name}, ${card.network.inputLength}, ${card.network.outputs}`);
  const kinds = (of: Task["outputs"]): string => of.map(({ label, map }) => `${label} (${map})`).join(", ");
  if (kinds(card.outputs) !== kinds(outputs)) throw new InvalidParameterError("start", `a model that gives ${kinds(outputs)}`, kinds(card.outputs));
  const values = weights.slice();
  let at = 0;
  for (const { name, shape } of card.weights.arrays) {
    const size = shape.reduce((a, b) => a * b, 1);
    if (name === "output.matrix" || name === "output.bias") {
      for (let i = 0; i < size; i++) {
        const k = i % outputs.length, from = card.outputs[k]!, to = outputs[k]!;
        values[at + i]! *= from.half / to.half;
        if (name === "output.bias") values[at + i]! += (from.centre - to.centre) / to.half;
      }
    }
    at += size;
  }
  return values;
}
