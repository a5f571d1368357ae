/** Heat maps of quantities over places of a sample. */
import { around, type Axis } from "./axis.ts";
import { colourBar, colourOf, scaleOf } from "./colours.ts";
import { plain } from "./numbers.ts";
import { Panel, standaloneSvg, text } from "./svg.ts";

const WIDTH = 760;
const LEFT = 72;

/** A place of a map and the value there. */
export interface MapPoint {
  readonly x: number;
  readonly y: number;
  readonly value: number;
}

/** Heat maps of several quantities over the same places.
 *  @param labels of the two coordinates
 *  @returns SVG text, standalone */
export function mapFigure(
  maps: readonly { readonly label: string; readonly points: readonly MapPoint[] }[],
  labels: readonly [x: string, y: string],
): string {
  const size = 240,
    across = WIDTH / 2;
  const parts = maps.flatMap(({ label, points }, k) => {
    const box = {
        x: LEFT + (k % 2) * across,
        y: 30 + Math.floor(k / 2) * (size + 70),
        width: size,
        height: size,
      },
      known = points.filter(({ value }) => Number.isFinite(value)),
      scale = scaleOf(known.map(({ value }) => value)),
      [width, height] = (["x", "y"] as const).map((key) => spacing(points.map((point) => point[key])));
    const axis = (key: "x" | "y", step: number, name: string): Axis => {
      const all = points.map((point) => point[key]);
      return around(name, [Math.min(...all) - step / 2, Math.max(...all) + step / 2], 0);
    };
    const panel = new Panel({
      box,
      x: axis("x", width!, labels[0]),
      y: axis("y", height!, labels[1]),
      gutter: LEFT,
    });
    for (const { x, y, value } of known)
      panel.cell(
        { x, y, width: width!, height: height! },
        { colour: colourOf(scale.share(value)), words: `${x}, ${y}: ${plain(value, 4)}` },
      );
    return [
      text(box.x, box.y - 10, label, "start", "label"),
      panel,
      ...(known.length === 0
        ? []
        : colourBar({ x: box.x + size + 8, y: box.y, height: size }, { from: scale.from, to: scale.to })),
    ];
  });
  return standaloneSvg({
    width: WIDTH,
    height: 30 + Math.ceil(maps.length / 2) * (size + 70),
    description: `Maps of ${maps.map(({ label }) => label).join(", ")}`,
    parts,
  });
}

/** The usual step from one value to the next, 1 where there is none. */
function spacing(values: readonly number[]): number {
  const sorted = [...new Set(values)].sort((a, b) => a - b),
    span = sorted[sorted.length - 1]! - sorted[0]!,
    // Stages tremble: steps under a thousandth of the span are none.
    steps = sorted
      .slice(1)
      .map((value, i) => value - sorted[i]!)
      .filter((step) => step > 1e-3 * span)
      .sort((a, b) => a - b);
  return steps[steps.length >> 1] ?? 1;
}
