/** What an inversion needs of a network: `createPredictor` of takagi/nn makes one. */
import type { Polarisation, Profile, Reflection, Scan } from "../types.ts";
import type { KernelOrigin } from "../wasm/load.ts";

/** What is known of a scan whose profile is predicted. */
export interface PredictorOptions {
  /** Crystal, reflection and wavelength of the scan. */
  readonly reflection: Reflection;
  /** Of the beam; σ if absent. */
  readonly polarisation?: Polarisation;
  /** 2θ of a monochromator before the sample, degrees. */
  readonly monochromator?: number;
  /** Where the kernels come from. */
  readonly wasm?: KernelOrigin;
}

/** A profile that a network proposes, with the weights of its splines. */
export interface ProfileProposal {
  /** Share of the probability that it stands for. */
  readonly weight: number;
  /** Strain (%) and Debye–Waller factor against depth (nm). */
  readonly profile: Profile;
  /** The same as weights of splines. */
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

/** What proposes profiles to an inversion, such as a network of `takagi/nn`. */
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
