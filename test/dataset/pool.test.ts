/** Pools of workers: the same samples whatever happens to the workers, and none left behind. */
import { join } from "node:path";
import { expect, test, vi } from "vitest";
import { TakagiError, WorkerError } from "../../src/errors.ts";
import type { Batch } from "../../src/dataset/pool.ts";
import { openPool } from "../../src/dataset/pool.ts";
import * as nodeHost from "../../src/workers/host.node.ts";
import type { WorkerEvents, WorkerHandle, WorkerHost } from "../../src/workers/host.ts";
import { folder, standIn, STAND_IN, standInPool, sumOf, type Accident } from "./shared.ts";

const SLICES = { seed: 7, first: 100, count: 1003, batchSize: 50 };

async function expected(): Promise<string> {
  return sumOf((await standInPool({ workers: 1 })).batches(SLICES));
}

/** Worker threads that are counted. */
function countingHost() {
  const alive = new Set<WorkerHandle>();
  let started = 0;
  let held = 0;
  const host: WorkerHost = {
    parallelism: nodeHost.parallelism,
    startWorker(events: WorkerEvents): WorkerHandle {
      started += 1;
      const handle = nodeHost.startWorker({
        answered: (answer) => events.answered(answer),
        died: (reason) => {
          alive.delete(counted);
          events.died(reason);
        },
      });
      const counted: WorkerHandle = {
        post: (message, transfer) => handle.post(message, transfer),
        hold: (isHeld) => {
          held += isHeld ? 1 : -1;
          handle.hold(isHeld);
        },
        terminate: async () => {
          await handle.terminate();
          alive.delete(counted);
        },
      };
      alive.add(counted);
      return counted;
    },
  };
  return { host, alive, started: () => started, held: () => held };
}

async function countedPool(workers: number, options: { accident?: Accident; delay?: number } = {}) {
  const counted = countingHost();
  const pool = await openPool(
    { preset: standIn(options), workers },
    { module: STAND_IN, host: counted.host },
  );
  return { pool, ...counted };
}

test.each([2, 7])("%i workers make what one makes, in batches of any size", async (workers) => {
  const pool = await standInPool({ workers });
  expect(await sumOf(pool.batches(SLICES))).toBe(await expected());
  expect(await sumOf(pool.batches({ ...SLICES, batchSize: 17 }))).toBe(await expected());
  expect(await sumOf(pool.batches({ ...SLICES, batchSize: 5000 }))).toBe(await expected());
});

test("batches come in order, whole, with progress", async () => {
  const pool = await standInPool({ workers: 3 });
  const seen: [number, number][] = [];
  const done: number[] = [];
  for await (const { first, count, inputs, labels } of pool.batches({
    ...SLICES,
    onProgress: (progress) => done.push(progress.done),
  })) {
    seen.push([first, count]);
    expect([inputs.length, labels.length]).toEqual([
      count * pool.inputLength,
      count * pool.labelNames.length,
    ]);
  }
  expect(seen).toEqual(Array.from({ length: 21 }, (_, i) => [100 + 50 * i, i < 20 ? 50 : 3]));
  expect(done).toEqual(seen.map(([first, count]) => first + count - 100));
});

test("two loops at a time share the workers and do not mix", async () => {
  const pool = await standInPool({ workers: 2 });
  const sums = await Promise.all([1, 2, 1].map((seed) => sumOf(pool.batches({ ...SLICES, seed }))));
  expect(sums[0]).toBe(sums[2]);
  expect(sums[0]).not.toBe(sums[1]);
});

test("no samples are no batches, and no worker starts", async () => {
  const { pool, started } = await countedPool(2);
  for await (const batch of pool.batches({ ...SLICES, count: 0 })) expect.fail(`got ${batch.count}`);
  expect(started()).toBe(0);
});

