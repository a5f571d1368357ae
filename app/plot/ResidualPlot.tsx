/** Residuals of scan and curve in standard deviations; those far out in a colour of their own, and counted. */
import { FAR_OUT, residualLimit } from "takagi";
import type uPlot from "uplot";
import { type Shown, useShown } from "../shown/shown.ts";
import { angleAxis, axis, decimal } from "./axes.ts";
import { Chart } from "./Chart.tsx";
import { zeroLine } from "./marks.ts";
import { angleScale, cursor, drawMasks, followZoom } from "./scanPlot.ts";

export function ResidualPlot() {
  const shown = useShown(),
    { theme, drawn } = shown;
  return (
    <figure class="plot">
      <Chart
        className="residuals"
        label="Residuals of scan and curve in standard deviations against 2θ"
        options={() => ({
          legend: { show: false },
          cursor: cursor(shown, { show: false }),
          scales: { x: angleScale, y: { range: (_, min, max) => symmetric(min, max) } },
          axes: [
            angleAxis(theme),
            axis(theme, {
              scale: "y",
              size: 62,
              label: "Residual (σ)",
              labelSize: 20,
              splits: (_, __, min, max) => wholeSplits(min, max),
              values: (_, splits) => splits.map((v) => decimal(v)),
            }),
          ],
          series: [{}, dots(3, () => theme.peek().dots), dots(5, () => theme.peek().warn)],
          hooks: {
            drawClear: [(chart) => drawMasks(chart, shown)],
            draw: [(chart) => zeroLine(chart, theme.peek().rule)],
          },
        })}
        data={() => residualData(drawn)}
        follow={(chart) => followZoom(chart, shown)}
      />
      <p class="far">{drawn.farOut}</p>
    </figure>
  );
}

function dots(size: number, colour: () => string): uPlot.Series {
  return { paths: () => null, points: { show: true, size, stroke: colour, fill: colour, width: 0 } };
}

/** Beyond the axis they are drawn on its edge. */
function residualData({ masks, residuals, twoTheta }: Shown["drawn"]): uPlot.AlignedData {
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
