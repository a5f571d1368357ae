/** Milliseconds that the built pool takes for a set of samples with one worker and with two, in turns. */
import { existsSync } from "node:fs";
import { pathToFileURL } from "node:url";
import { median, type Times } from "./measure.ts";

const BATCH = 256;

/** null where the package is not built. The first round starts the workers and is not counted. */
export async function poolTimes(
  root: string,
  preset: string,
  count: number,
  rounds: number,
): Promise<{ one: Times; two: Times } | null> {
  const entry = `${root}/dist/pool.js`;
  if (!existsSync(entry)) return null;
  const { createPool } = (await import(pathToFileURL(entry).href)) as typeof import("../src/dataset/pool.ts");
  const pools = {
    one: await createPool({ preset, workers: 1 }),
    two: await createPool({ preset, workers: 2 }),
  };
  const times: { one: number[]; two: number[] } = { one: [], two: [] };
  for (let round = -1; round < rounds; round++) {
    for (const name of ["one", "two"] as const) {
      const start = performance.now();
      let made = 0;
      for await (const batch of pools[name].batches({
        seed: 1,
        first: count * (round + 1),
        count,
        batchSize: BATCH,
      }))
        made += batch.count;
      if (made !== count) throw new Error(`${made} samples of ${count}`);
      if (round >= 0) times[name].push(performance.now() - start);
    }
  }
  await Promise.all([pools.one.close(), pools.two.close()]);
  const summary = (of: number[]): Times => ({ median: median(of), least: Math.min(...of) });
  return { one: summary(times.one), two: summary(times.two) };
}
