/** Derivatives of the curve with respect to every slice, by the adjoint of the recursion: the judge (scalar f64, exact
 *  matrices).
 *
 *  With v_n = M_n v_{n−1}, v = (P, Q) and R = |P/Q|²:  dR = 2 Re λ_N·dv_N,  λ_N = (P*, −R·Q*)/|Q|²,  λ_{n−1} = λ_n M_n, so
 *
 *      dR = 2 Re Σ_n λ_n (∂M_n/∂A dA_n + ∂M_n/∂K dK_n) v_{n−1}
 *
 *  ∂C/∂A = −AS,  ∂S/∂A = AW,  ∂C/∂K = KS,  ∂S/∂K = −KW  with W = (C − S)/φ².
 */
import { AnglePlane, SliceDerivative, SliceSlot } from "../layout";
import { cosineAndSinc } from "../physics/element";
import { Status } from "../status";

/** @param slices f64[sliceCount][SliceSlot.Size], interface first
 *  @param derivatives f64[sliceCount][SliceDerivative.Size]
 *  @param angles f64[AnglePlane.Size][angleCount]
 *  @param scratch gradientScratch(sliceCount) bytes
 *  @param out reflectivity f64[angleCount]
 *  @param byStrain ∂R/∂strain (fraction), f64[sliceCount][angleCount]
 *  @param byDebyeWaller ∂R/∂DW, f64[sliceCount][angleCount]
 *  @param byThickness ∂R/∂ln(thickness of all slices together), f64[angleCount] */
