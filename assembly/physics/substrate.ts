/** The amplitude below the first slice: nothing, or a semi-infinite crystal. */
import { AnglePlane, SliceSlot } from "../layout";
import { Status } from "../status";
import { sqrtIm, sqrtRe, unstrainedSlice } from "./phases";

// @ts-ignore: decorator
@inline function setStart(table: usize, plane: usize, j: i32, re: f64, im: f64): void {
  store<f64>(table + plane * AnglePlane.StartRe + ((<usize>j) << 3), re);
  store<f64>(table + plane * AnglePlane.StartIm + ((<usize>j) << 3), im);
}

/** X = 0: a film of which nothing below diffracts. */
export function startEmpty(table: usize, count: i32): Status {
  if (count < 1) return Status.BadCount;
  for (let j = 0; j < count; j++) setStart(table, (<usize>count) << 3, j, 0, 0);
  return Status.Ok;
}

/** X = η ∓ √(η² − 1), the root with |X| ≤ 1: a semi-infinite crystal (η = A/K of its unstrained slice).
 *  @param source angle table of the substrate's own reflection at the same angles
 *  @param table angle table whose start is written; may be `source`
 *  @param scratch startScratch() bytes */
export function startSemiInfinite(
  block: usize,
  source: usize,
  table: usize,
  count: i32,
  scratch: usize,
): Status {
  if (count < 1) return Status.BadCount;
  unstrainedSlice(block, 1, scratch);
  const slope = load<f64>(scratch, 0),
    or = load<f64>(scratch, 8),
    oi = load<f64>(scratch, 16),
    k = load<f64>(scratch, 24);
  const plane = (<usize>count) << 3;
  for (let j = 0; j < count; j++) {
    const at = source + ((<usize>j) << 3);
    const ar = slope * load<f64>(at) + or,
      ai = slope * load<f64>(at + plane) + oi;
    const kr = k * load<f64>(at + plane * 2),
      ki = k * load<f64>(at + plane * 3);
    const size = 1 / (kr * kr + ki * ki);
    const er = (ar * kr + ai * ki) * size,
      ei = (ai * kr - ar * ki) * size;
    const tr = er * er - ei * ei - 1,
      ti = 2 * er * ei;
    const sr = sqrtRe(tr, ti),
      si = sqrtIm(tr, ti);
    // The larger of η ± √ is free of cancellation; its reciprocal is the other root (their product is 1).
    const pr = er + sr,
      pi = ei + si,
      mr = er - sr,
      mi = ei - si;
    const ps = pr * pr + pi * pi,
      ms = mr * mr + mi * mi;
    const lr = ps >= ms ? pr : mr,
      li = ps >= ms ? pi : mi,
      l = max(ps, ms);
    setStart(table, plane, j, lr / l, -li / l);
  }
  return Status.Ok;
}

/** Bytes of scratch that startSemiInfinite needs. */
export function startScratch(): i32 {
  return SliceSlot.Size << 3;
}
