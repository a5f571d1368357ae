/** A trained network at work: scans in, profiles out. */
import { openUrl } from "#wasm-source";
import { networkInput, type NetworkInputOptions } from "../dataset/networkInput.ts";
import { ownReflection, physicalLabels } from "../dataset/scaling.ts";
import { InvalidParameterError, ModelError, requireInteger } from "../errors.ts";
import type { ScanInput } from "../io/scan.ts";
import { splineProfile, type SplineProfileOptions } from "../profile/spline.ts";
import type { Profile } from "../types.ts";
import { openBackend } from "./backend/choose.ts";
import type { Backend, BackendOptions } from "./backend/types.ts";
import { flatten } from "./gradients.ts";
import type { Model } from "./card.ts";
import { openNetwork } from "./openNetwork.ts";
import { parseModel, proposalFilesOf, weightsFileOf } from "./model.ts";
import { decode, isDisorderWeight, isStrainWeight } from "./outputs.ts";
import { type ProposedLabels, proposerOf } from "./proposals.ts";

/** What a network says of one scan. */
export interface Prediction {
  /** By the model's own names: weights and strains in %, thickness in nm, fwhm and offset in degrees 2θ. */
  readonly labels: Readonly<Record<string, number>>;
  /** Strain (%) and Debye–Waller factor against depth (nm). */
  readonly profile: Profile;
  /** Scan angle minus true angle, degrees 2θ: where the scan's peak was found. */
  readonly offset: number;
  /** In words, how the scan is unlike all that the model was trained on; empty where it is not. */
  readonly outside: readonly string[];
}

/** One of several profiles that a scan may have. */
export interface Proposal extends Pick<Prediction, "labels" | "profile"> {
  /** What the profile is made of: thickness (nm), strain weights (%), and Debye–Waller weights or the `disorder` that ties
   *  them to the strain. */
  readonly spline: SplineProfileOptions;
  /** Scan angle minus true angle, degrees 2θ: where the scan's peak was found, and what is left of it by the labels. */
  readonly offset: number;
  /** Share of the probability that this proposal stands for, 0 … 1: the first one's is the largest. */
  readonly weight: number;
}

/** A model on a backend, ready for scans. */
export interface Predictor {
  /** What it computes. */
  readonly model: Model;
  /** What computes it. */
  readonly backend: Backend;
  /** @param inputs row-major [count][input length], as the generator makes them
   *  @param extras row-major [count][model.card.extras], for models that have any
   *  @returns row-major [count][labels], the order of `model.card.labels` */
  predictInputs(inputs: Float32Array, extras?: Float32Array): Promise<Float32Array>;
  /** One scan or many at a time.
   *  @throws {InvalidParameterError} @throws {NotFiniteError} */
  predict(scan: ScanInput, options?: NetworkInputOptions): Promise<Prediction>;
  /** One prediction for each scan, in their order. */
  predict(scans: readonly ScanInput[], options?: NetworkInputOptions): Promise<Prediction[]>;
  /** Whether it can propose: its model has a mixture or a bank of residuals. */
  readonly proposes: boolean;
  /** Profiles that a scan may have: the answers of the model's mixture, and the network's own with what it was off by where it
   *  said alike of fresh samples (its bank). Where a fit is to begin.
   *  @param count proposals, 1 … 1000; fewer come where mixture and bank have no more
   *  @throws {InvalidParameterError} also for models without both @throws {NotFiniteError}
   *  @example
   *  const [first, ...others] = await predictor.propose(scan, 16, { reflection }); */
  propose(scan: ScanInput, count: number, options?: NetworkInputOptions): Promise<Proposal[]>;
  /** The same of rows as the generator makes them: for each, rows of labels in the order of `model.card.labels`.
   *  @throws {InvalidParameterError} also for models without mixture and bank */
  proposeInputs(inputs: Float32Array, count: number, extras?: Float32Array): Promise<ProposedLabels[][]>;
  /** Gives its memory back; it is of no use afterwards. */
  dispose(): void;
}

/** A model from a folder (with model.json, weights.bin and what else that names in it): a path, where there is a file system, or an URL.
 *  @throws {ModelError} */
export async function loadModel(folder: string | URL): Promise<Model> {
  return readModel(String(folder), (name) =>
    typeof folder === "string" && !/^[a-z][a-z\d+.-]+:/i.test(folder)
      ? `${folder.replace(/[/\\]$/, "")}/${name}`
      : new URL(name, `${String(folder).replace(/\/$/, "")}/`),
  );
}

/** @param of the model, for messages
 *  @param addressOf a file of it
 *  @throws {ModelError} */
