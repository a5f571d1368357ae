/** The resolution as a matrix: what each point of the grid weighs at each place, for fits that see one grid many times. */
import { ResolutionSlot } from "../layout";
import { add, mul } from "../math/simd";
import { Status } from "../status";
import { INTERVAL } from "./intervals";
import { area, gaussianEdge, intervalPolynomials, moments, SIDE, writeSide } from "./resolution";

/** Bytes of scratch that resolutionWeights needs. */
export function weightsScratch(gridCount: i32): i32 {
  return 64 + 2 * <i32>SIDE + gridCount * <i32>INTERVAL;
}

/** Numbers of a row: first and last + 1 interval that count, first grid point, and where its weights begin. */
const ROW: usize = 16;

/** Weights of the grid's points in ∫ r(x − t) R(t) dt over the intervals of each row, R the cubic through the four nearest points
 *  (resolution.ts).
 *  @param block f64[ResolutionSlot.Size]
 *  @param grid f64[gridCount], ascending strictly, four points at least
 *  @param places f64[placeCount]
 *  @param rows i32[placeCount + 1][4]: intervals from, until; first grid point; offset of the weights; the last row's offset is
 *    their number
 *  @param weights f64[number], written
 *  @param scratch weightsScratch(gridCount) bytes */
export function resolutionWeights(
  block: usize,
  grid: usize,
  gridCount: i32,
  places: usize,
  placeCount: i32,
  rows: usize,
  weights: usize,
  scratch: usize,
): Status {
  if (gridCount < 4 || placeCount < 1) return Status.BadCount;
  const edgeA = scratch + 32,
    edgeB = scratch + 48,
    lowSide = scratch + 64,
    highSide = lowSide + SIDE,
    polynomials = highSide + SIDE,
    norm = 1 / area(block);
  const slot = block + (ResolutionSlot.FwhmLow << 3);
  if (!(load<f64>(slot) > 0 && load<f64>(block + (ResolutionSlot.FwhmHigh << 3)) > 0))
    return Status.BadParameter;
  intervalPolynomials(grid, gridCount, grid, polynomials);
  writeSide(block, load<f64>(slot), load<f64>(block + (ResolutionSlot.LorentzLow << 3)), lowSide);
  writeSide(
    block,
    load<f64>(block + (ResolutionSlot.FwhmHigh << 3)),
    load<f64>(block + (ResolutionSlot.LorentzHigh << 3)),
    highSide,
  );
  for (let i = 0; i < placeCount; i++) {
    const row = rows + <usize>i * ROW,
      x = load<f64>(places + ((<usize>i) << 3)),
      first = load<i32>(row, 8),
      own = weights + ((<usize>load<i32>(row, 12)) << 3);
    memory.fill(own, 0, (<usize>(load<i32>(row, 28) - load<i32>(row, 12))) << 3);
    for (let k = load<i32>(row); k < load<i32>(row, 4); k++) {
      const at = (<usize>k) << 3,
        a = load<f64>(grid + at) - x,
        b = load<f64>(grid + at, 8) - x,
        side = a < 0 ? highSide : lowSide;
      memory.fill(scratch, 0, 32);
      gaussianEdge(side, a, edgeA);
      if (a < 0 && b > 0) {
        gaussianEdge(side, 0, edgeB);
        moments(highSide, a, 0, edgeA, edgeB, a, scratch);
        gaussianEdge(lowSide, b, edgeA);
        moments(lowSide, 0, b, edgeB, edgeA, a, scratch);
      } else {
        gaussianEdge(side, b, edgeB);
        moments(side, a, b, edgeA, edgeB, a, scratch);
      }
      const start = max(min(k - 1, gridCount - 4), 0),
        polynomial = polynomials + <usize>k * INTERVAL;
      for (let n = 0; n < 4; n++) {
        const c = polynomial + ((<usize>n) << 5),
          to = own + ((<usize>(start + n - first)) << 3);
        store<f64>(
          to,
          load<f64>(to) +
            norm *
              (load<f64>(c) * load<f64>(scratch) +
                load<f64>(c, 8) * load<f64>(scratch, 8) +
                load<f64>(c, 16) * load<f64>(scratch, 16) +
                load<f64>(c, 24) * load<f64>(scratch, 24)),
        );
      }
    }
  }
  return Status.Ok;
}

/** out[c][i] = Σ_k weights[row i][k] · columns[c][first_i + k].
 *  @param rows as above
 *  @param columns f64[columnCount][gridCount]
 *  @param out f64[columnCount][stride], `placeCount` of each written */
