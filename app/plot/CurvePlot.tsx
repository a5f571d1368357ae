/** Scan and fit on a logarithmic axis, and the weighted residuals under it. */
import { computed, useSignal } from "@preact/signals";
import { useMemo } from "preact/hooks";
import { weightedResiduals } from "takagi";
import type uPlot from "uplot";
import { addMask } from "../state/actions.ts";
import { calculated, measured, setup, shownAnswer, twoTheta } from "../state/preview.ts";
import { selected } from "../state/store.ts";
import { brushMode, zoom } from "../state/view.ts";
import type { Mask } from "../session.ts";
import { superscript } from "../words.ts";
import { brush } from "./brush.ts";
import { axis, Chart } from "./Chart.tsx";
import { Dots, shade, strokes, verticalLine, zeroLine } from "./marks.ts";
import { theme } from "./theme.ts";

const SYNC = "two-theta";

const masks = computed<readonly Mask[]>(() => selected.value?.mask ?? []);
/** What one count adds to the intensity of the scan that is shown. */
export const countUnit = computed(
  () => selected.value?.answer?.countUnit ?? selected.value?.scan?.countUnit ?? 1,
);

const measuredPoints = computed(() => positive(measured.value));
/** Angles at which nothing was counted. */
const zeros = computed(() =>
  measured.value === undefined ? [] : twoTheta.value.filter((_, i) => measured.value![i] === 0),
);

/** @param hasResiduals whether a plot under it has the axis for both */
export function CurvePlot({ hasResiduals }: { readonly hasResiduals: boolean }) {
  const readout = useSignal("");
  const dots = useMemo(() => new Dots(), []);
  return (
    <figure class="plot">
      <p class="readout" aria-hidden="true">
        {readout}
      </p>
      <Chart
        className="curve"
        label="Measured and calculated intensity against 2θ, logarithmic"
        options={() => ({
          legend: { show: false },
          cursor: {
            drag: { x: false, y: false, setScale: false },
            sync: { key: SYNC, setSeries: false },
            points: { size: 6 },
            y: false,
          },
          scales: {
            x: { time: false, range: xRange },
            y: { distr: 3, range: (_, min, max) => logRange(min, max) },
          },
          axes: [
            hasResiduals
              ? axis({ size: 8, values: (_, splits) => splits.map(() => "") })
              : axis({
                  label: "2θ (°)",
                  labelSize: 18,
                  size: 34,
                  values: (_, splits) => splits.map((v) => decimal(v)),
                }),
            axis({
              scale: "y",
              size: 58,
              label: countUnit.peek() !== 1 ? "Intensity (units of the file)" : "Intensity (counts)",
              labelSize: 20,
              filter: powersOfTen,
              grid: { stroke: () => theme.peek().grid, width: 1, filter: powersOfTen },
              values: (_, splits) =>
                splits.map((v) => (v === null ? "" : `10${superscript(Math.round(Math.log10(v)))}`)),
            }),
          ],
          series: [
            {},
            // Drawn below, as they stay while the curve is dragged.
            { paths: () => null, points: { show: false } },
            { stroke: () => theme.peek().accent, width: 1.6, points: { show: false } },
          ],
          plugins: [brush(brushed, () => (zoom.value = undefined))],
          hooks: {
            drawClear: [
              (chart) => {
                for (const mask of masks.peek()) shade(chart, mask, theme.peek().mask);
              },
            ],
            drawAxes: [
              (chart) =>
                dots.draw(
                  chart,
                  { x: twoTheta.peek(), y: measuredPoints.peek() },
                  { size: 4, colour: theme.peek().dots },
                ),
            ],
            draw: [
              (chart) => {
                strokes(chart, zeros.peek(), theme.peek().soft);
                const expected = setup.peek().setup;
                if (expected !== undefined)
                  verticalLine(chart, expected.twoTheta + offset(), theme.peek().rule, expected.name);
              },
            ],
            setCursor: [(chart) => (readout.value = describe(chart))],
          },
        })}
        data={() => {
          void masks.value;
          void setup.value;
          return [twoTheta.value, measuredPoints.value, positive(calculated.value)];
        }}
        follow={followZoom}
      />
    </figure>
  );
}

