/** The curve of a sample of protocol "measured": angles that resolve the substrate peak, slices, R of the beam's states of
 *  polarisation. */
import { AnglePlane, DeviationForm, Measured, ReflectionSlot, SliceSlot } from "../layout";
import { bsplineBasis } from "../math/bspline";
import { prepareAngles } from "../physics/phases";
import { startSemiInfinite } from "../physics/substrate";
import { transferMatrix } from "../physics/transferMatrix";
import { transferMatrixFast } from "../physics/transferMatrixFast";
import { Status } from "../status";
import { Drawn, get, set, tangentOf } from "./measuredDraws";
import { GridSlot, layAngles } from "./resolved";

/** Largest phase and coupling of a slice, as in protocol "paper". */
const SLICE_PHASE: f64 = 3.1;
const SLICE_COUPLING: f64 = 4e-3;
const FEWEST_SLICES = 64;

/** How the grid lies on the scan: f64[Laid.Size]. */
export const enum Laid {
  /** Grid points a step of the scan, and beyond each of its ends. */
  Parts = 0,
  Guard = 1,
  Size = 2,
}

// @ts-ignore: decorator
@inline function sizeOf(drawn: usize): f64 {
  const khr = get(drawn, Drawn.KhRe),
    khi = get(drawn, Drawn.KhIm);
  return Math.sqrt(khr * khr + khi * khi);
}

/** Angles: fringes lie closest where the scan begins; beyond its ends the resolution reaches in.
 *  @param grid f64[GridSlot.Size], written
 *  @param laid f64[Laid.Size], written
 *  @param theta f64[Measured.Angles], written
 *  @returns angles, a multiple of four; 0 where they are too many */
export function layGrid(drawn: usize, grid: usize, laid: usize, theta: usize): i32 {
  const sine = get(drawn, Drawn.Sine),
    cosine = Math.sqrt(1 - sine * sine),
    planes = get(drawn, Drawn.Planes),
    fwhm = get(drawn, Drawn.Fwhm),
    step = get(drawn, Drawn.Step),
    points = <i32>get(drawn, Drawn.Points),
    start = get(drawn, Drawn.Start);
  const perTheta = cosine / sine,
    widthQ = fwhm * perTheta;
  const fringe = planes * Math.max(Math.cos(get(drawn, Drawn.ThetaLow)) / cosine, 1),
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
  if (points > Measured.Points || gridCount > Measured.Grid) return 0;
  const centre = Math.asin(sine * get(drawn, Drawn.Peak)),
    gridLow = start - fine * <f64>guard;
  store<f64>(grid, gridLow, GridSlot.Low << 3);
  store<f64>(grid, fine, GridSlot.Step << 3);
  store<f64>(grid, <f64>gridCount, GridSlot.Count << 3);
  const angles = layAngles(grid, centre, 2 * sizeOf(drawn) * tangentOf(drawn), fwhm, theta),
    angleCount = (angles + 3) & ~3;
  for (let k = angles; k < angleCount; k++)
    store<f64>(theta + ((<usize>k) << 3), load<f64>(theta + ((<usize>(angles - 1)) << 3)));
  set(laid, Laid.Parts, <f64>parts);
  set(laid, Laid.Guard, <f64>guard);
  return angleCount;
}

/** Equal slices, interface first.
 *  @param judge as many; 0: as many as the fast kernel needs
 *  @param small scratch
 *  @param slices f64[Measured.Slices][SliceSlot.Size], written
 *  @returns how many */
export function cutSlices(
  drawn: usize,
  grid: usize,
  strain: usize,
  disorder: usize,
  judge: i32,
  small: usize,
  slices: usize,
): i32 {
  const sine = get(drawn, Drawn.Sine),
    size = sizeOf(drawn),
    length = 2 * Math.PI * get(drawn, Drawn.Planes),
    highest = get(drawn, Drawn.Highest),
    lowest = get(drawn, Drawn.Lowest);
  const gridLow = get(grid, GridSlot.Low),
    fine = get(grid, GridSlot.Step),
    gridCount = get(grid, GridSlot.Count);
  const qLow = Math.sin(gridLow) / sine,
    qHigh = Math.sin(min(gridLow + fine * gridCount, 1.55)) / sine;
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
  return sliceCount;
}

/** R of one state of polarisation at all angles. */
function reflectivity(
  drawn: usize,
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
    sine = get(drawn, Drawn.Sine);
  const wavelength = 4 * Math.PI * sine;
  store<f64>(block, wavelength, ReflectionSlot.Wavelength << 3);
  store<f64>(block, 2 * Math.PI, ReflectionSlot.PlaneSpacing << 3);
  store<f64>(block, (wavelength * sine) / Math.PI, ReflectionSlot.Gamma << 3); // so that κ stand in the structure factors' place
  store<f64>(block, factor, ReflectionSlot.Polarisation << 3);
  store<f64>(block, get(drawn, Drawn.K0Re), ReflectionSlot.F0Re << 3);
  store<f64>(block, get(drawn, Drawn.K0Im), ReflectionSlot.F0Im << 3);
  const khr = get(drawn, Drawn.KhRe),
    khi = get(drawn, Drawn.KhIm);
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

/** R of the beam: of σ, of π, or of both by their weights.
 *  @param other f64[Measured.Angles], scratch
 *  @param intensity f64[Measured.Angles], written */
export function reflect(
  drawn: usize,
  slices: usize,
  sliceCount: i32,
  theta: usize,
  angleCount: i32,
  judge: i32,
  table: usize,
  small: usize,
  kernelScratch: usize,
  other: usize,
  intensity: usize,
): Status {
  const piWeight = get(drawn, Drawn.PiWeight),
    piFactor = get(drawn, Drawn.PiFactor);
  let status = Status.Ok;
  if (piWeight < 1)
    status = reflectivity(
      drawn,
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
        drawn,
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
  return status;
}
