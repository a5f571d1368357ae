/** Residuals of scan and curve in standard deviations; those far out in a colour of their own, and counted. */
import { computed } from "@preact/signals";
import { FAR_OUT, residualLimit, weightedResiduals } from "takagi";
import type uPlot from "uplot";
import { calculated, measured, shownAnswer, twoTheta } from "../state/shown.ts";
import { angleAxis, axis, decimal } from "./axes.ts";
import { Chart } from "./Chart.tsx";
import { zeroLine } from "./marks.ts";
import { angleScale, countUnit, cursor, drawMasks, followZoom, masks } from "./scanPlot.ts";
import { theme } from "./theme.ts";

const residuals = computed(() =>
  measured.value === undefined || calculated.value === undefined
    ? undefined
    : weightedResiduals({
        scan: { twoTheta: twoTheta.value, intensity: measured.value },
        calculated: calculated.value,
        countUnit: countUnit.value,
        relativeError: shownAnswer.value?.relativeError ?? 0,
      }),
);

const isUsed = (i: number): boolean => {
  const angle = twoTheta.value[i]!;
  return !masks.value.some(([from, to]) => angle >= from && angle <= to);
};

/** How many of the points that are not masked lie far out; empty where none does. */
export const farOut = computed(() => {
  if (residuals.value === undefined) return "";
  const fitted = residuals.value.filter((_, i) => isUsed(i)),
    beyond = fitted.filter((value) => Math.abs(value) > FAR_OUT).length;
  return beyond === 0 ? "" : `${beyond} of ${fitted.length} beyond ±${FAR_OUT}σ`;
});

export function ResidualPlot() {
  return (
    <figure class="plot">
      <Chart
        className="residuals"
        label="Residuals of scan and curve in standard deviations against 2θ"
        options={() => ({
          legend: { show: false },
          cursor: cursor({ show: false }),
          scales: { x: angleScale, y: { range: (_, min, max) => symmetric(min, max) } },
          axes: [
            angleAxis(),
            axis({
              scale: "y",
              size: 62,
              label: "Residual (σ)",
              labelSize: 20,
              splits: (_, __, min, max) => wholeSplits(min, max),
              values: (_, splits) => splits.map((v) => decimal(v)),
            }),
          ],
          series: [{}, dots(3, () => theme.peek().dots), dots(5, () => theme.peek().warn)],
          hooks: { drawClear: [drawMasks], draw: [(chart) => zeroLine(chart, theme.peek().rule)] },
        })}
        data={residualData}
        follow={followZoom}
      />
      <p class="far">{farOut}</p>
    </figure>
  );
}

function dots(size: number, colour: () => string): uPlot.Series {
  return { paths: () => null, points: { show: true, size, stroke: colour, fill: colour, width: 0 } };
}

/** Beyond the axis they are drawn on its edge. */
function residualData(): uPlot.AlignedData {
  void masks.value;
  const angles = twoTheta.value,
    values = residuals.value;
  if (values === undefined) {
    const none = new Array<null>(angles.length).fill(null);
    return [angles, none, none];
  }
  const limit = Math.min(residualLimit(values), 50),
    isFar = (value: number): boolean => Math.abs(value) > FAR_OUT,
    drawn = Array.from(values, (value) => Math.min(Math.max(value, -limit), limit));
  return [
    angles,
    drawn.map((value, i) => (isFar(values[i]!) ? null : value)),
    drawn.map((value, i) => (isFar(values[i]!) ? value : null)),
  ];
}

function symmetric(min: number, max: number): [number, number] {
  const limit = Math.max(Math.abs(min ?? 0), Math.abs(max ?? 0), 3.2) * 1.08;
  return [-limit, limit];
}

/** Whole standard deviations, the same above and below. */
function wholeSplits(min: number, max: number): number[] {
  const most = Math.min(-min, max),
    step = [1, 2, 4, 5, 10, 20].find((s) => most / s < 2.2) ?? 50;
  return [-step, 0, step].flatMap((v) => (2 * step < most ? [v, 2 * v] : [v])).sort((a, b) => a - b);
}
