/** Distances of profiles, in closed form. */
import { expect, test } from "vitest";
import { strainError } from "../../src/profile/comparison.ts";
import { profileDistance } from "../../src/profile/distance.ts";
import { filmOf, isWeightLabel, weightColumns, weightLabels } from "../../src/profile/film.ts";
import { splineProfile } from "../../src/profile/spline.ts";
import type { Profile } from "../../src/types.ts";

function uniform(thickness: number, strain: number, debyeWaller: number): Profile {
  return {
    depth: Float64Array.of(0, thickness),
    strain: Float64Array.of(strain, strain),
    debyeWaller: Float64Array.of(debyeWaller, debyeWaller),
  };
}

test("a profile is no way from itself; uniform films of one thickness are apart by their difference", () => {
  const film = uniform(100, 2, 0.4);
  expect(profileDistance(film, film)).toEqual({ strain: 0, debyeWaller: 0 });
  const apart = profileDistance(film, uniform(100, 1.5, 0.7));
  expect(apart.strain).toBeCloseTo(0.25, 12);
  expect(apart.debyeWaller).toBeCloseTo(0.3, 12);
});

test("beyond its own thickness a film is unstrained and ordered: half as thick is √½ away", () => {
  const apart = profileDistance(uniform(100, 2, 0.4), uniform(50, 2, 0.4));
  // 250 or 251 of 501 points.
  expect(apart.strain).toBeCloseTo(Math.SQRT1_2, 2);
  expect(apart.debyeWaller / apart.strain).toBeCloseTo(0.6, 12);
});

test("of splines it is that of their weights", async () => {
  const a = [0.3, 1.1, 2, 1.4, 0.2],
    b = [0.1, 0.9, 1.2, 2.4, 0.6];
  const [first, second] = await Promise.all(
    [
      [a, 80],
      [b, 120],
    ].map(([weights, thickness]) =>
      splineProfile({
        strainWeights: weights as number[],
        thickness: thickness as number,
        disorder: 0,
        points: 4001,
      }),
    ),
  );
  const sampled = profileDistance(first!, second!).strain,
    largest = Math.max(...first!.strain.map(Math.abs));
  expect(sampled / strainError(b, 120, a, 80)).toBeCloseTo(1, 3);
  expect(largest).toBeGreaterThan(1);
});

test("labels name the numbers of a film in one place", () => {
  const labels = ["fwhm", ...weightLabels("strain", 3), ...weightLabels("debyeWaller", 2), "thickness"];
  expect(labels.slice(1, 6)).toEqual(["weight1", "weight2", "weight3", "debyeWaller1", "debyeWaller2"]);
  expect(weightColumns("debyeWaller", labels)).toEqual([4, 5]);
  expect(isWeightLabel("strain", "weights")).toBe(false);
  expect(filmOf(labels, [9, 1, 2, 3, 0.4, 0.5, 70])).toEqual({
    thickness: 70,
    strainWeights: [1, 2, 3],
    debyeWallerWeights: [0.4, 0.5],
  });
  expect(filmOf(["weight1", "disorder", "thickness"], [1, 0.7, 50])).toEqual({
    thickness: 50,
    strainWeights: [1],
    disorder: 0.7,
  });
});
