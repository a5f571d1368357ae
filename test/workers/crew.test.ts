/** Crews of any work: order, room, deaths, progress. Workers are stand-ins on this thread, which do what the test says. */
import { expect, test, vi } from "vitest";
import { InvalidParameterError, WorkerError } from "../../src/errors.ts";
import { WorkerClient } from "../../src/workers/client.ts";
import { Crew, type CrewOptions } from "../../src/workers/crew.ts";
import type { WorkerEvents, WorkerHandle } from "../../src/workers/host.ts";
import type { Reply, Request, Stop } from "../../src/workers/messages.ts";
import { type Handlers, serve } from "../../src/workers/serve.ts";

interface Sums {
  open: { ask: { readonly base: number }; answer: undefined };
  /** base + value, after `delay` ms; dies where `dies` says so. */
  add: {
    ask: {
      readonly value: number;
      readonly delay?: number;
      readonly dies?: boolean;
      readonly throws?: boolean;
    };
    answer: number;
    progress: { readonly half: number };
  };
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** Workers that live on this thread, each with its own state. */
function standIns() {
  const alive = new Set<WorkerHandle>();
  const seen = { started: 0, asked: 0, running: 0, most: 0 };
  const start = ({ answered, died }: WorkerEvents): WorkerHandle => {
    seen.started += 1;
    let take: ((message: Request | Stop) => void) | undefined, base: number | undefined;
    const die = (): void => {
      if (alive.delete(handle)) died(new Error("out of memory"));
    };
    const handlers: Handlers<Sums> = {
      open: ({ base: given }) => {
        if (given < 0) throw new InvalidParameterError("base", "≥ 0", given);
        base = given;
        return undefined;
      },
      add: async ({ value, delay = 0, dies, throws }, { onProgress, signal }) => {
        seen.running += 1;
        seen.most = Math.max(seen.most, seen.running);
        onProgress({ half: value / 2 });
        for (const end = performance.now() + delay; performance.now() < end && !signal.aborted;)
          await pause(1);
        seen.running -= 1;
        if (dies === true) die();
        if (throws === true) throw new Error("no sum");
        return signal.aborted ? -1 : base! + value;
      },
    };
    serve<Sums>(
      {
        // As over a real border: later, and only while it lives.
        post: (reply: Reply) => queueMicrotask(() => alive.has(handle) && answered(structuredClone(reply))),
        listen: (given) => void (take = given),
      },
      handlers,
    );
    const handle: WorkerHandle = {
      post: (message) => {
        if (message.kind === "add") seen.asked += 1;
        queueMicrotask(() => alive.has(handle) && take!(structuredClone(message)));
      },
      hold: () => undefined,
      terminate: async () => void alive.delete(handle),
    };
    alive.add(handle);
    return handle;
  };
  return { start, alive, seen };
}

function crewOf(size: number, options: Partial<CrewOptions<Sums>> = {}) {
  const workers = standIns();
  const crew = new Crew<Sums>({
    start: workers.start,
    size,
    open: { kind: "open", ask: { base: 100 } },
    ...options,
  });
  return { crew, ...workers };
}

const add = (ask: Sums["add"]["ask"]) => ({ kind: "add", ask }) as const;

test("results come in the order of the items, whoever is ready first", async () => {
  const { crew, seen } = crewOf(3);
  const sums: number[] = [];
  for await (const { index, item, answer } of crew.map([9, 1, 5, 2, 7], (value) =>
    add({ value, delay: value }),
  )) {
    expect(index).toBe(sums.length);
    expect(answer).toBe(100 + item);
    sums.push(answer!);
  }
  expect(sums).toEqual([109, 101, 105, 102, 107]);
  expect(seen.most).toBe(3);
});

test("or as they are ready, all of them once", async () => {
  // With two tasks at hand, one would wait behind the slow one.
  const { crew } = crewOf(2, { tasksAtATime: 1 });
  const items = [60, 1, 2, 3, 4],
    seen: number[] = [];
  for await (const { item } of crew.map(items, (value) => add({ value, delay: value }), { order: "ready" }))
    seen.push(item);
  expect(seen.at(-1)).toBe(60);
  expect([...seen].sort((a, b) => a - b)).toEqual([1, 2, 3, 4, 60]);
});

test.each(["items", "ready"] as const)(
  "no more is asked than there is room for, in order of %s",
  async (order) => {
    const { crew, seen } = crewOf(2);
    let taken = 0;
    function* endless(): Generator<number> {
      for (let value = 0; ; value++) yield value;
    }
    for await (const { answer } of crew.map(endless(), (value) => add({ value }), { order, ahead: 3 })) {
      expect(answer).toBeGreaterThanOrEqual(100);
      taken += 1;
      await pause(2);
      expect(seen.asked - taken).toBeLessThanOrEqual(3);
      if (taken === 20) break;
    }
    expect(seen.asked).toBeGreaterThanOrEqual(20);
  },
);

test("who dies over a task is replaced; a task that kills each one is told, and with keepsGoing the others are done", async () => {
  const { crew, seen } = crewOf(2, {
    cannot: (call) => `${(call.ask as { value: number }).value} cannot be added`,
  });
  const found: (number | string)[] = [];
  const calls = crew.map([1, 2, 3, 4, 5], (value) => add({ value, dies: value === 3 }), { keepsGoing: true });
  for await (const { answer, error } of calls) found.push(answer ?? error!.message);
  expect(found).toEqual([
    101,
    102,
    "3 cannot be added: 4 workers died in a row; of the last: out of memory",
    104,
    105,
  ]);
  expect(seen.started).toBeGreaterThanOrEqual(4);
  const loop = async (): Promise<void> => {
    for await (const { item } of crew.map([1, 2, 3], (value) => add({ value, dies: value === 3 })))
      expect(item).toBeLessThan(3);
  };
  await expect(loop()).rejects.toThrow(WorkerError);
});

test("what a task throws ends the loop, or with keepsGoing is given out with its item", async () => {
  const { crew } = crewOf(2);
  const callOf = (value: number) => add({ value, throws: value === 2 });
  const errors: unknown[] = [];
  for await (const { item, error } of crew.map([1, 2, 3], callOf, { keepsGoing: true }))
    if (error !== undefined) errors.push([item, error.message]);
  expect(errors).toEqual([[2, "a worker failed: no sum"]]);
  await expect(crew.run(callOf(2))).rejects.toThrow("a worker failed: no sum");
});

test("workers that cannot begin fail what they were to do, with the error's code", async () => {
  const { crew, alive } = crewOf(2, { open: { kind: "open", ask: { base: -1 } } });
  await expect(crew.run(add({ value: 1 }))).rejects.toMatchObject({ code: "INVALID_PARAMETER" });
  await vi.waitFor(() => expect(alive.size).toBe(0));
});

test("one task: progress on the way; stopped, it ends early with what it has; aborted, its worker ends and no other", async () => {
  const { crew, alive } = crewOf(2, { tasksAtATime: 1 });
  const halves: number[] = [];
  expect(await crew.run(add({ value: 8 }), { onProgress: ({ half }) => halves.push(half) })).toBe(108);
  expect(halves).toEqual([4]);

  const stop = new AbortController();
  const early = crew.run(add({ value: 1, delay: 5000 }), { stop: stop.signal });
  setTimeout(() => stop.abort(), 20);
  expect(await early).toBe(-1);

  const other = crew.run(add({ value: 2, delay: 60 }));
  const controller = new AbortController();
  const aborted = crew.run(add({ value: 3, delay: 5000 }), { signal: controller.signal });
  await vi.waitFor(() => expect(alive.size).toBe(2));
  setTimeout(() => controller.abort(new Error("enough")), 20);
  await expect(aborted).rejects.toThrow("enough");
  expect(await other).toBe(102);
  await crew.close();
  expect(alive.size).toBe(0);
  await expect(crew.run(add({ value: 1 }))).rejects.toThrow("the crew is closed");
});

test("room for nothing is refused", async () => {
  const { crew } = crewOf(1);
  const loop = crew.map([1], (value) => add({ value }), { ahead: 0 });
  await expect(loop.next()).rejects.toThrow(/^ahead must be/);
});

test("one worker: asked again after a death it is another one, or where it must not be, an error", async () => {
  const { start, seen } = standIns();
  const client = new WorkerClient<Sums>({ start });
  await client.call("open", { base: 10 });
  await expect(client.call("add", { value: 1, dies: true })).rejects.toThrow("a worker died: out of memory");
  await client.call("open", { base: 20 });
  expect(await client.call("add", { value: 1 })).toBe(21);
  expect(seen.started).toBe(2);

  const mortal = new WorkerClient<Sums>({ start, restarts: false });
  await mortal.call("open", { base: 0 });
  await expect(mortal.call("add", { value: 1, dies: true })).rejects.toThrow("a worker died");
  await expect(mortal.call("add", { value: 1 })).rejects.toThrow("a worker died");
  expect(seen.started).toBe(3);
});

test("one worker that is ended rejects who waits, with the reason", async () => {
  const { start, alive } = standIns();
  const client = new WorkerClient<Sums>({ start });
  await client.call("open", { base: 0 });
  const waiting = client.call("add", { value: 1, delay: 5000 });
  const told = expect(waiting).rejects.toThrow("not wanted");
  await client.end(new Error("not wanted"));
  await told;
  expect(alive.size).toBe(0);
});
