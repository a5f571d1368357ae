/** The network that `takagi invert` starts from. */
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { ProfilePredictor } from "../invert/predictor.ts";

/** From dist/chunks/, as from src/cli/: the shipped network for scans of any crystal. */
const SHIPPED = fileURLToPath(new URL("../../models/universal", import.meta.url));

let shipped: Promise<ProfilePredictor> | undefined;

/** @param model folder; false: none; true or undefined: the shipped one, or none where none is shipped
 *  @throws {ModelError} @throws {BackendError} for a folder that was asked for */
export async function predictorFor(
  model: string | boolean | undefined,
): Promise<ProfilePredictor | undefined> {
  if (model === false) return undefined;
  if (typeof model === "string") return load(model);
  return existsSync(`${SHIPPED}/model.json`) ? (shipped ??= load(SHIPPED)) : undefined;
}

async function load(folder: string): Promise<ProfilePredictor> {
  const { createPredictor, loadModel } = await import("../nn/index.ts");
  // For one scan at a time a GPU is not worth its start.
  return createPredictor(await loadModel(folder), { backend: "wasm" });
}
