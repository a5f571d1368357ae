/** Layers found in scans: simulated stacks of known numbers, with counts. */
import { expect, test } from "vitest";
import { material } from "../../../src/crystal/materials.ts";
import { reflection } from "../../../src/crystal/structureFactor.ts";
import { invert } from "../../../src/invert/invert.ts";
import { strainOn } from "../../../src/profile/stack.ts";
import type { Estimate, FoundLayer } from "../../../src/types.ts";
import { film, layer, scanOf, simulator, substrate, WAVELENGTH } from "../../support/stacks.ts";

function holds({ lower, upper }: Estimate, value: number): void {
  expect(lower).toBeLessThanOrEqual(value);
  expect(upper).toBeGreaterThanOrEqual(value);
}

function near(found: FoundLayer, thickness: number, strain: number): void {
  expect(Math.abs(found.thickness.value / thickness - 1)).toBeLessThan(0.03);
  expect(Math.abs(found.strain.value - strain)).toBeLessThan(0.03);
}

test("two layers of another crystal: number, thickness, strain, each within its band", async () => {
  const layers = [layer(film, 62, 0.8), layer(film, 31, -1.1)],
    answer = await invert(scanOf({ substrate, layers }), substrate, { layers: "auto", film }),
    { stack } = answer;
  expect(stack!.layers).toHaveLength(2);
  layers.forEach(({ thickness, strain }, i) => {
    near(stack!.layers[i]!, thickness, strain);
    holds(stack!.layers[i]!.thickness, thickness);
    holds(stack!.layers[i]!.strain, strain);
  });
  // What is found simulates the scan: the answer's curve is that of its stack and instrument.
  const { intensity } = simulator.simulateStack(stack!.stack, answer.scan.twoTheta, {
    instrument: answer.instrument,
  });
  answer.calculated.forEach((value, i) => expect(Math.abs(intensity[i]! / value - 1)).toBeLessThan(5e-3));
  // Shares are of all solutions, and none is without a band.
  expect(answer.solutions.reduce((sum, { weight }) => sum + weight, 0)).toBeCloseTo(1, 9);
  expect(answer.draws.reduce((sum, { weight }) => sum + weight, 0)).toBeCloseTo(1, 9);
  for (const { strainBand } of answer.solutions)
    expect(strainBand.upper.some((value, i) => value > strainBand.lower[i]!)).toBe(true);
});

test("a layer that its substrate's peak hides, under one that is seen", async () => {
  const layers = [layer(film, 85, 0.02), layer(film, 40, 1.3)],
    { stack } = await invert(scanOf({ substrate, layers }), substrate, { layers: "auto", film });
  expect(stack!.layers).toHaveLength(2);
  layers.forEach(({ thickness, strain }, i) => near(stack!.layers[i]!, thickness, strain));
});

test("a period of one layer is known as well as that layer: a crystal's own strain counts by its lattice over the substrate's", async () => {
  const own = await reflection(material("SrTiO3"), { hkl: [0, 0, 2], wavelength: WAVELENGTH }),
    other = await reflection(material("LaAlO3"), { hkl: [0, 2, 4], wavelength: WAVELENGTH }),
    strain = strainOn(own, { crystal: other, strain: -1.2 }),
    twoTheta = Float64Array.from({ length: 400 }, (_, i) => 44.6 + 0.012 * i),
    { intensity } = simulator.simulateStack(
      { substrate: own, layers: [{ crystal: other, thickness: 40, strain }] },
      twoTheta,
      { instrument: { resolution: { shape: "gaussian", fwhm: 0.02 }, scale: 1e5, background: 2 } },
    ),
    { stack } = await invert({ twoTheta, intensity: simulator.counts(intensity, 5), countUnit: 1 }, own, {
      layers: [{ layers: [{ crystal: other, thickness: 40, strain }], repeats: 1 }],
      effort: 0.05,
    }),
    [found] = stack!.layers,
    [period] = stack!.periods;
  expect(period!.thickness.upper).toBeCloseTo(found!.thickness.upper, 9);
  expect(period!.strainAgainst.value).toBeCloseTo(found!.strainAgainst.value, 12);
  expect(period!.strainAgainst.upper).toBeCloseTo(found!.strainAgainst.upper, 9);
});

