/** Every block of numbers that crosses the border between TypeScript and WASM: the one source of truth for both
 *  sides (compiled by asc and by tsc). Slots are f64 unless said otherwise; lengths in Å, angles in radians. */

export const enum Layout {
  /** Raised whenever a slot, a table or a signature changes; compared at load. */
  Version = 5,
}

/** Constants of one reflection at one wavelength: f64[ReflectionSlot.Size]. */
export const enum ReflectionSlot {
  Wavelength = 0,
  PlaneSpacing = 1,
  /** Γ = r_e λ² / (π V). */
  Gamma = 2,
  /** C: 1 (σ) or |cos 2θ_B| (π). */
  Polarisation = 3,
  F0Re = 4,
  F0Im = 5,
  FhRe = 6,
  FhIm = 7,
  FhBarRe = 8,
  FhBarIm = 9,
  /** φ_c: angle from the surface to the planes. */
  Asymmetry = 10,
  /** DeviationForm. */
  Deviation = 11,
  Size = 12,
}

export const enum DeviationForm {
  Exact = 0,
  Linear = 1,
}

/** One slice, interface first: f64[slices][SliceSlot.Size]. A = slope·x + offset, K = coupling·g. */
export const enum SliceSlot {
  Slope = 0,
  OffsetRe = 1,
  OffsetIm = 2,
  Coupling = 3,
  Size = 4,
}

/** Derivatives of one slice: of SliceSlot's first four with respect to its strain, and of its coupling with respect to
 *  its Debye–Waller factor: f64[slices][SliceDerivative.Size]. */
export const enum SliceDerivative {
  Slope = 0,
  OffsetRe = 1,
  OffsetIm = 2,
  Coupling = 3,
  CouplingByDebyeWaller = 4,
  Size = 5,
}

/** One homogeneous piece of a stack of several crystals (physics/stack.ts): f64[elements][ElementSlot.Size].
 *  A = slope·x + offset − refraction·w, K_out = out·g (incident → diffracted), K_in = in·g (diffracted → incident), with
 *  x, g of the substrate's reflection: a piece of the substrate's own crystal has refraction 0 and out = in = coupling. */
export const enum ElementSlot {
  Slope = 0,
  OffsetRe = 1,
  OffsetIm = 2,
  RefractionRe = 3,
  RefractionIm = 4,
  OutRe = 5,
  OutIm = 6,
  InRe = 7,
  InIm = 8,
  Size = 9,
}

/** Planes of the angle table: f64[AnglePlane.Size][angles]; x, g of each angle and the amplitude below the first slice. */
export const enum AnglePlane {
  XRe = 0,
  XIm = 1,
  GRe = 2,
  GIm = 3,
  StartRe = 4,
  StartIm = 5,
  Size = 6,
}

/** Resolution function: f64[ResolutionSlot.Size]; widths in the unit of the angles. */
export const enum ResolutionSlot {
  /** ResolutionFamily. */
  Family = 0,
  /** Full width at half maximum below and above the peak. */
  FwhmLow = 1,
  FwhmHigh = 2,
  /** Lorentzian fraction below and above the peak (pseudo-Voigt family). */
  LorentzLow = 3,
  LorentzHigh = 4,
  /** b of 1/(1 + |2x/fwhm|^2b) (bell family). */
  Exponent = 5,
  Size = 6,
}

export const enum ResolutionFamily {
  /** Gaussian, Lorentzian and every mixture, the two sides each of its own. */
  PseudoVoigt = 0,
  GeneralisedBell = 1,
}

/** Ranges of a preset of protocol "paper" (docs/datasets.md): f64[PresetSlot.Size]; lengths in Å, angles in degrees,
 *  strain as a fraction. Pairs are [low, high) of uniform draws. */
export const enum PresetSlot {
  ThicknessLow = 0,
  ThicknessHigh = 1,
  StrainLow = 2,
  StrainHigh = 3,
  DebyeWallerLow = 4,
  DebyeWallerHigh = 5,
  /** Degrees 2θ. */
  FwhmLow = 6,
  FwhmHigh = 7,
  LogBackgroundLow = 8,
  LogBackgroundHigh = 9,
  LogScaleLow = 10,
  LogScaleHigh = 11,
  DynamicRangeLow = 12,
  DynamicRangeHigh = 13,
  /** Share of the strain by which the scan goes beyond both ends. */
  MarginLow = 14,
  MarginHigh = 15,
  /** Relative height of the shape's peak, and full widths of its two sides. */
  PeakLow = 16,
  PeakHigh = 17,
  WidthLow = 18,
  WidthHigh = 19,
  /** Probability that a constant is mixed in. */
  Mixing = 20,
  /** Relative scatter of the weights. */
  Scatter = 21,
  /** Step of the scan in θ, and what its ends are rounded to. */
  Step = 22,
  Rounding = 23,
  /** Network axis: first and last value of 100·(Δd/d)/d, d in Å, and the number of points. */
  AxisFirst = 24,
  AxisLast = 25,
  AxisCount = 26,
  /** Noise. */
  Noise = 27,
  Size = 28,
}

export const enum Noise {
  None = 0,
  /** The mean replaced by a Poisson draw. */
  Poisson = 1,
  /** A Poisson draw added to the mean: the published generator. */
  Published = 2,
}

