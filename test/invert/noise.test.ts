/** What is known of counts: their deviance's excess, and the relative error beside the counting. */
import { expect, test } from "vitest";
import { relativeErrorOf } from "../../src/invert/errorModel.ts";
import { excessOf } from "../../src/invert/excess.ts";
import { deviance } from "../../src/invert/objective.ts";
import { normals } from "../../src/invert/random.ts";
import { createSimulator } from "../../src/simulate/simulator.ts";

const simulator = await createSimulator(),
  POINTS = 400;
/** Means over six decades, as a scan has them. */
const mean = Float64Array.from({ length: POINTS }, (_, j) => 0.3 * 10 ** (5 * Math.abs(Math.sin(j / 40))));

test("the excess of Poisson counts is a standard normal deviate", () => {
  const errors = new Float64Array(POINTS),
    draws = Array.from({ length: 300 }, (_, seed) => {
      const counts = simulator.counts(mean, seed);
      return excessOf(counts, mean, 0, deviance(counts, mean, errors));
    }),
    average = draws.reduce((a, b) => a + b, 0) / draws.length,
    variance = draws.reduce((a, b) => a + (b - average) ** 2, 0) / draws.length;
  expect(Math.abs(average)).toBeLessThan(4 / Math.sqrt(draws.length));
  expect(Math.abs(variance - 1)).toBeLessThan(0.35);
});

test("a curve 10 % off lies many standard deviations above", () => {
  const counts = simulator.counts(mean, 1),
    off = mean.map((m) => 1.1 * m),
    errors = new Float64Array(POINTS);
  expect(excessOf(counts, off, 0, deviance(counts, off, errors))).toBeGreaterThan(50);
});

test.each([0, 0.012, 0.04, 0.09])("a relative error of %f beside the counting is found", (error) => {
  const normal = normals(3),
    found = Array.from({ length: 5 }, (_, seed) => {
      const counts = simulator.counts(
        mean.map((m) => m * Math.max(1 + error * normal(), 0)),
        seed,
      );
      return relativeErrorOf(counts, mean, 0.003).value;
    });
  for (const value of found)
    if (error === 0) expect(value).toBeLessThanOrEqual(0.005);
    else expect(Math.abs(Math.log(value / error))).toBeLessThan(0.5);
});
