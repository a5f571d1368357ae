/** gradient.ts, two angles a vector, with the elements of physics/transferMatrixSimd.ts and their derivatives:
 *
 *      s' = −q,  q' = (sin A − 2q)/A
 *      ∂M11/∂A = −i e^{−iA} − κ(q + iq')    ∂M22/∂A = i e^{iA} − κ(q − iq')    ∂(KS)/∂A = K(−q + κ(q/A)' − i·Im A·q')
 *      ∂M11/∂K = K(s − iq)                  ∂M22/∂K = K(s + iq)                ∂(KS)/∂K = s − i·Im A·q + 3κq/A
 */
import { AnglePlane, SliceDerivative, SliceSlot } from "../layout";
import { add, cosinePolynomial, mul, quadrant, quarters, reduce, sinePolynomial, splat, sub } from "../math/simd";
import { Status } from "../status";

/** Bytes kept of each slice on the way up: P, Q (re, im), then sin A, cos A, s, q, 1/A, e^{−Im A}. */
const STATE: usize = 160;

/** As gradient.
 *  @param angleCount even
 *  @param scratch 160 bytes a slice, 16-byte aligned, as every f64 array here */
export function gradientSimd(
  slices: usize, derivatives: usize, sliceCount: i32, angles: usize, angleCount: i32,
  scratch: usize, out: usize, byStrain: usize, byDebyeWaller: usize, byThickness: usize,
): Status {
  if (!ASC_FEATURE_SIMD) return Status.BadParameter;
  if (sliceCount < 1 || angleCount < 2 || (angleCount & 1)) return Status.BadCount;
  const plane = <usize>angleCount << 3;
  for (let j = 0; j < angleCount; j += 2) {
    const at = <usize>j << 3, angle = angles + at;
    let pr = v128.load(angle + plane * AnglePlane.StartRe), pi = v128.load(angle + plane * AnglePlane.StartIm);
    let qr = splat(1), qi = splat(0);
    for (let n = 0; n < sliceCount; n++) {
      const slice = slices + <usize>n * (SliceSlot.Size << 3), state = scratch + <usize>n * STATE;
      const slope = v128.load64_splat(slice);
      const A = add(mul(v128.load(angle), slope), v128.load64_splat(slice, 8));
      const aI = add(mul(v128.load(angle + plane), slope), v128.load64_splat(slice, 16));
      const turns = quarters(A), y = reduce(A, turns), z = mul(y, y);
      const sine = sinePolynomial(y, z), cosine = cosinePolynomial(z);
      const sn = quadrant(sine, cosine, turns), c = quadrant(sine, cosine, i64x2.add(turns, i64x2.splat(1)));
      const decay = sub(splat(1), sub(aI, mul(mul(aI, aI), sub(splat(0.5), mul(aI, splat(1.0 / 6))))));
      const A2 = mul(A, A), inverse = f64x2.div(A, add(A2, splat(1e-14)));
      const s = v128.bitselect(sub(splat(1), mul(A2, splat(1.0 / 6))), mul(sn, inverse), f64x2.lt(A2, splat(1e-4)));
      const q = mul(sub(s, c), inverse);
      v128.store(state, pr, 0);
      v128.store(state, pi, 16);
      v128.store(state, qr, 32);
      v128.store(state, qi, 48);
      v128.store(state, sn, 64);
      v128.store(state, c, 80);
      v128.store(state, s, 96);
      v128.store(state, q, 112);
      v128.store(state, inverse, 128);
      v128.store(state, decay, 144);
      const gr = v128.load(angle + plane * AnglePlane.GRe), gi = v128.load(angle + plane * AnglePlane.GIm), k = v128.load64_splat(slice, 24);
      const kr = mul(k, gr), ki = mul(k, gi), m = mul(decay, decay), w = mul(q, inverse);
      const kappaR = mul(splat(0.5), sub(mul(kr, kr), mul(ki, ki))), kappaI = mul(kr, ki);
      const q1 = mul(sub(sn, add(q, q)), inverse);
      const tr = mul(decay, add(add(s, mul(kappaR, w)), mul(mul(splat(0.5), mul(aI, aI)), q1))), ti = mul(decay, sub(mul(kappaI, w), mul(aI, q)));
      const ur = sub(mul(kr, tr), mul(ki, ti)), ui = add(mul(kr, ti), mul(ki, tr));
      const rs = mul(kappaR, s), is = mul(kappaI, s), rq = mul(kappaR, q), iq = mul(kappaI, q);
      const m11r = add(c, add(rs, iq)), m11i = sub(sub(is, rq), sn);
      const m22r = add(mul(c, m), sub(rs, iq)), m22i = add(mul(sn, m), add(is, rq));
      const nr = sub(sub(mul(m11r, pr), mul(m11i, pi)), add(mul(ur, qi), mul(ui, qr)));
      const ni = add(add(mul(m11r, pi), mul(m11i, pr)), sub(mul(ur, qr), mul(ui, qi)));
      const dr = add(sub(mul(m22r, qr), mul(m22i, qi)), add(mul(ur, pi), mul(ui, pr)));
      const di = sub(add(mul(m22r, qi), mul(m22i, qr)), sub(mul(ur, pr), mul(ui, pi)));
      pr = nr; pi = ni; qr = dr; qi = di;
    }
    const size = f64x2.div(splat(1), add(mul(qr, qr), mul(qi, qi)));
    const reflectivity = mul(add(mul(pr, pr), mul(pi, pi)), size);
    v128.store(out + at, reflectivity);
    let lr = mul(pr, size), li = f64x2.neg(mul(pi, size));
    let mr = f64x2.neg(mul(reflectivity, mul(qr, size))), mi = mul(reflectivity, mul(qi, size));
    let thickness = splat(0);
    for (let n = sliceCount - 1; n >= 0; n--) {
      const slice = slices + <usize>n * (SliceSlot.Size << 3), state = scratch + <usize>n * STATE;
      const derivative = derivatives + <usize>n * (SliceDerivative.Size << 3);
      pr = v128.load(state, 0); pi = v128.load(state, 16); qr = v128.load(state, 32); qi = v128.load(state, 48);
      const sn = v128.load(state, 64), c = v128.load(state, 80), s = v128.load(state, 96), q = v128.load(state, 112);
      const inverse = v128.load(state, 128), decay = v128.load(state, 144);
      const xr = v128.load(angle), xi = v128.load(angle + plane), slope = v128.load64_splat(slice);
      const aR = add(mul(xr, slope), v128.load64_splat(slice, 8)), aI = add(mul(xi, slope), v128.load64_splat(slice, 16));
      const gr = v128.load(angle + plane * AnglePlane.GRe), gi = v128.load(angle + plane * AnglePlane.GIm), k = v128.load64_splat(slice, 24);
      const kr = mul(k, gr), ki = mul(k, gi), m = mul(decay, decay), w = mul(q, inverse);
      const kappaR = mul(splat(0.5), sub(mul(kr, kr), mul(ki, ki))), kappaI = mul(kr, ki);
      const q1 = mul(sub(sn, add(q, q)), inverse);
      const tr = mul(decay, add(add(s, mul(kappaR, w)), mul(mul(splat(0.5), mul(aI, aI)), q1))), ti = mul(decay, sub(mul(kappaI, w), mul(aI, q)));
      const ur = sub(mul(kr, tr), mul(ki, ti)), ui = add(mul(kr, ti), mul(ki, tr));
      const rs = mul(kappaR, s), is = mul(kappaI, s), rq = mul(kappaR, q), iq = mul(kappaI, q);
      const m11r = add(c, add(rs, iq)), m11i = sub(sub(is, rq), sn);
      const m22r = add(mul(c, m), sub(rs, iq)), m22i = add(mul(sn, m), add(is, rq));
      // λP·P, λQ·Q and λP·Q − λQ·P.
      const aRe = sub(mul(lr, pr), mul(li, pi)), aIm = add(mul(lr, pi), mul(li, pr));
      const bRe = sub(mul(mr, qr), mul(mi, qi)), bIm = add(mul(mr, qi), mul(mi, qr));
      const xRe = sub(sub(mul(lr, qr), mul(li, qi)), sub(mul(mr, pr), mul(mi, pi)));
      const xIm = sub(add(mul(lr, qi), mul(li, qr)), add(mul(mr, pi), mul(mi, pr)));
      // ∂/∂A: of M11, M22, and of KS = K·t.
      const w1 = mul(sub(q1, w), inverse);
      const d11r = sub(mul(kappaI, q1), add(sn, rq)), d11i = f64x2.neg(add(c, add(iq, mul(kappaR, q1))));
      const d22r = f64x2.neg(add(mul(m, sn), add(rq, mul(kappaI, q1)))), d22i = add(mul(m, c), sub(mul(kappaR, q1), iq));
      const tAr = mul(decay, sub(mul(kappaR, w1), q)), tAi = mul(decay, sub(mul(kappaI, w1), mul(aI, q1)));
      const hr = sub(mul(kr, tAr), mul(ki, tAi)), hi = add(mul(kr, tAi), mul(ki, tAr));
      const gaR = sub(add(sub(mul(d11r, aRe), mul(d11i, aIm)), sub(mul(d22r, bRe), mul(d22i, bIm))), add(mul(hr, xIm), mul(hi, xRe)));
      const gaI = add(add(add(mul(d11r, aIm), mul(d11i, aRe)), add(mul(d22r, bIm), mul(d22i, bRe))), sub(mul(hr, xRe), mul(hi, xIm)));
      // ∂/∂K: K(s ∓ iq) and t + 2κw.
      const sumR = add(aRe, bRe), sumI = add(aIm, bIm), difR = sub(aRe, bRe), difI = sub(aIm, bIm);
      const fR = add(mul(s, sumR), mul(q, difI)), fI = sub(mul(s, sumI), mul(q, difR));
      const w2 = mul(decay, add(w, w)), eR = add(tr, mul(kappaR, w2)), eI = add(ti, mul(kappaI, w2));
      const gkR = sub(sub(mul(kr, fR), mul(ki, fI)), add(mul(eR, xIm), mul(eI, xRe)));
      const gkI = add(add(mul(kr, fI), mul(ki, fR)), sub(mul(eR, xRe), mul(eI, xIm)));
      const dSlope = v128.load64_splat(derivative);
      const dAr = add(mul(dSlope, xr), v128.load64_splat(derivative, 8)), dAi = add(mul(dSlope, xi), v128.load64_splat(derivative, 16));
      const gkg = sub(mul(gkR, gr), mul(gkI, gi));
      const strain = add(sub(mul(gaR, dAr), mul(gaI, dAi)), mul(gkg, v128.load64_splat(derivative, 24)));
      const debyeWaller = mul(gkg, v128.load64_splat(derivative, 32));
      const to = <usize>n * plane + at;
      v128.store(byStrain + to, add(strain, strain));
      v128.store(byDebyeWaller + to, add(debyeWaller, debyeWaller));
      thickness = add(thickness, add(sub(mul(gaR, aR), mul(gaI, aI)), sub(mul(gkR, kr), mul(gkI, ki))));
      // λ ← λM
      const nr = sub(sub(mul(lr, m11r), mul(li, m11i)), f64x2.neg(add(mul(mr, ui), mul(mi, ur))));
      const ni = add(add(mul(lr, m11i), mul(li, m11r)), sub(mul(mi, ui), mul(mr, ur)));
      const dr = sub(sub(mul(mr, m22r), mul(mi, m22i)), add(mul(lr, ui), mul(li, ur)));
      const di = add(add(mul(mr, m22i), mul(mi, m22r)), sub(mul(lr, ur), mul(li, ui)));
      lr = nr; li = ni; mr = dr; mi = di;
    }
    v128.store(byThickness + at, add(thickness, thickness));
  }
  return Status.Ok;
}
