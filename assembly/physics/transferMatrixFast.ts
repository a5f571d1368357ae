/** The recursion of transferMatrix.ts for bulk work: four angles a vector (f32×4), slices of one slope.
 *
 *  Each slice is taken apart into phases and one exchange at its centre,
 *
 *      M = D(α)·B·D(α),  D(α) = diag(e^{−iα}, e^{iα}),  B ∝ [[1, iτ], [−iτ, 1]],  τ = K s (1 − K²/3),  s = sin A / A,
 *      2α = A − (K²/2)(1 − s cos A)/A                                        (to third order in K)
 *
 *  so that from centre to centre only Q turns, by e^{i(A_n + A_{n+1})} = angle[j]²·slice[n]slice[n+1], P being the phase
 *  reference. The K² part of the phase is small and smooth: it is added once for every GROUP slices,
 *  and with it what rounding to f32 did to the turns, which would otherwise add up over hundreds of slices.
 *  With P scaled by √−1·g the exchange is  P ← P + ρQ,  Q ← Q + ρ·g²P,  ρ = coupling·s  real.
 *
 *  Everything that the loop needs is read from memory, none of it kept in a local across iterations: engines then
 *  hold P and Q in registers and nothing else, which is what the speed rests on.
 */
import { Status } from "../status";
import { ANGLE_VECTORS, GROUP, GROUP_NUMBERS, SLICE_NUMBERS, writeAngle, writeSlices } from "./factored";

/** Bytes of a slice and of a group. */
const SLICE: usize = SLICE_NUMBERS << 2;
const GROUP_RECORD: usize = GROUP_NUMBERS << 2;
/** |A| below which s is rounded towards 1: keeps 0/0 out at the price of 2e-4·|A|/6. */
const TINY: f32 = 1e-4;

// @ts-ignore: decorator
@inline function add(a: v128, b: v128): v128 {
  return f32x4.add(a, b);
}
// @ts-ignore: decorator
@inline function sub(a: v128, b: v128): v128 {
  return f32x4.sub(a, b);
}
// @ts-ignore: decorator
@inline function mul(a: v128, b: v128): v128 {
  return f32x4.mul(a, b);
}

/** Four angles whose constants stand at w, through all slices. */
// @ts-ignore: decorator
@inline function recursion(w: usize, groups: usize, records: usize, end: usize, out: usize): void {
  const absolute = i32x4.splat(0x7fffffff),
    signBit = i32x4.splat(0x80000000);
  let pr = v128.load(w, 144),
    pi = v128.load(w, 160),
    qr = v128.load(w, 176),
    qi = v128.load(w, 192);
  let record = records;
  for (let group = groups; group < records; group += GROUP_RECORD) {
    const stop = min<usize>(record + <usize>GROUP * SLICE, end);
    for (; record < stop; record += SLICE) {
      const A = add(v128.load(w), v128.load32_splat(record)),
        tiny = v128.load(w, 48);
      const sine = add(
        mul(v128.load(w, 32), v128.load32_splat(record, 4)),
        mul(v128.load(w, 16), v128.load32_splat(record, 8)),
      );
      const s = f32x4.div(add(v128.xor(sine, v128.and(A, signBit)), tiny), add(v128.and(A, absolute), tiny));
      const rho = mul(v128.load32_splat(record, 12), s);
      const wr = v128.load(w, 80),
        wi = v128.load(w, 96);
      const er = v128.load(w, 112),
        ei = v128.load(w, 128),
        vr = v128.load32_splat(record, 16),
        vi = v128.load32_splat(record, 20);
      const tr = sub(mul(er, vr), mul(ei, vi)),
        ti = add(mul(er, vi), mul(ei, vr));
      const yr = sub(mul(tr, qr), mul(ti, qi)),
        yi = add(mul(tr, qi), mul(ti, qr));
      const hr = mul(rho, wr),
        hi = mul(rho, wi);
      const nr = sub(mul(hr, pr), mul(hi, pi)),
        ni = add(mul(hr, pi), mul(hi, pr));
      pr = add(pr, mul(rho, yr));
      pi = add(pi, mul(rho, yi));
      qr = add(yr, nr);
      qi = add(yi, ni);
    }
    // Q ← Q·(1 − i g² Σ coupling²·(1 − s cos A)/A − rounding)
    const A = add(v128.load(w), v128.load32_splat(group)),
      cb = v128.load32_splat(group, 4),
      sb = v128.load32_splat(group, 8);
    const ca = v128.load(w, 16),
      sa = v128.load(w, 32),
      tiny = v128.load(w, 48),
      sign = v128.and(A, signBit),
      one = v128.load(w, 64);
    const inverse = f32x4.div(one, add(v128.and(A, absolute), tiny));
    const s = mul(add(v128.xor(add(mul(sa, cb), mul(ca, sb)), sign), tiny), inverse);
    const shift = mul(
      mul(v128.load32_splat(group, 12), sub(one, mul(s, sub(mul(ca, cb), mul(sa, sb))))),
      v128.xor(inverse, sign),
    );
    const errorRe = add(v128.load(w, 224), v128.load32_splat(group, 16)),
      errorIm = add(v128.load(w, 240), v128.load32_splat(group, 20));
    const fr = sub(add(one, mul(v128.load(w, 96), shift)), errorRe),
      fi = add(mul(v128.load(w, 80), shift), errorIm);
    const yr = add(mul(fr, qr), mul(fi, qi));
    qi = sub(mul(fr, qi), mul(fi, qr));
    qr = yr;
  }
  const ratio = f32x4.div(add(mul(pr, pr), mul(pi, pi)), add(mul(qr, qr), mul(qi, qi)));
  const reflectivity = mul(ratio, v128.load(w, 208));
  v128.store(out, f64x2.promote_low_f32x4(reflectivity));
  v128.store(out, f64x2.promote_low_f32x4(i32x4.shuffle(reflectivity, reflectivity, 2, 3, 0, 1)), 16);
}

