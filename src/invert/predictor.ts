/** What an inversion needs of a network: `createPredictor` of takagi/nn makes one. */
import type { Polarisation, Profile, Reflection, Scan } from "../types.ts";
import type { KernelOrigin } from "../wasm/load.ts";

export interface PredictorOptions {
  readonly reflection: Reflection;
  readonly polarisation?: Polarisation;
  readonly monochromator?: number;
  readonly wasm?: KernelOrigin;
}

/** A profile that a network proposes, with the weights of its splines. */
export interface ProfileProposal {
  /** Share of the probability that it stands for. */
  readonly weight: number;
  readonly profile: Profile;
  readonly spline: {
    /** nm. */
    readonly thickness: number;
    /** %, interface first. */
    readonly strainWeights: ArrayLike<number>;
    /** Interface first; or α of a factor tied to the strain. */
    readonly debyeWallerWeights?: ArrayLike<number>;
    readonly disorder?: number;
  };
  /** By the model's names. */
  readonly labels: Readonly<Record<string, number>>;
}

export interface ProfilePredictor {
  /** Names the network in the answer. */
  readonly model?: { readonly card: { readonly name: string } };
  /** False where `propose` is there but cannot answer. */
  readonly proposes?: boolean;
  /** @returns outside: in words, how the scan is unlike all that the network was trained on; empty where it is not */
  predict(
    scan: Scan,
    options: PredictorOptions,
  ): Promise<{
    readonly profile: Profile;
    readonly labels?: Readonly<Record<string, number>>;
    readonly outside: readonly string[];
  }>;
  /** Several profiles, best first. */
  propose?(scan: Scan, count: number, options: PredictorOptions): Promise<readonly ProfileProposal[]>;
}
