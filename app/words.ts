/** Crystals and values in words, as the page writes them. */
import type { Hkl } from "takagi";

export function indices(hkl: Hkl): string {
  return hkl.join(" ").replaceAll("-", "−");
}

/** Numbers keep their units beside them. */
export function tied(text: string): string {
  return text.replace(/(\d) (?=%|nm|Å)/g, "$1\u00a0");
}
