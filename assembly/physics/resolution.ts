/** The instrument's resolution: ∫ r(x − t) R(t) dt, r of unit area. Between the points of its grid, which may be as
 *  uneven as it likes, R is the cubic through the four nearest; so on the interval from t_k
 *
 *      ∫ r R dt = Σ_p c_p M_p,   R = Σ_p c_p (t − t_k)^p,   M_p = ∫ r(x − t)(t − t_k)^p dt,   p = 0 … 3
 *
 *  M_p of a Gaussian from exp and erf at the ends of the interval, of other shapes by Gauss–Legendre panels no wider than r
 *  allows, so that it holds for a grid finer or far coarser than r; where the interval is far narrower than r, from r and r′
 *  at its ends (Hermite; relative error (h/fwhm)⁴/10). Beyond its ends R goes on as it ended. Derivatives follow from the same moments:  ∂/∂x = ∫ r R′,
 *  ∂/∂ln width = ∫ r R′·(t − x).
 */
import { ResolutionFamily, ResolutionSlot } from "../layout";
import { Status } from "../status";
import {
  addFarAbove,
  addFarBelow,
  FAR_ABOVE,
  FAR_BELOW,
  FAR_COLUMNS,
  FAR_SHIFT,
  FAR_WIDEN,
  farBytes,
  farSumsBytes,
  growTree,
} from "./farField";
import { GAUSSIAN_END, INTERVAL } from "./intervals";

// @ts-ignore: decorator
@inline function slot(block: usize, index: i32): f64 {
  return load<f64>(block + ((<usize>index) << 3));
}

const LN2: f64 = 0.6931471805599453;

/** Bytes of the constants of one side of r: 2/fwhm, Gaussian and Lorentzian share of the peak, −4/fwhm, exponent (0 in
 *  the pseudo-Voigt family), and of the Gaussian exp(−c²x²): √π/(2c) and 1/(2c²). */
export const SIDE: usize = 56;

export function writeSide(block: usize, fwhm: f64, eta: f64, out: usize): void {
  const isBell = <i32>slot(block, ResolutionSlot.Family) == ResolutionFamily.GeneralisedBell;
  // Both sides are 1 at the peak: heights of unit-area profiles are 2√(ln 2/π)/fwhm and 2/(π fwhm).
  const gaussian = (1 - eta) * 0.46971863934982566,
    lorentzian = eta * 0.3183098861837907,
    norm = 1 / (gaussian + lorentzian);
  store<f64>(out, 2 / fwhm);
  store<f64>(out, isBell ? 0 : gaussian * norm, 8);
  store<f64>(out, isBell ? 0 : lorentzian * norm, 16);
  store<f64>(out, -4 / fwhm, 24);
  store<f64>(out, isBell ? slot(block, ResolutionSlot.Exponent) : 0, 32);
  store<f64>(out, 0.5322335097156131 * fwhm, 40);
  store<f64>(out, 0.18033688011112042 * fwhm * fwhm, 48);
}

/** r without its norm, and without what it has of a Gaussian: 1 at the peak of a generalised bell. */
function shape(side: usize, x: f64): f64 {
  const u = x * load<f64>(side),
    u2 = u * u,
    exponent = load<f64>(side, 32);
  // u2^b without Math.pow, whose tables would be a tenth of the file.
  if (exponent > 0) return 1 / (1 + Math.exp(exponent * Math.log(u2)));
  return load<f64>(side, 16) / (1 + u2);
}

/** exp(−y²) and erfc(y) where the Gaussian of this side is exp(−y²), y = c|v|: writes f64[2]. exp(y²) erfc(y) (1 + 2y) is a
 *  polynomial in (y − 3)/(y + 3), found by Chebyshev's nodes, to 1e-14 up to y = 7. */
