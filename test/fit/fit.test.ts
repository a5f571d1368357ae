/** From a scan to its profile, with no guess: simulated scans of known profiles, the measured one, and bad input. */
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { parseCif } from "../../src/crystal/cif.ts";
import { material } from "../../src/crystal/materials.ts";
import { reflection } from "../../src/crystal/structureFactor.ts";
import { InvalidParameterError, NotFiniteError, UnreachableReflectionError } from "../../src/errors.ts";
import { fit } from "../../src/fit/fit.ts";
import { parseScan } from "../../src/io/xy.ts";
import { pseudoVoigtProfile } from "../../src/profile/pseudoVoigt.ts";
import { createSimulator, type SimulateOptions } from "../../src/simulate/simulator.ts";
import type { Instrument, Profile, Reflection, Scan } from "../../src/types.ts";
import { strainError } from "../support/profiles.ts";
import { sharedPath, testWithShared } from "../support/shared.ts";

const ysz400 = (): Promise<Reflection> => reflection(material("YSZ"), { hkl: [4, 0, 0], wavelength: 1.5406 });
const film = pseudoVoigtProfile({
  thickness: 180,
  height: 0.9,
  depth: 70,
  widthSurface: 150,
  widthInterface: 90,
  debyeWallerMin: 0.4,
});
const instrument: Instrument = {
  resolution: { shape: "gaussian", fwhm: 0.02 },
  offset: 0.015,
  scale: 1e5,
  background: 6,
  backgroundSlope: 1.5,
};

async function scanOf(
  profile: Profile,
  settings: SimulateOptions = { instrument },
  seed = 3,
  from = 72.6,
  to = 73.9,
): Promise<Scan> {
  const simulator = await createSimulator();
  const twoTheta = Float64Array.from({ length: 451 }, (_, i) => from + ((to - from) * i) / 450);
  const { intensity } = simulator.simulate(profile, await ysz400(), twoTheta, settings);
  return { twoTheta, intensity: simulator.counts(intensity, seed), countUnit: 1 };
}

