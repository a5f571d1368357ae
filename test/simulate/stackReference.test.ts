/** Layers of several crystals against another program, which follows four tie points instead of two;
 *  tools/stack-oracle.py made the curves. */
import { readFileSync } from "node:fs";
import { beforeAll, describe, expect, test } from "vitest";
import { createSimulator, type Simulator } from "../../src/simulate/simulator.ts";
import type { Complex, Hkl, Reflection, Stack } from "../../src/types.ts";
import { RADIANS } from "../../src/units.ts";
import { braggAngle, gammaOf } from "./crystals.ts";

interface OracleCrystal {
  name: string;
  hkl: Hkl;
  d: number;
  cellVolume: number;
  f0: Complex;
  fh: Complex;
  asymmetryDeg: number;
}

interface OracleCase {
  name: string;
  wavelength: number;
  substrate: OracleCrystal;
  repeats: number;
  layers: { crystal: OracleCrystal; thicknessNm: number; strainPercent: number }[];
  thetaDeg: number[];
  reflectivity: number[];
}

const { cases } = JSON.parse(readFileSync(new URL("stacks.json", import.meta.url), "utf8")) as {
  cases: OracleCase[];
};

let simulator: Simulator;
beforeAll(async () => {
  simulator = await createSimulator();
});

/** What four tie points add to two: a wave that passes the surface at the sine γ is weaker by χ_0/4γ². Small crystals scatter as
 *  if F_H were greater by this. */
function transmission(substrate: Reflection, crystal: Reflection): number {
  const tilt = (substrate.asymmetry ?? 0) * RADIANS,
    bragg = braggAngle(substrate);
  const inverse = Math.sin(bragg - tilt) ** -2 + Math.sin(bragg + tilt) ** -2;
  return 1 + 0.25 * gammaOf(crystal) * crystal.structureFactor.zero[0] * inverse;
}

function crystalOf({ f0, fh, asymmetryDeg, ...rest }: OracleCrystal, wavelength: number): Reflection {
  return {
    ...rest,
    wavelength,
    structureFactor: { zero: f0, h: fh, hBar: fh },
    ...(asymmetryDeg !== 0 && { asymmetry: asymmetryDeg }),
  };
}

/** Median of |Δ log10 R|, and what 99 % of the points stay below. */
function differences(oracle: OracleCase, isTransmitted: boolean): { median: number; most: number } {
  const { wavelength, repeats, thetaDeg, reflectivity } = oracle;
  const base = crystalOf(oracle.substrate, wavelength);
  const seen = (crystal: Reflection): Reflection => {
    if (!isTransmitted) return crystal;
    const factor = transmission(base, crystal);
    const { zero, h } = crystal.structureFactor;
    const stronger: Complex = [h[0] * factor, h[1] * factor];
    return { ...crystal, structureFactor: { zero, h: stronger, hBar: stronger } };
  };
  const layers = oracle.layers.map(({ crystal, thicknessNm, strainPercent }) => ({
    crystal: seen(crystalOf(crystal, wavelength)),
    thickness: thicknessNm,
    strain: strainPercent,
  }));
  const stack: Stack = { substrate: seen(base), layers: [{ layers, repeats }] };
  const curve = simulator.simulateStack(
    stack,
    thetaDeg.map((t) => 2 * t),
  ).reflectivity;
  const errors = curve.map((r, i) => Math.abs(Math.log10(r / reflectivity[i]))).sort();
  return { median: errors[Math.floor(0.5 * errors.length)], most: errors[Math.floor(0.99 * errors.length)] };
}

describe.each(cases)("$name: log10 R of four-beam theory", (oracle) => {
  test("median within 2e-4, 99 % within 1e-3", () => {
    const { median, most } = differences(oracle, false);
    expect(median).toBeLessThan(2e-4);
    expect(most).toBeLessThan(1e-3);
  });

  test("median within 5e-5, 99 % within 2e-4, where F_H has the transmission of the surface in it", () => {
    const { median, most } = differences(oracle, true);
    expect(median).toBeLessThan(5e-5);
    expect(most).toBeLessThan(2e-4);
  });
});
