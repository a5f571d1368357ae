/** One-dimensional convolution (cross-correlation, as networks mean it) and its two gradients, NHWC, f32. A dense layer is
 *  the case of one image, one tap.
 *
 *      image, zeros before and after:   0 0 0 x0 x1 x2 … 0 0 0      im2col is a view: row i begins at i·stride
 *      row i · panel of 8 filters  →    y[i][8 outputs]
 */
import { Status } from "../status";
import { PANEL, ROWS, tileForward, tileGradient } from "./tile";

/** Bytes of padded images worked on at a time: half of a small second-level cache. */
const BLOCK_BYTES = 131072;
/** Rows of a block of the filter's gradient. */
const BLOCK_ROWS = 256;

// @ts-ignore: decorator
@inline function panels(columns: i32): i32 {
  return (columns + PANEL - 1) / PANEL;
}

/** Images that are worked on at a time. */
function blockOf(images: i32, paddedBytes: usize): i32 {
  return max(1, min(images, <i32>(<usize>BLOCK_BYTES / paddedBytes)));
}

/** Bytes of scratch for all three kernels, whichever way the numbers are used.
 *  @param length of the longer side (input or output), padding excluded */
export function convolutionScratch(
  images: i32,
  length: i32,
  channels: i32,
  taps: i32,
  stride: i32,
  outputs: i32,
): usize {
  const wide = max(channels * stride, outputs);
  const padded = (<usize>(length + 2 * taps + 2 * stride) * <usize>max(channels, outputs)) << 2;
  const weights =
    (<usize>(
      max(taps * channels * (outputs + PANEL), (taps / stride + 1) * outputs * (stride * channels + PANEL))
    )) << 2;
  const result = (<usize>(length + 2 * taps + stride) * <usize>wide) << 2;
  const rows = (<usize>BLOCK_ROWS * <usize>(max(channels, outputs) + 2 * PANEL)) << 2;
  return padded * <usize>blockOf(images, padded) + weights + result + rows + 8192;
}

// @ts-ignore: decorator
@inline function copyPanelRow(from: usize, to: usize): void {
  if (ASC_FEATURE_SIMD) {
    v128.store(to, v128.load(from));
    v128.store(to, v128.load(from, 16), 16);
  } else memory.copy(to, from, PANEL << 2);
}

/** Some columns of f32[rows][outputs] → f32[rows][8], zeros beyond the last column. */
function packPanel(from: usize, rows: i32, outputs: i32, columns: i32, to: usize): void {
  for (let k = 0; k < rows; k++) {
    if (columns == PANEL) copyPanelRow(from, to);
    else
      for (let j = 0; j < PANEL; j++)
        store<f32>(to + ((<usize>j) << 2), j < columns ? load<f32>(from + ((<usize>j) << 2)) : 0);
    from += (<usize>outputs) << 2;
    to += PANEL << 2;
  }
}

/** f32[inner][outputs] → f32[panels][inner][8], zeros beyond the last column. */
function pack(from: usize, inner: i32, outputs: i32, to: usize): void {
  for (let p = 0; p < panels(outputs); p++) {
    packPanel(
      from + ((<usize>(p * PANEL)) << 2),
      inner,
      outputs,
      min(PANEL, outputs - p * PANEL),
      to + <usize>(p * inner) * (PANEL << 2),
    );
  }
}

/** to[o][0 … 3] = from_j[o]: four rows become columns of a panel.
 *  @param from four addresses of f32[outputs], 0 for a row of zeros */
function packColumns(from0: usize, from1: usize, from2: usize, from3: usize, outputs: i32, to: usize): void {
  let o = 0;
  if (ASC_FEATURE_SIMD) {
    const zero = f32x4.splat(0);
    for (; o + 4 <= outputs; o += 4) {
      const at = (<usize>o) << 2;
      const a = from0 != 0 ? v128.load(from0 + at) : zero,
        b = from1 != 0 ? v128.load(from1 + at) : zero;
      const c = from2 != 0 ? v128.load(from2 + at) : zero,
        d = from3 != 0 ? v128.load(from3 + at) : zero;
      const ab0 = v128.shuffle<f32>(a, b, 0, 4, 1, 5),
        ab1 = v128.shuffle<f32>(a, b, 2, 6, 3, 7);
      const cd0 = v128.shuffle<f32>(c, d, 0, 4, 1, 5),
        cd1 = v128.shuffle<f32>(c, d, 2, 6, 3, 7);
      v128.store(to, v128.shuffle<f32>(ab0, cd0, 0, 1, 4, 5));
      v128.store(to, v128.shuffle<f32>(ab0, cd0, 2, 3, 6, 7), 32);
      v128.store(to, v128.shuffle<f32>(ab1, cd1, 0, 1, 4, 5), 64);
      v128.store(to, v128.shuffle<f32>(ab1, cd1, 2, 3, 6, 7), 96);
      to += 4 * (PANEL << 2);
    }
  }
  for (; o < outputs; o++) {
    const at = (<usize>o) << 2;
    store<f32>(to, from0 != 0 ? load<f32>(from0 + at) : 0);
    store<f32>(to, from1 != 0 ? load<f32>(from1 + at) : 0, 4);
    store<f32>(to, from2 != 0 ? load<f32>(from2 + at) : 0, 8);
    store<f32>(to, from3 != 0 ? load<f32>(from3 + at) : 0, 12);
    to += PANEL << 2;
  }
}

