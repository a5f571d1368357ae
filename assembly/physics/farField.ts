/** What the tails of a Lorentzian bring from afar. The grid's intervals are gathered in a binary tree; of each stretch it
 *  keeps the moments M_p = ∫ R (t − c)^p dt of every column about its centre c, and with d = x − c, a = 2/fwhm
 *
 *      ∫ R/(1 + a²(x − t)²) dt = Σ_p e_p M_p,   (1 + a²d²) e_p = 2a²d e_{p−1} − a² e_{p−2}.
 *
 *  A stretch is taken as a whole where its half width is an eighth of |d| or less: eight terms leave less than a millionth of
 *  what it brings. */
import { GAUSSIAN_END, INTERVAL } from "./intervals";

/** Intervals of a leaf. */
const LEAF: i32 = 4;
const TERMS: i32 = 8;
const MOMENTS: usize = 64;
/** A node: its centre, its half width (0: empty), and the moments of R′ and of every column. */
const NODE: usize = 16;

/** Sums of one place: what R′ brings, that times (t − x), areas on both sides, then the columns. */
export const FAR_SHIFT: usize = 0;
export const FAR_WIDEN: usize = 8;
export const FAR_BELOW: usize = 16;
export const FAR_ABOVE: usize = 24;
export const FAR_COLUMNS: usize = 32;

export function farSumsBytes(columnCount: i32): i32 {
  return <i32>FAR_COLUMNS + 8 * columnCount;
}

/** Bytes of the sums and of the tree. */
export function farBytes(gridCount: i32, columnCount: i32): i32 {
  return farSumsBytes(columnCount) + 2 * width(gridCount) * <i32>nodeBytes(columnCount);
}

// @ts-ignore: decorator
@inline function nodeBytes(columnCount: i32): usize {
  return NODE + MOMENTS * <usize>(columnCount + 1);
}

/** Leaves of the tree that hold something. */
// @ts-ignore: decorator
@inline function leaves(gridCount: i32): i32 {
  return (gridCount - 2) / LEAF + 1;
}

/** Leaves with the empty ones: a power of two. Node n has the children 2n and 2n + 1, leaf l is node width + l. */
// @ts-ignore: decorator
@inline function width(gridCount: i32): i32 {
  const count = leaves(gridCount);
  return count == 1 ? 1 : 1 << (32 - clz(count - 1));
}

/** Moments of all stretches.
 *  @param polynomials of the intervals, see intervals.ts */
export function growTree(
  grid: usize,
  gridCount: i32,
  columns: usize,
  columnCount: i32,
  polynomials: usize,
  tree: usize,
): void {
  const size = nodeBytes(columnCount),
    leafCount = leaves(gridCount),
    all = width(gridCount),
    points = min(gridCount, 4),
    gridBytes = (<usize>gridCount) << 3;
  memory.fill(tree, 0, <usize>(2 * all) * size);
  for (let leaf = 0; leaf < leafCount; leaf++) {
    const node = tree + <usize>(all + leaf) * size,
      first = leaf * LEAF,
      last = min(first + LEAF, gridCount - 1);
    const low = load<f64>(grid + ((<usize>first) << 3)),
      high = load<f64>(grid + ((<usize>last) << 3)),
      centre = 0.5 * (low + high);
    store<f64>(node, centre);
    store<f64>(node, 0.5 * (high - low), 8);
    for (let k = first; k < last; k++) {
      const origin = load<f64>(grid + ((<usize>k) << 3)),
        half = 0.5 * (load<f64>(grid + ((<usize>k) << 3), 8) - origin),
        polynomial = polynomials + <usize>k * INTERVAL;
      const start = max(min(k - 1, gridCount - points), 0);
      for (let j = -1; j <= 1; j++) {
        // Gauss–Legendre
        const s = half * (1 + 0.7745966692414834 * j),
          weight = half * (j == 0 ? 8.0 / 9 : 5.0 / 9),
          y = origin + s - centre,
          own = polynomial + 128;
        addMoments(
          node + NODE,
          weight * (load<f64>(own) + s * (2 * load<f64>(own, 8) + 3 * s * load<f64>(own, 16))),
          y,
        );
        const w0 = weight * cubic(polynomial, s),
          w1 = weight * cubic(polynomial + 32, s),
          w2 = weight * cubic(polynomial + 64, s),
          w3 = weight * cubic(polynomial + 96, s);
        for (let c = 0; c < columnCount; c++) {
          const column = columns + <usize>c * gridBytes + ((<usize>start) << 3);
          let value = w0 * load<f64>(column) + w1 * load<f64>(column, 8);
          if (points > 2) value += w2 * load<f64>(column, 16);
          if (points > 3) value += w3 * load<f64>(column, 24);
          addMoments(node + NODE + <usize>(c + 1) * MOMENTS, value, y);
        }
      }
    }
  }
  for (let n = all - 1; n > 0; n--) {
    const node = tree + <usize>n * size,
      left = tree + <usize>(2 * n) * size,
      right = left + size;
    const leftHalf = load<f64>(left, 8),
      rightHalf = load<f64>(right, 8);
    if (leftHalf == 0) continue;
    const low = load<f64>(left) - leftHalf,
      high = rightHalf > 0 ? load<f64>(right) + rightHalf : load<f64>(left) + leftHalf,
      centre = 0.5 * (low + high);
    store<f64>(node, centre);
    store<f64>(node, 0.5 * (high - low), 8);
    addShifted(node, left, columnCount);
    if (rightHalf > 0) addShifted(node, right, columnCount);
  }
}

