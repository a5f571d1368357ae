/** A curve whose substrate peak is far narrower than a step, on an even grid and yet resolved, and seen through a
 *  pseudo-Voigt of the instrument.
 *
 *  The grid θ_j = low + j·step carries the film. From j0 to j1, about the peak, finer nodes take the place of its points: even
 *  ones within the range of total reflection, then ones whose distance grows with that from the peak. Each node has the
 *  mass R·(half the way between its neighbours); the finer ones hand theirs to a grid p times as fine, by cubics that keep
 *  its first four moments. Then  seen(θ_i) = Σ mass · r(θ_i − θ), r at multiples of step/p from one table.
 *
 *      θ:  |     |     | j0 . . ..:::..  . . j1 |     |     |
 */

/** Nodes within half the width of total reflection, and growth of their distance beyond it. */
const NODES_PER_PEAK: f64 = 12;
const GROWTH: f64 = 0.12;
const MOST_NODES = 700;
/** Reach of the Gaussian, in widths: 1.5e-6 of its height. */
const REACH: f64 = 2.2;
/** Grid points of a block whose sum serves far points of a Lorentzian, and the nearest that counts as far. */
const BLOCK = 16;
const FAR: f64 = 40;

/** Slots of a grid: f64[GridSlot.Size]. */
export const enum GridSlot {
  Low = 0,
  Step = 1,
  Count = 2,
  /** Grid points between which the nodes are. */
  First = 3,
  Last = 4,
  Nodes = 5,
  Size = 6,
}

// @ts-ignore: decorator
@inline function at(block: usize, index: i32): f64 {
  return load<f64>(block + ((<usize>index) << 3));
}
// @ts-ignore: decorator
@inline function add(to: usize, value: f64): void {
  store<f64>(to, load<f64>(to) + value);
}

/** All angles, ascending: grid points up to j0, nodes, grid points from j1 on.
 *  @param grid Low, Step and Count are read, the others written
 *  @param centre, width middle and half width of total reflection, radians
 *  @param fwhm of the resolution
 *  @param theta f64[Count + 700], written
 *  @returns their number */
export function layAngles(grid: usize, centre: f64, width: f64, fwhm: f64, theta: usize): i32 {
  const low = at(grid, GridSlot.Low),
    step = at(grid, GridSlot.Step),
    count = <i32>at(grid, GridSlot.Count);
  const widest = min(step, 0.5 * fwhm),
    reach = width + step / GROWTH;
  const first = max(<i32>Math.floor((centre - reach - low) / step), 0),
    last = min(<i32>Math.ceil((centre + reach - low) / step), count - 1);
  let n = 0;
  for (; n <= first; n++) store<f64>(theta + ((<usize>n) << 3), low + step * <f64>n);
  const end = low + step * <f64>last,
    finest = width / NODES_PER_PEAK;
  let nodes = 0,
    x = low + step * <f64>first;
  while (nodes < MOST_NODES) {
    const before = centre - width - x;
    let h = min(widest, finest + GROWTH * max(Math.abs(x - centre) - width, 0));
    // None jumps over the beginning of total reflection.
    if (before > 0 && h > before) h = before + finest;
    x += h;
    if (x >= end - 0.3 * h) break;
    store<f64>(theta + ((<usize>n) << 3), x);
    n++;
    nodes++;
  }
  for (let j = last; j < count; j++, n++) store<f64>(theta + ((<usize>n) << 3), low + step * <f64>j);
  store<f64>(grid, <f64>first, GridSlot.First << 3);
  store<f64>(grid, <f64>last, GridSlot.Last << 3);
  store<f64>(grid, <f64>nodes, GridSlot.Nodes << 3);
  return n;
}

/** f64 numbers that `see` needs. */
export function seeScratch(gridCount: i32): usize {
  return (<usize>(gridCount * 10 + 8192)) << 3;
}

/** Gaussian and Lorentzian parts of r at k·h: f64[count]. */
function fillTable(fwhm: f64, lorentz: f64, h: f64, count: i32, table: usize): void {
  const gaussian = ((1 - lorentz) * 0.9394372786996513) / fwhm,
    lorentzian = (lorentz * 0.6366197723675814) / fwhm;
  for (let k = 0; k < count; k++) {
    const u = (2 * h * <f64>k) / fwhm,
      u2 = u * u;
    let value = lorentz > 0 ? lorentzian / (1 + u2) : 0;
    if (u <= 2 * REACH) value += gaussian * Math.exp(-0.6931471805599453 * u2);
    store<f64>(table + ((<usize>k) << 3), value);
  }
}

/** R seen through the instrument at every `stride`-th grid point from `from` on.
 *  @param theta, reflectivity of layAngles' angles
 *  @param fwhm, lorentz width (radians θ) and Lorentzian fraction of the resolution; fwhm ≥ step/2
 *  @param scratch seeScratch(Count) bytes
 *  @param out f64[points] */
