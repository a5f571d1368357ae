/** The exact matrix of one slice, for the kernels that judge the fast ones.
 *
 *      M = [[C − iAS, iKS], [−iKS, C + iAS]],  φ² = A² − K²,  C = cos φ,  S = sin φ / φ
 *
 *  Bartels, Hornstra & Lobeek 1986 eq. 8 in matrix form. C and S are entire functions of φ²; both are scaled by
 *  e^{−|Im φ|}, which the ratio P/Q does not see, so that a slab of any thickness stays finite. */

/** Writes C, S and W = (C − S)/φ² (re, im each): f64[6]. W is −2·dS/dφ² and serves the derivatives. */
export function cosineAndSinc(ar: f64, ai: f64, kr: f64, ki: f64, out: usize): void {
  cosineAndSincOf(ar * ar - ai * ai - kr * kr + ki * ki, 2 * (ar * ai - kr * ki), out);
}

/** The same of φ² = f2r + i·f2i. */
export function cosineAndSincOf(f2r: f64, f2i: f64, out: usize): void {
  const size = Math.abs(f2r) + Math.abs(f2i);
  let cr: f64, ci: f64, sr: f64, si: f64, wr: f64, wi: f64;
  if (size < 0.01) {
    // Series in φ²: the next terms are φ¹⁰/3628800 and smaller.
    const f4r = f2r * f2r - f2i * f2i,
      f4i = 2 * f2r * f2i;
    const f6r = f4r * f2r - f4i * f2i,
      f6i = f4r * f2i + f4i * f2r;
    const f8r = f4r * f4r - f4i * f4i,
      f8i = 2 * f4r * f4i;
    cr = 1 - f2r / 2 + f4r / 24 - f6r / 720 + f8r / 40320;
    ci = -f2i / 2 + f4i / 24 - f6i / 720 + f8i / 40320;
    sr = 1 - f2r / 6 + f4r / 120 - f6r / 5040 + f8r / 362880;
    si = -f2i / 6 + f4i / 120 - f6i / 5040 + f8i / 362880;
    wr = -1.0 / 3 + f2r / 30 - f4r / 840 + f6r / 45360;
    wi = f2i / 30 - f4i / 840 + f6i / 45360;
  } else {
    const m = Math.sqrt(f2r * f2r + f2i * f2i);
    let pr: f64, pi: f64;
    if (f2r >= 0) {
      pr = Math.sqrt(0.5 * (m + f2r));
      pi = f2i / (2 * pr);
    } else {
      pi = Math.sqrt(0.5 * (m - f2r));
      pr = f2i / (2 * pi);
    }
    const y = Math.abs(pi),
      decay = Math.expm1(-2 * y);
    const ch = 1 + 0.5 * decay,
      sh = pi < 0 ? 0.5 * decay : -0.5 * decay;
    Math.sincos(pr);
    const c = Math.sincos_cos,
      s = Math.sincos_sin;
    cr = c * ch;
    ci = -s * sh;
    const nr = s * ch,
      ni = c * sh,
      inverse = 1 / m; // |φ|² = |φ²|
    sr = (nr * pr + ni * pi) * inverse;
    si = (ni * pr - nr * pi) * inverse;
    const dr = cr - sr,
      di = ci - si,
      f = inverse * inverse;
    wr = (dr * f2r + di * f2i) * f;
    wi = (di * f2r - dr * f2i) * f;
  }
  store<f64>(out, cr, 0);
  store<f64>(out, ci, 8);
  store<f64>(out, sr, 16);
  store<f64>(out, si, 24);
  store<f64>(out, wr, 32);
  store<f64>(out, wi, 40);
}
