/** The whole inversion: its instrument gives its curve again, it repeats itself, does what it is told, and hears an abort. */
import { expect, test } from "vitest";
import { material } from "../../src/crystal/materials.ts";
import { reflection } from "../../src/crystal/structureFactor.ts";
import { TakagiError } from "../../src/errors.ts";
import { invert } from "../../src/invert/invert.ts";
import { createSimulator } from "../../src/simulate/simulator.ts";
import { pseudoVoigtProfile } from "../../src/profile/pseudoVoigt.ts";
import type { Inversion, Scan } from "../../src/types.ts";
import { strainError } from "../support/profiles.ts";

const simulator = await createSimulator(),
  ysz = await reflection(material("YSZ"), { hkl: [4, 0, 0], wavelength: 1.5406 }),
  film = pseudoVoigtProfile({
    thickness: 120,
    height: 1.1,
    depth: 50,
    widthSurface: 90,
    widthInterface: 60,
    debyeWallerMin: 0.5,
  });

function scanOf(points: number, change: (mean: Float64Array) => Float64Array = (mean) => mean): Scan {
  const twoTheta = Float64Array.from({ length: points }, (_, i) => 72.5 + (1.4 * i) / (points - 1)),
    { intensity } = simulator.simulate(film, ysz, twoTheta, {
      instrument: { resolution: { shape: "gaussian", fwhm: 0.02 }, scale: 1e5, background: 5 },
    });
  return { twoTheta, intensity: simulator.counts(change(intensity), 3), countUnit: 1 };
}

const scan = scanOf(401),
  plain = await invert(scan, ysz, { effort: "quick", guesses: [film] });

/** Largest relative difference of the curve that `simulate` gives from that of the answer. */
function worst({ profile, instrument, scan: { twoTheta }, calculated, reflection: own }: Inversion): number {
  return simulator
    .simulate(profile, own, twoTheta, { instrument })
    .intensity.reduce((most, y, i) => Math.max(most, Math.abs(y / calculated[i]! - 1)), 0);
}

test("the answer explains the scan, is right, and its instrument gives its curve again", () => {
  expect(plain.chi2PerPoint).toBeLessThan(1.2);
  expect(strainError(film, plain.profile)).toBeLessThan(0.1);
  expect(worst(plain)).toBeLessThan(1e-2);
});

test("what is told of it: shares, draws and confidence are probabilities, bands hold the profile", () => {
  expect(plain.solutions.reduce((sum, { weight }) => sum + weight, 0)).toBeCloseTo(1, 9);
  expect(plain.draws.length).toBeGreaterThan(0);
  const total = plain.draws.reduce((sum, { weight }) => sum + weight, 0);
  expect(total).toBeGreaterThan(0);
  expect(total).toBeLessThanOrEqual(1 + 1e-9);
  expect(plain.confidence).toBeGreaterThanOrEqual(0);
  expect(plain.confidence).toBeLessThanOrEqual(1);
  expect(Object.values(plain.features).every(Number.isFinite)).toBe(true);
  plain.profile.strain.forEach((e, i) => {
    expect(plain.strainBand.lower[i]!).toBeLessThanOrEqual(e);
    expect(plain.strainBand.upper[i]!).toBeGreaterThanOrEqual(e);
  });
  expect(plain).toMatchObject({ prior: "universal", method: "search", countUnit: 1 });
});

test("a crystal that shows no strain has none, and is not called determined: a film may be there unseen", async () => {
  const { twoTheta } = scan,
    bare = {
      depth: Float64Array.of(0, 50),
      strain: Float64Array.of(0, 0),
      debyeWaller: Float64Array.of(1, 1),
    },
    { intensity } = simulator.simulate(bare, ysz, twoTheta, {
      instrument: { resolution: { shape: "gaussian", fwhm: 0.02 }, scale: 1e4, background: 5 },
    });
  const seen = { twoTheta, intensity: simulator.counts(intensity, 7), countUnit: 1 },
    { maxStrain, strainBand, verdict, verdictReason } = await invert(seen, ysz, { effort: "quick" });
  expect([maxStrain, verdict]).toEqual([0, "ambiguous"]);
  expect(verdictReason).toMatch(/unstrained crystal explains the scan/);
  // The band is that of the films that the scan allows.
  const width = strainBand.upper.map((upper, i) => upper - strainBand.lower[i]!);
  expect(Math.max(...width)).toBeGreaterThan(0.01);
});

