/** docs/scaling.md: crystals that are equal in dimensionless numbers give the networks the same input. */
import { describe, expect, test } from "vitest";
import { material } from "../../src/crystal/materials.ts";
import { reflection } from "../../src/crystal/structureFactor.ts";
import { createGenerator } from "../../src/dataset/generator.ts";
import { networkInput } from "../../src/dataset/networkInput.ts";
import { inTermsOf } from "../../src/dataset/scaling.ts";
import { preset } from "../../src/dataset/presets.ts";
import { degreesPerQ, type ScaledReflection, scaleReflection } from "../../src/crystal/scaled.ts";
import { labelUnits, ownReflection, physicalLabels } from "../../src/dataset/scaling.ts";
import { InvalidParameterError } from "../../src/errors.ts";
import { splineProfile } from "../../src/profile/spline.ts";
import { createSimulator } from "../../src/simulate/simulator.ts";
import type { Complex, Hkl, Reflection, Scan } from "../../src/types.ts";
import { CLASSICAL_ELECTRON_RADIUS, DEGREES } from "../../src/units.ts";

/** Bragg angles from 17° to 45°. */
const CRYSTALS: readonly (readonly [string, Hkl])[] = [
  ["YSZ", [4, 0, 0]],
  ["Si", [0, 0, 4]],
  ["GaAs", [0, 0, 4]],
  ["GaN", [0, 0, 2]],
  ["SiC-4H", [0, 0, 4]],
  ["SiC-3C", [0, 0, 4]],
  ["SrTiO3", [0, 0, 2]],
];
const CU = 1.540598;

const PLANES = 1500;
const STRAIN = [0.1, 0.5, 1, 1.6, 1.9, 1.5, 1, 0.6, 0.3, 0.2],
  DEBYE_WALLER = [0.95, 0.8, 0.6, 0.5, 0.4, 0.5, 0.6, 0.8, 0.9, 0.9];
/** Step, width and ends of the scan, all in q. */
const STEP = 1.2e-4,
  WIDTH = 4e-4,
  ENDS = [-0.03, 0.01] as const;

/** The crystal with its lattice and wavelength, but structure factors that give κ_0 and κ_H. */
function withKappas(crystal: Reflection, k0: Complex, kh: Complex): Reflection {
  const unit = (CLASSICAL_ELECTRON_RADIUS * crystal.d ** 2) / (Math.PI * crystal.cellVolume),
    scaled = ([re, im]: Complex): Complex => [re / unit, im / unit];
  return { ...crystal, structureFactor: { zero: scaled(k0), h: scaled(kh), hBar: scaled(kh) } };
}

/** One and the same film on it. `even`: points and resolution even in 2θ as diffractometers have them, so that they equal
 *  the others' only at the peak; or else even in q, at a fine resolution. */
async function scanOf(crystal: Reflection, even: boolean): Promise<Scan> {
  const { sine, peak } = scaleReflection(crystal),
    simulator = await createSimulator();
  const profile = await splineProfile({
    thickness: (PLANES * crystal.d) / 10,
    strainWeights: STRAIN,
    debyeWallerWeights: DEBYE_WALLER,
    points: 4001,
  });
  const twoThetaAt = (q: number): number => 2 * DEGREES * Math.asin(q * sine),
    centre = twoThetaAt(peak),
    step = STEP * degreesPerQ(sine);
  const count = Math.round((ENDS[1] - ENDS[0]) / STEP) + 1,
    first = Math.round(ENDS[0] / STEP);
  const twoTheta = Float64Array.from({ length: count }, (_, j) =>
    even ? centre + (first + j) * step : twoThetaAt(peak * (1 + (first + j) * STEP)),
  );
  const instrument = {
    scale: 1e6,
    background: 10,
    ...(even && { resolution: { shape: "gaussian", fwhm: WIDTH * degreesPerQ(sine) } as const }),
  };
  const { intensity } = simulator.simulate(profile, crystal, twoTheta, {
    kernel: "f64",
    slices: 800,
    instrument,
  });
  return { twoTheta, intensity };
}

async function rows(crystals: readonly Reflection[], even: boolean): Promise<Float32Array[]> {
  return Promise.all(
    crystals.map(
      async (crystal) =>
        (
          await networkInput(await scanOf(crystal, even), "universal", {
            reflection: crystal,
            ...(even ? {} : { offset: 0 }),
          })
        ).input,
    ),
  );
}

/** Largest rms difference of a row to the first, in log10, and the largest of a point. */
function spread(all: readonly Float32Array[]): { rms: number; worst: number } {
  const differences = all.slice(1).map((row) => row.map((v, k) => v - all[0]![k]!));
  return {
    rms: Math.max(...differences.map((d) => Math.sqrt(d.reduce((sum, v) => sum + v * v, 0) / d.length))),
    worst: Math.max(...differences.map((d) => d.reduce((most, v) => Math.max(most, Math.abs(v)), 0))),
  };
}