test("at most two batches a worker are made ahead of the consumer", async () => {
  const { pool, host } = await countedPool(2);
  let asked = 0;
  const start = host.startWorker;
  host.startWorker = (events) => {
    const handle = start(events);
    return { ...handle, post: (message) => (message.kind === "make" && asked++, handle.post(message)) };
  };
  let taken = 0;
  for await (const { first } of pool.batches({ seed: 1, count: Infinity, batchSize: 10 })) {
    taken += 1;
    expect(first).toBe(10 * (taken - 1));
    await new Promise((resolve) => setTimeout(resolve, 10));
    expect(asked - taken).toBeLessThanOrEqual(4);
    if (taken === 10) break;
  }
  await pool.close();
});

test.each(["exit", "throw outside"] as const)(
  "a worker that dies (%s) is replaced and its batch made again",
  async (kind) => {
    // Early, with much work left after it: a worker that dies with nothing left to do is rightly not replaced.
    const accident = { kind, at: 160, once: join(await folder(), "happened") };
    const { pool, started, alive } = await countedPool(2, { accident, delay: 5 });
    expect(await sumOf(pool.batches(SLICES))).toBe(await expected());
    expect(started()).toBe(3);
    await pool.close();
    expect(alive.size).toBe(0);
  },
);

test("a worker terminated from outside in mid-run is replaced", async () => {
  const { pool, alive, started, host } = await countedPool(2, { delay: 2 });
  const events: WorkerEvents[] = [];
  const start = host.startWorker;
  host.startWorker = (given) => {
    events.push(given);
    return start(given);
  };
  const hash: Batch[] = [];
  let killed = 0;
  for await (const batch of pool.batches(SLICES)) {
    hash.push(batch);
    if (hash.length % 5 === 0 && killed < 3) {
      // What the thread's "exit" event does, after the thread has gone.
      const victim = [...alive][0]!;
      const at = started() - alive.size;
      await victim.terminate();
      events[at]!.died(new Error("terminated"));
      killed += 1;
    }
  }
  expect(killed).toBe(3);
  expect(
    await sumOf(
      (async function* () {
        yield* hash;
      })(),
    ),
  ).toBe(await expected());
  await pool.close();
});

test("a batch that kills every worker ends the loop with its samples by name", async () => {
  const { pool, alive, started } = await countedPool(2, { accident: { kind: "exit", at: 420 } });
  const failure = sumOf(pool.batches(SLICES));
  await expect(failure).rejects.toThrow(WorkerError);
  await expect(failure).rejects.toThrow(
    /samples 400 to 449 cannot be made: 4 workers died in a row; of the last: it exited with code 3/,
  );
  expect(alive.size).toBe(0);
  expect(started()).toBeLessThanOrEqual(8);
});

test("what a generator throws reaches the loop, and the pool goes on", async () => {
  const pool = await standInPool({ workers: 2, preset: standIn({ accident: { kind: "throw", at: 420 } }) });
  await expect(sumOf(pool.batches(SLICES))).rejects.toThrow("a worker failed: inside of its work");
  expect(await sumOf(pool.batches({ ...SLICES, count: 300 }))).toMatch(/^[0-9a-f]{64}$/);
});

test("a generator that cannot be had is an error of createPool, with its code", async () => {
  const failure = openPool(
    { preset: standIn({ accident: { kind: "no generator", at: 0 } }) },
    { module: STAND_IN },
  );
  await expect(failure).rejects.toMatchObject({ code: "KERNEL_LOAD" });
});

test("a runtime without workers says so", async () => {
  const host: WorkerHost = {
    parallelism: () => 1,
    startWorker: () => {
      throw new ReferenceError("Worker is not defined");
    },
  };
  const pool = await openPool({ preset: standIn() }, { module: STAND_IN, host });
  await expect(sumOf(pool.batches(SLICES))).rejects.toThrow(
    "no worker can be started here: Worker is not defined",
  );
});

