/** The work of a worker that inverts: one scan at a time, asking a network that it loads once. */
import { invert } from "../invert/invert.ts";
import { findNetwork } from "../invert/networks.ts";
import type { InvertOptions } from "../invert/options.ts";
import type { ProfilePredictor } from "../invert/predictor.ts";
import type { Inversion, Reflection, Scan } from "../types.ts";
import type { KernelOrigin } from "../wasm/load.ts";
import type { Handlers } from "../workers/serve.ts";

/** Options of an inversion that cross to a worker. */
export interface PortableOptions extends Omit<
  InvertOptions,
  "network" | "predictor" | "onProgress" | "signal" | "wasm"
> {
  readonly wasm?: Exclude<KernelOrigin, URL | Response>;
}

/** All that one inversion needs; survives structured cloning. */
export interface InversionTask {
  readonly scan: Scan;
  readonly reflection: Reflection;
  readonly options: PortableOptions;
  /** Name, folder or address of the network that is asked; none if absent. */
  readonly network?: string;
}

/** What a worker answers. */
export interface InversionAnswer {
  /** The answer. */
  readonly inversion: Inversion;
  /** That the inversion took, by the clock. */
  readonly seconds: number;
}

export interface InversionWork {
  invert: { ask: InversionTask; answer: InversionAnswer };
}

export function inversionHandlers(): Handlers<InversionWork> {
  return { invert: (task, { signal }) => invertTask(task, signal) };
}

export async function invertTask(
  { scan, reflection, options, network }: InversionTask,
  signal?: AbortSignal,
): Promise<InversionAnswer> {
  // What it takes to load a network is no scan's.
  const predictor = network === undefined ? undefined : await networkOf(network),
    started = performance.now();
  const inversion = await invert(scan, reflection, {
    ...options,
    ...(predictor === undefined ? {} : { predictor }),
    ...(signal === undefined ? {} : { signal }),
  });
  return { inversion, seconds: (performance.now() - started) / 1000 };
}

/** tfjs is loaded where a network is asked.
 *  @throws {ModelError} @throws {BackendError} */
export async function networkOf(network: string): Promise<ProfilePredictor> {
  await import("../nn/index.ts");
  return findNetwork(network);
}
