/** The two inner loops of every convolution and dense layer: 4 rows × 8 columns of a product, f32. The scalar forms are
 *  their twins (and what a machine without SIMD runs). Six rows would fill the registers of x86, and spill in V8: half as
 *  fast. */

/** Columns of a packed panel, rows of a tile. */
export const PANEL = 8;
export const ROWS = 4;

// @ts-ignore: decorator
@inline function mad(a: v128, b: v128, c: v128): v128 {
  return ASC_FEATURE_RELAXED_SIMD ? f32x4.relaxed_madd(a, b, c) : f32x4.add(f32x4.mul(a, b), c);
}

/** out[4][8] = start[8] + A[4][inner] · B[inner][8].
 *  @param a0, a1, a2, a3 the four rows
 *  @param panel f32[inner][8]
 *  @param start f32[8]
 *  @param out f32, rows `outStride` bytes apart */
export function tileForward(
  a0: usize,
  a1: usize,
  a2: usize,
  a3: usize,
  panel: usize,
  inner: i32,
  start: usize,
  out: usize,
  outStride: usize,
): void {
  if (ASC_FEATURE_SIMD) {
    let c00 = v128.load(start),
      c01 = v128.load(start, 16);
    let c10 = c00,
      c11 = c01,
      c20 = c00,
      c21 = c01,
      c30 = c00,
      c31 = c01;
    const end = (<usize>inner) << 2;
    for (let k: usize = 0; k < end; k += 4) {
      const b0 = v128.load(panel),
        b1 = v128.load(panel, 16);
      panel += 32;
      let x = v128.load32_splat(a0 + k);
      c00 = mad(x, b0, c00);
      c01 = mad(x, b1, c01);
      x = v128.load32_splat(a1 + k);
      c10 = mad(x, b0, c10);
      c11 = mad(x, b1, c11);
      x = v128.load32_splat(a2 + k);
      c20 = mad(x, b0, c20);
      c21 = mad(x, b1, c21);
      x = v128.load32_splat(a3 + k);
      c30 = mad(x, b0, c30);
      c31 = mad(x, b1, c31);
    }
    v128.store(out, c00);
    v128.store(out, c01, 16);
    out += outStride;
    v128.store(out, c10);
    v128.store(out, c11, 16);
    out += outStride;
    v128.store(out, c20);
    v128.store(out, c21, 16);
    out += outStride;
    v128.store(out, c30);
    v128.store(out, c31, 16);
  } else {
    for (let r = 0; r < ROWS; r++) {
      const a = r == 0 ? a0 : r == 1 ? a1 : r == 2 ? a2 : a3;
      for (let j: usize = 0; j < 32; j += 4) {
        let sum = load<f32>(start + j);
        for (let k: usize = 0; k < <usize>inner; k++)
          sum += load<f32>(a + (k << 2)) * load<f32>(panel + (k << 5) + j);
        store<f32>(out + j, sum);
      }
      out += outStride;
    }
  }
}

/** out[4][8] += Aᵀ[4][count] · B[count][8].
 *  @param left f32[count][4]
 *  @param right f32[count][8]
 *  @param out f32, rows `outStride` bytes apart */
export function tileGradient(left: usize, right: usize, count: i32, out: usize, outStride: usize): void {
  if (ASC_FEATURE_SIMD) {
    const out1 = out + outStride,
      out2 = out1 + outStride,
      out3 = out2 + outStride;
    let c00 = v128.load(out),
      c01 = v128.load(out, 16),
      c10 = v128.load(out1),
      c11 = v128.load(out1, 16);
    let c20 = v128.load(out2),
      c21 = v128.load(out2, 16),
      c30 = v128.load(out3),
      c31 = v128.load(out3, 16);
    for (const end = right + ((<usize>count) << 5); right < end; right += 32) {
      const b0 = v128.load(right),
        b1 = v128.load(right, 16);
      let a = v128.load32_splat(left);
      c00 = mad(a, b0, c00);
      c01 = mad(a, b1, c01);
      a = v128.load32_splat(left, 4);
      c10 = mad(a, b0, c10);
      c11 = mad(a, b1, c11);
      a = v128.load32_splat(left, 8);
      c20 = mad(a, b0, c20);
      c21 = mad(a, b1, c21);
      a = v128.load32_splat(left, 12);
      c30 = mad(a, b0, c30);
      c31 = mad(a, b1, c31);
      left += 16;
    }
    v128.store(out, c00);
    v128.store(out, c01, 16);
    v128.store(out1, c10);
    v128.store(out1, c11, 16);
    v128.store(out2, c20);
    v128.store(out2, c21, 16);
    v128.store(out3, c30);
    v128.store(out3, c31, 16);
  } else {
    for (let i: usize = 0; i < 4; i++) {
      for (let j: usize = 0; j < 32; j += 4) {
        let sum = load<f32>(out + j);
        for (let k: usize = 0; k < <usize>count; k++)
          sum += load<f32>(left + (k << 4) + (i << 2)) * load<f32>(right + (k << 5) + j);
        store<f32>(out + j, sum);
      }
      out += outStride;
    }
  }
}
