/** Stacks of several crystals: limits, symmetries, and what the simulator of one crystal says of the same sample. */
import { beforeAll, describe, expect, test } from "vitest";
import { InvalidParameterError } from "../../src/errors.ts";
import { validateProfile } from "../../src/profile/sampled.ts";
import { stackProfile, strainAgainst, strainOn } from "../../src/profile/stack.ts";
import { createSimulator, type Simulator } from "../../src/simulate/simulator.ts";
import type { Deviation, Layer, Reflection, Stack } from "../../src/types.ts";
import { DEGREES } from "../../src/units.ts";
import { braggAngle, decades, filled, relativeDifference, scan, SILICON_224, ZIRCONIA } from "./crystals.ts";
import { ALUMINIUM_ARSENIDE, GALLIUM_ARSENIDE, INDIUM_ARSENIDE, inclined, randomStack } from "./layers.ts";

let simulator: Simulator;
beforeAll(async () => {
  simulator = await createSimulator();
});

const TWO_THETA = scan(GALLIUM_ARSENIDE, 0.03, 0.012, 801);
const curve = (stack: Stack, twoTheta = TWO_THETA, deviation: Deviation = "exact"): Float64Array =>
  simulator.simulateStack(stack, twoTheta, { deviation, kernel: "f64" }).reflectivity;
const on = (substrate: Reflection, ...layers: Layer[]): Stack => ({ substrate, layers });

describe("a layer", () => {
  test.each([
    ["symmetric", GALLIUM_ARSENIDE],
    ["inclined", inclined(GALLIUM_ARSENIDE, 18)],
  ])("of the substrate's own crystal, unstrained, is invisible (%s)", (_, substrate) => {
    const bare = curve(on(substrate));
    const covered = curve(on(substrate, { crystal: { ...substrate }, thickness: 137 }));
    expect(relativeDifference(covered, bare)).toBeLessThan(1e-9);
  });

  test("cut in two is the same, and so is one graded from a strain to the same strain", () => {
    const layer = { crystal: INDIUM_ARSENIDE, thickness: 90, strain: -3, debyeWaller: 0.8 };
    const whole = curve(on(GALLIUM_ARSENIDE, layer));
    const cut = curve(
      on(GALLIUM_ARSENIDE, { ...layer, thickness: 33.3 }, { ...layer, thickness: 90 - 33.3 }),
    );
    const graded = curve(on(GALLIUM_ARSENIDE, { ...layer, strainTop: -3 }));
    expect(relativeDifference(cut, whole)).toBeLessThan(1e-9);
    expect(relativeDifference(graded, whole)).toBeLessThan(1e-9);
  });

  test("shows fringes λ/(2 t cos θ) apart, of its own thickness", () => {
    const thickness = 200;
    const layer = { crystal: ALUMINIUM_ARSENIDE, thickness, strain: 0.4 };
    const twoTheta = scan(GALLIUM_ARSENIDE, 0.03, 0, 8001);
    const r = curve(on(GALLIUM_ARSENIDE, layer), twoTheta);
    const minima: number[] = [];
    const theta = twoTheta.map((t) => t / 2 / DEGREES);
    for (let i = 1; i < r.length - 1; i++)
      if (r[i] < r[i - 1] && r[i] < r[i + 1] && theta[i] < braggAngle(GALLIUM_ARSENIDE) - 0.008)
        minima.push(theta[i]);
    expect(minima.length).toBeGreaterThan(5);
    const spacing = (minima[minima.length - 1] - minima[0]) / (minima.length - 1);
    const middle = 0.5 * (minima[minima.length - 1] + minima[0]);
    expect(spacing).toBeCloseTo(1.540598 / (2 * thickness * 10 * Math.cos(middle)), 5);
  });

  test("of any thickness reflects no more than falls on it", () => {
    for (const thickness of [1, 100, 10_000, 1e6])
      for (const value of curve(on(GALLIUM_ARSENIDE, { crystal: INDIUM_ARSENIDE, thickness, strain: -6 })))
        expect(value).toBeLessThanOrEqual(1 + 1e-12);
  });

  test("thicker than X-rays reach is a substrate of its own crystal", () => {
    const buried = curve(on(GALLIUM_ARSENIDE, { crystal: ALUMINIUM_ARSENIDE, thickness: 1e6 }));
    expect(relativeDifference(buried, curve(on(ALUMINIUM_ARSENIDE)))).toBeLessThan(1e-6);
  });
});

