/** The judge for stacks of several crystals: R and its derivatives, scalar f64, the exact matrix of every piece.
 *
 *      sequence   e0 e1 e2 e1 e2 e1 e2 e3      pieces from below; a superlattice names the same ones again and again
 *      elements   e0 e1 e2 e3                  matrices are made once an angle
 *
 *      M = [[C − iAS, i K_out S], [−i K_in S, C + iAS]],  φ² = A² − K_out K_in,  C = cos φ,  S = sin φ/φ
 *
 *  With v_l = M v_{l−1}, v = (P, Q), R = |P/Q|²:  dR = 2 Re Σ_l λ_l dM v_{l−1},  λ_last = (P*, −R·Q*)/|Q|²,  λ_{l−1} = λ_l M.
 *  The products λ_l ⊗ v_{l−1} of all places of one element are summed first, so that dM is taken once an element.
 *  W = (C − S)/φ²:  ∂C/∂A = −AS, ∂S/∂A = AW, ∂C/∂K_out = K_in S/2, ∂S/∂K_out = −K_in W/2. */
import { AnglePlane, ElementSlot } from "../layout";
import { Status } from "../status";
import { cosineAndSincOf } from "./element";

/** f64 of an element's state: C, S, W, A, K_out, K_in, then M11, M12, M21, M22, then the sums of λP·P, λP·Q, λQ·P, λQ·Q
 *  (re, im each). */
const STATE: usize = 28 << 3;
const MATRIX: usize = 12 << 3;
const SUMS: usize = 20 << 3;

// @ts-ignore: decorator
@inline function cut(ar: f64, ai: f64, br: f64, bi: f64): f64 {
  return ar * br - ai * bi;
}
// @ts-ignore: decorator
@inline function twist(ar: f64, ai: f64, br: f64, bi: f64): f64 {
  return ar * bi + ai * br;
}

/** Matrix of one element at one angle. */
function writeState(element: usize, angle: usize, plane: usize, w: f64, state: usize): void {
  const xr = load<f64>(angle),
    xi = load<f64>(angle + plane),
    gr = load<f64>(angle + plane * AnglePlane.GRe),
    gi = load<f64>(angle + plane * AnglePlane.GIm);
  const slope = load<f64>(element);
  const ar = slope * xr + load<f64>(element, 8) - w * load<f64>(element, 24),
    ai = slope * xi + load<f64>(element, 16) - w * load<f64>(element, 32);
  const or = cut(load<f64>(element, 40), load<f64>(element, 48), gr, gi),
    oi = twist(load<f64>(element, 40), load<f64>(element, 48), gr, gi);
  const nr = cut(load<f64>(element, 56), load<f64>(element, 64), gr, gi),
    ni = twist(load<f64>(element, 56), load<f64>(element, 64), gr, gi);
  cosineAndSincOf(ar * ar - ai * ai - cut(or, oi, nr, ni), 2 * ar * ai - twist(or, oi, nr, ni), state);
  store<f64>(state, ar, 48);
  store<f64>(state, ai, 56);
  store<f64>(state, or, 64);
  store<f64>(state, oi, 72);
  store<f64>(state, nr, 80);
  store<f64>(state, ni, 88);
  const cr = load<f64>(state),
    ci = load<f64>(state, 8),
    sr = load<f64>(state, 16),
    si = load<f64>(state, 24);
  const asr = cut(ar, ai, sr, si),
    asi = twist(ar, ai, sr, si);
  const matrix = state + MATRIX;
  store<f64>(matrix, cr + asi, 0);
  store<f64>(matrix, ci - asr, 8);
  store<f64>(matrix, -twist(or, oi, sr, si), 16);
  store<f64>(matrix, cut(or, oi, sr, si), 24);
  store<f64>(matrix, twist(nr, ni, sr, si), 32);
  store<f64>(matrix, -cut(nr, ni, sr, si), 40);
  store<f64>(matrix, cr - asi, 48);
  store<f64>(matrix, ci + asr, 56);
  memory.fill(state + SUMS, 0, 64);
}

/** Derivatives of R at one angle: adds what the element's entries give to the columns.
 *  @param columns f64[columnCount][angleCount], at this angle */
