/** Conversions between the units of the public border and those inside, and the constants of the physics. */

/** Classical electron radius, Å (CODATA 2018: 2.8179403262e-15 m). */
export const CLASSICAL_ELECTRON_RADIUS = 2.8179403262e-5;

/** hc in keV·Å (exact in the SI of 2019). */
export const KEV_ANGSTROM = 12.398419843320026;

/** Wavelengths of common lines in Å (Hölzer et al. 1997, as used by diffractometers). */
export const WAVELENGTHS = { "Cu Kα1": 1.540598, "Cu Kα2": 1.544426 } as const;

export const ANGSTROM_PER_NM = 10;
export const RADIANS = Math.PI / 180;
export const DEGREES = 180 / Math.PI;
