/** The judge: the recursion in scalar f64 with the exact matrix of every slice. Slow and plain on purpose. */
import { AnglePlane, SliceSlot } from "../layout";
import { Status } from "../status";
import { cosineAndSinc } from "./element";

/** R = |P/Q|², (P,Q) ← M_n (P,Q) for n = 1…N from the amplitude below the first slice, P/Q = start.
 *  @param slices f64[sliceCount][SliceSlot.Size], interface first
 *  @param angles f64[AnglePlane.Size][angleCount]
 *  @param scratch transferMatrixScratch() bytes
 *  @param out f64[angleCount], must not overlap the inputs */
export function transferMatrix(
  slices: usize,
  sliceCount: i32,
  angles: usize,
  angleCount: i32,
  scratch: usize,
  out: usize,
): Status {
  if (sliceCount < 0 || angleCount < 1) return Status.BadCount;
  const plane = (<usize>angleCount) << 3;
  for (let j = 0; j < angleCount; j++) {
    const angle = angles + ((<usize>j) << 3);
    const xr = load<f64>(angle + plane * AnglePlane.XRe),
      xi = load<f64>(angle + plane * AnglePlane.XIm);
    const gr = load<f64>(angle + plane * AnglePlane.GRe),
      gi = load<f64>(angle + plane * AnglePlane.GIm);
    let pr = load<f64>(angle + plane * AnglePlane.StartRe),
      pi = load<f64>(angle + plane * AnglePlane.StartIm);
    let qr: f64 = 1,
      qi: f64 = 0;
    for (let n = 0, slice = slices; n < sliceCount; n++, slice += SliceSlot.Size << 3) {
      const slope = load<f64>(slice),
        k = load<f64>(slice, 24);
      const ar = slope * xr + load<f64>(slice, 8),
        ai = slope * xi + load<f64>(slice, 16);
      const kr = k * gr,
        ki = k * gi;
      cosineAndSinc(ar, ai, kr, ki, scratch);
      const cr = load<f64>(scratch, 0),
        ci = load<f64>(scratch, 8),
        sr = load<f64>(scratch, 16),
        si = load<f64>(scratch, 24);
      const asr = ar * sr - ai * si,
        asi = ar * si + ai * sr; // A·S
      const ksr = kr * sr - ki * si,
        ksi = kr * si + ki * sr; // K·S
      const m11r = cr + asi,
        m11i = ci - asr,
        m22r = cr - asi,
        m22i = ci + asr,
        ur = -ksi,
        ui = ksr; // u = iKS
      const nr = m11r * pr - m11i * pi + ur * qr - ui * qi,
        ni = m11r * pi + m11i * pr + ur * qi + ui * qr;
      const dr = m22r * qr - m22i * qi - ur * pr + ui * pi,
        di = m22r * qi + m22i * qr - ur * pi - ui * pr;
      pr = nr;
      pi = ni;
      qr = dr;
      qi = di;
    }
    store<f64>(out + ((<usize>j) << 3), (pr * pr + pi * pi) / (qr * qr + qi * qi));
  }
  return Status.Ok;
}

/** Bytes of scratch that transferMatrix needs. */
export function transferMatrixScratch(): i32 {
  return 48;
}
