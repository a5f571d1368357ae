/** Uniform cubic B-splines: basis i on N intervals of [0, 1] is β3(N ζ − i + 3), β3 on [0, 4]. */
import { Status } from "../status";

/** The four basis functions that are not zero at each point, and the index of the first of them.
 *  @param zeta f64[count], in [0, 1]
 *  @param intervals N ≥ 1; N + 3 basis functions in all
 *  @param basis f64[count][4], written
 *  @param first i32[count], written: 0 … N − 1 */
export function bsplineBasis(zeta: usize, count: i32, intervals: i32, basis: usize, first: usize): Status {
  if (count < 1 || intervals < 1) return Status.BadCount;
  for (let j = 0; j < count; j++) {
    const x = load<f64>(zeta + ((<usize>j) << 3)) * <f64>intervals;
    const cell = max(min(<i32>Math.floor(x), intervals - 1), 0),
      u = x - <f64>cell,
      v = 1 - u;
    const to = basis + ((<usize>j) << 5);
    store<f64>(to, (v * v * v) / 6, 0);
    store<f64>(to, 2.0 / 3 - u * u * (1 - u / 2), 8);
    store<f64>(to, 2.0 / 3 - v * v * (1 - v / 2), 16);
    store<f64>(to, (u * u * u) / 6, 24);
    store<i32>(first + ((<usize>j) << 2), cell);
  }
  return Status.Ok;
}

/** Spline of the given weights at each point.
 *  @param weights f64[intervals + 3]
 *  @param scratch bsplineValuesScratch() bytes
 *  @param out f64[count], written */
export function bsplineValues(
  weights: usize,
  zeta: usize,
  count: i32,
  intervals: i32,
  scratch: usize,
  out: usize,
): Status {
  if (count < 1 || intervals < 1) return Status.BadCount;
  for (let j = 0; j < count; j++) {
    const at = (<usize>j) << 3;
    bsplineBasis(zeta + at, 1, intervals, scratch, scratch + 32);
    const w = weights + ((<usize>load<i32>(scratch, 32)) << 3);
    store<f64>(
      out + at,
      load<f64>(w) * load<f64>(scratch) +
        load<f64>(w, 8) * load<f64>(scratch, 8) +
        load<f64>(w, 16) * load<f64>(scratch, 16) +
        load<f64>(w, 24) * load<f64>(scratch, 24),
    );
  }
  return Status.Ok;
}

/** Bytes of scratch that bsplineValues needs. */
export function bsplineValuesScratch(): i32 {
  return 40;
}
