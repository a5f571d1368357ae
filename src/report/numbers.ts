/** Numbers as a reader wants them: as many digits as the uncertainty allows, and no more. */
import type { Estimate } from "../types.ts";
import { printable } from "../words.ts";

const MINUS = "\u2212";

/** With `digits` significant digits, a true minus sign and no needless zeros behind an exponent: 0.00646, −1.52, 3.1×10⁶. */
export function plain(value: number, digits = 3): string {
  if (!Number.isFinite(value)) return "–";
  if (value === 0) return "0";
  const size = Math.floor(Math.log10(Math.abs(value)));
  if (size >= 5 || size < -4) {
    const [mantissa, exponent] = value.toExponential(digits - 1).split("e") as [string, string];
    return `${mantissa.replace("-", MINUS)}×10${superscript(Number(exponent))}`;
  }
  const text = size >= digits ? value.toFixed(0) : value.toPrecision(digits);
  return (text.includes("e") ? String(Number(text)) : text).replace("-", MINUS);
}

/** With a fixed number of decimals and a true minus sign. */
export function fixed(value: number, decimals: number): string {
  const text = value.toFixed(decimals);
  return (Number(text) === 0 ? text.replace("-", "") : text).replace("-", MINUS);
}

/** Decimals that show an error (> 0) to its second digit.
 *  @param most an error of 1e-9 comes of a constraint, not of knowledge */
function decimalsOf(error: number, most = 6): number {
  return Math.min(most, Math.max(0, 1 - Math.floor(Math.log10(error))));
}

/** A number to the second digit of its error, as text. */
export interface WrittenNumber {
  /** In the unit of the quantity. */
  readonly value: string;
  /** Half of the 95 % band, in the same unit; empty where none is known. */
  readonly error: string;
}

/** A number of a layer and half of its band, to that half's second digit. */
export function written({ value, lower, upper }: Estimate): WrittenNumber {
  const half = Math.max(upper - value, value - lower);
  if (!Number.isFinite(half) || !(half > 0)) return { value: plain(value), error: "" };
  const decimals = decimalsOf(half);
  return { value: fixed(value, decimals), error: fixed(half, decimals) };
}

/** "58.72 ± 0.15". */
export function together({ value, error }: WrittenNumber): string {
  return error === "" ? value : `${value} ± ${error}`;
}

export function withError(estimate: Estimate): string {
  return together(written(estimate));
}

/** A value and its interval, written to the second digit of the interval's half width: "1.52 (1.49 … 1.55)". */
export function withBand(
  value: number,
  lower: number,
  upper: number,
): { readonly value: string; readonly band: string } {
  const half = (upper - lower) / 2;
  if (!Number.isFinite(half) || !(half > 0)) return { value: plain(value), band: "" };
  const decimals = decimalsOf(half);
  return { value: fixed(value, decimals), band: `${fixed(lower, decimals)} … ${fixed(upper, decimals)}` };
}

/** A share as a percentage: whole, and with decimals only where it is near 0 or 1. */
export function percentOf(share: number): string {
  const percent = 100 * share;
  if (!Number.isFinite(percent)) return "–";
  if (percent > 99 && percent < 99.95) return `${percent.toFixed(1)} %`;
  return percent > 0 && percent < 10 ? `${plain(percent, 2)} %` : `${Math.round(percent)} %`;
}

/** A value and its standard deviation, both to the second digit of twice that deviation.
 *  @param most decimals at most */
export function asKnown(
  value: number,
  deviation: number,
  most: number,
): { readonly value: string; readonly deviation: string } {
  const decimals = decimalsOf(2 * deviation, most);
  return { value: fixed(value, decimals), deviation: fixed(deviation, decimals) };
}

/** A whole number as an exponent: −12 is "⁻¹²". */
export function superscript(exponent: number): string {
  return String(exponent).replace(/./g, (sign) => (sign === "-" ? "⁻" : "⁰¹²³⁴⁵⁶⁷⁸⁹"[Number(sign)]!));
}

/** For text and attributes of HTML and SVG; characters that XML forbids are dropped, those that turn a line around replaced. */
export function escape(text: string): string {
  const allowed = printable(text).replace(
    /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g,
    "",
  );
  return allowed.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);
}