/** Copies images between zeros: f32[images][before + length + after][channels]. */
function pad(x: usize, images: i32, length: i32, channels: i32, before: i32, after: i32, to: usize): void {
  const bytes = (<usize>(length * channels)) << 2,
    head = (<usize>(before * channels)) << 2,
    tail = (<usize>(after * channels)) << 2;
  for (let n = 0; n < images; n++) {
    memory.fill(to, 0, head);
    memory.copy(to + head, x, bytes);
    memory.fill(to + head + bytes, 0, tail);
    to += head + bytes + tail;
    x += bytes;
  }
}

/** out[rows][outputs] of one padded image.
 *  @param zeros, real rows of the image that are zero before, and that follow these
 *  @param least the first tap that counts; taps: none does
 *  @param first the first row's number
 *  @param spare 4·8 + 8 f32 */
function correlate(
  image: usize,
  zeros: i32,
  real: i32,
  channels: i32,
  least: i32,
  taps: i32,
  stride: i32,
  first: i32,
  rows: i32,
  panel: usize,
  columns: i32,
  bias: usize,
  out: usize,
  outputs: i32,
  spare: usize,
): void {
  const row = (<usize>(stride * channels)) << 2,
    outRow = (<usize>outputs) << 2,
    start = spare + 128,
    count = min(ROWS, rows);
  for (let j = 0; j < PANEL; j++)
    store<f32>(start + ((<usize>j) << 2), bias != 0 && j < columns ? load<f32>(bias + ((<usize>j) << 2)) : 0);
  for (let i = 0; i < rows; i += ROWS) {
    // The last tile covers rows that are done already rather than rows that are not there.
    const at = max(0, min(i, rows - ROWS)),
      r = first + at;
    // Taps that meet nothing but zeros are left out.
    const low = max(least, min(taps - 1, zeros - (r + count - 1) * stride)),
      high = max(min(low + 1, taps), min(taps, zeros + real - r * stride));
    const a0 = image + <usize>r * row + ((<usize>(low * channels)) << 2);
    const a1 = count > 1 ? a0 + row : a0,
      a2 = count > 2 ? a1 + row : a1,
      a3 = count > 3 ? a2 + row : a2;
    const b = panel + <usize>(low * channels) * (PANEL << 2),
      inner = (high - low) * channels;
    const to = out + <usize>at * outRow;
    if (columns == PANEL && count == ROWS) tileForward(a0, a1, a2, a3, b, inner, start, to, outRow);
    else {
      tileForward(a0, a1, a2, a3, b, inner, start, spare, PANEL << 2);
      for (let k = 0; k < count; k++)
        memory.copy(to + <usize>k * outRow, spare + <usize>k * (PANEL << 2), (<usize>columns) << 2);
    }
  }
}

/** y[n,i,:] = bias + Σ_{k,c} x[n, i·stride + k − before, c] w[k,c,:].
 *  @param x f32[images][length][channels]
 *  @param w f32[taps][channels][outputs]
 *  @param bias f32[outputs], or 0
 *  @param before zeros before the image
 *  @param y f32[images][rows][outputs]
 *  @param scratch convolutionScratch() bytes */