export function gradient(
  slices: usize,
  derivatives: usize,
  sliceCount: i32,
  angles: usize,
  angleCount: i32,
  scratch: usize,
  out: usize,
  byStrain: usize,
  byDebyeWaller: usize,
  byThickness: usize,
): Status {
  if (sliceCount < 1 || angleCount < 1) return Status.BadCount;
  const plane = (<usize>angleCount) << 3,
    states = scratch + 64;
  for (let j = 0; j < angleCount; j++) {
    const at = (<usize>j) << 3,
      angle = angles + at;
    const xr = load<f64>(angle + plane * AnglePlane.XRe),
      xi = load<f64>(angle + plane * AnglePlane.XIm);
    const gr = load<f64>(angle + plane * AnglePlane.GRe),
      gi = load<f64>(angle + plane * AnglePlane.GIm);
    let pr = load<f64>(angle + plane * AnglePlane.StartRe),
      pi = load<f64>(angle + plane * AnglePlane.StartIm),
      qr: f64 = 1,
      qi: f64 = 0;
    for (let n = 0; n < sliceCount; n++) {
      const slice = slices + <usize>n * (SliceSlot.Size << 3),
        state = states + <usize>n * 32;
      store<f64>(state, pr, 0);
      store<f64>(state, pi, 8);
      store<f64>(state, qr, 16);
      store<f64>(state, qi, 24);
      const ar = load<f64>(slice) * xr + load<f64>(slice, 8),
        ai = load<f64>(slice) * xi + load<f64>(slice, 16);
      const kr = load<f64>(slice, 24) * gr,
        ki = load<f64>(slice, 24) * gi;
      cosineAndSinc(ar, ai, kr, ki, scratch);
      const cr = load<f64>(scratch, 0),
        ci = load<f64>(scratch, 8),
        sr = load<f64>(scratch, 16),
        si = load<f64>(scratch, 24);
      const asr = ar * sr - ai * si,
        asi = ar * si + ai * sr,
        ksr = kr * sr - ki * si,
        ksi = kr * si + ki * sr;
      const m11r = cr + asi,
        m11i = ci - asr,
        m22r = cr - asi,
        m22i = ci + asr,
        ur = -ksi,
        ui = ksr;
      const nr = m11r * pr - m11i * pi + ur * qr - ui * qi,
        ni = m11r * pi + m11i * pr + ur * qi + ui * qr;
      const dr = m22r * qr - m22i * qi - ur * pr + ui * pi,
        di = m22r * qi + m22i * qr - ur * pi - ui * pr;
      pr = nr;
      pi = ni;
      qr = dr;
      qi = di;
    }
    const size = 1 / (qr * qr + qi * qi),
      reflectivity = (pr * pr + pi * pi) * size;
    store<f64>(out + at, reflectivity);
    let lr = pr * size,
      li = -pi * size,
      mr = -reflectivity * qr * size,
      mi = reflectivity * qi * size;
    let thickness: f64 = 0;
    for (let n = sliceCount - 1; n >= 0; n--) {
      const slice = slices + <usize>n * (SliceSlot.Size << 3),
        state = states + <usize>n * 32;
      const derivative = derivatives + <usize>n * (SliceDerivative.Size << 3);
      pr = load<f64>(state, 0);
      pi = load<f64>(state, 8);
      qr = load<f64>(state, 16);
      qi = load<f64>(state, 24);
      const ar = load<f64>(slice) * xr + load<f64>(slice, 8),
        ai = load<f64>(slice) * xi + load<f64>(slice, 16);
      const kr = load<f64>(slice, 24) * gr,
        ki = load<f64>(slice, 24) * gi;
      cosineAndSinc(ar, ai, kr, ki, scratch);
      const cr = load<f64>(scratch, 0),
        ci = load<f64>(scratch, 8),
        sr = load<f64>(scratch, 16),
        si = load<f64>(scratch, 24);
      const wr = load<f64>(scratch, 32),
        wi = load<f64>(scratch, 40);
      const asr = ar * sr - ai * si,
        asi = ar * si + ai * sr,
        ksr = kr * sr - ki * si,
        ksi = kr * si + ki * sr;
      const awr = ar * wr - ai * wi,
        awi = ar * wi + ai * wr,
        kwr = kr * wr - ki * wi,
        kwi = kr * wi + ki * wr;
      // Products of the covector with v: s = λP·P + λQ·Q, d = λP·P − λQ·Q, c = λP·Q − λQ·P.
      const pp_r = lr * pr - li * pi,
        pp_i = lr * pi + li * pr,
        qq_r = mr * qr - mi * qi,
        qq_i = mr * qi + mi * qr;
      const sumR = pp_r + qq_r,
        sumI = pp_i + qq_i,
        difR = pp_r - qq_r,
        difI = pp_i - qq_i;
      const crossR = lr * qr - li * qi - mr * pr + mi * pi,
        crossI = lr * qi + li * qr - mr * pi - mi * pr;
      // ∂M/∂A: diagonal −AS ∓ i(S + A²W), off-diagonal ±iKAW.
      const fr = sr + ar * awr - ai * awi,
        fi = si + ar * awi + ai * awr;
      const hr = kr * awr - ki * awi,
        hi = kr * awi + ki * awr;
      const gaR = -(asr * sumR - asi * sumI) + (fr * difI + fi * difR) - (hr * crossI + hi * crossR);
      const gaI = -(asr * sumI + asi * sumR) - (fr * difR - fi * difI) + (hr * crossR - hi * crossI);
      // ∂M/∂K: diagonal KS ± iAKW, off-diagonal ±i(S − K²W).
      const er = sr - (kr * kwr - ki * kwi),
        ei = si - (kr * kwi + ki * kwr);
      const gkR = ksr * sumR - ksi * sumI - (hr * difI + hi * difR) - (er * crossI + ei * crossR);
      const gkI = ksr * sumI + ksi * sumR + (hr * difR - hi * difI) + (er * crossR - ei * crossI);
      const dar = load<f64>(derivative) * xr + load<f64>(derivative, 8),
        dai = load<f64>(derivative) * xi + load<f64>(derivative, 16);
      const gkg = gkR * gr - gkI * gi;
      const to = <usize>n * plane + at;
      store<f64>(byStrain + to, 2 * (gaR * dar - gaI * dai + gkg * load<f64>(derivative, 24)));
      store<f64>(byDebyeWaller + to, 2 * gkg * load<f64>(derivative, 32));
      thickness += 2 * (gaR * ar - gaI * ai + gkR * kr - gkI * ki);
      const m11r = cr + asi,
        m11i = ci - asr,
        m22r = cr - asi,
        m22i = ci + asr,
        ur = -ksi,
        ui = ksr;
      const nr = lr * m11r - li * m11i - (mr * ur - mi * ui),
        ni = lr * m11i + li * m11r - (mr * ui + mi * ur);
      const dr = mr * m22r - mi * m22i + (lr * ur - li * ui),
        di = mr * m22i + mi * m22r + (lr * ui + li * ur);
      lr = nr;
      li = ni;
      mr = dr;
      mi = di;
    }
    store<f64>(byThickness + at, thickness);
  }
  return Status.Ok;
}

/** Bytes of scratch that gradient needs. */
export function gradientScratch(sliceCount: i32): i32 {
  return 32 * (sliceCount + 1) + 64;
}
