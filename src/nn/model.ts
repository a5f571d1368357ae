/** A trained network with everything that its use needs: `model.json` and `weights.bin` in a folder, or anywhere; and, for
 *  several answers a scan, `mixture.bin` and `bank.bin`. */
import { sha256 } from "../digest.ts";
import { ModelError } from "../errors.ts";
import { VERSION } from "../version.ts";
import { type Bank, BANK_FILE, type BankCard, decodeBank, encodeBank } from "./bank.ts";
import { fromHalf, toHalf } from "./bytes.ts";
import type { Model, ModelCard } from "./card.ts";
import { decodeMixture, encodeMixture, type Mixture, MIXTURE_FILE, type MixtureCard } from "./mixture.ts";
import { checkCard } from "./checkCard.ts";
import { cardOfLayersModel, LAYERS_FORMAT, layersModelJson } from "./layersModel.ts";

/** Raised when old programs cannot read new folders. */
export const CARD_FORMAT = 1;

/** The files' contents. */
export interface ModelFiles {
  /** The card, as JSON. */
  readonly "model.json": string;
  /** The weights, as the card says. */
  readonly "weights.bin": Uint8Array<ArrayBuffer>;
  /** Where the model has a bank. */
  readonly "bank.bin"?: Uint8Array<ArrayBuffer>;
  /** Where the model has a mixture. */
  readonly "mixture.bin"?: Uint8Array<ArrayBuffer>;
}

/** Files that a model may have beside its weights; `model.json` names those that it has. */
export type ProposalFiles = Partial<Record<"bank.bin" | "mixture.bin", Uint8Array>>;

/** What the files of a model hold beside its card. */
export interface Contents {
  readonly arrays: ModelCard["weights"]["arrays"];
  /** Arrays one after the other, as `arrays` names them. */
  readonly values: Float32Array;
  readonly dtype: "float32" | "float16";
  readonly bank?: Bank | undefined;
  readonly mixture?: Mixture | undefined;
}

/** The files of a model whose card is all but the parts of the weights, the bank and the mixture. */
export async function encode(
  about: Omit<ModelCard, "weights" | "bank" | "mixture">,
  { arrays, values, dtype, bank, mixture }: Contents,
): Promise<ModelFiles> {
  const bytes = dtype === "float16" ? toHalf(values) : new Uint8Array(values.slice().buffer),
    residuals = bank === undefined ? undefined : await encodeBank(bank),
    answers = mixture === undefined ? undefined : await encodeMixture(mixture);
  const card: Omit<ModelCard, "bank" | "mixture"> & {
    bank: BankCard | undefined;
    mixture: MixtureCard | undefined;
  } = {
    ...about,
    weights: { file: "weights.bin", dtype, bytes: bytes.length, sha256: await sha256(bytes), arrays },
    // JSON leaves out what is undefined.
    bank: residuals?.card,
    mixture: answers?.card,
  };
  return {
    "model.json": `${JSON.stringify(card, null, 2)}\n`,
    "weights.bin": bytes,
    ...(residuals === undefined ? {} : { [BANK_FILE]: residuals.bytes }),
    ...(answers === undefined ? {} : { [MIXTURE_FILE]: answers.bytes }),
  };
}

/** A model's files anew, in another precision or with another bank or mixture.
 *  @param dtype its own if absent; "float16" halves the size; weights keep three digits */
export async function encodeModel(
  { card, weights, bank, mixture }: Model,
  dtype: "float32" | "float16" = card.weights.dtype,
): Promise<ModelFiles> {
  return encode(card, { arrays: card.weights.arrays, values: weights, dtype, bank, mixture });
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
 *  @param beside bytes of bank.bin and mixture.bin, where there are any; without them the network predicts, but cannot propose
 *  @throws {ModelError} for what is damaged, truncated or of another version */
export async function parseModel(
  json: unknown,
  bytes: Uint8Array,
  beside: ProposalFiles = {},
): Promise<Model> {
  const card = cardOf(typeof json === "string" ? parse(json) : json),
    { format, takagi } = (card ?? {}) as { readonly format?: unknown; readonly takagi?: unknown };
  if (typeof format !== "number") throw new ModelError("model.json is not the card of a takagi model");
  if (format !== CARD_FORMAT)
    throw new ModelError(
      `model.json has format ${format}; this version (${VERSION}) reads ${CARD_FORMAT}: take the takagi ${String(takagi)} that wrote it, or train anew`,
    );
  checkCard(card);
  const { weights } = card,
    count = weights.arrays.reduce(
      (sum, { shape }) => sum + shape.reduce((product, size) => product * size, 1),
      0,
    );
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
  return { card, weights: values, ...(await besideWeights(card, beside)) };
}

/** Name of the weights' file that the text of a model.json names: weights.bin; weights-2.bin while a training replaces it.
 *  @throws {ModelError} for no card, or another name */
export function weightsFileOf(json: string): string {
  const name = (cardOf(parse(json)) as Partial<ModelCard> | null)?.weights?.file;
  if (name === undefined || !/^weights(-2)?\.bin$/.test(name))
    throw new ModelError("model.json names no weights.bin: it is not the card of a takagi model");
  return name;
}

async function besideWeights(
  card: ModelCard,
  { [BANK_FILE]: bank, [MIXTURE_FILE]: mixture }: ProposalFiles,
): Promise<Pick<Model, "bank" | "mixture">> {
  const unknown = (file: string): ModelError =>
    new ModelError(`model.json names no ${file}: it is another model's`);
  if (bank !== undefined && card.bank === undefined) throw unknown(BANK_FILE);
  if (mixture !== undefined && card.mixture === undefined) throw unknown(MIXTURE_FILE);
  return {
    ...(bank && { bank: await decodeBank(bank, { ...card, bank: card.bank! }) }),
    ...(mixture && { mixture: await decodeMixture(mixture, { ...card, mixture: card.mixture! }) }),
  };
}

/** Names of the files beside the weights that the text of a model.json names.
 *  @throws {ModelError} where the text is no JSON */
export function proposalFilesOf(json: string): (keyof ProposalFiles)[] {
  const card = cardOf(parse(json)) as Partial<ModelCard> | null;
  return ([BANK_FILE, MIXTURE_FILE] as const).filter(
    (name) => card?.[name === BANK_FILE ? "bank" : "mixture"] !== undefined,
  );
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
