/** The network that inversions start from. */
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { networkOf } from "../batch/work.ts";
import type { ProfilePredictor } from "../invert/predictor.ts";
import { readBytes } from "./files.ts";

/** From dist/chunks/, as from src/cli/: the shipped network for scans of any crystal. */
const SHIPPED = fileURLToPath(new URL("../../models/universal", import.meta.url));

/** @param model folder; false: none; true or undefined: the shipped one, or none where none is shipped
 *  @returns its folder */
export function networkFor(model: string | boolean | undefined): string | undefined {
  if (model === false) return undefined;
  if (typeof model === "string") return model;
  return existsSync(`${SHIPPED}/model.json`) ? SHIPPED : undefined;
}

/** @throws {ModelError} @throws {BackendError} */
export async function predictorFor(
  model: string | boolean | undefined,
): Promise<ProfilePredictor | undefined> {
  const network = networkFor(model);
  return network === undefined ? undefined : networkOf(network);
}

/** SHA-256 of all that a network answers by.
 *  @throws {InputError} a file that is missing */
export async function networkHash(folder: string): Promise<string> {
  const hash = createHash("sha256");
  for (const name of ["model.json", "weights.bin", "mixture.bin", "bank.bin"]) {
    const path = join(folder, name),
      isOptional = name === "mixture.bin" || name === "bank.bin";
    if (!isOptional || existsSync(path)) hash.update(await readBytes(path));
  }
  return hash.digest("hex");
}