function addColumns(
  state: usize,
  angle: usize,
  plane: usize,
  w: f64,
  from: i32,
  to: i32,
  entryColumns: usize,
  entries: usize,
  columns: usize,
): void {
  const sr = load<f64>(state, 16),
    si = load<f64>(state, 24),
    wr = load<f64>(state, 32),
    wi = load<f64>(state, 40);
  const ar = load<f64>(state, 48),
    ai = load<f64>(state, 56),
    or = load<f64>(state, 64),
    oi = load<f64>(state, 72),
    nr = load<f64>(state, 80),
    ni = load<f64>(state, 88);
  const sums = state + SUMS;
  const ppr = load<f64>(sums),
    ppi = load<f64>(sums, 8),
    pqr = load<f64>(sums, 16),
    pqi = load<f64>(sums, 24),
    qpr = load<f64>(sums, 32),
    qpi = load<f64>(sums, 40),
    qqr = load<f64>(sums, 48),
    qqi = load<f64>(sums, 56);
  const sumR = ppr + qqr,
    sumI = ppi + qqi,
    difR = ppr - qqr,
    difI = ppi - qqi;
  const crossR = cut(or, oi, pqr, pqi) - cut(nr, ni, qpr, qpi),
    crossI = twist(or, oi, pqr, pqi) - twist(nr, ni, qpr, qpi);
  const awr = cut(ar, ai, wr, wi),
    awi = twist(ar, ai, wr, wi),
    asr = cut(ar, ai, sr, si),
    asi = twist(ar, ai, sr, si);
  const fr = sr + cut(ar, ai, awr, awi),
    fi = si + twist(ar, ai, awr, awi);
  // ∂R/∂A = −AS·sum − i(S + A²W)·dif + iAW·cross
  const gar = -cut(asr, asi, sumR, sumI) + twist(fr, fi, difR, difI) - twist(awr, awi, crossR, crossI),
    gai = -twist(asr, asi, sumR, sumI) - cut(fr, fi, difR, difI) + cut(awr, awi, crossR, crossI);
  // ∂R/∂K_out = K_in·t + iS·λP·Q,  ∂R/∂K_in = K_out·t − iS·λQ·P,  t = (S·sum + iAW·dif − iW·cross)/2
  const tr = 0.5 * (cut(sr, si, sumR, sumI) - twist(awr, awi, difR, difI) + twist(wr, wi, crossR, crossI));
  const ti = 0.5 * (twist(sr, si, sumR, sumI) + cut(awr, awi, difR, difI) - cut(wr, wi, crossR, crossI));
  const outR = cut(nr, ni, tr, ti) - twist(sr, si, pqr, pqi),
    outI = twist(nr, ni, tr, ti) + cut(sr, si, pqr, pqi);
  const inR = cut(or, oi, tr, ti) + twist(sr, si, qpr, qpi),
    inI = twist(or, oi, tr, ti) - cut(sr, si, qpr, qpi);
  const gr = load<f64>(angle + plane * AnglePlane.GRe),
    gi = load<f64>(angle + plane * AnglePlane.GIm);
  const bySlope = cut(gar, gai, load<f64>(angle), load<f64>(angle + plane));
  const byOutR = cut(outR, outI, gr, gi),
    byOutI = twist(outR, outI, gr, gi),
    byInR = cut(inR, inI, gr, gi),
    byInI = twist(inR, inI, gr, gi);
  for (let i = from; i < to; i++) {
    const entry = entries + <usize>i * (ElementSlot.Size << 3),
      column = columns + <usize>load<i32>(entryColumns + ((<usize>i) << 2)) * plane;
    const byA =
      load<f64>(entry) * bySlope +
      (load<f64>(entry, 8) - w * load<f64>(entry, 24)) * gar -
      (load<f64>(entry, 16) - w * load<f64>(entry, 32)) * gai;
    const byK =
      load<f64>(entry, 40) * byOutR -
      load<f64>(entry, 48) * byOutI +
      load<f64>(entry, 56) * byInR -
      load<f64>(entry, 64) * byInI;
    store<f64>(column, load<f64>(column) + 2 * (byA + byK));
  }
}

/** R of a stack and its derivatives by parameters of which the elements' numbers are functions.
 *  @param elements f64[elementCount][ElementSlot.Size]
 *  @param sequence i32[sequenceLength]: elements from below; an element may come any number of times
 *  @param angles f64[AnglePlane.Size][angleCount] of the substrate's reflection, with the start
 *  @param refraction f64[angleCount] of prepareRefraction
 *  @param firstEntries i32[elementCount + 1]: where each element's entries begin; not read without columns
 *  @param entryColumns i32[entries]: the parameter of each entry
 *  @param entries f64[entries][ElementSlot.Size]: derivatives of the element's numbers by it
 *  @param columnCount parameters; 0 for R alone
 *  @param scratch stackGradientScratch(elementCount, sequenceLength) bytes
 *  @param amplitude f64[2][angleCount]: P/Q at the surface (re, im); 0 if not wanted
 *  @param out f64[1 + columnCount][angleCount] */
