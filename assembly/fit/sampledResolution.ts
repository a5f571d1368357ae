/** Columns seen through a symmetric resolution that is summed over the points of an even scan. */
import { add, mul } from "../math/simd";
import { Status } from "../status";

/** out[c][j] = taps[0]·columns[c][j] + Σ_{k=1…reach} taps[k]·(columns[c][j − k] + columns[c][j + k]), 0 beyond both ends.
 *  @param columns f64[columnCount][stride], `count` of each used
 *  @param taps f64[reach + 1]
 *  @param scratch resolveSampledScratch(count, reach) bytes
 *  @param out f64[columnCount][count + 1]; the last of each row is not a value */
export function resolveSampled(
  columns: usize,
  columnCount: i32,
  stride: i32,
  count: i32,
  taps: usize,
  reach: i32,
  scratch: usize,
  out: usize,
): Status {
  if (columnCount < 1 || count < 1 || stride < count || reach < 0) return Status.BadCount;
  const middle = scratch + ((<usize>reach) << 3),
    lastTap = taps + ((<usize>reach) << 3);
  memory.fill(scratch, 0, resolveSampledScratch(count, reach));
  for (let c = 0; c < columnCount; c++) {
    const to = out + ((<usize>c * <usize>(count + 1)) << 3);
    memory.copy(middle, columns + ((<usize>c * <usize>stride) << 3), (<usize>count) << 3);
    for (let j = 0; j < count; j += 2) {
      const at = middle + ((<usize>j) << 3);
      let left = at,
        right = at;
      if (ASC_FEATURE_SIMD) {
        let sum = mul(v128.load64_splat(taps), v128.load(at));
        for (let tap = taps + 8; tap <= lastTap; tap += 8) {
          left -= 8;
          right += 8;
          sum = add(sum, mul(v128.load64_splat(tap), add(v128.load(left), v128.load(right))));
        }
        v128.store(to + ((<usize>j) << 3), sum);
      } else {
        let sum0 = load<f64>(taps) * load<f64>(at),
          sum1 = load<f64>(taps) * load<f64>(at, 8);
        for (let tap = taps + 8; tap <= lastTap; tap += 8) {
          left -= 8;
          right += 8;
          sum0 += load<f64>(tap) * (load<f64>(left) + load<f64>(right));
          sum1 += load<f64>(tap) * (load<f64>(left, 8) + load<f64>(right, 8));
        }
        store<f64>(to + ((<usize>j) << 3), sum0);
        store<f64>(to + ((<usize>j) << 3), sum1, 8);
      }
    }
  }
  return Status.Ok;
}

/** Bytes of scratch that resolveSampled needs. */
export function resolveSampledScratch(count: i32, reach: i32): i32 {
  return 8 * (count + 2 * reach + 2);
}
