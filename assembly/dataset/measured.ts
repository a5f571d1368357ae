/** Training samples of protocol "measured": any crystal in dimensionless units, exact deviation, the substrate peak
 *  resolved, disorder of its own, and the faults of real scans. One call a batch; a sample is a pure function of (preset,
 *  seed, index).
 *
 *      draws ─▶ shapes ─▶ strain, Debye–Waller ─▶ slices ─▶ R on a grid that resolves the peak ─▶ ⊗ pseudo-Voigt
 *            ─▶ diffuse scattering, background, dead time, errors, counts ─▶ axis
 *
 *  Lengths are in units of 1/Q_B, so that d = 2π and Q_B = 1: q = Q/Q_B = sin θ/sin θ_B (docs/scaling.md).
 */
import {
  AnglePlane,
  DeviationForm,
  Measured,
  MeasuredExtra,
  MeasuredLabel,
  MeasuredSlot,
  Noise,
  ReflectionSlot,
  SliceSlot,
} from "../layout";
import { bsplineBasis } from "../math/bspline";
import { philox } from "../math/random";
import { poissonDraw } from "../physics/counting";
import { prepareAngles } from "../physics/phases";
import { startSemiInfinite } from "../physics/substrate";
import { transferMatrix } from "../physics/transferMatrix";
import { transferMatrixFast } from "../physics/transferMatrixFast";
import { Status } from "../status";
import { toCells } from "./cells";
import {
  between,
  COUNT_STREAM,
  ERROR_STREAM,
  happens,
  logBetween,
  nextUniform,
  openDraws,
  slot,
  STATE,
} from "./draws";
import { GridSlot, layAngles, see, seeScratch } from "./resolved";
import { drawDebyeWaller, drawShape, isCompressive } from "./shapes";

const LN10: f64 = 2.302585092994046;
const LOG10: f64 = 0.4342944819032518;
const RADIANS: f64 = 0.017453292519943295;
/** Largest phase and coupling of a slice, as in protocol "paper". */
const SLICE_PHASE: f64 = 3.1;
const SLICE_COUPLING: f64 = 4e-3;
const FEWEST_SLICES = 64;
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

/** What was drawn of the reflection and the beam: f64[16]. */
const enum Beam {
  Sine = 0,
  K0Re = 1,
  K0Im = 2,
  KhRe = 3,
  KhIm = 4,
  /** Weight of π, and |cos 2θ_B|. */
  PiWeight = 5,
  PiFactor = 6,
}

/** Bytes of scratch that `measuredSamples` needs. */
export function measuredScratch(): usize {
  return 2048 + <usize>Measured.Slices * 64 + <usize>Measured.Angles * 96 + seeScratch(Measured.Grid);
}

/** Samples first … first + count − 1.
 *  @param preset f64[MeasuredSlot.Size]
 *  @param judge 0; the number of slices for the exact kernel in place of the fast one; −1: labels and extras only
 *  @param scratch measuredScratch() bytes, 16-byte aligned
 *  @param inputs f32[count][AxisCount]; 0 with judge −1
 *  @param labels f32[count][MeasuredLabel.Size]
 *  @param extras f32[count][Extras]
 *  @param scan 0; or f64[4 + Measured.Points] for the last sample's scan: first angle and step (θ as the scan has it, radians),
 *    points, sin θ_B, counts */
export function measuredSamples(
  preset: usize,
  seedLow: u32,
  seedHigh: u32,
  first: f64,
  count: i32,
  judge: i32,
  scratch: usize,
  inputs: usize,
  labels: usize,
  extras: usize,
  scan: usize,
): Status {
  if (count < 0) return Status.BadCount;
  const axisCount = <i32>slot(preset, MeasuredSlot.AxisCount),
    extraCount = <i32>slot(preset, MeasuredSlot.Extras);
  for (let i = 0; i < count; i++) {
    openDraws(scratch, first + <f64>i, seedLow, seedHigh);
    const status = sample(
      preset,
      judge,
      scratch,
      inputs + ((<usize>(i * axisCount)) << 2),
      labels + ((<usize>(i * MeasuredLabel.Size)) << 2),
      extras + ((<usize>(i * extraCount)) << 2),
      i == count - 1 ? scan : 0,
    );
    if (status != Status.Ok) return status;
  }
  return Status.Ok;
}

// @ts-ignore: decorator
@inline function put(to: usize, index: i32, value: f64): void {
  store<f32>(to + ((<usize>index) << 2), <f32>value);
}

