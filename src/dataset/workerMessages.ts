/** What crosses between the pool and its workers. */
import type { KernelOrigin } from "../wasm/load.ts";
import type { NoiseKind, SampleGenerator } from "./generator.ts";
import type { Preset } from "./presets.ts";

/** Everything that a worker needs to make samples; survives structured cloning. */
export interface Recipe {
  readonly preset: Preset | string;
  readonly noise: NoiseKind;
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
  | {
      readonly kind: "batch";
      readonly inputs: Float32Array<ArrayBuffer>;
      readonly labels: Float32Array<ArrayBuffer>;
      readonly extras: Float32Array<ArrayBuffer>;
    }
  | { readonly kind: "failed"; readonly error: Failure };

/** An error that survives structured cloning. */
export interface Failure {
  readonly message: string;
  readonly code?: string;
}

export type CreateGenerator = (
  preset: Preset | string,
  options: { noise: NoiseKind; wasm?: KernelOrigin },
) => Promise<SampleGenerator>;
