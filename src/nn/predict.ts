/** A trained network at work: scans in, profiles out. */
import { openUrl } from "#wasm-source";
import type { Tensor2D } from "@tensorflow/tfjs-core";
import { networkInput, type NetworkInputOptions } from "../dataset/networkInput.ts";
import { InvalidParameterError, ModelError } from "../errors.ts";
import type { ScanInput } from "../io/scan.ts";
import { splineProfile } from "../profile/spline.ts";
import type { Profile } from "../types.ts";
import { chooseBackend } from "./backend/choose.ts";
import type { Backend, BackendOptions } from "./backend/types.ts";
import { assign } from "./gradients.ts";
import { type Model, parseModel } from "./model.ts";
import { Network } from "./network.ts";
import { decode } from "./outputs.ts";

/** What a network says of one scan. */
export interface Prediction {
  /** By the model's own names: weights in %, thickness in nm, … */
  readonly labels: Readonly<Record<string, number>>;
  readonly profile: Profile;
  /** Scan angle minus true angle, degrees 2θ. */
  readonly offset: number;
  /** In words, how the scan is unlike all that the model was trained on; empty where it is not. */
  readonly outside: readonly string[];
}

export interface Predictor {
  readonly model: Model;
  readonly backend: Backend;
  /** @param inputs row-major [count][input length], as the generator makes them
   *  @returns row-major [count][labels], the order of `model.card.labels` */
  predictInputs(inputs: Float32Array): Promise<Float32Array>;
  /** One scan or many at a time.
   *  @throws {InvalidParameterError} @throws {NotFiniteError} */
  predict(scan: ScanInput, options?: NetworkInputOptions): Promise<Prediction>;
  predict(scans: readonly ScanInput[], options?: NetworkInputOptions): Promise<Prediction[]>;
  dispose(): void;
}

/** Samples that pass the network together: bounds its memory. */
const BATCH = 256;

/** A model from a folder (with model.json and weights.bin in it): a path, where there is a file system, or an URL.
 *  @throws {ModelError} */
export async function loadModel(folder: string | URL): Promise<Model> {
  const read = async (name: string): Promise<Uint8Array> => {
    const address = typeof folder === "string" && !/^[a-z][a-z\d+.-]+:/i.test(folder) ? `${folder.replace(/[/\\]$/, "")}/${name}` : new URL(name, `${String(folder).replace(/\/$/, "")}/`);
    try {
      const opened = await openUrl(address);
      if (!(opened instanceof Response)) return ArrayBuffer.isView(opened) ? new Uint8Array(opened.buffer, opened.byteOffset, opened.byteLength) : new Uint8Array(opened as ArrayBuffer);
      if (!opened.ok) throw new Error(`the server answered ${opened.status}`);
      return new Uint8Array(await opened.arrayBuffer());
    } catch (cause) {
      throw new ModelError(`${name} of the model ${String(folder)} cannot be read: ${(cause as Error).message}`, { cause });
    }
  };
  const json = new TextDecoder().decode(await read("model.json"));
  return parseModel(json, await read("weights.bin"));
}

/** @throws {BackendError} @throws {ModelError}
 *  @example
 *  const predictor = await createPredictor(await loadModel("models/zro2-400-cnn3"));
 *  const { profile, outside } = await predictor.predict(await readScan(await readFile("scan.xy"))); */
export async function createPredictor(model: Model, options: Omit<BackendOptions, "purpose"> = {}): Promise<Predictor> {
  const { card, weights } = model;
  const backend = await chooseBackend({ ...options, purpose: "inference" }), { tf } = backend;
  const network = new Network(tf, card.network);
  const wanted = network.layout.map(({ name, shape }) => `${name} ${shape}`).join("; "), given = card.weights.arrays.map(({ name, shape }) => `${name} ${shape}`).join("; ");
  if (wanted !== given) {
    network.dispose();
    throw new ModelError("model.json names other arrays than its network has");
  }
  assign(tf, [...network.weights, ...network.moving], weights);
  const { inputLength } = card.network, width = card.labels.length;

  async function predictInputs(inputs: Float32Array): Promise<Float32Array> {
    if (inputs.length % inputLength !== 0) throw new InvalidParameterError("inputs", `rows of ${inputLength} numbers`, inputs);
    const count = inputs.length / inputLength, labels = new Float32Array(count * width);
    for (let first = 0; first < count; first += BATCH) {
      const part = Math.min(BATCH, count - first);
      const raw = tf.tidy(() => network.forward(tf.tensor2d(inputs.subarray(first * inputLength, (first + part) * inputLength), [part, inputLength]) as Tensor2D, undefined));
      labels.set(decode(card.outputs, await raw.data(), card.labels), first * width);
      raw.dispose();
    }
    return labels;
  }

  async function predict(given: ScanInput | readonly ScanInput[], options: NetworkInputOptions = {}): Promise<Prediction | Prediction[]> {
    if (!Array.isArray(given)) return ((await predict([given as ScanInput], options)) as Prediction[])[0]!;
    const scans = given as readonly ScanInput[];
    const rows = await Promise.all(scans.map((scan) => networkInput(scan, card.preset, options)));
    const inputs = new Float32Array(scans.length * inputLength);
    for (const [k, { input }] of rows.entries()) inputs.set(input, k * inputLength);
    const labels = await predictInputs(inputs);
    return Promise.all(rows.map(async ({ offset, outside }, k) => {
      const named = Object.fromEntries(card.labels.map((name, j) => [name, labels[k * width + j]!]));
      return { labels: named, profile: await profileOf(named, options), offset, outside };
    }));
  }
  return { model, backend, predictInputs, predict: predict as Predictor["predict"], dispose: () => network.dispose() };
}

/** The profile that labels stand for; what cannot be negative by its modulus, as in the paper. */
async function profileOf(labels: Readonly<Record<string, number>>, { wasm }: Pick<NetworkInputOptions, "wasm">): Promise<Profile> {
  const strainWeights = Object.keys(labels).filter((name) => /^weight\d+$/.test(name)).map((name) => labels[name]!);
  return splineProfile({ thickness: Math.max(1, Math.abs(labels.thickness!)), strainWeights, disorder: Math.abs(labels.disorder!), ...(wasm === undefined ? {} : { wasm }) });
}
