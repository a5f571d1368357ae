/** Networks at work: which of them knows a scan, and what it says of it. TensorFlow is loaded with the first that is used. */
import {
  networkInput,
  type NetworkInputOptions,
  type ProfilePredictor,
  type Scan,
  TakagiError,
} from "takagi";
import type { Model } from "takagi/nn";
import type { Network, NetworkCard } from "../network.ts";
import type { Work } from "./protocol.ts";

/** @returns the first network that knows such scans, or why none does */
export async function networkFor(
  networks: readonly Network[],
  scan: Scan,
  options: NetworkInputOptions,
): Promise<Network | string> {
  /** Names of networks, by what keeps them from knowing the scan. */
  const reasons = new Map<string, string[]>();
  for (const network of networks) {
    const { outside } = await networkInput(scan, network.preset, options);
    if (outside.length === 0) return network;
    const reason = outside.join("; ");
    reasons.set(reason, [...(reasons.get(reason) ?? []), network.name]);
  }
  return networks.length === 0
    ? "no network was asked"
    : `no network knows such scans (${[...reasons].map(([reason, names]) => `${names.join(", ")}: ${reason}`).join(". ")})`;
}

/** Facts of a model's files, which are checked. */
export async function model({ files }: Work["model"]["ask"]): Promise<NetworkCard> {
  const { parseModel } = await import("takagi/nn");
  return cardOf(await parseModel(files["model.json"], files["weights.bin"], files));
}

export async function cardOf({ card }: Pick<Model, "card">): Promise<NetworkCard> {
  const { trainedOn } = await import("takagi/nn"),
    { name, preset, metrics } = card,
    { strain } = (metrics as { accuracy?: { strain?: number } }).accuracy ?? {};
  return {
    name,
    preset,
    samples: trainedOn(card).samples,
    ...(strain === undefined ? {} : { strainAccuracy: strain }),
  };
}

export function warm({ network }: Work["warm"]["ask"]): undefined {
  void load(network).catch(() => undefined);
}

/** A network that cannot be used: its files did not come, or are damaged, or nothing here computes it. */
export class NetworkError extends TakagiError {
  constructor({ name }: Network, cause: Error) {
    super("MODEL", `network ${name} cannot be used: ${cause.message}`, { cause });
  }
}

const loaded = new Map<string, Promise<ProfilePredictor>>();

/** Weights and TensorFlow are loaded when a network is first asked for.
 *  @throws {NetworkError} */
export function load(network: Network): Promise<ProfilePredictor> {
  const found = loaded.get(network.id) ?? open(network);
  loaded.set(network.id, found);
  found.catch(() => loaded.delete(network.id));
  return found;
}

export async function modelOf({ files }: Network): Promise<Model> {
  const { loadModel, parseModel } = await import("takagi/nn");
  return "folder" in files
    ? loadModel(new URL(`./models/${files.folder}`, import.meta.url))
    : parseModel(files["model.json"], files["weights.bin"], files);
}

async function open(network: Network): Promise<ProfilePredictor> {
  const { name } = network;
  try {
    const { createPredictor } = await import("takagi/nn");
    // For one scan at a time a GPU is not worth its start.
    const predictor = await createPredictor(await modelOf(network), { backend: "wasm" });
    return {
      model: { card: { name } },
      proposes: predictor.proposes,
      predict: (scan, options) => predictor.predict(scan, options),
      propose: (scan, count, options) => predictor.propose(scan, count, options),
    };
  } catch (error) {
    throw new NetworkError(network, error as Error);
  }
}
