/** The network's axis of protocol "measured": cells of even width in strain. A cell has the mean of the scan's straight-line
 *  interpolation over its width, so that a scan finer than the axis keeps all its counts and a coarser one is
 *  interpolated. Measured scans and training samples go through the same function. */
import { Status } from "../status";

/** @param strain of each point, f64[count], descending strictly
 *  @param intensity f64[count], ≥ 0; cells with less than the smallest non-zero count has in them, and those outside the
 *    points, get that
 *  @param first, last middle of the first and of the last cell, first > last
 *  @param scratch toCellsScratch(count) bytes
 *  @param out f32[cellCount]: log10 of the share of the maximum */
export function toCells(
  strain: usize,
  intensity: usize,
  count: i32,
  first: f64,
  last: f64,
  cellCount: i32,
  scratch: usize,
  out: usize,
): Status {
  if (count < 2 || cellCount < 2 || !(first > last)) return Status.BadCount;
  const width = (first - last) / <f64>(cellCount - 1),
    end = (<usize>(count - 1)) << 3;
  const from = load<f64>(strain),
    to = load<f64>(strain + end);
  // Integral from the first point on.
  let smallest = Infinity,
    integral: f64 = 0;
  store<f64>(scratch, 0);
  for (let at: usize = 0; at <= end; at += 8) {
    const y = load<f64>(intensity + at);
    if (y > 0) smallest = min(smallest, y);
    if (at > 0)
      store<f64>(
        scratch + at,
        (integral +=
          0.5 * (y + load<f64>(intensity + at - 8)) * (load<f64>(strain + at - 8) - load<f64>(strain + at))),
      );
  }
  if (!(smallest < Infinity)) return Status.BadParameter;
  const least = smallest * min<f64>((from - to) / (<f64>(count - 1) * width), 1);
  let largest: f64 = 0,
    left: f64 = 0,
    right: f64 = 0,
    j = 0,
    before = from;
  for (let i = 0; i < cellCount; i++) {
    const middle = first - width * <f64>i;
    const upper = min(middle + 0.5 * width, from),
      lower = max(middle - 0.5 * width, to);
    let value = least;
    if (upper > lower) {
      // Neighbouring cells share a border: what was the right end is the left one now.
      if (upper != before) {
        while (j < count - 2 && load<f64>(strain + ((<usize>(j + 1)) << 3)) > upper) j++;
        left = partial(strain, intensity, scratch, j, upper);
      } else left = right;
      while (j < count - 2 && load<f64>(strain + ((<usize>(j + 1)) << 3)) > lower) j++;
      right = partial(strain, intensity, scratch, j, lower);
      before = lower;
      value = max((right - left) / (upper - lower), least);
    }
    const rounded = <f32>value;
    largest = max(largest, <f64>rounded);
    store<f32>(out + ((<usize>i) << 2), rounded);
  }
  let known: f32 = 0,
    logarithm: f32 = 0;
  for (let i = 0; i < cellCount; i++) {
    const at = out + ((<usize>i) << 2),
      value = load<f32>(at);
    if (value != known) {
      known = value;
      logarithm = <f32>(Math.log(<f64>value / largest) * 0.4342944819032518);
    }
    store<f32>(at, logarithm);
  }
  return Status.Ok;
}

/** Integral up to x, which lies between points j and j + 1. */
function partial(strain: usize, intensity: usize, integrals: usize, j: i32, x: f64): f64 {
  const at = (<usize>j) << 3,
    x0 = load<f64>(strain + at),
    x1 = load<f64>(strain + at, 8),
    y0 = load<f64>(intensity + at),
    y1 = load<f64>(intensity + at, 8);
  const h = x0 - x;
  return load<f64>(integrals + at) + h * (y0 + (0.5 * (y1 - y0) * h) / (x0 - x1));
}

/** Bytes of scratch that toCells needs. */
export function toCellsScratch(count: i32): i32 {
  return 8 * count;
}