test("a superlattice whose order and number of periods are given: the period and its mean strain", async () => {
  const a = layer(film, 9.4, 0.35),
    b = layer(substrate, 14.2, 0),
    scan = scanOf({ substrate, layers: [{ layers: [a, b], repeats: 12 }] }),
    { stack } = await invert(scan, substrate, {
      layers: [{ layers: [{ crystal: film }, { crystal: substrate, strain: 0 }], repeats: 12 }],
    }),
    [period] = stack!.periods;
  expect(period!.repeats).toBe(12);
  expect(Math.abs(period!.thickness.value / 23.6 - 1)).toBeLessThan(0.01);
  expect(Math.abs(period!.strainAgainst.value - (0.35 * 9.4) / 23.6)).toBeLessThan(0.02);
});

test("a bare substrate has no layer, and is never called determined: a film that does not show may be there", async () => {
  const { stack, maxStrain, verdict, confidence } = await invert(
    scanOf({ substrate, layers: [] }),
    substrate,
    { layers: "auto", film },
  );
  expect(stack!.layers).toHaveLength(0);
  expect(maxStrain).toBe(0);
  expect(verdict).toBe("ambiguous");
  expect(confidence).toBeLessThanOrEqual(0.5);
});

test("layers that differ from their substrate by disorder alone are not determined: whatever the instrument does not explain looks so", async () => {
  const damaged = { crystal: substrate, thickness: 60, strain: 0, debyeWaller: 0.6 },
    { verdict, confidence } = await invert(scanOf({ substrate, layers: [damaged] }), substrate, {
      layers: 1,
      effort: "quick",
    });
  expect(verdict).toBe("ambiguous");
  expect(confidence).toBeLessThanOrEqual(0.5);
});

test("the same scan gives the same bytes", async () => {
  const scan = scanOf({ substrate, layers: [layer(film, 45, 0.5)] }),
    once = async () =>
      JSON.stringify(
        (await invert(scan, substrate, { layers: "auto", film, effort: "quick" })).stack!.layers,
      );
  expect(await once()).toBe(await once());
});

test.each([
  [{ film }, "film"],
  [{ layers: 0 }, "layers"],
  [{ layers: [] }, "layers"],
  [{ layers: [{ crystal: {} }] }, "layers[0].crystal"],
  [{ layers: [null] }, "layers[0]"],
  [{ layers: [{ layers: [], repeats: 3 }] }, "layers[0].layers"],
  [{ layers: [{ layers: 5, repeats: 2 }] }, "layers[0].layers"],
  [{ layers: [{ layers: Array(11).fill({ crystal: film }), repeats: 1000 }] }, "layers"],
  [{ layers: "auto", film: { ...film, wavelength: 1.5406 } }, "film.wavelength"],
  [{ layers: [{ crystal: { ...film, wavelength: 1.5406 } }] }, "layers[0].crystal.wavelength"],
  [{ mask: [5] }, "mask"],
  [{ guesses: [{ depth: [0, 20], strain: [1], debyeWaller: [1, 1] }] }, "guesses[0].strain"],
  [{ guesses: [null] }, "guesses[0].depth"],
  [{ layers: "auto", splines: 8 }, "splines"],
  [{ layers: "auto", fix: { thickness: 30 } }, "fix, known"],
  [{ layers: "auto", sample: { geometry: "thin film" } }, "sample.geometry"],
] as const)("what makes no sense is refused by name: %j", async (options, name) => {
  await expect(
    invert(scanOf({ substrate, layers: [] }), substrate, options as unknown as Parameters<typeof invert>[2]),
  ).rejects.toMatchObject({ code: "INVALID_PARAMETER", parameter: name });
});
