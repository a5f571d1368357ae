/** Scan to answer: from a network where it knows the scan, by the multi-start fit where not, and the answer says which. */
import { expect, test } from "vitest";
import { material } from "../../src/crystal/materials.ts";
import { reflection } from "../../src/crystal/structureFactor.ts";
import { jointBand } from "../../src/fit/jointBand.ts";
import { difference } from "../../src/fit/solution.ts";
import { invert, type ProfilePredictor } from "../../src/invert/invert.ts";
import { pseudoVoigtProfile } from "../../src/profile/pseudoVoigt.ts";
import { createSimulator } from "../../src/simulate/simulator.ts";
import { syntheticInversion } from "../report/synthetic.ts";

const film = pseudoVoigtProfile({
  thickness: 180,
  height: 0.9,
  depth: 70,
  widthSurface: 150,
  widthInterface: 90,
  debyeWallerMin: 0.4,
});

async function scanOfFilm() {
  const simulator = await createSimulator(),
    ysz = await reflection(material("YSZ"), { hkl: [4, 0, 0], wavelength: 1.5406 });
  const twoTheta = Float64Array.from({ length: 451 }, (_, i) => 72.6 + (1.3 * i) / 450);
  const { intensity } = simulator.simulate(film, ysz, twoTheta, {
    instrument: { resolution: { shape: "gaussian", fwhm: 0.02 }, scale: 1e5, background: 6 },
  });
  return { ysz, scan: { twoTheta, intensity: simulator.counts(intensity, 3), countUnit: 1 } };
}

const network = (outside: readonly string[]): ProfilePredictor => ({
  model: { card: { name: "perfect" } },
  predict: () => Promise.resolve({ profile: film, outside }),
});

test("a network that knows the scan: fitted from its profile, and the true one is found", async () => {
  const { ysz, scan } = await scanOfFilm();
  const answer = await invert(scan, ysz, { predictor: network([]), starts: 1 });
  expect(answer).toMatchObject({
    method: "network and fit",
    methodReason: expect.stringContaining("perfect") as string,
  });
  expect(answer.chi2PerPoint).toBeLessThan(1.2);
  // Not the thickness: where the strain fades out smoothly it leaves little trace.
  expect(difference(film, answer.profile)).toBeLessThan(0.1);
  expect(Math.abs(answer.maxStrain / 0.9 - 1)).toBeLessThan(0.05);
  expect(answer.solutions.reduce((sum, { weight }) => sum + weight, 0)).toBeCloseTo(1, 12);
});

test("a network that does not know the scan, or another kind of sample, is left out, and the answer says why", async () => {
  const { ysz, scan } = await scanOfFilm();
  const answer = await invert(scan, ysz, { predictor: network(["the steps are wide"]), starts: 3 });
  expect(answer).toMatchObject({
    method: "multi-start fit",
    methodReason: expect.stringContaining("the steps are wide") as string,
  });
  expect((await invert(scan, ysz, { starts: 3 })).methodReason).toMatch(/no network/);
});

test("one band for several solutions reaches over each that weighs, and is the own band of one alone", () => {
  const [one, two] = syntheticInversion({ others: 1 }).solutions;
  expect(jointBand([{ ...one!, weight: 1 }], "strain")).toBe(one!.strainBand);
  const { lower, upper } = jointBand(
    [
      { ...one!, weight: 0.5 },
      { ...two!, weight: 0.5 },
    ],
    "strain",
  );
  const peak = one!.profile.strain.indexOf(one!.maxStrain);
  expect(lower[peak]).toBeLessThan(one!.strainBand.lower[peak]!);
  const { lower: sure, upper: high } = jointBand(
    [
      { ...one!, weight: 1 },
      { ...two!, weight: 0 },
    ],
    "strain",
  );
  expect(sure[peak]).toBeCloseTo(one!.strainBand.lower[peak]!, 5);
  expect(high[peak]).toBeCloseTo(one!.strainBand.upper[peak]!, 5);
  expect(upper[peak]).toBeGreaterThan(lower[peak]!);
});
