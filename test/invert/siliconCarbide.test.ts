/** Crystals that have no network of their own, scans with the faults of measured ones: offset, sloping background,
 *  errors beyond counting, tails of the resolution; disorder that does not follow the strain. Told nothing but crystal,
 *  reflection and wavelength. */
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { material } from "../../src/crystal/materials.ts";
import { reflection } from "../../src/crystal/structureFactor.ts";
import { invert } from "../../src/invert/invert.ts";
import { createPredictor, loadModel } from "../../src/nn/index.ts";
import { pseudoVoigtProfile, type PseudoVoigtOptions } from "../../src/profile/pseudoVoigt.ts";
import { createSimulator } from "../../src/simulate/simulator.ts";
import type { Hkl, Profile } from "../../src/types.ts";
import { strainError } from "../support/profiles.ts";

interface Case {
  readonly crystal: string;
  readonly hkl: Hkl;
  readonly film: PseudoVoigtOptions;
  /** Its Debye–Waller factor. */
  readonly disorder: PseudoVoigtOptions;
  /** Degrees 2θ beside the Bragg angle. */
  readonly range: readonly [number, number];
  readonly points: number;
  readonly fwhm: number;
  readonly lorentzFraction: number;
  readonly scale: number;
}

const cases: Record<string, Case> = {
  "4H, thin": {
    crystal: "SiC-4H",
    hkl: [0, 0, 4],
    film: { thickness: 110, height: 2.2, depth: 45, widthSurface: 70, widthInterface: 55 },
    disorder: {
      thickness: 110,
      height: 1,
      depth: 60,
      widthSurface: 90,
      widthInterface: 40,
      debyeWallerMin: 0.45,
    },
    range: [-2.2, 0.8],
    points: 376,
    fwhm: 0.022,
    lorentzFraction: 0.25,
    scale: 8e5,
  },
  "6H, thick": {
    crystal: "SiC-6H",
    hkl: [0, 0, 12],
    film: { thickness: 420, height: 1.3, depth: 250, widthSurface: 330, widthInterface: 120 },
    disorder: {
      thickness: 420,
      height: 1,
      depth: 220,
      widthSurface: 300,
      widthInterface: 160,
      debyeWallerMin: 0.6,
    },
    range: [-2.4, 1],
    points: 568,
    fwhm: 0.018,
    lorentzFraction: 0.15,
    scale: 3e5,
  },
};

/** Standard normal deviates, always the same. */
function deviates(): () => number {
  let state = 7;
  const uniform = (): number => ((state = (Math.imul(state, 1664525) + 1013904223) >>> 0) + 0.5) / 2 ** 32;
  return () => Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform());
}

const universal = await createPredictor(
  await loadModel(fileURLToPath(new URL("../../models/universal", import.meta.url))),
  { backend: "wasm" },
);
const ways = { "from rough starts": {}, "from the network for all crystals": { predictor: universal } };

test.each(Object.keys(cases).flatMap((name) => Object.keys(ways).map((way) => [name, way] as const)))(
  "SiC %s, told nothing of film and instrument, %s",
  async (name, way) => {
    const { crystal, hkl, film, disorder, range, points, fwhm, lorentzFraction, scale } = cases[name]!;
    const known = await reflection(material(crystal), { hkl, wavelength: 1.540598 });
    const bragg = (2 * Math.asin(known.wavelength / (2 * known.d)) * 180) / Math.PI;
    const twoTheta = Float64Array.from(
      { length: points },
      (_, i) => bragg + 0.013 + range[0] + ((range[1] - range[0]) * i) / (points - 1),
    );
    const truth: Profile = {
      ...pseudoVoigtProfile(film),
      debyeWaller: pseudoVoigtProfile(disorder).debyeWaller,
    };
    const simulator = await createSimulator();
    const { intensity } = simulator.simulate(truth, known, twoTheta, {
      instrument: {
        resolution: { shape: "pseudo-voigt", fwhm, lorentzFraction },
        offset: 0.013,
        scale,
        background: 4,
        backgroundSlope: -1,
      },
    });
    const deviate = deviates();
    const measured = simulator.counts(
      intensity.map((y) => y * (1 + 0.02 * deviate())),
      11,
    );
    const answer = await invert(
      { twoTheta, intensity: measured, countUnit: 1 },
      known,
      ways[way as keyof typeof ways],
    );
    expect(answer.chi2PerPoint).toBeLessThan(1.2);
    // Where another profile explains the scan as well, the answer must say that it may be wrong.
    if (answer.verdict === "determined") expect(strainError(truth, answer.profile)).toBeLessThan(0.1);
    if (way !== "from rough starts") expect(strainError(truth, answer.profile)).toBeLessThan(0.1);
    expect(answer.method).toBe(way === "from rough starts" ? "search" : "network and search");
    expect(answer.instrument.resolution).toMatchObject({ shape: "pseudo-voigt" });
  },
  180_000,
);
