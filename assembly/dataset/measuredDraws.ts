/** What is drawn of a sample of protocol "measured": the reflection and the beam, the profile, the instrument and the scan,
 *  the faults. The order of the draws is part of what a seed means. */
import { Measured, MeasuredSlot } from "../layout";
import { between, happens, logBetween, nextUniform, slot } from "./draws";
import { drawDebyeWaller, drawShape, isCompressive } from "./shapes";

const RADIANS: f64 = 0.017453292519943295;
/** A scan's arms hold at least so many widths of the resolution; a step is at most, and a width at least, so many of the
 *  other. */
const LEAST_ARM: f64 = 3;
const LEAST_STEP: f64 = 0.1;
const MOST_STEP: f64 = 1;
/** Farthest reach of a scan (strain), and most points of one. */
const MOST_TENSION: f64 = 0.14;
const MOST_COMPRESSION: f64 = 0.08;
const POINTS: f64 = 1500;
const REDRAWS = 100;

/** What was drawn: f64[Drawn.Size]. Lengths in 1/Q_B, angles θ in radians, strains as fractions. */
export const enum Drawn {
  /** The reflection in dimensionless numbers. */
  Sine = 0,
  K0Re = 1,
  K0Im = 2,
  KhRe = 3,
  KhIm = 4,
  /** Weight of π, and |cos 2θ_B|. */
  PiWeight = 5,
  PiFactor = 6,
  /** q of the unstrained crystal's peak: A = 0 where q = 1 + 2κ_0/q. */
  Peak = 7,
  /** Thickness in lattice planes; the strain's scale, with its sign; its largest and smallest weight. */
  Planes = 8,
  Scale = 9,
  Highest = 10,
  Lowest = 11,
  /** Of the resolution. */
  Fwhm = 12,
  Lorentz = 13,
  /** Of the scan: ends, step, points, first angle, and what is added to its angles. */
  ThetaLow = 14,
  Step = 15,
  Points = 16,
  Start = 17,
  Offset = 18,
  LogBackground = 19,
  LogScale = 20,
  Slope = 21,
  /** Relative error of a point, share of the counts that is lost at the maximum, diffuse scattering. */
  Error = 22,
  Loss = 23,
  Diffuse = 24,
  DiffuseWidth = 25,
  Size = 26,
}

// @ts-ignore: decorator
@inline export function get(block: usize, index: i32): f64 {
  return load<f64>(block + ((<usize>index) << 3));
}

// @ts-ignore: decorator
@inline export function set(block: usize, index: i32, value: f64): void {
  store<f64>(block + ((<usize>index) << 3), value);
}

/** tan θ_B. */
export function tangentOf(drawn: usize): f64 {
  const sine = get(drawn, Drawn.Sine);
  return sine / Math.sqrt(1 - sine * sine);
}

/** All of a sample, into `drawn`, and the weights of its splines, the three that the interface fixes first.
 *  @param strain f64[Measured.Weights + 3], fractions
 *  @param disorder f64[Measured.Weights + 3]
 *  @param own f64[Measured.Weights], scratch */
export function drawSample(
  preset: usize,
  state: usize,
  drawn: usize,
  strain: usize,
  disorder: usize,
  own: usize,
): void {
  drawBeam(preset, state, drawn);
  drawProfile(preset, state, drawn, strain, disorder, own);
  drawScan(preset, state, drawn);
  drawFaults(preset, state, drawn);
}

