/** What dynamical theory says without any reference values: limits, symmetries, conservation. */
import { beforeAll, describe, expect, test } from "vitest";
import {
  createSimulator,
  type PhysicsOptions,
  type Simulator,
  type EqualSlices,
} from "../../src/simulate/simulator.ts";
import type { Reflection } from "../../src/types.ts";
import { DEGREES } from "../../src/units.ts";
import {
  braggAngle,
  decades,
  filled,
  gammaOf,
  random,
  relativeDifference,
  scan,
  scattering,
  SILICON_224,
  withFactors,
  ZIRCONIA,
} from "./crystals.ts";

let simulator: Simulator;
beforeAll(async () => {
  simulator = await createSimulator();
});

const JUDGE = { kernel: "f64" } as const;
const uniform = (count: number, strain: number, debyeWaller: number, thickness: number): EqualSlices => ({
  strain: filled(count, strain),
  debyeWaller: filled(count, debyeWaller),
  thickness,
});
const film = (
  stack: EqualSlices,
  reflection: Reflection,
  twoTheta: ArrayLike<number>,
  options: PhysicsOptions = {},
): Float64Array =>
  simulator.reflectivity(stack, reflection, twoTheta, {
    sample: { geometry: "thin film" },
    ...JUDGE,
    ...options,
  });

/** A stack of random strain and disorder, interface first. */
function randomStack(seed: number, count: number, thickness: number): EqualSlices {
  const next = random(seed);
  return {
    strain: Float64Array.from({ length: count }, () => 3 * next() - 1),
    debyeWaller: Float64Array.from({ length: count }, () => next()),
    thickness,
  };
}

describe("a crystal without strain", () => {
  const twoTheta = scan(ZIRCONIA, 0.01, 0.01, 401);

  test("cut into 500 slices diffracts as if it were whole", () => {
    const whole = simulator.reflectivity(uniform(1, 0, 1, 1e-6), ZIRCONIA, twoTheta, JUDGE);
    for (const deviation of ["exact", "linear"] as const) {
      const bulk =
        deviation === "exact"
          ? whole
          : simulator.reflectivity(uniform(1, 0, 1, 1e-6), ZIRCONIA, twoTheta, { ...JUDGE, deviation });
      expect(
        relativeDifference(
          simulator.reflectivity(uniform(500, 0, 1, 300), ZIRCONIA, twoTheta, { ...JUDGE, deviation }),
          bulk,
        ),
      ).toBeLessThan(1e-9);
    }
    expect(decades(simulator.reflectivity(uniform(500, 0, 1, 300), ZIRCONIA, twoTheta), whole)).toBeLessThan(
      1e-7,
    );
  });

  test("as a slab thicker than the rays reach is the semi-infinite crystal", () => {
    const bulk = simulator.reflectivity(uniform(1, 0, 1, 1), ZIRCONIA, twoTheta, JUDGE);
    const slab = (filmThickness: number): Float64Array =>
      simulator.reflectivity(uniform(1, 0, 1, 1), ZIRCONIA, twoTheta, {
        ...JUDGE,
        sample: { geometry: "thick film", filmThickness },
      });
    expect(relativeDifference(slab(100_000), bulk)).toBeLessThan(1e-2);
    expect(relativeDifference(slab(400_000), bulk)).toBeLessThan(1e-9);
    expect(relativeDifference(slab(1000), bulk)).toBeGreaterThan(0.1);
  });

  test("and without absorption reflects everything for |η| < 1 and half at |η| = 3/(2√2)", () => {
    const clear = withFactors(ZIRCONIA, [223.6, 0], [120.3, 0]);
    const bragg = braggAngle(clear),
      gamma = gammaOf(clear);
    const deviations = [-3 / (2 * Math.SQRT2), -0.99, -0.5, 0, 0.7, 0.99, 3 / (2 * Math.SQRT2)];
    const expected = [0.5, 1, 1, 1, 1, 1, 0.5];
    const linear = deviations.map((eta) => bragg + (gamma * (223.6 + eta * 120.3)) / Math.sin(2 * bragg));
    // Exact: 2 sin²θ − 2 sin θ_B sin θ = Γ(F_0 + ηF_H).
    const sine = Math.sin(bragg);
    const exact = deviations.map((eta) =>
      Math.asin(0.5 * (sine + Math.sqrt(sine ** 2 + 2 * gamma * (223.6 + eta * 120.3)))),
    );
    for (const [deviation, theta] of [
      ["linear", linear],
      ["exact", exact],
    ] as const) {
      const found = simulator.reflectivity(
        uniform(1, 0, 1, 1),
        clear,
        theta.map((t) => 2 * t * DEGREES),
        { ...JUDGE, deviation },
      );
      found.forEach((r, i) => expect(r, `${deviation}, η = ${deviations[i]}`).toBeCloseTo(expected[i], 8));
    }
  });
});