export function stackGradient(
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
  if (elementCount < 0 || sequenceLength < 0 || angleCount < 1 || columnCount < 0) return Status.BadCount;
  const plane = (<usize>angleCount) << 3,
    states = scratch,
    places = states + <usize>elementCount * STATE;
  memory.fill(out + plane, 0, <usize>columnCount * plane);
  for (let j = 0; j < angleCount; j++) {
    const at = (<usize>j) << 3,
      angle = angles + at,
      w = load<f64>(refraction + at);
    for (let u = 0; u < elementCount; u++)
      writeState(elements + <usize>u * (ElementSlot.Size << 3), angle, plane, w, states + <usize>u * STATE);
    let pr = load<f64>(angle + plane * AnglePlane.StartRe),
      pi = load<f64>(angle + plane * AnglePlane.StartIm),
      qr: f64 = 1,
      qi: f64 = 0;
    for (let l = 0; l < sequenceLength; l++) {
      const m = states + <usize>load<i32>(sequence + ((<usize>l) << 2)) * STATE + MATRIX,
        place = places + ((<usize>l) << 5);
      store<f64>(place, pr, 0);
      store<f64>(place, pi, 8);
      store<f64>(place, qr, 16);
      store<f64>(place, qi, 24);
      const a = load<f64>(m),
        b = load<f64>(m, 8),
        c = load<f64>(m, 16),
        d = load<f64>(m, 24),
        e = load<f64>(m, 32),
        f = load<f64>(m, 40),
        g = load<f64>(m, 48),
        h = load<f64>(m, 56);
      const nr = cut(a, b, pr, pi) + cut(c, d, qr, qi),
        ni = twist(a, b, pr, pi) + twist(c, d, qr, qi),
        mr = cut(e, f, pr, pi) + cut(g, h, qr, qi),
        mi = twist(e, f, pr, pi) + twist(g, h, qr, qi);
      pr = nr;
      pi = ni;
      qr = mr;
      qi = mi;
    }
    const size = 1 / (qr * qr + qi * qi),
      reflectivity = (pr * pr + pi * pi) * size;
    store<f64>(out + at, reflectivity);
    if (amplitude) {
      store<f64>(amplitude + at, (pr * qr + pi * qi) * size);
      store<f64>(amplitude + plane + at, (pi * qr - pr * qi) * size);
    }
    if (columnCount == 0) continue;
    let lr = pr * size,
      li = -pi * size,
      mr = -reflectivity * qr * size,
      mi = reflectivity * qi * size;
    for (let l = sequenceLength - 1; l >= 0; l--) {
      const state = states + <usize>load<i32>(sequence + ((<usize>l) << 2)) * STATE,
        m = state + MATRIX,
        sums = state + SUMS,
        place = places + ((<usize>l) << 5);
      pr = load<f64>(place, 0);
      pi = load<f64>(place, 8);
      qr = load<f64>(place, 16);
      qi = load<f64>(place, 24);
      store<f64>(sums, load<f64>(sums) + cut(lr, li, pr, pi), 0);
      store<f64>(sums, load<f64>(sums, 8) + twist(lr, li, pr, pi), 8);
      store<f64>(sums, load<f64>(sums, 16) + cut(lr, li, qr, qi), 16);
      store<f64>(sums, load<f64>(sums, 24) + twist(lr, li, qr, qi), 24);
      store<f64>(sums, load<f64>(sums, 32) + cut(mr, mi, pr, pi), 32);
      store<f64>(sums, load<f64>(sums, 40) + twist(mr, mi, pr, pi), 40);
      store<f64>(sums, load<f64>(sums, 48) + cut(mr, mi, qr, qi), 48);
      store<f64>(sums, load<f64>(sums, 56) + twist(mr, mi, qr, qi), 56);
      const a = load<f64>(m),
        b = load<f64>(m, 8),
        c = load<f64>(m, 16),
        d = load<f64>(m, 24),
        e = load<f64>(m, 32),
        f = load<f64>(m, 40),
        g = load<f64>(m, 48),
        h = load<f64>(m, 56);
      const nr = cut(a, b, lr, li) + cut(e, f, mr, mi),
        ni = twist(a, b, lr, li) + twist(e, f, mr, mi),
        kr = cut(c, d, lr, li) + cut(g, h, mr, mi),
        ki = twist(c, d, lr, li) + twist(g, h, mr, mi);
      lr = nr;
      li = ni;
      mr = kr;
      mi = ki;
    }
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
        out + plane + at,
      );
    }
  }
  return Status.Ok;
}

/** Bytes of scratch that stackGradient needs. */
export function stackGradientScratch(elementCount: i32, sequenceLength: i32): i32 {
  return elementCount * <i32>STATE + (sequenceLength << 5);
}
