/** Polarisation, lines of the source, disorder: how waves add up. */
import { beforeAll, expect, test } from "vitest";
import { createSimulator, type Simulator } from "../../src/simulate/simulator.ts";
import { tiedDebyeWaller } from "../../src/profile/disorder.ts";
import { braggAngle, filled, relativeDifference, scan, scattering, ZIRCONIA } from "./crystals.ts";

let simulator: Simulator;
beforeAll(async () => {
  simulator = await createSimulator();
});

const twoTheta = scan(ZIRCONIA, 0.03, 0.01, 200);
const stack = { strain: filled(50, 0.7), debyeWaller: filled(50, 0.8), thickness: 100 };
const depth = Float64Array.of(0, 100);
const profile = { depth, strain: Float64Array.of(0.7, 0.2), debyeWaller: Float64Array.of(0.8, 1) };

test("a weak film's reflectivity goes as the square of its Debye–Waller factor", () => {
  const weak = scattering(ZIRCONIA, 1e-3);
  const at = (w: number): Float64Array =>
    simulator.reflectivity({ ...stack, debyeWaller: filled(50, w) }, weak, twoTheta, {
      kernel: "f64",
      sample: { geometry: "thin film" },
    });
  expect(
    relativeDifference(
      at(0.3),
      at(1).map((r) => 0.09 * r),
    ),
  ).toBeLessThan(1e-4);
  expect(Math.max(...at(0))).toBe(0);
});

test("a weak film reflects π by cos²2θ_B less than σ", () => {
  const weak = scattering(ZIRCONIA, 1e-3);
  const [sigma, pi] = (["sigma", "pi"] as const).map((polarisation) =>
    simulator.reflectivity(stack, weak, twoTheta, {
      kernel: "f64",
      polarisation,
      sample: { geometry: "thin film" },
    }),
  );
  expect(
    relativeDifference(
      pi,
      sigma.map((r) => r * Math.cos(2 * braggAngle(weak)) ** 2),
    ),
  ).toBeLessThan(1e-4);
});

test("unpolarised light is the mean of σ and π; a monochromator weakens π by cos²2θ_M", () => {
  const [sigma, pi, mean] = (["sigma", "pi", "unpolarised"] as const).map((polarisation) =>
    simulator.reflectivity(stack, ZIRCONIA, twoTheta, { polarisation }),
  );
  expect(
    relativeDifference(
      mean,
      sigma.map((r, i) => 0.5 * (r + pi[i])),
    ),
  ).toBeLessThan(1e-12);
  const weight = Math.cos((27.3 * Math.PI) / 180) ** 2;
  const filtered = simulator.reflectivity(stack, ZIRCONIA, twoTheta, {
    polarisation: "unpolarised",
    monochromator: 27.3,
  });
  expect(
    relativeDifference(
      filtered,
      sigma.map((r, i) => (r + weight * pi[i]) / (1 + weight)),
    ),
  ).toBeLessThan(1e-12);
});

test("two lines give the sum of their curves, by weight", () => {
  const lines = [
    { wavelength: 1.540598, weight: 2 },
    { wavelength: 1.544426, weight: 1 },
  ];
  const both = simulator.simulate(profile, ZIRCONIA, twoTheta, { instrument: { lines } }).reflectivity;
  const [first, second] = lines.map(
    (line) =>
      simulator.simulate(profile, { ...ZIRCONIA, wavelength: line.wavelength }, twoTheta).reflectivity,
  );
  expect(
    relativeDifference(
      both,
      first.map((r, i) => (2 * r + second[i]) / 3),
    ),
  ).toBeLessThan(1e-12);
});

test("an asymmetry of 0 is none", () => {
  for (const deviation of ["exact", "linear"] as const) {
    const [without, zero] = [ZIRCONIA, { ...ZIRCONIA, asymmetry: 0 }].map((reflection) =>
      simulator.reflectivity(stack, reflection, twoTheta, { deviation }),
    );
    expect(zero).toEqual(without);
  }
});

test("offset moves the scale of angles, scale and background the intensities", () => {
  const instrument = { resolution: { shape: "gaussian", fwhm: 0.02 } } as const;
  const plain = simulator.simulate(profile, ZIRCONIA, twoTheta, { instrument });
  const moved = simulator.simulate(
    profile,
    ZIRCONIA,
    twoTheta.map((t) => t + 0.013),
    { instrument: { ...instrument, offset: 0.013, scale: 1000, background: 2, backgroundSlope: 0.1 } },
  );
  const middle = 0.5 * (twoTheta[0] + twoTheta[twoTheta.length - 1]);
  const expected = plain.intensity.map((r, i) => 1000 * r + 2 + 0.1 * (twoTheta[i] - middle));
  expect(relativeDifference(moved.intensity, expected)).toBeLessThan(1e-6);
});

test("disorder tied to strain is exp(−α(e/e_max)²), and 1 where there is no strain", () => {
  expect(Array.from(tiedDebyeWaller([0, -2, 1], 0.8))).toEqual([1, Math.exp(-0.8), Math.exp(-0.2)]);
  expect(Array.from(tiedDebyeWaller([0, 0], 5))).toEqual([1, 1]);
});
