/** Repeatable random numbers for starts and draws of a fit; samples have the kernels' Philox. */

/** Uniform in [0, 1): xoshiro128** of Blackman & Vigna 2021 (ACM Trans. Math. Softw. 47, 36), seeded by a Weyl sequence
 *  through MurmurHash3's finaliser. */
export function uniforms(seed: number): () => number {
  const state = Uint32Array.from({ length: 4 }, (_, k) => finalise((seed + (k + 1) * 0x9e3779b9) >>> 0));
  return () => {
    const [a, b, c, d] = state as unknown as [number, number, number, number];
    const scrambled = Math.imul(rotate(Math.imul(b, 5), 7), 9) >>> 0;
    state[2] = c ^ a;
    state[3] = d ^ b;
    state[1] = b ^ state[2];
    state[0] = a ^ state[3];
    state[2] ^= b << 9;
    state[3] = rotate(state[3], 11);
    return scrambled / 2 ** 32;
  };
}

/** One of a list. */
export function pick<T>(list: readonly T[], uniform: () => number): T {
  return list[Math.floor(uniform() * list.length)]!;
}

/** Standard normal, by Box & Muller 1958. */
export function normals(seed: number): () => number {
  const next = uniforms(seed);
  let spare: number | undefined;
  return () => {
    if (spare !== undefined) {
      const value = spare;
      spare = undefined;
      return value;
    }
    const radius = Math.sqrt(-2 * Math.log(1 - next())),
      angle = 2 * Math.PI * next();
    spare = radius * Math.sin(angle);
    return radius * Math.cos(angle);
  };
}

function rotate(x: number, bits: number): number {
  return (x << bits) | (x >>> (32 - bits));
}

function finalise(x: number): number {
  let h = x;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return h ^ (h >>> 16);
}
