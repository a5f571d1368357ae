/** What the generator needs of a protocol. */
import { Noise } from "../../assembly/layout.ts";
import type { Scan } from "../types.ts";

/** "poisson": the mean is replaced by a Poisson draw, as the paper's text says. "published": the draw is added to the
 *  mean, as its published program does, which halves the relative noise. */
export type NoiseKind = "poisson" | "published" | "none";

export const NOISE_CODES: Readonly<Record<NoiseKind, Noise>> = {
  none: Noise.None,
  poisson: Noise.Poisson,
  published: Noise.Published,
};

/** Addresses, but for the numbers that their names tell. */
export interface SampleCall {
  readonly seedLow: number;
  readonly seedHigh: number;
  readonly first: number;
  readonly count: number;
  /** 0; the slices of the exact kernel, which then serves; −1: labels and extras only. */
  readonly judge: number;
  readonly inputs: number;
  readonly labels: number;
  readonly extras: number;
  /** Of the last sample's scan; 0 if not wanted. */
  readonly scan: number;
}

export interface SampleKernel {
  readonly labelNames: readonly string[];
  readonly extraNames: readonly string[];
  readonly mostSlices: number;
  /** @returns a Status */
  run(call: SampleCall): number;
  /** f64 numbers of a scan, and what they say. */
  readonly scanLength: number;
  readScan(at: number): Scan;
}
