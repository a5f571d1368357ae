/** What crosses between the pool and its workers. */
import type { KernelOrigin } from "../wasm/load.ts";
import type { SampleGenerator } from "./generator.ts";
import type { Preset } from "./presets.ts";

/** How the counts of the samples are noisy. */
export type Noise = SampleGenerator["noise"];

/** Everything that a worker needs to make samples; survives structured cloning. */
export interface Recipe {
  readonly preset: Preset;
  readonly noise: Noise;
  readonly wasm?: Exclude<KernelOrigin, URL | Response>;
  /** Address of a module whose `createGenerator` serves instead of this package's. */
  readonly module?: string;
}

export type Request =
  | { readonly kind: "open"; readonly recipe: Recipe }
  | { readonly kind: "make"; readonly seed: number; readonly first: number; readonly count: number };

/** Answers come in the order of the requests; one to each. */
export type Answer =
  | { readonly kind: "ready" }
  | { readonly kind: "batch"; readonly inputs: Float32Array<ArrayBuffer>; readonly labels: Float32Array<ArrayBuffer> }
  | { readonly kind: "failed"; readonly error: Failure };

/** An error that survives structured cloning. */
export interface Failure {
  readonly message: string;
  readonly code?: string;
}

export type CreateGenerator = (preset: Preset, options: { noise: Noise; wasm?: KernelOrigin }) => Promise<SampleGenerator>;
