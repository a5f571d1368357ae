/** uPlot as a component: made once, fed by signals, as wide as its place, in the colours of the page. */
import { useSignalEffect } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import uPlot from "uplot";
import { type Theme, theme } from "./theme.ts";

export interface ChartProps {
  /** Read once, when the chart is made; colours as functions, so that they follow the theme. */
  readonly options: () => Omit<uPlot.Options, "width" | "height">;
  /** Called in an effect: what signals it reads, it follows. */
  readonly data: () => uPlot.AlignedData;
  /** Called in an effect after the data, with the chart: ranges, handles. */
  readonly follow?: (chart: uPlot) => void;
  readonly label: string;
  readonly className: string;
  /** Whether it holds things to be operated, and is more than a picture. */
  readonly isInteractive?: boolean;
}

export function Chart({ options, data, follow, label, className, isInteractive = false }: ChartProps) {
  const place = useRef<HTMLDivElement>(null);
  const chart = useRef<uPlot | undefined>(undefined);

  useEffect(() => {
    const element = place.current!;
    const { width, height } = sizeOf(element);
    const made = new uPlot({ ...options(), width, height }, data(), element);
    chart.current = made;
    follow?.(made);
    const observer = new ResizeObserver(() => {
      const size = sizeOf(element);
      if (size.width !== made.width || size.height !== made.height) made.setSize(size);
    });
    observer.observe(element);
    return () => {
      observer.disconnect();
      made.destroy();
      chart.current = undefined;
    };
  }, []);

  useSignalEffect(() => {
    const values = data();
    chart.current?.batch(() => {
      chart.current!.setData(values, false);
      follow?.(chart.current!);
    });
  });

  useSignalEffect(() => {
    void theme.value;
    chart.current?.redraw(false, true);
  });

  return <div ref={place} class={`chart ${className}`} role={isInteractive ? "group" : "img"} aria-label={label} />;
}

function sizeOf(element: HTMLElement): { width: number; height: number } {
  return { width: Math.max(Math.floor(element.clientWidth), 120), height: Math.max(Math.floor(element.clientHeight), 60) };
}

/** An axis in the page's colours. */
export function axis(options: uPlot.Axis): uPlot.Axis {
  const from = (pick: (colours: Theme) => string) => () => pick(theme.peek());
  return {
    stroke: from(({ soft }) => soft),
    grid: { stroke: from(({ grid }) => grid), width: 1 },
    ticks: { stroke: from(({ rule }) => rule), width: 1, size: 5 },
    border: { show: true, stroke: from(({ rule }) => rule), width: 1 },
    font: theme.peek().font,
    labelFont: theme.peek().font,
    gap: 4,
    ...options,
  };
}
