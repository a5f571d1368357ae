/** Training samples of protocol "measured": any crystal in dimensionless units, exact deviation, the substrate peak
 *  resolved, disorder of its own, and the faults of real scans. One call a batch; a sample is a pure function of (preset,
 *  seed, index).
 *
 *      draws ─▶ shapes ─▶ strain, Debye–Waller ─▶ slices ─▶ R on a grid that resolves the peak ─▶ ⊗ pseudo-Voigt
 *            ─▶ diffuse scattering, background, dead time, errors, counts ─▶ axis
 *
 *  Lengths are in units of 1/Q_B, so that d = 2π and Q_B = 1: q = Q/Q_B = sin θ/sin θ_B (docs/scaling.md).
 */
import { Measured, MeasuredLabel, MeasuredSlot } from "../layout";
import { Status } from "../status";
import { toCells } from "./cells";
import { openDraws, slot, STATE } from "./draws";
import { countScan } from "./measuredCounts";
import { cutSlices, Laid, layGrid, reflect } from "./measuredCurve";
import { Drawn, drawSample, get } from "./measuredDraws";
import { writeExtras, writeLabels } from "./measuredLabels";
import { see, seeScratch } from "./resolved";

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

/** One sample, whose draws are open. */
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
    drawn = state + STATE,
    strain = drawn + (Drawn.Size << 3),
    disorder = strain + 128,
    own = disorder + 128,
    small = own + 128,
    grid = small + 256,
    laid = grid + 64;
  const slices = (scratch + 2048 + 15) & ~15,
    kernelScratch = slices + <usize>Measured.Slices * 32;
  const theta = kernelScratch + <usize>Measured.Slices * 32,
    table = theta + ((<usize>Measured.Angles) << 3);
  const intensity = table + <usize>Measured.Angles * 48,
    other = intensity + ((<usize>Measured.Angles) << 3),
    places = other + ((<usize>Measured.Angles) << 3);
  const seen = places + ((<usize>Measured.Angles) << 3),
    seeSpace = seen + ((<usize>Measured.Angles) << 3);

  drawSample(preset, state, drawn, strain, disorder, own);
  writeLabels(preset, drawn, strain, disorder, label);
  writeExtras(preset, drawn, extra);
  if (judge < 0) return Status.Ok;
  const angles = layGrid(drawn, grid, laid, theta);
  if (angles == 0) return Status.BadCount;
  const count = cutSlices(drawn, grid, strain, disorder, judge, small, slices);
  // prettier-ignore
  const status = reflect(
    drawn, slices, count, theta, angles, judge, table, small, kernelScratch, other, intensity,
  );
  if (status != Status.Ok) return status;
  const fwhm = get(drawn, Drawn.Fwhm),
    lorentz = get(drawn, Drawn.Lorentz),
    points = <i32>get(drawn, Drawn.Points),
    guard = <i32>get(laid, Laid.Guard),
    parts = <i32>get(laid, Laid.Parts);
  see(grid, theta, intensity, fwhm, lorentz, guard, parts, points, seeSpace, seen);
  countScan(preset, state, drawn, seen, small, intensity, places);
  if (scan != 0) writeScan(drawn, intensity, scan);
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

function writeScan(drawn: usize, intensity: usize, scan: usize): void {
  const points = get(drawn, Drawn.Points);
  store<f64>(scan, get(drawn, Drawn.Start) + get(drawn, Drawn.Offset));
  store<f64>(scan, get(drawn, Drawn.Step), 8);
  store<f64>(scan, points, 16);
  store<f64>(scan, get(drawn, Drawn.Sine), 24);
  memory.copy(scan + 32, intensity, (<usize>points) << 3);
}
