/** Colours of the plots: those of the style sheet. */

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

/** Through an element that wears them: a canvas does not know light-dark() and var().
 *  @param place where the plots are, or above them */
export function readTheme(place: Element): Theme {
  const probe = document.createElement("i");
  place.append(probe);
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
