/** Colours of the plots: those of the style sheet. */
import { signal } from "@preact/signals";

export interface Theme {
  readonly ink: string;
  readonly soft: string;
  readonly rule: string;
  readonly grid: string;
  readonly accent: string;
  readonly band: string;
  /** Of profiles drawn from the posterior. */
  readonly thread: string;
  readonly dots: string;
  readonly mask: string;
  /** Of what lies far out. */
  readonly warn: string;
  readonly font: string;
}

export type Scheme = "system" | "light" | "dark";

const KEY = "takagi scheme";
export const scheme = signal<Scheme>("system");
export const theme = signal<Theme>(readTheme());

const system = matchMedia("(prefers-color-scheme: dark)");
system.addEventListener("change", () => (theme.value = readTheme()));

export function setScheme(next: Scheme): void {
  scheme.value = next;
  document.documentElement.dataset.scheme = next;
  try {
    localStorage.setItem(KEY, next);
  } catch {
    // Kept for this visit only.
  }
  theme.value = readTheme();
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
    theme.value = readTheme();
  });
  addEventListener("afterprint", () => setScheme(scheme.peek()));
}

/** Through an element that wears them: a canvas does not know light-dark() and var(). */
function readTheme(): Theme {
  const probe = document.createElement("i");
  document.documentElement.append(probe);
  const colour = (name: string): string => {
    probe.style.color = `var(--${name})`;
    return getComputedStyle(probe).color;
  };
  const sans = getComputedStyle(probe).getPropertyValue("--sans") || "sans-serif";
  const found: Theme = {
    ink: colour("ink"),
    soft: colour("soft"),
    rule: colour("rule"),
    grid: colour("grid"),
    accent: colour("accent"),
    band: colour("band"),
    thread: colour("thread"),
    dots: colour("dots"),
    mask: colour("mask"),
    warn: colour("warn"),
    font: `12px ${sans.trim()}`,
  };
  probe.remove();
  return found;
}