describe("seven crystals of equal t·Q_B, strain, disorder and κ", async () => {
  const crystals = await Promise.all(
    CRYSTALS.map(([name, hkl]) => reflection(material(name), { hkl, wavelength: CU })),
  );
  const common = scaleReflection(crystals[0]!);
  const own = crystals.map((crystal): ScaledReflection => scaleReflection(crystal));

  test("give the same input, to 1e-6 in log10", async () => {
    const all = await rows(
      crystals.map((crystal) => withKappas(crystal, common.k0, common.kh)),
      false,
    );
    expect(spread(all).worst).toBeLessThan(1e-6);
  });

  test("refraction is gone where the peak is the origin: each with its own κ_0′, to 0.002 rms in log10, 0.015 at the worst point", async () => {
    const all = await rows(
      crystals.map((crystal, i) => withKappas(crystal, [own[i]!.k0[0], common.k0[1]], common.kh)),
      false,
    );
    const { rms, worst } = spread(all);
    expect(rms).toBeLessThan(0.002);
    expect(worst).toBeLessThan(0.015);
  });

  test("steps and resolution even in 2θ, equal in q at the peak, and offsets found: to 0.005 rms, 0.15 at the worst point, on the flank of the peak", async () => {
    const all = await rows(
      crystals.map((crystal, i) => withKappas(crystal, [own[i]!.k0[0], common.k0[1]], common.kh)),
      true,
    );
    const { rms, worst } = spread(all);
    expect(rms).toBeLessThan(0.005);
    expect(worst).toBeLessThan(0.15);
  });

  test("what is left, κ_H and κ_0″ of each, matters, and is what the network is told", async () => {
    const all = await rows(crystals, false),
      { rms } = spread(all);
    expect(rms).toBeGreaterThan(0.1);
    const { extras } = await networkInput(await scanOf(crystals[3]!, true), "universal", {
      reflection: crystals[3]!,
    });
    const { extraNames } = await createGenerator("universal"),
      extra = (name: string): number => extras[extraNames.indexOf(name)]!;
    const size = Math.hypot(...own[3]!.kh);
    expect(10 ** (extra("coupling") - 5) / size).toBeCloseTo(1, 5);
    expect((10 ** (extra("absorption") - 1) * size) / own[3]!.k0[1]).toBeCloseTo(1, 5);
    expect(extra("sine")).toBeCloseTo(own[3]!.sine, 6);
  });
});

describe("labels of preset universal", () => {
  test("become nm and degrees for a crystal, and back", async () => {
    const sic = await reflection(material("SiC-4H"), { hkl: [0, 0, 4], wavelength: CU }),
      universal = preset("universal");
    const { thickness, fwhm, weight1 } = physicalLabels(
      universal,
      { thickness: 1200, fwhm: 0.05, weight1: 0.7 },
      sic,
    );
    expect(thickness).toBeCloseTo(120 * sic.d, 10);
    // dq/q of a width in 2θ: cot θ · Δ2θ/2.
    const theta = Math.asin(CU / (2 * sic.d));
    expect(((fwhm! / DEGREES / 2) * 100) / Math.tan(theta)).toBeCloseTo(0.05, 10);
    expect(weight1).toBe(0.7);
    expect(physicalLabels(preset("measured"), { thickness: 300, fwhm: 0.02 }, sic)).toEqual({
      thickness: 300,
      fwhm: 0.02,
    });
    expect(labelUnits(preset("cnn2"), sic)).toEqual({});
  });

  test("a sample of one crystal is a sample of all: universal, narrowed to a reflection, makes what its own preset makes", async () => {
    const own = preset("measured"),
      universal = inTermsOf(preset("universal"), own);
    const generator = await createGenerator(universal),
      batch = generator.generate(1, 0, 50),
      labels = Object.fromEntries(generator.labelNames.map((name, k) => [name, batch.labels[k]!]));
    expect(inTermsOf(universal, universal)).toEqual(universal);
    expect(inTermsOf(own, own)).toBe(own);
    const crystal = { d: own.reflection!.d, wavelength: own.reflection!.wavelength },
      physical = physicalLabels(universal, labels, crystal);
    expect(physical.thickness).toBeGreaterThan(own.ranges.thickness[0] * 0.999);
    expect(physical.thickness).toBeLessThan(own.ranges.thickness[1] * 1.001);
    expect(physical.fwhm).toBeGreaterThan(own.ranges.fwhm[0] * 0.999);
    // What a network is told of the reflection is what it is told with a scan of that crystal.
    const { extras } = await networkInput((await createGenerator(own)).scan(1, 0), "universal", {
      reflection: ownReflection(own)!,
    });
    for (const name of ["coupling", "absorption", "phase", "sine"])
      expect(batch.extras[generator.extraNames.indexOf(name)], name).toBeCloseTo(
        extras[generator.extraNames.indexOf(name)]!,
        5,
      );
  });
});

test("a scan for preset universal needs its reflection", async () => {
  const scan = { twoTheta: Float64Array.of(70, 71, 72), intensity: Float64Array.of(1, 2, 1) };
  await expect(networkInput(scan, "universal")).rejects.toThrow(InvalidParameterError);
  await expect(networkInput(scan, "universal")).rejects.toThrow(
    "reflection must be given: preset universal has samples of many",
  );
});
