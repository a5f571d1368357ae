/** Mixtures of Gaussians as text: half precision, base64. f16: dimension, components, then of each ln weight, mean [d], L⁻¹ row by
 *  row [d(d + 1)/2]. */
import type { Gaussian, Mixture } from "./mixture.ts";

export function encodeMixture({ dimension: d, components }: Mixture): string {
  const numbers: number[] = [d, components.length];
  for (const { lnWeight, mean, whitening } of components) {
    numbers.push(lnWeight, ...mean);
    for (let i = 0; i < d; i++) for (let k = 0; k <= i; k++) numbers.push(whitening[i * d + k]);
  }
  const bytes = new Uint8Array(2 * numbers.length),
    view = new DataView(bytes.buffer);
  numbers.forEach((value, k) => view.setUint16(2 * k, toHalf(value), true));
  let text = "";
  for (const byte of bytes) text += String.fromCharCode(byte);
  return btoa(text);
}

export function decodeMixture(text: string): Mixture {
  const bytes = Uint8Array.from(atob(text), (c) => c.charCodeAt(0)),
    view = new DataView(bytes.buffer);
  let at = 0;
  const next = (): number => fromHalf(view.getUint16(2 * at++, true));
  const dimension = next(),
    count = next();
  const components = Array.from({ length: count }, (): Gaussian => {
    const lnWeight = next(),
      mean = Float64Array.from({ length: dimension }, next),
      whitening = new Float64Array(dimension * dimension);
    let lnHeight = lnWeight - (dimension / 2) * Math.log(2 * Math.PI);
    for (let i = 0; i < dimension; i++) {
      for (let k = 0; k <= i; k++) whitening[i * dimension + k] = next();
      lnHeight += Math.log(whitening[i * dimension + i]);
    }
    return { lnWeight, mean, whitening, lnHeight };
  });
  return { dimension, components };
}

function toHalf(value: number): number {
  const sign = value < 0 || Object.is(value, -0) ? 0x8000 : 0,
    size = Math.abs(value);
  if (size < 2 ** -24) return sign;
  const exponent = Math.max(Math.floor(Math.log2(size)), -14),
    steps = Math.round((size / 2 ** exponent) * 1024);
  if (exponent === -14 && steps < 1024) return sign | steps;
  const carried = steps >= 2048 ? exponent + 1 : exponent,
    fraction = steps >= 2048 ? 0 : steps - 1024;
  return carried > 15 ? sign | 0x7bff : sign | ((carried + 15) << 10) | fraction;
}

function fromHalf(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1,
    exponent = (bits >> 10) & 31,
    fraction = bits & 1023;
  return (
    sign * (exponent === 0 ? (fraction / 1024) * 2 ** -14 : (1 + fraction / 1024) * 2 ** (exponent - 15))
  );
}
