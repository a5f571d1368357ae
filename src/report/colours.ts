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

/** @param share of the scale, 0…1; beyond it the ends
 *  @param end of the scale in use: below 1 on white paper, where lines of the brightest colours would not be seen */
export function colourOf(share: number, end = 1): string {
  const at = Math.min(1, Math.max(0, share)) * end * (ANCHORS.length - 1),
    k = Math.min(ANCHORS.length - 2, Math.floor(at));
  const channels = ANCHORS[k]!.map((from, i) => Math.round(from + (at - k) * (ANCHORS[k + 1]![i]! - from)));
  return `rgb(${channels.join(" ")})`;
}

/** A bar of the scale, upright, with its ends and what it is of.
 *  @returns pieces of a picture */
export function colourBar(
  { x, y, height }: { readonly x: number; readonly y: number; readonly height: number },
  { from, to, end = 1 }: { readonly from: number; readonly to: number; readonly end?: number },
): string[] {
  const steps = 24;
  return [
    ...Array.from(
      { length: steps },
      (_, k) =>
        `<rect x="${x}" y="${y + height - ((k + 1) * height) / steps}" width="10" height="${height / steps + 0.5}" fill="${colourOf((k + 0.5) / steps, end)}"/>`,
    ),
    text(x + 14, y + 10, plain(to)),
    text(x + 14, y + height, plain(from)),
  ];
}
