/** Many scans: what comes of each is what `invert` says of it, whoever inverts it, and whatever happens to him. */
import { expect, test } from "vitest";
import {
  invertAll,
  InvalidParameterError,
  type Inverted,
  type StartWorker,
} from "../../src/batch/invertAll.ts";
import { invert } from "../../src/invert/invert.ts";
import { resultJson } from "../../src/report/files.ts";
import type { Inversion, Scan } from "../../src/types.ts";
import * as nodeHost from "../../src/workers/host.node.ts";
import { smallScans, ysz } from "./scans.ts";

const effort = 0.001;
const textOf = (inversion: Inversion | undefined): string =>
  JSON.stringify(resultJson(inversion!, { name: "scan" }));

async function all<S>(results: AsyncIterable<Inverted<S>>): Promise<Inverted<S>[]> {
  const list: Inverted<S>[] = [];
  for await (const result of results) list.push(result);
  return list;
}

test("a scan's answer is that of invert: from two workers, from this thread, in another order", async () => {
  const scans = await smallScans(3),
    crystal = await ysz();
  const expected: string[] = [];
  for (const scan of scans) expected.push(textOf(await invert(scan, crystal, { effort })));
  const byWorkers = await all(invertAll(scans, crystal, { effort, workers: 2 }));
  expect(byWorkers.map(({ index }) => index)).toEqual([0, 1, 2]);
  expect(byWorkers.map(({ item }) => item)).toEqual(scans);
  expect(byWorkers.map(({ inversion }) => textOf(inversion))).toEqual(expected);
  const backwards = await all(invertAll([...scans].reverse(), crystal, { effort, workers: 0 }));
  expect(backwards.map(({ inversion }) => textOf(inversion)).reverse()).toEqual(expected);
});

test("a network answers the same in a worker as in this thread", async () => {
  const [scan] = await smallScans(1, { step: 0.02 }),
    crystal = await ysz(),
    network = new URL("../../models/universal", import.meta.url).pathname;
  const [here] = await all(invertAll([scan!], crystal, { effort, network, workers: 0 })),
    [there] = await all(invertAll([scan!], crystal, { effort, network, workers: 1 }));
  expect(here!.inversion!.method).toBe("network and search");
  expect(textOf(there!.inversion)).toBe(textOf(here!.inversion));
});

test("a scan that cannot be inverted is given out with the error that invert throws, and stops no other", async () => {
  const [good] = await smallScans(1),
    crystal = await ysz(),
    bad: Scan = { twoTheta: good!.twoTheta, intensity: good!.intensity.map(() => NaN) };
  const own = await invert(bad, crystal).catch((error: unknown) => error as InvalidParameterError);
  for (const workers of [0, 1]) {
    const [first, second] = await all(invertAll([bad, good!], crystal, { effort, workers }));
    expect(first!.error).toMatchObject({
      code: (own as InvalidParameterError).code,
      message: (own as Error).message,
      name: (own as Error).name,
      parameter: (own as InvalidParameterError).parameter,
    });
    expect(first!.error).toBeInstanceOf((own as Error).constructor);
    expect(String(first!.error)).toBe(String(own));
    expect(second!.inversion!.thickness).toBeGreaterThan(0);
  }
});

test("workers that die are replaced, and nobody's scan is lost", async () => {
  const scans = await smallScans(3),
    crystal = await ysz();
  let deaths = 0;
  const start: StartWorker = (events) => {
    const handle = nodeHost.startWorker(events, "inverter");
    return {
      ...handle,
      post: (message, transfer) => {
        handle.post(message, transfer);
        if (deaths++ < 2) void handle.terminate().then(() => events.died(new Error("out of memory")));
      },
    };
  };
  const results = await all(invertAll(scans, crystal, { effort, workers: 1, start }));
  expect(deaths).toBeGreaterThan(2);
  const expected = await all(invertAll(scans, crystal, { effort, workers: 0 }));
  expect(results.map(({ inversion }) => textOf(inversion))).toEqual(
    expected.map(({ inversion }) => textOf(inversion)),
  );
});

test("scans are asked for a few ahead only, and the loop can be left", async () => {
  const [scan] = await smallScans(1),
    crystal = await ysz();
  let asked = 0;
  function* endless() {
    for (;;) {
      asked += 1;
      yield scan!;
    }
  }
  for await (const { index } of invertAll(endless(), crystal, { effort, workers: 1 })) if (index === 1) break;
  expect(asked).toBeLessThan(10);
});

test("a result is given out while the next scan is awaited, and an abort is heard meanwhile", async () => {
  const [scan] = await smallScans(1),
    crystal = await ysz(),
    controller = new AbortController();
  async function* silent() {
    yield scan!;
    await new Promise(() => undefined);
  }
  const loop = invertAll(silent(), crystal, { effort, workers: 2, signal: controller.signal }),
    { value } = await loop.next();
  expect((value as { index: number }).index).toBe(0);
  const second = loop.next();
  controller.abort(new Error("enough"));
  await expect(second).rejects.toThrow("enough");
});

test("what cannot be is said before a scan is asked for; what is aborted throws the signal's reason", async () => {
  const crystal = await ysz();
  await expect(all(invertAll([], crystal, { effort: -1 }))).rejects.toThrow(InvalidParameterError);
  await expect(all(invertAll([], crystal, { workers: 1.5 }))).rejects.toThrow(/workers/);
  const controller = new AbortController(),
    [scan] = await smallScans(1);
  const loop = all(invertAll([scan!], crystal, { workers: 1, signal: controller.signal }));
  controller.abort(new Error("enough"));
  await expect(loop).rejects.toThrow("enough");
});
