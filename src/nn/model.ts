/** A trained network with everything that its use needs: `model.json` and `weights.bin` in a folder, or anywhere; and, where
 *  the network's errors are known, `bank.bin`. */
import type { Preset } from "../dataset/presets.ts";
import { parsePreset } from "../dataset/presets.ts";
import { ModelError } from "../errors.ts";
import { VERSION } from "../version.ts";
import { type Bank, BANK_FILE, type BankCard, decodeBank, encodeBank } from "./bank.ts";
import { fromHalf, sha256, toHalf } from "./bytes.ts";
import { cardOfLayersModel, LAYERS_FORMAT, layersModelJson } from "./layersModel.ts";
import type { NetworkSpec } from "./network.ts";
import type { Output } from "./outputs.ts";
import type { TrainingState, Validation } from "./train.ts";

/** Raised when old programs cannot read new folders. */
const FORMAT = 1;

/** What `model.json` holds. */
export interface ModelCard {
  readonly format: number;
  /** Version of takagi that wrote it. */
  readonly takagi: string;
  readonly name: string;
  readonly licence: string;
  readonly preset: Preset;
  readonly network: NetworkSpec;
  readonly outputs: readonly Output[];
  /** What `predict` gives, in order. */
  readonly labels: readonly string[];
  /** What the network is given beside the curve, in order; absent: nothing. */
  readonly extras?: readonly string[];
  readonly training: {
    readonly noise: string;
    readonly loss: string;
    readonly optimizer: string;
    readonly schedule: string;
    readonly rate: number;
    readonly batch: number;
    readonly seed: number;
    readonly samples: number;
    readonly seconds: number;
    readonly hardware: string;
    /** That it was normalised by the moments of the model that it started from; absent: by those of its batches. */
    readonly moments?: "start";
    /** The model that this one started from, and what that and its own forerunners had seen. */
    readonly start?: { readonly name: string; readonly samples: number; readonly seconds: number };
  };
  /** Of the last validation. */
  readonly metrics: object;
  /** The course of the training: every validation, thinned to about fifty. */
  readonly learning?: readonly Validation[];
  readonly weights: {
    readonly file: "weights.bin";
    readonly dtype: "float32" | "float16";
    readonly bytes: number;
    readonly sha256: string;
    readonly arrays: readonly { readonly name: string; readonly shape: readonly number[] }[];
  };
  /** The bank of residuals beside the weights; absent: none. */
  readonly bank?: BankCard;
}

/** A model as it lies in memory. */
export interface Model {
  readonly card: ModelCard;
  /** Arrays one after the other, as the card names them. */
  readonly weights: Float32Array;
  /** What it was off by on fresh samples; absent where that is not known, or the file was not given. */
  readonly bank?: Bank;
}

/** What a model was trained on, together with all that it started from. */
export function trainedOn({ training: { samples, seconds, start } }: ModelCard): {
  samples: number;
  seconds: number;
} {
  return { samples: samples + (start?.samples ?? 0), seconds: seconds + (start?.seconds ?? 0) };
}

/** The files' contents. */
export interface ModelFiles {
  readonly "model.json": string;
  readonly "weights.bin": Uint8Array<ArrayBuffer>;
  /** Where the model has a bank. */
  readonly "bank.bin"?: Uint8Array<ArrayBuffer>;
}

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
    format: FORMAT,
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

interface Contents {
  readonly arrays: ModelCard["weights"]["arrays"];
  readonly values: Float32Array;
  readonly dtype: "float32" | "float16";
  readonly bank?: Bank | undefined;
}

async function encode(
  about: Omit<ModelCard, "weights" | "bank">,
  { arrays, values, dtype, bank }: Contents,
): Promise<ModelFiles> {
  const bytes = dtype === "float16" ? toHalf(values) : new Uint8Array(values.slice().buffer),
    encoded = bank === undefined ? undefined : await encodeBank(bank);
  const card: Omit<ModelCard, "bank"> & { bank: BankCard | undefined } = {
    ...about,
    weights: { file: "weights.bin", dtype, bytes: bytes.length, sha256: await sha256(bytes), arrays },
    // JSON leaves it out where it is undefined.
    bank: encoded?.card,
  };
  return {
    "model.json": `${JSON.stringify(card, null, 2)}\n`,
    "weights.bin": bytes,
    ...(encoded === undefined ? {} : { [BANK_FILE]: encoded.bytes }),
  };
}

