/** Axes of the charts, with the marks that the report has. */
import type { ReadonlySignal } from "@preact/signals";
import { strainTicks, type Tick, ticks } from "takagi";
import type uPlot from "uplot";
import type { Theme } from "./theme.ts";

/** Pixels from one label to the next, along and up. */
const ALONG = 76,
  UP = 34;

type ThemeSignal = ReadonlySignal<Theme>;

/** An axis in the colours of the style sheet. */
export function axis(theme: ThemeSignal, options: uPlot.Axis): uPlot.Axis {
  const from = (pick: (colours: Theme) => string) => () => pick(theme.peek());
  return {
    stroke: from(({ soft }) => soft),
    grid: { stroke: from(({ grid }) => grid), width: 1 },
    ticks: { stroke: from(({ rule }) => rule), width: 1, size: 5 },
    border: { show: true, stroke: from(({ rule }) => rule), width: 1 },
    font: theme.peek().font,
    labelFont: theme.peek().font,
    gap: 4,
    ...options,
  };
}

/** The axis of 2θ, degrees, below a chart; without numbers where a chart beneath has them. */
export function angleAxis(theme: ThemeSignal, hasNumbers = true): uPlot.Axis {
  return hasNumbers
    ? axis(theme, {
        label: "2θ (°)",
        labelSize: 18,
        size: 34,
        values: (_, splits) => splits.map((v) => decimal(v)),
      })
    : axis(theme, { size: 8, values: (_, splits) => splits.map(() => "") });
}

/** Δd/d along the top, where the Bragg peak of a lattice strained so lies. */
export function strainAxis(
  theme: ThemeSignal,
  reflection: () => Parameters<typeof strainTicks>[0] | undefined,
): uPlot.Axis {
  return marked(
    theme,
    (chart, from, to) => {
      const now = reflection();
      return now === undefined ? [] : strainTicks(now, { from, to }, chart.width / ALONG);
    },
    { scale: "x", side: 0, size: 22, label: "Δd/d (%)", labelSize: 16, labelGap: 0, grid: { show: false } },
  );
}

/** An axis of intensities, logarithmic or linear. */
export function intensityAxis(
  theme: ThemeSignal,
  { label, log }: { readonly label: string; readonly log: boolean },
): uPlot.Axis {
  return marked(theme, (chart, from, to) => ticks({ from, to, log, label }, (chart.height - 80) / UP), {
    scale: "y",
    size: 62,
    label,
    labelSize: 20,
  });
}

/** An axis whose marks are given; grid lines stand at those with a label. */
function marked(
  theme: ThemeSignal,
  marks: (chart: uPlot, from: number, to: number) => readonly Tick[],
  options: uPlot.Axis,
): uPlot.Axis {
  let texts = new Map<number, string>();
  const named = (_: uPlot, splits: number[]): (number | null)[] =>
    splits.map((v) => ((texts.get(v) ?? "") === "" ? null : v));
  return axis(theme, {
    splits: (chart, _, from, to) => {
      const found = marks(chart, from, to).filter(({ value }) => value >= from && value <= to);
      texts = new Map(found.map(({ value, text }) => [value, text]));
      return found.map(({ value }) => value);
    },
    filter: (_, splits) => splits,
    values: (_, splits) => splits.map((v) => texts.get(v) ?? ""),
    ...options,
    grid: { stroke: () => theme.peek().grid, width: 1, filter: named, ...options.grid },
  });
}

/** The range of a logarithmic axis: a twentieth of the decades is left free, and a seventh of one at least. */
export function logRange(min: number, max: number): [number, number] {
  if (!(min > 0) || !(max > 0)) return [1, 1e4];
  const free = 10 ** Math.max(0.15, 0.05 * Math.log10(max / min));
  return [min / free, max * free];
}

export function decimal(value: number | null): string {
  return value === null ? "" : String(Number(value.toFixed(6))).replace("-", "−");
}
