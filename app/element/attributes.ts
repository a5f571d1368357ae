/** Attributes of <takagi-view> as the values that they stand for. */
import { type Effort, type Hkl, InvalidParameterError } from "takagi";

/** Light or dark, whatever the page is; "auto": as the page's `color-scheme` is. */
export type ViewTheme = "light" | "dark" | "auto";

const EFFORTS = ["quick", "normal", "thorough"] as const;
const THEMES: readonly ViewTheme[] = ["light", "dark", "auto"];

/** What stands in an attribute as text → its value.
 *  @throws {InvalidParameterError} which names the attribute */
export const PARSERS = { hkl: hklOf, wavelength: wavelengthOf, effort: effortOf, theme: themeOf } as const;

function hklOf(text: string): Hkl {
  const numbers = text
    .trim()
    .split(/[\s,]+/)
    .map(Number);
  if (numbers.length !== 3 || !numbers.every(Number.isInteger) || text.trim() === "")
    throw new InvalidParameterError("hkl", "three whole numbers such as 4,0,0", text);
  return numbers as unknown as Hkl;
}

function wavelengthOf(text: string): number {
  const value = Number(text);
  if (text.trim() === "" || !(value > 0 && Number.isFinite(value)))
    throw new InvalidParameterError("wavelength", "a number > 0 Å", text);
  return value;
}

function effortOf(text: string): Effort {
  const named = EFFORTS.find((name) => name === text),
    value = Number(text);
  if (named !== undefined) return named;
  if (text.trim() === "" || !(value > 0 && Number.isFinite(value)))
    throw new InvalidParameterError("effort", `one of ${EFFORTS.join(", ")}, or a number > 0 s`, text);
  return value;
}

function themeOf(text: string): ViewTheme {
  const found = THEMES.find((theme) => theme === text);
  if (found === undefined) throw new InvalidParameterError("theme", `one of ${THEMES.join(", ")}`, text);
  return found;
}
