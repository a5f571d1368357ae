/** What a scan's grid must not decide: the level of the film against a substrate peak narrower than any step. */
import { beforeAll, describe, expect, test } from "vitest";
import { splineProfile } from "../../src/profile/spline.ts";
import { createSimulator, type Simulator } from "../../src/simulate/simulator.ts";
import type { Instrument, Profile, Resolution, Sample } from "../../src/types.ts";
import { braggAngle, decades, relativeDifference, scan, ZIRCONIA } from "./crystals.ts";

let simulator: Simulator;
let profile: Profile;
beforeAll(async () => {
  simulator = await createSimulator();
  profile = await splineProfile({
    thickness: 300,
    strainWeights: [0.1, 0.4, 0.9, 1.4, 1.5, 1.2, 0.8, 0.5, 0.3, 0.2],
    disorder: 0.9,
  });
});

const STEP = 0.01; // degrees 2θ
const COUNT = 301;
/** Points at each end to which tails reach from beyond the range that R is computed on (power laws never end). */
const EDGE = 40;
const RESOLUTIONS: Resolution[] = [
  { shape: "gaussian", fwhm: 0.03 },
  { shape: "gaussian", fwhm: 0.004 },
  { shape: "lorentzian", fwhm: 0.01 },
  {
    shape: "split-pseudo-voigt",
    fwhmLow: 0.02,
    fwhmHigh: 0.03,
    lorentzFractionLow: 0.4,
    lorentzFractionHigh: 0.1,
  },
  { shape: "generalised-bell", fwhm: 0.02, exponent: 1.5 },
];
const SAMPLES: Sample[] = [
  {},
  { geometry: "thin film" },
  { geometry: "thick film", filmThickness: 1000 },
  { geometry: "thick film on substrate", filmThickness: 500, substrate: { ...ZIRCONIA, d: 1.28 } },
];

/** Even grid whose points lie `shift` steps off those of shift 0. */
function gridOf(shift: number, count = COUNT, step = STEP): Float64Array {
  const first = scan(ZIRCONIA, 0, 0, 2)[0] - 2.2;
  return Float64Array.from({ length: count }, (_, i) => first + (i + shift) * step);
}

describe.each(SAMPLES)("a scan of %o", (sample) => {
  test.each(RESOLUTIONS)("through %o samples one curve, wherever its grid falls", (resolution) => {
    const instrument: Instrument = { resolution };
    // The densest grid holds the points of all the others.
    const parts = 10;
    const dense = simulator.simulate(profile, ZIRCONIA, gridOf(0, COUNT * parts, STEP / parts), {
      sample,
      instrument,
    }).intensity;
    for (const k of [0, 3, 8]) {
      const found = simulator.simulate(profile, ZIRCONIA, gridOf(k / parts), {
        sample,
        instrument,
      }).intensity;
      const expected = found.map((_, i) => dense[i * parts + k]);
      const inner = [found, expected].map((values) => values.subarray(EDGE, COUNT - EDGE));
      expect(relativeDifference(inner[0], inner[1]), `shifted by ${k}/${parts} of a step`).toBeLessThan(1e-3);
      expect(
        relativeDifference(found, expected),
        `shifted by ${k}/${parts} of a step, to the ends`,
      ).toBeLessThan(resolution.shape === "gaussian" ? 1.5e-3 : 6e-3);
    }
  });
});

describe("the curve through an instrument", () => {
  const instrument: Instrument = { resolution: { shape: "gaussian", fwhm: 0.02 } };

  test("has the same values on few angles as on many, and on one alone", () => {
    const whole = simulator.simulate(profile, ZIRCONIA, gridOf(0), { instrument }).intensity;
    const coarse = simulator.simulate(profile, ZIRCONIA, gridOf(0, 31, 10 * STEP), { instrument }).intensity;
    expect(
      relativeDifference(
        coarse,
        coarse.map((_, i) => whole[10 * i]),
      ),
    ).toBeLessThan(1e-3);
    const peak = (2 * braggAngle(ZIRCONIA) * 180) / Math.PI + 0.01;
    const [alone, among] = [[peak], [peak - 1, peak, peak + 0.3]].map((twoTheta) =>
      simulator.simulate(profile, ZIRCONIA, twoTheta, { instrument }),
    );
    expect(alone.intensity.length).toBe(1);
    expect(alone.reflectivity[0]).toBeCloseTo(among.reflectivity[1], 6);
  });

  test("is 1 at its maximum wherever the grid falls, and never more than that", () => {
    for (const shift of [0, 0.25, 0.5, 0.77]) {
      const fine = simulator.simulate(profile, ZIRCONIA, gridOf(shift, 2000, STEP / 6), {
        instrument,
      }).intensity;
      expect(Math.max(...fine)).toBeGreaterThan(0.995);
      expect(Math.max(...fine)).toBeLessThan(1 + 1e-6);
    }
  });

  test("of an ideal instrument is the reflectivity over its maximum", () => {
    const { intensity, reflectivity } = simulator.simulate(profile, ZIRCONIA, gridOf(0));
    const ratio = intensity[0] / reflectivity[0];
    expect(
      relativeDifference(
        intensity,
        reflectivity.map((r) => r * ratio),
      ),
    ).toBeLessThan(1e-12);
    expect(1 / ratio).toBeGreaterThan(0.5);
    expect(1 / ratio).toBeLessThan(1);
  });

  test("approaches the ideal one as the instrument sharpens", () => {
    const sharp = simulator.simulate(profile, ZIRCONIA, gridOf(0), {
      instrument: { resolution: { shape: "gaussian", fwhm: 1e-5 } },
    }).intensity;
    const ideal = simulator.simulate(profile, ZIRCONIA, gridOf(0)).intensity;
    const bright = [...ideal.keys()].filter((i) => ideal[i] > 1e-6);
    expect(
      decades(
        bright.map((i) => sharp[i]),
        bright.map((i) => ideal[i]),
      ),
    ).toBeLessThan(0.01);
  });
});
