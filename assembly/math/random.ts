/** Counter-based random numbers: Philox4×32-10 (Salmon et al., SC'11). A number is a pure function of (seed, counter),
 *  so any worker draws any part of a series, bit for bit the same on every runtime. */

/** Fills out u32[4] with the block of the counter (c0, c1, c2, c3) under the key (k0, k1). */
export function philox(c0: u32, c1: u32, c2: u32, c3: u32, k0: u32, k1: u32, out: usize): void {
  for (let round = 0; round < 10; round++) {
    const a = <u64>c0 * 0xd2511f53,
      b = <u64>c2 * 0xcd9e8d57;
    const n0 = (<u32>(b >> 32)) ^ c1 ^ k0,
      n2 = (<u32>(a >> 32)) ^ c3 ^ k1;
    c1 = <u32>b;
    c3 = <u32>a;
    c0 = n0;
    c2 = n2;
    k0 += 0x9e3779b9;
    k1 += 0xbb67ae85;
  }
  store<u32>(out, c0);
  store<u32>(out, c1, 4);
  store<u32>(out, c2, 8);
  store<u32>(out, c3, 12);
}

/** Uniform in (0, 1) from two words of a block: 53 bits, never 0. */
export function uniform(low: u32, high: u32): f64 {
  return (<f64>(((<u64>high) << 21) ^ ((<u64>low) >> 11)) + 0.5) * 1.1102230246251565e-16;
}
