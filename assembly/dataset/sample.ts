/** Training samples of protocol "paper" (Boulle & Debelle 2023 and their published generator): drawn, simulated, counted
 *  and put on the network's axis, one call a batch. A sample is a pure function of (preset, seed, index).
 *
 *      draws ─▶ shape on [0, 1] ─▶ weights ─▶ strain, Debye–Waller ─▶ slices of one slope ─▶ R ─▶ ⊗ Gaussian ─▶ counts ─▶ axis
 */
import { AnglePlane, Noise, Paper, PresetSlot, ReflectionSlot, SliceSlot } from "../layout";
import { bsplineBasis } from "../math/bspline";
import { poissonDraw } from "../physics/counting";
import { prepareAngles } from "../physics/phases";
import { startSemiInfinite } from "../physics/substrate";
import { transferMatrix } from "../physics/transferMatrix";
import { transferMatrixFast } from "../physics/transferMatrixFast";
import { Status } from "../status";
import { toAxis } from "./axis";
import { between, COUNT_STREAM, nextUniform, openDraws, slot, STATE } from "./draws";

const LN10: f64 = 2.302585092994046;
const DEGREES: f64 = 57.29577951308232;
const RADIANS: f64 = 0.017453292519943295;
/** Largest phase and coupling of a slice: more slices change log10 R by less than 0.01 rms (test/dataset). */
const SLICE_PHASE: f64 = 3.1;
const SLICE_COUPLING: f64 = 4e-3;
const FEWEST_SLICES = 64;
/** Most draws of a sample's intensities, and of its shape, until they meet the conditions: one in a thousand that does is
 *  still found, and a preset of which none does comes to an end. */
const MOST_INTENSITIES = 100_000;
const MOST_SHAPES = 10_000;

/** Relative weights of a sample: f64[Paper.Weights], the largest of all thirteen being 1.
 *  @param matrix f64[Paper.Fitted][Paper.ShapePoints]: weights that fit a curve given at even heights best */
function drawWeights(
  preset: usize,
  matrix: usize,
  state: usize,
  curve: usize,
  fitted: usize,
  weights: usize,
): Status {
  for (let tries = 0; tries < MOST_SHAPES; tries++) {
    const peak = between(state, preset, PresetSlot.PeakLow);
    const below = between(state, preset, PresetSlot.WidthLow),
      above = between(state, preset, PresetSlot.WidthLow);
    const mixed = nextUniform(state) < slot(preset, PresetSlot.Mixing);
    const side = nextUniform(state) * 3,
      constant = nextUniform(state);
    for (let k = 0; k < Paper.ShapePoints; k++) {
      const z = <f64>k / <f64>(Paper.ShapePoints - 1),
        u = (2 * (z - peak)) / (z < peak ? below : above);
      let value = Math.exp(-0.6931471805599453 * u * u);
      if (mixed && (side >= 2 || z < peak == side < 1)) value = (1 - constant) * value + constant;
      store<f64>(curve + ((<usize>k) << 3), value);
    }
    let largest: f64 = 0;
    for (let i = 0; i < Paper.Fitted; i++) {
      let weight: f64 = 0;
      const row = matrix + ((<usize>(i * Paper.ShapePoints)) << 3);
      for (let k: usize = 0; k < (<usize>Paper.ShapePoints) << 3; k += 8)
        weight += load<f64>(row + k) * load<f64>(curve + k);
      weight *= 1 + slot(preset, PresetSlot.Scatter) * (2 * nextUniform(state) - 1);
      if (weight < -0.1) weight = 0;
      largest = max(largest, weight);
      store<f64>(fitted + ((<usize>i) << 3), weight);
    }
    for (let i = 0; i < Paper.Weights; i++) {
      store<f64>(
        weights + ((<usize>i) << 3),
        Math.abs(load<f64>(fitted + ((<usize>(i + 3)) << 3)) / largest),
      );
    }
    if (load<f64>(weights) > 0.01 || load<f64>(weights, 8) > 0.01) return Status.Ok;
  }
  return Status.NoDraw;
}

