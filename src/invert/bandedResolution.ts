/** A pseudo-Voigt resolution as banded matrices about one width and offset, for models that see one grid again and again:
 *  what lies near is a matrix; of a Lorentzian's tails only R itself brings something, in blocks of the grid. */
import { ResolutionSlot } from "../../assembly/layout.ts";
import { check, type Workspace } from "../wasm/workspace.ts";
import { type AngleGrid, sliceOfGrid } from "./angleGrid.ts";

/** Reach of the matrices, in widths. */
const REACH = 2.7;
/** Largest ln of a width over that of its matrices. */
const WIDER = 0.1;
/** Planes of weights: see assembly/physics/resolutionWeights.ts. */
const PLANES = 8;
/** Elements that are mixed at a time: all at once they would take as much memory as the matrices. */
const CHUNK = 8192;
/** Intervals of a block of the tails at most, and its width at most, in widths of the resolution: a block is seen as one point. */
const MOST_BLOCK = 8;
const WIDEST_BLOCK = 0.5;

export interface BandSetting {
  readonly workspace: Workspace;
  /** Degrees 2θ, ascending. */
  readonly grid: Float64Array;
  /** True angles, degrees 2θ. */
  readonly places: Float64Array;
  /** Degrees 2θ. */
  readonly fwhm: number;
}

/** Where a resolution stands beside that of its matrices. */
export interface Beside {
  /** ln of the width over that of the matrices. */
  readonly lnRatio: number;
  readonly fraction: number;
  /** Offset less that of the matrices, degrees 2θ. */
  readonly shift: number;
}

/** Addresses: rows, and the weights of the mixture, of its derivatives by ln width and offset, and of Lorentzian minus Gaussian (0
 *  where no derivatives are wanted). */
export interface Matrices {
  readonly rows: number;
  readonly mixture: number;
  readonly byWidth: number;
  readonly byFraction: number;
  readonly byOffset: number;
}

/** The matrices of some places. */
export interface Band {
  readonly grid: AngleGrid;
  /** In the caller's scope. */
  put(beside: Beside, withDerivatives: boolean): Matrices;
}

export class BandedResolution {
  readonly setting: BandSetting;
  /** i32[places + 1][4], see assembly/physics/resolutionWeights.ts. */
  readonly rows: Int32Array;
  readonly size: number;
  /** First interval of each block of the tails, then the number of intervals; and the block of each interval. */
  readonly #starts: Int32Array;
  readonly #blockOf: Int32Array;
  /** What a model keeps most of; 1e-7 of a rough model is nothing. */
  readonly #planes: readonly Float32Array[];

  constructor(setting: BandSetting) {
    this.setting = setting;
    const { grid, places, fwhm } = setting,
      count = grid.length,
      limit = REACH * fwhm * Math.exp(WIDER),
      rows = new Int32Array(4 * (places.length + 1));
    let offset = 0,
      from = 0,
      until = 0;
    places.forEach((x, i) => {
      while (from < count - 2 && grid[from + 1] <= x - limit) from++;
      while (until < count - 1 && grid[until] < x + limit) until++;
      const k1 = Math.max(until, from + 1),
        start = Math.max(Math.min(from - 1, count - 4), 0),
        end = Math.min(Math.max(k1 + 2, start + 4), count);
      rows.set([from, k1, start, offset], 4 * i);
      offset += end - start;
    });
    rows[4 * places.length + 3] = offset;
    this.rows = rows;
    this.size = offset;
    const starts = blockStarts(grid, WIDEST_BLOCK * fwhm);
    this.#starts = starts;
    this.#blockOf = new Int32Array(count - 1);
    for (let b = 0; b < starts.length - 1; b++) this.#blockOf.fill(b, starts[b], starts[b + 1]);
    this.#planes = this.#expansions();
  }