export function applyBand(
  weights: usize,
  rows: usize,
  placeCount: i32,
  columns: usize,
  columnCount: i32,
  gridCount: i32,
  stride: i32,
  out: usize,
): Status {
  if (columnCount < 1 || placeCount < 1 || stride < placeCount) return Status.BadCount;
  for (let i = 0; i < placeCount; i++) {
    const row = rows + <usize>i * ROW,
      own = weights + ((<usize>load<i32>(row, 12)) << 3),
      count = load<i32>(row, 28) - load<i32>(row, 12),
      pairs = (<usize>(count & ~1)) << 3,
      end = (<usize>count) << 3;
    for (let c = 0; c < columnCount; c++) {
      const column = columns + ((<usize>(c * gridCount + load<i32>(row, 8))) << 3);
      let total: f64 = 0,
        at: usize = 0;
      if (ASC_FEATURE_SIMD) {
        let sum = f64x2.splat(0);
        for (; at < pairs; at += 16) sum = add(sum, mul(v128.load(own + at), v128.load(column + at)));
        total = f64x2.extract_lane(sum, 0) + f64x2.extract_lane(sum, 1);
      }
      for (; at < end; at += 8) total += load<f64>(own + at) * load<f64>(column + at);
      store<f64>(out + ((<usize>(c * stride + i)) << 3), total);
    }
  }
  return Status.Ok;
}

/** What a Lorentzian of unit width and area brings from beyond each row's intervals: Σ area_b/(d² + (fwhm/2)²)/2π over blocks of
 *  intervals, those that a row holds in part by their share.
 *  @param areas f64[blocks]; centres f64[blocks]
 *  @param starts i32[blocks + 1], first interval of each block, then their number
 *  @param blockOf i32[intervals]
 *  @param rows as above, of the same grid; places f64[placeCount]
 *  @param quarter (fwhm/2)²
 *  @param out f64[placeCount], written */
export function lorentzTails(
  areas: usize,
  centres: usize,
  starts: usize,
  blockOf: usize,
  blocks: i32,
  places: usize,
  rows: usize,
  placeCount: i32,
  quarter: f64,
  out: usize,
): Status {
  if (blocks < 1 || placeCount < 1) return Status.BadCount;
  for (let i = 0; i < placeCount; i++) {
    const row = rows + <usize>i * ROW,
      low = load<i32>(row),
      high = load<i32>(row, 4),
      x = load<f64>(places + ((<usize>i) << 3)),
      // Blocks that lie wholly below, and wholly above, what the row holds.
      below = load<i32>(blockOf + ((<usize>low) << 2)),
      above = load<i32>(blockOf + ((<usize>(high - 1)) << 2)) + 1;
    let sum =
      blockSum(areas, centres, 0, below, x, quarter) + blockSum(areas, centres, above, blocks, x, quarter);
    for (let b = below; b < above; b++) {
      const from = load<i32>(starts + ((<usize>b) << 2)),
        to = load<i32>(starts + ((<usize>b) << 2), 4),
        inside = <f64>max(0, min(to, high) - max(from, low)) / <f64>(to - from);
      if (inside == 1) continue;
      const d = x - load<f64>(centres + ((<usize>b) << 3));
      sum += ((1 - inside) * load<f64>(areas + ((<usize>b) << 3))) / (d * d + quarter);
    }
    store<f64>(out + ((<usize>i) << 3), sum * 0.15915494309189535);
  }
  return Status.Ok;
}

function blockSum(areas: usize, centres: usize, from: i32, to: i32, x: f64, quarter: f64): f64 {
  let sum: f64 = 0,
    b = from;
  if (ASC_FEATURE_SIMD) {
    const place = f64x2.splat(x),
      least = f64x2.splat(quarter);
    let pairs = f64x2.splat(0);
    for (; b + 1 < to; b += 2) {
      const at = (<usize>b) << 3,
        d = f64x2.sub(place, v128.load(centres + at));
      pairs = add(pairs, f64x2.div(v128.load(areas + at), add(mul(d, d), least)));
    }
    sum = f64x2.extract_lane(pairs, 0) + f64x2.extract_lane(pairs, 1);
  }
  for (; b < to; b++) {
    const d = x - load<f64>(centres + ((<usize>b) << 3));
    sum += load<f64>(areas + ((<usize>b) << 3)) / (d * d + quarter);
  }
  return sum;
}
