/** The network's axis: strain in even steps, log10 of the share of the maximum. Measured scans and training samples go
 *  through the same function. */
import { Status } from "../status";

/** @param strain of each point, in the axis's unit, f64[count], descending strictly
 *  @param intensity f64[count], ≥ 0; zeros, and what lies outside the points, become the smallest non-zero one
 *  @param first, last axis values, first > last
 *  @param out f32[axisCount] */
export function toAxis(
  strain: usize,
  intensity: usize,
  count: i32,
  first: f64,
  last: f64,
  axisCount: i32,
  out: usize,
): Status {
  if (count < 2 || axisCount < 2 || !(first > last)) return Status.BadCount;
  let smallest = Infinity;
  for (let j = 0; j < count; j++) {
    const y = load<f64>(intensity + ((<usize>j) << 3));
    if (y > 0) smallest = min(smallest, y);
  }
  if (!(smallest < Infinity)) return Status.BadParameter;
  const step = (last - first) / <f64>(axisCount - 1);
  let largest: f64 = 0,
    j = 0;
  for (let i = 0; i < axisCount; i++) {
    const x = first + step * <f64>i;
    let value = smallest;
    if (x <= load<f64>(strain) && x >= load<f64>(strain + ((<usize>(count - 1)) << 3))) {
      while (j < count - 2 && load<f64>(strain + ((<usize>(j + 1)) << 3)) >= x) j++;
      const at = (<usize>j) << 3,
        x0 = load<f64>(strain + at),
        x1 = load<f64>(strain + at, 8);
      const y0 = load<f64>(intensity + at),
        y1 = load<f64>(intensity + at, 8);
      const a = y0 > 0 ? y0 : smallest,
        b = y1 > 0 ? y1 : smallest;
      value = a + ((b - a) * (x - x0)) / (x1 - x0);
    }
    const rounded = <f32>value;
    largest = max(largest, <f64>rounded);
    store<f32>(out + ((<usize>i) << 2), rounded);
  }
  // Most of a curve's ends is one value over and over: its logarithm is taken once.
  let before: f32 = 0,
    logarithm: f32 = 0;
  for (let i = 0; i < axisCount; i++) {
    const at = out + ((<usize>i) << 2),
      value = load<f32>(at);
    if (value != before) {
      before = value;
      logarithm = <f32>(Math.log(<f64>value / largest) * 0.4342944819032518);
    }
    store<f32>(at, logarithm);
  }
  return Status.Ok;
}
