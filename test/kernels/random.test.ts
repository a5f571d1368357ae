/** Counts: Philox4×32-10 and the Poisson draws made of it. */
import { beforeAll, describe, expect, test } from "vitest";
import { InvalidParameterError, NotFiniteError } from "../../src/errors.ts";
import { createSimulator, type Simulator } from "../../src/simulate/simulator.ts";
import { loadKernels } from "../../src/wasm/load.ts";
import { check, type Workspace, workspaceOf } from "../../src/wasm/workspace.ts";
import { filled } from "../simulate/crystals.ts";

let simulator: Simulator;
let workspace: Workspace;
beforeAll(async () => {
  simulator = await createSimulator();
  workspace = workspaceOf((await loadKernels()).exports);
});

/** Salmon et al. 2011 in integers of any size: the judge. */
function philox(counter: number[], key: number[]): number[] {
  let [c0, c1, c2, c3] = counter.map(BigInt);
  let [k0, k1] = key.map(BigInt);
  const word = 0xffffffffn;
  for (let round = 0; round < 10; round++) {
    const a = c0 * 0xd2511f53n,
      b = c2 * 0xcd9e8d57n;
    [c0, c1, c2, c3] = [(b >> 32n) ^ c1 ^ k0, b & word, (a >> 32n) ^ c3 ^ k1, a & word];
    k0 = (k0 + 0x9e3779b9n) & word;
    k1 = (k1 + 0xbb67ae85n) & word;
  }
  return [c0, c1, c2, c3].map(Number);
}

/** The block that the last draw of the kernel used: it is left in the scratch. */
function blockOf(stream: number, low: number, high: number, count = 1): number[] {
  return workspace.scope(() => {
    const scratch = workspace.bytes(workspace.kernels.poissonScratch()),
      mean = workspace.put(filled(count, 1));
    check("poisson", workspace.kernels.poisson(mean, count, low, high, stream, scratch, mean));
    return Array.from(workspace.view32(scratch, 4), (word) => word >>> 0);
  });
}

describe("Philox4×32-10", () => {
  test("gives the known answers of Random123", () => {
    const zero = [0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8];
    expect(philox([0, 0, 0, 0], [0, 0])).toEqual(zero);
    expect(blockOf(0, 0, 0)).toEqual(zero);
    const all = 0xffffffff;
    expect(philox([all, all, all, all], [all, all])).toEqual([
      0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd,
    ]);
    expect(philox([0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344], [0xa4093822, 0x299f31d0])).toEqual([
      0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1,
    ]);
  });

  test("in the kernel is the same for every counter and key", () => {
    for (const [stream, low, high, count] of [
      [1, 2, 3, 1],
      [0xffffffff, 0xdeadbeef, 0x12345678, 9],
      [7, 0, 0x80000000, 1000],
    ]) {
      // Counter (attempt, point, stream, 0).
      expect(blockOf(stream, low, high, count)).toEqual(philox([0, count - 1, stream, 0], [low, high]));
    }
  });
});

describe("counts", () => {
  test.each([0.01, 0.3, 2, 12, 29.9, 30.1, 100, 3000, 1e6])(
    "of the mean %s have that mean, that variance and the Poisson skewness, within 5 standard errors",
    (mean) => {
      const draws = 200_000,
        counts = simulator.counts(filled(draws, mean), 42);
      let sum = 0;
      for (const n of counts) sum += n;
      const found = sum / draws;
      let second = 0,
        third = 0;
      for (const n of counts) {
        second += (n - mean) ** 2;
        third += (n - mean) ** 3;
      }
      expect(counts.every((n) => Number.isInteger(n) && n >= 0)).toBe(true);
      // Central moments of Poisson: μ2 = m, μ3 = m, μ4 = m + 3m², μ6 = m + 25m² + 15m³.
      expect(Math.abs(found - mean) / Math.sqrt(mean / draws)).toBeLessThan(5);
      expect(Math.abs(second / draws - mean) / Math.sqrt((mean + 2 * mean ** 2) / draws)).toBeLessThan(5);
      expect(
        Math.abs(third / draws - mean) / Math.sqrt((mean + 24 * mean ** 2 + 15 * mean ** 3) / draws),
      ).toBeLessThan(5);
    },
  );

  test.each([3, 45])("of the mean %d are distributed as Poisson says (χ² of the frequencies)", (mean) => {
    const draws = 100_000,
      most = Math.ceil(mean + 6 * Math.sqrt(mean)),
      seen = new Float64Array(most + 1);
    for (const n of simulator.counts(filled(draws, mean), 7)) seen[Math.min(n, most)]++;
    let chi2 = 0,
      bins = 0,
      p = Math.exp(-mean);
    for (let n = 0; n < most; n++) {
      const expected = draws * p;
      if (expected > 20) {
        chi2 += (seen[n] - expected) ** 2 / expected;
        bins++;
      }
      p *= mean / (n + 1);
    }
    expect(Math.abs(chi2 - bins) / Math.sqrt(2 * bins)).toBeLessThan(5);
  });

  test("are the same from the same seed, on every runtime", () => {
    const means = [0, 0.5, 5, 50, 500, 5e6];
    expect(Array.from(simulator.counts(means, 1))).toEqual([0, 0, 2, 52, 511, 5002063]);
    expect(simulator.counts(means, 1)).toEqual(simulator.counts(means, 1));
    expect(simulator.counts(means, 2)).not.toEqual(simulator.counts(means, 1));
    expect(simulator.counts(means, 2 ** 32 + 1)).not.toEqual(simulator.counts(means, 1));
  });

  test("of one point do not depend on the others", () => {
    const one = simulator.counts([3, 40, 7, 1000], 5),
      other = simulator.counts([300, 40, 0, 1000], 5);
    expect([other[1], other[3]]).toEqual([one[1], one[3]]);
  });

  test("of nothing are nothing, and nothing is drawn from what is no intensity", () => {
    expect(Array.from(simulator.counts([0, 0], 3))).toEqual([0, 0]);
    expect(simulator.counts([], 3).length).toBe(0);
    expect(() => simulator.counts([1, NaN], 3)).toThrow(NotFiniteError);
    expect(() => simulator.counts([1, -1], 3)).toThrow(/intensity\[1\] must be within/);
    for (const seed of [-1, 0.5, NaN, 2 ** 53])
      expect(() => simulator.counts([1], seed)).toThrow(InvalidParameterError);
  });
});