/** The reflection, given or drawn, and how the beam is polarised. */
function drawBeam(preset: usize, state: usize, beam: usize): void {
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
  store<f64>(beam, sine, Beam.Sine << 3);
  store<f64>(beam, k0r, Beam.K0Re << 3);
  store<f64>(beam, k0i, Beam.K0Im << 3);
  store<f64>(beam, khr, Beam.KhRe << 3);
  store<f64>(beam, khi, Beam.KhIm << 3);
  // Nobody measures a π beam where it is not reflected.
  store<f64>(
    beam,
    kind < pi && factor > 0.2 ? 1 : kind >= pi && kind < mixed ? weight : 0,
    Beam.PiWeight << 3,
  );
  store<f64>(beam, factor, Beam.PiFactor << 3);
}

/** R of one state of polarisation at all angles. */
function reflectivity(
  beam: usize,
  factor: f64,
  slices: usize,
  sliceCount: i32,
  theta: usize,
  angleCount: i32,
  judge: i32,
  table: usize,
  small: usize,
  kernelScratch: usize,
  out: usize,
): Status {
  const block = small,
    sine = load<f64>(beam, Beam.Sine << 3);
  const wavelength = 4 * Math.PI * sine;
  store<f64>(block, wavelength, ReflectionSlot.Wavelength << 3);
  store<f64>(block, 2 * Math.PI, ReflectionSlot.PlaneSpacing << 3);
  store<f64>(block, (wavelength * sine) / Math.PI, ReflectionSlot.Gamma << 3); // so that κ stand in the structure factors' place
  store<f64>(block, factor, ReflectionSlot.Polarisation << 3);
  store<f64>(block, load<f64>(beam, Beam.K0Re << 3), ReflectionSlot.F0Re << 3);
  store<f64>(block, load<f64>(beam, Beam.K0Im << 3), ReflectionSlot.F0Im << 3);
  const khr = load<f64>(beam, Beam.KhRe << 3),
    khi = load<f64>(beam, Beam.KhIm << 3);
  store<f64>(block, khr, ReflectionSlot.FhRe << 3);
  store<f64>(block, khi, ReflectionSlot.FhIm << 3);
  store<f64>(block, khr, ReflectionSlot.FhBarRe << 3);
  store<f64>(block, khi, ReflectionSlot.FhBarIm << 3);
  store<f64>(block, 0, ReflectionSlot.Asymmetry << 3);
  store<f64>(block, <f64>DeviationForm.Exact, ReflectionSlot.Deviation << 3);
  prepareAngles(block, theta, angleCount, table);
  startSemiInfinite(block, table, table, angleCount, small + 128);
  return judge > 0
    ? transferMatrix(slices, sliceCount, table, angleCount, kernelScratch, out)
    : transferMatrixFast(slices, sliceCount, table, angleCount, kernelScratch, out);
}

