/** Counts: Poisson draws of mean intensities. */
import { philox, uniform } from "../math/random";
import { Status } from "../status";

/** ln Γ(x) for x ≥ 1 (Stirling's series after shifting x above 10; 1e-14). */
function logGamma(x: f64): f64 {
  let shift: f64 = 1;
  for (; x < 10; x += 1) shift *= x;
  const z = 1 / (x * x);
  const series = (1.0 / 12 - z * (1.0 / 360 - z * (1.0 / 1260 - z * (1.0 / 1680 - z * (1.0 / 1188))))) / x;
  return (x - 0.5) * Math.log(x) - x + 0.9189385332046727 + series - Math.log(shift);
}

/** One Poisson draw; its uniforms are the Philox blocks (attempt, point, c2, c3). Below a mean of 30 by inversion,
 *  above by transformed rejection (Hörmann 1993, PTRS). */
export function poissonDraw(mean: f64, point: u32, c2: u32, c3: u32, k0: u32, k1: u32, block: usize): f64 {
  if (mean < 30) {
    philox(0, point, c2, c3, k0, k1, block);
    let u = uniform(load<u32>(block), load<u32>(block, 4)),
      p = Math.exp(-mean),
      n: f64 = 0;
    while (u > p && n < 200) {
      u -= p;
      n += 1;
      p *= mean / n;
    }
    return n;
  }
  const root = Math.sqrt(mean),
    b = 0.931 + 2.53 * root,
    a = -0.059 + 0.02483 * b;
  const inverseAlpha = 1.1239 + 1.1328 / (b - 3.4),
    vr = 0.9277 - 3.6224 / (b - 2),
    log = Math.log(mean);
  for (let attempt: u32 = 0; attempt < 1000; attempt++) {
    philox(attempt, point, c2, c3, k0, k1, block);
    const u = uniform(load<u32>(block), load<u32>(block, 4)) - 0.5,
      v = uniform(load<u32>(block, 8), load<u32>(block, 12));
    const us = 0.5 - Math.abs(u),
      k = Math.floor(((2 * a) / us + b) * u + mean + 0.43);
    if (us >= 0.07 && v <= vr) return k;
    if (k < 0 || (us < 0.013 && v > us)) continue;
    if (Math.log((v * inverseAlpha) / (a / (us * us) + b)) <= k * log - mean - logGamma(k + 1)) return k;
  }
  return Math.floor(mean + 0.5);
}

/** Poisson counts of each mean.
 *  @param mean f64[count], ≥ 0
 *  @param seedLow, seedHigh key of the generator
 *  @param stream which series under this seed
 *  @param scratch poissonScratch() bytes
 *  @param out f64[count]; may be `mean` */
export function poisson(
  mean: usize,
  count: i32,
  seedLow: u32,
  seedHigh: u32,
  stream: u32,
  scratch: usize,
  out: usize,
): Status {
  if (count < 0) return Status.BadCount;
  for (let j = 0; j < count; j++) {
    const at = (<usize>j) << 3,
      m = load<f64>(mean + at);
    if (!(m >= 0)) return Status.BadParameter;
    store<f64>(out + at, m == 0 ? 0 : poissonDraw(m, j, stream, 0, seedLow, seedHigh, scratch));
  }
  return Status.Ok;
}

/** Bytes of scratch that poisson needs. */
export function poissonScratch(): i32 {
  return 16;
}
