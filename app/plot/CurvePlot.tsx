/** Scan and curve against 2θ, logarithmic or linear, with Δd/d along the top. */
import { useComputed, useSignal } from "@preact/signals";
import { useMemo } from "preact/hooks";
import type uPlot from "uplot";
import { type Shown, useShown } from "../shown/shown.ts";
import { angleAxis, intensityAxis, logRange, strainAxis } from "./axes.ts";
import { brush } from "./brush.ts";
import { Chart } from "./Chart.tsx";
import { Legend } from "./Legend.tsx";
import { Dots, strokes, verticalLine } from "./marks.ts";
import { angleScale, cursor, drawMasks, followZoom } from "./scanPlot.ts";

/** Made anew where the kind of its axes changes.
 *  @param hasResiduals whether a plot under it has the axis for both */
export function CurvePlot({ hasResiduals }: { readonly hasResiduals: boolean }) {
  const { drawn, look } = useShown();
  return (
    <ScanChart
      key={`${hasResiduals} ${drawn.countUnit.value} ${look.isLog.value}`}
      hasResiduals={hasResiduals}
    />
  );
}

function ScanChart({ hasResiduals }: { readonly hasResiduals: boolean }) {
  const shown = useShown(),
    { drawn, theme, peak, look } = shown,
    { calculated, countUnit, masks, measured, twoTheta } = drawn,
    { isLog } = look;
  const at = useSignal<number | undefined>(undefined);
  const measuredPoints = useComputed(() => drawable(measured.value, shown)),
    lattice = useComputed(() => latticeOf(shown));
  const dots = useMemo(() => new Dots(), []);
  return (
    <figure class="plot">
      <Legend at={at} />
      <Chart
        className="curve"
        label={`Measured and calculated intensity against 2θ, ${isLog.peek() ? "logarithmic" : "linear"}`}
        options={() => ({
          legend: { show: false },
          cursor: cursor(shown, { size: 6 }),
          scales: {
            x: angleScale,
            y: isLog.peek()
              ? { distr: 3, range: (_, min, max) => logRange(min, max) }
              : { range: (_, __, max) => [0, 1.06 * (max > 0 ? max : 1)] },
          },
          axes: [
            angleAxis(theme, !hasResiduals),
            intensityAxis(theme, {
              label: countUnit.peek() === 1 ? "Intensity (counts)" : "Intensity (units of the file)",
              log: isLog.peek(),
            }),
            strainAxis(theme, () => lattice.peek()),
          ],
          series: [
            {},
            // Drawn below, as they stay while the curve is dragged.
            { paths: () => null, points: { show: false } },
            { stroke: () => theme.peek().accent, width: 1.6, points: { show: false } },
          ],
          plugins: [
            brush({
              brushed: (range) => brushed(range, shown),
              reset: () => (look.zoom.value = undefined),
              look: () => look.brushMode.peek(),
            }),
          ],
          hooks: {
            drawClear: [(chart) => drawMasks(chart, shown)],
            drawAxes: [
              (chart) =>
                dots.draw(
                  chart,
                  { x: twoTheta.peek(), y: measuredPoints.peek() },
                  { size: 4, colour: theme.peek().dots },
                ),
            ],
            draw: [(chart) => drawAbove(chart, shown)],
            setCursor: [(chart) => (at.value = chart.cursor.idx ?? undefined)],
          },
        })}
        data={() => {
          void masks.value;
          void peak.value;
          return [twoTheta.value, measuredPoints.value, drawable(calculated.value, shown)];
        }}
        follow={(chart) => followZoom(chart, shown)}
        marks={() => void lattice.value}
      />
    </figure>
  );
}

/** Spacing, wavelength and offset of what is shown, for the axis Δd/d. */
function latticeOf({ peak, wavelength: used, drawn }: Shown) {
  const d = peak.value?.d,
    wavelength = used.value;
  return d === undefined || wavelength === undefined
    ? undefined
    : { d, wavelength, offset: drawn.offset.value };
}

function drawAbove(chart: uPlot, { drawn, theme, peak }: Shown): void {
  strokes(chart, drawn.zeros.peek(), theme.peek().soft);
  const expected = peak.peek();
  if (expected !== undefined)
    verticalLine(chart, expected.twoTheta + drawn.offset.peek(), theme.peek().rule, expected.name);
}

function brushed(range: readonly [number, number], { look, actions }: Shown): void {
  if (look.brushMode.peek() === "zoom") look.zoom.value = range;
  else actions.addMask?.(range);
}

/** A logarithmic axis has no place for what is not positive. */
function drawable(values: Float64Array | undefined, { drawn, look }: Shown): (number | null)[] {
  if (values === undefined) return new Array<null>(drawn.twoTheta.value.length).fill(null);
  return look.isLog.value ? Array.from(values, (v) => (v > 0 ? v : null)) : Array.from(values);
}
