/** The posterior after the network: its mixture against known Gaussians, its residuals against the Poisson likelihood, its
 *  answers against samples whose truth is known. */
import { expect, test } from "vitest";
import { createGenerator } from "../../src/dataset/generator.ts";
import { componentAt, fitMixture, lnDensity } from "../../src/invert/mixture.ts";
import { normals, uniforms } from "../../src/invert/random.ts";
import { createRefiner } from "../../src/judge/refine.ts";
import { strainAt, strainError } from "../../src/profile/comparison.ts";

test("uniform numbers have mean 1/2 and variance 1/12, normal ones 0 and 1, and a seed repeats them", () => {
  const n = 20_000;
  for (const [make, mean, variance] of [
    [uniforms, 0.5, 1 / 12],
    [normals, 0, 1],
  ] as const) {
    const next = make(3),
      again = make(3),
      values = Array.from({ length: n }, () => next());
    expect(values.slice(0, 50)).toEqual(Array.from({ length: 50 }, () => again()));
    const average = values.reduce((a, b) => a + b, 0) / n,
      spread = values.reduce((a, b) => a + (b - average) ** 2, 0) / n;
    expect(Math.abs(average - mean)).toBeLessThan(4 * Math.sqrt(variance / n));
    expect(Math.abs(spread / variance - 1)).toBeLessThan(0.05);
  }
});

test("a mixture finds two Gaussians again: means, covariance, weights; its density integrates to one", () => {
  const normal = normals(5),
    next = uniforms(6),
    count = 4000,
    draws = new Float64Array(2 * count);
  for (let i = 0; i < count; i++) {
    const [a, b] = [normal(), normal()],
      left = next() < 0.3;
    draws.set(left ? [-4 + a, 0.5 * b] : [3 + 0.5 * a, 2 + 0.3 * a + 0.4 * b], 2 * i);
  }
  const mixture = fitMixture(draws, 2, 2, 1e-9),
    right = componentAt(mixture, Float64Array.of(3, 2)),
    left = componentAt(mixture, Float64Array.of(-4, 0));
  expect(Math.exp(left.lnWeight)).toBeCloseTo(0.3, 1);
  for (const [component, mean] of [
    [right, [3, 2]],
    [left, [-4, 0]],
  ] as const)
    mean.forEach((m, k) => expect(Math.abs(component.mean[k] - m)).toBeLessThan(0.1));
  // W = L⁻¹: the covariance of the right one is [[0.25, 0.15], [0.15, 0.25]].
  expect(1 / right.whitening[0] ** 2).toBeCloseTo(0.25, 1);
  let integral = 0;
  for (let x = -10; x < 8; x += 0.05)
    for (let y = -6; y < 8; y += 0.05)
      integral += Math.exp(lnDensity(mixture, Float64Array.of(x, y))) * 0.05 ** 2;
  expect(Math.abs(integral - 1)).toBeLessThan(1e-3);
});

test("from a start that is 6 % off, scans with much contrast are determined, and right; the same call gives the same answer", async () => {
  const generator = await createGenerator("cnn3"),
    refiner = await createRefiner(generator.preset, "poisson"),
    width = generator.labelNames.length;
  let determined = 0,
    right = 0,
    inside = 0,
    depths = 0;
  for (let index = 0; index < 8; index++) {
    const { labels } = generator.generate(77, index, 1),
      truth = labels.slice(0, width),
      scan = generator.scan(77, index);
    const start = truth.map((value, k) => (k === 11 ? 1.03 * value : k < 10 ? 0.97 * value : value));
    const { labels: found, verdict, band, alternatives } = refiner.refine(scan, start);
    if (index === 0) expect(refiner.refine(scan, start).labels).toEqual(found);
    expect(alternatives.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(1, 9);
    band.depth.forEach((depth, k) => {
      const strain = strainAt(truth.subarray(0, 10), 1 - depth / truth[11]);
      depths++;
      inside += band.lower[k] <= strain && strain <= band.upper[k] ? 1 : 0;
    });
    if (verdict !== "determined") continue;
    determined++;
    right += strainError(found.subarray(0, 10), found[11], truth.subarray(0, 10), truth[11]) < 0.1 ? 1 : 0;
  }
  expect(inside / depths).toBeGreaterThan(0.8);
  expect(determined).toBeGreaterThanOrEqual(4);
  expect(right).toBeGreaterThanOrEqual(determined - 1);
}, 120_000);

test("presets of other protocols are refused by name", async () => {
  const { preset } = await createGenerator("measured");
  await expect(createRefiner(preset, "poisson")).rejects.toThrow(/preset.*protocol "paper"/);
});