export function gaussianEdge(side: usize, v: f64, out: usize): void {
  const u = Math.abs(v) * load<f64>(side);
  if (load<f64>(side, 8) == 0 || u > GAUSSIAN_END) {
    store<f64>(out, 0);
    store<f64>(out, 0, 8);
    return;
  }
  const y = 0.8325546111576977 * u,
    g = Math.exp(-LN2 * u * u),
    t = (y - 3) / (y + 3);
  let f: f64 = 6.144771217146065e-7;
  f = f * t + 2.251315341974064e-6;
  f = f * t - 2.6388297479573404e-6;
  f = f * t - 2.083419910895877e-5;
  f = f * t + 5.4811952219735e-6;
  f = f * t + 0.00012561493809706286;
  f = f * t - 0.00010513486166939981;
  f = f * t - 0.0007799352056678551;
  f = f * t + 0.0018886669018888817;
  f = f * t + 0.0025294008965915586;
  f = f * t - 0.023770511937660107;
  f = f * t + 0.0683080269728704;
  f = f * t - 0.11927366356286516;
  f = f * t + 0.12964515870936705;
  f = f * t - 0.04756229435087962;
  f = f * t - 0.13562110612462291;
  f = f * t + 1.2530080582697227;
  store<f64>(out, g);
  store<f64>(out, (g * f) / (1 + 2 * y), 8);
}

/** Adds to out f64[4] the integrals over v ∈ [a, b] (one side of the peak, its Gaussian known at both ends) of the
 *  Gaussian's share times (v − origin)^p, p = 0 … 3. */
function gaussianMoments(
  side: usize,
  a: f64,
  b: f64,
  edgeA: usize,
  edgeB: usize,
  origin: f64,
  out: usize,
): void {
  const height = load<f64>(side, 8),
    half = load<f64>(side, 48),
    ga = load<f64>(edgeA),
    gb = load<f64>(edgeB);
  // About the peak first.
  const n0 = load<f64>(side, 40) * Math.abs(load<f64>(edgeA, 8) - load<f64>(edgeB, 8)),
    n1 = half * (ga - gb);
  const n2 = half * (a * ga - b * gb + n0),
    n3 = half * (a * a * ga - b * b * gb + 2 * n1);
  store<f64>(out, load<f64>(out) + height * n0);
  store<f64>(out, load<f64>(out, 8) + height * (n1 - origin * n0), 8);
  store<f64>(out, load<f64>(out, 16) + height * (n2 - origin * (2 * n1 - origin * n0)), 16);
  store<f64>(
    out,
    load<f64>(out, 24) + height * (n3 - origin * (3 * n2 - origin * (3 * n1 - origin * n0))),
    24,
  );
}

/** Adds to out f64[4] the integrals over v ∈ [a, b] (one side of the peak) of r times (v − origin)^p, p = 0 … 3. */
// @ts-ignore: decorator
@inline export function moments(
  side: usize,
  a: f64,
  b: f64,
  edgeA: usize,
  edgeB: usize,
  origin: f64,
  out: usize,
): void {
  if (load<f64>(side, 8) != 0) gaussianMoments(side, a, b, edgeA, edgeB, origin, out);
  if (load<f64>(side, 16) != 0 || load<f64>(side, 32) > 0) panel(side, -b, -a, -origin, out);
}

/** shape() of the pseudo-Voigt family and its derivative: writes f64[2]. */
function shapeAndSlope(side: usize, x: f64, out: usize): void {
  const u = x * load<f64>(side),
    u2 = u * u,
    gaussian = load<f64>(side, 8),
    lorentzian = load<f64>(side, 16);
  const g = gaussian != 0 && u2 < 60 ? gaussian * Math.exp(-LN2 * u2) : 0;
  let value = g,
    slope = LN2 * g;
  if (lorentzian != 0) {
    const inverse = 1 / (1 + u2),
      l = lorentzian * inverse;
    value += l;
    slope += l * inverse;
  }
  store<f64>(out, value);
  store<f64>(out, load<f64>(side, 24) * u * slope, 8);
}

