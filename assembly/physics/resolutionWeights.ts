/** A symmetric resolution as a matrix: what each point of the grid weighs at each place, for fits that see one grid many times. */
import { ResolutionSlot } from "../layout";
import { add, mul } from "../math/simd";
import { Status } from "../status";
import { INTERVAL } from "./intervals";
import { gaussianEdge, intervalPolynomials, moments, SIDE, writeSide } from "./resolution";

/** Weight, first and second derivative by ln width, derivative by place: of the Gaussian, then of the Lorentzian. */
const ORDERS = 4;
const PLANES = 2 * ORDERS;
/** Bytes of what is known of a shape at a point of the grid: value, slope, and of the Gaussian exp and erfc. */
const EDGE: usize = 32;
/** Width of an interval over half the fwhm below which its moments follow from values and slopes at its ends (resolution.ts). */
const NARROW: f64 = 0.14;

/** Bytes of scratch that resolutionWeights needs. */
export function weightsScratch(gridCount: i32): i32 {
  return 32 * ORDERS + 4 * <i32>EDGE + 2 * <i32>SIDE + gridCount * (<i32>INTERVAL + 8 * PLANES);
}

/** Bytes of a row: first and last + 1 interval that count, first grid point, and where its weights begin. */
export const ROW: usize = 16;

/** Weights of the grid's points in ∫ r(x − t) R(t) dt over the intervals of each row, R the cubic through the four nearest points
 *  (resolution.ts), and their derivatives by L = ln fwhm and by x, from those of the moments: with v = t − x, s = t − t_k, a = t_k − x
 *
 *      ∂r/∂L = −(r + v r′),   M_p′ = −[v r s^p] + p (M_p + a M_{p−1}),   M_p″ = [v (r + v r′) s^p] + p (M_p′ + a M_{p−1}′),
 *      ∂r/∂x = −r′,   ∂M_p/∂x = −[r s^p] + p M_{p−1}.
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
    edges = integrals + 32 * ORDERS,
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
      addElements(polynomial, integrals, heightL, sums + ((<usize>(ORDERS * count)) << 3), count, start);
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

/** Moments M_0 … M_3 of a shape over v ∈ [a, b], their first and second derivatives by ln fwhm, and those by place: f64[ORDERS][4]. */
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
  store<f64>(out, r0 - r1, 96);
  store<f64>(out, load<f64>(out) - h * r1, 104);
  store<f64>(out, 2 * load<f64>(out, 8) - h * h * r1, 112);
  store<f64>(out, 3 * load<f64>(out, 16) - h * h * h * r1, 120);
}

/** out_p = [edge s^p] + p (m_p + a m_{p−1}), s from 0 to h. */
// @ts-ignore: decorator
@inline function recur(m: usize, a: f64, h: f64, lower: f64, upper: f64, out: usize): void {
  store<f64>(out, upper - lower);
  store<f64>(out, upper * h + load<f64>(m, 8) + a * load<f64>(m), 8);
  store<f64>(out, upper * h * h + 2 * (load<f64>(m, 16) + a * load<f64>(m, 8)), 16);
  store<f64>(out, upper * h * h * h + 3 * (load<f64>(m, 24) + a * load<f64>(m, 16)), 24);
}

