/** What a scan shows at first sight. */
import { expect, test } from "vitest";
import { material } from "../../src/crystal/materials.ts";
import { reflection } from "../../src/crystal/structureFactor.ts";
import { invert } from "../../src/invert/invert.ts";
import { readFeatures } from "../../src/invert/features.ts";
import { createSimulator } from "../../src/simulate/simulator.ts";
import type { Sample } from "../../src/types.ts";

const WAVELENGTH = 1.5406,
  FWHM = 0.01;

/** An unstrained film of 40 nm LaAlO3 on SrTiO3; its own peak, at 47.9°, is 0.2° wide, that of SrTiO3 lies at 46.5°. */
async function filmOnSubstrate() {
  const film = await reflection(material("LaAlO3"), { hkl: [0, 2, 4], wavelength: WAVELENGTH }),
    substrate = await reflection(material("SrTiO3"), { hkl: [0, 0, 2], wavelength: WAVELENGTH }),
    sample: Sample = { geometry: "thick film on substrate", filmThickness: 40, substrate },
    simulator = await createSimulator(),
    twoTheta = Float64Array.from({ length: 1001 }, (_, i) => 45 + 0.005 * i),
    none = { depth: Float64Array.of(0, 30), strain: new Float64Array(2), debyeWaller: Float64Array.of(1, 1) },
    { intensity } = simulator.simulate(none, film, twoTheta, {
      sample,
      instrument: { resolution: { shape: "gaussian", fwhm: FWHM }, scale: 1e6, background: 1 },
    });
  return { film, sample, scan: { twoTheta, intensity: simulator.counts(intensity, 3) } };
}

test("of a film on a substrate the width of the substrate's peak is the resolution's", async () => {
  const { film, sample, scan } = await filmOnSubstrate();
  expect(readFeatures(scan, film, {}).fwhm).toBeGreaterThan(0.15);
  const { fwhm, peak } = readFeatures(scan, film, sample);
  expect(fwhm).toBeLessThan(2 * FWHM);
  expect(fwhm).toBeGreaterThan(FWHM);
  expect(Math.abs(peak - 47.9)).toBeLessThan(0.1);
});

test("an unstrained film on a substrate is explained, and is not called determined", async () => {
  const { film, sample, scan } = await filmOnSubstrate(),
    answer = await invert(scan, film, { sample, effort: 0.3 });
  expect(answer.chi2PerPoint).toBeLessThan(1.2);
  expect(answer.relativeError).toBeLessThan(0.02);
  expect(answer.verdict).toBe("ambiguous");
  expect(Math.abs(answer.maxStrain)).toBeLessThan(0.05);
});
