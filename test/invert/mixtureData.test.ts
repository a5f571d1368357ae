/** Mixtures as text: what is read is what was written, to half precision, and so is the density. */
import { expect, test } from "vitest";
import { fitMixture, lnDensity } from "../../src/invert/mixture.ts";
import { decodeMixture, encodeMixture } from "../../src/invert/mixtureData.ts";
import { populationFor } from "../../src/invert/populations.ts";
import { normals } from "../../src/invert/random.ts";

test("weights, means and whitening come back to 2⁻¹¹, the density to their errors", () => {
  const normal = normals(2),
    draws = Float64Array.from(
      { length: 3 * 900 },
      (_, i) => (i % 3) * 0.3 + (0.2 + 0.1 * (i % 2)) * normal(),
    ),
    mixture = fitMixture(draws, 3, 3, 1e-4),
    again = decodeMixture(encodeMixture(mixture));
  expect(again.dimension).toBe(3);
  again.components.forEach(({ lnWeight, mean, whitening }, k) => {
    const own = mixture.components[k]!;
    const near = (a: number, b: number): void =>
      expect(Math.abs(a - b)).toBeLessThanOrEqual(2 ** -11 * Math.max(Math.abs(b), 2 ** -13));
    near(lnWeight, own.lnWeight);
    mean.forEach((m, i) => near(m, own.mean[i]!));
    for (let i = 0; i < 3; i++)
      for (let j = 0; j <= i; j++) near(whitening[3 * i + j]!, own.whitening[3 * i + j]!);
  });
  for (let i = 0; i < 50; i++) {
    const x = draws.slice(3 * i, 3 * i + 3);
    expect(Math.abs(lnDensity(again, x) - lnDensity(mixture, x))).toBeLessThan(0.03);
  }
  // A second time nothing is lost.
  expect(encodeMixture(again)).toBe(encodeMixture(mixture));
});

test.each(["cnn1", "measured", "universal"])(
  "the shipped films of %s are a density of ten weights",
  async (name) => {
    const { mixture, kind } = await populationFor(name, { d: 1.3 });
    expect(mixture.dimension).toBe(kind === "tied" ? 10 : 20);
    expect(mixture.components.reduce((sum, { lnWeight }) => sum + Math.exp(lnWeight), 0)).toBeCloseTo(1, 2);
  },
);
