/** Numbers as files hold them: half precision. */

/** IEEE 754 binary16, rounded to nearest, ties to even; beyond its range ±infinity. */
export function toHalf(values: Float32Array): Uint8Array<ArrayBuffer> {
  const bits = new Uint32Array(values.slice().buffer),
    half = new Uint16Array(values.length);
  for (const [i, b] of bits.entries()) {
    const sign = (b >>> 16) & 0x8000,
      exponent = ((b >>> 23) & 0xff) - 112,
      mantissa = b & 0x7fffff;
    if (exponent >= 31) half[i] = sign | 0x7c00;
    else if (exponent <= 0) {
      // Subnormal: the mantissa with its leading one, shifted.
      const shift = 14 - exponent,
        whole = mantissa | 0x800000;
      half[i] = shift > 24 ? sign : sign | round(whole, shift);
    } else half[i] = sign | round((exponent << 23) | mantissa, 13);
  }
  return new Uint8Array(half.buffer);
}

function round(value: number, shift: number): number {
  const cut = Math.floor(value / 2 ** shift),
    rest = value - cut * 2 ** shift,
    middle = 2 ** (shift - 1);
  return rest > middle || (rest === middle && cut % 2 === 1) ? cut + 1 : cut;
}

export function fromHalf(bytes: Uint8Array): Float32Array {
  const half = new Uint16Array(new Uint8Array(bytes).buffer);
  return Float32Array.from(half, (h) => {
    const sign = h & 0x8000 ? -1 : 1,
      exponent = (h >> 10) & 31,
      mantissa = h & 1023;
    if (exponent === 31) return mantissa === 0 ? sign * Infinity : NaN;
    return sign * (exponent === 0 ? mantissa * 2 ** -24 : (1024 + mantissa) * 2 ** (exponent - 25));
  });
}
