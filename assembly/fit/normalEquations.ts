/** The normal equations of a weighted linear model, from its columns. */
import { add, mul } from "../math/simd";
import { Status } from "../status";

// @ts-ignore: decorator
@inline function sumOf(v: v128): f64 {
  return f64x2.extract_lane(v, 0) + f64x2.extract_lane(v, 1);
}

/** H[a][b] = Σ_j w_j² c_a[j] c_b[j] for b ≤ a,  g[a] = Σ_j w_j r_j c_a[j].
 *  @param columns f64[columnCount][stride], `points` of each used; multiplied by w in place
 *  @param weights w, f64[points]
 *  @param residuals r, f64[points]
 *  @param hessian f64[columnCount][columnCount], the lower triangle is written
 *  @param gradient f64[columnCount], written */
export function normalEquations(
  columns: usize,
  columnCount: i32,
  stride: i32,
  points: i32,
  weights: usize,
  residuals: usize,
  hessian: usize,
  gradient: usize,
): Status {
  if (columnCount < 1 || points < 1 || stride < points) return Status.BadCount;
  const row = (<usize>stride) << 3,
    pairs = (<usize>(points & ~1)) << 3,
    end = (<usize>points) << 3;
  for (let a = 0; a < columnCount; a++) {
    const column = columns + <usize>a * row;
    let sum: f64 = 0;
    for (let at: usize = 0; at < end; at += 8) {
      const value = load<f64>(column + at) * load<f64>(weights + at);
      store<f64>(column + at, value);
      sum += value * load<f64>(residuals + at);
    }
    store<f64>(gradient + ((<usize>a) << 3), sum);
  }
  for (let a = 0; a < columnCount; a += 2) {
    const a0 = columns + <usize>a * row,
      isPair = a + 1 < columnCount,
      a1 = isPair ? a0 + row : a0,
      to0 = hessian + ((<usize>(a * columnCount)) << 3),
      to1 = to0 + ((<usize>columnCount) << 3);
    for (let b = 0; b <= a + 1; b += 2) {
      const b0 = columns + <usize>b * row,
        b1 = b + 1 < columnCount ? b0 + row : b0;
      let h00: f64 = 0,
        h01: f64 = 0,
        h10: f64 = 0,
        h11: f64 = 0,
        at: usize = 0;
      if (ASC_FEATURE_SIMD) {
        let s00 = f64x2.splat(0),
          s01 = f64x2.splat(0),
          s10 = f64x2.splat(0),
          s11 = f64x2.splat(0);
        for (; at < pairs; at += 16) {
          const x0 = v128.load(a0 + at),
            x1 = v128.load(a1 + at),
            y0 = v128.load(b0 + at),
            y1 = v128.load(b1 + at);
          s00 = add(s00, mul(x0, y0));
          s01 = add(s01, mul(x0, y1));
          s10 = add(s10, mul(x1, y0));
          s11 = add(s11, mul(x1, y1));
        }
        h00 = sumOf(s00);
        h01 = sumOf(s01);
        h10 = sumOf(s10);
        h11 = sumOf(s11);
      }
      for (; at < end; at += 8) {
        const x0 = load<f64>(a0 + at),
          x1 = load<f64>(a1 + at),
          y0 = load<f64>(b0 + at),
          y1 = load<f64>(b1 + at);
        h00 += x0 * y0;
        h01 += x0 * y1;
        h10 += x1 * y0;
        h11 += x1 * y1;
      }
      const b8 = (<usize>b) << 3;
      store<f64>(to0 + b8, h00);
      if (b < a) store<f64>(to0 + b8, h01, 8);
      if (isPair) {
        store<f64>(to1 + b8, h10);
        if (b + 1 < columnCount) store<f64>(to1 + b8, h11, 8);
      }
    }
  }
  return Status.Ok;
}
