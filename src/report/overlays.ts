/** Pictures of many scans as lines, coloured by what tells them apart: profiles over each other, scans above each other. */
import { onSubstrate } from "../profile/stack.ts";
import type { Profile, Scan } from "../types.ts";
import { around, type Axis } from "./axis.ts";
import { lineBar, lineBarAlong, lineClass, LINES_STYLE, scaleOf, type Scale } from "./colours.ts";
import { BENEATH, type FigureOptions } from "./figures.ts";
import { Panel, type Picture, standaloneSvg, text } from "./svg.ts";

/** One line of a picture, and where it stands in the series. */
export interface Placed<T> {
  /** Fluence, temperature, number. */
  readonly x: number;
  /** What is drawn. */
  readonly what: T;
}

/** A profile of a series. */
export interface PlacedProfile extends Placed<Profile> {
  /** Whether it is one of layers, with a substrate under them. */
  readonly isOfLayers?: boolean;
}

/** Strain and Debye–Waller factor of a series against depth, coloured by x, as a standalone SVG file.
 *  @param profiles strain in % and Debye–Waller factor against depth in nm
 *  @param label of x, with its unit
 *  @returns SVG text; needs no fonts, scripts or other files, and follows a dark colour scheme */
export function profilesFigure(
  profiles: readonly PlacedProfile[],
  label: string,
  options: FigureOptions = {},
): string {
  const frame = frameOf(options),
    gap = frame.isNarrow ? 14 : frame.left + 12,
    width = frame.isNarrow ? frame.inner : (frame.inner - gap) / 2,
    first = { x: frame.left, y: frame.top, width, height: frame.isNarrow ? 200 : 250 },
    second = frame.isNarrow
      ? { ...first, y: first.y + first.height + gap }
      : { ...first, x: first.x + width + gap };
  const x = depthAxis(profiles),
    shown = profiles.map(({ what, isOfLayers = false }) => (isOfLayers ? onSubstrate(what) : what)),
    strain = new Panel({
      box: first,
      x,
      y: around("Strain Δd/d (%)", [0, ...profiles.flatMap(({ what }) => [...what.strain])]),
      xLabels: !frame.isNarrow,
    }).horizontal(0),
    disorder = new Panel({ box: second, x, y: disorderAxis(profiles), gutter: frame.left }),
    scale = scaleOf(profiles.map((profile) => profile.x));
  profiles.forEach((profile, i) => {
    const own = shown[i]!,
      look = lineClass(scale.share(profile.x));
    strain.line(own.depth, own.strain, look);
    disorder.line(own.depth, own.debyeWaller, look);
  });
  return coloured(
    { width: frame.width, height: second.y + second.height + 50, parts: [strain, disorder] },
    { label, scale, description: `Strain and Debye–Waller factor of ${profiles.length} scans against depth` },
  );
}

function depthAxis(profiles: readonly PlacedProfile[]): Axis {
  const deepest = Math.max(
    1,
    ...profiles.map(
      ({ what: { depth }, isOfLayers = false }) => depth[depth.length - 1]! * (isOfLayers ? 1 + BENEATH : 1),
    ),
  );
  return { from: 0, to: deepest, log: false, label: "Depth below the surface (nm)" };
}

/** Layers whose crystal was only supposed may scatter more than it. */
function disorderAxis(profiles: readonly PlacedProfile[]): Axis {
  const most = profiles.reduce((all, { what }) => what.debyeWaller.reduce((a, b) => Math.max(a, b), all), 1);
  return { from: 0, to: 1.04 * most, log: false, label: "Debye–Waller factor" };
}

/** Scans above each other on a logarithmic scale, coloured by x, as a standalone SVG file.
 *  @param scans the lowest first; each is divided by its largest intensity and raised above the one before
 *  @param label of x, with its unit
 *  @returns SVG text; needs no fonts, scripts or other files, and follows a dark colour scheme */
export function waterfallFigure(
  scans: readonly Placed<Pick<Scan, "twoTheta" | "intensity">>[],
  label: string,
  options: FigureOptions = {},
): string {
  const frame = frameOf(options),
    height = Math.min(900, 220 + 22 * scans.length),
    lift = 10 ** Math.min(1, 24 / scans.length),
    lifted = scans.map(({ x, what: { twoTheta, intensity } }, k) => {
      const least = intensity.reduce((a, b) => (b > 0 && b < a ? b : a), Infinity),
        floor = Number.isFinite(least) ? least : 1,
        top = intensity.reduce((a, b) => Math.max(a, b), floor);
      return { x, twoTheta, y: intensity.map((value) => (Math.max(value, floor) / top) * lift ** k) };
    });
  const least = lifted.reduce((all, { y }) => y.reduce((a, b) => Math.min(a, b), all), Infinity),
    most = lifted.reduce((all, { y }) => y.reduce((a, b) => Math.max(a, b), all), 0);
  const panel = new Panel({
    box: { x: frame.left, y: frame.top, width: frame.inner, height },
    x: around(
      "2θ (°)",
      lifted.flatMap(({ twoTheta }) => [twoTheta[0]!, twoTheta[twoTheta.length - 1]!]),
      0,
    ),
    y: { from: least / 1.5, to: most * 1.5, log: true, label: "Intensity (each scan raised)" },
    yLabels: false,
  });
  const scale = scaleOf(scans.map((scan) => scan.x));
  for (const { x, twoTheta, y } of lifted) panel.line(twoTheta, y, lineClass(scale.share(x)));
  return coloured(
    { width: frame.width, height: frame.top + height + 50, parts: [panel] },
    { label, scale, description: `${scans.length} scans above each other` },
  );
}

/** Room for the panels beside the bar of the colours, or below it where the picture is narrow. */
function frameOf({ width = 760 }: FigureOptions): {
  readonly width: number;
  readonly left: number;
  readonly top: number;
  readonly inner: number;
  readonly isNarrow: boolean;
} {
  const isNarrow = width < 560,
    left = isNarrow ? 50 : 72;
  return { width, left, top: isNarrow ? 52 : 14, inner: width - left - (isNarrow ? 16 : 112), isNarrow };
}

function coloured(
  { width, height, parts }: Pick<Picture, "width" | "height" | "parts">,
  {
    label,
    scale,
    description,
  }: { readonly label: string; readonly scale: Scale; readonly description: string },
): string {
  const { isNarrow, left } = frameOf({ width });
  return standaloneSvg({
    width,
    height,
    description: `${description}, coloured by ${label}`,
    style: LINES_STYLE,
    parts: [
      ...parts,
      ...(isNarrow
        ? lineBarAlong({ x: left, y: 14 }, scale, label)
        : [
            ...lineBar({ x: width - 88, y: 34, height: 120 }, scale),
            text(width - 4, 26, label.length > 16 ? `${label.slice(0, 15)}…` : label, "end", "label"),
          ]),
    ],
  });
}
