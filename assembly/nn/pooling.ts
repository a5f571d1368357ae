/** Largest of each two neighbours, and its gradient; f32[images][length][channels], an odd last one left out. */
import { Status } from "../status";

/** @param y f32[images][length/2][channels] */
export function maxPool(x: usize, images: i32, length: i32, channels: i32, y: usize): Status {
  if (images < 0 || length < 2 || channels < 1) return Status.BadCount;
  const row = (<usize>channels) << 2,
    vector = row & ~15,
    half = length / 2;
  for (let n = 0; n < images; n++) {
    for (let i = 0; i < half; i++) {
      const from = x + <usize>(n * length + 2 * i) * row;
      let c: usize = 0;
      if (ASC_FEATURE_SIMD)
        for (; c < vector; c += 16)
          v128.store(y + c, f32x4.max(v128.load(from + c), v128.load(from + row + c)));
      for (; c < row; c += 4) store<f32>(y + c, max(load<f32>(from + c), load<f32>(from + row + c)));
      y += row;
    }
  }
  return Status.Ok;
}

/** @param dx the gradient goes to the larger, to the first of two equal ones */
export function maxPoolGradient(
  x: usize,
  dy: usize,
  images: i32,
  length: i32,
  channels: i32,
  dx: usize,
): Status {
  if (images < 0 || length < 2 || channels < 1) return Status.BadCount;
  const row = (<usize>channels) << 2,
    vector = row & ~15,
    half = length / 2;
  for (let n = 0; n < images; n++) {
    for (let i = 0; i < half; i++) {
      const at = <usize>(n * length + 2 * i) * row,
        from = x + at,
        to = dx + at;
      let c: usize = 0;
      if (ASC_FEATURE_SIMD) {
        for (; c < vector; c += 16) {
          const isFirst = f32x4.ge(v128.load(from + c), v128.load(from + row + c)),
            g = v128.load(dy + c);
          v128.store(to + c, v128.and(g, isFirst));
          v128.store(to + row + c, v128.andnot(g, isFirst));
        }
      }
      for (; c < row; c += 4) {
        const isFirst = load<f32>(from + c) >= load<f32>(from + row + c),
          g = load<f32>(dy + c);
        store<f32>(to + c, isFirst ? g : <f32>0);
        store<f32>(to + row + c, isFirst ? <f32>0 : g);
      }
      dy += row;
    }
    if (length % 2 == 1) memory.fill(dx + <usize>(n * length + length - 1) * row, 0, row);
  }
  return Status.Ok;
}
