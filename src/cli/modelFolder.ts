/** A folder with a model. Its model.json names the file of the weights and appears by one rename: whenever the program is
 *  stopped, the folder holds the earlier model or the later one. */
import { readFile, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import type { ModelFiles } from "../nn/index.ts";
import { writeOutputs } from "./outputs.ts";
import { InputError } from "./terminal.ts";

const CARD = "model.json";
/** Where the folder's weights are in use until the card names the others. */
const WEIGHTS = ["weights.bin", "weights-2.bin"] as const;

/** As much of a card as is asked for here. */
interface Card {
  readonly weights: { readonly file: string; readonly sha256: string };
  readonly bank?: unknown;
  readonly mixture?: unknown;
}

/** model.json: a card, or a layers model of tfjs that holds one. */
type CardFile = Card | { readonly userDefinedMetadata: { readonly takagi: Card } };

/** @throws {InputError} where the folder holds a model */
export async function requireNoModel(folder: string): Promise<void> {
  if ((await stat(join(folder, CARD)).catch(() => undefined)) !== undefined)
    throw new InputError(`${folder} holds a model already: give another --out`);
}

/** Puts a model in the place of the one that the folder may hold.
 *  @throws {InputError} naming the file that cannot be written */
export async function replaceModel(folder: string, files: ModelFiles): Promise<void> {
  const file = JSON.parse(files[CARD]) as CardFile,
    after = cardOf(file),
    before = await cardIn(folder),
    isNew = before?.weights.sha256 !== after.weights.sha256,
    name = isNew ? (before?.weights.file === WEIGHTS[0] ? WEIGHTS[1] : WEIGHTS[0]) : before.weights.file;
  const write = (beside: Pick<Card, "bank" | "mixture">): Promise<void> => {
    const card = { ...after, weights: { ...after.weights, file: name }, ...beside },
      json = "userDefinedMetadata" in file ? { ...file, userDefinedMetadata: { takagi: card } } : card;
    // A model of tfjs's format says late in its file that it is takagi's.
    return writeOutputs(
      folder,
      { [CARD]: `${JSON.stringify(json, null, 2)}\n` },
      { force: before !== undefined },
    );
  };
  if (isNew) await writeOutputs(folder, { [name]: files["weights.bin"] }, { force: true });
  const beside = Object.fromEntries(
    Object.entries(files).filter(([file]) => file !== CARD && file !== "weights.bin"),
  );
  if (Object.keys(beside).length > 0) {
    // While they are replaced, the model has none.
    if (isNew || before.bank !== undefined || before.mixture !== undefined)
      await write({ bank: undefined, mixture: undefined });
    await writeOutputs(folder, beside, { force: true });
  }
  await write({ bank: after.bank, mixture: after.mixture });
  for (const other of WEIGHTS) if (other !== name) await rm(join(folder, other), { force: true });
}

/** After a training: the weights under the name that everybody knows. */
export async function settleModel(folder: string, files: ModelFiles): Promise<void> {
  if ((await cardIn(folder))?.weights.file !== WEIGHTS[1]) return;
  await writeOutputs(folder, { [WEIGHTS[0]]: files["weights.bin"] }, { force: true });
  await writeOutputs(folder, { [CARD]: files[CARD] });
  await rm(join(folder, WEIGHTS[1]), { force: true });
}

async function cardIn(folder: string): Promise<Card | undefined> {
  try {
    const card = cardOf(JSON.parse(await readFile(join(folder, CARD), "utf8")) as CardFile);
    return WEIGHTS.some((name) => name === card.weights.file) ? card : undefined;
  } catch {
    return undefined;
  }
}

function cardOf(file: CardFile): Card {
  return "userDefinedMetadata" in file ? file.userDefinedMetadata.takagi : file;
}
