/** Goes on from a trained network for another preset: what it has learned of curves holds there too. */
import type { Preset } from "../dataset/presets.ts";
import { labelUnits } from "../dataset/scaling.ts";
import { InvalidParameterError } from "../errors.ts";
import type { Task } from "./gradients.ts";
import type { Model } from "./card.ts";

/** Start weights for a task. Of a model with the same network and outputs all its own, its last layer rescaled so that the
 *  same curve gives the same labels although the task's outputs have other ranges or units; where the task is told more
 *  beside the curve, that weighs nothing at first. Of any other model its convolutions.
 *  @param fresh what the task's network begins with otherwise: weights and moments, one array after the other
 *  @returns the same with the model's
 *  @throws {InvalidParameterError} where the model has none of the task's convolutions, or, for a task that keeps its
 *    moments, where it is not the same in all */
export function startFrom(
  { card, weights }: Model,
  { network, outputs, moments, extras = [] }: Pick<Task, "network" | "outputs" | "moments" | "extras">,
  preset: Preset,
  fresh: {
    readonly layout: readonly { readonly name: string; readonly shape: readonly number[] }[];
    readonly values: Float32Array;
  },
): Float32Array {
  const shapeOf = (spec: Task["network"]): string => JSON.stringify({ ...spec, name: "", extras: 0 });
  const kinds = (of: Task["outputs"]): string => of.map(({ label, map }) => `${label} (${map})`).join(", ");
  const isWhole =
    shapeOf(card.network) === shapeOf(network) &&
    kinds(card.outputs) === kinds(outputs) &&
    (card.extras ?? []).every((name, k) => extras[k] === name);
  const own = placesOf(card.weights.arrays),
    start = fresh.values.slice();
  const reflection = card.preset.reflection ?? preset.reflection;
  /** The model's unit of a label in that of the task. */
  const unitOf = (label: string): number =>
    reflection === undefined
      ? 1
      : (labelUnits(card.preset, reflection)[label] ?? 1) / (labelUnits(preset, reflection)[label] ?? 1);
  let taken = 0;
  for (const [name, { at, size, shape }] of placesOf(fresh.layout)) {
    const from = own.get(name);
    if (from === undefined || !(isWhole || (from.shape === shape && /^(convolution|residual)/.test(name))))
      continue;
    // The rows of what the model is not told come last.
    start.fill(0, at, at + size).set(weights.subarray(from.at, from.at + from.size), at);
    taken++;
    if (name !== "output.matrix" && name !== "output.bias") continue;
    for (let i = 0; i < size; i++) {
      const k = i % outputs.length,
        after = outputs[k]!,
        { label, map, centre, half } = card.outputs[k]!,
        unit = unitOf(label);
      const before =
        map === "log"
          ? { centre: centre + Math.log(unit), half }
          : { centre: unit * centre, half: unit * half };
      start[at + i]! *= before.half / after.half;
      if (name === "output.bias") start[at + i]! += (before.centre - after.centre) / after.half;
    }
  }
  const described = `${card.network.name}, ${card.network.inputLength} inputs, outputs ${kinds(card.outputs)}`;
  if (taken === 0)
    throw new InvalidParameterError(
      "start",
      `a model with convolutions of the network "${network.name}"`,
      described,
    );
  if (moments === "start" && !isWhole)
    throw new InvalidParameterError(
      "start",
      `a model of the same network and outputs, whose moments can be kept: ${network.name}, ${network.inputLength} inputs, outputs ${kinds(outputs)}`,
      described,
    );
  return start;
}

function placesOf(
  arrays: readonly { readonly name: string; readonly shape: readonly number[] }[],
): Map<string, { at: number; size: number; shape: string }> {
  let at = 0;
  return new Map(
    arrays.map(({ name, shape }) => {
      const size = shape.reduce((a, b) => a * b, 1),
        place = { at, size, shape: shape.join("×") };
      at += size;
      return [name, place];
    }),
  );
}