describe("fit", () => {
  test("finds profile and instrument of a simulated scan", async () => {
    const scan = await scanOf(film);
    const answer = await fit(scan, await ysz400());
    expect(answer.converged, answer.reason).toBe(true);
    expect(answer.chi2PerPoint).toBeLessThan(1.2);
    expect(strainError(film, answer.profile)).toBeLessThan(0.05);
    expect(answer.maxStrain).toBeCloseTo(0.9, 1);
    expect(answer.instrument.offset).toBeCloseTo(0.015, 3);
    expect(answer.instrument.resolution).toMatchObject({ shape: "gaussian" });
    expect(answer.instrument.background).toBeCloseTo(6, -1);
    expect(answer.instrument.scale).toBeGreaterThan(0.9e5);
    expect(answer.instrument.scale).toBeLessThan(1.1e5);
    const { names, values, covariance } = answer.parameters;
    const at = names.indexOf("offset");
    expect(values[at]).toBe(answer.instrument.offset);
    expect(Math.sqrt(covariance[at * names.length + at])).toBeLessThan(1e-3);
    expect(Math.sqrt(covariance[at * names.length + at])).toBeGreaterThan(1e-6);
    const { lower, upper, level } = answer.strainBand;
    expect(level).toBe(0.95);
    answer.profile.strain.forEach((e, i) => {
      expect(lower[i]).toBeLessThanOrEqual(e + 1e-9);
      expect(upper[i]).toBeGreaterThanOrEqual(e - 1e-9);
    });
  });

  test("finds compression as it finds tension", async () => {
    const compressed = pseudoVoigtProfile({
      thickness: 160,
      height: -0.7,
      depth: 60,
      widthSurface: 130,
      widthInterface: 90,
      debyeWallerMin: 0.5,
    });
    const answer = await fit(await scanOf(compressed, { instrument }, 5, 73.2, 74.4), await ysz400());
    expect(answer.chi2PerPoint).toBeLessThan(1.2);
    expect(strainError(compressed, answer.profile)).toBeLessThan(0.1);
    expect(answer.maxStrain).toBeLessThan(-0.6);
  });

  test("holds what is fixed, and leaves masked points out", async () => {
    const scan = await scanOf(film);
    const spoilt: Scan = {
      ...scan,
      intensity: scan.intensity.map((y, i) =>
        scan.twoTheta[i] > 72.9 && scan.twoTheta[i] < 72.95 ? y + 5000 : y,
      ),
    };
    const fix = { thickness: 180, offset: 0.015, fwhm: 0.02 };
    const answer = await fit(spoilt, await ysz400(), { fix, mask: [[72.89, 72.96]], starts: 6 });
    expect(answer.thickness).toBeCloseTo(180, 9);
    expect(answer.instrument.offset).toBeCloseTo(0.015, 9);
    expect(answer.instrument.resolution).toEqual({
      shape: "gaussian",
      fwhm: expect.closeTo(0.02, 9) as number,
    });
    expect(answer.chi2PerPoint).toBeLessThan(1.3);
    expect(answer.used.reduce((a, b) => a + b, 0)).toBeLessThan(scan.twoTheta.length);
    expect(strainError(film, answer.profile)).toBeLessThan(0.1);
  });

  test("takes rates with their unit, the residual and the number of splines as told", async () => {
    const scan = await scanOf(film);
    const rates: Scan = { twoTheta: scan.twoTheta, intensity: scan.intensity.map((y) => y * 0.004) };
    const answer = await fit({ ...rates, countUnit: 0.004 }, await ysz400(), {
      splines: 8,
      starts: 6,
      residual: "log",
    });
    expect(answer.splines).toBe(8);
    expect(answer.countUnit).toBe(0.004);
    expect(answer.rms).toBeLessThan(0.2);
  });

  test("a crystal without strain is found without strain", async () => {
    const flat: Profile = {
      depth: Float64Array.of(0, 100),
      strain: new Float64Array(2),
      debyeWaller: new Float64Array(2).fill(1),
    };
    const answer = await fit(await scanOf(flat), await ysz400(), { starts: 4 });
    expect(answer.chi2PerPoint).toBeLessThan(1.3);
    expect(answer.maxStrain).toBe(0);
    expect(answer.minDebyeWaller).toBeCloseTo(1, 12);
    expect(answer.calculated.every(Number.isFinite)).toBe(true);
    for (const band of [answer.strainBand, answer.debyeWallerBand])
      expect([...band.lower, ...band.upper].every(Number.isFinite)).toBe(true);
  });

  test("a model that cannot explain the scan says so, in bounded time", async () => {
    const answer = await fit(await scanOf(film), await ysz400(), {
      instrument: { resolution: { shape: "lorentzian", fwhm: 0.02 } },
      starts: 3,
    });
    expect(answer.chi2PerPoint).toBeGreaterThan(3);
    expect(answer.reason).toMatch(/does not explain the scan/);
    expect(answer.solutions).toHaveLength(1);
  });

  test("a film on another crystal converges: its buried part shrinks as the strained one grows", async () => {
    const silicon = await reflection(material("Si"), { hkl: [0, 0, 4], wavelength: 1.5406 }),
      gaas = await reflection(material("GaAs"), { hkl: [0, 0, 4], wavelength: 1.5406 });
    const sample = { geometry: "thick film on substrate" as const, filmThickness: 500, substrate: silicon };
    const simulator = await createSimulator();
    const twoTheta = Float64Array.from({ length: 401 }, (_, i) => 64.6 + 0.005 * i);
    const { intensity } = simulator.simulate(film, gaas, twoTheta, {
      sample,
      instrument: { ...instrument, offset: 0 },
    });
    const answer = await fit({ twoTheta, intensity: simulator.counts(intensity, 4), countUnit: 1 }, gaas, {
      sample,
      starts: 6,
    });
    expect(answer.converged, answer.reason).toBe(true);
    expect(strainError(film, answer.profile)).toBeLessThan(0.1);
  });

  test("progress rises and an abort is heard", async () => {
    const scan = await scanOf(film);
    const fractions: number[] = [];
    await fit(scan, await ysz400(), { starts: 4, onProgress: ({ fraction }) => fractions.push(fraction) });
    expect(fractions.length).toBeGreaterThan(4);
    expect([...fractions].sort((a, b) => a - b)).toEqual(fractions);
    const controller = new AbortController();
    const stopped = fit(scan, await ysz400(), {
      signal: controller.signal,
      onProgress: () => controller.abort(new Error("enough")),
    });
    await expect(stopped).rejects.toThrow("enough");
    const before = performance.now();
    await expect(fit(scan, await ysz400(), { signal: AbortSignal.timeout(100) })).rejects.toThrow();
    expect(performance.now() - before).toBeLessThan(1500);
  });

  const shared = testWithShared("the measured scan", "data/ysz-400-measured.xy");
  shared(
    "the measured YSZ scan, with nothing given but the crystal: rms of log10 at most 0.115",
    async () => {
      const zro2 = await reflection(parseCif(readFileSync(sharedPath("data/cif/ZrO2.cif"), "utf8")), {
        hkl: [4, 0, 0],
        wavelength: 1.5406,
      });
      const answer = await fit(parseScan(readFileSync(sharedPath("data/ysz-400-measured.xy"), "utf8")), zro2);
      expect(answer.rms).toBeLessThan(0.115);
      expect(answer.converged).toBe(true);
      for (const solution of answer.solutions) expect(solution.rms).toBeLessThan(0.13);
    },
  );
});

