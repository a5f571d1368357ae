/** Pools over the stand-in generator, and sums over all samples. */
import { createHash } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { openPool, type Batch, type Pool, type PoolOptions, type Preset } from "../../src/dataset/pool.ts";
import type { CreateGenerator } from "../../src/dataset/worker.ts";

export const STAND_IN = new URL("standIn.mjs", import.meta.url).href;

export interface Accident {
  readonly kind: "exit" | "throw outside" | "throw" | "never end" | "no generator";
  readonly at: number;
  readonly once?: string;
}

/** What the stand-in takes for a preset. */
export function standIn(options: { accident?: Accident; delay?: number } = {}): Preset {
  return { name: "stand-in", ...options } as unknown as Preset;
}

export async function standInPool(options: Partial<PoolOptions> = {}): Promise<Pool> {
  const pool = await openPool({ preset: standIn(), ...options }, { module: STAND_IN });
  onTestFinished(() => pool.close());
  return pool;
}

/** The stand-in without threads, for what only needs its samples. */
export async function threadlessPool(): Promise<
  Pick<Pool, "preset" | "noise" | "inputLength" | "labelNames" | "extraNames" | "workers" | "batches">
> {
  const { createGenerator } = (await import(STAND_IN)) as { createGenerator: CreateGenerator };
  const generator = await createGenerator(standIn(), { noise: "poisson" });
  return {
    preset: generator.preset,
    noise: generator.noise,
    inputLength: generator.inputLength,
    labelNames: generator.labelNames,
    extraNames: generator.extraNames,
    workers: 1,
    batches: async function* ({ seed, first = 0, count, batchSize, onProgress }) {
      for (let done = 0; done < count; done += batchSize) {
        const batch = generator.generate(seed, first + done, Math.min(batchSize, count - done));
        onProgress?.({ done: done + batch.count, count });
        yield batch;
      }
    },
  };
}

/** An empty folder that goes with the test. */
export async function folder(): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), "takagi-dataset-"));
  onTestFinished(() => rm(path, { recursive: true, force: true, maxRetries: 3 }));
  return path;
}

/** SHA-256 over inputs, labels and extras, sample by sample, so that the batches do not matter. */
export async function sumOf(batches: AsyncIterable<Batch>): Promise<string> {
  const hash = createHash("sha256");
  for await (const { inputs, labels, extras, count } of batches) {
    for (let i = 0; i < count; i++) {
      for (const values of [inputs, labels, extras]) {
        const length = values.length / count;
        hash.update(new Uint8Array(values.buffer, values.byteOffset + 4 * length * i, 4 * length));
      }
    }
  }
  return hash.digest("hex");
}
