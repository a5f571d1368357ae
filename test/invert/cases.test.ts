/** Scans that inversions stumbled over: an answer, or an error of its kind, within reasonable work. */
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { material } from "../../src/crystal/materials.ts";
import { reflection } from "../../src/crystal/structureFactor.ts";
import { invert } from "../../src/invert/invert.ts";
import type { InvertOptions } from "../../src/invert/options.ts";
import { parseScan } from "../../src/io/xy.ts";
import type { Hkl, Inversion } from "../../src/types.ts";
import { pseudoVoigtProfile } from "../../src/profile/pseudoVoigt.ts";
import { createSimulator } from "../../src/simulate/simulator.ts";
import { sharedPath, testWithShared } from "../support/shared.ts";

const testCase = testWithShared("the folder of cases", "cases");

async function answer(
  file: string,
  [name, hkl, wavelength]: readonly [string, Hkl, number],
  options: InvertOptions = {},
): Promise<Inversion> {
  const scan = parseScan(readFileSync(sharedPath(`cases/${file}`), "utf8")),
    found = await invert(scan, await reflection(material(name), { hkl, wavelength }), {
      effort: "quick",
      ...options,
    });
  expect(found.profile.strain.every(Number.isFinite)).toBe(true);
  expect(found.calculated.every((y) => Number.isFinite(y) && y >= 0)).toBe(true);
  return found;
}

const SRTIO3 = ["SrTiO3", [0, 0, 2], 1.5406] as const,
  GAAS = ["GaAs", [0, 0, 4], 1.5406] as const,
  YSZ = ["YSZ", [4, 0, 0], 1.5406] as const;

testCase("a film that is all of a thick film: the strained region stays within it", async () => {
  const { thickness } = await answer("film60.xy", SRTIO3, {
    sample: { geometry: "thick film", filmThickness: 60 },
  });
  expect(thickness).toBeLessThanOrEqual(60 * (1 + 1e-9));
});

test("the search stays within a film, however coarse the scan", async () => {
  const crystal = await reflection(material("SrTiO3"), { hkl: [0, 0, 2], wavelength: 1.5406 }),
    sample = { geometry: "thick film", filmThickness: 60 } as const,
    simulator = await createSimulator(),
    profile = pseudoVoigtProfile({
      thickness: 40,
      height: 0.4,
      depth: 13,
      widthSurface: 20,
      widthInterface: 20,
    });
  const twoTheta = Float64Array.from({ length: 250 }, (_, i) => 44 + 0.02 * i),
    { intensity } = simulator.simulate(profile, crystal, twoTheta, {
      sample,
      instrument: { resolution: { shape: "gaussian", fwhm: 0.02 }, scale: 1e5 },
    }),
    scan = { twoTheta, intensity: simulator.counts(intensity, 1), countUnit: 1 },
    { thickness, draws } = await invert(scan, crystal, { sample, effort: 0.01 });
  expect(thickness).toBeLessThanOrEqual(60 * (1 + 1e-9));
  for (const draw of draws) expect(draw.profile.depth.at(-1)).toBeLessThanOrEqual(60 * (1 + 1e-9));
}, 30_000);

testCase("300 nm of 0.5 % in 600 nm of GaAs on Si", async () => {
  const substrate = await reflection(material("Si"), { hkl: [0, 0, 4], wavelength: 1.5406 }),
    { thickness, maxStrain, chi2PerPoint } = await answer("gaas600_on_si.xy", GAAS, {
      sample: { geometry: "thick film on substrate", filmThickness: 600, substrate },
    });
  expect(thickness).toBeLessThanOrEqual(600 * (1 + 1e-9));
  expect(chi2PerPoint).toBeLessThan(1.3);
  expect(Math.abs(maxStrain - 0.5)).toBeLessThan(0.05);
});

testCase("a film of 41 nm on its own crystal, 0.67 % compressed", async () => {
  const { maxStrain } = await answer("film41_counts.xy", SRTIO3);
  expect(Math.abs(maxStrain + 0.67)).toBeLessThan(0.2);
});

testCase(
  "a single spike is no reason for certainty",
  async () => {
    expect((await answer("attacks/spike.xy", YSZ)).verdict).toBe("ambiguous");
  },
  120_000,
);

testCase(
  "two stray points change nothing but the notes",
  async () => {
    const found = await answer("attacks/two-stray-points.xy", YSZ),
      without = await answer("attacks/two-stray-points-without.xy", YSZ);
    expect(found.scan.notes!.at(-1)).toMatch(/far outside the scan, and left out/);
    expect(found.maxStrain).toBe(without.maxStrain);
  },
  120_000,
);
