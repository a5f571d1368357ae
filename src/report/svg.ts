/** Pictures of curves as SVG text, without libraries: panels with axes, and lines, dots and bands in them. */

import { position, ticks, type Axis, type Tick } from "./axis.ts";
import { escape } from "./numbers.ts";

/** Colours by role, for light and dark surroundings; shared by pictures and pages. */
const LIGHT = {
  paper: "#fff",
  ink: "#1b1d21",
  soft: "#5c626b",
  rule: "#8a9099",
  grid: "#e6e8eb",
  accent: "#1763ad",
  dots: "#3c4047",
  mask: "#eceef1",
  warn: "#b34a00",
};
const DARK = {
  paper: "#15171a",
  ink: "#e7e9ec",
  soft: "#a3a9b2",
  rule: "#7a818b",
  grid: "#2b2f35",
  accent: "#6fb1f0",
  dots: "#c9cdd3",
  mask: "#22262b",
  warn: "#f3b27a",
};

/** The palettes as CSS variables. */
export const PALETTE = /* @__PURE__ */ variables(LIGHT);
export const PALETTE_DARK = /* @__PURE__ */ variables(DARK);

/** Style of everything inside a picture. */
export const FIGURE_STYLE = `.fig text{font:12px system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif;fill:var(--soft);font-variant-numeric:tabular-nums}
.fig .label{fill:var(--ink)}.fig .frame{fill:none;stroke:var(--rule)}.fig .grid{fill:none;stroke:var(--grid)}.fig .tick{fill:none;stroke:var(--rule)}
.fig .fit{fill:none;stroke:var(--accent);stroke-width:1.4;stroke-linejoin:round}.fig .thread{fill:none;stroke:var(--accent);stroke-width:.7;stroke-opacity:.28;stroke-linejoin:round}.fig .ghost{fill:none;stroke:var(--rule);stroke-dasharray:4 3}
.fig .band{fill:var(--accent);fill-opacity:.18;stroke:none}.fig .dots{fill:none;stroke:var(--dots);stroke-width:2.6;stroke-linecap:round}
.fig .fine{stroke-width:2.1}.fig .bold{stroke-width:5}.fig .zeros{fill:none;stroke:var(--dots);stroke-opacity:.7}.fig .mask{fill:var(--mask);stroke:none}.fig .zero{fill:none;stroke:var(--rule);stroke-dasharray:2 3}
.fig .mark{fill:var(--paper);stroke:var(--accent);stroke-width:1.6}.fig .paper{fill:var(--paper)}.fig .truth{fill:none;stroke:var(--rule);stroke-width:2.6;stroke-opacity:.75;stroke-linejoin:round}.fig .cloud{fill:none;stroke:var(--accent);stroke-width:1.3;stroke-linecap:round;stroke-opacity:.7}.fig .bar{fill:none;stroke:var(--accent);stroke-width:1.2;stroke-opacity:.55}.fig .series{fill:none;stroke-width:1.1;stroke-linejoin:round}.fig .plain{fill:none;stroke:var(--dots);stroke-width:1.3}.fig .beyond{fill:var(--warn);stroke:none}.fig .far{fill:none;stroke:var(--warn);stroke-width:3;stroke-linecap:round}`;

/** Where a panel's frame lies in its picture, px. */
export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export interface PanelOptions {
  readonly box: Box;
  readonly x: Axis;
  readonly y: Axis;
  /** Numbers and label under the frame; false where a panel beneath shares the axis. */
  readonly xLabels?: boolean;
  /** Numbers beside the frame. */
  readonly yLabels?: boolean;
  /** A second scale above the frame, at values of the x axis. */
  readonly top?: { readonly label: string; readonly ticks: readonly Tick[] };
  /** px between the y axis's label and the frame's left edge; the box's distance from the picture's edge if absent. */
  readonly gutter?: number;
  /** About this many px from one label to the next; 70 and 34 if absent. */
  readonly spacing?: { readonly x?: number; readonly y?: number };
}

/** A panel under construction: what is drawn lies inside its frame, cut at its edges. */
export class Panel {
  readonly #options: PanelOptions;
  readonly #inside: string[] = [];
  /** px from the frame's left edge. */
  readonly toX: (value: number) => number;
  /** px from the frame's upper edge. */
  readonly toY: (value: number) => number;

  constructor(options: PanelOptions) {
    this.#options = options;
    this.toX = position(options.x, 0, options.box.width);
    this.toY = position(options.y, options.box.height, 0);
  }

  /** A line through the points; more than one a pixel are thinned to their extremes, so that no peak is lost. */
  line(x: ArrayLike<number>, y: ArrayLike<number>, className: string): this {
    const points = thinned(Array.from(x, this.toX), Array.from(y, this.toY));
    this.#inside.push(`<path class="${className}" d="${points.length > 0 ? `M${points.join("L")}` : ""}"/>`);
    return this;
  }

