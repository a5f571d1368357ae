/** Light or dark, as the user chose or the system is. */
import { signal } from "@preact/signals";
import { readTheme, type Theme } from "../plot/theme.ts";

export type Scheme = "system" | "light" | "dark";

const KEY = "takagi scheme";
const now = (): Theme => readTheme(document.documentElement);

export const scheme = signal<Scheme>("system");
export const theme = signal<Theme>(now());

const system = matchMedia("(prefers-color-scheme: dark)");
system.addEventListener("change", () => (theme.value = now()));

export function setScheme(next: Scheme): void {
  scheme.value = next;
  document.documentElement.dataset.scheme = next;
  try {
    localStorage.setItem(KEY, next);
  } catch {
    // Kept for this visit only.
  }
  theme.value = now();
}

export function restoreScheme(): void {
  let saved: string | null = null;
  try {
    saved = localStorage.getItem(KEY);
  } catch {
    // As the system is.
  }
  setScheme(saved === "light" || saved === "dark" ? saved : "system");
}

/** Paper is light: while the page is printed, its plots are, too. */
export function lightOnPaper(): void {
  addEventListener("beforeprint", () => {
    document.documentElement.dataset.scheme = "light";
    theme.value = now();
  });
  addEventListener("afterprint", () => setScheme(scheme.peek()));
}
