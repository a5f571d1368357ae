/** What a model says of itself: `model.json`. */
import type { Preset } from "../dataset/presets.ts";
import type { Bank, BankCard } from "./bank.ts";
import type { Mixture, MixtureCard } from "./mixture.ts";
import type { Accuracy } from "./metrics.ts";
import type { NetworkSpec } from "./network.ts";
import type { Output } from "./outputs.ts";

/** One measurement of a training on samples that it does not train on. */
export interface Validation {
  /** Samples that training had seen. */
  readonly samples: number;
  /** That training had taken. */
  readonly seconds: number;
  /** Of the training since the last one, and of the validation set. */
  readonly trainingLoss: number;
  /** On samples that no training sees. */
  readonly loss: number;
  /** Percent. */
  readonly accuracy: Accuracy;
}

/** What `model.json` holds. */
export interface ModelCard {
  /** Raised when old programs cannot read new models. */
  readonly format: number;
  /** Version of takagi that wrote it. */
  readonly takagi: string;
  /** Of the model. */
  readonly name: string;
  /** As SPDX has it. */
  readonly licence: string;
  /** What its training samples were drawn from. */
  readonly preset: Preset;
  /** Its layers. */
  readonly network: NetworkSpec;
  /** What its outputs mean. */
  readonly outputs: readonly Output[];
  /** What `predict` gives, in order. */
  readonly labels: readonly string[];
  /** What the network is given beside the curve, in order; absent: nothing. */
  readonly extras?: readonly string[];
  /** How it was trained. */
  readonly training: {
    readonly noise: string;
    readonly loss: string;
    readonly optimizer: string;
    readonly schedule: string;
    readonly rate: number;
    readonly batch: number;
    readonly seed: number;
    readonly samples: number;
    readonly seconds: number;
    readonly hardware: string;
    /** That it was normalised by the moments of the model that it started from; absent: by those of its batches. */
    readonly moments?: "start";
    /** The model that this one started from, and what that and its own forerunners had seen. */
    readonly start?: { readonly name: string; readonly samples: number; readonly seconds: number };
  };
  /** Of the last validation. */
  readonly metrics: object;
  /** The course of the training: every validation, thinned to about fifty. */
  readonly learning?: readonly Validation[];
  /** File of its weights, and its checksum. */
  readonly weights: {
    /** weights.bin; weights-2.bin while a training replaces it. */
    readonly file: string;
    readonly dtype: "float32" | "float16";
    readonly bytes: number;
    readonly sha256: string;
    readonly arrays: readonly { readonly name: string; readonly shape: readonly number[] }[];
  };
  /** The bank of residuals beside the weights; absent: none. */
  readonly bank?: BankCard;
  /** The mixture beside the weights; absent: none. */
  readonly mixture?: MixtureCard;
}

/** A model as it lies in memory. */
export interface Model {
  /** What the model says of itself. */
  readonly card: ModelCard;
  /** Arrays one after the other, as the card names them. */
  readonly weights: Float32Array;
  /** What it was off by on fresh samples; absent where that is not known, or the file was not given. */
  readonly bank?: Bank;
  /** Its several answers to a scan; absent where it has none, or the file was not given. */
  readonly mixture?: Mixture;
}

/** What a model was trained on, together with all that it started from. */
export function trainedOn({ training: { samples, seconds, start } }: ModelCard): {
  samples: number;
  seconds: number;
} {
  return { samples: samples + (start?.samples ?? 0), seconds: seconds + (start?.seconds ?? 0) };
}