test("a graded layer is cut finely enough: 3e-3 in log10 R of 600 steps where R > 1e-8, the median 2e-4", () => {
  for (const [thickness, bottom, top] of [
    [30, 0, -2],
    [100, -1, -1.5],
    [400, 0.1, -0.6],
  ]) {
    const layer = { crystal: INDIUM_ARSENIDE, thickness, debyeWaller: 0.9 };
    const graded = curve(on(GALLIUM_ARSENIDE, { ...layer, strain: bottom - 5, strainTop: top - 5 }));
    const steps = Array.from({ length: 600 }, (_, i) => ({
      ...layer,
      thickness: thickness / 600,
      strain: bottom - 5 + ((top - bottom) * (i + 0.5)) / 600,
    }));
    const fine = curve(on(GALLIUM_ARSENIDE, ...steps));
    const errors = graded.map((r, i) => (fine[i] > 1e-8 ? Math.abs(Math.log10(r / fine[i])) : 0)).sort();
    expect(errors[errors.length - 1]).toBeLessThan(3e-3);
    expect(errors[errors.length >> 1]).toBeLessThan(2e-4);
  }
});

describe("as the simulator of one crystal says", () => {
  const cases: [string, Reflection, Deviation][] = [
    ["exact", ZIRCONIA, "exact"],
    ["linear", ZIRCONIA, "linear"],
    ["exact, grazing incidence", SILICON_224, "exact"],
    ["linear, grazing exit", { ...SILICON_224, asymmetry: -20 }, "linear"],
  ];
  test.each(cases)("a strained film, to 1e-8 (%s)", (_, crystal, deviation) => {
    const twoTheta = scan(crystal, 0.02, 0.01, 401);
    const one = simulator.reflectivity(
      { strain: filled(40, 0.7), debyeWaller: filled(40, 0.6), thickness: 80 },
      crystal,
      twoTheta,
      { deviation, kernel: "f64" },
    );
    const layer = { crystal, thickness: 80, strain: 0.7, debyeWaller: 0.6 };
    expect(decades(curve(on(crystal, layer), twoTheta, deviation), one)).toBeLessThan(1e-8);
  });

  test.each(["exact", "linear"] as const)("a film on another crystal, to 1e-8 (%s)", (deviation) => {
    const twoTheta = scan(GALLIUM_ARSENIDE, 0.03, 0.01, 401);
    const one = simulator.reflectivity(
      { strain: filled(20, 0.5), debyeWaller: filled(20, 0.7), thickness: 60 },
      ALUMINIUM_ARSENIDE,
      twoTheta,
      {
        deviation,
        kernel: "f64",
        sample: { geometry: "thick film on substrate", filmThickness: 400, substrate: GALLIUM_ARSENIDE },
      },
    );
    const crystal = ALUMINIUM_ARSENIDE;
    const stack = on(
      GALLIUM_ARSENIDE,
      { crystal, thickness: 340 },
      { crystal, thickness: 60, strain: 0.5, debyeWaller: 0.7 },
    );
    expect(decades(curve(stack, twoTheta, deviation), one)).toBeLessThan(1e-8);
  });

  test("a profile seen through an instrument", () => {
    const instrument = { resolution: { shape: "gaussian", fwhm: 0.02 }, scale: 1e5, background: 3 } as const;
    const twoTheta = scan(ZIRCONIA, 0.02, 0.008, 301);
    const profile = {
      depth: Float64Array.of(0, 100),
      strain: Float64Array.of(1, 1),
      debyeWaller: Float64Array.of(0.8, 0.8),
    };
    const one = simulator.simulate(profile, ZIRCONIA, twoTheta, { instrument });
    const layer = { crystal: ZIRCONIA, thickness: 100, strain: 1, debyeWaller: 0.8 };
    const other = simulator.simulateStack(on(ZIRCONIA, layer), twoTheta, { instrument });
    expect(decades(other.intensity, one.intensity)).toBeLessThan(1e-3);
  });
});

