/** A card, checked to the bottom before anything is made of it: a file that says it is a model may say anything. */
import { parsePreset, type Preset } from "../dataset/presets.ts";
import { record } from "../dataset/presetFields.ts";
import {
  InvalidParameterError,
  ModelError,
  requireFinite,
  requireInteger,
  requireOneOf,
  requirePositive,
} from "../errors.ts";
import type { ModelCard } from "./card.ts";
import { layoutOf, type NetworkSpec } from "./network.ts";
import { STRAIN } from "./outputs.ts";

type Fields = Readonly<Record<string, unknown>>;

/** What a network of any use stays below: layers; channels, taps and the like; and numbers that a curve is at any layer, which
 *  hundreds of curves take memory for at a time. */
const MOST_LAYERS = 200,
  MOST_CHANNELS = 65_536,
  MOST_NUMBERS = 200_000;

/** @throws {ModelError} naming what is wrong @throws {InvalidParameterError} for its preset */
export function checkCard(json: unknown): asserts json is ModelCard {
  try {
    const card = record("the card", json),
      preset = parsePreset(card["preset"]),
      spec = checkNetwork(card["network"], preset);
    checkOutputs(card, spec);
    checkWeights(card["weights"], spec);
    for (const name of ["name", "takagi"]) text(name, card[name]);
    record("training", card["training"]);
    record("metrics", card["metrics"]);
    list("learning", card["learning"] ?? []).forEach((each) => record("learning", each));
    checkBeside("bank", card["bank"], ["count", "bytes"]);
    checkBeside("mixture", card["mixture"], ["hypotheses", "hidden", "samples", "bytes"]);
  } catch (cause) {
    if (cause instanceof InvalidParameterError && !cause.parameter.startsWith("preset"))
      throw new ModelError(`model.json: ${cause.message}`, { cause });
    throw cause;
  }
}

function checkNetwork(json: unknown, { axis }: Preset): NetworkSpec {
  const spec = record("network", json) as unknown as NetworkSpec,
    { gamma, epsilon } = record("network.normalisation", spec.normalisation);
  text("network.name", spec.name);
  if (spec.inputLength !== axis.points)
    throw new InvalidParameterError(
      "network.inputLength",
      `${axis.points}, as the preset's axis`,
      spec.inputLength,
    );
  requireInteger("network.extras", spec.extras, 0, MOST_CHANNELS);
  requireInteger("network.outputs", spec.outputs, 1, MOST_CHANNELS);
  flag("network.normalisation.gamma", gamma);
  requirePositive("network.normalisation.epsilon", epsilon as number);
  const layers = list("network.layers", spec.layers);
  requireInteger("network.layers.length", layers.length, 0, MOST_LAYERS);
  let length = spec.inputLength;
  for (const [i, layer] of layers.entries()) length = checkLayer(`network.layers[${i}]`, layer, length);
  return spec;
}

/** @param length of the curve before the layer
 *  @returns and behind it */
function checkLayer(at: string, json: unknown, length: number): number {
  const layer = record(at, json) as {
    kind: string;
    channels: number;
    taps: number;
    stride: number;
    bias: boolean;
  };
  requireOneOf(`${at}.kind`, layer.kind, ["convolution", "residual", "pool", "dense"]);
  if (layer.kind === "pool") {
    requireInteger(`${at}: points before it`, length, 2, MOST_NUMBERS);
    return length >> 1;
  }
  requireInteger(`${at}.channels`, layer.channels, 1, MOST_CHANNELS);
  if (layer.kind !== "residual") flag(`${at}.bias`, layer.bias);
  if (layer.kind === "dense") return 1;
  requireInteger(`${at}.taps`, layer.taps, 1, MOST_CHANNELS);
  requireInteger(`${at}.stride`, layer.stride, 1, MOST_CHANNELS);
  const after = Math.ceil(length / layer.stride);
  requireInteger(`${at}: points times channels`, after * layer.channels, 1, MOST_NUMBERS);
  return after;
}

function checkOutputs(card: Fields, { outputs: count, extras }: NetworkSpec): void {
  const outputs = list("outputs", card["outputs"]).map((json, k) => {
      const at = `outputs[${k}]`,
        { label, map, centre, half } = record(at, json) as {
          label: string;
          map: string;
          centre: number;
          half: number;
        };
      text(`${at}.label`, label);
      requireOneOf(`${at}.map`, map, ["linear", "log", "relative"]);
      requireFinite(`${at}.centre`, centre);
      requireFinite(`${at}.half`, half);
      return { label, map };
    }),
    isRelative = ({ map }: { map: string }): boolean => map === "relative",
    scale = outputs.find(({ label }) => label === STRAIN);
  if (outputs.length !== count)
    throw new InvalidParameterError("outputs", `${count}, as the network gives`, outputs.length);
  if (outputs.some(isRelative) && (scale === undefined || isRelative(scale)))
    throw new InvalidParameterError(
      "outputs",
      `ones with a scale "${STRAIN}" that others are relative to`,
      "none",
    );
  for (const label of list("labels", card["labels"]))
    if (!outputs.some((output) => output.label === label))
      throw new InvalidParameterError("labels", "of the outputs", label);
  const named = list("extras", card["extras"] ?? []);
  for (const name of named) text("extras", name);
  if (named.length !== extras)
    throw new InvalidParameterError("extras", `${extras}, as the network is given`, named.length);
}

function checkWeights(json: unknown, spec: NetworkSpec): void {
  const weights = record("weights", json);
  for (const name of ["file", "sha256"]) text(`weights.${name}`, weights[name]);
  requireOneOf("weights.dtype", weights["dtype"], ["float32", "float16"]);
  const given = list("weights.arrays", weights["arrays"]).map((each) => {
    const { name, shape } = record("weights.arrays", each);
    return `${text("weights.arrays", name)} ${list("weights.arrays", shape).join()}`;
  });
  const wanted = layoutOf(spec).map(({ name, shape }) => `${name} ${shape.join()}`),
    other = wanted.findIndex((each, i) => each !== given[i]);
  if (given.length !== wanted.length || other >= 0)
    throw new InvalidParameterError(
      "weights.arrays",
      `those of its network (${wanted[Math.max(other, 0)]} …)`,
      given[Math.max(other, 0)],
    );
}

/** Of a file beside the weights. */
function checkBeside(name: string, json: unknown, counts: readonly string[]): void {
  if (json === undefined) return;
  const card = record(name, json);
  for (const each of counts)
    requireInteger(`${name}.${each}`, card[each] as number, 0, Number.MAX_SAFE_INTEGER);
  for (const each of ["file", "noise", "sha256"]) text(`${name}.${each}`, card[each]);
  requireFinite(`${name}.seed`, card["seed"] as number);
}

function list(name: string, value: unknown): readonly unknown[] {
  if (!Array.isArray(value)) throw new InvalidParameterError(name, "a list", value);
  return value as unknown[];
}

function text(name: string, value: unknown): string {
  if (typeof value !== "string") throw new InvalidParameterError(name, "text", value);
  return value;
}

function flag(name: string, value: unknown): void {
  if (typeof value !== "boolean") throw new InvalidParameterError(name, "true or false", value);
}
