/** Colours for values on a scale: dark to bright in even steps of lightness, told apart also by those who see few colours
 *  (anchors of viridis by Smith & van der Walt, 2015, CC0). */
import { plain } from "./numbers.ts";
import { text } from "./svg.ts";

const ANCHORS = [
  [68, 1, 84],
  [59, 82, 139],
  [33, 145, 140],
  [94, 201, 98],
  [253, 231, 37],
] as const;

/** @param share of the scale, 0…1; beyond it the ends */
export function colourOf(share: number): string {
  const at = Math.min(1, Math.max(0, share)) * (ANCHORS.length - 1),
    k = Math.min(ANCHORS.length - 2, Math.floor(at));
  const channels = ANCHORS[k]!.map((from, i) => Math.round(from + (at - k) * (ANCHORS[k + 1]![i]! - from)));
  return `rgb(${channels.join(" ")})`;
}

/** The values that colours stand for. */
export interface Scale {
  readonly from: number;
  readonly to: number;
  /** Where a value lies between the ends, 0…1. */
  share(value: number): number;
}

export function scaleOf(values: readonly number[]): Scale {
  const from = values.reduce((a, b) => Math.min(a, b), Infinity),
    to = values.reduce((a, b) => Math.max(a, b), -Infinity);
  return { from, to, share: (value) => (to > from ? (value - from) / (to - from) : 0.5) };
}

/** Colours of lines: so many classes, which have other colours on light paper and on dark, where the brightest and the darkest
 *  would not be seen. */
const SHADES = 32;
const LIGHT = [0, 0.88] as const;
const DARK = [0.36, 1] as const;

export const LINES_STYLE = /* @__PURE__ */ { light: shades(LIGHT), dark: shades(DARK) };

function shades([from, to]: readonly [number, number]): string {
  return Array.from({ length: SHADES }, (_, k) => {
    const colour = colourOf(from + ((to - from) * k) / (SHADES - 1));
    return `.fig .s${k}{stroke:${colour}}.fig rect.s${k}{fill:${colour};stroke:none}`;
  }).join("");
}

/** Classes of a line at a share of the scale, in a picture with LINES_STYLE. */
export function lineClass(share: number): string {
  return `series s${Math.round(Math.min(1, Math.max(0, share)) * (SHADES - 1))}`;
}

interface Bar {
  readonly x: number;
  readonly y: number;
  readonly height: number;
}

/** The bar of the colours of lines. */
export function lineBar(bar: Bar, ends: Pick<Scale, "from" | "to">): string[] {
  return barOf(bar, ends, { steps: SHADES, look: (k) => `class="s${k}"` });
}

/** The same on its side, on a line of text that begins with what it is of. */
export function lineBarAlong(
  { x, y }: Pick<Bar, "x" | "y">,
  { from, to }: Pick<Scale, "from" | "to">,
  label: string,
): string[] {
  const width = 3,
    left = x + 8 + LETTER * shown(from).length,
    right = left + width * SHADES + 8;
  return [
    text(x, y, label, "start", "label"),
    text(left - 8, y + 18, shown(from), "end"),
    ...Array.from(
      { length: SHADES },
      (_, k) =>
        `<rect x="${left + width * k}" y="${y + 9}" width="${width + 0.5}" height="10" class="s${k}"/>`,
    ),
    text(right, y + 18, shown(to)),
  ];
}

/** px of a letter. */
const LETTER = 7;

/** Numbers of scans are whole. */
function shown(value: number): string {
  return Number.isInteger(value) && Math.abs(value) < 1e5 ? String(value) : plain(value);
}

/** A bar of the scale, upright, with its ends and what it is of.
 *  @returns pieces of a picture */
export function colourBar(bar: Bar, ends: Pick<Scale, "from" | "to">): string[] {
  const steps = 24;
  return barOf(bar, ends, { steps, look: (k) => `fill="${colourOf((k + 0.5) / steps)}"` });
}

function barOf(
  { x, y, height }: Bar,
  { from, to }: Pick<Scale, "from" | "to">,
  { steps, look }: { readonly steps: number; readonly look: (step: number) => string },
): string[] {
  return [
    ...Array.from(
      { length: steps },
      (_, k) =>
        `<rect x="${x}" y="${y + height - ((k + 1) * height) / steps}" width="10" height="${height / steps + 0.5}" ${look(k)}/>`,
    ),
    text(x + 14, y + 10, shown(to)),
    text(x + 14, y + height, shown(from)),
  ];
}
