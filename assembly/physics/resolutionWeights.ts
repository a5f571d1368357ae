/** A symmetric resolution as a matrix: what each point of the grid weighs at each place, for fits that see one grid many times. */
import { ResolutionSlot } from "../layout";
import { add, mul } from "../math/simd";
import { Status } from "../status";
import { INTERVAL } from "./intervals";
import { gaussianEdge, intervalPolynomials, moments, SIDE, writeSide } from "./resolution";

/** Gaussian: weight, first and second derivative by ln width; the same of the Lorentzian. */
const PLANES = 6;
/** Bytes of what is known of a shape at a point of the grid: value, slope, and of the Gaussian exp and erfc. */
const EDGE: usize = 32;
/** Width of an interval over half the fwhm below which its moments follow from values and slopes at its ends (resolution.ts). */
const NARROW: f64 = 0.14;

/** Bytes of scratch that resolutionWeights needs. */
export function weightsScratch(gridCount: i32): i32 {
  return 96 + 4 * <i32>EDGE + 2 * <i32>SIDE + gridCount * (<i32>INTERVAL + 8 * PLANES);
}

/** Bytes of a row: first and last + 1 interval that count, first grid point, and where its weights begin. */
export const ROW: usize = 16;

/** Weights of the grid's points in ∫ r(x − t) R(t) dt over the intervals of each row, R the cubic through the four nearest points
 *  (resolution.ts), and their derivatives by L = ln fwhm, from those of the moments: with v = t − x, s = t − t_k, a = t_k − x
 *
 *      ∂r/∂L = −(r + v r′),   M_p′ = −[v r s^p] + p (M_p + a M_{p−1}),   M_p″ = [v (r + v r′) s^p] + p (M_p′ + a M_{p−1}′).
 *
 *  @param block f64[ResolutionSlot.Size] of a pseudo-Voigt, whose lower fwhm counts
 *  @param grid f64[gridCount], ascending strictly, four points at least
 *  @param places f64[placeCount]
 *  @param rows i32[placeCount + 1][4]: intervals from, until; first grid point; offset of the weights; the last row's offset is
 *    their number
 *  @param weights f32[PLANES][number], written
 *  @param scratch weightsScratch(gridCount) bytes */
export function resolutionWeights(
  block: usize,
  grid: usize,
  gridCount: i32,
  places: usize,
  placeCount: i32,
  rows: usize,
  weights: usize,
  scratch: usize,
): Status {
  if (gridCount < 4 || placeCount < 1) return Status.BadCount;
  const fwhm = load<f64>(block + (ResolutionSlot.FwhmLow << 3));
  if (!(fwhm > 0)) return Status.BadParameter;
  const integrals = scratch,
    edges = integrals + 96,
    gaussian = edges + 4 * EDGE,
    lorentzian = gaussian + SIDE,
    polynomials = lorentzian + SIDE,
    sums = polynomials + <usize>gridCount * INTERVAL,
    number = load<i32>(rows + <usize>placeCount * ROW, 12);
  intervalPolynomials(grid, gridCount, grid, polynomials);
  writeSide(block, fwhm, 0, gaussian);
  writeSide(block, fwhm, 1, lorentzian);
  // Heights of profiles of unit area.
  const heightG = 0.9394372786996513 / fwhm,
    heightL = 0.6366197723675814 / fwhm;
  for (let i = 0; i < placeCount; i++) {
    const row = rows + <usize>i * ROW,
      x = load<f64>(places + ((<usize>i) << 3)),
      from = load<i32>(row),
      first = load<i32>(row, 8),
      offset = load<i32>(row, 12),
      count = load<i32>(row, 28) - offset;
    memory.fill(sums, 0, (<usize>(PLANES * count)) << 3);
    let below = edges,
      above = edges + 2 * EDGE;
    writeEdges(gaussian, lorentzian, load<f64>(grid + ((<usize>from) << 3)) - x, below);
    for (let k = from; k < load<i32>(row, 4); k++) {
      const at = (<usize>k) << 3,
        a = load<f64>(grid + at) - x,
        b = load<f64>(grid + at, 8) - x,
        isNarrow = (b - a) * load<f64>(gaussian) < NARROW;
      writeEdges(gaussian, lorentzian, b, above);
      const start = max(min(k - 1, gridCount - 4), 0) - first,
        polynomial = polynomials + <usize>k * INTERVAL;
      writeIntegrals(gaussian, a, b, below, above, isNarrow, integrals);
      addElements(polynomial, integrals, heightG, sums, count, start);
      writeIntegrals(lorentzian, a, b, below + EDGE, above + EDGE, isNarrow, integrals);
      addElements(polynomial, integrals, heightL, sums + ((<usize>(3 * count)) << 3), count, start);
      const next = below;
      below = above;
      above = next;
    }
    for (let plane = 0; plane < PLANES; plane++)
      for (let k = 0; k < count; k++)
        store<f32>(
          weights + ((<usize>(plane * number + offset + k)) << 2),
          <f32>load<f64>(sums + ((<usize>(plane * count + k)) << 3)),
        );
  }
  return Status.Ok;
}