describe("fit refuses what it cannot use, by name", () => {
  test.each([
    [
      "NaN",
      (s: Scan): Scan => ({ ...s, intensity: s.intensity.map((y, i) => (i === 3 ? NaN : y)) }),
      NotFiniteError,
      /intensity\[3\]/,
    ],
    [
      "negative counts",
      (s: Scan): Scan => ({ ...s, intensity: s.intensity.map((y, i) => (i === 3 ? -1 : y)) }),
      InvalidParameterError,
      /intensity\[3\]/,
    ],
    [
      "zeros only",
      (s: Scan): Scan => ({ ...s, intensity: s.intensity.map(() => 0) }),
      InvalidParameterError,
      /intensity/,
    ],
    [
      "one point",
      (s: Scan): Scan => ({ twoTheta: s.twoTheta.slice(0, 1), intensity: s.intensity.slice(0, 1) }),
      InvalidParameterError,
      /twoTheta/,
    ],
    [
      "no point",
      (): Scan => ({ twoTheta: new Float64Array(), intensity: new Float64Array() }),
      InvalidParameterError,
      /twoTheta/,
    ],
    [
      "lengths that differ",
      (s: Scan): Scan => ({ ...s, intensity: s.intensity.slice(1) }),
      InvalidParameterError,
      /intensity/,
    ],
    [
      "a scan without a peak",
      (s: Scan): Scan => ({ ...s, intensity: s.intensity.map(() => 7) }),
      InvalidParameterError,
      /peak/,
    ],
    [
      "intensities beyond all counting",
      (s: Scan): Scan => ({ ...s, intensity: s.intensity.map((y) => y * 1e300) }),
      InvalidParameterError,
      /intensity/,
    ],
    [
      "a scan elsewhere",
      (s: Scan): Scan => ({ ...s, twoTheta: s.twoTheta.map((t) => t - 20) }),
      InvalidParameterError,
      /Bragg|reflection/,
    ],
  ])("%s", async (_, spoil, type, message) => {
    const error: unknown = await fit(spoil(await scanOf(film)), await ysz400()).catch((e: unknown) => e);
    expect(error).toBeInstanceOf(type);
    expect((error as Error).message).toMatch(message);
  });

  test.each([
    ["zero thickness", { fix: { thickness: 0 } }, /thickness/],
    ["everything masked", { mask: [[0, 180]] as const }, /mask/],
    ["a mask upside down", { mask: [[73, 72]] as const }, /mask/],
    ["half a spline", { splines: 2.5 }, /splines/],
    ["no start", { starts: 0 }, /starts/],
    ["a thickness beyond all fringes", { fix: { thickness: 1e9 } }, /fix\.thickness/],
    ["an unknown parameter", { fix: { colour: 1 } as object }, /fix/],
    ["lines of another source", { instrument: { lines: [{ wavelength: 1.2, weight: 1 }] } }, /lines/],
  ])("%s", async (_, options, message) => {
    await expect(fit(await scanOf(film), await ysz400(), options)).rejects.toThrow(message);
  });

  test("a wavelength that cannot reach the planes", async () => {
    await expect(reflection(material("YSZ"), { hkl: [4, 0, 0], wavelength: 2.9 })).rejects.toThrow(
      UnreachableReflectionError,
    );
  });
});