  /** A vertical stroke from `lower` to `upper` at each x; nothing where one of them is NaN. */
  bars(x: ArrayLike<number>, lower: ArrayLike<number>, upper: ArrayLike<number>): this {
    const strokes: string[] = [];
    for (let i = 0; i < x.length; i++)
      if (Number.isFinite(lower[i]) && Number.isFinite(upper[i]))
        strokes.push(`M${px(this.toX(x[i]!))} ${px(this.toY(lower[i]!))}V${px(this.toY(upper[i]!))}`);
    if (strokes.length > 0) this.#inside.push(`<path class="bar" d="${strokes.join("")}"/>`);
    return this;
  }

  /** A filled rectangle about a point, as wide and high as said in data, and never less than 3 px.
   *  @param words shown where the pointer rests on it */
  cell(
    { x, y, width, height }: Box,
    { colour, words }: { readonly colour: string; readonly words: string },
  ): this {
    const left = this.toX(x - width / 2),
      top = this.toY(y + height / 2),
      size = [this.toX(x + width / 2) - left, this.toY(y - height / 2) - top].map((s) => px(Math.max(3, s)));
    this.#inside.push(
      `<rect x="${px(left)}" y="${px(top)}" width="${size[0]}" height="${size[1]}" fill="${colour}"><title>${escape(words)}</title></rect>`,
    );
    return this;
  }

  band(x: ArrayLike<number>, lower: ArrayLike<number>, upper: ArrayLike<number>): this {
    const px = Array.from(x, this.toX);
    const there = thinned(px, Array.from(upper, this.toY));
    const back = thinned(px, Array.from(lower, this.toY)).reverse();
    if (there.length > 0)
      this.#inside.push(`<path class="band" d="M${there.join("L")}L${back.join("L")}Z"/>`);
    return this;
  }

  /** Round dots; those that would hide each other are drawn once. */
  dots(x: ArrayLike<number>, y: ArrayLike<number>, className = "dots"): this {
    const seen = new Set<string>();
    for (let i = 0; i < x.length; i++) seen.add(`M${half(this.toX(x[i]!))} ${half(this.toY(y[i]!))}h0`);
    this.#inside.push(`<path class="${className}" d="${[...seen].join("")}"/>`);
    return this;
  }

  /** Short strokes on the lower edge. */
  rug(x: ArrayLike<number>): this {
    const { height } = this.#options.box;
    const seen = new Set<string>();
    for (let i = 0; i < x.length; i++) seen.add(`M${half(this.toX(x[i]!))} ${height}v-6`);
    if (seen.size > 0) this.#inside.push(`<path class="zeros" d="${[...seen].join("")}"/>`);
    return this;
  }

  /** Small triangles at the upper or lower edge, for points that lie beyond it. */
  beyond(x: ArrayLike<number>, edge: "upper" | "lower"): this {
    const [at, tip] = edge === "upper" ? [5, -4] : [this.#options.box.height - 5, 4];
    const seen = new Set<string>();
    for (let i = 0; i < x.length; i++) seen.add(`M${px(half(this.toX(x[i]!)) - 3)} ${at}h6l-3 ${tip}Z`);
    if (seen.size > 0) this.#inside.push(`<path class="beyond" d="${[...seen].join("")}"/>`);
    return this;
  }

  /** Fills a range of x over the panel's whole height. */
  shade(from: number, to: number): this {
    const left = this.toX(from);
    const width = Math.max(1, this.toX(to) - left);
    this.#inside.push(
      `<rect class="mask" x="${px(left)}" y="0" width="${px(width)}" height="${this.#options.box.height}"/>`,
    );
    return this;
  }

  horizontal(y: number): this {
    this.#inside.push(`<path class="zero" d="M0 ${px(this.toY(y))}h${this.#options.box.width}"/>`);
    return this;
  }

  mark(x: number, y: number): this {
    this.#inside.push(`<circle class="mark" cx="${px(this.toX(x))}" cy="${px(this.toY(y))}" r="3.5"/>`);
    return this;
  }

  toString(): string {
    const {
      box,
      x: xAxis,
      y: yAxis,
      xLabels = true,
      yLabels = true,
      top,
      spacing,
      gutter = this.#options.box.x,
    } = this.#options;
    const { width, height } = box;
    const along = onAxis(ticks(xAxis, Math.max(2, Math.floor(width / (spacing?.x ?? 70)))), xAxis);
    const up = yLabels
      ? onAxis(ticks(yAxis, Math.max(2, Math.floor(height / (spacing?.y ?? 34)))), yAxis)
      : [];
    const out: string[] = [];
    const grid = [
      ...along.filter(named).map((t) => `M${px(this.toX(t.value))} 0v${height}`),
      ...up.filter(named).map((t) => `M0 ${px(this.toY(t.value))}h${width}`),
    ];
    out.push(`<g transform="translate(${box.x} ${box.y})">`);
    // A picture in the picture cuts at its edges without needing names that could meet others on one page.
    out.push(`<svg width="${width}" height="${height}" overflow="hidden">`);
    const shades = this.#inside.filter((piece) => piece.includes('class="mask"'));
    out.push(
      ...shades,
      `<path class="grid" d="${grid.join("")}"/>`,
      ...this.#inside.filter((piece) => !shades.includes(piece)),
      "</svg>",
    );
    out.push(`<rect class="frame" width="${width}" height="${height}"/>`);
    const strokes = [
      ...along.map((t) => `M${px(this.toX(t.value))} ${height}v${named(t) ? -5 : -3}`),
      ...up.map((t) => `M0 ${px(this.toY(t.value))}h${named(t) ? 5 : 3}`),
      ...(top?.ticks ?? []).map((t) => `M${px(this.toX(t.value))} 0v5`),
    ];
    out.push(`<path class="tick" d="${strokes.join("")}"/>`);
    for (const t of up.filter(named)) out.push(text(-7, this.toY(t.value) + 4, t.text, "end"));
    if (xLabels) {
      for (const t of along.filter(named)) out.push(text(this.toX(t.value), height + 17, t.text, "middle"));
      out.push(text(width / 2, height + 36, xAxis.label, "middle", "label"));
    }
    if (top !== undefined) {
      for (const t of top.ticks.filter(named)) out.push(text(this.toX(t.value), -7, t.text, "middle"));
      out.push(text(width / 2, -25, top.label, "middle", "label"));
    }
    const middle = px(height / 2);
    out.push(
      `<text class="label" text-anchor="middle" transform="translate(${13 - gutter} ${middle}) rotate(-90)">${escape(yAxis.label)}</text>`,
    );
    out.push("</g>");
    return out.join("\n");
  }
}