/** Cation and anion planes of a 111 film, anions at 3/4 of the spacing above the cations. */
function polar(name: string, cation: number, anion: number): Reflection {
  return {
    name,
    hkl: [1, 1, 1],
    wavelength: 1.5,
    d: 3.2,
    cellVolume: 180,
    structureFactor: { zero: [0, 0], h: [cation, anion], hBar: [cation, -anion] },
  };
}

test("two crystals scatter with the phase of their atoms: the kinematic sum over the planes of a bilayer", () => {
  // The substrate must not scatter by itself: weak crystals, and the film alone far from the substrate's peak.
  const weak = 1e-3;
  const [first, second] = [polar("A", 31 * weak, 33 * weak), polar("B", 49 * weak, 15 * weak)];
  const substrate = { ...polar("S", 31e-9, 33e-9), d: 2.9 };
  const cells = 60;
  const layer = (crystal: Reflection): Layer => ({ crystal, thickness: (cells * 3.2) / 10 });
  const twoTheta = scan(first, 0.006, 0.006, 61);
  const sum = twoTheta.map((t) => {
    const q = (4 * Math.PI * Math.sin(t / 2 / DEGREES)) / 1.5;
    let re = 0,
      im = 0;
    for (let n = 0; n < 2 * cells; n++) {
      const { h } = (n < cells ? first : second).structureFactor;
      for (const [f, z] of [
        [h[0], n * 3.2],
        [h[1], (n + 0.75) * 3.2],
      ]) {
        re += f * Math.cos(q * z);
        im += f * Math.sin(q * z);
      }
    }
    return re * re + im * im;
  });
  const r = curve({ substrate, layers: [layer(first), layer(second)] }, twoTheta);
  const scale = sum[30] / r[30];
  for (let i = 0; i < sum.length; i++) expect(Math.abs(scale * r[i] - sum[i])).toBeLessThan(0.02 * sum[30]);
});

describe("a superlattice", () => {
  const period = [
    { crystal: INDIUM_ARSENIDE, thickness: 4, strain: -4 },
    { crystal: GALLIUM_ARSENIDE, thickness: 14 },
  ];
  const rough = period.map((layer) => ({ ...layer, roughness: 0.5 }));

  test.each([
    ["sharp", period],
    ["rough", rough],
  ])("is what its periods are, written out (%s)", (_, layers) => {
    const repeated = curve({ substrate: GALLIUM_ARSENIDE, layers: [{ layers, repeats: 8 }] });
    const written = curve(on(GALLIUM_ARSENIDE, ...Array.from({ length: 8 }, () => layers).flat()));
    expect(relativeDifference(repeated, written)).toBeLessThan(1e-9);
  });

  test("has satellites λ/(2 Λ cos θ) apart", () => {
    const r = curve({ substrate: GALLIUM_ARSENIDE, layers: [{ layers: period, repeats: 20 }] });
    const theta = TWO_THETA.map((t) => t / 2 / DEGREES);
    const peaks = [...r.keys()]
      .filter((i) => i > 10 && i < r.length - 10 && r[i] === Math.max(...r.slice(i - 10, i + 11)))
      .filter((i) => r[i] > 1e-3 && Math.abs(theta[i] - braggAngle(GALLIUM_ARSENIDE)) > 0.001)
      .map((i) => theta[i]);
    expect(peaks.length).toBeGreaterThanOrEqual(3);
    const spacing = (2 * (Math.sin(peaks[1]) - Math.sin(peaks[0]))) / 1.540598;
    expect(1 / spacing / 180).toBeCloseTo(1, 1);
  });
});