/** Strain (fraction) at relative height z. */
function strainAt(weights: usize, z: f64, scratch: usize): f64 {
  store<f64>(scratch, z);
  bsplineBasis(scratch, 1, Paper.Weights, scratch + 16, scratch + 48);
  const w = weights + ((<usize>load<i32>(scratch, 48)) << 3);
  return (
    load<f64>(w) * load<f64>(scratch, 16) +
    load<f64>(w, 8) * load<f64>(scratch, 24) +
    load<f64>(w, 16) * load<f64>(scratch, 32) +
    load<f64>(w, 24) * load<f64>(scratch, 40)
  );
}

/** Bytes of scratch that `samples` needs. */
export function sampleScratch(): usize {
  return 8192 + ((<usize>Paper.ShapePoints) << 3) + <usize>Paper.Slices * 64 + <usize>Paper.Angles * 64;
}

/** Samples first … first + count − 1.
 *  @param reflection f64[ReflectionSlot.Size], linear deviation
 *  @param preset f64[PresetSlot.Size]
 *  @param matrix see drawWeights
 *  @param judge 0; the number of slices for the exact kernel in place of the fast one; −1: labels only
 *  @param scratch sampleScratch() bytes, 16-byte aligned
 *  @param inputs f32[count][AxisCount]
 *  @param labels f32[count][Paper.Labels]
 *  @param scan 0; or f64[2 + Paper.Angles] for the last sample's scan: first angle θ in degrees, points, counts */
export function samples(
  reflection: usize,
  preset: usize,
  matrix: usize,
  seedLow: u32,
  seedHigh: u32,
  first: f64,
  count: i32,
  judge: i32,
  scratch: usize,
  inputs: usize,
  labels: usize,
  scan: usize,
): Status {
  if (count < 0) return Status.BadCount;
  const axisCount = <i32>slot(preset, PresetSlot.AxisCount);
  for (let i = 0; i < count; i++) {
    openDraws(scratch, first + <f64>i, seedLow, seedHigh);
    const input = inputs + ((<usize>(i * axisCount)) << 2),
      label = labels + ((<usize>(i * Paper.Labels)) << 2);
    const status = sample(
      reflection,
      preset,
      matrix,
      judge,
      scratch,
      input,
      label,
      i == count - 1 ? scan : 0,
    );
    if (status != Status.Ok) return status;
  }
  return Status.Ok;
}

/** log10 of the background and of the scale, whose ratio lies in the preset's range: f64[2]. */
function drawIntensities(preset: usize, state: usize, drawn: usize): Status {
  for (let tries = 0; tries < MOST_INTENSITIES; tries++) {
    const logBackground = between(state, preset, PresetSlot.LogBackgroundLow),
      logScale = between(state, preset, PresetSlot.LogScaleLow),
      dynamicRange = logScale - logBackground;
    if (!(
      dynamicRange >= slot(preset, PresetSlot.DynamicRangeLow) &&
      dynamicRange <= slot(preset, PresetSlot.DynamicRangeHigh)
    ))
      continue;
    store<f64>(drawn, logBackground);
    store<f64>(drawn, logScale, 8);
    return Status.Ok;
  }
  return Status.NoDraw;
}