/** Both shapes, 1 at their peaks, at v: the Gaussian, then EDGE bytes on the Lorentzian. */
function writeEdges(gaussian: usize, lorentzian: usize, v: f64, out: usize): void {
  const scale = load<f64>(gaussian),
    u = v * scale,
    inverse = 1 / (1 + u * u);
  gaussianEdge(gaussian, v, out + 16);
  const g = load<f64>(out, 16);
  store<f64>(out, g);
  store<f64>(out, -1.3862943611198906 * u * scale * g, 8);
  store<f64>(out + EDGE, inverse);
  store<f64>(out + EDGE, -2 * u * scale * inverse * inverse, 8);
}

/** Moments M_0 … M_3 of a shape over v ∈ [a, b], and their first and second derivatives by ln fwhm: f64[3][4]. */
function writeIntegrals(
  side: usize,
  a: f64,
  b: f64,
  below: usize,
  above: usize,
  isNarrow: bool,
  out: usize,
): void {
  const h = b - a,
    r0 = load<f64>(below),
    d0 = load<f64>(below, 8),
    r1 = load<f64>(above),
    d1 = load<f64>(above, 8);
  if (isNarrow) {
    const h2 = h * h;
    store<f64>(out, h * (0.5 * (r0 + r1) + h * (1.0 / 12) * (d0 - d1)));
    store<f64>(out, h2 * (0.15 * r0 + 0.35 * r1 + h * ((1.0 / 30) * d0 - (1.0 / 20) * d1)), 8);
    store<f64>(out, h2 * h * ((1.0 / 15) * (r0 + 4 * r1) + h * (1.0 / 60) * (d0 - 2 * d1)), 16);
    store<f64>(
      out,
      h2 * h2 * ((1.0 / 28) * r0 + (3.0 / 14) * r1 + h * ((1.0 / 105) * d0 - (1.0 / 42) * d1)),
      24,
    );
  } else {
    memory.fill(out, 0, 32);
    if (a < 0 && b > 0) {
      // exp and erfc at the peak.
      store<f64>(out, 1, 32);
      store<f64>(out, 1, 40);
      moments(side, a, 0, below + 16, out + 32, a, out);
      moments(side, 0, b, out + 32, above + 16, a, out);
    } else moments(side, a, b, below + 16, above + 16, a, out);
  }
  let lower = -a * r0,
    upper = -b * r1;
  recur(out, a, h, lower, upper, out + 32);
  lower = a * (r0 + a * d0);
  upper = b * (r1 + b * d1);
  recur(out + 32, a, h, lower, upper, out + 64);
}

/** out_p = [edge s^p] + p (m_p + a m_{p−1}), s from 0 to h. */
// @ts-ignore: decorator
@inline function recur(m: usize, a: f64, h: f64, lower: f64, upper: f64, out: usize): void {
  store<f64>(out, upper - lower);
  store<f64>(out, upper * h + load<f64>(m, 8) + a * load<f64>(m), 8);
  store<f64>(out, upper * h * h + 2 * (load<f64>(m, 16) + a * load<f64>(m, 8)), 16);
  store<f64>(out, upper * h * h * h + 3 * (load<f64>(m, 24) + a * load<f64>(m, 16)), 24);
}

/** Adds an interval's share to three planes of a row. */
function addElements(
  polynomial: usize,
  integrals: usize,
  height: f64,
  sums: usize,
  count: i32,
  start: i32,
): void {
  for (let plane = 0; plane < 3; plane++) {
    const m = integrals + ((<usize>plane) << 5),
      m0 = height * load<f64>(m),
      m1 = height * load<f64>(m, 8),
      m2 = height * load<f64>(m, 16),
      m3 = height * load<f64>(m, 24);
    for (let n = 0; n < 4; n++) {
      const c = polynomial + ((<usize>n) << 5),
        to = sums + ((<usize>(plane * count + start + n)) << 3);
      store<f64>(
        to,
        load<f64>(to) +
          load<f64>(c) * m0 +
          load<f64>(c, 8) * m1 +
          load<f64>(c, 16) * m2 +
          load<f64>(c, 24) * m3,
      );
    }
  }
}

/** out[c][i] = Σ_k weights[row i][k] · columns[c][first_i + k].
 *  @param rows as above
 *  @param columns f64[columnCount][gridCount]
 *  @param out f64[columnCount][stride], `placeCount` of each written */
export function applyBand(
  weights: usize,
  rows: usize,
  placeCount: i32,
  columns: usize,
  columnCount: i32,
  gridCount: i32,
  stride: i32,
  out: usize,
): Status {
  if (columnCount < 1 || placeCount < 1 || stride < placeCount) return Status.BadCount;
  for (let i = 0; i < placeCount; i++) {
    const row = rows + <usize>i * ROW,
      own = weights + ((<usize>load<i32>(row, 12)) << 3),
      count = load<i32>(row, 28) - load<i32>(row, 12),
      pairs = (<usize>(count & ~1)) << 3,
      end = (<usize>count) << 3;
    for (let c = 0; c < columnCount; c++) {
      const column = columns + ((<usize>(c * gridCount + load<i32>(row, 8))) << 3);
      let total: f64 = 0,
        at: usize = 0;
      if (ASC_FEATURE_SIMD) {
        let sum = f64x2.splat(0);
        for (; at < pairs; at += 16) sum = add(sum, mul(v128.load(own + at), v128.load(column + at)));
        total = f64x2.extract_lane(sum, 0) + f64x2.extract_lane(sum, 1);
      }
      for (; at < end; at += 8) total += load<f64>(own + at) * load<f64>(column + at);
      store<f64>(out + ((<usize>(c * stride + i)) << 3), total);
    }
  }
  return Status.Ok;
}