export function ResidualPlot() {
  return (
    <figure class="plot">
      <Chart
        className="residuals"
        label="Weighted residuals of scan and curve against 2θ"
        options={() => ({
          legend: { show: false },
          cursor: {
            drag: { x: false, y: false, setScale: false },
            sync: { key: SYNC, setSeries: false },
            points: { show: false },
            y: false,
          },
          scales: { x: { time: false, range: xRange }, y: { range: (_, min, max) => symmetric(min, max) } },
          axes: [
            axis({
              label: "2θ (°)",
              labelSize: 18,
              size: 34,
              values: (_, splits) => splits.map((v) => decimal(v)),
            }),
            axis({
              scale: "y",
              size: 58,
              label: "Residual (σ)",
              labelSize: 20,
              splits: (_, __, min, max) => residualSplits(min, max),
              values: (_, splits) => splits.map((v) => decimal(v)),
            }),
          ],
          series: [
            {},
            {
              paths: () => null,
              points: {
                show: true,
                size: 3,
                stroke: () => theme.peek().dots,
                fill: () => theme.peek().dots,
                width: 0,
              },
            },
          ],
          hooks: {
            drawClear: [
              (chart) => {
                for (const mask of masks.peek()) shade(chart, mask, theme.peek().mask);
              },
            ],
            draw: [(chart) => zeroLine(chart, theme.peek().rule)],
          },
        })}
        data={() => {
          void masks.value;
          return residualData();
        }}
        follow={followZoom}
      />
    </figure>
  );
}

function brushed(range: readonly [number, number]): void {
  const id = selected.peek()?.id;
  if (brushMode.peek() === "zoom") zoom.value = range;
  else if (id !== undefined) addMask(id, range);
}

function offset(): number {
  return (selected.peek()?.model ?? shownAnswer.peek())?.instrument.offset ?? 0;
}

/** A logarithmic axis has no place for others. */
function positive(values: Float64Array | undefined): (number | null)[] {
  return values === undefined
    ? new Array<null>(twoTheta.value.length).fill(null)
    : Array.from(values, (v) => (v > 0 ? v : null));
}

/** Beyond nine of ten with room the peak's residuals, which counting does not limit, are drawn on the edge. */
function residualData(): uPlot.AlignedData {
  const angles = twoTheta.value,
    intensity = measured.value;
  if (intensity === undefined || calculated.value === undefined)
    return [angles, new Array<null>(angles.length).fill(null)];
  const values = weightedResiduals({
    scan: { twoTheta: angles, intensity },
    calculated: calculated.value,
    countUnit: countUnit.value,
  });
  const sizes = values.map(Math.abs).sort();
  const limit = Math.max(3.2, Math.min(2.2 * sizes[Math.floor(0.9 * (sizes.length - 1))]!, 50));
  return [angles, values.map((v) => Math.min(Math.max(v, -limit), limit))];
}

function followZoom(chart: uPlot): void {
  const angles = twoTheta.value,
    seen = zoom.value;
  if (angles.length < 2) return;
  const [min, max] = seen ?? [angles[0]!, angles[angles.length - 1]!];
  chart.setScale("x", { min, max });
}

function xRange(_: uPlot, min: number, max: number): [number, number] {
  return min < max ? [min, max] : [0, 1];
}

function logRange(min: number, max: number): [number, number] {
  if (!(min > 0) || !(max > 0)) return [1, 1e4];
  const free = 10 ** Math.max(0.15, 0.05 * Math.log10(max / min));
  return [min / free, max * free];
}

function symmetric(min: number, max: number): [number, number] {
  const limit = Math.max(Math.abs(min ?? 0), Math.abs(max ?? 0), 3.2) * 1.08;
  return [-limit, limit];
}

/** Whole standard deviations, the same above and below. */
function residualSplits(min: number, max: number): number[] {
  const most = Math.min(-min, max),
    step = [1, 2, 4, 5, 10, 20].find((s) => most / s < 2.2) ?? 50;
  return [-step, 0, step].flatMap((v) => (2 * step < most ? [v, 2 * v] : [v])).sort((a, b) => a - b);
}

function powersOfTen(_: uPlot, splits: number[]): (number | null)[] {
  return splits.map((v) => (isPowerOfTen(v) ? v : null));
}

function isPowerOfTen(value: number): boolean {
  const log = Math.log10(value);
  return Math.abs(log - Math.round(log)) < 1e-9;
}

function decimal(value: number | null): string {
  return value === null ? "" : String(Number(value.toFixed(6))).replace("-", "−");
}

function describe(chart: uPlot): string {
  const i = chart.cursor.idx,
    angle = twoTheta.peek()[i ?? -1];
  if (i === null || i === undefined || angle === undefined) return "";
  const parts = [`2θ ${angle.toFixed(3)}°`],
    seen = measured.peek()?.[i],
    curve = calculated.peek()?.[i];
  if (seen !== undefined) parts.push(`measured ${Number(seen.toPrecision(4))}`);
  if (curve !== undefined) parts.push(`calculated ${Number(curve.toPrecision(4))}`);
  return parts.join(" · ");
}
