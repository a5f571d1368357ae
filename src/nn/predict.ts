/** A trained network at work: scans in, profiles out. */
import { openUrl } from "#wasm-source";
import type { Tensor2D } from "@tensorflow/tfjs-core";
import { networkInput, type NetworkInputOptions } from "../dataset/networkInput.ts";
import { ownReflection, physicalLabels } from "../dataset/scaling.ts";
import { InvalidParameterError, ModelError } from "../errors.ts";
import type { ScanInput } from "../io/scan.ts";
import { splineProfile } from "../profile/spline.ts";
import type { Profile } from "../types.ts";
import { chooseBackend } from "./backend/choose.ts";
import type { Backend, BackendOptions } from "./backend/types.ts";
import { assign, flatten } from "./gradients.ts";
import type { Model } from "./card.ts";
import { parseModel } from "./model.ts";
import { Network } from "./network.ts";
import { decode, isDisorderWeight, isStrainWeight } from "./outputs.ts";

/** What a network says of one scan. */
export interface Prediction {
  /** By the model's own names: weights and strains in %, thickness in nm, fwhm and offset in degrees 2θ. */
  readonly labels: Readonly<Record<string, number>>;
  readonly profile: Profile;
  /** Scan angle minus true angle, degrees 2θ: where the scan's peak was found. */
  readonly offset: number;
  /** In words, how the scan is unlike all that the model was trained on; empty where it is not. */
  readonly outside: readonly string[];
}

export interface Predictor {
  readonly model: Model;
  readonly backend: Backend;
  /** @param inputs row-major [count][input length], as the generator makes them
   *  @param extras row-major [count][model.card.extras], for models that have any
   *  @returns row-major [count][labels], the order of `model.card.labels` */
  predictInputs(inputs: Float32Array, extras?: Float32Array): Promise<Float32Array>;
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
    const address =
      typeof folder === "string" && !/^[a-z][a-z\d+.-]+:/i.test(folder)
        ? `${folder.replace(/[/\\]$/, "")}/${name}`
        : new URL(name, `${String(folder).replace(/\/$/, "")}/`);
    try {
      const opened = await openUrl(address);
      if (!(opened instanceof Response))
        return ArrayBuffer.isView(opened)
          ? new Uint8Array(opened.buffer, opened.byteOffset, opened.byteLength)
          : new Uint8Array(opened as ArrayBuffer);
      if (!opened.ok) throw new Error(`the server answered ${opened.status}`);
      return new Uint8Array(await opened.arrayBuffer());
    } catch (cause) {
      throw new ModelError(
        `${name} of the model ${String(folder)} cannot be read: ${(cause as Error).message}`,
        { cause },
      );
    }
  };
  const json = new TextDecoder().decode(await read("model.json"));
  return parseModel(json, await read("weights.bin"));
}

/** @throws {BackendError} @throws {ModelError}
 *  @example
 *  const predictor = await createPredictor(await loadModel("models/zro2-400-cnn3"));
 *  const { profile, outside } = await predictor.predict(await readScan(await readFile("scan.xy"))); */
export async function createPredictor(
  model: Model,
  options: Omit<BackendOptions, "purpose"> = {},
): Promise<Predictor> {
  const { card, weights } = model;
  const backend = await chooseBackend({ ...options, purpose: "inference" }),
    { tf } = backend;
  const network = new Network(tf, card.network);
  const wanted = network.layout.map(({ name, shape }) => `${name} ${shape}`).join("; "),
    given = card.weights.arrays.map(({ name, shape }) => `${name} ${shape}`).join("; ");
  if (wanted !== given) {
    network.dispose();
    throw new ModelError("model.json names other arrays than its network has");
  }
  assign(tf, [...network.weights, ...network.moving], weights);
  const { inputLength, extras: known } = card.network,
    width = card.labels.length;

  async function predictInputs(inputs: Float32Array, extras = new Float32Array(0)): Promise<Float32Array> {
    if (inputs.length % inputLength !== 0)
      throw new InvalidParameterError("inputs", `rows of ${inputLength} numbers`, inputs);
    const count = inputs.length / inputLength,
      labels = new Float32Array(count * width);
    if (extras.length !== count * known)
      throw new InvalidParameterError(
        "extras",
        known === 0
          ? "absent: the model is given the curve alone"
          : `rows of ${known} numbers (${card.extras?.join(", ")})`,
        extras,
      );
    for (let first = 0; first < count; first += BATCH) {
      const part = Math.min(BATCH, count - first);
      const rows = (values: Float32Array, columns: number): Tensor2D =>
        tf.tensor2d(values.subarray(first * columns, (first + part) * columns), [part, columns]);
      const raw = tf.tidy(() =>
        network.forward(rows(inputs, inputLength), known === 0 ? undefined : rows(extras, known)),
      );
      labels.set(decode(card.outputs, await raw.data(), card.labels, card.preset), first * width);
      raw.dispose();
    }
    return labels;
  }

  async function predict(
    given: ScanInput | readonly ScanInput[],
    options: NetworkInputOptions = {},
  ): Promise<Prediction | Prediction[]> {
    if (!Array.isArray(given)) return ((await predict([given as ScanInput], options)) as Prediction[])[0]!;
    const scans = given as readonly ScanInput[];
    const rows = await Promise.all(scans.map((scan) => networkInput(scan, card.preset, options)));
    const labels = await predictInputs(
      flatten(rows.map(({ input }) => input)),
      flatten(rows.map(({ extras }) => extras)),
    );
    // Without a reflection of its own networkInput has refused the preset.
    const reflection = options.reflection ?? ownReflection(card.preset)!;
    return Promise.all(
      rows.map(async ({ offset, outside }, k) => {
        const named = physicalLabels(
          card.preset,
          Object.fromEntries(card.labels.map((name, j) => [name, labels[k * width + j]!])),
          reflection,
        );
        return { labels: named, profile: await profileOf(named, options), offset, outside };
      }),
    );
  }
  return {
    model,
    backend,
    predictInputs,
    predict: predict as Predictor["predict"],
    dispose: () => network.dispose(),
  };
}

/** The profile that labels stand for; Debye–Waller factors between 0 and 1. */
async function profileOf(
  labels: Readonly<Record<string, number>>,
  { wasm }: Pick<NetworkInputOptions, "wasm">,
): Promise<Profile> {
  const all = (isOf: (label: string) => boolean): number[] =>
    Object.keys(labels)
      .filter(isOf)
      .map((name) => labels[name]!);
  const strainWeights = all(isStrainWeight),
    own = all(isDisorderWeight),
    thickness = Math.max(1, labels.thickness!),
    kernels = wasm === undefined ? {} : { wasm };
  if (own.length > 0)
    return splineProfile({
      thickness,
      strainWeights,
      debyeWallerWeights: own.map((weight) => Math.min(1, Math.max(0, weight))),
      ...kernels,
    });
  return splineProfile({ thickness, strainWeights, disorder: labels.disorder!, ...kernels });
}
