/** Batch normalisation with ReLU, forward and backward, over rows of channels; f32, sums folded into f64. */
import { Status } from "../status";

/** Rows whose sum is kept in f32. */
const FOLD = 64;

// @ts-ignore: decorator
@inline function at(block: usize, index: i32): f32 {
  return load<f32>(block + ((<usize>index) << 2));
}

/** total[c] += partial[c], partial[c] ← 0. */
function fold(partial: usize, total: usize, channels: i32): void {
  for (let c = 0; c < channels; c++) {
    const t = total + ((<usize>c) << 3),
      p = partial + ((<usize>c) << 2);
    store<f64>(t, load<f64>(t) + <f64>load<f32>(p));
    store<f32>(p, 0);
  }
}

/** mean[c] and variance[c] (by count) of x f32[rows][channels].
 *  @param scratch momentsScratch(channels) bytes */
export function moments(
  x: usize,
  rows: i32,
  channels: i32,
  mean: usize,
  variance: usize,
  scratch: usize,
): Status {
  if (rows < 1 || channels < 1) return Status.BadCount;
  const total = scratch,
    partial = scratch + ((<usize>channels) << 3),
    row = (<usize>channels) << 2,
    vector = row & ~15;
  for (let pass = 0; pass < 2; pass++) {
    memory.fill(scratch, 0, <usize>channels * 12);
    for (let r = 0; r < rows; r++) {
      const from = x + <usize>r * row;
      let c: usize = 0;
      if (ASC_FEATURE_SIMD) {
        for (; c < vector; c += 16) {
          let value = v128.load(from + c);
          if (pass == 1) {
            value = f32x4.sub(value, v128.load(mean + c));
            value = f32x4.mul(value, value);
          }
          v128.store(partial + c, f32x4.add(v128.load(partial + c), value));
        }
      }
      for (; c < row; c += 4) {
        let value = load<f32>(from + c);
        if (pass == 1) {
          value -= load<f32>(mean + c);
          value *= value;
        }
        store<f32>(partial + c, load<f32>(partial + c) + value);
      }
      if ((r + 1) % FOLD == 0) fold(partial, total, channels);
    }
    fold(partial, total, channels);
    const to = pass == 0 ? mean : variance;
    for (let c = 0; c < channels; c++)
      store<f32>(to + ((<usize>c) << 2), <f32>(load<f64>(total + ((<usize>c) << 3)) / <f64>rows));
  }
  return Status.Ok;
}

/** y = scale[c] x + shift[c] + add, negative values cut to 0 where `rectify`.
 *  @param add f32[rows][channels], or 0: none */
export function scaleShift(
  x: usize,
  rows: i32,
  channels: i32,
  scale: usize,
  shift: usize,
  add: usize,
  rectify: bool,
  y: usize,
): Status {
  if (rows < 1 || channels < 1) return Status.BadCount;
  const row = (<usize>channels) << 2,
    vector = row & ~15;
  for (let r = 0; r < rows; r++) {
    let c: usize = 0;
    if (ASC_FEATURE_SIMD) {
      for (; c < vector; c += 16) {
        let value = f32x4.add(f32x4.mul(v128.load(x + c), v128.load(scale + c)), v128.load(shift + c));
        if (add != 0) value = f32x4.add(value, v128.load(add + c));
        v128.store(y + c, rectify ? f32x4.max(value, f32x4.splat(0)) : value);
      }
    }
    for (; c < row; c += 4) {
      let value = load<f32>(x + c) * load<f32>(scale + c) + load<f32>(shift + c);
      if (add != 0) value += load<f32>(add + c);
      store<f32>(y + c, rectify ? max(value, <f32>0) : value);
    }
    x += row;
    y += row;
    if (add != 0) add += row;
  }
  return Status.Ok;
}

/** Gradients of y = relu(γ (x − mean) inverse + β).
 *  @param isOfBatch whether mean and variance are those of x itself; or else they are constants
 *  @param y what came out where it was rectified; or 0
 *  @param inverse 1/√(variance + ε)
 *  @param dx f32[rows][channels]
 *  @param dGamma, dBeta f32[channels]
 *  @param scratch normalisationScratch(channels) bytes */