/** A line of text at its place in px. */
export function text(
  x: number,
  y: number,
  words: string,
  anchor: "start" | "middle" | "end" = "start",
  className = "",
): string {
  const look = className === "" ? "" : ` class="${className}"`;
  return `<text${look} x="${px(x)}" y="${px(y)}" text-anchor="${anchor}">${escape(words)}</text>`;
}

export interface Picture {
  readonly width: number;
  readonly height: number;
  /** What a reader who cannot see it is told. */
  readonly description: string;
  readonly parts: readonly (string | Panel)[];
  /** Rules of this picture alone, where it is a file of its own. */
  readonly style?: { readonly light: string; readonly dark: string };
}

/** Inside a page that has FIGURE_STYLE and a palette. */
export function inlineSvg({ width, height, description, parts }: Picture): string {
  return `<svg class="fig" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="${escape(description)}">\n${parts.join("\n")}\n</svg>`;
}

/** A file of its own, with its styles and its paper. */
export function standaloneSvg({ width, height, description, parts, style }: Picture): string {
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" class="fig" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="${escape(description)}">`,
    "<metadata>takagi</metadata>",
    `<title>${escape(description)}</title>`,
    `<style>${coloured(LIGHT)}${style?.light ?? ""}`,
    `@media (prefers-color-scheme:dark){${coloured(DARK)}${style?.dark ?? ""}}</style>`,
    `<rect class="paper" width="${width}" height="${height}"/>`,
    ...parts.map(String),
    "</svg>\n",
  ].join("\n");
}

/** Styles of a file of its own, in light colours alone: for paper. */
export function standaloneStyle(): string {
  return coloured(LIGHT);
}

function variables(palette: typeof LIGHT): string {
  return Object.entries(palette)
    .map(([name, colour]) => `--${name}:${colour}`)
    .join(";");
}

/** Without CSS variables, which drawing programs do not know. */
function coloured(palette: typeof LIGHT): string {
  return FIGURE_STYLE.replace(/var\(--(\w+)\)/g, (_, name: string) => palette[name as keyof typeof LIGHT]);
}

function named(tick: Tick): boolean {
  return tick.text !== "";
}

function onAxis(marks: readonly Tick[], { from, to }: Axis): Tick[] {
  const slack = 1e-9 * (to - from);
  return marks.filter(({ value }) => value >= from - slack && value <= to + slack);
}

/** To a tenth of a pixel. */
function px(value: number): string {
  return String(Math.round(value * 10) / 10);
}

/** To half a pixel, so that dots on one spot are found. */
function half(value: number): number {
  return Math.round(value * 2) / 2;
}

/** "x y" of each point; where more than four fall on half a pixel, first, lowest, highest and last of them. */
function thinned(x: readonly number[], y: readonly number[]): string[] {
  const out: string[] = [];
  for (let i = 0; i < x.length;) {
    const column = half(x[i]!);
    let end = i;
    let low = i;
    let high = i;
    for (; end < x.length && half(x[end]!) === column; end++) {
      if (y[end]! < y[low]!) low = end;
      if (y[end]! > y[high]!) high = end;
    }
    const few = end - i <= 4;
    const kept = few
      ? Array.from({ length: end - i }, (_, k) => i + k)
      : [...new Set([i, low, high, end - 1])].sort((a, b) => a - b);
    for (const k of kept) out.push(`${px(x[k]!)} ${px(y[k]!)}`);
    i = end;
  }
  return out;
}
