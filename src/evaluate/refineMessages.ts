/** What crosses between an evaluation and the processes that fit for it. */
import type { NoiseKind } from "../dataset/generator.ts";
import type { Effort } from "../invert/options.ts";
import type { Preset } from "../dataset/presets.ts";
import type { createRefiner, Refined } from "./refine.ts";

export type RefineRequest =
  /** `module`: address of a module whose `createRefiner` serves instead of this package's. */
  | {
      readonly kind: "open";
      readonly preset: Preset;
      readonly noise: NoiseKind;
      readonly names: readonly string[];
      readonly effort: Effort;
      readonly seed: number;
      readonly module?: string;
    }
  | {
      readonly kind: "refine";
      readonly row: number;
      readonly index: number;
      readonly rows: readonly Float32Array[];
      readonly extras: Readonly<Record<string, number>>;
    };

export type RefineAnswer =
  | { readonly kind: "ready" }
  /** `seconds` of the processor, all threads of the process. */
  | { readonly kind: "refined"; readonly row: number; readonly refined: Refined; readonly seconds: number }
  | { readonly kind: "failed"; readonly message: string };

export type CreateRefiner = typeof createRefiner;