/** Area of shape(): half of each side. */
export function area(block: usize): f64 {
  const low = slot(block, ResolutionSlot.FwhmLow),
    high = slot(block, ResolutionSlot.FwhmHigh);
  if (<i32>slot(block, ResolutionSlot.Family) == ResolutionFamily.GeneralisedBell) {
    const angle = Math.PI / (2 * slot(block, ResolutionSlot.Exponent));
    Math.sincos(angle);
    return (0.5 * (low + high) * angle) / Math.sincos_sin;
  }
  const etaLow = slot(block, ResolutionSlot.LorentzLow),
    etaHigh = slot(block, ResolutionSlot.LorentzHigh);
  const heightLow = (((1 - etaLow) * 0.46971863934982566 + etaLow * 0.3183098861837907) * 2) / low;
  const heightHigh = (((1 - etaHigh) * 0.46971863934982566 + etaHigh * 0.3183098861837907) * 2) / high;
  return 0.5 / heightLow + 0.5 / heightHigh;
}

/** Distance from the peak beyond which a share of less than 1e-9 lies: 0 if never (power-law tails). */
function reach(block: usize): f64 {
  if (<i32>slot(block, ResolutionSlot.Family) == ResolutionFamily.GeneralisedBell) return 0;
  if (slot(block, ResolutionSlot.LorentzLow) > 0 || slot(block, ResolutionSlot.LorentzHigh) > 0) return 0;
  return 2.6 * max(slot(block, ResolutionSlot.FwhmLow), slot(block, ResolutionSlot.FwhmHigh));
}

/** Adds to out f64[4] the integrals over u ∈ [a, b] (one side of the peak) of shape(u)·(origin − u)^p, p = 0 … 3. */
function panel(side: usize, a: f64, b: f64, origin: f64, out: usize): void {
  const near = min(Math.abs(a), Math.abs(b)),
    centre = 0.5 * (a + b),
    half = 0.5 * (b - a),
    widths = 0.5 * (b - a) * load<f64>(side);
  if (widths > 0.35 && b - a > 0.5 * near) {
    // Halve again and again towards the peak; what is far from it is smooth soon.
    panel(side, a, centre, origin, out);
    panel(side, centre, b, origin, out);
  } else if (widths < 0.2) {
    const d = half * 0.7745966692414834;
    point(half * (5.0 / 9) * shape(side, centre - d), origin - centre + d, out);
    point(half * (8.0 / 9) * shape(side, centre), origin - centre, out);
    point(half * (5.0 / 9) * shape(side, centre + d), origin - centre - d, out);
  } else {
    const d = half * 0.33998104358485626,
      e = half * 0.8611363115940526;
    point(half * 0.34785484513745385 * shape(side, centre - e), origin - centre + e, out);
    point(half * 0.6521451548625461 * shape(side, centre - d), origin - centre + d, out);
    point(half * 0.6521451548625461 * shape(side, centre + d), origin - centre - d, out);
    point(half * 0.34785484513745385 * shape(side, centre + e), origin - centre - e, out);
  }
}

// @ts-ignore: decorator
@inline function point(weight: f64, s: f64, out: usize): void {
  store<f64>(out, load<f64>(out) + weight);
  store<f64>(out, load<f64>(out, 8) + weight * s, 8);
  store<f64>(out, load<f64>(out, 16) + weight * s * s, 16);
  store<f64>(out, load<f64>(out, 24) + weight * s * s * s, 24);
}