function sample(
  preset: usize,
  judge: i32,
  scratch: usize,
  input: usize,
  label: usize,
  extra: usize,
  scan: usize,
): Status {
  const state = scratch,
    beam = state + STATE,
    strain = beam + 128,
    disorder = strain + 128,
    own = disorder + 128,
    small = own + 128,
    grid = small + 256;
  const slices = (scratch + 2048 + 15) & ~15,
    kernelScratch = slices + <usize>Measured.Slices * 32;
  const theta = kernelScratch + <usize>Measured.Slices * 32,
    table = theta + ((<usize>Measured.Angles) << 3);
  const intensity = table + <usize>Measured.Angles * 48,
    other = intensity + ((<usize>Measured.Angles) << 3),
    places = other + ((<usize>Measured.Angles) << 3);
  const seen = places + ((<usize>Measured.Angles) << 3),
    seeSpace = seen + ((<usize>Measured.Angles) << 3);

  // The order of the draws is part of what a seed means. Weights begin with the three that the interface fixes.
  drawBeam(preset, state, beam);
  const sine = load<f64>(beam, Beam.Sine << 3),
    cosine = Math.sqrt(1 - sine * sine),
    tangent = sine / cosine;
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
    put(label, MeasuredLabel.Weight + k, 100 * value);
    put(label, MeasuredLabel.DebyeWaller + k, load<f64>(debyeWaller + ((<usize>k) << 3)));
  }

  // Instrument and scan; widths and steps in θ.
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
  const k0r = load<f64>(beam, Beam.K0Re << 3),
    peak = 0.5 * (1 + Math.sqrt(1 + 8 * k0r)); // A = 0 where q = 1 + 2κ_0/q
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

  const widthUnit = slot(preset, MeasuredSlot.WidthUnit);
  put(label, MeasuredLabel.Thickness, planes * slot(preset, MeasuredSlot.ThicknessUnit));
  put(label, MeasuredLabel.Fwhm, (fwhm / tangent) * widthUnit);
  put(label, MeasuredLabel.DynamicRange, dynamicRange);
  put(label, MeasuredLabel.LorentzFraction, lorentz);
  put(label, MeasuredLabel.Offset, (offset / tangent) * widthUnit);
  const piWeight = load<f64>(beam, Beam.PiWeight << 3),
    piFactor = load<f64>(beam, Beam.PiFactor << 3);
  const extraCount = <i32>slot(preset, MeasuredSlot.Extras),
    khr = load<f64>(beam, Beam.KhRe << 3),
    khi = load<f64>(beam, Beam.KhIm << 3),
    size = Math.sqrt(khr * khr + khi * khi);
  // The scan's ends as a user sees them, with the offset that remains.
  const first = start + offset,
    final = first + step * <f64>(points - 1);
  put(extra, MeasuredExtra.Tension, LOG10 * Math.log(100 * ((sine * peak) / Math.sin(first) - 1)));
  put(extra, MeasuredExtra.Compression, LOG10 * Math.log(100 * (1 - (sine * peak) / Math.sin(final))));
  put(extra, MeasuredExtra.Step, LOG10 * Math.log((100 * step) / tangent) + 2);
  put(
    extra,
    MeasuredExtra.Polarisation,
    (1 - piWeight + piWeight * piFactor * piFactor) / (1 - piWeight + piWeight * piFactor),
  );
  if (extraCount > MeasuredExtra.Coupling) {
    put(extra, MeasuredExtra.Coupling, LOG10 * Math.log(size) + 5);
    put(
      extra,
      MeasuredExtra.Absorption,
      LOG10 * Math.log(max(load<f64>(beam, Beam.K0Im << 3) / size, 1e-4)) + 1,
    );
    put(extra, MeasuredExtra.Phase, khi / size);
    put(extra, MeasuredExtra.Sine, sine);
  }
  if (judge < 0) return Status.Ok;

  // Angles. Fringes lie closest where the scan begins; beyond its ends the resolution reaches in.
  const length = 2 * Math.PI * planes,
    perTheta = cosine / sine,
    widthQ = fwhm * perTheta;
  const fringe = planes * Math.max(Math.cos(thetaLow) / cosine, 1),
    density = max(min(1.4 / widthQ, 3 * fringe), min(2 * fringe, fringe + 1.2 / widthQ));
  const guardAngle = 2.2 * fwhm,
    whole = step * <f64>(points - 1) + 2 * guardAngle;
  const parts = max(
    min(
      <i32>Math.ceil(step * perTheta * density),
      <i32>Math.floor((<f64>(Measured.Grid - 64) * step) / whole),
    ),
    1,
  );
  const fine = step / <f64>parts,
    guard = <i32>Math.ceil(guardAngle / fine),
    gridCount = (points - 1) * parts + 1 + 2 * guard;
  if (points > Measured.Points || gridCount > Measured.Grid) return Status.BadCount;
  const centre = Math.asin(sine * peak),
    gridLow = start - fine * <f64>guard;
  store<f64>(grid, gridLow, GridSlot.Low << 3);
  store<f64>(grid, fine, GridSlot.Step << 3);
  store<f64>(grid, <f64>gridCount, GridSlot.Count << 3);
  const angles = layAngles(grid, centre, 2 * size * tangent, fwhm, theta),
    angleCount = (angles + 3) & ~3;
  for (let k = angles; k < angleCount; k++)
    store<f64>(theta + ((<usize>k) << 3), load<f64>(theta + ((<usize>(angles - 1)) << 3)));

  // Slices.
  const qLow = Math.sin(gridLow) / sine,
    qHigh = Math.sin(min(gridLow + fine * <f64>gridCount, 1.55)) / sine;
  const farthest = max(qHigh - 1 / (1 + highest), 1 / (1 + lowest) - qLow);
  const needed = max((0.5 * length * farthest) / SLICE_PHASE, (length * size) / SLICE_COUPLING);
  const sliceCount =
    judge > 0 ? judge : min(max(<i32>Math.ceil(needed), FEWEST_SLICES), <i32>Measured.Slices);
  const h = length / <f64>sliceCount;
  for (let n = 0; n < sliceCount; n++) {
    store<f64>(small, (<f64>n + 0.5) / <f64>sliceCount);
    bsplineBasis(small, 1, Measured.Weights, small + 16, small + 48);
    const from = (<usize>load<i32>(small, 48)) << 3,
      b0 = load<f64>(small, 16),
      b1 = load<f64>(small, 24),
      b2 = load<f64>(small, 32),
      b3 = load<f64>(small, 40);
    const w = strain + from,
      v = disorder + from,
      to = slices + <usize>n * (SliceSlot.Size << 3);
    const e = load<f64>(w) * b0 + load<f64>(w, 8) * b1 + load<f64>(w, 16) * b2 + load<f64>(w, 24) * b3;
    store<f64>(to, h);
    store<f64>(to, 0.5 * h * (e / (1 + e)), 8);
    store<f64>(to, 0, 16);
    store<f64>(
      to,
      h * (load<f64>(v) * b0 + load<f64>(v, 8) * b1 + load<f64>(v, 16) * b2 + load<f64>(v, 24) * b3),
      24,
    );
  }

  let status = Status.Ok;
  if (piWeight < 1)
    status = reflectivity(
      beam,
      1,
      slices,
      sliceCount,
      theta,
      angleCount,
      judge,
      table,
      small,
      kernelScratch,
      intensity,
    );
  if (status == Status.Ok && piWeight > 0) {
    const to = piWeight < 1 ? other : intensity;
    if (piFactor > 0.02)
      status = reflectivity(
        beam,
        piFactor,
        slices,
        sliceCount,
        theta,
        angleCount,
        judge,
        table,
        small,
        kernelScratch,
        to,
      );
    else memory.fill(to, 0, (<usize>angleCount) << 3);
    if (piWeight < 1) {
      for (let k: usize = 0, end = (<usize>angleCount) << 3; k < end; k += 8)
        store<f64>(
          intensity + k,
          (1 - piWeight) * load<f64>(intensity + k) + piWeight * load<f64>(other + k),
        );
    }
  }
  if (status != Status.Ok) return status;
  see(grid, theta, intensity, fwhm, lorentz, guard, parts, points, seeSpace, seen);

  let top: f64 = 0;
  for (let j = 0; j < points; j++) top = max(top, load<f64>(seen + ((<usize>j) << 3)));
  const counts = Math.exp(LN10 * logScale),
    perSeen = counts / top,
    background = Math.exp(LN10 * logBackground),
    dead = loss / ((1 - loss) * counts);
  const noise = <i32>slot(preset, MeasuredSlot.Noise),
    low = load<u32>(state),
    high = load<u32>(state, 4),
    key = load<u32>(state, 8),
    key2 = load<u32>(state, 12);
  const growth = Math.exp((LN10 * slope) / <f64>(points - 1));
  let level = background * Math.exp(-0.5 * LN10 * slope);
  for (let j = 0; j < points; j++) {
    const at = (<usize>j) << 3,
      angle = start + step * <f64>j;
    let mean = perSeen * load<f64>(seen + at) + level;
    level *= growth;
    if (diffuse > 0) {
      const u = ((sine * peak) / Math.sin(angle) - 1) / diffuseWidth;
      mean += (counts * diffuse) / (1 + u * u);
    }
    mean /= 1 + dead * mean;
    let value = mean;
    if (noise != Noise.None) {
      if (error > 0) {
        // Four evenly drawn words add up to all but a normal deviate.
        philox(0, j, low, high | ERROR_STREAM, key, key2, small);
        const sum =
          <f64>load<u32>(small) +
          <f64>load<u32>(small, 4) +
          <f64>load<u32>(small, 8) +
          <f64>load<u32>(small, 12);
        mean *= max<f64>(1 + error * 1.7320508075688772 * (sum / 4294967296 - 2), 0.05);
      }
      value =
        poissonDraw(mean, j, low, high | COUNT_STREAM, key, key2, small) +
        (noise == Noise.Published ? mean : 0);
    }
    store<f64>(intensity + at, value);
    store<f64>(places + at, 100 * ((sine * peak) / Math.sin(angle + offset) - 1));
  }
  if (scan != 0) {
    store<f64>(scan, first);
    store<f64>(scan, step, 8);
    store<f64>(scan, <f64>points, 16);
    store<f64>(scan, sine, 24);
    memory.copy(scan + 32, intensity, (<usize>points) << 3);
  }
  return toCells(
    places,
    intensity,
    points,
    100 * slot(preset, MeasuredSlot.AxisFirst),
    100 * slot(preset, MeasuredSlot.AxisLast),
    <i32>slot(preset, MeasuredSlot.AxisCount),
    other,
    input,
  );
}
