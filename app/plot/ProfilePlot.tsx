/** Strain or Debye–Waller factor against depth, with its band and the handles that change it. */
import { useRef } from "preact/hooks";
import type uPlot from "uplot";
import { type Handle, handlesOf, type Quantity } from "../model.ts";
import { dragHandle, startGesture } from "../state/actions.ts";
import { newDrag, pointerMoved } from "../state/frames.ts";
import { type Shown, shown } from "../state/preview.ts";
import { isDragging, selected } from "../state/store.ts";
import { digits } from "../words.ts";
import { axis, Chart } from "./Chart.tsx";
import { HandleLayer } from "./handles.ts";
import { band, zeroLine } from "./marks.ts";
import { theme } from "./theme.ts";

const NAMES = { strain: "Strain Δd/d (%)", debyeWaller: "Debye–Waller factor" } as const;

export function ProfilePlot({ quantity }: { readonly quantity: Quantity }) {
  const layer = useRef<HandleLayer | undefined>(undefined);
  const range = useRef<[number, number]>([0, 1]);

  const actions = {
    start: () => {
      startGesture();
      newDrag();
      isDragging.value = true;
    },
    drag: (index: number, value: number) => {
      const id = selected.peek()?.id;
      if (id === undefined) return;
      pointerMoved();
      dragHandle(id, quantity, index, value);
    },
    end: () => (isDragging.value = false),
    words: ({ depth, value }: Handle) => ({
      label: `${quantity === "strain" ? "Strain" : "Debye–Waller factor"} at ${depth.toFixed(0)} nm`,
      value: `${digits(value)}${quantity === "strain" ? " %" : ""}`,
    }),
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
          scales: { x: { time: false, range: (_, min, max) => (min < max ? [min, max] : [0, 1]) }, y: { range: (_, min, max) => [min, max] } },
          axes: [
            axis({ label: "Depth below the surface (nm)", labelSize: 18, size: 34 }),
            axis({ scale: "y", size: 58, label: NAMES[quantity], labelSize: 20, space: 34, values: (_, splits) => splits.map((v) => String(Number(v.toFixed(4))).replace("-", "−")) }),
          ],
          series: [{}, { stroke: () => theme.peek().accent, width: 1.8, points: { show: false } }],
          hooks: {
            drawAxes: [(chart) => {
              const now = shown.peek();
              const { lower, upper } = bandOf(now, quantity) ?? {};
              if (now?.bandDepth !== undefined && lower !== undefined && upper !== undefined) band(chart, now.bandDepth, { lower, upper, colour: theme.peek().band });
              if (quantity === "strain") zeroLine(chart, theme.peek().rule);
            }],
            draw: [() => layer.current?.place()],
            // Not `ready`, which comes after the first data.
            init: [(chart) => (layer.current = new HandleLayer(chart, actions))],
          },
        })}
        data={() => {
          const profile = shown.value?.profile;
          return profile === undefined ? [[], []] : [profile.depth, profile[quantity]];
        }}
        follow={(chart: uPlot) => {
          const now = shown.value, model = selected.value?.model;
          const profile = now?.profile;
          layer.current?.show(model === undefined ? [] : handlesOf(model, quantity));
          if (profile === undefined) return;
          const wanted = yRange(now, quantity);
          range.current = isDragging.value ? including(range.current, profile[quantity]) : wanted;
          chart.setScale("x", { min: 0, max: profile.depth[profile.depth.length - 1]! });
          chart.setScale("y", { min: range.current[0], max: range.current[1] });
        }}
      />
    </figure>
  );
}

/** A range, wider only where values lie outside: it must not slip from under the pointer. */
function including([low, high]: readonly [number, number], values: Float64Array): [number, number] {
  return [values.reduce((a, b) => Math.min(a, b), low), values.reduce((a, b) => Math.max(a, b), high)];
}

function bandOf(now: Shown | undefined, quantity: Quantity) {
  return quantity === "strain" ? now?.strainBand : now?.debyeWallerBand;
}

/** Around profile, band and 0; a band may add as much again as the profile spans, and is cut where it is wider. */
function yRange(now: Shown | undefined, quantity: Quantity): [number, number] {
  if (quantity === "debyeWaller") return [0, 1.05];
  const values = now?.profile?.strain ?? new Float64Array(0);
  let low = 0, high = 0;
  for (const v of values) [low, high] = [Math.min(low, v), Math.max(high, v)];
  const span = Math.max(high - low, 0.02);
  const { lower, upper } = bandOf(now, quantity) ?? {};
  const [least, most] = [low - 0.6 * span, high + 0.6 * span];
  for (const v of lower ?? []) low = Math.min(low, Math.max(v, least));
  for (const v of upper ?? []) high = Math.max(high, Math.min(v, most));
  const free = 0.08 * Math.max(high - low, 0.02);
  return [low - free, high + free];
}