/** Polynomials of each interval; the first and the last one share the points of their neighbours. */
export function intervalPolynomials(grid: usize, gridCount: i32, values: usize, out: usize): void {
  const points = min(gridCount, 4);
  for (let k = 0; k < gridCount - 1; k++) {
    const first = max(min(k - 1, gridCount - points), 0),
      origin = load<f64>(grid + ((<usize>k) << 3)),
      to = out + <usize>k * INTERVAL;
    memory.fill(to + 128, 0, 24);
    for (let i = 0; i < 4; i++) {
      const coefficients = to + ((<usize>i) << 5);
      store<f64>(coefficients, i < points ? 1 : 0);
      store<f64>(coefficients, 0, 8);
      store<f64>(coefficients, 0, 16);
      store<f64>(coefficients, 0, 24);
      if (i >= points) continue;
      const si = load<f64>(grid + ((<usize>(first + i)) << 3)) - origin;
      for (let j = 0; j < points; j++) {
        if (j == i) continue;
        // Multiply by (s − s_j)/(s_i − s_j).
        const sj = load<f64>(grid + ((<usize>(first + j)) << 3)) - origin,
          f = 1 / (si - sj);
        const c0 = load<f64>(coefficients),
          c1 = load<f64>(coefficients, 8),
          c2 = load<f64>(coefficients, 16);
        store<f64>(coefficients, -sj * c0 * f);
        store<f64>(coefficients, (c0 - sj * c1) * f, 8);
        store<f64>(coefficients, (c1 - sj * c2) * f, 16);
        store<f64>(coefficients, (c2 - sj * load<f64>(coefficients, 24)) * f, 24);
      }
      const value = load<f64>(values + ((<usize>(first + i)) << 3));
      for (let at: usize = 8; at < 32; at += 8)
        store<f64>(to + 120 + at, load<f64>(to + 120 + at) + value * load<f64>(coefficients + at));
    }
  }
}

/** Share of the area on one side of the peak: to distribute what lies beyond the grid. */
function halfArea(block: usize, below: bool): f64 {
  const low = slot(block, ResolutionSlot.FwhmLow),
    high = slot(block, ResolutionSlot.FwhmHigh);
  if (<i32>slot(block, ResolutionSlot.Family) == ResolutionFamily.GeneralisedBell) return 0.5 * area(block);
  const eta = slot(block, below ? ResolutionSlot.LorentzLow : ResolutionSlot.LorentzHigh),
    fwhm = below ? low : high;
  return (0.25 * fwhm) / ((1 - eta) * 0.46971863934982566 + eta * 0.3183098861837907);
}

/** Index of the interval that holds x, the first or the last one for what lies outside. */
function intervalBelow(grid: usize, gridCount: i32, x: f64): i32 {
  let low = 0,
    high = gridCount - 1;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (load<f64>(grid + ((<usize>middle) << 3)) <= x) low = middle;
    else high = middle;
  }
  return low;
}

/** Columns on a grid, seen through the instrument at other places. What a Lorentzian's tail brings from afar comes from the
 *  moments of whole stretches of the grid (farField.ts).
 *  @param block f64[ResolutionSlot.Size]
 *  @param grid f64[gridCount], ascending strictly
 *  @param columns f64[columnCount][gridCount]; the first one is R
 *  @param places f64[placeCount]
 *  @param out f64[columnCount][placeCount]
 *  @param byPlace ∂(R ⊗ r)/∂place, f64[placeCount]; 0 if not wanted
 *  @param byWidth ∂(R ⊗ r)/∂ln(all widths), f64[placeCount]; 0 if not wanted
 *  @param scratch resolveScratch(gridCount, columnCount) bytes */
