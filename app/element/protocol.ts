/** What crosses between a <takagi-view> and its workers. */
import type { Hkl, Inversion, InvertOptions, Progress, Reflection, Scan } from "takagi";
import type { Model } from "../session.ts";
import type { DrawnWith } from "../worker/drawing.ts";
import type { Preview } from "../worker/protocol.ts";

/** Options of an inversion that cross to a worker. */
export type PortableOptions = Omit<InvertOptions, "network" | "predictor" | "wasm" | "signal" | "onProgress">;

/** A reflection of a crystal that takagi knows by its name. */
export interface NamedReflection {
  readonly material: string;
  readonly hkl: Hkl;
  /** Å. */
  readonly wavelength: number;
}

/** Kinds of work: what is asked, what is told meanwhile, and what comes back. */
export interface ElementWork {
  /** A file of any format that is read, with one scan. */
  read: { ask: { readonly bytes: ArrayBuffer }; answer: Scan };
  reflect: { ask: NamedReflection; answer: Reflection };
  invert: {
    ask: { readonly scan: Scan; readonly reflection: Reflection; readonly options: PortableOptions };
    progress: Progress;
    answer: { readonly inversion: Inversion; readonly seconds: number };
  };
  preview: { ask: DrawnWith & { readonly model: Model }; answer: Preview };
}
