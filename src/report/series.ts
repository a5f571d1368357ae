/** Pictures of a series of scans: every quantity, and those of every layer, against what tells the scans apart. */
import type { Inversion } from "../types.ts";
import { around, type Axis } from "./axis.ts";
import type { FigureOptions } from "./figures.ts";
import { QUANTITIES, quantitiesOf, type Quantity, type QuantityName } from "./quantities.ts";
import { Panel, standaloneSvg, text } from "./svg.ts";

/** One scan of a series. */
export interface SeriesPoint {
  /** Where it stands in the series: fluence, temperature, number. */
  readonly x: number;
  /** With their units in their names. */
  readonly quantities: Readonly<Record<QuantityName, Quantity>>;
  /** From below; none of a smooth profile. */
  readonly layers: readonly SeriesLayer[];
  /** Whether the answer is determined. */
  readonly isDetermined: boolean;
}

/** One layer of an answer. */
export interface SeriesLayer {
  /** Its crystal. */
  readonly crystal: string;
  /** nm. */
  readonly thickness: Quantity;
  /** %, of its own relaxed lattice, along the surface normal. */
  readonly strain: Quantity;
  /** 0…1, above 1 where its crystal was only supposed. */
  readonly debyeWaller: Quantity;
}

/** What an inversion says in a series.
 *  @param x where it stands: fluence, temperature, number */
export function seriesPoint(inversion: Inversion, x: number): SeriesPoint {
  return {
    x,
    quantities: quantitiesOf(inversion),
    layers: (inversion.stack?.layers ?? []).map(({ name, thickness, strain, debyeWaller }) => ({
      crystal: name,
      thickness,
      strain,
      debyeWaller,
    })),
    isDetermined: inversion.verdict === "determined",
  };
}

/** One panel: a quantity of the scans that have it. */
interface Row {
  /** Above the panel. */
  readonly title?: string;
  readonly label: string;
  readonly of: (point: SeriesPoint) => Quantity | undefined;
}

/** Every quantity with its 95 % interval against x, as a standalone SVG file; open circles are answers that are not determined.
 *  @param label of x, with its unit
 *  @returns SVG text; needs no fonts, scripts or other files, and follows a dark colour scheme */
export function seriesFigure(
  points: readonly SeriesPoint[],
  label: string,
  options: FigureOptions = {},
): string {
  const rows = (Object.keys(QUANTITIES) as QuantityName[]).map((name): Row => ({
    label: QUANTITIES[name],
    of: ({ quantities }) => quantities[name],
  }));
  return figureOf(points, rows, {
    label,
    ...options,
    description: `Quantities of ${points.length} scans against ${label}, with their 95 % intervals`,
  });
}

/** Layers that have panels: of stacks with more those nearest to the surface have none. */
const MOST_LAYERS = 12;

/** Thickness and strain of each layer with their 95 % intervals against x, the uppermost layer first, as a standalone SVG file;
 *  open circles are answers that are not determined. Layers of two answers are the same if as many lie below them.
 *  @param label of x, with its unit
 *  @returns SVG text, as seriesFigure's; without panels where no point has layers */
export function layersFigure(
  points: readonly SeriesPoint[],
  label: string,
  options: FigureOptions = {},
): string {
  const most = points.reduce((all, { layers }) => Math.max(all, layers.length), 0),
    rows = Array.from({ length: Math.min(most, MOST_LAYERS) }, (_, k): Row[] => {
      const crystals = new Set(points.flatMap(({ layers }) => layers[k]?.crystal ?? [])),
        title = `Layer ${k + 1}${crystals.size === 1 ? `, ${[...crystals][0]!}` : ""}`;
      return [
        { title, label: "Thickness (nm)", of: ({ layers }) => layers[k]?.thickness },
        { title, label: "Strain (%)", of: ({ layers }) => layers[k]?.strain },
      ];
    });
  return figureOf(points, rows.reverse().flat(), {
    label,
    ...options,
    description: `Thickness and strain of each layer of ${points.length} scans against ${label}, numbered from below, with their 95 % intervals`,
  });
}

/** Panels in two columns, or in one where the picture is narrow. */
function figureOf(
  points: readonly SeriesPoint[],
  rows: readonly Row[],
  {
    label,
    width = 760,
    description,
  }: FigureOptions & { readonly label: string; readonly description: string },
): string {
  const columns = width < 560 ? 1 : 2,
    left = 84,
    gap = 96,
    top = rows.some(({ title }) => title !== undefined) ? 22 : 14,
    box = { width: (width - left - gap * (columns - 1) - 16) / columns, height: columns === 1 ? 130 : 150 },
    x = around(
      label,
      points.map((point) => point.x),
    );
  const parts = rows.flatMap((row, k) => {
    const at = {
      ...box,
      x: left + (k % columns) * (box.width + gap),
      y: top + Math.floor(k / columns) * (box.height + 24),
    };
    const panel = panelOf(points, row, (y) => ({
      box: at,
      x,
      y,
      xLabels: k >= rows.length - columns,
      gutter: left,
    }));
    return row.title === undefined ? [panel] : [text(at.x, at.y - 7, row.title, "start", "label"), panel];
  });
  return standaloneSvg({
    width,
    height: top + Math.ceil(rows.length / columns) * (box.height + 24) + 24,
    description,
    parts,
  });
}

function panelOf(
  points: readonly SeriesPoint[],
  { label, of }: Row,
  options: (y: Axis) => ConstructorParameters<typeof Panel>[0],
): Panel {
  const shown = points.flatMap(({ x, isDetermined, ...rest }) => {
      const quantity = of({ x, isDetermined, ...rest });
      return quantity === undefined ? [] : [{ x, isDetermined, quantity }];
    }),
    quantities = shown.map(({ quantity }) => quantity),
    panel = new Panel(options(quantityAxis(label, quantities))),
    sure = shown.filter(({ isDetermined }) => isDetermined);
  panel.bars(
    shown.map(({ x }) => x),
    quantities.map(({ lower }) => lower),
    quantities.map(({ upper }) => upper),
  );
  panel.dots(
    sure.map(({ x }) => x),
    sure.map(({ quantity }) => quantity.value),
    "dots bold",
  );
  for (const { x, isDetermined, quantity } of shown)
    if (!isDetermined && Number.isFinite(quantity.value)) panel.mark(x, quantity.value);
  return panel;
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
