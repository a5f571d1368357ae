/** The tables of the factored recursion (transferMatrixFast.ts), for kernels of either precision T (f32, f64): slices of one slope,
 *  phasors of slices and of angles apart, so that no sine is left for a pair of them. */
import { AnglePlane, SliceSlot } from "../layout";

/** Numbers of a slice's record that `writeSlices` fills: offset, its cosine and sine, coupling, turn from the slice
 *  before (re, im). */
export const SLICE_NUMBERS = 6;
/** Numbers of a group: mean offset, its cosine and sine, Σ coupling², what rounding did to its turns (ln modulus, phase). */
export const GROUP_NUMBERS = 6;
/** Slices of a group. */
export const GROUP = 16;
/** Vectors of the angles that `writeAngle` fills. */
export const ANGLE_VECTORS = 16;

// @ts-ignore: decorator
@inline function put<T>(to: usize, index: i32, value: f64): void {
  store<T>(to + <usize>index * sizeof<T>(), <T>value);
}
// @ts-ignore: decorator
@inline function lane<T>(to: usize, vector: i32, value: f64): void {
  store<T>(to + ((<usize>vector) << 4), <T>value);
}

/** e^x; by its series where x is small, as absorption within a slice is. */
function smallExp(x: f64): f64 {
  return Math.abs(x) < 0.01
    ? 1 + x * (1 + x * (0.5 + x * (1.0 / 6 + x * (1.0 / 24 + x * (1.0 / 120)))))
    : Math.exp(x);
}

/** ln of rounded/true for the rounded complex number re + i·im: the real part. */
// @ts-ignore: decorator
@inline function roundingRe<T>(re: f64, im: f64): f64 {
  return ((<f64>(<T>re) - re) * re + (<f64>(<T>im) - im) * im) / (re * re + im * im);
}

/** … and the imaginary part. */
// @ts-ignore: decorator
@inline function roundingIm<T>(re: f64, im: f64): f64 {
  return ((<f64>(<T>im) - im) * re - (<f64>(<T>re) - re) * im) / (re * re + im * im);
}

/** @param slices f64[sliceCount][SliceSlot.Size], all of one slope
 *  @param groups T[⌈sliceCount/GROUP⌉][GROUP_NUMBERS], written
 *  @param records T[sliceCount][numbers], the first SLICE_NUMBERS of each written */
export function writeSlices<T>(
  slices: usize,
  sliceCount: i32,
  angles: usize,
  angleCount: i32,
  groups: usize,
  records: usize,
  numbers: i32,
): void {
  const plane = (<usize>angleCount) << 3,
    slope = load<f64>(slices),
    bytes = <usize>numbers * sizeof<T>();
  // The middle angle's g² serves the tanh.
  const mid = angles + ((<usize>(angleCount >> 1)) << 3);
  const midRe = load<f64>(mid + plane * AnglePlane.GRe),
    midGIm = load<f64>(mid + plane * AnglePlane.GIm),
    g2 = midRe * midRe - midGIm * midGIm;
  const midIm = load<f64>(mid + plane);
  for (let first = 0, to = groups; first < sliceCount; first += GROUP, to += GROUP_NUMBERS * sizeof<T>()) {
    const last = min(first + GROUP, sliceCount);
    let offset: f64 = 0,
      squares: f64 = 0,
      errorRe: f64 = 0,
      errorIm: f64 = 0;
    for (let n = first; n < last; n++) {
      const from = slices + <usize>n * (SliceSlot.Size << 3),
        before = n > 0 ? from - (SliceSlot.Size << 3) : from;
      const b = load<f64>(from, 8),
        k = load<f64>(from, 24),
        record = records + <usize>n * bytes;
      const absorption = slope * midIm + load<f64>(from, 16);
      const turn = n > 0 ? b + load<f64>(before, 8) - (absorption / 3) * (b - load<f64>(before, 8)) : b;
      const decay = Math.exp(n > 0 ? -load<f64>(from, 16) - load<f64>(before, 16) : -load<f64>(from, 16));
      put<T>(record, 0, b);
      Math.sincos(b);
      put<T>(record, 1, Math.sincos_cos);
      put<T>(record, 2, Math.sincos_sin);
      put<T>(record, 3, k * (1 - (k * k * g2) / 3));
      Math.sincos(turn);
      const vr = decay * Math.sincos_cos,
        vi = decay * Math.sincos_sin;
      put<T>(record, 4, vr);
      put<T>(record, 5, vi);
      errorRe += roundingRe<T>(vr, vi);
      errorIm += roundingIm<T>(vr, vi);
      offset += b;
      squares += k * k;
    }
    offset /= <f64>(last - first);
    put<T>(to, 0, offset);
    Math.sincos(offset);
    put<T>(to, 1, Math.sincos_cos);
    put<T>(to, 2, Math.sincos_sin);
    put<T>(to, 3, squares);
    put<T>(to, 4, errorRe);
    put<T>(to, 5, errorIm);
  }
}