  /** Weights of both shapes, their derivatives by ln width and by place. Nothing but these is left behind: an edge worker's
   *  memory is soon full of what waits to be collected. */
  #expansions(): Float32Array[] {
    const { workspace, grid, places, fwhm } = this.setting,
      { size } = this;
    return workspace.scope(() => {
      const weights = workspace.bytes(4 * PLANES * size),
        block = new Float64Array(ResolutionSlot.Size);
      block[ResolutionSlot.FwhmLow] = block[ResolutionSlot.FwhmHigh] = fwhm;
      check(
        "resolutionWeights",
        workspace.kernels.resolutionWeights(
          workspace.put(block),
          workspace.put(grid),
          grid.length,
          workspace.put(places),
          places.length,
          workspace.putI32(this.rows),
          weights,
          workspace.bytes(workspace.kernels.weightsScratch(grid.length)),
        ),
      );
      return Array.from({ length: PLANES }, (_, plane) =>
        workspace.copyF32(weights + 4 * plane * size, size),
      );
    });
  }

  /** The matrices of places `from` … `to` − 1 alone, on the part of the grid that they touch; all of it for all places. */
  part(from: number, to: number, grid: AngleGrid): Band {
    const { rows, setting } = this,
      isWhole = from === 0 && to === setting.places.length;
    let low = grid.count,
      high = 0;
    for (let i = from; i < to; i++) {
      low = Math.min(low, rows[4 * i + 2]);
      high = Math.max(high, rows[4 * i + 2] + rows[4 * i + 7] - rows[4 * i + 3]);
    }
    if (isWhole) [low, high] = [0, grid.count];
    const offset = rows[4 * from + 3],
      own = rows.slice(4 * from, 4 * to + 4);
    for (let i = 0; i <= to - from; i++) {
      own[4 * i + 2] -= low;
      own[4 * i + 3] -= offset;
    }
    return {
      grid: isWhole ? grid : sliceOfGrid(grid, low, high),
      put: (beside, withDerivatives) => ({
        rows: setting.workspace.putI32(own),
        ...this.#put(beside, withDerivatives, offset, own[own.length - 1]),
      }),
    };
  }

  /** Elements `from` … `from + size` − 1 of the matrices. */
  #put(beside: Beside, withDerivatives: boolean, from: number, size: number): Omit<Matrices, "rows"> {
    const { workspace, fwhm } = this.setting,
      factors = factorsOf(beside, fwhm, withDerivatives),
      rows = factors.length / PLANES,
      mixture = workspace.f64(rows * size);
    workspace.scope(() => {
      const planes = workspace.bytes(4 * PLANES * CHUNK),
        at = workspace.putF32(factors);
      for (let first = 0; first < size; first += CHUNK) {
        const count = Math.min(CHUNK, size - first);
        workspace.look(({ f32 }) =>
          this.#planes.forEach((plane, p) =>
            f32(planes + 4 * p * count, count).set(plane.subarray(from + first, from + first + count)),
          ),
        );
        check("mixWeights", workspace.kernels.mixWeights(planes, count, at, rows, mixture + 8 * first, size));
      }
    });
    const row = (k: number): number => (k < rows ? mixture + 8 * k * size : 0);
    return { mixture, byWidth: row(1), byFraction: row(2), byOffset: row(3) };
  }

  /** What a Lorentzian of unit width brings to each place from beyond the matrices; multiply by fraction · width.
   *  @param curve R on the grid */
  tails(curve: Float64Array): Float64Array {
    const { workspace, grid, places, fwhm } = this.setting,
      blocks = this.#starts.length - 1;
    return workspace.scope(() => {
      const out = workspace.f64(places.length);
      check(
        "lorentzTails",
        workspace.kernels.lorentzTails(
          workspace.put(curve),
          workspace.put(grid),
          workspace.putI32(this.#starts),
          workspace.putI32(this.#blockOf),
          blocks,
          workspace.put(places),
          workspace.putI32(this.rows),
          places.length,
          0.25 * fwhm * fwhm,
          out,
          workspace.bytes(workspace.kernels.tailsScratch(blocks)),
        ),
      );
      return workspace.copy(out, places.length);
    });
  }
}

/** First intervals of blocks of at most MOST_BLOCK intervals that are no wider than `widest` (degrees), or of one; then the number of
 *  intervals. */
function blockStarts(grid: Float64Array, widest: number): Int32Array {
  const starts = [0],
    intervals = grid.length - 1;
  for (let from = 0; from < intervals;) {
    let to = from + 1;
    while (to < intervals && to - from < MOST_BLOCK && grid[to + 1] - grid[from] <= widest) to++;
    starts.push(to);
    from = to;
  }
  return Int32Array.from(starts);
}

/** Factors of the planes in the mixture of a resolution, and in its derivatives by ln width, fraction and offset, to second order in
 *  δ = lnRatio and in the shift s. No plane is needed for the second derivative by place: that of a Gaussian is (∂g/∂δ)/σ² (the heat
 *  equation), that of a Lorentzian of half width w is −(∂²l/∂δ² − ∂l/∂δ)/w² (Laplace's). */
function factorsOf({ lnRatio, fraction, shift }: Beside, fwhm: number, withDerivatives: boolean): number[] {
  const own = 1 - fraction,
    half = 0.5 * lnRatio * lnRatio,
    // 1/σ² and 1/w².
    narrowG = (8 * Math.LN2) / fwhm ** 2,
    narrowL = 4 / fwhm ** 2,
    squareG = 0.5 * shift * shift * narrowG,
    squareL = 0.5 * shift * shift * narrowL,
    gaussian = [1, lnRatio + squareG, half, -shift],
    lorentzian = [1, lnRatio + squareL, half - squareL, -shift],
    mixed = (g: readonly number[], l: readonly number[]): number[] => [
      ...g.map((factor) => own * factor),
      ...l.map((factor) => fraction * factor),
    ];
  if (!withDerivatives) return mixed(gaussian, lorentzian);
  return [
    ...mixed(gaussian, lorentzian),
    ...mixed([0, 1, lnRatio, 0], [0, 1, lnRatio, 0]),
    ...gaussian.map((factor) => -factor),
    ...lorentzian,
    ...mixed([0, shift * narrowG, 0, -1], [0, shift * narrowL, -shift * narrowL, -1]),
  ];
}