/** The reflection, given or drawn, and how the beam is polarised. */
function drawBeam(preset: usize, state: usize, drawn: usize): void {
  let sine = slot(preset, MeasuredSlot.Sine),
    k0r = slot(preset, MeasuredSlot.K0Re),
    k0i = slot(preset, MeasuredSlot.K0Im);
  let khr = slot(preset, MeasuredSlot.KhRe),
    khi = slot(preset, MeasuredSlot.KhIm);
  if (sine == 0) {
    const coupling = logBetween(state, preset, MeasuredSlot.CouplingLow);
    k0r = coupling / logBetween(state, preset, MeasuredSlot.ContrastLow);
    k0i = min<f64>(k0r * logBetween(state, preset, MeasuredSlot.AbsorptionLow), coupling);
    khi = min<f64>(k0i * between(state, preset, MeasuredSlot.PhaseLow), 0.5 * coupling);
    khr = Math.sqrt(coupling * coupling - khi * khi);
    sine = between(state, preset, MeasuredSlot.SineLow);
  }
  const factor = Math.abs(1 - 2 * sine * sine),
    kind = nextUniform(state),
    weight = between(state, preset, MeasuredSlot.PiWeightLow);
  const pi = slot(preset, MeasuredSlot.PiShare),
    mixed = pi + slot(preset, MeasuredSlot.UnpolarisedShare);
  set(drawn, Drawn.Sine, sine);
  set(drawn, Drawn.K0Re, k0r);
  set(drawn, Drawn.K0Im, k0i);
  set(drawn, Drawn.KhRe, khr);
  set(drawn, Drawn.KhIm, khi);
  // Nobody measures a π beam where it is not reflected.
  set(drawn, Drawn.PiWeight, kind < pi && factor > 0.2 ? 1 : kind >= pi && kind < mixed ? weight : 0);
  set(drawn, Drawn.PiFactor, factor);
  set(drawn, Drawn.Peak, 0.5 * (1 + Math.sqrt(1 + 8 * k0r)));
}

/** Thickness, strain and Debye–Waller factor. */
function drawProfile(
  preset: usize,
  state: usize,
  drawn: usize,
  strain: usize,
  disorder: usize,
  own: usize,
): void {
  const weights = strain + 24,
    debyeWaller = disorder + 24;
  let planes: f64 = 0,
    scale: f64 = 0;
  for (let attempt = 0; attempt < REDRAWS; attempt++) {
    planes = logBetween(state, preset, MeasuredSlot.ThicknessLow);
    const compressive = isCompressive(preset, state),
      tension = logBetween(state, preset, MeasuredSlot.StrainLow),
      compression = logBetween(state, preset, MeasuredSlot.CompressionLow);
    scale = compressive ? -compression : tension;
    if (Math.abs(scale) * planes >= slot(preset, MeasuredSlot.LeastFringes)) break;
  }
  drawShape(preset, state, weights);
  drawDebyeWaller(preset, state, weights, own, debyeWaller);
  let highest: f64 = 0,
    lowest: f64 = 0;
  for (let k = 0; k < 3; k++) {
    store<f64>(strain + ((<usize>k) << 3), 0);
    store<f64>(disorder + ((<usize>k) << 3), 1);
  }
  for (let k = 0; k < Measured.Weights; k++) {
    const value = scale * load<f64>(weights + ((<usize>k) << 3));
    store<f64>(weights + ((<usize>k) << 3), value);
    highest = max(highest, value);
    lowest = min(lowest, value);
  }
  set(drawn, Drawn.Planes, planes);
  set(drawn, Drawn.Scale, scale);
  set(drawn, Drawn.Highest, highest);
  set(drawn, Drawn.Lowest, lowest);
}

