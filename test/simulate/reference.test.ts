/** The three kernels against curves of an independent program, slice by slice (tools/oracles/curves.py). */
import { beforeAll, describe, expect, test } from "vitest";
import { createSimulator, type Kernel, type Simulator } from "../../src/simulate/simulator.ts";
import type { Complex, Deviation, Geometry, Hkl, Polarisation, Reflection } from "../../src/types.ts";
import { readReference } from "../support/reference.ts";

interface ReferenceCrystal {
  material: string;
  hkl: Hkl;
  d: number;
  cellVolume: number;
  f0: Complex;
  fh: Complex;
  fhbar: Complex;
}

interface ReferenceCase extends ReferenceCrystal {
  wavelength: number;
  geometry: Geometry;
  deviation: Deviation;
  asymmetryDeg: number;
  polarisation: Polarisation;
  thicknessNm: number;
  filmThicknessNm: number | null;
  substrate: ReferenceCrystal | null;
  strain: number[];
  debyeWaller: number[];
  thetaDeg: number[];
  reflectivity: number[];
}

function reflectionOf(crystal: ReferenceCrystal, wavelength: number, asymmetry: number): Reflection {
  const { material, hkl, d, cellVolume, f0, fh, fhbar } = crystal;
  return {
    name: material,
    hkl,
    wavelength,
    d,
    cellVolume,
    asymmetry,
    structureFactor: { zero: f0, h: fh, hBar: fhbar },
  };
}

/** Largest |Δ log10 R| over the points where the reference exceeds `floor`. */
function worst(simulator: Simulator, reference: ReferenceCase, kernel: Kernel, floor: number): number {
  const { wavelength, geometry, substrate, filmThicknessNm, deviation, polarisation } = reference;
  const sample = {
    geometry,
    ...(filmThicknessNm !== null && { filmThickness: filmThicknessNm }),
    ...(substrate !== null && { substrate: reflectionOf(substrate, wavelength, 0) }),
  };
  const stack = {
    strain: reference.strain.map((e) => e * 100),
    debyeWaller: reference.debyeWaller,
    thickness: reference.thicknessNm,
  };
  const twoTheta = reference.thetaDeg.map((t) => 2 * t);
  const curve = simulator.reflectivity(
    stack,
    reflectionOf(reference, wavelength, reference.asymmetryDeg),
    twoTheta,
    { sample, deviation, polarisation, kernel },
  );
  return reference.reflectivity.reduce(
    (largest, r, i) => (r > floor ? Math.max(largest, Math.abs(Math.log10(curve[i] / r))) : largest),
    0,
  );
}

describe("reflectivity of the reference stacks", () => {
  let simulator: Simulator;
  beforeAll(async () => {
    simulator = await createSimulator();
  });
  const kernels: [Kernel, number, number][] = [
    ["f64", 1e-8, 0],
    ["simd", 1e-7, 0],
    ["fast", 2e-4, 1e-8],
  ];
  for (const [kernel, tolerance, floor] of kernels) {
    test(`kernel "${kernel}" is within ${tolerance} in log10 R${floor > 0 ? ` where R > ${floor}` : ""}`, () => {
      const { cases } = readReference<{ cases: ReferenceCase[] }>("curves.json");
      expect(cases.length).toBeGreaterThan(10);
      const errors = cases.map((c) => worst(simulator, c, kernel, floor));
      expect(
        Math.max(...errors),
        `each case: ${errors.map((e) => e.toExponential(1)).join(" ")}`,
      ).toBeLessThan(tolerance);
      expect(Math.max(...errors)).toBeGreaterThan(0);
    });
  }
});
