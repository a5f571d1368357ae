/** Numbers and crystals in words, as the page writes them. */
import type { Hkl } from "takagi";

export function superscript(exponent: number): string {
  return String(exponent).replace(/./g, (sign) => (sign === "-" ? "⁻" : "⁰¹²³⁴⁵⁶⁷⁸⁹"[Number(sign)]!));
}

/** With `digits` significant ones and a true minus sign. */
export function digits(value: number, count = 3): string {
  if (!Number.isFinite(value)) return "–";
  const size = value === 0 ? 0 : Math.floor(Math.log10(Math.abs(value)));
  const text =
    size >= 5 || size < -4
      ? exponential(value, count)
      : size >= count
        ? value.toFixed(0)
        : value.toPrecision(count);
  return text.replace("-", "−");
}

function exponential(value: number, count: number): string {
  const [mantissa, exponent] = value.toExponential(count - 1).split("e") as [string, string];
  return `${mantissa}×10${superscript(Number(exponent))}`;
}

/** A share: whole percent, and decimals only near 0 or 1. */
export function percent(share: number): string {
  const value = 100 * share;
  if (value > 99 && value < 99.95) return `${value.toFixed(1)} %`;
  return value > 0 && value < 10 ? `${digits(value, 2)} %` : `${Math.round(value)} %`;
}

export function indices(hkl: Hkl): string {
  return hkl.join(" ").replaceAll("-", "−");
}
