/** Pictures of many scans: quantities along a series, profiles over each other, the scans themselves, and maps. */
import type { Profile, Scan } from "../types.ts";
import { around, type Axis } from "./axis.ts";
import { colourBar, colourOf } from "./colours.ts";
import { plain } from "./numbers.ts";
import { QUANTITIES, type Quantity, type QuantityName } from "./quantities.ts";
import { Panel, type Picture, standaloneSvg, text } from "./svg.ts";

/** One scan of a series. */
export interface SeriesPoint {
  /** Where it stands in the series: fluence, temperature, number. */
  readonly x: number;
  readonly quantities: Readonly<Record<QuantityName, Quantity>>;
  readonly isDetermined: boolean;
}

/** Lines are drawn to this share of the scale: brighter ones are not seen on paper. */
const BRIGHTEST = 0.88;
const WIDTH = 760;
const LEFT = 72;

/** Every quantity with its 95 % interval against x; open circles are answers that are not determined.
 *  @param label of x, with its unit
 *  @returns SVG text, standalone */
export function seriesFigure(points: readonly SeriesPoint[], label: string): string {
  const names = Object.keys(QUANTITIES) as QuantityName[],
    gap = 84,
    box = { width: (WIDTH - LEFT - gap - 16) / 2, height: 150 },
    x = around(
      label,
      points.map((point) => point.x),
    ),
    xs = points.map((point) => point.x);
  const panels = names.map((name, k) => {
    const quantities = points.map((point) => point.quantities[name]),
      column = (key: keyof Quantity) => quantities.map((quantity) => quantity[key]);
    const panel = new Panel({
      box: { ...box, x: LEFT + (k % 2) * (box.width + gap), y: 14 + Math.floor(k / 2) * (box.height + 24) },
      x,
      y: quantityAxis(QUANTITIES[name], quantities),
      xLabels: k >= names.length - 2,
      gutter: LEFT,
    });
    panel.bars(xs, column("lower"), column("upper"));
    const sure = points.filter((point) => point.isDetermined);
    panel.dots(
      sure.map((point) => point.x),
      sure.map((point) => point.quantities[name].value),
      "dots bold",
    );
    for (const point of points)
      if (!point.isDetermined && Number.isFinite(point.quantities[name].value))
        panel.mark(point.x, point.quantities[name].value);
    return panel;
  });
  return standaloneSvg({
    width: WIDTH,
    height: 14 + (names.length / 2) * (box.height + 24) + 24,
    description: `Quantities of ${points.length} scans against ${label}, with their 95 % intervals`,
    parts: panels,
  });
}

/** Around the values, with room for the usual interval and for as much again as the values need; wider ones are cut. */
function quantityAxis(label: string, quantities: readonly Quantity[]): Axis {
  const tight = around(
      label,
      quantities.map(({ value }) => value),
      0,
    ),
    halves = quantities
      .map(({ lower, upper }) => (upper - lower) / 2)
      .filter(Number.isFinite)
      .sort((a, b) => a - b),
    free = Math.max(0.6 * (tight.to - tight.from), 1.2 * (halves[halves.length >> 1] ?? 0)),
    ends = quantities.flatMap(({ lower, upper }) => [lower, upper]).filter(Number.isFinite);
  return around(label, [
    tight.from,
    tight.to,
    ...ends.map((end) => Math.min(tight.to + free, Math.max(tight.from - free, end))),
  ]);
}

/** One line of a picture, and where it stands in the series. */
export interface Placed<T> {
  readonly x: number;
  readonly what: T;
}

/** Strain and Debye–Waller factor of a series against depth, coloured by x.
 *  @returns SVG text, standalone */
