/** Stacks of several crystals, two angles a vector (f64×2): as stack.ts, which is its judge, operation by operation. Sine and
 *  cosine by polynomials, e^(−2|Im φ|) too; both of φ = √φ², of which any root serves. */
import { AnglePlane, ElementSlot } from "../layout";
import {
  add,
  cosinePolynomial,
  decay,
  mul,
  quadrant,
  quarters,
  reduce,
  sinePolynomial,
  splat,
  sub,
} from "../math/simd";
import { Status } from "../status";

/** Vectors of an element's state, as in stack.ts: C, S, W, A, K_out, K_in; M11, M12, M21, M22; λP·P, λP·Q, λQ·P, λQ·Q. */
const STATE: usize = 28 << 4;
const MATRIX: usize = 12 << 4;
const SUMS: usize = 20 << 4;
/** |φ²| below which the series serves. */
const SMALL: f64 = 0.01;

// @ts-ignore: decorator
@inline function cut(ar: v128, ai: v128, br: v128, bi: v128): v128 {
  return sub(mul(ar, br), mul(ai, bi));
}
// @ts-ignore: decorator
@inline function twist(ar: v128, ai: v128, br: v128, bi: v128): v128 {
  return add(mul(ar, bi), mul(ai, br));
}
/** Vector `index` of a block. */
// @ts-ignore: decorator
@inline function part(block: usize, index: i32): v128 {
  return v128.load(block + ((<usize>index) << 4));
}
// @ts-ignore: decorator
@inline function put(block: usize, index: i32, value: v128): void {
  v128.store(block + ((<usize>index) << 4), value);
}
// @ts-ignore: decorator
@inline function raise(block: usize, index: i32, value: v128): void {
  put(block, index, add(part(block, index), value));
}

/** C, S, W of φ² into the first six vectors of the state: cosineAndSincOf of element.ts. */
// @ts-ignore: decorator
@inline function writeElement(f2r: v128, f2i: v128, state: usize): void {
  const m = f64x2.sqrt(add(mul(f2r, f2r), mul(f2i, f2i)));
  const large = f64x2.sqrt(mul(splat(0.5), add(m, f64x2.abs(f2r)))),
    rest = f64x2.div(f2i, add(large, large));
  const right = f64x2.ge(f2r, splat(0)),
    pr = v128.bitselect(large, rest, right),
    pi = v128.bitselect(rest, large, right);
  const fall = decay(mul(splat(-2), f64x2.abs(pi))),
    ch = mul(splat(0.5), add(splat(1), fall)),
    sh = v128.xor(mul(splat(0.5), sub(splat(1), fall)), v128.and(pi, f64x2.splat(-0.0)));
  const turns = quarters(pr),
    y = reduce(pr, turns),
    z = mul(y, y),
    sine = sinePolynomial(y, z),
    cosine = cosinePolynomial(z);
  const s = quadrant(sine, cosine, turns),
    c = quadrant(sine, cosine, i64x2.add(turns, i64x2.splat(1)));
  const inverse = f64x2.div(splat(1), m);
  const cr = mul(c, ch),
    ci = f64x2.neg(mul(s, sh)),
    nr = mul(s, ch),
    ni = mul(c, sh);
  const sr = mul(add(mul(nr, pr), mul(ni, pi)), inverse),
    si = mul(sub(mul(ni, pr), mul(nr, pi)), inverse);
  const square = mul(inverse, inverse),
    dr = sub(cr, sr),
    di = sub(ci, si);
  const wr = mul(add(mul(dr, f2r), mul(di, f2i)), square),
    wi = mul(sub(mul(di, f2r), mul(dr, f2i)), square);
  const small = f64x2.lt(add(f64x2.abs(f2r), f64x2.abs(f2i)), splat(SMALL));
  put(state, 0, cr);
  put(state, 1, ci);
  put(state, 2, sr);
  put(state, 3, si);
  put(state, 4, wr);
  put(state, 5, wi);
  if (v128.any_true(small)) writeSeries(f2r, f2i, small, state);
}

