/** Conversions between the units of the public border and those inside, and the constants of the physics. */

/** Classical electron radius, Å (CODATA 2018: 2.8179403262e-15 m). */
export const CLASSICAL_ELECTRON_RADIUS = 2.8179403262e-5;

/** hc in keV·Å (exact in the SI of 2019). */
export const KEV_ANGSTROM = 12.398419843320026;

/** Wavelengths of the Kα lines of common anodes, Å: International Tables C (2004), table 4.2.2.4, and NIST's X-ray Transition
 *  Energies (Deslattes et al. 2003, Rev. Mod. Phys. 75, 35). Cr, Fe, Co, Cu: Hölzer et al. 1997, Phys. Rev. A 56, 4554. Programs
 *  of diffractometers still write 1.540598 Å for Cu Kα1, 3 parts in a million more. */
export const WAVELENGTHS = {
  "Cr Kα1": 2.289726,
  "Cr Kα2": 2.293651,
  "Fe Kα1": 1.936041,
  "Fe Kα2": 1.939973,
  "Co Kα1": 1.788996,
  "Co Kα2": 1.792835,
  "Cu Kα1": 1.5405929,
  "Cu Kα2": 1.5444274,
  "Ga Kα1": 1.340127,
  "Ga Kα2": 1.344026,
  "Mo Kα1": 0.70931715,
  "Mo Kα2": 0.713607,
  "Ag Kα1": 0.55942178,
  "Ag Kα2": 0.5638131,
} as const;

/** The Kα2 line of the anode whose Kα1 line a wavelength is, moved with it; undefined for other wavelengths.
 *  @param wavelength Å; within 0.05 % of a tabulated Kα1 */
export function secondLine(wavelength: number): number | undefined {
  for (const anode of ["Cr", "Fe", "Co", "Cu", "Ga", "Mo", "Ag"] as const) {
    const first = WAVELENGTHS[`${anode} Kα1`];
    if (Math.abs(wavelength / first - 1) < 5e-4) return wavelength + WAVELENGTHS[`${anode} Kα2`] - first;
  }
  return undefined;
}

export const ANGSTROM_PER_NM = 10;
export const RADIANS = Math.PI / 180;
export const DEGREES = 180 / Math.PI;