export function profilesFigure(profiles: readonly Placed<Profile>[], label: string): string {
  const deepest = Math.max(1, ...profiles.map(({ what: { depth } }) => depth[depth.length - 1]!)),
    x: Axis = { from: 0, to: deepest, log: false, label: "Depth below the surface (nm)" },
    box = { x: LEFT, y: 14, width: (WIDTH - 2 * LEFT - 102) / 2, height: 250 },
    strains = profiles.flatMap(({ what }) => [...what.strain]),
    strain = new Panel({ box, x, y: around("Strain Δd/d (%)", [0, ...strains]) }).horizontal(0),
    disorder = new Panel({
      box: { ...box, x: LEFT + box.width + LEFT },
      x,
      y: { from: 0, to: 1.04, log: false, label: "Debye–Waller factor" },
      gutter: LEFT,
    });
  const scale = scaleOf(profiles.map((profile) => profile.x));
  for (const { x: at, what } of profiles) {
    const colour = colourOf(scale.share(at), BRIGHTEST);
    strain.line(what.depth, what.strain, "series", colour);
    disorder.line(what.depth, what.debyeWaller, "series", colour);
  }
  return coloured(
    { width: WIDTH, height: box.y + box.height + 50, parts: [strain, disorder] },
    { label, scale, description: `Strain and Debye–Waller factor of ${profiles.length} scans against depth` },
  );
}

/** Scans above each other on a logarithmic scale, coloured by x.
 *  @returns SVG text, standalone */
export function waterfallFigure(scans: readonly Placed<Scan>[], label: string): string {
  const height = Math.min(900, 220 + 22 * scans.length),
    lift = 10 ** Math.min(1, 24 / scans.length),
    lifted = scans.map(({ x, what: { twoTheta, intensity } }, k) => {
      const least = intensity.reduce((a, b) => (b > 0 && b < a ? b : a), Infinity),
        floor = Number.isFinite(least) ? least : 1,
        top = intensity.reduce((a, b) => Math.max(a, b), floor);
      return { x, twoTheta, y: intensity.map((value) => (Math.max(value, floor) / top) * lift ** k) };
    });
  const values = lifted.flatMap(({ y }) => [...y]),
    least = values.reduce((a, b) => Math.min(a, b), Infinity),
    most = values.reduce((a, b) => Math.max(a, b), 0);
  const panel = new Panel({
    box: { x: LEFT, y: 14, width: WIDTH - LEFT - 102, height },
    x: around(
      "2θ (°)",
      lifted.flatMap(({ twoTheta }) => [twoTheta[0]!, twoTheta[twoTheta.length - 1]!]),
      0,
    ),
    y: { from: least / 1.5, to: most * 1.5, log: true, label: "Intensity (each scan raised)" },
    yLabels: false,
  });
  const scale = scaleOf(scans.map((scan) => scan.x));
  for (const { x, twoTheta, y } of lifted)
    panel.line(twoTheta, y, "series", colourOf(scale.share(x), BRIGHTEST));
  return coloured(
    { width: WIDTH, height: 14 + height + 50, parts: [panel] },
    { label, scale, description: `${scans.length} scans above each other` },
  );
}

interface Scale {
  readonly from: number;
  readonly to: number;
  share(value: number): number;
}

function scaleOf(values: readonly number[]): Scale {
  const from = values.reduce((a, b) => Math.min(a, b), Infinity),
    to = values.reduce((a, b) => Math.max(a, b), -Infinity);
  return { from, to, share: (value) => (to > from ? (value - from) / (to - from) : 0.5) };
}

function coloured(
  { width, height, parts }: Omit<Picture, "description">,
  {
    label,
    scale,
    description,
  }: { readonly label: string; readonly scale: Scale; readonly description: string },
): string {
  const at = width - 88;
  return standaloneSvg({
    width,
    height,
    description: `${description}, coloured by ${label}`,
    parts: [
      ...parts,
      ...colourBar({ x: at, y: 34, height: 120 }, { from: scale.from, to: scale.to, end: BRIGHTEST }),
      text(width - 4, 26, label.length > 14 ? `${label.slice(0, 13)}…` : label, "end", "label"),
    ],
  });
}

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