/** Adds an interval's share to the planes of a shape, of a row. */
function addElements(
  polynomial: usize,
  integrals: usize,
  height: f64,
  sums: usize,
  count: i32,
  start: i32,
): void {
  for (let plane = 0; plane < ORDERS; plane++) {
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

/** A factor times a plane. */
// @ts-ignore: decorator
@inline function weighed(factors: usize, plane: usize, values: v128): v128 {
  return f32x4.mul(v128.load32_splat(factors + (plane << 2)), values);
}

/** out[r][k] = Σ_p factors[r][p] · planes[p][k]: the matrices of one width and place, and their derivatives.
 *  @param planes f32[PLANES][count], as of resolutionWeights
 *  @param factors f32[rowCount][PLANES]
 *  @param out f64[rowCount][stride], `count` of each written */
export function mixWeights(
  planes: usize,
  count: i32,
  factors: usize,
  rowCount: i32,
  out: usize,
  stride: i32,
): Status {
  if (count < 1 || rowCount < 1 || stride < count) return Status.BadCount;
  const plane = (<usize>count) << 2,
    row = (<usize>stride) << 3,
    rows = <usize>rowCount * row,
    end = planes + plane;
  let at = planes,
    to = out;
  if (ASC_FEATURE_SIMD)
    for (; at + 16 <= end; at += 16, to += 32) {
      const p0 = v128.load(at),
        p1 = v128.load(at + plane),
        p2 = v128.load(at + 2 * plane),
        p3 = v128.load(at + 3 * plane),
        p4 = v128.load(at + 4 * plane),
        p5 = v128.load(at + 5 * plane),
        p6 = v128.load(at + 6 * plane),
        p7 = v128.load(at + 7 * plane);
      let own = factors;
      for (let r: usize = 0; r < rows; r += row, own += PLANES << 2) {
        let sum = weighed(own, 0, p0);
        sum = f32x4.add(sum, weighed(own, 1, p1));
        sum = f32x4.add(sum, weighed(own, 2, p2));
        sum = f32x4.add(sum, weighed(own, 3, p3));
        sum = f32x4.add(sum, weighed(own, 4, p4));
        sum = f32x4.add(sum, weighed(own, 5, p5));
        sum = f32x4.add(sum, weighed(own, 6, p6));
        sum = f32x4.add(sum, weighed(own, 7, p7));
        v128.store(to + r, f64x2.promote_low_f32x4(sum));
        v128.store(to + r, f64x2.promote_low_f32x4(i32x4.shuffle(sum, sum, 2, 3, 0, 1)), 16);
      }
    }
  for (; at < end; at += 4, to += 8)
    for (let r = 0; r < rowCount; r++) {
      const own = factors + <usize>r * (PLANES << 2);
      let sum: f32 = 0;
      for (let p = 0; p < PLANES; p++)
        sum += load<f32>(own + ((<usize>p) << 2)) * load<f32>(at + <usize>p * plane);
      store<f64>(to + <usize>r * row, <f64>sum);
    }
  return Status.Ok;
}

/** Both halves of a sum, and the products of an odd last element. */
// @ts-ignore: decorator
@inline function total(sum: v128, own: usize, column: usize, from: usize, end: usize): f64 {
  let all = f64x2.extract_lane(sum, 0) + f64x2.extract_lane(sum, 1);
  for (let at = from; at < end; at += 8) all += load<f64>(own + at) * load<f64>(column + at);
  return all;
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
  const column = (<usize>gridCount) << 3,
    line = (<usize>stride) << 3;
  for (let i = 0; i < placeCount; i++) {
    const row = rows + <usize>i * ROW,
      own = weights + ((<usize>load<i32>(row, 12)) << 3),
      count = load<i32>(row, 28) - load<i32>(row, 12),
      pairs = (<usize>(count & ~1)) << 3,
      end = (<usize>count) << 3;
    const first = columns + ((<usize>load<i32>(row, 8)) << 3);
    let c = 0;
    // Four sums at a time do not wait for each other.
    if (ASC_FEATURE_SIMD)
      for (; c + 4 <= columnCount; c += 4) {
        const c0 = first + <usize>c * column,
          c1 = c0 + column,
          c2 = c1 + column,
          c3 = c2 + column;
        let s0 = f64x2.splat(0),
          s1 = s0,
          s2 = s0,
          s3 = s0;
        for (let at: usize = 0; at < pairs; at += 16) {
          const weight = v128.load(own + at);
          s0 = add(s0, mul(weight, v128.load(c0 + at)));
          s1 = add(s1, mul(weight, v128.load(c1 + at)));
          s2 = add(s2, mul(weight, v128.load(c2 + at)));
          s3 = add(s3, mul(weight, v128.load(c3 + at)));
        }
        const to = out + ((<usize>(c * stride + i)) << 3);
        store<f64>(to, total(s0, own, c0, pairs, end));
        store<f64>(to + line, total(s1, own, c1, pairs, end));
        store<f64>(to + 2 * line, total(s2, own, c2, pairs, end));
        store<f64>(to + 3 * line, total(s3, own, c3, pairs, end));
      }
    for (; c < columnCount; c++) {
      const at = first + <usize>c * column,
        to = out + ((<usize>(c * stride + i)) << 3);
      let k: usize = 0;
      if (ASC_FEATURE_SIMD) {
        let sum = f64x2.splat(0);
        for (; k < pairs; k += 16) sum = add(sum, mul(v128.load(own + k), v128.load(at + k)));
        store<f64>(to, total(sum, own, at, pairs, end));
      } else {
        let sum: f64 = 0;
        for (; k < end; k += 8) sum += load<f64>(own + k) * load<f64>(at + k);
        store<f64>(to, sum);
      }
    }
  }
  return Status.Ok;
}
