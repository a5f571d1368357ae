/** What the plots of scan and residuals share: masks, zoom, cursor. */
import type uPlot from "uplot";
import type { Shown } from "../shown/shown.ts";
import { shade } from "./marks.ts";

/** One cursor for both. */
export function cursor({ cursor: key }: Shown, points: uPlot.Cursor.Points): uPlot.Cursor {
  return { drag: { x: false, y: false, setScale: false }, sync: { key, setSeries: false }, points, y: false };
}

export const angleScale: uPlot.Scale = {
  time: false,
  range: (_, min, max) => (min < max ? [min, max] : [0, 1]),
};

export function drawMasks(chart: uPlot, { drawn, theme }: Shown): void {
  for (const mask of drawn.masks.peek()) shade(chart, mask, theme.peek().mask);
}

export function followZoom(chart: uPlot, { drawn, look }: Shown): void {
  const angles = drawn.twoTheta.value,
    seen = look.zoom.value;
  if (angles.length < 2) return;
  const [min, max] = seen ?? [angles[0]!, angles[angles.length - 1]!];
  chart.setScale("x", { min, max });
}