/** C, S, W by their series in φ², in the lanes that `small` marks. */
function writeSeries(f2r: v128, f2i: v128, small: v128, state: usize): void {
  const f4r = cut(f2r, f2i, f2r, f2i),
    f4i = twist(f2r, f2i, f2r, f2i),
    f6r = cut(f4r, f4i, f2r, f2i),
    f6i = twist(f4r, f4i, f2r, f2i),
    f8r = cut(f4r, f4i, f4r, f4i),
    f8i = twist(f4r, f4i, f4r, f4i);
  let re = series(f2r, f4r, f6r, f8r, 1, -1.0 / 2, 1.0 / 24, -1.0 / 720, 1.0 / 40320),
    im = series(f2i, f4i, f6i, f8i, 0, -1.0 / 2, 1.0 / 24, -1.0 / 720, 1.0 / 40320);
  put(state, 0, v128.bitselect(re, part(state, 0), small));
  put(state, 1, v128.bitselect(im, part(state, 1), small));
  re = series(f2r, f4r, f6r, f8r, 1, -1.0 / 6, 1.0 / 120, -1.0 / 5040, 1.0 / 362880);
  im = series(f2i, f4i, f6i, f8i, 0, -1.0 / 6, 1.0 / 120, -1.0 / 5040, 1.0 / 362880);
  put(state, 2, v128.bitselect(re, part(state, 2), small));
  put(state, 3, v128.bitselect(im, part(state, 3), small));
  re = series(f2r, f4r, f6r, f8r, -1.0 / 3, 1.0 / 30, -1.0 / 840, 1.0 / 45360, 0);
  im = series(f2i, f4i, f6i, f8i, 0, 1.0 / 30, -1.0 / 840, 1.0 / 45360, 0);
  put(state, 4, v128.bitselect(re, part(state, 4), small));
  put(state, 5, v128.bitselect(im, part(state, 5), small));
}

// @ts-ignore: decorator
@inline function series(
  f2: v128,
  f4: v128,
  f6: v128,
  f8: v128,
  a: f64,
  b: f64,
  c: f64,
  d: f64,
  e: f64,
): v128 {
  return add(
    add(add(splat(a), mul(f2, splat(b))), mul(f4, splat(c))),
    add(mul(f6, splat(d)), mul(f8, splat(e))),
  );
}

/** Matrix of one element at two angles. */
function writeState(element: usize, angle: usize, plane: usize, w: v128, state: usize): void {
  const xr = v128.load(angle),
    xi = v128.load(angle + plane),
    gr = v128.load(angle + plane * AnglePlane.GRe),
    gi = v128.load(angle + plane * AnglePlane.GIm);
  const slope = v128.load64_splat(element);
  const ar = sub(add(mul(slope, xr), v128.load64_splat(element, 8)), mul(w, v128.load64_splat(element, 24))),
    ai = sub(add(mul(slope, xi), v128.load64_splat(element, 16)), mul(w, v128.load64_splat(element, 32)));
  const or = cut(v128.load64_splat(element, 40), v128.load64_splat(element, 48), gr, gi),
    oi = twist(v128.load64_splat(element, 40), v128.load64_splat(element, 48), gr, gi);
  const nr = cut(v128.load64_splat(element, 56), v128.load64_splat(element, 64), gr, gi),
    ni = twist(v128.load64_splat(element, 56), v128.load64_splat(element, 64), gr, gi);
  writeElement(
    sub(cut(ar, ai, ar, ai), cut(or, oi, nr, ni)),
    sub(twist(ar, ai, ar, ai), twist(or, oi, nr, ni)),
    state,
  );
  put(state, 6, ar);
  put(state, 7, ai);
  put(state, 8, or);
  put(state, 9, oi);
  put(state, 10, nr);
  put(state, 11, ni);
  const cr = part(state, 0),
    ci = part(state, 1),
    sr = part(state, 2),
    si = part(state, 3),
    asr = cut(ar, ai, sr, si),
    asi = twist(ar, ai, sr, si);
  const matrix = state + MATRIX;
  put(matrix, 0, add(cr, asi));
  put(matrix, 1, sub(ci, asr));
  put(matrix, 2, f64x2.neg(twist(or, oi, sr, si)));
  put(matrix, 3, cut(or, oi, sr, si));
  put(matrix, 4, twist(nr, ni, sr, si));
  put(matrix, 5, f64x2.neg(cut(nr, ni, sr, si)));
  put(matrix, 6, sub(cr, asi));
  put(matrix, 7, add(ci, asr));
}

