/** The version that results and the command line name; a test holds it to package.json. */
export const VERSION = "0.2.0";

/** How to cite the program; CITATION.cff says the same, which a test holds. */
export const CITATION = `The takagi authors (2026). takagi ${VERSION}: depth-resolved strain and disorder from X-ray diffraction. MIT licence.`;
