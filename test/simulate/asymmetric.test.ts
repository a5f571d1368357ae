/** Exact deviation at asymmetric reflections against another program, which follows four tie points instead of two;
 *  tools/asymmetric-oracle.py made the curves. */
import { readFileSync } from "node:fs";
import { beforeAll, describe, expect, test } from "vitest";
import { createSimulator, type Simulator } from "../../src/simulate/simulator.ts";
import type { Complex, Deviation, Hkl, Polarisation } from "../../src/types.ts";

interface OracleCase {
  hkl: Hkl;
  wavelength: number;
  d: number;
  cellVolume: number;
  f0: Complex;
  fh: Complex;
  asymmetryDeg: number;
  polarisation: Polarisation;
  thicknessNm: number[];
  strainPercent: number[];
  debyeWaller: number[];
  thetaDeg: number[];
  reflectivity: number[];
}

const { cases } = JSON.parse(readFileSync(new URL("asymmetric.json", import.meta.url), "utf8")) as {
  cases: OracleCase[];
};
/** Slices that each layer is cut into; all layers of a case are equally thick. */
const PARTS = 20;

/** |Δ log10 R| of every point of the other program's curve. */
function differences(
  simulator: Simulator,
  oracle: OracleCase,
  deviation: Deviation,
  asymmetry = oracle.asymmetryDeg,
): Float64Array {
  const {
    hkl,
    wavelength,
    d,
    cellVolume,
    f0,
    fh,
    polarisation,
    strainPercent,
    debyeWaller,
    thicknessNm,
    thetaDeg,
  } = oracle;
  const reflection = {
    name: "Si",
    hkl,
    wavelength,
    d,
    cellVolume,
    asymmetry,
    structureFactor: { zero: f0, h: fh, hBar: fh },
  };
  const stack = {
    strain: strainPercent.flatMap((e) => new Array<number>(PARTS).fill(e)),
    debyeWaller: debyeWaller.flatMap((w) => new Array<number>(PARTS).fill(w)),
    thickness: thicknessNm.reduce((a, b) => a + b, 0),
  };
  const twoTheta = thetaDeg.map((t) => 2 * t);
  const curve = simulator.reflectivity(stack, reflection, twoTheta, {
    deviation,
    polarisation,
    kernel: "f64",
  });
  return curve.map((r, i) => Math.abs(Math.log10(r / oracle.reflectivity[i])));
}

const rms = (values: Float64Array): number =>
  Math.sqrt(values.reduce((a, b) => a + b * b, 0) / values.length);

describe("an asymmetric reflection", () => {
  let simulator: Simulator;
  beforeAll(async () => {
    simulator = await createSimulator();
  });

  for (const oracle of cases) {
    const { asymmetryDeg, hkl, strainPercent, polarisation } = oracle;
    const name = `Si ${hkl.join("")}, planes at ${asymmetryDeg.toFixed(2)}°, strain ${strainPercent.join(", ")} %, ${polarisation}`;
    // Where incidence is within 3° of the surface the second order of refraction shows; in π polarisation that the other
    // program takes the polarisation factor at each angle.
    const grazing = Math.min(...oracle.thetaDeg) - Math.abs(asymmetryDeg) < 3;
    const [tolerance, everywhere] =
      polarisation === "pi" ? [1.5e-2, 3e-2] : grazing ? [7e-3, 3e-2] : [2e-3, 1.2e-2];
    test(`${name}: exact deviation within ${tolerance} of four-beam theory where R > 1e-3, ${everywhere} everywhere`, () => {
      const errors = differences(simulator, oracle, "exact");
      const nearPeaks = errors.filter((_, i) => oracle.reflectivity[i] > 1e-3);
      expect(nearPeaks.length).toBeGreaterThan(10);
      expect(Math.max(...nearPeaks)).toBeLessThan(tolerance);
      expect(Math.max(...errors)).toBeLessThan(everywhere);
    });
  }

  test("linear deviation is far from it at 3 % of strain", () => {
    const strained = cases.find((c) => c.strainPercent[0] === 3)!;
    expect(rms(differences(simulator, strained, "linear"))).toBeGreaterThan(
      100 * rms(differences(simulator, strained, "exact")),
    );
  });

  test("the sign of the asymmetry tells grazing incidence (+) from grazing exit (−)", () => {
    const oracle = cases.find((c) => c.asymmetryDeg > 30)!;
    expect(rms(differences(simulator, oracle, "exact", -oracle.asymmetryDeg))).toBeGreaterThan(0.1);
  });

  test("an asymmetry of 1e-7° diffracts as the symmetric reflection does", () => {
    const oracle = cases.find((c) => c.asymmetryDeg === 0)!;
    const without = differences(simulator, oracle, "exact", 0);
    const withAsymmetry = differences(simulator, oracle, "exact", 1e-7);
    expect(Math.max(...without.map((e, i) => Math.abs(e - withAsymmetry[i])))).toBeLessThan(1e-5);
  });
});
