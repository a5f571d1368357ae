/** The nouns of takagi: one type per stage of the data's way. Units are those of the public border. */

/** A complex number [re, im]; the same in JSON. */
export type Complex = readonly [re: number, im: number];

/** Miller indices. */
export type Hkl = readonly [h: number, k: number, l: number];

/** Unit cell; lengths in Å, angles in degrees. */
export interface Cell {
  readonly a: number;
  readonly b: number;
  readonly c: number;
  readonly alpha: number;
  readonly beta: number;
  readonly gamma: number;
}

/** One atom of the full cell (symmetry applied). */
export interface Atom {
  /** Chemical symbol, such as "Zr". */
  readonly element: string;
  /** Fractional coordinates, each in [0, 1). */
  readonly position: readonly [x: number, y: number, z: number];
  /** Share of the cells in which the atom is there, in (0, 1]. */
  readonly occupancy: number;
  /** Isotropic thermal parameter B = 8π²⟨u²⟩ in Å², where known. */
  readonly thermal?: number;
}

/** A crystal: its cell and every atom in it. */
export interface Crystal {
  readonly name: string;
  readonly cell: Cell;
  readonly atoms: readonly Atom[];
}

/** Structure factors per unit cell, in electrons (f″ > 0). */
export interface StructureFactor {
  readonly zero: Complex;
  readonly h: Complex;
  readonly hBar: Complex;
}

/** All that the diffraction of one reflection at one wavelength needs to know of a crystal. */
export interface Reflection {
  readonly name: string;
  readonly hkl: Hkl;
  /** Å. */
  readonly wavelength: number;
  /** Spacing of the lattice planes, Å. */
  readonly d: number;
  /** Å³. */
  readonly cellVolume: number;
  readonly structureFactor: StructureFactor;
  /** Angle between the lattice planes and the surface, degrees; 0 (symmetric) if absent. */
  readonly asymmetry?: number;
}

/** Strain and disorder against depth, sampled: depth 0 is the surface. All arrays have one length. */
export interface Profile {
  /** nm below the surface, ascending. */
  readonly depth: Float64Array;
  /** Δd/d in %; tensile > 0. */
  readonly strain: Float64Array;
  /** Debye–Waller factor, 0…1. */
  readonly debyeWaller: Float64Array;
}

/** A measured scan. Arrays have one length; angles ascend strictly. */
export interface Scan {
  /** degrees. */
  readonly twoTheta: Float64Array;
  /** Counts or rates, ≥ 0. */
  readonly intensity: Float64Array;
  /** What one count adds to the intensity (1 where intensities are counts); undefined where it is not known. */
  readonly countUnit?: number;
}

export type Geometry = "single crystal" | "thin film" | "thick film" | "thick film on substrate";
export type Deviation = "exact" | "linear";
export type Polarisation = "sigma" | "pi" | "unpolarised";
export type ResolutionShape = "gaussian" | "lorentzian" | "pseudo-voigt" | "split-pseudo-voigt" | "generalised-bell";
