/** Lines of the anodes, and energies in their place. */
import { expect, test } from "vitest";
import { atomicNumber } from "../../src/crystal/elements.ts";
import { material } from "../../src/crystal/materials.ts";
import { reflection } from "../../src/crystal/structureFactor.ts";
import { InvalidParameterError } from "../../src/errors.ts";
import { KEV_ANGSTROM, secondLine, WAVELENGTHS } from "../../src/units.ts";

const ANODES = ["Cr", "Fe", "Co", "Cu", "Ga", "Mo", "Ag"] as const;

test("Kα1 energies follow Moseley: their roots lie on a line against Z, within the screening of heavy atoms", () => {
  const roots = ANODES.map((anode) => Math.sqrt(KEV_ANGSTROM / WAVELENGTHS[`${anode} Kα1`]));
  const slopes = ANODES.slice(1).map(
    (anode, i) => (roots[i + 1]! - roots[i]!) / (atomicNumber(anode)! - atomicNumber(ANODES[i]!)!),
  );
  // √(¾ Ry) = 0.1010 √keV for each unit of Z; screening and relativity add a few per cent.
  for (const slope of slopes) expect(slope / Math.sqrt(0.75 * 0.013605693)).toBeCloseTo(1.025, 1.3);
});

test("the spin-orbit splitting of the 2p level grows as the fourth power of the screened Z", () => {
  const splitting = (anode: (typeof ANODES)[number]) =>
    KEV_ANGSTROM / WAVELENGTHS[`${anode} Kα1`] - KEV_ANGSTROM / WAVELENGTHS[`${anode} Kα2`];
  // (α²/16) (Z − σ)⁴ Ry, with σ about 3.5 (Sommerfeld); open 3d shells add a sixth.
  for (const anode of ANODES) {
    const expected = (7.2973525693e-3 ** 2 / 16) * 0.013605693 * (atomicNumber(anode)! - 3.5) ** 4;
    expect(splitting(anode) / expected).toBeGreaterThan(0.9);
    expect(splitting(anode) / expected).toBeLessThan(1.2);
  }
});

test("the second line goes with the first, and only with a first line", () => {
  expect(secondLine(WAVELENGTHS["Co Kα1"])).toBeCloseTo(WAVELENGTHS["Co Kα2"], 12);
  // As programs of diffractometers have it.
  expect(secondLine(1.540598)! - 1.540598).toBeCloseTo(WAVELENGTHS["Cu Kα2"] - WAVELENGTHS["Cu Kα1"], 12);
  expect(secondLine(1.2)).toBeUndefined();
  expect(secondLine(WAVELENGTHS["Cu Kα2"])).toBeUndefined();
});

test("a reflection at an energy is that at its wavelength; one of both is needed", async () => {
  const hkl = [0, 0, 4] as const;
  const at = (options: { wavelength?: number; energy?: number }) =>
    reflection(material("Si"), { hkl, ...options });
  expect(await at({ energy: 10 })).toEqual(await at({ wavelength: KEV_ANGSTROM / 10 }));
  await expect(at({})).rejects.toThrow(/wavelength must be within/);
  await expect(at({ energy: 10, wavelength: 1.2 })).rejects.toThrow(InvalidParameterError);
  await expect(at({ energy: 8047 })).rejects.toThrow(/energy must be within \[4, 30\] keV; got 8047/);
  await expect(at({ energy: NaN })).rejects.toThrow(/energy/);
});
