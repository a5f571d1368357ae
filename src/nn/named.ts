/** Networks by what stands for them, as `network` of an inversion takes it. */
import type { ProfilePredictor } from "../invert/predictor.ts";
import { createPredictor, loadModel } from "./predict.ts";
import { pretrained, type PretrainedName, pretrainedNames } from "./pretrained.ts";

const loaded = new Map<string, Promise<ProfilePredictor>>();

/** A shipped network by its name, or that of a folder or address, loaded once; one that could not be loaded is tried again.
 *  @throws {ModelError} @throws {BackendError} */
export function networkNamed(network: string | URL): Promise<ProfilePredictor> {
  const name = String(network),
    found = loaded.get(name) ?? load(name);
  loaded.set(name, found);
  found.catch(() => loaded.delete(name));
  return found;
}

async function load(name: string): Promise<ProfilePredictor> {
  if ((pretrainedNames as readonly string[]).includes(name)) return pretrained(name as PretrainedName);
  // For one scan at a time a GPU is not worth its start.
  return createPredictor(await loadModel(name), { backend: "wasm" });
}
