/** Strain or Debye–Waller factor against depth, with its band and the handles that change it. */
import { useRef } from "preact/hooks";
import { type Band, type Inversion, onSubstrate, plain } from "takagi";
import type uPlot from "uplot";
import type { Handle, Quantity } from "../model.ts";
import { type Shown, useShown } from "../shown/shown.ts";
import { axis } from "./axes.ts";
import { Chart } from "./Chart.tsx";
import { HandleLayer } from "./handles.ts";
import { band, dashed, threads, zeroLine } from "./marks.ts";

/** Share of a stack's thickness over which the substrate under it is seen: its lowest edge can be moved there. */
const BENEATH = 0.12;

/** The fit's own line; of layers down to the substrate. */
function lineOf(
  { profile: own, stack: found }: Inversion,
  quantity: Quantity,
): { x: Float64Array; y: Float64Array } {
  const line = found === undefined ? own : onSubstrate(own);
  return { x: line.depth, y: line[quantity] };
}

function wordsOf({ depth: at, value, moves }: Handle, quantity: Quantity): { label: string; value: string } {
  if (moves === "depth") return { label: "Lower edge of a layer", value: `${plain(at, 4)} nm` };
  return {
    label: `${quantity === "strain" ? "Strain" : "Debye–Waller factor"} at ${at.toFixed(0)} nm`,
    value: `${plain(value)}${quantity === "strain" ? " %" : ""}`,
  };
}

const NAMES = { strain: "Strain Δd/d (%)", debyeWaller: "Debye–Waller factor" } as const;

/** Made anew where the kind of its axes changes.
 *  @param isOnly whether no other plot stands beneath, whose axis is that of both */
export function ProfilePlot({
  quantity,
  isOnly = false,
}: {
  readonly quantity: Quantity;
  readonly isOnly?: boolean;
}) {
  const shown = useShown(),
    { drawn, theme, isDragging, actions: done } = shown,
    { profile, line, stack, shownAnswer } = drawn,
    values = line[quantity];
  const layer = useRef<HandleLayer | undefined>(undefined);
  const range = useRef<[number, number]>([0, 1]),
    deepest = useRef(1);

  const actions = {
    start: done.startDrag,
    drag: (index: number, to: number) => done.drag(quantity, index, to),
    end: done.endDrag,
    words: (handle: Handle) => wordsOf(handle, quantity),
  };

  return (
    <figure class="plot">
      <Chart
        className="profile"
        isInteractive
        label={`${NAMES[quantity]} against depth; the points can be dragged or moved with the arrow keys`}
        options={() => ({
          legend: { show: false },
          cursor: { drag: { x: false, y: false, setScale: false }, points: { size: 6 }, y: false },
          scales: {
            x: { time: false, range: (_, min, max) => (min < max ? [min, max] : [0, 1]) },
            y: { range: (_, min, max) => [min, max] },
          },
          axes: [
            axis(
              theme,
              quantity === "strain" && !isOnly
                ? { size: 22 }
                : { label: "Depth below the surface (nm)", labelSize: 18, size: 34 },
            ),
            axis(theme, {
              scale: "y",
              size: 62,
              label: NAMES[quantity],
              labelSize: 20,
              space: 34,
              values: (_, splits) => splits.map((v) => String(Number(v.toFixed(4))).replace("-", "−")),
            }),
          ],
          series: [{}, { stroke: () => theme.peek().accent, width: 1.8, points: { show: false } }],
          hooks: {
            drawAxes: [(chart) => drawBehind(chart, quantity, shown)],
            draw: [() => layer.current?.place()],
            // Not `ready`, which comes after the first data.
            init: [(chart) => (layer.current = new HandleLayer(chart, actions))],
          },
        })}
        data={() => [line.depth.value ?? [], values.value ?? []]}
        follow={(chart: uPlot) => {
          if (profile.value === undefined || values.value === undefined) return;
          const wanted = yRange(values.value, shownAnswer.value, quantity);
          range.current = isDragging.value ? including(range.current, values.value) : wanted;
          const { depth } = profile.value,
            whole = depth[depth.length - 1]!;
          deepest.current = isDragging.value
            ? Math.max(deepest.current, whole)
            : (stack.value === undefined ? 1 : 1 + BENEATH) * whole;
          chart.setScale("x", { min: 0, max: deepest.current });
          chart.setScale("y", { min: range.current[0], max: range.current[1] });
        }}
        over={() => layer.current?.show(drawn.handles[quantity].value)}
      />
    </figure>
  );
}

/** Band and posterior of the answer; in grey with the fit in dashes where a profile is drawn over it. */
function drawBehind(chart: uPlot, quantity: Quantity, { drawn, theme }: Shown): void {
  const answer = drawn.shownAnswer.peek(),
    isOver = drawn.isDrawnOver.peek(),
    colours = theme.peek();
  if (answer !== undefined) {
    const { profile: own } = answer;
    band(chart, own.depth, { ...bandOf(answer, quantity), colour: isOver ? colours.mask : colours.band });
    if (isOver) dashed(chart, lineOf(answer, quantity), colours.soft);
    else threads(chart, drawsOf(answer, quantity), colours.thread);
  }
  if (quantity === "strain") zeroLine(chart, colours.rule);
}

/** A range, wider only where values lie outside: it must not slip from under the pointer. */
function including([low, high]: readonly [number, number], values: Float64Array): [number, number] {
  return [values.reduce((a, b) => Math.min(a, b), low), values.reduce((a, b) => Math.max(a, b), high)];
}

/** Profiles drawn from the posterior. */
function drawsOf({ draws }: Inversion, quantity: Quantity): { x: Float64Array; y: Float64Array }[] {
  return draws.map(({ profile: own }) => ({ x: own.depth, y: own[quantity] }));
}

function bandOf({ strainBand, debyeWallerBand }: Inversion, quantity: Quantity): Band {
  return quantity === "strain" ? strainBand : debyeWallerBand;
}

/** Around profile, band and 0; a band may add as much again as the profile spans, and is cut where it is wider. */
function yRange(values: Float64Array, answer: Inversion | undefined, quantity: Quantity): [number, number] {
  if (quantity === "debyeWaller") return [0, 1.05];
  let low = 0,
    high = 0;
  for (const v of values) [low, high] = [Math.min(low, v), Math.max(high, v)];
  const span = Math.max(high - low, 0.02);
  const [least, most] = [low - 0.6 * span, high + 0.6 * span];
  for (const v of answer?.strainBand.lower ?? []) low = Math.min(low, Math.max(v, least));
  for (const v of answer?.strainBand.upper ?? []) high = Math.max(high, Math.min(v, most));
  const free = 0.08 * Math.max(high - low, 0.02);
  return [low - free, high + free];
}