export function convolution(
  x: usize,
  w: usize,
  bias: usize,
  images: i32,
  length: i32,
  channels: i32,
  taps: i32,
  stride: i32,
  before: i32,
  rows: i32,
  outputs: i32,
  y: usize,
  scratch: usize,
): Status {
  if (images < 0 || length < 1 || channels < 1 || taps < 1 || stride < 1 || rows < 1 || outputs < 1)
    return Status.BadCount;
  const inner = taps * channels,
    after = max(0, (rows - 1) * stride + taps - before - length);
  const panelBytes = <usize>inner * (PANEL << 2),
    padded = (<usize>((before + length + after) * channels)) << 2;
  const spare = scratch,
    packed = scratch + 256,
    blocks = packed + panelBytes * <usize>panels(outputs);
  pack(w, inner, outputs, packed);
  const block = blockOf(images, padded),
    isBare = before == 0 && after == 0;
  for (let n = 0; n < images; n += block) {
    const count = min(block, images - n),
      from = x + ((<usize>n * <usize>(length * channels)) << 2);
    if (!isBare) pad(from, count, length, channels, before, after, blocks);
    for (let p = 0; p < panels(outputs); p++) {
      const columns = min(PANEL, outputs - p * PANEL),
        offset = (<usize>(p * PANEL)) << 2;
      for (let m = 0; m < count; m++) {
        correlate(
          (isBare ? from : blocks) + <usize>m * padded,
          before,
          length,
          channels,
          0,
          taps,
          stride,
          0,
          rows,
          packed + <usize>p * panelBytes,
          columns,
          bias != 0 ? bias + offset : 0,
          y + ((<usize>((n + m) * rows) * <usize>outputs) << 2) + offset,
          outputs,
          spare,
        );
      }
    }
  }
  return Status.Ok;
}

/** The filter row of a column of the input's gradient; 0 where there is none. */
function filterOf(w: usize, q: i32, wide: i32, base: i32, taps: i32, channels: i32, outputs: i32): usize {
  const tap = base + q / channels;
  return q < wide && tap < taps ? w + ((<usize>((tap * channels + (q % channels)) * outputs)) << 2) : 0;
}

/** Gradient of `convolution` with respect to x: a convolution of dy with the filters turned round, the phases of the
 *  stride being channels of their own.
 *  @param dy f32[images][rows][outputs]
 *  @param dx f32[images][length][channels] */
export function convolutionInputGradient(
  dy: usize,
  w: usize,
  images: i32,
  length: i32,
  channels: i32,
  taps: i32,
  stride: i32,
  before: i32,
  rows: i32,
  outputs: i32,
  dx: usize,
  scratch: usize,
): Status {
  if (images < 0 || length < 1 || channels < 1 || taps < 1 || stride < 1 || rows < 1 || outputs < 1)
    return Status.BadCount;
  const reach = (taps + stride - 1) / stride,
    inner = reach * outputs,
    wide = stride * channels;
  const panelBytes = <usize>inner * (PANEL << 2),
    spare = scratch,
    packed = scratch + 256;
  // packed[p][m·outputs + o][j]: column q = 8p + j is phase q / channels of channel q mod channels.
  for (let p = 0; p < panels(wide); p++) {
    for (let m = 0; m < reach; m++) {
      const to = packed + <usize>p * panelBytes + <usize>(m * outputs) * (PANEL << 2);
      for (let j = 0; j < PANEL; j += 4) {
        const q = p * PANEL + j,
          base = (reach - 1 - m) * stride;
        packColumns(
          filterOf(w, q, wide, base, taps, channels, outputs),
          filterOf(w, q + 1, wide, base, taps, channels, outputs),
          filterOf(w, q + 2, wide, base, taps, channels, outputs),
          filterOf(w, q + 3, wide, base, taps, channels, outputs),
          outputs,
          to + ((<usize>j) << 2),
        );
      }
    }
  }
  // Rows of phases that hold the image: padded position r·stride + phase, the image beginning at `before`.
  const first = before / stride,
    last = (before + length - 1) / stride,
    count = last - first + 1;
  const lead = reach - 1,
    after = max(0, last + reach - lead - rows);
  const padded = (<usize>((lead + rows + after) * outputs)) << 2,
    block = blockOf(images, padded);
  const blocks = packed + panelBytes * <usize>panels(wide),
    result = blocks + padded * <usize>block;
  const bytes = (<usize>(length * channels)) << 2,
    skip = (<usize>((before - first * stride) * channels)) << 2;
  // Where the phases of one image are the image itself, they are written to their place.
  const isDirect = skip == 0 && count * stride == length,
    isBare = lead == 0 && after == 0;
  for (let n = 0; n < images; n += block) {
    const part = min(block, images - n),
      from = dy + ((<usize>(n * rows) * <usize>outputs) << 2);
    if (!isBare) pad(from, part, rows, outputs, lead, after, blocks);
    const start = isBare ? from : blocks;
    for (let m = 0; m < part; m++) {
      const to = dx + <usize>(n + m) * bytes,
        out = isDirect ? to : result;
      for (let p = 0; p < panels(wide); p++) {
        // Later phases have fewer taps: those missing come first.
        const phase = (p * PANEL) / channels,
          least = phase < taps ? reach - 1 - (taps - 1 - phase) / stride : reach;
        correlate(
          start + <usize>m * padded,
          lead,
          rows,
          outputs,
          least,
          reach,
          1,
          first,
          count,
          packed + <usize>p * panelBytes,
          min(PANEL, wide - p * PANEL),
          0,
          out + ((<usize>(p * PANEL)) << 2),
          wide,
          spare,
        );
      }
      if (!isDirect) memory.copy(to, result + skip, bytes);
    }
  }
  return Status.Ok;
}