describe("a uniform film", () => {
  test("has fringes λ/(2 t cos θ) apart", () => {
    const thickness = 100;
    const twoTheta = scan(ZIRCONIA, 0.012, 0.012, 20_001);
    const r = film(uniform(1, 0, 1, thickness), ZIRCONIA, twoTheta);
    const minima: number[] = [];
    for (let i = 1; i < r.length - 1; i++)
      if (r[i] < r[i - 1] && r[i] <= r[i + 1]) minima.push(twoTheta[i] / 2 / DEGREES);
    expect(minima.length).toBeGreaterThan(15);
    for (let i = 1; i < minima.length; i++) {
      const middle = 0.5 * (minima[i] + minima[i - 1]),
        spacing = minima[i] - minima[i - 1];
      const expected = ZIRCONIA.wavelength / (2 * thickness * 10 * Math.cos(middle));
      // The main maximum is two fringes wide.
      const fringes = Math.abs(middle - braggAngle(ZIRCONIA)) < 0.7 * expected ? 2 : 1;
      expect(spacing / (fringes * expected)).toBeGreaterThan(0.97);
      expect(spacing / (fringes * expected)).toBeLessThan(1.03);
    }
  });

  test("thin and weak reflects |K sin A/A|², the kinematic limit", () => {
    const weak = scattering(ZIRCONIA, 1e-3, false);
    const twoTheta = scan(ZIRCONIA, 0.01, 0.013, 200);
    const thickness = 600; // Å
    const r = film(uniform(40, 0.4, 1, thickness / 10), weak, twoTheta);
    twoTheta.forEach((angle, i) => {
      const sine = Math.sin(angle / 2 / DEGREES);
      const A = 0.5 * thickness * ((4 * Math.PI * sine) / weak.wavelength - (2 * Math.PI) / (weak.d * 1.004));
      const K =
        (Math.PI * gammaOf(weak) * Math.hypot(...weak.structureFactor.h) * thickness) /
        (weak.wavelength * sine);
      expect(Math.abs(r[i] - ((K * Math.sin(A)) / A) ** 2)).toBeLessThan(1e-5 * K ** 2);
    });
  });

  test.each([
    [2, 1.99, 2.05],
    [5, 4.99, 5.33],
    [8, 7.99, 8.89],
  ])("strained by %s % peaks at Δd/d = %s % (exact) and %s % (linear)", (strain, exact, linear) => {
    const bragg = braggAngle(ZIRCONIA);
    const twoTheta = scan(ZIRCONIA, 0.1, 0, 8001);
    for (const [deviation, expected] of [
      ["exact", exact],
      ["linear", linear],
    ] as const) {
      const r = film(uniform(10, strain, 1, 100), ZIRCONIA, twoTheta, { deviation });
      const peak = twoTheta[r.indexOf(Math.max(...r))] / 2 / DEGREES;
      expect(Math.abs(100 * (Math.sin(bragg) / Math.sin(peak) - 1) - expected)).toBeLessThan(0.01);
    }
  });

  test("without refraction peaks at the Bragg angle of d(1 + e)", () => {
    const reflection = scattering(ZIRCONIA, 0.01, false);
    const twoTheta = scan(ZIRCONIA, 0.05, -0.03, 8001);
    const r = film(uniform(10, 5, 1, 100), reflection, twoTheta);
    const peak = twoTheta[r.indexOf(Math.max(...r))] / 2 / DEGREES;
    expect(Math.abs(peak - Math.asin(ZIRCONIA.wavelength / (2 * ZIRCONIA.d * 1.05)))).toBeLessThan(1e-5);
  });

  test("as thick as a thick film's strained region is that thick film", () => {
    const twoTheta = scan(ZIRCONIA, 0.03, 0.01, 200);
    const stack = randomStack(1, 80, 150);
    const thick = simulator.reflectivity(stack, ZIRCONIA, twoTheta, {
      ...JUDGE,
      sample: { geometry: "thick film", filmThickness: 150 },
    });
    expect(relativeDifference(film(stack, ZIRCONIA, twoTheta), thick)).toBeLessThan(1e-12);
  });
});