describe("roughness", () => {
  const layer = { crystal: INDIUM_ARSENIDE, thickness: 30, strain: -5 };
  test("of 0 nm is a sharp interface", () => {
    const sharp = curve(on(GALLIUM_ARSENIDE, layer));
    const rough = curve({ substrate: GALLIUM_ARSENIDE, roughness: 0, layers: [{ ...layer, roughness: 0 }] });
    expect(relativeDifference(rough, sharp)).toBeLessThan(1e-9);
  });

  test("weakens what is scattered at Δq as exp(−(σ Δq)²/2) does, kinematically", () => {
    // Surface and interface alike: the amplitude of the film is that of a box folded with a Gaussian.
    const weak = {
      ...INDIUM_ARSENIDE,
      structureFactor: { zero: [0, 0], h: [1e-3, 0], hBar: [1e-3, 0] },
    } as const;
    const empty = {
      ...GALLIUM_ARSENIDE,
      structureFactor: { zero: [0, 0], h: [1e-9, 0], hBar: [1e-9, 0] },
    } as const;
    const sigma = 2;
    const twoTheta = scan(empty, 0.03, 0.03, 60);
    // The lattice is the same on both sides of the interface, so that only the scattering is folded.
    const film = { crystal: weak, thickness: 30, strain: strainOn(empty, { crystal: weak, strain: 0 }) };
    const sharp = curve(on(empty, film), twoTheta),
      rough = curve(
        { substrate: empty, roughness: sigma, layers: [{ ...film, roughness: sigma }] },
        twoTheta,
      );
    const peak = braggAngle(empty);
    let compared = 0;
    twoTheta.forEach((t, i) => {
      const dq = (4 * Math.PI * (Math.sin(t / 2 / DEGREES) - Math.sin(peak))) / 1.540598;
      const fall = Math.exp(-((sigma * 10 * dq) ** 2));
      if (fall < 0.05 || sharp[i] < 1e-3 * Math.max(...sharp)) return;
      compared += 1;
      expect(Math.abs(rough[i] / sharp[i] / fall - 1)).toBeLessThan(0.05);
    });
    expect(compared).toBeGreaterThan(5);
  });
});

test("strain against the substrate and that of the layer's own lattice are each other's inverse", () => {
  const crystal = inclined(INDIUM_ARSENIDE, 12),
    substrate = inclined(GALLIUM_ARSENIDE, 12);
  const strain = strainAgainst(substrate, { crystal, strain: -2.5 });
  expect(strainOn(substrate, { crystal, strain })).toBeCloseTo(-2.5, 12);
  expect(strainAgainst(GALLIUM_ARSENIDE, { crystal: INDIUM_ARSENIDE, strain: 0 })).toBeCloseTo(
    100 * (6.0583 / 5.65325 - 1),
    10,
  );
});

test("two angles a vector, exact or in blocks: the scalar judge to 1e-6 in log10 R", () => {
  const steps = on(
    GALLIUM_ARSENIDE,
    ...Array.from({ length: 70 }, (_, i): Layer => {
      const crystal = [ALUMINIUM_ARSENIDE, INDIUM_ARSENIDE][i % 2];
      return { crystal, thickness: 0.6 + 0.01 * i, strain: 0.02 * i - 1, debyeWaller: 1 - 0.01 * i };
    }),
  );
  const thick = on(GALLIUM_ARSENIDE, { crystal: ALUMINIUM_ARSENIDE, thickness: 5000, strain: 0.1 });
  for (const [stack, deviation] of [
    [randomStack(7), "exact"],
    [randomStack(7), "linear"],
    [randomStack(8, 20), "exact"],
    [randomStack(9, -20), "exact"],
    [steps, "exact"],
    [steps, "linear"],
    [thick, "exact"],
  ] as const) {
    for (const twoTheta of [TWO_THETA, TWO_THETA.slice(0, 3), TWO_THETA.slice(7, 8)]) {
      const quick = simulator.simulateStack(stack, twoTheta, { deviation, kernel: "simd" }).reflectivity;
      expect(decades(quick, curve(stack, twoTheta, deviation))).toBeLessThan(1e-6);
    }
  }
});