// @ts-ignore: decorator
@inline function cubic(at: usize, s: f64): f64 {
  return load<f64>(at) + s * (load<f64>(at, 8) + s * (load<f64>(at, 16) + s * load<f64>(at, 24)));
}

// @ts-ignore: decorator
@inline function addMoments(to: usize, value: f64, y: f64): void {
  let power = value;
  for (let p: usize = 0; p < MOMENTS; p += 8) {
    store<f64>(to + p, load<f64>(to + p) + power);
    power *= y;
  }
}

/** Moments about another centre: ∫ R (t − c + δ)^p dt. */
function addShifted(node: usize, child: usize, columnCount: i32): void {
  const delta = load<f64>(child) - load<f64>(node);
  for (let c = 0; c <= columnCount; c++) {
    const from = child + NODE + <usize>c * MOMENTS,
      to = node + NODE + <usize>c * MOMENTS;
    let m0 = load<f64>(from),
      m1 = load<f64>(from, 8),
      m2 = load<f64>(from, 16),
      m3 = load<f64>(from, 24),
      m4 = load<f64>(from, 32),
      m5 = load<f64>(from, 40),
      m6 = load<f64>(from, 48),
      m7 = load<f64>(from, 56);
    for (let k = 1; k < TERMS; k++) {
      m7 += delta * m6;
      if (k < 7) m6 += delta * m5;
      if (k < 6) m5 += delta * m4;
      if (k < 5) m4 += delta * m3;
      if (k < 4) m3 += delta * m2;
      if (k < 3) m2 += delta * m1;
      if (k < 2) m1 += delta * m0;
    }
    store<f64>(to, load<f64>(to) + m0);
    store<f64>(to, load<f64>(to, 8) + m1, 8);
    store<f64>(to, load<f64>(to, 16) + m2, 16);
    store<f64>(to, load<f64>(to, 24) + m3, 24);
    store<f64>(to, load<f64>(to, 32) + m4, 32);
    store<f64>(to, load<f64>(to, 40) + m5, 40);
    store<f64>(to, load<f64>(to, 48) + m6, 48);
    store<f64>(to, load<f64>(to, 56) + m7, 56);
  }
}

/** Whether a stretch may be taken as a whole, seen from x. */
// @ts-ignore: decorator
@inline function isFar(node: usize, x: f64, inverse: f64): bool {
  const half = load<f64>(node, 8),
    d = Math.abs(load<f64>(node) - x);
  return half <= 0.125 * d && (d - half) * inverse > GAUSSIAN_END;
}

