/** What a Lorentzian's tails bring from afar: of each place, blocks of the grid as points, blocks that lie farther joined by twos,
 *  fours, …, so that a place sees as many as the logarithm of their number. */
import { Status } from "../status";
import { ROW } from "./resolutionWeights";

/** Width of joined blocks over their distance, at most: their second moment is a share of RATIO²/4 of what they bring. */
const RATIO: f64 = 0.1;

/** Bytes of scratch that lorentzTails needs: areas and centres of all levels, and where blocks begin. */
export function tailsScratch(blocks: i32): i32 {
  return 5 * 8 * (blocks + 1);
}

/** What a Lorentzian of unit width and area brings from beyond each row's intervals: Σ area_b/(d² + (fwhm/2)²)/2π over blocks of
 *  intervals, those that a row holds in part by their share.
 *  @param curve f64[grid points], of the grid
 *  @param starts i32[blocks + 1], first interval of each block, then their number
 *  @param blockOf i32[intervals]
 *  @param rows as of resolutionWeights, of the same grid; places f64[placeCount]
 *  @param quarter (fwhm/2)²
 *  @param out f64[placeCount], written
 *  @param scratch tailsScratch(blocks) bytes */
export function lorentzTails(
  curve: usize,
  grid: usize,
  starts: usize,
  blockOf: usize,
  blocks: i32,
  places: usize,
  rows: usize,
  placeCount: i32,
  quarter: f64,
  out: usize,
  scratch: usize,
): Status {
  if (blocks < 1 || placeCount < 1) return Status.BadCount;
  const nodes = scratch,
    middles = nodes + ((<usize>(blocks + 1)) << 4),
    edges = middles + ((<usize>(blocks + 1)) << 4);
  sumBlocks(curve, grid, starts, blocks, nodes, middles, edges);
  joinBlocks(blocks, nodes, middles);
  for (let i = 0; i < placeCount; i++) {
    const row = rows + <usize>i * ROW,
      low = load<i32>(row),
      high = load<i32>(row, 4),
      x = load<f64>(places + ((<usize>i) << 3)),
      // Blocks that lie wholly below, and wholly above, what the row holds.
      below = load<i32>(blockOf + ((<usize>low) << 2)),
      above = load<i32>(blockOf + ((<usize>(high - 1)) << 2)) + 1;
    let sum =
      sumBelow(edges, blocks, nodes, middles, below, x, quarter) +
      sumAbove(edges, blocks, nodes, middles, above, x, quarter);
    for (let b = below; b < above; b++) {
      const from = load<i32>(starts + ((<usize>b) << 2)),
        to = load<i32>(starts + ((<usize>b) << 2), 4),
        inside = <f64>max(0, min(to, high) - max(from, low)) / <f64>(to - from);
      if (inside == 1) continue;
      sum += (1 - inside) * seen(nodes, middles, b, x, quarter);
    }
    store<f64>(out + ((<usize>i) << 3), sum * 0.15915494309189535);
  }
  return Status.Ok;
}

/** Area under the curve and its centre of each block, by trapezoids, and where it begins; then where the last one ends. */
function sumBlocks(
  curve: usize,
  grid: usize,
  starts: usize,
  blocks: i32,
  areas: usize,
  centres: usize,
  edges: usize,
): void {
  let k = load<i32>(starts),
    t0 = load<f64>(grid + ((<usize>k) << 3)),
    r0 = load<f64>(curve + ((<usize>k) << 3));
  store<f64>(edges, t0);
  for (let b = 0; b < blocks; b++) {
    const at = (<usize>b) << 3,
      to = load<i32>(starts + ((<usize>b) << 2), 4),
      begin = t0;
    let area: f64 = 0,
      moment: f64 = 0;
    while (k < to) {
      k++;
      const t1 = load<f64>(grid + ((<usize>k) << 3)),
        r1 = load<f64>(curve + ((<usize>k) << 3)),
        part = 0.5 * (t1 - t0) * (r0 + r1);
      area += part;
      moment += part * (0.5 * (t0 + t1) - begin);
      t0 = t1;
      r0 = r1;
    }
    store<f64>(areas + at, area);
    store<f64>(centres + at, area > 0 ? begin + moment / area : 0.5 * (begin + t0));
    store<f64>(edges + at, t0, 8);
  }
}

/** All levels one after the other, the blocks themselves first: of `count` nodes the next level has ⌊count/2⌋. */
function joinBlocks(blocks: i32, nodes: usize, middles: usize): void {
  let from: usize = 0,
    count = blocks;
  while (count > 1) {
    const to = from + ((<usize>count) << 3);
    count >>= 1;
    for (let j = 0; j < count; j++) {
      const own = from + ((<usize>j) << 4),
        target = to + ((<usize>j) << 3),
        a0 = load<f64>(nodes + own),
        a1 = load<f64>(nodes + own, 8),
        c0 = load<f64>(middles + own),
        c1 = load<f64>(middles + own, 8),
        area = a0 + a1;
      store<f64>(nodes + target, area);
      store<f64>(middles + target, area > 0 ? c0 + ((c1 - c0) * a1) / area : 0.5 * (c0 + c1));
    }
    from = to;
  }
}

// @ts-ignore: decorator
@inline function edge(edges: usize, block: i32): f64 {
  return load<f64>(edges + ((<usize>block) << 3));
}

// @ts-ignore: decorator
@inline function seen(nodes: usize, middles: usize, node: i32, x: f64, quarter: f64): f64 {
  const at = (<usize>node) << 3,
    d = x - load<f64>(middles + at);
  return load<f64>(nodes + at) / (d * d + quarter);
}

/** From block `first` on: nodes grow with their distance, and only the last ones shrink again. */
function sumAbove(
  edges: usize,
  blocks: i32,
  nodes: usize,
  middles: usize,
  first: i32,
  x: f64,
  quarter: f64,
): f64 {
  let sum: f64 = 0,
    level = 0,
    from = 0;
  for (let b = first; b < blocks;) {
    const near = edge(edges, b),
      widest = RATIO * (near - x);
    while (b + (1 << level) > blocks) from -= blocks >> --level;
    while (
      (b & ((2 << level) - 1)) == 0 &&
      b + (2 << level) <= blocks &&
      edge(edges, b + (2 << level)) - near <= widest
    )
      from += blocks >> level++;
    sum += seen(nodes, middles, from + (b >> level), x, quarter);
    b += 1 << level;
  }
  return sum;
}

/** The blocks before block `last`, in the same way. */
function sumBelow(
  edges: usize,
  blocks: i32,
  nodes: usize,
  middles: usize,
  last: i32,
  x: f64,
  quarter: f64,
): f64 {
  let sum: f64 = 0,
    level = 0,
    from = 0;
  for (let b = last; b > 0;) {
    const near = edge(edges, b),
      widest = RATIO * (x - near);
    while ((b & ((2 << level) - 1)) == 0 && near - edge(edges, b - (2 << level)) <= widest)
      from += blocks >> level++;
    b -= 1 << level;
    sum += seen(nodes, middles, from + (b >> level), x, quarter);
  }
  return sum;
}