/** Adds what the element's entries give to the columns (a vector each). */
function addColumns(
  state: usize,
  angle: usize,
  plane: usize,
  w: v128,
  from: i32,
  to: i32,
  entryColumns: usize,
  entries: usize,
  columns: usize,
): void {
  const sr = part(state, 2),
    si = part(state, 3),
    wr = part(state, 4),
    wi = part(state, 5);
  const ar = part(state, 6),
    ai = part(state, 7),
    or = part(state, 8),
    oi = part(state, 9),
    nr = part(state, 10),
    ni = part(state, 11);
  const sums = state + SUMS;
  const pqr = part(sums, 2),
    pqi = part(sums, 3),
    qpr = part(sums, 4),
    qpi = part(sums, 5);
  const sumR = add(part(sums, 0), part(sums, 6)),
    sumI = add(part(sums, 1), part(sums, 7)),
    difR = sub(part(sums, 0), part(sums, 6)),
    difI = sub(part(sums, 1), part(sums, 7));
  const crossR = sub(cut(or, oi, pqr, pqi), cut(nr, ni, qpr, qpi)),
    crossI = sub(twist(or, oi, pqr, pqi), twist(nr, ni, qpr, qpi));
  const awr = cut(ar, ai, wr, wi),
    awi = twist(ar, ai, wr, wi),
    asr = cut(ar, ai, sr, si),
    asi = twist(ar, ai, sr, si);
  const fr = add(sr, cut(ar, ai, awr, awi)),
    fi = add(si, twist(ar, ai, awr, awi));
  const gar = sub(sub(twist(fr, fi, difR, difI), cut(asr, asi, sumR, sumI)), twist(awr, awi, crossR, crossI)),
    gai = sub(sub(cut(awr, awi, crossR, crossI), cut(fr, fi, difR, difI)), twist(asr, asi, sumR, sumI));
  const half = splat(0.5);
  const tr = mul(
      half,
      add(sub(cut(sr, si, sumR, sumI), twist(awr, awi, difR, difI)), twist(wr, wi, crossR, crossI)),
    ),
    ti = mul(
      half,
      sub(add(twist(sr, si, sumR, sumI), cut(awr, awi, difR, difI)), cut(wr, wi, crossR, crossI)),
    );
  const outR = sub(cut(nr, ni, tr, ti), twist(sr, si, pqr, pqi)),
    outI = add(twist(nr, ni, tr, ti), cut(sr, si, pqr, pqi));
  const inR = add(cut(or, oi, tr, ti), twist(sr, si, qpr, qpi)),
    inI = sub(twist(or, oi, tr, ti), cut(sr, si, qpr, qpi));
  const gr = v128.load(angle + plane * AnglePlane.GRe),
    gi = v128.load(angle + plane * AnglePlane.GIm);
  const bySlope = cut(gar, gai, v128.load(angle), v128.load(angle + plane)),
    byOutR = cut(outR, outI, gr, gi),
    byOutI = twist(outR, outI, gr, gi),
    byInR = cut(inR, inI, gr, gi),
    byInI = twist(inR, inI, gr, gi);
  const wgar = mul(w, gar),
    wgai = mul(w, gai);
  for (let i = from; i < to; i++) {
    const entry = entries + <usize>i * (ElementSlot.Size << 3),
      column = columns + ((<usize>load<i32>(entryColumns + ((<usize>i) << 2))) << 4);
    const byOffset = sub(mul(v128.load64_splat(entry, 8), gar), mul(v128.load64_splat(entry, 16), gai)),
      byRefraction = sub(mul(v128.load64_splat(entry, 24), wgar), mul(v128.load64_splat(entry, 32), wgai));
    const byA = add(mul(v128.load64_splat(entry), bySlope), sub(byOffset, byRefraction));
    const byOut = sub(mul(v128.load64_splat(entry, 40), byOutR), mul(v128.load64_splat(entry, 48), byOutI)),
      byIn = sub(mul(v128.load64_splat(entry, 56), byInR), mul(v128.load64_splat(entry, 64), byInI));
    v128.store(column, add(v128.load(column), add(byA, add(byOut, byIn))));
  }
}