// @ts-ignore: decorator
@inline function signOf(a: f32): f32 {
  return reinterpret<f32>(0x3f800000 | (reinterpret<u32>(a) & 0x80000000));
}

/** One lane of `recursion`, operation by operation: the same bits. */
function recursionScalar(w: usize, groups: usize, records: usize, end: usize, out: usize): void {
  const a = load<f32>(w),
    ca = load<f32>(w, 16),
    sa = load<f32>(w, 32),
    tiny = load<f32>(w, 48),
    wr = load<f32>(w, 80),
    wi = load<f32>(w, 96);
  const er = load<f32>(w, 112),
    ei = load<f32>(w, 128);
  let pr = load<f32>(w, 144),
    pi = load<f32>(w, 160),
    qr = load<f32>(w, 176),
    qi = load<f32>(w, 192);
  let record = records;
  for (let group = groups; group < records; group += GROUP_RECORD) {
    const stop = min<usize>(record + <usize>GROUP * SLICE, end);
    for (; record < stop; record += SLICE) {
      const A = a + load<f32>(record),
        sine: f32 = sa * load<f32>(record, 4) + ca * load<f32>(record, 8);
      const rho: f32 = load<f32>(record, 12) * ((sine * signOf(A) + tiny) / (abs<f32>(A) + tiny));
      const vr = load<f32>(record, 16),
        vi = load<f32>(record, 20);
      const tr: f32 = er * vr - ei * vi,
        ti: f32 = er * vi + ei * vr;
      const yr: f32 = tr * qr - ti * qi,
        yi: f32 = tr * qi + ti * qr;
      const hr: f32 = rho * wr,
        hi: f32 = rho * wi;
      const nr: f32 = hr * pr - hi * pi,
        ni: f32 = hr * pi + hi * pr;
      pr += rho * yr;
      pi += rho * yi;
      qr = yr + nr;
      qi = yi + ni;
    }
    const A = a + load<f32>(group),
      cb = load<f32>(group, 4),
      sb = load<f32>(group, 8),
      sign = signOf(A);
    const inverse: f32 = 1 / (abs<f32>(A) + tiny),
      s: f32 = ((sa * cb + ca * sb) * sign + tiny) * inverse;
    const shift: f32 = load<f32>(group, 12) * (1 - s * (ca * cb - sa * sb)) * (inverse * sign);
    const fr: f32 = 1 + wi * shift - (load<f32>(w, 224) + load<f32>(group, 16)),
      fi: f32 = wr * shift + (load<f32>(w, 240) + load<f32>(group, 20));
    const yr: f32 = fr * qr + fi * qi;
    qi = fr * qi - fi * qr;
    qr = yr;
  }
  store<f64>(out, <f64>(((pr * pr + pi * pi) / (qr * qr + qi * qi)) * load<f32>(w, 208)));
}

/** As transferMatrix, to 2e-4 in log10 R where R > 1e-8.
 *  @param slices all of one slope
 *  @param angleCount multiple of 4
 *  @param scratch transferMatrixFastScratch(sliceCount) bytes, 16-byte aligned */
export function transferMatrixFast(
  slices: usize,
  sliceCount: i32,
  angles: usize,
  angleCount: i32,
  scratch: usize,
  out: usize,
): Status {
  if (sliceCount < 1 || angleCount < 4 || angleCount & 3) return Status.BadCount;
  const plane = (<usize>angleCount) << 3,
    w = (scratch + 15) & ~15,
    groups = w + (ANGLE_VECTORS << 4);
  const records = groups + <usize>((sliceCount + GROUP - 1) / GROUP) * GROUP_RECORD,
    end = records + <usize>sliceCount * SLICE;
  writeSlices<f32>(slices, sliceCount, angles, angleCount, groups, records, SLICE_NUMBERS);
  for (let j = 0; j < angleCount; j += 4) {
    for (let l = 0; l < 4; l++)
      writeAngle<f32>(
        slices,
        sliceCount,
        angles + ((<usize>(j + l)) << 3),
        plane,
        TINY,
        w + ((<usize>l) << 2),
      );
    if (ASC_FEATURE_SIMD) {
      recursion(w, groups, records, end, out + ((<usize>j) << 3));
    } else {
      for (let l: usize = 0; l < 4; l++)
        recursionScalar(w + (l << 2), groups, records, end, out + ((<usize>j) << 3) + (l << 3));
    }
  }
  return Status.Ok;
}

/** Bytes of scratch that transferMatrixFast needs, with what the first address may lack to be aligned. */
export function transferMatrixFastScratch(sliceCount: i32): i32 {
  const groups = (sliceCount + GROUP - 1) / GROUP;
  return 16 + (ANGLE_VECTORS << 4) + groups * <i32>GROUP_RECORD + sliceCount * <i32>SLICE;
}