export function see(
  grid: usize,
  theta: usize,
  reflectivity: usize,
  fwhm: f64,
  lorentz: f64,
  from: i32,
  stride: i32,
  points: i32,
  scratch: usize,
  out: usize,
): void {
  const step = at(grid, GridSlot.Step),
    count = <i32>at(grid, GridSlot.Count);
  const first = <i32>at(grid, GridSlot.First),
    last = <i32>at(grid, GridSlot.Last),
    nodes = <i32>at(grid, GridSlot.Nodes);
  const parts = max(<i32>Math.ceil((4 * step) / fwhm), 1),
    fine = step / <f64>parts;
  const fineCount = (last - first) * parts + 1;
  const mass = scratch,
    blocks = mass + ((<usize>(count + BLOCK)) << 3),
    peak = blocks + ((<usize>(count / BLOCK + 2)) << 4),
    table = peak + ((<usize>(fineCount + 4)) << 3);

  // Masses. Node k of the angles stands for half the way to each neighbour.
  memory.fill(mass, 0, (<usize>(count + BLOCK)) << 3);
  memory.fill(peak, 0, (<usize>(fineCount + 4)) << 3);
  const total = first + 1 + nodes + count - last,
    origin = load<f64>(theta + ((<usize>first) << 3));
  for (let k = 0; k < total; k++) {
    const here = theta + ((<usize>k) << 3),
      value = load<f64>(reflectivity + ((<usize>k) << 3));
    const h =
      0.5 *
      ((k < total - 1 ? load<f64>(here, 8) : load<f64>(here) + step) -
        (k > 0 ? load<f64>(here - 8) : load<f64>(here) - step));
    if (k <= first) store<f64>(mass + ((<usize>k) << 3), h * value);
    else if (k > first + nodes) store<f64>(mass + ((<usize>(k - first - 1 - nodes + last)) << 3), h * value);
    else {
      const x = (load<f64>(here) - origin) / fine,
        cell = min(max(<i32>Math.floor(x), 1), max(fineCount - 3, 1)),
        u = x - <f64>cell,
        to = peak + ((<usize>(cell - 1)) << 3);
      const m = h * value;
      add(to, (-m * u * (u - 1) * (u - 2)) / 6);
      add(to + 8, (m * (u + 1) * (u - 1) * (u - 2)) / 2);
      add(to + 16, (-m * (u + 1) * u * (u - 2)) / 2);
      add(to + 24, (m * (u + 1) * u * (u - 1)) / 6);
    }
  }

  // r; the tap at 0 makes the sum over the grid 1, which is the integral where the grid is fine and R where it is not.
  const gaussTaps = <i32>Math.ceil((REACH * fwhm) / step),
    near = lorentz > 0 ? max(gaussTaps, <i32>FAR) : gaussTaps;
  const tableCount = (lorentz > 0 ? count : gaussTaps + 1) * parts + 1;
  fillTable(fwhm, lorentz, fine, tableCount, table);
  let sum: f64 = 0;
  const gaussian = ((1 - lorentz) * 0.9394372786996513) / fwhm;
  for (let k = 1; k <= gaussTaps; k++) {
    const u = (2 * step * <f64>k) / fwhm;
    sum += 2 * gaussian * Math.exp(-0.6931471805599453 * u * u);
  }
  sum += gaussian;
  const spread = Math.exp((-Math.PI * fwhm) / step),
    middle = (1 - step * sum - (lorentz * (1 + spread)) / (1 - spread)) / step + load<f64>(table);

  const blockCount = (count + BLOCK - 1) / BLOCK;
  if (lorentz > 0) {
    for (let b = 0; b < blockCount; b++) {
      let m: f64 = 0,
        d: f64 = 0;
      for (let k = 0; k < BLOCK; k++) {
        const value = load<f64>(mass + ((<usize>(b * BLOCK + k)) << 3));
        m += value;
        d += value * <f64>(k - BLOCK / 2);
      }
      store<f64>(blocks + ((<usize>b) << 4), m);
      store<f64>(blocks + ((<usize>b) << 4), 0.5 * d, 8);
    }
  }
  const nearBlocks = (near + BLOCK - 1) / BLOCK,
    stridden = (<usize>parts) << 3;
  for (let n = 0; n < points; n++) {
    const i = from + n * stride;
    let value: f64 = 0,
      j0 = max(i - near, 0),
      j1 = min(i + near, count - 1);
    if (lorentz > 0) {
      const own = i / BLOCK,
        b0 = max(own - nearBlocks, 0),
        b1 = min(own + nearBlocks, blockCount - 1);
      j0 = b0 * BLOCK;
      j1 = min(b1 * BLOCK + BLOCK, count) - 1;
      for (let b = 0; b < blockCount; b++) {
        if (b == b0) b = b1 + 1;
        if (b >= blockCount) break;
        const distance = b * BLOCK + BLOCK / 2 - i,
          r = table + <usize>abs(distance) * stridden,
          sign: f64 = distance < 0 ? -1 : 1;
        if (abs(distance) >= count - 1) continue;
        value +=
          load<f64>(blocks + ((<usize>b) << 4)) * load<f64>(r) +
          sign *
            load<f64>(blocks + ((<usize>b) << 4), 8) *
            (load<f64>(r + stridden) - load<f64>(r - stridden));
      }
    }
    for (
      let j = j0, to = mass + ((<usize>j0) << 3), r = table + <usize>(i - j0) * stridden;
      j < i;
      j++, to += 8, r -= stridden
    )
      value += load<f64>(to) * load<f64>(r);
    for (
      let j = i + 1, to = mass + ((<usize>j) << 3), r = table + stridden;
      j <= j1;
      j++, to += 8, r += stridden
    )
      value += load<f64>(to) * load<f64>(r);
    value += load<f64>(mass + ((<usize>i) << 3)) * middle;
    // The nodes' part.
    const place = (i - first) * parts,
      k0 = max(place - tableCount + 1, 0),
      k1 = min(place + tableCount - 1, fineCount + 3);
    for (let k = k0; k <= min(k1, place); k++)
      value += load<f64>(peak + ((<usize>k) << 3)) * load<f64>(table + ((<usize>(place - k)) << 3));
    for (let k = max(k0, place + 1); k <= k1; k++)
      value += load<f64>(peak + ((<usize>k) << 3)) * load<f64>(table + ((<usize>(k - place)) << 3));
    store<f64>(out + ((<usize>n) << 3), value);
  }
}
