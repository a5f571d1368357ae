/** A step of AdamW with everything that goes with it, in one pass over the weights and in place; f32. */
import { Status } from "../status";

/** Numbers whose squares are summed in f32. */
const FOLD = 256;

/** Σ x². @param x f32[count] */
export function squareSum(x: usize, count: i32): f64 {
  let total: f64 = 0;
  for (let start = 0; start < count; start += FOLD) {
    const end = min(count, start + FOLD);
    let i = start,
      sum: f32 = 0;
    if (ASC_FEATURE_SIMD) {
      let sums = f32x4.splat(0);
      for (; i + 4 <= end; i += 4) {
        const value = v128.load(x + ((<usize>i) << 2));
        sums = f32x4.add(sums, f32x4.mul(value, value));
      }
      sum =
        f32x4.extract_lane(sums, 0) +
        f32x4.extract_lane(sums, 1) +
        (f32x4.extract_lane(sums, 2) + f32x4.extract_lane(sums, 3));
    }
    for (; i < end; i++) {
      const value = load<f32>(x + ((<usize>i) << 2));
      sum += value * value;
    }
    total += <f64>sum;
  }
  return total;
}

/** Loshchilov & Hutter 2019, algorithm 2: g ← scale·gradient, m ← β₁m + (1 − β₁)g, v ← β₂v + (1 − β₂)g²,
 *  w ← decay·w − rate·m/(√v + ε); then average ← keep·average + (1 − keep)w.
 *  @param w, gradient, m, v, average f32[count]; average 0: none
 *  @param rate, epsilon with the corrections of the young moments in them */
export function adamw(
  w: usize,
  gradient: usize,
  m: usize,
  v: usize,
  average: usize,
  count: i32,
  beta1: f64,
  beta2: f64,
  scale: f32,
  decay: f32,
  rate: f32,
  epsilon: f32,
  keep: f64,
): Status {
  if (count < 0) return Status.BadCount;
  // What is left of 1 rounds once, from double precision.
  const bytes = (<usize>count) << 2,
    old1 = <f32>beta1,
    old2 = <f32>beta2,
    rest1 = <f32>(1 - beta1),
    rest2 = <f32>(1 - beta2),
    kept = <f32>keep,
    rest = <f32>(1 - keep);
  let at: usize = 0;
  if (ASC_FEATURE_SIMD) {
    for (const end = bytes & ~15; at < end; at += 16) {
      const g = f32x4.mul(v128.load(gradient + at), f32x4.splat(scale));
      const first = f32x4.add(
        f32x4.mul(v128.load(m + at), f32x4.splat(old1)),
        f32x4.mul(g, f32x4.splat(rest1)),
      );
      const second = f32x4.add(
        f32x4.mul(v128.load(v + at), f32x4.splat(old2)),
        f32x4.mul(f32x4.mul(g, g), f32x4.splat(rest2)),
      );
      const move = f32x4.div(
        f32x4.mul(first, f32x4.splat(rate)),
        f32x4.add(f32x4.sqrt(second), f32x4.splat(epsilon)),
      );
      const weight = f32x4.sub(f32x4.mul(v128.load(w + at), f32x4.splat(decay)), move);
      v128.store(m + at, first);
      v128.store(v + at, second);
      v128.store(w + at, weight);
      if (average != 0)
        v128.store(
          average + at,
          f32x4.add(
            f32x4.mul(v128.load(average + at), f32x4.splat(kept)),
            f32x4.mul(weight, f32x4.splat(rest)),
          ),
        );
    }
  }
  for (; at < bytes; at += 4) {
    const g = load<f32>(gradient + at) * scale;
    const first = load<f32>(m + at) * old1 + g * rest1,
      second = load<f32>(v + at) * old2 + g * g * rest2;
    const weight = load<f32>(w + at) * decay - (first * rate) / (sqrt<f32>(second) + epsilon);
    store<f32>(m + at, first);
    store<f32>(v + at, second);
    store<f32>(w + at, weight);
    if (average != 0) store<f32>(average + at, load<f32>(average + at) * kept + weight * rest);
  }
  return Status.Ok;
}