/** A model's files anew, in another precision or with another bank.
 *  @param dtype its own if absent; "float16" halves the size; weights keep three digits */
export async function encodeModel(
  { card, weights, bank }: Model,
  dtype: "float32" | "float16" = card.weights.dtype,
): Promise<ModelFiles> {
  return encode(card, { arrays: card.weights.arrays, values: weights, dtype, bank });
}

/** The same files for other programs: `tf.loadLayersModel` of stock tfjs reads them, and so does `parseModel`. Inputs are
 *  curves [count, points] as the model learned them (`networkInput`), for models with `extras` those [count, extras] after
 *  them; of the outputs [count, outputs], `userDefinedMetadata.takagi.outputs` says what they mean.
 *  @param dtype as for `encodeModel`
 *  @example
 *  for (const [name, content] of Object.entries(await toLayersModel(await loadModel("model")))) await writeFile(`tfjs/${name}`, content); */
export async function toLayersModel(model: Model, dtype?: "float32" | "float16"): Promise<ModelFiles> {
  const files = await encodeModel(model, dtype);
  return { ...files, "model.json": layersModelJson(JSON.parse(files["model.json"]) as ModelCard) };
}

/** @param json the text of model.json, or what it says; that of `toLayersModel` too
 *  @param bytes of weights.bin
 *  @param bank bytes of bank.bin, where there is one; without it the network predicts, but cannot propose
 *  @throws {ModelError} for what is damaged, truncated or of another version */
export async function parseModel(json: unknown, bytes: Uint8Array, bank?: Uint8Array): Promise<Model> {
  const card = cardOf(typeof json === "string" ? parse(json) : json) as ModelCard;
  if (typeof card !== "object" || card === null || typeof card.format !== "number")
    throw new ModelError("model.json is not the card of a takagi model");
  if (card.format !== FORMAT)
    throw new ModelError(
      `model.json has format ${card.format}; this version (${VERSION}) reads ${FORMAT}: take the takagi ${card.takagi} that wrote it, or train anew`,
    );
  const { weights } = card,
    count = weights?.arrays?.reduce(
      (sum, { shape }) => sum + shape.reduce((product, size) => product * size, 1),
      0,
    );
  if (!(count > 0) || !Array.isArray(card.outputs) || !Array.isArray(card.labels))
    throw new ModelError("model.json is incomplete");
  parsePreset(card.preset);
  const wanted = count * (weights.dtype === "float16" ? 2 : 4);
  if (bytes.length !== wanted)
    throw new ModelError(
      `weights.bin must have ${wanted} bytes; got ${bytes.length}: it is truncated, or of another model`,
    );
  const sum = await sha256(bytes);
  if (sum !== weights.sha256)
    throw new ModelError(`weights.bin is damaged: its SHA-256 is ${sum}, model.json says ${weights.sha256}`);
  const values =
    weights.dtype === "float16" ? fromHalf(bytes) : new Float32Array(new Uint8Array(bytes).buffer);
  if (!values.every(Number.isFinite)) throw new ModelError("weights.bin holds numbers that are not finite");
  if (bank === undefined) return { card, weights: values };
  if (card.bank === undefined)
    throw new ModelError(`model.json names no ${BANK_FILE}: it is another model's`);
  return { card, weights: values, bank: await decodeBank(bank, { ...card, bank: card.bank }) };
}

/** Name of the bank's file where the text of a model.json names one. */
export function bankFileOf(json: string): typeof BANK_FILE | undefined {
  return (cardOf(parse(json)) as Partial<ModelCard> | null)?.bank === undefined ? undefined : BANK_FILE;
}

function cardOf(json: unknown): unknown {
  if ((json as { format?: unknown } | null)?.format !== LAYERS_FORMAT) return json;
  const card = cardOfLayersModel(json as object);
  if (card === undefined)
    throw new ModelError(
      "model.json is a layers model of tfjs, but none that takagi wrote: it says neither what it was trained on nor what its outputs mean",
    );
  return card;
}

const KEPT = 50;

function thinned(history: readonly Validation[]): readonly Validation[] {
  const every = Math.ceil(history.length / KEPT);
  return history.filter((_, k) => (history.length - 1 - k) % every === 0);
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new ModelError(`model.json is not JSON: ${(cause as Error).message}`, { cause });
  }
}