/** Adds what leaves from … until − 1 bring, as few stretches as may be. */
function addStretches(
  tree: usize,
  all: i32,
  from: i32,
  until: i32,
  x: f64,
  side: usize,
  columnCount: i32,
  sums: usize,
): void {
  const size = nodeBytes(columnCount),
    a = load<f64>(side),
    lorentzian = load<f64>(side, 16);
  for (let leaf = from; leaf < until;) {
    let n = all + leaf,
      span = 1;
    while (
      (leaf & (2 * span - 1)) == 0 &&
      leaf + 2 * span <= until &&
      isFar(tree + <usize>(n >> 1) * size, x, a)
    ) {
      n >>= 1;
      span <<= 1;
    }
    leaf += span;
    const node = tree + <usize>n * size,
      half = load<f64>(node, 8),
      d = x - load<f64>(node),
      a2 = a * a,
      inverse = 1 / (1 + a2 * d * d),
      f = 2 * a2 * d * inverse,
      g = a2 * inverse;
    const e0 = lorentzian * inverse,
      e1 = f * e0,
      e2 = f * e1 - g * e0,
      e3 = f * e2 - g * e1,
      e4 = f * e3 - g * e2,
      e5 = f * e4 - g * e3,
      e6 = f * e5 - g * e4,
      e7 = f * e6 - g * e5;
    const slope = node + NODE,
      m1 = load<f64>(slope, 8),
      m2 = load<f64>(slope, 16),
      m3 = load<f64>(slope, 24),
      m4 = load<f64>(slope, 32),
      m5 = load<f64>(slope, 40),
      m6 = load<f64>(slope, 48),
      m7 = load<f64>(slope, 56);
    const shift = e0 * load<f64>(slope) + e1 * m1 + e2 * m2 + e3 * m3 + e4 * m4 + e5 * m5 + e6 * m6 + e7 * m7;
    store<f64>(sums, load<f64>(sums, FAR_SHIFT) + shift, FAR_SHIFT);
    store<f64>(
      sums,
      load<f64>(sums, FAR_WIDEN) +
        e0 * m1 +
        e1 * m2 +
        e2 * m3 +
        e3 * m4 +
        e4 * m5 +
        e5 * m6 +
        e6 * m7 -
        d * shift,
      FAR_WIDEN,
    );
    const to = sums + (d > 0 ? FAR_BELOW : FAR_ABOVE),
      h2 = half * half;
    store<f64>(
      to,
      load<f64>(to) + 2 * half * (e0 + h2 * (e2 * (1.0 / 3) + h2 * (e4 * (1.0 / 5) + h2 * e6 * (1.0 / 7)))),
    );
    for (let c = 0; c < columnCount; c++) {
      const own = node + NODE + <usize>(c + 1) * MOMENTS,
        into = sums + FAR_COLUMNS + ((<usize>c) << 3);
      store<f64>(
        into,
        load<f64>(into) +
          (e0 * load<f64>(own) + e1 * load<f64>(own, 8) + e2 * load<f64>(own, 16) + e3 * load<f64>(own, 24)) +
          (e4 * load<f64>(own, 32) +
            e5 * load<f64>(own, 40) +
            e6 * load<f64>(own, 48) +
            e7 * load<f64>(own, 56)),
      );
    }
  }
}

/** Adds what is far below x.
 *  @param side of r that these intervals are seen with
 *  @returns the first interval that is not far */
export function addFarBelow(
  tree: usize,
  gridCount: i32,
  x: f64,
  side: usize,
  columnCount: i32,
  sums: usize,
): i32 {
  const count = leaves(gridCount),
    all = width(gridCount),
    size = nodeBytes(columnCount),
    a = load<f64>(side);
  let until = 0;
  for (
    let node = tree + <usize>all * size;
    until < count && load<f64>(node) < x && isFar(node, x, a);
    node += size
  )
    until++;
  addStretches(tree, all, 0, until, x, side, columnCount, sums);
  return min(until * LEAF, gridCount - 1);
}

/** Adds what is far above x.
 *  @param first interval that is not far below
 *  @returns one more than the last interval that is not far */
export function addFarAbove(
  tree: usize,
  gridCount: i32,
  x: f64,
  side: usize,
  columnCount: i32,
  sums: usize,
  first: i32,
): i32 {
  const count = leaves(gridCount),
    all = width(gridCount),
    size = nodeBytes(columnCount),
    a = load<f64>(side);
  let from = count;
  for (
    let node = tree + <usize>(all + count - 1) * size;
    from * LEAF > first && load<f64>(node) > x && isFar(node, x, a);
    node -= size
  )
    from--;
  // The empty leaves behind the last one let stretches be as wide as they may.
  addStretches(tree, all, from, from < count ? all : from, x, side, columnCount, sums);
  return min(from * LEAF, gridCount - 1);
}