describe("any stack", () => {
  const twoTheta = scan(ZIRCONIA, 0.04, 0.02, 300);
  const samples = [
    { geometry: "single crystal" },
    { geometry: "thin film" },
    { geometry: "thick film", filmThickness: 900 },
    { geometry: "thick film on substrate", filmThickness: 900, substrate: SILICON_224 },
  ] as const;

  test("returns no more than it is given", () => {
    for (const sample of samples) {
      for (const reflection of [
        ZIRCONIA,
        withFactors(ZIRCONIA, [223.6, 0], [120.3, 0]),
        scattering(ZIRCONIA, 10),
      ]) {
        const r = simulator.reflectivity(randomStack(2, 60, 200), reflection, twoTheta, {
          ...JUDGE,
          sample: { ...sample, ...("substrate" in sample && { substrate: { ...ZIRCONIA, d: 1.3 } }) },
        });
        expect(Math.max(...r)).toBeLessThanOrEqual(1 + 1e-12);
        expect(Math.min(...r)).toBeGreaterThanOrEqual(0);
      }
    }
  });

  test("with each slice cut in two is the same stack", () => {
    const stack = randomStack(3, 60, 200);
    const halves = {
      ...stack,
      strain: Array.from(stack.strain).flatMap((e) => [e, e]),
      debyeWaller: Array.from(stack.debyeWaller).flatMap((w) => [w, w]),
    };
    for (const reflection of [ZIRCONIA, { ...ZIRCONIA, asymmetry: 10 }]) {
      for (const deviation of ["exact", "linear"] as const) {
        for (const [kernel, tolerance] of [
          ["f64", 1e-9],
          ["simd", 2e-7],
        ] as const) {
          const [one, two] = [stack, halves].map((s) =>
            simulator.reflectivity(s, reflection, twoTheta, { deviation, kernel }),
          );
          expect(decades(one, two)).toBeLessThan(tolerance);
        }
      }
    }
  });

  test("and its mirror crystal in q: equal t·Q_B, strain, disorder, κ_0 and κ_H give one curve", () => {
    const stack = randomStack(4, 60, 200);
    const other: Reflection = { ...ZIRCONIA, d: 3.1, cellVolume: 50, wavelength: 1.1 };
    const factor = (other.cellVolume / ZIRCONIA.cellVolume) * (ZIRCONIA.d / other.d) ** 2;
    const scaled = scattering(other, factor);
    const q = Float64Array.from({ length: 300 }, (_, i) => 0.96 + (0.05 * i) / 299);
    const at = (reflection: Reflection): Float64Array =>
      q.map((x) => 2 * DEGREES * Math.asin(x * Math.sin(braggAngle(reflection))));
    const one = simulator.reflectivity(stack, ZIRCONIA, at(ZIRCONIA), JUDGE);
    const two = simulator.reflectivity(
      { ...stack, thickness: (stack.thickness * other.d) / ZIRCONIA.d },
      scaled,
      at(scaled),
      JUDGE,
    );
    expect(decades(one, two)).toBeLessThan(1e-9);
  });

  test("at an asymmetric reflection has linear and exact deviation meet where angles and strains are small", () => {
    for (const asymmetry of [35.26, -35.26]) {
      const reflection = { ...SILICON_224, asymmetry };
      const near = scan(reflection, 2e-4, 2e-4, 101);
      const bragg = braggAngle(reflection),
        tilt = asymmetry / DEGREES;
      // Linear: Δθ = −e tan θ_B whatever the surface. Exact: strain along the normal alone, Δθ = −e cos φ sin(θ_B + φ)/cos θ_B.
      const alongNormal = (Math.cos(tilt) * Math.sin(bragg + tilt)) / Math.sin(bragg);
      const exact = simulator.reflectivity(uniform(50, 0.01, 0.8, 300), reflection, near, JUDGE);
      const linear = simulator.reflectivity(uniform(50, 0.01 * alongNormal, 0.8, 300), reflection, near, {
        ...JUDGE,
        deviation: "linear",
      });
      expect(decades(linear, exact)).toBeLessThan(0.03);
    }
  });
});
