/** The files for RaDMaX, read back as RaDMaX reads them, give the profile that was written. */
import { expect, test } from "vitest";
import { InvalidParameterError } from "../../src/errors.ts";
import { radmaxCoefficients } from "../../src/io/radmax.ts";
import { splineProfile } from "../../src/profile/spline.ts";
import type { Solution } from "../../src/types.ts";

const STRAIN = [0.13697822, 0.51688907, 0.59764579, 0.54871636, 0.57354955, -0.82196305];
const DEBYE_WALLER = [1, 0.65763201, 0.83134674, 0.72412695, 0.87330821, 1 / 3];

function solution(thickness = 199.8): Solution {
  const names = [
    ...STRAIN.map((_, i) => `strainWeight${i + 1}`),
    ...DEBYE_WALLER.map((_, i) => `debyeWallerWeight${i + 1}`),
  ];
  return {
    parameters: {
      names: ["lnThickness", ...names, "offset"],
      values: Float64Array.of(Math.log(thickness), ...STRAIN, ...DEBYE_WALLER, 0),
    },
    thickness,
  } as unknown as Solution;
}

/** numpy.loadtxt: what follows # is a comment, empty lines are none. */
const loadtxt = (text: string) =>
  text
    .split("\n")
    .map((line) => line.replace(/#.*/, "").trim())
    .filter((line) => line !== "")
    .map(Number);

/** The cubic B-spline on [0, 4] by the recursion of Cox and de Boor, and a sum of them, i − 3 apart, over the layer. */
function basis(z: number, order = 3): number {
  if (order === 0) return z >= 0 && z < 1 ? 1 : 0;
  return (z * basis(z, order - 1) + (order + 1 - z) * basis(z - 1, order - 1)) / order;
}
const spline = (height: number, weights: readonly number[]) =>
  weights.reduce((sum, weight, i) => sum + weight * basis(height * (weights.length - 3) - i + 3), 0);

test("weights come back bit for bit, and the profile with them", async () => {
  const { strain, debyeWaller } = radmaxCoefficients(solution());
  const weights = { strain: loadtxt(strain), debyeWaller: loadtxt(debyeWaller) };
  expect(weights).toEqual({ strain: STRAIN, debyeWaller: DEBYE_WALLER });
  const depthInFile = Number(/damaged_depth = (\S+)/.exec(strain)![1]);
  expect(depthInFile).toBe(1998);
  const profile = await splineProfile({
    thickness: depthInFile / 10,
    strainWeights: STRAIN,
    debyeWallerWeights: DEBYE_WALLER,
    points: 101,
  });
  profile.depth.forEach((depth, i) => {
    const height = 1 - depth / 199.8;
    if (height >= 1) return;
    expect(spline(height, [0, 0, 0, ...weights.strain])).toBeCloseTo(profile.strain[i]!, 12);
    expect(spline(height, [1, 1, 1, ...weights.debyeWaller])).toBeCloseTo(profile.debyeWaller[i]!, 12);
  });
});

test("at the interface strain and disorder leave nothing behind", () => {
  expect(spline(0, [0, 0, 0, ...STRAIN])).toBe(0);
  expect(spline(0, [1, 1, 1, ...DEBYE_WALLER])).toBeCloseTo(1, 15);
});

test("a solution without splines has no such files", () => {
  const none = {
    ...solution(),
    parameters: { names: [], values: new Float64Array(0), covariance: new Float64Array(0) },
  };
  expect(() => radmaxCoefficients(none)).toThrow(InvalidParameterError);
});