/** Instrument and scan. */
function drawScan(preset: usize, state: usize, drawn: usize): void {
  const sine = get(drawn, Drawn.Sine),
    tangent = tangentOf(drawn),
    peak = get(drawn, Drawn.Peak);
  const scale = get(drawn, Drawn.Scale),
    highest = get(drawn, Drawn.Highest),
    lowest = get(drawn, Drawn.Lowest);
  let fwhm: f64 = 0;
  for (let attempt = 0; attempt < REDRAWS; attempt++) {
    fwhm = 0.5 * RADIANS * logBetween(state, preset, MeasuredSlot.FwhmLow);
    if (fwhm <= Math.abs(scale) * tangent) break; // an instrument that can see the strain
  }
  const lorentz = happens(state, preset, MeasuredSlot.LorentzShare)
    ? between(state, preset, MeasuredSlot.LorentzLow)
    : nextUniform(state) * 0;
  let step = 0.5 * RADIANS * logBetween(state, preset, MeasuredSlot.StepLow);
  let tension = highest + logBetween(state, preset, MeasuredSlot.MarginLow),
    compression = logBetween(state, preset, MeasuredSlot.MarginLow) - lowest;
  if (happens(state, preset, MeasuredSlot.EvenShare)) tension = compression = max(tension, compression);
  const isCut = happens(state, preset, MeasuredSlot.CutShare),
    cutTo = 0.7 + 0.3 * nextUniform(state);
  if (isCut && scale > 0) tension = cutTo * highest;
  if (isCut && scale < 0) compression = -cutTo * lowest;
  const arm = (LEAST_ARM * fwhm) / tangent;
  tension = min<f64>(max(tension, arm), MOST_TENSION);
  compression = min<f64>(max(compression, arm), MOST_COMPRESSION);
  let sineHigh = (sine * peak) / (1 - compression);
  const sineLow = (sine * peak) / (1 + tension);
  if (sineHigh > 0.98) sineHigh = 0.98;
  const thetaHigh = Math.asin(sineHigh),
    thetaLow = Math.asin(sineLow);
  step = max(min(max(step, LEAST_STEP * fwhm), MOST_STEP * fwhm), (thetaHigh - thetaLow) / POINTS);
  fwhm = max(fwhm, step / MOST_STEP);
  const points = <i32>Math.floor((thetaHigh - thetaLow) / step) + 1,
    start = thetaLow + nextUniform(state) * step;
  const offset = fwhm * slot(preset, MeasuredSlot.Offset) * (2 * nextUniform(state) - 1);
  set(drawn, Drawn.Fwhm, fwhm);
  set(drawn, Drawn.Lorentz, lorentz);
  set(drawn, Drawn.ThetaLow, thetaLow);
  set(drawn, Drawn.Step, step);
  set(drawn, Drawn.Points, <f64>points);
  set(drawn, Drawn.Start, start);
  set(drawn, Drawn.Offset, offset);
}

/** Counts, background and what distorts them. */
function drawFaults(preset: usize, state: usize, drawn: usize): void {
  let logBackground: f64 = 0,
    logScale: f64 = 0,
    dynamicRange: f64 = 0;
  for (let attempt = 0; attempt < REDRAWS; attempt++) {
    logBackground = between(state, preset, MeasuredSlot.LogBackgroundLow);
    logScale = between(state, preset, MeasuredSlot.LogScaleLow);
    dynamicRange = logScale - logBackground;
    if (
      dynamicRange >= slot(preset, MeasuredSlot.DynamicRangeLow) &&
      dynamicRange <= slot(preset, MeasuredSlot.DynamicRangeHigh)
    )
      break;
  }
  const slope = slot(preset, MeasuredSlot.Slope) * (2 * nextUniform(state) - 1);
  const error = happens(state, preset, MeasuredSlot.ErrorShare)
    ? logBetween(state, preset, MeasuredSlot.ErrorLow)
    : nextUniform(state) * 0;
  const loss = happens(state, preset, MeasuredSlot.DeadTimeShare)
    ? between(state, preset, MeasuredSlot.DeadTimeLow)
    : nextUniform(state) * 0;
  const diffuse = happens(state, preset, MeasuredSlot.DiffuseShare)
    ? logBetween(state, preset, MeasuredSlot.DiffuseLow)
    : nextUniform(state) * 0;
  const diffuseWidth = logBetween(state, preset, MeasuredSlot.DiffuseWidthLow);
  set(drawn, Drawn.LogBackground, logBackground);
  set(drawn, Drawn.LogScale, logScale);
  set(drawn, Drawn.Slope, slope);
  set(drawn, Drawn.Error, error);
  set(drawn, Drawn.Loss, loss);
  set(drawn, Drawn.Diffuse, diffuse);
  set(drawn, Drawn.DiffuseWidth, diffuseWidth);
}
