/** The networks that come with the package, by their names. */
import { ModelError, requireOneOf } from "../errors.ts";
import type { BackendOptions } from "./backend/types.ts";
import { createPredictor, type Predictor, readModel } from "./predict.ts";

/** Where the files of each are. `new URL("…", import.meta.url)` is the form that bundlers know as an asset; rollup leads the
 *  addresses from src/ to those in the package. Functions: an edge runtime has no address to start from. */
export const pretrainedFiles = {
  universal: () => ({
    "model.json": new URL("../../models/universal/model.json", import.meta.url),
    "weights.bin": new URL("../../models/universal/weights.bin", import.meta.url),
    "bank.bin": new URL("../../models/universal/bank.bin", import.meta.url),
    "mixture.bin": new URL("../../models/universal/mixture.bin", import.meta.url),
  }),
  "zro2-400-cnn1": () => ({
    "model.json": new URL("../../models/zro2-400-cnn1/model.json", import.meta.url),
    "weights.bin": new URL("../../models/zro2-400-cnn1/weights.bin", import.meta.url),
    "bank.bin": new URL("../../models/zro2-400-cnn1/bank.bin", import.meta.url),
    "mixture.bin": new URL("../../models/zro2-400-cnn1/mixture.bin", import.meta.url),
  }),
  "zro2-400-cnn2": () => ({
    "model.json": new URL("../../models/zro2-400-cnn2/model.json", import.meta.url),
    "weights.bin": new URL("../../models/zro2-400-cnn2/weights.bin", import.meta.url),
    "mixture.bin": new URL("../../models/zro2-400-cnn2/mixture.bin", import.meta.url),
    "bank.bin": new URL("../../models/zro2-400-cnn2/bank.bin", import.meta.url),
  }),
  "zro2-400-cnn3": () => ({
    "model.json": new URL("../../models/zro2-400-cnn3/model.json", import.meta.url),
    "weights.bin": new URL("../../models/zro2-400-cnn3/weights.bin", import.meta.url),
    "mixture.bin": new URL("../../models/zro2-400-cnn3/mixture.bin", import.meta.url),
    "bank.bin": new URL("../../models/zro2-400-cnn3/bank.bin", import.meta.url),
  }),
} as const satisfies Record<PretrainedName, () => Record<string, URL>>;

/** Name of a network that comes with the package. */
export type PretrainedName = "universal" | "zro2-400-cnn1" | "zro2-400-cnn2" | "zro2-400-cnn3";

/** All of them, the one for any crystal first. */
export const pretrainedNames = Object.keys(pretrainedFiles) as readonly PretrainedName[];

/** A network of the package at work: `universal` is for real scans of any crystal, the others for ZrO2 400.
 *  @param options as for `createPredictor`; the backend is "wasm" if absent: for one scan a GPU is not worth its start
 *  @throws {InvalidParameterError} another name @throws {ModelError} where its files cannot be read: edge runtimes import them
 *  as modules and give them to `parseModel` (docs/runtimes.md) @throws {BackendError}
 *  @example
 *  const answer = await invert(scan, reflection, { predictor: await pretrained("universal") }); */
export async function pretrained(
  name: PretrainedName,
  options: Omit<BackendOptions, "purpose"> = {},
): Promise<Predictor> {
  requireOneOf("name", name, pretrainedNames);
  const files = filesOf(name),
    model = await readModel(name, (file) => files[file]!);
  return createPredictor(model, { backend: "wasm", ...options });
}

/** @throws {ModelError} where the runtime has no address of its own modules */
function filesOf(name: PretrainedName): Readonly<Record<string, URL>> {
  try {
    return pretrainedFiles[name]();
  } catch (cause) {
    throw new ModelError(
      `${name}: this runtime reads no files; import them as modules and give them to \`parseModel\``,
      { cause },
    );
  }
}