test("the same input gives the same bytes", async () => {
  const again = await invert(scan, ysz, { effort: "quick", guesses: [film] });
  const json = (value: Inversion): string =>
    JSON.stringify(value, (_, v: unknown) => (ArrayBuffer.isView(v) ? Array.from(v as Float64Array) : v));
  expect(json(again)).toBe(json(plain));
});

test("what is fixed keeps its value, and what is known stays near it", async () => {
  const fixed = await invert(scan, ysz, {
    effort: "quick",
    fix: { thickness: 135, background: 4, lorentzFraction: 0, backgroundDecades: 0.1 },
  });
  expect(fixed.thickness).toBeCloseTo(135, 6);
  expect(fixed.instrument).toMatchObject({ resolution: { shape: "gaussian" } });
  expect(fixed.instrument.background).toBeCloseTo(4, 6);
  expect(fixed.instrument.backgroundDecades).toBeCloseTo(0.1, 9);
  const known = await invert(scan, ysz, {
    effort: "quick",
    known: { thickness: [140, 0.05], offset: [0.004, 1e-5] },
  });
  expect(Math.abs(known.thickness - 140)).toBeLessThan(0.5);
  expect(Math.abs(known.instrument.offset! - 0.004)).toBeLessThan(2e-4);
});

test("absorbers: attenuated points are seen with their own counts, the answer is that of a scan without", async () => {
  const attenuation = scan.intensity.map((y) => (y > 3000 ? 50 : 1)),
    measured = scanOf(401, (mean) => mean.map((m, i) => m / attenuation[i]!)),
    answer = await invert(
      { ...measured, intensity: measured.intensity.map((n, i) => n * attenuation[i]!), attenuation },
      ysz,
      { effort: "quick", guesses: [film] },
    );
  expect(answer.chi2PerPoint).toBeLessThan(1.2);
  expect(strainError(film, answer.profile)).toBeLessThan(0.1);
  expect(answer.instrument.deadTime).toBeUndefined();
});

test("points far outside a scan are left out, and named", async () => {
  const add = (values: Float64Array, first: number, last: number): Float64Array =>
      Float64Array.of(first, ...values, last),
    stray = { ...scan, twoTheta: add(scan.twoTheta, 1, 150), intensity: add(scan.intensity, 1, 1) },
    answer = await invert(stray, ysz, { effort: "quick", guesses: [film] });
  expect(answer.scan.twoTheta).toEqual(scan.twoTheta);
  expect(answer.scan.notes).toEqual(["far outside the scan, and left out: 2 points at 1°, 150°"]);
  expect(answer.maxStrain).toBe(plain.maxStrain);
});

test("a scan without a peak is refused by name", async () => {
  for (const intensity of [new Float64Array(401).fill(10), new Float64Array(401)]) {
    const refusal = invert({ ...scan, intensity }, ysz);
    await expect(refusal).rejects.toThrow(TakagiError);
    await expect(refusal).rejects.toThrow(/scan\.intensity/);
  }
});

test("more counts than any detector has, for what one count is, are refused by name", async () => {
  const twoTheta = Float64Array.from({ length: 300 }, (_, i) => 72.2 + 0.01 * i),
    intensity = twoTheta.map((t) => (Math.abs(t - 73.62) < 0.005 ? 1e15 : 1e-300));
  await expect(invert({ twoTheta, intensity, countUnit: 1e-300 }, ysz)).rejects.toThrow(
    /^countUnit must be one of which no point has more than/,
  );
});

test("an abort is heard at the next turn, with its reason", async () => {
  const controller = new AbortController();
  let turns = 0;
  await expect(
    invert(scan, ysz, {
      signal: controller.signal,
      onProgress: () => {
        if (++turns === 3) controller.abort(new Error("enough"));
      },
    }),
  ).rejects.toThrow("enough");
  // The turn in which it was told.
  expect(turns).toBe(3);
});