/** Gradient of `convolution` with respect to w: dw[k,c,:] = Σ_{n,i} x[n, i·stride + k − before, c] dy[n,i,:].
 *  @param dw f32[taps][channels][outputs] */
export function convolutionFilterGradient(
  x: usize,
  dy: usize,
  images: i32,
  length: i32,
  channels: i32,
  taps: i32,
  stride: i32,
  before: i32,
  rows: i32,
  outputs: i32,
  dw: usize,
  scratch: usize,
): Status {
  if (images < 0 || length < 1 || channels < 1 || taps < 1 || stride < 1 || rows < 1 || outputs < 1)
    return Status.BadCount;
  const inner = taps * channels,
    after = max(0, (rows - 1) * stride + taps - before - length),
    columns = panels(outputs);
  const padded = (<usize>((before + length + after) * channels)) << 2,
    row = (<usize>(stride * channels)) << 2;
  const left = scratch,
    right = left + (BLOCK_ROWS << 4),
    sums = right + ((<usize>(BLOCK_ROWS * columns)) << 5),
    blocks = sums + ((<usize>columns) << 7);
  const isBare = before == 0 && after == 0;
  memory.fill(dw, 0, (<usize>(inner * outputs)) << 2);
  // Blocks of whole images, or of rows of one image where that is long.
  const perBlock = max(1, min(blockOf(images, padded), BLOCK_ROWS / rows));
  for (let n = 0; n < images; n += perBlock) {
    const part = min(perBlock, images - n),
      from = x + ((<usize>n * <usize>(length * channels)) << 2);
    if (!isBare) pad(from, part, length, channels, before, after, blocks);
    const start = isBare ? from : blocks;
    for (let i0 = 0; i0 < rows; i0 += BLOCK_ROWS) {
      const high = min(rows - i0, BLOCK_ROWS),
        count = part * high;
      packRows(
        dy + ((<usize>(n * rows + i0) * <usize>outputs) << 2),
        part,
        high,
        rows,
        outputs,
        count,
        right,
      );
      for (let k = 0; k < inner; k += ROWS) {
        const there = min(ROWS, inner - k);
        let to = left;
        for (let m = 0; m < part; m++) {
          let at = start + <usize>m * padded + <usize>i0 * row + ((<usize>k) << 2);
          for (let i = 0; i < high; i++) {
            // What lies beyond the last tap is weighed, and not stored.
            if (ASC_FEATURE_SIMD) v128.store(to, v128.load(at));
            else memory.copy(to, at, 16);
            at += row;
            to += 16;
          }
        }
        for (let p = 0; p < columns; p++) {
          const width = min(PANEL, outputs - p * PANEL),
            out = dw + ((<usize>(k * outputs + p * PANEL)) << 2),
            packed = right + ((<usize>(p * count)) << 5);
          if (width == PANEL && there == ROWS) tileGradient(left, packed, count, out, (<usize>outputs) << 2);
          else {
            memory.fill(sums, 0, 128);
            tileGradient(left, packed, count, sums, PANEL << 2);
            for (let r = 0; r < there; r++) {
              const row = out + ((<usize>(r * outputs)) << 2),
                sum = sums + ((<usize>r) << 5);
              for (let j: usize = 0; j < (<usize>width) << 2; j += 4)
                store<f32>(row + j, load<f32>(row + j) + load<f32>(sum + j));
            }
          }
        }
      }
    }
  }
  return Status.Ok;
}

/** Rows of dy of some images → f32[panels][count][8], zeros beyond the last column. */
function packRows(dy: usize, images: i32, high: i32, rows: i32, outputs: i32, count: i32, to: usize): void {
  for (let p = 0; p < panels(outputs); p++) {
    for (let n = 0; n < images; n++) {
      packPanel(
        dy + ((<usize>(n * rows * outputs + p * PANEL)) << 2),
        high,
        outputs,
        min(PANEL, outputs - p * PANEL),
        to,
      );
      to += <usize>high * (PANEL << 2);
    }
  }
}