export function resolve(
  block: usize,
  grid: usize,
  gridCount: i32,
  columns: usize,
  columnCount: i32,
  places: usize,
  placeCount: i32,
  out: usize,
  byPlace: usize,
  byWidth: usize,
  scratch: usize,
): Status {
  if (gridCount < 2 || columnCount < 1 || placeCount < 1) return Status.BadCount;
  const fwhmLow = slot(block, ResolutionSlot.FwhmLow),
    fwhmHigh = slot(block, ResolutionSlot.FwhmHigh);
  if (!(fwhmLow > 0 && fwhmHigh > 0)) return Status.BadParameter;
  const norm = 1 / area(block),
    limit = reach(block),
    smooth = <i32>slot(block, ResolutionSlot.Family) == ResolutionFamily.PseudoVoigt,
    points = min(gridCount, 4);
  const edgeA = scratch + 32,
    edgeB = scratch + 48,
    lowSide = scratch + 64,
    highSide = lowSide + SIDE,
    weights = highSide + SIDE,
    polynomials = weights + ((<usize>gridCount) << 3),
    gridBytes = (<usize>gridCount) << 3;
  const sums = polynomials + <usize>gridCount * INTERVAL,
    tree = sums + farSumsBytes(columnCount);
  intervalPolynomials(grid, gridCount, columns, polynomials);
  writeSide(block, fwhmLow, slot(block, ResolutionSlot.LorentzLow), lowSide);
  writeSide(block, fwhmHigh, slot(block, ResolutionSlot.LorentzHigh), highSide);
  const isFar = smooth && limit == 0;
  if (isFar) growTree(grid, gridCount, columns, columnCount, polynomials, tree);
  for (let i = 0; i < placeCount; i++) {
    const x = load<f64>(places + ((<usize>i) << 3));
    memory.fill(sums, 0, farSumsBytes(columnCount));
    // Intervals first … last − 1 one by one.
    let first = 0,
      last = gridCount - 1;
    if (limit > 0) {
      first = intervalBelow(grid, gridCount, x - limit);
      last = intervalBelow(grid, gridCount, x + limit) + 1;
    } else if (isFar) {
      first = addFarBelow(tree, gridCount, x, highSide, columnCount, sums);
      last = addFarAbove(tree, gridCount, x, lowSide, columnCount, sums, first);
    }
    const from = max(first - 2, 0),
      until = min(last + 2, gridCount - 1);
    memory.fill(weights + ((<usize>from) << 3), 0, (<usize>(until - from + 1)) << 3);
    let shift = load<f64>(sums, FAR_SHIFT),
      widen = load<f64>(sums, FAR_WIDEN),
      below = load<f64>(sums, FAR_BELOW),
      above = load<f64>(sums, FAR_ABOVE);
    let known = -1,
      r1: f64 = 0,
      d1: f64 = 0; // r and dr/dt at grid point `known`
    let edge = -1; // grid point that edgeA belongs to
    for (let k = first; k < last; k++) {
      const at = (<usize>k) << 3,
        a = load<f64>(grid + at) - x,
        b = load<f64>(grid + at, 8) - x;
      const h = b - a,
        side = a < 0 ? highSide : lowSide;
      let m0: f64, m1: f64, m2: f64, m3: f64;
      // What is at t answers at x as r(x − t): the shape runs against t, and s = t − t_k = −a − u with u = x − t.
      const near = min(Math.abs(a), Math.abs(b)); // beyond three widths only a Lorentzian is left, smooth on the scale of its distance
      if (
        smooth &&
        (h * load<f64>(side) < 0.14 || (near * load<f64>(side) > 6 && h < 0.1 * near)) &&
        (b <= 0 || a >= 0)
      ) {
        if (known != k) {
          shapeAndSlope(side, -a, scratch);
          r1 = load<f64>(scratch);
          d1 = -load<f64>(scratch, 8);
        }
        const r0 = r1,
          d0 = d1;
        shapeAndSlope(side, -b, scratch);
        r1 = load<f64>(scratch);
        d1 = -load<f64>(scratch, 8);
        known = b == 0 ? -1 : k + 1; // the other side of the peak has another slope
        const h2 = h * h;
        m0 = h * (0.5 * (r0 + r1) + h * (1.0 / 12) * (d0 - d1));
        m1 = h2 * (0.15 * r0 + 0.35 * r1 + h * ((1.0 / 30) * d0 - (1.0 / 20) * d1));
        m2 = h2 * h * ((1.0 / 15) * (r0 + 4 * r1) + h * (1.0 / 60) * (d0 - 2 * d1));
        m3 = h2 * h2 * ((1.0 / 28) * r0 + (3.0 / 14) * r1 + h * ((1.0 / 105) * d0 - (1.0 / 42) * d1));
        if (a < 0) below += m0;
        else above += m0;
      } else {
        memory.fill(scratch, 0, 32);
        if (edge != k) gaussianEdge(side, a, edgeA);
        if (a < 0 && b > 0) {
          gaussianEdge(side, 0, edgeB);
          moments(highSide, a, 0, edgeA, edgeB, a, scratch);
          const high = load<f64>(scratch);
          gaussianEdge(lowSide, b, edgeA);
          moments(lowSide, 0, b, edgeB, edgeA, a, scratch);
          below += high;
          above += load<f64>(scratch) - high;
        } else {
          gaussianEdge(side, b, edgeB);
          moments(side, a, b, edgeA, edgeB, a, scratch);
          memory.copy(edgeA, edgeB, 16);
          if (a < 0) below += load<f64>(scratch);
          else above += load<f64>(scratch);
        }
        edge = b == 0 ? -1 : k + 1;
        m0 = load<f64>(scratch);
        m1 = load<f64>(scratch, 8);
        m2 = load<f64>(scratch, 16);
        m3 = load<f64>(scratch, 24);
      }
      const start = max(min(k - 1, gridCount - points), 0),
        polynomial = polynomials + <usize>k * INTERVAL;
      for (let n = 0; n < points; n++) {
        const c = polynomial + ((<usize>n) << 5),
          to = weights + ((<usize>(start + n)) << 3);
        store<f64>(
          to,
          load<f64>(to) +
            load<f64>(c) * m0 +
            load<f64>(c, 8) * m1 +
            load<f64>(c, 16) * m2 +
            load<f64>(c, 24) * m3,
        );
      }
      const own = polynomial + 128,
        c1 = load<f64>(own),
        c2 = load<f64>(own, 8),
        c3 = load<f64>(own, 16);
      shift += c1 * m0 + 2 * c2 * m1 + 3 * c3 * m2;
      widen += c1 * (m1 + a * m0) + 2 * c2 * (m2 + a * m1) + 3 * c3 * (m3 + a * m2);
    }
    // What lies beyond the grid's own ends is as at its end points.
    const lostBelow = first == 0 || isFar ? max(halfArea(block, false) - below, 0) : 0,
      lostAbove = last == gridCount - 1 || isFar ? max(halfArea(block, true) - above, 0) : 0;
    for (let c = 0; c < columnCount; c++) {
      const column = columns + <usize>c * gridBytes;
      let total =
        load<f64>(sums + ((<usize>c) << 3), FAR_COLUMNS) +
        lostBelow * load<f64>(column) +
        lostAbove * load<f64>(column + gridBytes - 8);
      let at = (<usize>from) << 3;
      const end = (<usize>until) << 3;
      if (ASC_FEATURE_SIMD) {
        let pairs = f64x2.splat(0);
        for (; at < end; at += 16)
          pairs = f64x2.add(pairs, f64x2.mul(v128.load(weights + at), v128.load(column + at)));
        total += f64x2.extract_lane(pairs, 0) + f64x2.extract_lane(pairs, 1);
      }
      for (; at <= end; at += 8) total += load<f64>(weights + at) * load<f64>(column + at);
      store<f64>(out + ((<usize>c * placeCount + i) << 3), total * norm);
    }
    if (byPlace) store<f64>(byPlace + ((<usize>i) << 3), shift * norm);
    if (byWidth) store<f64>(byWidth + ((<usize>i) << 3), widen * norm);
  }
  return Status.Ok;
}

/** Bytes that resolve needs. */
export function resolveScratch(gridCount: i32, columnCount: i32): i32 {
  return 160 * gridCount + 256 + farBytes(gridCount, columnCount);
}
