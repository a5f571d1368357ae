/** From derivatives with respect to slices to those with respect to parameters. */
import { Status } from "../status";

/** out[first[n] + i] += basis[n][i]·rows[n] for i = 0…3: the chain rule through a table of four entries a slice.
 *  @param rows f64[sliceCount][angleCount]
 *  @param basis f64[sliceCount][4]
 *  @param first i32[sliceCount]
 *  @param out f64[first + 3 columns at least][angleCount], added to; columns whose coefficient is 0 are not touched */
export function projectRows(
  rows: usize,
  sliceCount: i32,
  angleCount: i32,
  basis: usize,
  first: usize,
  out: usize,
): Status {
  if (sliceCount < 1 || angleCount < 1) return Status.BadCount;
  const plane = (<usize>angleCount) << 3;
  for (let n = 0; n < sliceCount; n++) {
    const row = rows + <usize>n * plane;
    for (let i = 0; i < 4; i++) {
      const coefficient = load<f64>(basis + ((<usize>(n * 4 + i)) << 3));
      if (coefficient == 0) continue;
      const column = out + <usize>(load<i32>(first + ((<usize>n) << 2)) + i) * plane;
      for (let at: usize = 0; at < plane; at += 8)
        store<f64>(column + at, load<f64>(column + at) + coefficient * load<f64>(row + at));
    }
  }
  return Status.Ok;
}
