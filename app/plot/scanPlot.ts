/** What the plots of scan and residuals share: masks, zoom, cursor. */
import { computed } from "@preact/signals";
import type uPlot from "uplot";
import { selected } from "../state/store.ts";
import { measured, twoTheta } from "../state/shown.ts";
import { isLog, zoom } from "../state/view.ts";
import type { Mask } from "../session.ts";
import { shade } from "./marks.ts";
import { theme } from "./theme.ts";

const SYNC = "two-theta";

export const masks = computed<readonly Mask[]>(() => selected.value?.mask ?? []);
/** What one count adds to the intensity of the scan that is shown. */
export const countUnit = computed(
  () => selected.value?.answer?.countUnit ?? selected.value?.scan?.countUnit ?? 1,
);

/** Angles at which nothing was counted: a logarithmic axis has no place for them. */
export const zeros = computed(() =>
  measured.value === undefined || !isLog.value
    ? []
    : twoTheta.value.filter((_, i) => measured.value![i] === 0),
);

/** One cursor for both. */
export function cursor(points: uPlot.Cursor.Points): uPlot.Cursor {
  return {
    drag: { x: false, y: false, setScale: false },
    sync: { key: SYNC, setSeries: false },
    points,
    y: false,
  };
}

export const angleScale: uPlot.Scale = {
  time: false,
  range: (_, min, max) => (min < max ? [min, max] : [0, 1]),
};

export function drawMasks(chart: uPlot): void {
  for (const mask of masks.peek()) shade(chart, mask, theme.peek().mask);
}

export function followZoom(chart: uPlot): void {
  const angles = twoTheta.value,
    seen = zoom.value;
  if (angles.length < 2) return;
  const [min, max] = seen ?? [angles[0]!, angles[angles.length - 1]!];
  chart.setScale("x", { min, max });
}
