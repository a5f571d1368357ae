/** Scan and fit on a logarithmic axis, and the weighted residuals under it. */
import { computed, useSignal } from "@preact/signals";
import { weightedResiduals } from "takagi";
import type uPlot from "uplot";
import { addMask } from "../state/actions.ts";
import { setup, type Shown, shown } from "../state/preview.ts";
import { selected } from "../state/store.ts";
import { brushMode, zoom } from "../state/view.ts";
import { chosen, type Mask } from "../session.ts";
import { superscript } from "../words.ts";
import { brush } from "./brush.ts";
import { axis, Chart } from "./Chart.tsx";
import { shade, strokes, verticalLine, zeroLine } from "./marks.ts";
import { theme } from "./theme.ts";

const SYNC = "two-theta";

const masks = computed<readonly Mask[]>(() => selected.value?.mask ?? []);
/** What one count adds to the intensity of the scan that is shown. */
export const countUnit = computed(() => selected.value?.answer?.countUnit ?? selected.value?.scan?.countUnit ?? 1);

/** @param hasResiduals whether a plot under it has the axis for both */
export function CurvePlot({ hasResiduals }: { readonly hasResiduals: boolean }) {
  const readout = useSignal("");
  return (
    <figure class="plot">
      <p class="readout" aria-hidden="true">{readout}</p>
      <Chart
        className="curve"
        label="Measured and calculated intensity against 2θ, logarithmic"
        options={() => ({
          legend: { show: false },
          cursor: { drag: { x: false, y: false, setScale: false }, sync: { key: SYNC, setSeries: false }, points: { size: 6 }, y: false },
          scales: { x: { time: false, range: xRange }, y: { distr: 3, range: (_, min, max) => logRange(min, max) } },
          axes: [
            hasResiduals ? axis({ size: 8, values: (_, splits) => splits.map(() => "") }) : axis({ label: "2θ (°)", labelSize: 18, size: 34, values: (_, splits) => splits.map((v) => decimal(v)) }),
            axis({ scale: "y", size: 58, label: countUnit.peek() !== 1 ? "Intensity (units of the file)" : "Intensity (counts)", labelSize: 20, filter: powersOfTen, grid: { stroke: () => theme.peek().grid, width: 1, filter: powersOfTen }, values: (_, splits) => splits.map((v) => (v === null ? "" : `10${superscript(Math.round(Math.log10(v)))}`)) }),
          ],
          series: [
            {},
            { paths: () => null, points: { show: true, size: 4, stroke: () => theme.peek().dots, fill: () => theme.peek().dots, width: 0 } },
            { stroke: () => theme.peek().accent, width: 1.6, points: { show: false } },
          ],
          plugins: [brush(brushed, () => (zoom.value = undefined))],
          hooks: {
            drawClear: [(chart) => {
              for (const mask of masks.peek()) shade(chart, mask, theme.peek().mask);
            }],
            draw: [(chart) => {
              const { twoTheta, measured } = shown.peek() ?? {};
              if (twoTheta !== undefined && measured !== undefined) strokes(chart, twoTheta.filter((_, i) => measured[i] === 0), theme.peek().soft);
              const expected = setup.peek().setup;
              if (expected !== undefined) verticalLine(chart, expected.twoTheta + offset(), theme.peek().rule, expected.name);
            }],
            setCursor: [(chart) => (readout.value = describe(chart))],
          },
        })}
        data={() => {
          const now = shown.value;
          void masks.value;
          void setup.value;
          return curveData(now);
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
          cursor: { drag: { x: false, y: false, setScale: false }, sync: { key: SYNC, setSeries: false }, points: { show: false }, y: false },
          scales: { x: { time: false, range: xRange }, y: { range: (_, min, max) => symmetric(min, max) } },
          axes: [axis({ label: "2θ (°)", labelSize: 18, size: 34, values: (_, splits) => splits.map((v) => decimal(v)) }), axis({ scale: "y", size: 58, label: "Residual (σ)", labelSize: 20, splits: (_, __, min, max) => residualSplits(min, max), values: (_, splits) => splits.map((v) => decimal(v)) })],
          series: [{}, { paths: () => null, points: { show: true, size: 3, stroke: () => theme.peek().dots, fill: () => theme.peek().dots, width: 0 } }],
          hooks: {
            drawClear: [(chart) => {
              for (const mask of masks.peek()) shade(chart, mask, theme.peek().mask);
            }],
            draw: [(chart) => zeroLine(chart, theme.peek().rule)],
          },
        })}
        data={() => {
          void masks.value;
          return residualData(shown.value);
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
  const entry = selected.peek();
  return (entry === undefined ? undefined : (entry.model ?? chosen(entry))?.instrument.offset) ?? 0;
}

function curveData(now: Shown | undefined): uPlot.AlignedData {
  if (now === undefined) return [[], [], []];
  const { twoTheta, measured, calculated } = now;
  const visible = (values: Float64Array | undefined) => (values === undefined ? new Array<null>(twoTheta.length).fill(null) : Array.from(values, (v) => (v > 0 ? v : null)));
  return [twoTheta, visible(measured), visible(calculated)];
}

/** Beyond nine of ten with room the peak's residuals, which counting does not limit, are drawn on the edge. */
function residualData(now: Shown | undefined): uPlot.AlignedData {
  if (now?.measured === undefined || now.calculated === undefined) return [now?.twoTheta ?? [], now === undefined ? [] : new Array<null>(now.twoTheta.length).fill(null)];
  const { twoTheta, measured, calculated } = now;
  const values = weightedResiduals({ scan: { twoTheta, intensity: measured }, calculated, countUnit: countUnit.value });
  const sizes = values.map(Math.abs).sort();
  const limit = Math.max(3.2, Math.min(2.2 * sizes[Math.floor(0.9 * (sizes.length - 1))]!, 50));
  return [twoTheta, values.map((v) => Math.min(Math.max(v, -limit), limit))];
}

function followZoom(chart: uPlot): void {
  const now = shown.value, seen = zoom.value;
  if (now === undefined || now.twoTheta.length < 2) return;
  const [min, max] = seen ?? [now.twoTheta[0]!, now.twoTheta[now.twoTheta.length - 1]!];
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
  const most = Math.min(-min, max), step = [1, 2, 4, 5, 10, 20].find((s) => most / s < 2.2) ?? 50;
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
  const i = chart.cursor.idx, now = shown.peek();
  if (i === null || i === undefined || now === undefined) return "";
  const { twoTheta, measured, calculated } = now;
  const parts = [`2θ ${twoTheta[i]!.toFixed(3)}°`];
  if (measured !== undefined) parts.push(`measured ${Number(measured[i]!.toPrecision(4))}`);
  if (calculated !== undefined) parts.push(`calculated ${Number(calculated[i]!.toPrecision(4))}`);
  return parts.join(" · ");
}
