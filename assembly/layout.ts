/** Every block of numbers that crosses the border between TypeScript and WASM: the one source of truth for both
 *  sides (compiled by asc and by tsc). Slots are f64 unless said otherwise; lengths in Å, angles in radians. */

export const enum Layout {
  /** Raised whenever a slot, a table or a signature changes; compared at load. */
  Version = 2,
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