function sample(
  reflection: usize,
  preset: usize,
  matrix: usize,
  judge: i32,
  scratch: usize,
  input: usize,
  label: usize,
  scan: usize,
): Status {
  const state = scratch,
    fitted = scratch + STATE,
    padded = fitted + 128,
    weights = padded + 24,
    small = padded + 128;
  const curve = small + 128,
    slices = (curve + ((<usize>Paper.ShapePoints) << 3) + 15) & ~15;
  const theta = slices + <usize>Paper.Slices * 32,
    table = theta + ((<usize>Paper.Angles) << 3);
  const intensity = table + <usize>Paper.Angles * 48,
    kernelScratch = intensity + ((<usize>Paper.Angles) << 3);

  // The order of the draws is part of what a seed means.
  const thickness = between(state, preset, PresetSlot.ThicknessLow),
    strain = between(state, preset, PresetSlot.StrainLow);
  const alpha = -Math.log(between(state, preset, PresetSlot.DebyeWallerLow));
  const fwhm = between(state, preset, PresetSlot.FwhmLow);
  const found = drawIntensities(preset, state, weights);
  if (found != Status.Ok) return found;
  const logBackground = load<f64>(weights),
    logScale = load<f64>(weights, 8),
    dynamicRange = logScale - logBackground;
  const marginLow = between(state, preset, PresetSlot.MarginLow),
    marginHigh = between(state, preset, PresetSlot.MarginLow);
  const drawn = drawWeights(preset, matrix, state, curve, fitted, weights);
  if (drawn != Status.Ok) return drawn;
  memory.fill(padded, 0, 24);
  for (let i = 0; i < Paper.Weights; i++) {
    const weight = load<f64>(weights + ((<usize>i) << 3)) * strain;
    store<f64>(weights + ((<usize>i) << 3), weight);
    store<f32>(label + ((<usize>i) << 2), <f32>(100 * weight));
  }
  store<f32>(label, <f32>alpha, 40);
  store<f32>(label, <f32>(thickness / 10), 44);
  store<f32>(label, <f32>fwhm, 48);
  store<f32>(label, <f32>dynamicRange, 52);
  if (judge < 0) return Status.Ok;

  // The scan: its ends are rounded, so that a point falls on the substrate peak.
  const lambda = slot(reflection, ReflectionSlot.Wavelength),
    sine = lambda / (2 * slot(reflection, ReflectionSlot.PlaneSpacing));
  const thetaB = Math.asin(sine),
    tangent = sine / Math.sqrt(1 - sine * sine);
  const rounding = slot(preset, PresetSlot.Rounding),
    step = slot(preset, PresetSlot.Step);
  const low = Math.round(((thetaB - (strain + marginLow) * tangent) * DEGREES) / rounding) * rounding;
  const high = Math.round(((thetaB + marginHigh * tangent) * DEGREES) / rounding) * rounding;
  const points = <i32>Math.round((high - low) / step) + 1,
    angleCount = (points + 3) & ~3;
  if (angleCount > Paper.Angles) return Status.BadCount;
  for (let j = 0; j < angleCount; j++)
    store<f64>(theta + ((<usize>j) << 3), (low + step * <f64>min(j, points - 1)) * RADIANS);
  prepareAngles(reflection, theta, angleCount, table);
  startSemiInfinite(reflection, table, table, angleCount, small);

  // Slices of one slope: thickness ∝ sin θ_n, found by walking up with the strain at each middle.
  let largest: f64 = 0,
    path: f64 = 0;
  for (let k = 0; k < 200; k++) {
    const e = strainAt(padded, (<f64>k + 0.5) / 200, small);
    largest = max(largest, e);
    path += 1 / Math.sin(thetaB - e * tangent);
  }
  path *= thickness / 200;
  const perPath = (Math.PI / lambda) * Math.sin(2 * thetaB),
    coupling = load<f64>(table + ((<usize>angleCount) << 3) * AnglePlane.GRe);
  const farthest = max(high * RADIANS - thetaB + largest * tangent, thetaB - low * RADIANS);
  const needed = max((path * perPath * farthest) / SLICE_PHASE, (path * Math.abs(coupling)) / SLICE_COUPLING);
  const sliceCount = judge > 0 ? judge : max(<i32>Math.ceil(needed), FEWEST_SLICES);
  if (sliceCount > Paper.Slices) return Status.BadCount;
  const share = path / <f64>sliceCount,
    slope = share * perPath;
  const refraction = ((slot(reflection, ReflectionSlot.Gamma) * Math.PI) / lambda) * share; // ΓF0πh/(λ sin θ_n)
  let bottom: f64 = 0,
    h = thickness / <f64>sliceCount;
  for (let n = 0; n < sliceCount; n++) {
    const e = strainAt(padded, min((bottom + 0.5 * h) / thickness, 1), small);
    h = share * Math.sin(thetaB - e * tangent);
    bottom += h;
    const ratio = e / largest,
      to = slices + <usize>n * (SliceSlot.Size << 3);
    store<f64>(to, slope);
    store<f64>(to, slope * e * tangent - refraction * slot(reflection, ReflectionSlot.F0Re), 8);
    store<f64>(to, -refraction * slot(reflection, ReflectionSlot.F0Im), 16);
    store<f64>(to, share * Math.exp(-alpha * ratio * ratio), 24);
  }
  const status =
    judge > 0
      ? transferMatrix(slices, sliceCount, table, angleCount, kernelScratch, intensity)
      : transferMatrixFast(slices, sliceCount, table, angleCount, kernelScratch, intensity);
  if (status != Status.Ok) return status;

  // Resolution, sampled on the scan's own grid as the paper does; θ has half the width of 2θ.
  const seen = theta,
    width = 0.5 * fwhm,
    taps = min(<i32>Math.ceil((2.2 * width) / step), points),
    gauss = table;
  const margin = gauss + ((<usize>(taps + 1)) << 3),
    middle = margin + ((<usize>taps) << 3);
  for (let k = 0; k <= taps; k++) {
    const u = (2 * <f64>k * step) / width;
    store<f64>(gauss + ((<usize>k) << 3), Math.exp(-0.6931471805599453 * u * u));
  }
  // Nothing beyond the ends.
  memory.fill(margin, 0, (<usize>(points + 2 * taps)) << 3);
  memory.copy(middle, intensity, (<usize>points) << 3);
  let peak: f64 = 0;
  for (let j = 0; j < points; j++) {
    const here = middle + ((<usize>j) << 3),
      end = (<usize>taps) << 3;
    let sum = load<f64>(here);
    for (let k: usize = 8; k <= end; k += 8)
      sum += load<f64>(gauss + k) * (load<f64>(here - k) + load<f64>(here + k));
    store<f64>(seen + ((<usize>j) << 3), sum);
    peak = max(peak, sum);
  }
  const perSpacing = 100 / slot(reflection, ReflectionSlot.PlaneSpacing);
  const scale = Math.exp(LN10 * logScale) / peak,
    background = Math.exp(LN10 * logBackground),
    noise = <i32>slot(preset, PresetSlot.Noise);
  const cosStep = Math.cos(step * RADIANS),
    sinStep = Math.sin(step * RADIANS);
  let sinTheta = Math.sin(low * RADIANS),
    cosTheta = Math.cos(low * RADIANS);
  for (let j = 0; j < points; j++) {
    const at = (<usize>j) << 3,
      mean = scale * load<f64>(seen + at) + background;
    const counts =
      noise == Noise.None
        ? 0
        : poissonDraw(
            mean,
            j,
            load<u32>(state),
            load<u32>(state, 4) | COUNT_STREAM,
            load<u32>(state, 8),
            load<u32>(state, 12),
            small,
          );
    store<f64>(intensity + at, noise == Noise.Poisson ? counts : mean + counts);
    // The paper's axis is 100 Δd/d over d in Å, with the exact Δd/d of each point; the angle turns by one step a point.
    store<f64>(table + at, perSpacing * (sine / sinTheta - 1));
    const turned = sinTheta * cosStep + cosTheta * sinStep;
    cosTheta = cosTheta * cosStep - sinTheta * sinStep;
    sinTheta = turned;
  }
  if (scan != 0) {
    store<f64>(scan, low);
    store<f64>(scan, <f64>points, 8);
    memory.copy(scan + 16, intensity, (<usize>points) << 3);
  }
  return toAxis(
    table,
    intensity,
    points,
    slot(preset, PresetSlot.AxisFirst),
    slot(preset, PresetSlot.AxisLast),
    <i32>slot(preset, PresetSlot.AxisCount),
    input,
  );
}