/** One angle's lane of the vectors that the recursion reads: 0 a, 1 its cosine, 2 its sine, 3 `tiny`, 4 one, 5–6 g², 7–8 turn, 9–10 start P/(ig),
 *  11–12 start Q, 13 what takes |P/Q|² to R, 14–15 what rounding did to the turns of a group.
 *  @param angle of the angle table's first plane
 *  @param to of the lane in the first vector */
export function writeAngle<T>(
  slices: usize,
  sliceCount: i32,
  angle: usize,
  plane: usize,
  tiny: f64,
  to: usize,
): void {
  const slope = load<f64>(slices),
    lastOffsetIm = load<f64>(slices + <usize>(sliceCount - 1) * (SliceSlot.Size << 3), 16);
  const a = slope * load<f64>(angle),
    ai = slope * load<f64>(angle + plane);
  const gr = load<f64>(angle + plane * AnglePlane.GRe),
    gi = load<f64>(angle + plane * AnglePlane.GIm);
  const pr = load<f64>(angle + plane * AnglePlane.StartRe),
    pi = load<f64>(angle + plane * AnglePlane.StartIm);
  const decay = smallExp(-ai),
    m = decay * decay,
    size = gr * gr + gi * gi;
  // P carries the phase −Im A·A/3 of s at complex A, which is small.
  const lag = ((ai + load<f64>(slices, 16)) * (a + load<f64>(slices, 8))) / 3,
    lr = 1 - (lag * lag) / 2,
    li = lag * (1 - (lag * lag) / 6);
  const tr = (pi * gr - pr * gi) / size,
    ti = -(pr * gr + pi * gi) / size;
  Math.sincos(a);
  const c = Math.sincos_cos,
    s = Math.sincos_sin;
  lane<T>(to, 0, a);
  lane<T>(to, 1, c);
  lane<T>(to, 2, s);
  lane<T>(to, 3, tiny);
  lane<T>(to, 4, 1);
  lane<T>(to, 5, gr * gr - gi * gi);
  lane<T>(to, 6, 2 * gr * gi);
  const er = m * (c * c - s * s),
    ei = m * 2 * c * s;
  lane<T>(to, 7, er);
  lane<T>(to, 8, ei);
  // P/(i g), and Q turned so that the first slice's whole turn leaves it at its centre: e^{iA}/e^{2ia}.
  lane<T>(to, 9, tr * lr - ti * li);
  lane<T>(to, 10, tr * li + ti * lr);
  lane<T>(to, 11, c / decay);
  lane<T>(to, 12, -s / decay);
  lane<T>(to, 13, (size * smallExp(2 * lastOffsetIm)) / m);
  lane<T>(to, 14, roundingRe<T>(er, ei) * <f64>GROUP);
  lane<T>(to, 15, roundingIm<T>(er, ei) * <f64>GROUP);
}