export function normalisationGradient(
  x: usize,
  y: usize,
  dy: usize,
  rows: i32,
  channels: i32,
  mean: usize,
  inverse: usize,
  gamma: usize,
  isOfBatch: bool,
  dx: usize,
  dGamma: usize,
  dBeta: usize,
  scratch: usize,
): Status {
  if (rows < 1 || channels < 1) return Status.BadCount;
  const row = (<usize>channels) << 2,
    vector = row & ~15,
    bytes = <usize>channels;
  const total = scratch,
    totalX = scratch + (bytes << 3),
    partial = scratch + (bytes << 4),
    partialX = partial + row,
    a = partialX + row,
    b = a + row,
    d = b + row;
  memory.fill(scratch, 0, bytes * 24);
  for (let r = 0; r < rows; r++) {
    const at0 = <usize>r * row;
    let c: usize = 0;
    if (ASC_FEATURE_SIMD) {
      for (; c < vector; c += 16) {
        let g = v128.load(dy + at0 + c);
        if (y != 0) g = v128.and(g, f32x4.gt(v128.load(y + at0 + c), f32x4.splat(0)));
        v128.store(partial + c, f32x4.add(v128.load(partial + c), g));
        const centred = f32x4.sub(v128.load(x + at0 + c), v128.load(mean + c));
        v128.store(partialX + c, f32x4.add(v128.load(partialX + c), f32x4.mul(g, centred)));
      }
    }
    for (; c < row; c += 4) {
      const g = y != 0 && !(load<f32>(y + at0 + c) > 0) ? <f32>0 : load<f32>(dy + at0 + c);
      store<f32>(partial + c, load<f32>(partial + c) + g);
      store<f32>(partialX + c, load<f32>(partialX + c) + g * (load<f32>(x + at0 + c) - load<f32>(mean + c)));
    }
    if ((r + 1) % FOLD == 0) {
      fold(partial, total, channels);
      fold(partialX, totalX, channels);
    }
  }
  fold(partial, total, channels);
  fold(partialX, totalX, channels);
  // dx = γ·inverse·(g − Σg/n − (x − mean)·inverse²·Σg(x − mean)/n) = a·g + b·x + d; γ·inverse·g with constant moments.
  for (let c = 0; c < channels; c++) {
    const s = load<f64>(total + ((<usize>c) << 3)),
      sx = load<f64>(totalX + ((<usize>c) << 3)),
      i = <f64>at(inverse, c);
    const slope = <f64>at(gamma, c) * i,
      tilt = isOfBatch ? (-slope * i * i * sx) / <f64>rows : 0,
      p = (<usize>c) << 2;
    store<f32>(dBeta + p, <f32>s);
    store<f32>(dGamma + p, <f32>(sx * i));
    store<f32>(a + p, <f32>slope);
    store<f32>(b + p, <f32>tilt);
    store<f32>(d + p, isOfBatch ? <f32>((-slope * s) / <f64>rows - tilt * <f64>at(mean, c)) : 0);
  }
  for (let r = 0; r < rows; r++) {
    const at0 = <usize>r * row;
    let c: usize = 0;
    if (ASC_FEATURE_SIMD) {
      for (; c < vector; c += 16) {
        let g = v128.load(dy + at0 + c);
        if (y != 0) g = v128.and(g, f32x4.gt(v128.load(y + at0 + c), f32x4.splat(0)));
        const value = f32x4.add(
          f32x4.mul(v128.load(a + c), g),
          f32x4.mul(v128.load(b + c), v128.load(x + at0 + c)),
        );
        v128.store(dx + at0 + c, f32x4.add(value, v128.load(d + c)));
      }
    }
    for (; c < row; c += 4) {
      const g = y != 0 && !(load<f32>(y + at0 + c) > 0) ? <f32>0 : load<f32>(dy + at0 + c);
      store<f32>(
        dx + at0 + c,
        load<f32>(a + c) * g + load<f32>(b + c) * load<f32>(x + at0 + c) + load<f32>(d + c),
      );
    }
  }
  return Status.Ok;
}

/** Bytes of scratch that moments needs. */
export function momentsScratch(channels: i32): i32 {
  return 12 * channels;
}

/** Bytes of scratch that normalisationGradient needs. */
export function normalisationScratch(channels: i32): i32 {
  return 36 * channels;
}
