/** What `#nn-platform` resolves to: one module for each family of runtimes, chosen by the conditions of package `imports`
 *  (workerd, deno, bun, node, default), never by asking the environment for its name. */
import type { BackendName, Purpose, Tf, WasmOrigin } from "./types.ts";

export interface Opening {
  /** The training kernels work in the memory of the WASM build with one thread; a training's workers are its threads. */
  readonly isTraining?: boolean;
  readonly allowSoftware: boolean;
  readonly wasm?: WasmOrigin;
}

export interface Opened {
  readonly adapter?: string;
  readonly version?: string;
}

/** Loads a backend and makes it tfjs's current one; throws the reason where it cannot. */
export type Opener = (tf: Tf, opening: Opening) => Promise<Opened>;

export interface Platform {
  /** @returns what to try, best first; each has an opener */
  order(purpose: Purpose, batchSize: number): readonly BackendName[];
  readonly openers: Readonly<Partial<Record<BackendName, Opener>>>;
  /** takagi.nn.wasm, where the runtime compiles nothing itself. */
  readonly trainingKernels?: WebAssembly.Module;
}

/** Why a backend is not taken, in words for users. */
export class Refusal extends Error {
  override readonly name = "Refusal";
}

/** Makes a registered backend the current one. tfjs itself would fall back to another without a word.
 *  @param name as tfjs has it
 *  @throws {Refusal} */
export async function activate(tf: Tf, name: string): Promise<void> {
  if (tf.findBackendFactory(name) === null)
    throw new Refusal(`its package did not register the backend "${name}" with this tfjs`);
  const isStarted = await tf.setBackend(name);
  if (!isStarted || tf.getBackend() !== name) throw new Refusal("tfjs could not start it");
}

/** Runs what only needs an optional package; its absence is a refusal.
 *  @param load imports the package by its literal name, so that bundlers see it */
export async function optional<T>(name: string, load: () => Promise<T>): Promise<T> {
  try {
    return await load();
  } catch (cause) {
    // Neither codes nor texts of these errors are the same from runtime to runtime.
    throw new Refusal(`${name} is not installed, or cannot be loaded here: ${firstLine(cause)}`, { cause });
  }
}

/** Makes sure that a backend of another package is registered: by whoever imported that package, or by an import under its
 *  name at run time, which bundlers do not see.
 *  @param name as tfjs has it */
export async function registered(tf: Tf, name: string, from: string): Promise<void> {
  if (tf.findBackendFactory(name) !== null) return;
  try {
    await import(/* @vite-ignore */ /* webpackIgnore: true */ from);
  } catch (cause) {
    throw new Refusal(
      `${from} is not installed, or cannot be loaded here (in a bundle, import "${from}" before): ${firstLine(cause)}`,
      { cause },
    );
  }
}

export function firstLine(error: unknown): string {
  const text =
    error instanceof Error
      ? error.message
      : ((error as { message?: string } | null)?.message ?? String(error));
  return text.split("\n", 1)[0]!.trim();
}