/** v ← M v up the sequence, each v before it kept.
 *  @param top P, Q at the surface (re, im): four vectors, first the start */
function climb(sequence: usize, sequenceLength: i32, states: usize, places: usize, top: usize): void {
  let pr = part(top, 0),
    pi = part(top, 1),
    qr = part(top, 2),
    qi = part(top, 3);
  for (let l = 0; l < sequenceLength; l++) {
    const m = states + <usize>load<i32>(sequence + ((<usize>l) << 2)) * STATE + MATRIX,
      place = places + ((<usize>l) << 6);
    put(place, 0, pr);
    put(place, 1, pi);
    put(place, 2, qr);
    put(place, 3, qi);
    const nr = add(cut(part(m, 0), part(m, 1), pr, pi), cut(part(m, 2), part(m, 3), qr, qi)),
      ni = add(twist(part(m, 0), part(m, 1), pr, pi), twist(part(m, 2), part(m, 3), qr, qi)),
      mr = add(cut(part(m, 4), part(m, 5), pr, pi), cut(part(m, 6), part(m, 7), qr, qi)),
      mi = add(twist(part(m, 4), part(m, 5), pr, pi), twist(part(m, 6), part(m, 7), qr, qi));
    pr = nr;
    pi = ni;
    qr = mr;
    qi = mi;
  }
  put(top, 0, pr);
  put(top, 1, pi);
  put(top, 2, qr);
  put(top, 3, qi);
}

/** λ ← λM down the sequence; the products λ ⊗ v are added up in the elements' states. */
function descend(
  sequence: usize,
  sequenceLength: i32,
  states: usize,
  places: usize,
  top: usize,
  size: v128,
  reflectivity: v128,
): void {
  let lr = mul(part(top, 0), size),
    li = f64x2.neg(mul(part(top, 1), size)),
    mr = f64x2.neg(mul(mul(reflectivity, part(top, 2)), size)),
    mi = mul(mul(reflectivity, part(top, 3)), size);
  for (let l = sequenceLength - 1; l >= 0; l--) {
    const state = states + <usize>load<i32>(sequence + ((<usize>l) << 2)) * STATE,
      m = state + MATRIX,
      sums = state + SUMS,
      place = places + ((<usize>l) << 6);
    const pr = part(place, 0),
      pi = part(place, 1),
      qr = part(place, 2),
      qi = part(place, 3);
    raise(sums, 0, cut(lr, li, pr, pi));
    raise(sums, 1, twist(lr, li, pr, pi));
    raise(sums, 2, cut(lr, li, qr, qi));
    raise(sums, 3, twist(lr, li, qr, qi));
    raise(sums, 4, cut(mr, mi, pr, pi));
    raise(sums, 5, twist(mr, mi, pr, pi));
    raise(sums, 6, cut(mr, mi, qr, qi));
    raise(sums, 7, twist(mr, mi, qr, qi));
    const nr = add(cut(part(m, 0), part(m, 1), lr, li), cut(part(m, 4), part(m, 5), mr, mi)),
      ni = add(twist(part(m, 0), part(m, 1), lr, li), twist(part(m, 4), part(m, 5), mr, mi)),
      kr = add(cut(part(m, 2), part(m, 3), lr, li), cut(part(m, 6), part(m, 7), mr, mi)),
      ki = add(twist(part(m, 2), part(m, 3), lr, li), twist(part(m, 6), part(m, 7), mr, mi));
    lr = nr;
    li = ni;
    mr = kr;
    mi = ki;
  }
}

