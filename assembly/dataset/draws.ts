/** Draws of one sample: Philox blocks (n, 0, index) with the top bit set; the counts of its points have the next bit. */
import { philox, uniform } from "../math/random";

const DRAW_STREAM: u32 = 0x80000000;
export const COUNT_STREAM: u32 = 0x40000000;
export const ERROR_STREAM: u32 = 0xc0000000;

/** Bytes of the generator's state: index (low, high), key (low, high), next block, whether half a block waits, the block. */
export const STATE: usize = 64;

export function nextUniform(state: usize): f64 {
  if (load<u32>(state, 20) == 1) {
    store<u32>(state, 0, 20);
    return uniform(load<u32>(state, 40), load<u32>(state, 44));
  }
  const n = load<u32>(state, 16);
  philox(
    n,
    0,
    load<u32>(state),
    load<u32>(state, 4) | DRAW_STREAM,
    load<u32>(state, 8),
    load<u32>(state, 12),
    state + 32,
  );
  store<u32>(state, n + 1, 16);
  store<u32>(state, 1, 20);
  return uniform(load<u32>(state, 32), load<u32>(state, 36));
}

/** Starts the draws of sample `index` under a key. */
export function openDraws(state: usize, index: f64, seedLow: u32, seedHigh: u32): void {
  const high = <u32>(index / 4294967296);
  store<u32>(state, <u32>(index - <f64>high * 4294967296));
  store<u32>(state, high, 4);
  store<u32>(state, seedLow, 8);
  store<u32>(state, seedHigh, 12);
  store<u32>(state, 0, 16);
  store<u32>(state, 0, 20);
}

// @ts-ignore: decorator
@inline export function slot(block: usize, index: i32): f64 {
  return load<f64>(block + ((<usize>index) << 3));
}

/** Even in [low, high), two slots that follow each other. */
// @ts-ignore: decorator
@inline export function between(state: usize, preset: usize, low: i32): f64 {
  const a = slot(preset, low);
  return a + (slot(preset, low + 1) - a) * nextUniform(state);
}

/** Even in the logarithm. */
export function logBetween(state: usize, preset: usize, low: i32): f64 {
  const a = slot(preset, low),
    b = slot(preset, low + 1),
    u = nextUniform(state);
  return a == b ? a : a * Math.exp(Math.log(b / a) * u);
}

/** Whether what happens with the probability in a slot happens. */
// @ts-ignore: decorator
@inline export function happens(state: usize, preset: usize, share: i32): bool {
  return nextUniform(state) < slot(preset, share);
}

/** Which of `count` kinds, whose relative shares stand in slots that follow each other. */
export function kindOf(state: usize, preset: usize, first: i32, count: i32): i32 {
  let total: f64 = 0;
  for (let k = 0; k < count; k++) total += slot(preset, first + k);
  let left = nextUniform(state) * total;
  for (let k = 0; k < count - 1; k++) {
    left -= slot(preset, first + k);
    if (left < 0) return k;
  }
  return count - 1;
}