test("workers that die before they begin end the loop, too", async () => {
  let started = 0;
  const host: WorkerHost = {
    parallelism: () => 2,
    startWorker: ({ died }) => {
      started += 1;
      queueMicrotask(() => died(new Error("its file cannot be loaded")));
      return { post: () => undefined, hold: () => undefined, terminate: async () => undefined };
    },
  };
  const pool = await openPool({ preset: standIn() }, { module: STAND_IN, host });
  await expect(sumOf(pool.batches(SLICES))).rejects.toThrow(
    /cannot be made: \d+ workers died in a row; of the last: its file cannot be loaded/,
  );
  expect(started).toBeLessThan(20);
});

test("aborting ends the loop at once, even workers that never end, and leaves none", async () => {
  const { pool, alive } = await countedPool(2, { accident: { kind: "never end", at: 300 } });
  const controller = new AbortController();
  const start = performance.now();
  setTimeout(() => controller.abort(new Error("enough")), 300);
  await expect(sumOf(pool.batches({ ...SLICES, signal: controller.signal }))).rejects.toThrow("enough");
  expect(performance.now() - start).toBeLessThan(5000);
  expect(alive.size).toBe(0);
  // The pool itself goes on.
  expect(await sumOf(pool.batches({ ...SLICES, count: 100 }))).toMatch(/^[0-9a-f]{64}$/);
  await pool.close();
});

test("aborted before, a loop starts no worker", async () => {
  const { pool, started } = await countedPool(2);
  await expect(
    sumOf(pool.batches({ ...SLICES, signal: AbortSignal.abort(new Error("too late")) })),
  ).rejects.toThrow("too late");
  expect(started()).toBe(0);
});

test("a consumer that is busy when the signal comes learns it with the next batch; the workers end before", async () => {
  const { pool, alive } = await countedPool(2);
  const controller = new AbortController();
  const loop = async () => {
    for await (const batch of pool.batches({ ...SLICES, signal: controller.signal })) {
      expect(batch.first).toBe(100);
      controller.abort(new Error("enough"));
      await vi.waitFor(() => expect(alive.size).toBe(0), 5000);
    }
  };
  await expect(loop()).rejects.toThrow("enough");
});

test.each(["break", "throw"])("leaving the loop (%s) frees everything", async (how) => {
  const { pool, alive, held } = await countedPool(3, { delay: 20 });
  const loop = async () => {
    for await (const { first } of pool.batches({ ...SLICES, count: Infinity })) {
      if (first < 300) continue;
      if (how === "break") break;
      throw new Error("from the consumer");
    }
  };
  if (how === "break") await loop();
  else await expect(loop()).rejects.toThrow("from the consumer");
  expect(alive.size).toBe(0);
  expect(held()).toBeGreaterThanOrEqual(0);
});

test("leaving one loop does not disturb another", async () => {
  const { pool } = await countedPool(2, { delay: 1 });
  const other = sumOf(pool.batches(SLICES));
  for (let i = 0; i < 3; i++) {
    for await (const { first } of pool.batches({ seed: 9, count: Infinity, batchSize: 20 }))
      if (first >= 60) break;
  }
  expect(await other).toBe(await expected());
  await pool.close();
});

test("closing ends running loops with an error, and later ones too", async () => {
  const { pool, alive } = await countedPool(2, { delay: 5 });
  const running = sumOf(pool.batches({ ...SLICES, count: Infinity }));
  setTimeout(() => void pool.close(), 100);
  await expect(running).rejects.toThrow("the pool is closed");
  await vi.waitFor(() => expect(alive.size).toBe(0));
  await expect(sumOf(pool.batches(SLICES))).rejects.toThrow("the pool is closed");
});

test("wrong options are refused at once, by name", async () => {
  const pool = await standInPool();
  for (const [name, value] of [
    ["seed", 0.5],
    ["first", -1],
    ["count", NaN],
    ["batchSize", 0],
  ] as const) {
    expect(() => pool.batches({ ...SLICES, [name]: value }), name).toThrow(new RegExp(`^${name} must be`));
  }
  await expect(openPool({ preset: standIn(), workers: 0 }, { module: STAND_IN })).rejects.toThrow(
    TakagiError,
  );
});