/** As stackGradient of stack.ts, to 1e-12.
 *  @param angleCount at least two
 *  @param scratch stackGradientSimdScratch(elementCount, sequenceLength, columnCount) bytes, 16-byte aligned */
export function stackGradientSimd(
  elements: usize,
  elementCount: i32,
  sequence: usize,
  sequenceLength: i32,
  angles: usize,
  refraction: usize,
  angleCount: i32,
  firstEntries: usize,
  entryColumns: usize,
  entries: usize,
  columnCount: i32,
  scratch: usize,
  amplitude: usize,
  out: usize,
): Status {
  if (!ASC_FEATURE_SIMD) return Status.BadParameter;
  if (elementCount < 0 || sequenceLength < 0 || angleCount < 2 || columnCount < 0) return Status.BadCount;
  const plane = (<usize>angleCount) << 3,
    states = scratch,
    places = states + <usize>elementCount * STATE,
    top = places + ((<usize>sequenceLength) << 6),
    columns = top + 64;
  for (let at = 0; at < angleCount; at += 2) {
    const j = (<usize>min(at, angleCount - 2)) << 3, // the last vector may overlap the one before
      angle = angles + j,
      w = v128.load(refraction + j);
    for (let u = 0; u < elementCount; u++) {
      const state = states + <usize>u * STATE;
      writeState(elements + <usize>u * (ElementSlot.Size << 3), angle, plane, w, state);
      if (columnCount > 0) memory.fill(state + SUMS, 0, 128);
    }
    put(top, 0, v128.load(angle + plane * AnglePlane.StartRe));
    put(top, 1, v128.load(angle + plane * AnglePlane.StartIm));
    put(top, 2, splat(1));
    put(top, 3, splat(0));
    climb(sequence, sequenceLength, states, places, top);
    const pr = part(top, 0),
      pi = part(top, 1),
      qr = part(top, 2),
      qi = part(top, 3);
    const size = f64x2.div(splat(1), add(mul(qr, qr), mul(qi, qi))),
      reflectivity = mul(add(mul(pr, pr), mul(pi, pi)), size);
    v128.store(out + j, reflectivity);
    if (amplitude) {
      v128.store(amplitude + j, mul(add(mul(pr, qr), mul(pi, qi)), size));
      v128.store(amplitude + plane + j, mul(sub(mul(pi, qr), mul(pr, qi)), size));
    }
    if (columnCount == 0) continue;
    descend(sequence, sequenceLength, states, places, top, size, reflectivity);
    memory.fill(columns, 0, (<usize>columnCount) << 4);
    for (let u = 0; u < elementCount; u++) {
      const first = firstEntries + ((<usize>u) << 2);
      addColumns(
        states + <usize>u * STATE,
        angle,
        plane,
        w,
        load<i32>(first),
        load<i32>(first, 4),
        entryColumns,
        entries,
        columns,
      );
    }
    for (let c = 0; c < columnCount; c++) {
      const sum = part(columns, c);
      v128.store(out + <usize>(c + 1) * plane + j, add(sum, sum));
    }
  }
  return Status.Ok;
}

/** Bytes of scratch that stackGradientSimd needs. */
export function stackGradientSimdScratch(elementCount: i32, sequenceLength: i32, columnCount: i32): i32 {
  return elementCount * <i32>STATE + (sequenceLength << 6) + 64 + (columnCount << 4);
}