describe("what cannot be is refused, by the name of its parameter", () => {
  const crystal = ALUMINIUM_ARSENIDE,
    good = { crystal, thickness: 10 };
  test.each<[string, Stack]>([
    ["stack.layers[0].thickness", on(GALLIUM_ARSENIDE, { crystal, thickness: 0 })],
    ["stack.layers[0].thickness", on(GALLIUM_ARSENIDE, { crystal, thickness: NaN })],
    ["stack.layers[1].strain", on(GALLIUM_ARSENIDE, good, { ...good, strain: 51 })],
    ["stack.layers[0].strainTop", on(GALLIUM_ARSENIDE, { ...good, strainTop: NaN })],
    ["stack.layers[0].debyeWaller", on(GALLIUM_ARSENIDE, { ...good, debyeWaller: 2.1 })],
    ["stack.layers[0].roughness", on(GALLIUM_ARSENIDE, { ...good, roughness: -1 })],
    ["stack.roughness", { ...on(GALLIUM_ARSENIDE, good), roughness: -0.1 }],
    [
      "stack.layers[0].crystal.wavelength",
      on(GALLIUM_ARSENIDE, { ...good, crystal: { ...crystal, wavelength: 1.39 } }),
    ],
    ["stack.layers[0].repeats", { substrate: GALLIUM_ARSENIDE, layers: [{ layers: [good], repeats: 1.5 }] }],
    ["stack.layers[0].layers", { substrate: GALLIUM_ARSENIDE, layers: [{ layers: [], repeats: 2 }] }],
    [
      "stack.layers[0].layers[0].thickness",
      { substrate: GALLIUM_ARSENIDE, layers: [{ layers: [{ crystal, thickness: -1 }], repeats: 2 }] },
    ],
    [
      "stack.layers",
      {
        substrate: GALLIUM_ARSENIDE,
        layers: Array.from({ length: 2 }, () => ({ layers: [good], repeats: 9000 })),
      },
    ],
  ])("%s", (name, stack) => {
    expect(() => curve(stack)).toThrow(InvalidParameterError);
    expect(() => curve(stack)).toThrow(name);
  });

  test("angles, kernels", () => {
    const stack = on(GALLIUM_ARSENIDE, good);
    expect(() => curve(stack, Float64Array.of(-1, 66))).toThrow("twoTheta[0]");
    expect(() => simulator.simulateStack(stack, TWO_THETA, { kernel: "fast" as "simd" })).toThrow("kernel");
  });
});

test("a stack's profile is its strain against the substrate, from the surface down", () => {
  const period = [
    { crystal: ALUMINIUM_ARSENIDE, thickness: 10, strain: 0.1 },
    { crystal: GALLIUM_ARSENIDE, thickness: 5 },
  ];
  const { depth, strain, debyeWaller } = stackProfile({
    substrate: GALLIUM_ARSENIDE,
    layers: [
      { layers: period, repeats: 2 },
      { crystal: GALLIUM_ARSENIDE, thickness: 3, strain: 1, strainTop: 2, debyeWaller: 0.5 },
    ],
  });
  expect(Array.from(depth, (d) => Math.round(d * 1e3) / 1e3)).toEqual([0, 3, 3, 8, 8, 18, 18, 23, 23, 33]);
  const aluminium = strainAgainst(GALLIUM_ARSENIDE, { crystal: ALUMINIUM_ARSENIDE, strain: 0.1 });
  [2, 1, 0, 0, aluminium, aluminium, 0, 0, aluminium, aluminium].forEach((e, i) =>
    expect(strain[i]).toBeCloseTo(e, 12),
  );
  expect([...debyeWaller]).toEqual([0.5, 0.5, 1, 1, 1, 1, 1, 1, 1, 1]);
  validateProfile({ depth, strain, debyeWaller });
});
