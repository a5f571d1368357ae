/** A trained network with everything that its use needs: `model.json` and `weights.bin` in a folder, or anywhere. */
import { parsePreset } from "../dataset/presets.ts";
import { ModelError } from "../errors.ts";
import { VERSION } from "../version.ts";
import type { Model, ModelCard } from "./card.ts";
import { cardOfLayersModel, LAYERS_FORMAT, layersModelJson } from "./layersModel.ts";

/** Raised when old programs cannot read new folders. */
export const CARD_FORMAT = 1;

/** Two files' contents. */
export interface ModelFiles {
  readonly "model.json": string;
  readonly "weights.bin": Uint8Array<ArrayBuffer>;
}

/** The files of a model whose card is all but the weights' part.
 *  @param values arrays one after the other, as `arrays` names them */
export async function encode(
  about: Omit<ModelCard, "weights">,
  arrays: ModelCard["weights"]["arrays"],
  values: Float32Array,
  dtype: "float32" | "float16",
): Promise<ModelFiles> {
  const bytes = dtype === "float16" ? toHalf(values) : new Uint8Array(values.slice().buffer);
  const card: ModelCard = {
    ...about,
    weights: { file: "weights.bin", dtype, bytes: bytes.length, sha256: await sha256(bytes), arrays },
  };
  return { "model.json": `${JSON.stringify(card, null, 2)}\n`, "weights.bin": bytes };
}

/** A model's files anew, in another precision.
 *  @param dtype its own if absent; "float16" halves the size; weights keep three digits */
export async function encodeModel(
  { card, weights }: Model,
  dtype: "float32" | "float16" = card.weights.dtype,
): Promise<ModelFiles> {
  const {
    weights: { arrays },
    ...about
  } = card;
  return encode(about, arrays, weights, dtype);
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
 *  @throws {ModelError} for what is damaged, truncated or of another version */
export async function parseModel(json: unknown, bytes: Uint8Array): Promise<Model> {
  const card = cardOf(typeof json === "string" ? parse(json) : json) as ModelCard;
  if (typeof card !== "object" || card === null || typeof card.format !== "number")
    throw new ModelError("model.json is not the card of a takagi model");
  if (card.format !== CARD_FORMAT)
    throw new ModelError(
      `model.json has format ${card.format}; this version (${VERSION}) reads ${CARD_FORMAT}: take the takagi ${card.takagi} that wrote it, or train anew`,
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
  return { card, weights: values };
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

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new ModelError(`model.json is not JSON: ${(cause as Error).message}`, { cause });
  }
}

/** Hexadecimal. */
export async function sha256(bytes: Uint8Array): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", bytes as Uint8Array<ArrayBuffer>);
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** IEEE 754 binary16, rounded to nearest, ties to even; beyond its range ±infinity. */
export function toHalf(values: Float32Array): Uint8Array<ArrayBuffer> {
  const bits = new Uint32Array(values.slice().buffer),
    half = new Uint16Array(values.length);
  for (const [i, b] of bits.entries()) {
    const sign = (b >>> 16) & 0x8000,
      exponent = ((b >>> 23) & 0xff) - 112,
      mantissa = b & 0x7fffff;
    if (exponent >= 31) half[i] = sign | 0x7c00;
    else if (exponent <= 0) {
      // Subnormal: the mantissa with its leading one, shifted.
      const shift = 14 - exponent,
        whole = mantissa | 0x800000;
      half[i] = shift > 24 ? sign : sign | round(whole, shift);
    } else half[i] = sign | round((exponent << 23) | mantissa, 13);
  }
  return new Uint8Array(half.buffer);
}

function round(value: number, shift: number): number {
  const cut = Math.floor(value / 2 ** shift),
    rest = value - cut * 2 ** shift,
    middle = 2 ** (shift - 1);
  return rest > middle || (rest === middle && cut % 2 === 1) ? cut + 1 : cut;
}

export function fromHalf(bytes: Uint8Array): Float32Array {
  const half = new Uint16Array(new Uint8Array(bytes).buffer);
  return Float32Array.from(half, (h) => {
    const sign = h & 0x8000 ? -1 : 1,
      exponent = (h >> 10) & 31,
      mantissa = h & 1023;
    if (exponent === 31) return mantissa === 0 ? sign * Infinity : NaN;
    return sign * (exponent === 0 ? mantissa * 2 ** -24 : (1024 + mantissa) * 2 ** (exponent - 25));
  });
}
