/** The nouns of takagi: one type per stage of the data's way. Units are those of the public border. */

/** A complex number [re, im]; the same in JSON. */
export type Complex = readonly [re: number, im: number];

/** Miller indices. */
export type Hkl = readonly [h: number, k: number, l: number];

/** Unit cell; lengths in Å, angles in degrees. */
export interface Cell {
  /** Å. */
  readonly a: number;
  /** Å. */
  readonly b: number;
  /** Å. */
  readonly c: number;
  /** Angle between b and c, degrees. */
  readonly alpha: number;
  /** Angle between a and c, degrees. */
  readonly beta: number;
  /** Angle between a and b, degrees. */
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
  /** Empty where its source gives none. */
  readonly name: string;
  /** Its edges and angles. */
  readonly cell: Cell;
  /** All atoms of the cell. */
  readonly atoms: readonly Atom[];
}

/** Structure factors per unit cell, in electrons (f″ > 0). */
export interface StructureFactor {
  /** Of forward scattering. */
  readonly zero: Complex;
  /** Of the reflection. */
  readonly h: Complex;
  /** Of the reflection on the other side of the planes. */
  readonly hBar: Complex;
}

/** All that the diffraction of one reflection at one wavelength needs to know of a crystal. */
export interface Reflection {
  /** Crystal and indices. */
  readonly name: string;
  /** Miller indices. */
  readonly hkl: Hkl;
  /** Å. */
  readonly wavelength: number;
  /** Spacing of the lattice planes, Å. */
  readonly d: number;
  /** Å³. */
  readonly cellVolume: number;
  /** Electrons per cell. */
  readonly structureFactor: StructureFactor;
  /** Angle between the lattice planes and the surface, degrees: > 0 where the beam comes in at the grazing angle, < 0 where
   *  it leaves there; 0 (symmetric) if absent. Where it is not 0, strain is that along the surface normal in the exact
   *  form and Δd/d of the planes in the linear one (docs/physics.md). */
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

/** One layer of a stack: a crystal of its own, uniform or graded. */
export interface Layer {
  /** The reflection of its relaxed crystal. */
  readonly crystal: Reflection;
  /** nm. */
  readonly thickness: number;
  /** Δd/d along the surface normal, in %, of the layer's own relaxed lattice; 0 if absent. Where `strainTop` is given it is
   *  that of the lower edge. `strainOn` makes it from a strain against the substrate's lattice. */
  readonly strain?: number;
  /** %, at the upper edge: strain goes there linearly; as `strain` (uniform) if absent. */
  readonly strainTop?: number;
  /** 0…1, or up to 2 where the layer scatters more than the crystal that stands for it; 1 if absent. */
  readonly debyeWaller?: number;
  /** Of the upper interface, nm: the standard deviation σ of an error function by which one crystal goes over into the
   *  next; 0 (sharp) if absent. */
  readonly roughness?: number;
}

/** Layers that come again and again: a superlattice. */
export interface LayerGroup {
  /** One period, from below. */
  readonly layers: readonly Layer[];
  /** How many periods. */
  readonly repeats: number;
}

/** A substrate and what lies on it. Along the surface every layer fits the substrate where the reflection is asymmetric. */
export interface Stack {
  /** Crystal under the layers. */
  readonly substrate: Reflection;
  /** Of the substrate's surface, nm, as that of a layer; 0 if absent. */
  readonly roughness?: number;
  /** From below. */
  readonly layers: readonly (Layer | LayerGroup)[];
}

/** What moved during a scan. `2theta-omega`: sample and detector together, the detector twice as far (θ–2θ, ω–2θ, Gonio,
 *  locked coupled); `2theta`: the detector alone; `omega`: the sample alone (a rocking scan); `other`: another motor. */
export type ScanAxis = "2theta-omega" | "2theta" | "omega" | "other";

/** What a file may say of how a scan was measured; absent where it does not. */
export interface ScanConditions {
  /** What was moved. */
  readonly axis?: ScanAxis;
  /** Å: Kα1, or the one line of a monochromatic beam. */
  readonly wavelength?: number;
  /** Seconds a point; with a detector of many channels, those of all channels that were added up. */
  readonly countingTime?: number;
  /** What one count adds to the intensity of a point without attenuation (1 where intensities are counts). */
  readonly countUnit?: number;
  /** Factors by which the counts were multiplied for an absorber in the beam, one a point: there, one count adds
   *  countUnit × attenuation. Absent where all are 1. */
  readonly attenuation?: Float64Array;
  /** What was changed on reading, and why; each one sentence. */
  readonly notes?: readonly string[];
}

/** A measured scan. Arrays have one length; angles ascend strictly. */
export interface Scan extends ScanConditions {
  /** degrees. */
  readonly twoTheta: Float64Array;
  /** Counts or rates, ≥ 0. */
  readonly intensity: Float64Array;
}

/** A scan as a file holds it, whatever moved; points in the file's order. Arrays have one length. */
export interface FileScan extends ScanConditions {
  /** The file's own name of the axis, such as "Gonio" or "Locked Coupled". */
  readonly axisName?: string;
  /** degrees; all alike where the detector stood still. */
  readonly twoTheta?: Float64Array;
  /** Angle of incidence, degrees; all alike where the sample stood still. */
  readonly omega?: Float64Array;
  /** Of the motor that moved, in the file's unit, where the axis is `other`. */
  readonly position?: Float64Array;
  /** Counts or rates, ≥ 0, multiplied by the attenuation. */
  readonly intensity: Float64Array;
  /** As the file says. */
  readonly intensityUnit?: "counts" | "cps";
  /** Lines of the tube as the file lists them, the strongest with weight 1; which of them reach the sample, the optics decide. */
  readonly lines?: readonly SpectralLine[];
  /** Where motors stood that did not move, besides 2θ and ω, by the file's names and in its units (mm of a stage, degrees of
   *  a circle): the place of a scan in a map. */
  readonly motors?: Readonly<Record<string, number>>;
  /** Name of the sample, as the file has it. */
  readonly sample?: string;
  /** As the file has it. */
  readonly comment?: string;
  /** The file's own number of the scan (SPEC), by which it is chosen. */
  readonly number?: number;
  /** Why the scan cannot be taken as one of 2θ, where its file leaves something open. */
  readonly refusal?: string;
}

/** A kind of file. */
export type ScanFormat =
  | "text"
  | "xrdml"
  | "brml"
  | "raw"
  | "ras"
  | "rasx"
  | "rigaku-ascii"
  | "uxd"
  | "bruker-text"
  | "panalytical-csv"
  | "x00"
  | "nja"
  | "spec"
  | "nexus";

/** What a file of measurements holds. */
export interface ScanFile {
  /** As which it was read. */
  readonly format: ScanFormat;
  /** Of the format, where the file says it: "2.0" of XRDML, "4" of RAW. */
  readonly version?: string;
  /** In the order of the file. */
  readonly scans: readonly FileScan[];
}

/** What is strained: the surface of a crystal, a film without its substrate, or part of a film. */
export type Geometry = "single crystal" | "thin film" | "thick film" | "thick film on substrate";
/** How the deviation from Bragg's law is computed: exactly, or to first order in angle and strain. */
export type Deviation = "exact" | "linear";
/** Of the electric field: σ perpendicular to the plane of diffraction, π in it. */
export type Polarisation = "sigma" | "pi" | "unpolarised";
/** Shape of the instrument's resolution function. */
export type ResolutionShape =
  "gaussian" | "lorentzian" | "pseudo-voigt" | "split-pseudo-voigt" | "generalised-bell";

/** Shape and width of the instrument's response; all have unit area. Widths in degrees 2θ. */
export type Resolution =
  | { readonly shape: "gaussian"; readonly fwhm: number }
  | { readonly shape: "lorentzian"; readonly fwhm: number }
  | { readonly shape: "pseudo-voigt"; readonly fwhm: number; readonly lorentzFraction: number }
  | {
      readonly shape: "split-pseudo-voigt";
      /** Full widths that the two halves would have alone: below and above the peak. */
      readonly fwhmLow: number;
      readonly fwhmHigh: number;
      readonly lorentzFractionLow: number;
      readonly lorentzFractionHigh: number;
    }
  /** 1/(1 + |2x/fwhm|^(2·exponent)); exponent > 0.5. */
  | { readonly shape: "generalised-bell"; readonly fwhm: number; readonly exponent: number };

/** One line of the source. */
export interface SpectralLine {
  /** Å. */
  readonly wavelength: number;
  /** Relative intensity, > 0. */
  readonly weight: number;
}

/** What lies below the strained region. */
export interface Sample {
  /** "single crystal" if absent. */
  readonly geometry?: Geometry;
  /** Whole thickness of a thick film, nm; at least that of the profile. */
  readonly filmThickness?: number;
  /** The other crystal under a "thick film on substrate". */
  readonly substrate?: Reflection;
}

/** Source, optics and detector. */
export interface Instrument {
  /** "sigma" if absent. */
  readonly polarisation?: Polarisation;
  /** Scattering angle 2θ of a monochromator before the sample, degrees: weakens π by cos²2θ_M in unpolarised light. */
  readonly monochromator?: number;
  /** The reflection's own wavelength alone if absent. */
  readonly lines?: readonly SpectralLine[];
  /** None (an ideal instrument) if absent. */
  readonly resolution?: Resolution;
  /** Scan angle minus true angle, degrees 2θ; 0 if absent. */
  readonly offset?: number;
  /** Intensity of the curve's maximum above background; 1 if absent. */
  readonly scale?: number;
  /** Intensity; 0 if absent. */
  readonly background?: number;
  /** Intensity per degree 2θ, zero at the middle of the scan; 0 if absent. */
  readonly backgroundSlope?: number;
  /** log10 of the background at the last angle over that at the first, −20 … 20, `background` being that of the middle:
   *  background · 10^(decades · (2θ − middle)/(last − first)); 0 if absent. */
  readonly backgroundDecades?: number;
  /** Scattering about the unstrained crystal's peak that is not of the crystal's own curve, `height`/(1 + (e/halfWidth)²)
   *  with e the strain (%) whose peak lies at an angle; none if absent. */
  readonly diffuse?: Diffuse;
  /** Dead time of a detector, in units of one over the intensity: where I arrives, background and diffuse scattering
   *  included, I/(1 + deadTime·I) is seen; ≥ 0, 0 if absent. */
  readonly deadTime?: number;
}

/** A Lorentzian of the strain about the unstrained crystal's peak. */
export interface Diffuse {
  /** Intensity at its maximum, ≥ 0. */
  readonly height: number;
  /** Half width at half maximum, > 0, % of strain. */
  readonly halfWidth: number;
}

/** A calculated curve. Arrays have one length. */
export interface Curve {
  /** degrees, as asked for. */
  readonly twoTheta: Float64Array;
  /** scale · (R ⊗ resolution)/max + background + diffuse scattering, less what a detector with dead time loses. */
  readonly intensity: Float64Array;
  /** |X|² of the ideal instrument at each angle. */
  readonly reflectivity: Float64Array;
}

/** Pointwise band that holds the true value with the probability `level`. */
export interface Band {
  /** In the unit of the profile, shape [depths]. */
  readonly lower: Float64Array;
  /** In the unit of the profile, shape [depths]. */
  readonly upper: Float64Array;
  /** Probability that it holds the value at a depth, 0…1. */
  readonly level: number;
}

/** A number of the answer with the band that holds it with 95 % probability. */
export interface Estimate {
  /** In the unit of the quantity. */
  readonly value: number;
  /** Lower end of the band. */
  readonly lower: number;
  /** Upper end of the band. */
  readonly upper: number;
}

/** What a scan tells of one layer. */
export interface FoundLayer {
  /** Of the crystal and reflection that it was calculated with. */
  readonly name: string;
  /** How often it lies in the stack. */
  readonly repeats: number;
  /** nm. */
  readonly thickness: Estimate;
  /** %, of the layer's own relaxed lattice, along the surface normal. */
  readonly strain: Estimate;
  /** %, against the substrate's lattice. */
  readonly strainAgainst: Estimate;
  /** Above 1 where a layer whose crystal was only supposed scatters more than it. */
  readonly debyeWaller: Estimate;
  /** Numbers that ended at a bound of the search: the scan does not determine them. */
  readonly atBound: readonly ("thickness" | "strain" | "debyeWaller")[];
}

/** A period of a superlattice. */
export interface FoundPeriod {
  /** How many of them lie in the stack. */
  readonly repeats: number;
  /** nm. */
  readonly thickness: Estimate;
  /** %, mean against the substrate's lattice. */
  readonly strainAgainst: Estimate;
}

/** A stack of layers that explains a scan. */
export interface FoundStack {
  /** For `simulateStack`. */
  readonly stack: Stack;
  /** Each distinct layer, from below. */
  readonly layers: readonly FoundLayer[];
  /** Of each superlattice, from below. */
  readonly periods: readonly FoundPeriod[];
}

/** One profile that explains the scan. */
export interface Solution {
  /** Root mean square of log10 measured − log10 calculated; zero counts taken as the smallest non-zero one. */
  readonly rms: number;
  /** Poisson deviance with the answer's `relativeError` beside the counting, per point. */
  readonly chi2PerPoint: number;
  /** Share of the posterior among the solutions; adds up to 1. */
  readonly weight: number;
  /** Strain (%) and Debye–Waller factor against depth (nm). */
  readonly profile: Profile;
  /** Of the whole posterior about this profile, not of this maximum alone. */
  readonly strainBand: Band;
  /** Of the Debye–Waller factor, at the profile's depths. */
  readonly debyeWallerBand: Band;
  /** Thickness of the strained region, nm. */
  readonly thickness: number;
  /** Strain of largest modulus, %. */
  readonly maxStrain: number;
  /** Depth of that maximum, nm. */
  readonly maxStrainDepth: number;
  /** Lowest Debye–Waller factor of the profile, 0…1. */
  readonly minDebyeWaller: number;
  /** With which `simulate` gives the calculated curve. */
  readonly instrument: Instrument;
  /** Calculated intensity at the scan's angles, in the scan's unit. */
  readonly calculated: Float64Array;
  /** Cubic B-splines of the strain; 0 for layers. */
  readonly splines: number;
  /** The layers, where the profile is one of layers. */
  readonly stack?: FoundStack;
  /** The fit's own parameters and what it knows of them. */
  readonly parameters: FitParameters;
}

/** One of an inversion's solutions. */
export interface JointSolution extends Solution {
  /** Of several scans of one sample: what the profile says of each, in their order. */
  readonly scans?: readonly SolutionScan[];
}

/** What a profile says of one of several scans of a sample: its curve, and the instrument that it is seen with. */
export type SolutionScan = Pick<Solution, "rms" | "chi2PerPoint" | "instrument" | "calculated">;

/** Parameters of a maximum (of layers, from below: ln thickness in nm, strain in %, Debye–Waller factor): ln thickness (nm), strain weights (%) and Debye–Waller weights (interface first), ln width of the
 *  resolution (degrees 2θ), offset (degrees 2θ), ln of the counts per unit of resolved reflectivity, ln background (counts,
 *  mid-scan) and its slope (ln from the first angle to the last), Lorentz fraction, diffuse scattering and ln of its half width
 *  (%), share of the counts lost at the maximum. All arrays have one length n. */
export interface FitParameters {
  /** In the order of the values. */
  readonly names: readonly string[];
  /** Shape [parameters]; weights of the strain in %, of the Debye–Waller factor 0…1. */
  readonly values: Float64Array;
  /** n×n, row by row, of Laplace's method about the maximum, prior included; zero for what was held. */
  readonly covariance: Float64Array;
}

/** Whether the confidence is above the threshold. */
export type Verdict = "determined" | "ambiguous";

/** A profile drawn from the posterior, and its share. */
export interface PosteriorDraw {
  /** Strain (%) and Debye–Waller factor against depth (nm). */
  readonly profile: Profile;
  /** Share of the posterior that it stands for; all weights add up to 1. */
  readonly weight: number;
}

/** The answer: the solution with most of the posterior about it, and the others that the data do not exclude. */
export interface Inversion extends Solution {
  /** What was inverted. */
  readonly scan: Scan;
  /** What it is of. */
  readonly reflection: Reflection;
  /** Whether the search ended at a maximum that is not far from the scan. */
  readonly converged: boolean;
  /** Why the search ended. */
  readonly reason: string;
  /** Whether it ended because its budget was spent, not because independent climbs agreed. */
  readonly isBudgetSpent: boolean;
  /** What one count adds to the intensity, as found or given. */
  readonly countUnit: number;
  /** Relative error of every intensity beside the counting, as found or given. */
  readonly relativeError: number;
  /** Which points were used: 1, or 0 where masked. */
  readonly used: Uint8Array;
  /** All distinct solutions, the answer first, with their shares of the posterior. */
  readonly solutions: readonly JointSolution[];
  /** Profiles drawn from the posterior, of largest share first. */
  readonly draws: readonly PosteriorDraw[];
  /** Probability that the strain profile lies within 10 % (rms, of its maximum) of the true one, calibrated on simulated scans
   *  (docs/benchmark.md); and the numbers that it rests on. */
  readonly confidence: number;
  /** Numbers of search and posterior that the confidence is computed from, by name. */
  readonly features: Readonly<Record<string, number>>;
  /** "determined" where the confidence is above the threshold that keeps 98 % of such answers right. */
  readonly verdict: Verdict;
  /** Why, in words. */
  readonly verdictReason: string;
  /** The population that films were taken from before the scan was seen. */
  readonly prior: string;
  /** How the answer was found. */
  readonly method: "network and search" | "search";
  /** Why so, in words. */
  readonly methodReason: string;
  /** Each scan, where several of one sample were inverted together; `scan`, `reflection`, `instrument`, `calculated`, `rms` and
   *  all else that is of one scan are those of the first. */
  readonly scans?: readonly InvertedScan[];
}

/** One of several scans of a sample that were inverted together: what is its own. */
export type InvertedScan = Pick<
  Inversion,
  | "scan"
  | "reflection"
  | "countUnit"
  | "relativeError"
  | "used"
  | "instrument"
  | "calculated"
  | "rms"
  | "chi2PerPoint"
>;

/** Progress of a long call: what is under way, and how much of it is done (0…1). */
export interface Progress {
  /** What is being done, in words. */
  readonly stage: string;
  /** Share that is done, 0…1. */
  readonly fraction: number;
}
