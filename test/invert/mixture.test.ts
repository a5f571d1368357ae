/** Draws of a mixture of Gaussians: their moments are those of the mixture. */
import { expect, test } from "vitest";
import { drawFrom, fitMixture, inverseFactor, type Mixture } from "../../src/invert/mixture.ts";
import { normals, uniforms } from "../../src/invert/random.ts";

const DRAWS = 40_000,
  parts = [
    { weight: 0.3, mean: [1, -2], covariance: [1, 0.6, 0.6, 2] },
    { weight: 0.7, mean: [-1, 0.5], covariance: [0.5, -0.2, -0.2, 0.3] },
  ],
  mixture: Mixture = {
    dimension: 2,
    components: parts.map(({ weight, mean, covariance }) => ({
      lnWeight: Math.log(weight),
      mean: Float64Array.from(mean),
      whitening: inverseFactor(Float64Array.from(covariance), 2),
      lnHeight: 0,
    })),
  };

test("mean and covariance", () => {
  const normal = normals(3),
    uniform = uniforms(4),
    sums = [0, 0],
    products = [0, 0, 0, 0],
    x = new Float64Array(2);
  for (let n = 0; n < DRAWS; n++) {
    drawFrom(mixture, normal, uniform, x);
    for (let i = 0; i < 2; i++) {
      sums[i]! += x[i]! / DRAWS;
      for (let k = 0; k < 2; k++) products[2 * i + k]! += (x[i]! * x[k]!) / DRAWS;
    }
  }
  for (let i = 0; i < 2; i++) {
    const mean = parts.reduce((sum, part) => sum + part.weight * part.mean[i]!, 0);
    // Five standard errors of values with a variance below 3.
    expect(Math.abs(sums[i]! - mean)).toBeLessThan(5 * Math.sqrt(3 / DRAWS));
    for (let k = 0; k < 2; k++) {
      const product = parts.reduce(
        (sum, part) => sum + part.weight * (part.covariance[2 * i + k]! + part.mean[i]! * part.mean[k]!),
        0,
      );
      expect(Math.abs(products[2 * i + k]! - product)).toBeLessThan(5 * Math.sqrt(60 / DRAWS));
    }
  }
});

test("a component that too few draws are of leaves no share behind", () => {
  // Two far draws are too few for a component of their own.
  const normal = normals(9),
    draws = Float64Array.from({ length: 102 }, (_, i) => (i < 100 ? 1000 * normal() : 1e6 + i)),
    { components } = fitMixture(draws, 1, 2, 1e-3);
  expect(components).toHaveLength(1);
  // All draws are of the one that is left.
  const mean = draws.reduce((a, b) => a + b, 0) / draws.length;
  expect(components[0]!.mean[0]! / mean).toBeCloseTo(1, 6);
});