/** Sizes of the paper's profiles and of what the kernel needs for them. */
export const enum Paper {
  /** Weights that are fitted to the shape; the first three are dropped. */
  Fitted = 13,
  /** Weights of a sample. */
  Weights = 10,
  /** Points of the shape. */
  ShapePoints = 201,
  /** Ten weights, α, t (nm), fwhm (degrees 2θ), dynamic range (decades). */
  Labels = 14,
  /** Most angles and slices of a sample. */
  Angles = 4096,
  Slices = 2048,
}

/** Ranges of a preset of protocol "measured" (docs/datasets.md): f64[MeasuredSlot.Size]. Thickness in lattice planes,
 *  strain and everything else along q as fractions, angles in degrees 2θ. Pairs are [low, high) of draws, even in the
 *  number itself (u) or in its logarithm (l); shares are probabilities. */
export const enum MeasuredSlot {
  /** l: t/d. */
  ThicknessLow = 0,
  ThicknessHigh = 1,
  /** l: largest strain weight of a tensile profile. */
  StrainLow = 2,
  StrainHigh = 3,
  /** l: the same of a compressive one, and their share. */
  CompressionLow = 4,
  CompressionHigh = 5,
  CompressionShare = 6,
  /** Least strain · planes: below, both are redrawn. */
  LeastFringes = 7,
  /** u: smallest Debye–Waller weight. */
  DebyeWallerLow = 8,
  DebyeWallerHigh = 9,
  /** Relative shares of the shapes of strain. */
  Peaked = 10,
  Bimodal = 11,
  Flat = 12,
  Monotonic = 13,
  Free = 14,
  /** Relative shares of disorder that follows the strain, that has a shape of its own, and of none. */
  Tied = 15,
  Own = 16,
  Undisturbed = 17,
  /** Relative scatter of weights. */
  Scatter = 18,
  /** l: resolution. */
  FwhmLow = 19,
  FwhmHigh = 20,
  /** u: its Lorentzian fraction, and the share that has one. */
  LorentzLow = 21,
  LorentzHigh = 22,
  LorentzShare = 23,
  /** l: step of the scan. */
  StepLow = 24,
  StepHigh = 25,
  /** l: how far the scan goes beyond the strains; shares of scans with equal arms, and of those that end too soon. */
  MarginLow = 26,
  MarginHigh = 27,
  EvenShare = 28,
  CutShare = 29,
  /** Largest residual offset, in widths of the resolution. */
  Offset = 30,
  /** u: log10 of counts; decades between them. */
  LogScaleLow = 31,
  LogScaleHigh = 32,
  LogBackgroundLow = 33,
  LogBackgroundHigh = 34,
  DynamicRangeLow = 35,
  DynamicRangeHigh = 36,
  /** Largest slope of the background: decades from end to end. */
  Slope = 37,
  /** l: relative error of a point beyond counting, and the share that has it. */
  ErrorLow = 38,
  ErrorHigh = 39,
  ErrorShare = 40,
  /** u: counts lost at the maximum, relative; the share that loses any. */
  DeadTimeLow = 41,
  DeadTimeHigh = 42,
  DeadTimeShare = 43,
  /** l: height (relative to the maximum) and half width of diffuse scattering about the peak; the share that has it. */
  DiffuseLow = 44,
  DiffuseHigh = 45,
  DiffuseWidthLow = 46,
  DiffuseWidthHigh = 47,
  DiffuseShare = 48,
  /** Shares of π-polarised and of unpolarised beams; u: weight of π in the latter. */
  PiShare = 49,
  UnpolarisedShare = 50,
  PiWeightLow = 51,
  PiWeightHigh = 52,
  /** The reflection, where it is given: sin θ_B > 0, κ_0, κ_H (docs/scaling.md). */
  Sine = 53,
  K0Re = 54,
  K0Im = 55,
  KhRe = 56,
  KhIm = 57,
  /** l, where it is drawn: |κ_H|, |κ_H|/κ_0′, κ_0″/κ_0′; u: κ_H″/κ_0″, sin θ_B. */
  CouplingLow = 58,
  CouplingHigh = 59,
  ContrastLow = 60,
  ContrastHigh = 61,
  AbsorptionLow = 62,
  AbsorptionHigh = 63,
  PhaseLow = 64,
  PhaseHigh = 65,
  SineLow = 66,
  SineHigh = 67,
  /** What a plane, and a width of 1 in q, are in the labels' units. */
  ThicknessUnit = 68,
  WidthUnit = 69,
  /** Network axis: first and last strain, number of points. */
  AxisFirst = 70,
  AxisLast = 71,
  AxisCount = 72,
  Noise = 73,
  /** Extras that are handed out: MeasuredExtra's first ones. */
  Extras = 74,
  Size = 75,
}

/** Labels of protocol "measured": f32[MeasuredLabel.Size]. */
export const enum MeasuredLabel {
  /** Ten each, from the interface up; strain in %. */
  Weight = 0,
  DebyeWaller = 10,
  Thickness = 20,
  Fwhm = 21,
  DynamicRange = 22,
  LorentzFraction = 23,
  Offset = 24,
  Size = 25,
}

/** What is known beforehand, in numbers of about unit size: src/dataset/extras.ts has the formulas. */
export const enum MeasuredExtra {
  Tension = 0,
  Compression = 1,
  Step = 2,
  Polarisation = 3,
  Coupling = 4,
  Absorption = 5,
  Phase = 6,
  Sine = 7,
  Size = 8,
}

/** Sizes of protocol "measured". */
export const enum Measured {
  Weights = 10,
  /** Most points of a scan, of the even grid on which R is computed, of all angles, and of slices. */
  Points = 1600,
  Grid = 3200,
  Angles = 4096,
  Slices = 4096,
}