export async function readModel(of: string, addressOf: (name: string) => string | URL): Promise<Model> {
  const read = async (name: string): Promise<Uint8Array> => {
    try {
      const opened = await openUrl(addressOf(name));
      if (!(opened instanceof Response))
        return ArrayBuffer.isView(opened)
          ? new Uint8Array(opened.buffer, opened.byteOffset, opened.byteLength)
          : new Uint8Array(opened as ArrayBuffer);
      if (!opened.ok) throw new Error(`the server answered ${opened.status}`);
      return new Uint8Array(await opened.arrayBuffer());
    } catch (cause) {
      throw new ModelError(`${name} of the model ${of} cannot be read: ${(cause as Error).message}`, {
        cause,
      });
    }
  };
  const json = new TextDecoder().decode(await read("model.json")),
    names = proposalFilesOf(json);
  const [weights, ...beside] = await Promise.all([weightsFileOf(json), ...names].map(read));
  return parseModel(json, weights!, Object.fromEntries(names.map((name, k) => [name, beside[k]])));
}

/** @throws {BackendError} @throws {ModelError}
 *  @example
 *  const predictor = await createPredictor(await loadModel("models/zro2-400-cnn3"));
 *  const { profile, outside } = await predictor.predict(await readScan(await readFile("scan.xy"))); */
export async function createPredictor(
  model: Model,
  options: Omit<BackendOptions, "purpose"> = {},
): Promise<Predictor> {
  const { card } = model;
  const backend = await openBackend({ ...options, purpose: "inference" }),
    { pass, dispose } = openNetwork(backend.tf, model);
  const width = card.labels.length;

  async function predictInputs(inputs: Float32Array, extras?: Float32Array): Promise<Float32Array> {
    return decode(card.outputs, (await pass(inputs, extras)).raw, card.labels, card.preset);
  }

  /** What a row of labels says of a scan of `reflection`, and the splines' weights of its profile. */
  const named = (
    row: ArrayLike<number>,
    reflection: NetworkInputOptions["reflection"],
  ): Record<string, number> =>
    physicalLabels(
      card.preset,
      Object.fromEntries(card.labels.map((name, j) => [name, row[j]!])),
      // Without a reflection of its own networkInput has refused the preset.
      reflection ?? ownReflection(card.preset)!,
    );

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
    return Promise.all(
      rows.map(async ({ offset, outside }, k) => {
        const own = named(labels.subarray(k * width, (k + 1) * width), options.reflection);
        return {
          labels: own,
          profile: await splineProfile({ ...splineOf(own), ...kernelsOf(options) }),
          offset,
          outside,
        };
      }),
    );
  }

  const proposer = proposerOf(model);

  async function proposeInputs(
    inputs: Float32Array,
    count: number,
    extras?: Float32Array,
  ): Promise<ProposedLabels[][]> {
    if (proposer === undefined)
      throw new InvalidParameterError(
        "model",
        "one with a mixture or a bank of residuals (`takagi proposals MODEL` makes them)",
        card.name,
      );
    requireInteger("count", count, 1, 1000);
    const { raw, features } = await pass(inputs, extras, model.mixture !== undefined),
      rows = raw.length / card.outputs.length;
    const row = (values: Float32Array, k: number): Float32Array =>
      values.subarray((k * values.length) / rows, ((k + 1) * values.length) / rows);
    return Array.from({ length: rows }, (_, k) =>
      proposer({ raw: row(raw, k), features: row(features, k) }, count),
    );
  }

  async function propose(
    scan: ScanInput,
    count: number,
    options: NetworkInputOptions = {},
  ): Promise<Proposal[]> {
    const { input, extras, offset } = await networkInput(scan, card.preset, options),
      [proposed] = await proposeInputs(input, count, extras);
    return Promise.all(
      proposed!.map(async ({ labels, weight }) => {
        const own = named(labels, options.reflection),
          spline = splineOf(own);
        return {
          labels: own,
          spline,
          profile: await splineProfile({ ...spline, ...kernelsOf(options) }),
          offset: offset + (own.offset ?? 0),
          weight,
        };
      }),
    );
  }
  return {
    model,
    backend,
    predictInputs,
    predict: predict as Predictor["predict"],
    proposes: proposer !== undefined,
    propose,
    proposeInputs,
    dispose,
  };
}

function kernelsOf({ wasm }: NetworkInputOptions): Pick<NetworkInputOptions, "wasm"> {
  return wasm === undefined ? {} : { wasm };
}

/** The splines that labels stand for; Debye–Waller factors between 0 and 1. */
function splineOf(labels: Readonly<Record<string, number>>): SplineProfileOptions {
  const all = (isOf: (label: string) => boolean): number[] =>
    Object.keys(labels)
      .filter(isOf)
      .map((name) => labels[name]!);
  const strainWeights = all(isStrainWeight),
    own = all(isDisorderWeight),
    thickness = Math.max(1, labels.thickness!);
  if (own.length > 0)
    return {
      thickness,
      strainWeights,
      debyeWallerWeights: own.map((weight) => Math.min(1, Math.max(0, weight))),
    };
  return { thickness, strainWeights, disorder: labels.disorder! };
}
