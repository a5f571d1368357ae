/** A small part of `npm run fuzz`: damaged files of every format are read or refused, and nothing else. */
import { expect, test } from "vitest";
import { fuzz } from "../../tools/fuzz/run.ts";
import { targets } from "../../tools/fuzz/targets.ts";

test("no damaged file of 2600 makes a reader hang, crash, or throw what is not an error of takagi's", async () => {
  const { tallies, failures } = await fuzz({ targets: targets(), seed: 20, from: 0, to: 2600 });
  expect(failures).toEqual([]);
  for (const { inputs, read, refused } of tallies) {
    expect(inputs).toBe(200);
    // Damage that nothing notices, or that is always noticed, would test nothing.
    expect(read).toBeGreaterThan(0);
    expect(refused).toBeGreaterThan(20);
  }
});

test("a failure is found, and named by the number of its input", async () => {
  const broken = {
    name: "broken",
    seeds: [{ bytes: Uint8Array.of(1, 2, 3) }],
    read: (): Promise<never> => Promise.reject(new RangeError("out of bounds")),
  };
  const { failures } = await fuzz({ targets: [broken], seed: 1, from: 5, to: 7 });
  expect(failures.map(({ index }) => index)).toEqual([5, 6]);
  expect(failures[0]!.error).toContain("RangeError: out of bounds");
});
