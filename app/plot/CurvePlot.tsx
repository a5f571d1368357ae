/** Scan and curve against 2θ, logarithmic or linear, with Δd/d along the top. */
import { computed, useSignal } from "@preact/signals";
import { useMemo } from "preact/hooks";
import type uPlot from "uplot";
import { addMask } from "../state/actions.ts";
import { setup } from "../state/setup.ts";
import { calculated, measured, offset, twoTheta } from "../state/shown.ts";
import { selected } from "../state/store.ts";
import { brushMode, isLog, zoom } from "../state/view.ts";
import { angleAxis, intensityAxis, logRange, strainAxis } from "./axes.ts";
import { brush } from "./brush.ts";
import { Chart } from "./Chart.tsx";
import { Legend } from "./Legend.tsx";
import { Dots, strokes, verticalLine } from "./marks.ts";
import { angleScale, countUnit, cursor, drawMasks, followZoom, masks, zeros } from "./scanPlot.ts";
import { theme } from "./theme.ts";

const measuredPoints = computed(() => drawable(measured.value));
/** Spacing, wavelength and offset of what is shown, for the axis Δd/d. */
const lattice = computed(() => {
  const { d } = setup.value.setup ?? {},
    wavelength = selected.value?.experiment.wavelength;
  return d === undefined || wavelength === undefined ? undefined : { d, wavelength, offset: offset.value };
});

/** Made anew where the kind of its axes changes.
 *  @param hasResiduals whether a plot under it has the axis for both */
export function CurvePlot({ hasResiduals }: { readonly hasResiduals: boolean }) {
  return <ScanChart key={`${hasResiduals} ${countUnit.value} ${isLog.value}`} hasResiduals={hasResiduals} />;
}

function ScanChart({ hasResiduals }: { readonly hasResiduals: boolean }) {
  const at = useSignal<number | undefined>(undefined);
  const dots = useMemo(() => new Dots(), []);
  return (
    <figure class="plot">
      <Legend at={at} />
      <Chart
        className="curve"
        label={`Measured and calculated intensity against 2θ, ${isLog.peek() ? "logarithmic" : "linear"}`}
        options={() => ({
          legend: { show: false },
          cursor: cursor({ size: 6 }),
          scales: {
            x: angleScale,
            y: isLog.peek()
              ? { distr: 3, range: (_, min, max) => logRange(min, max) }
              : { range: (_, __, max) => [0, 1.06 * (max > 0 ? max : 1)] },
          },
          axes: [
            angleAxis(!hasResiduals),
            intensityAxis(
              countUnit.peek() === 1 ? "Intensity (counts)" : "Intensity (units of the file)",
              isLog.peek(),
            ),
            strainAxis(() => lattice.peek()),
          ],
          series: [
            {},
            // Drawn below, as they stay while the curve is dragged.
            { paths: () => null, points: { show: false } },
            { stroke: () => theme.peek().accent, width: 1.6, points: { show: false } },
          ],
          plugins: [brush({ brushed, reset: () => (zoom.value = undefined), look: () => brushMode.peek() })],
          hooks: {
            drawClear: [drawMasks],
            drawAxes: [
              (chart) =>
                dots.draw(
                  chart,
                  { x: twoTheta.peek(), y: measuredPoints.peek() },
                  { size: 4, colour: theme.peek().dots },
                ),
            ],
            draw: [drawAbove],
            setCursor: [(chart) => (at.value = chart.cursor.idx ?? undefined)],
          },
        })}
        data={() => {
          void masks.value;
          void setup.value;
          return [twoTheta.value, measuredPoints.value, drawable(calculated.value)];
        }}
        follow={followZoom}
        marks={() => void lattice.value}
      />
    </figure>
  );
}

function drawAbove(chart: uPlot): void {
  strokes(chart, zeros.peek(), theme.peek().soft);
  const expected = setup.peek().setup;
  if (expected !== undefined)
    verticalLine(chart, expected.twoTheta + offset.peek(), theme.peek().rule, expected.name);
}

function brushed(range: readonly [number, number]): void {
  const id = selected.peek()?.id;
  if (brushMode.peek() === "zoom") zoom.value = range;
  else if (id !== undefined) addMask(id, range);
}

/** A logarithmic axis has no place for what is not positive. */
function drawable(values: Float64Array | undefined): (number | null)[] {
  if (values === undefined) return new Array<null>(twoTheta.value.length).fill(null);
  return isLog.value ? Array.from(values, (v) => (v > 0 ? v : null)) : Array.from(values);
}
