/** uPlot as a component: made once, fed by signals, as wide as its place, in the colours of the page. */
import { effect, untracked } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import uPlot from "uplot";
import { useShown } from "../shown/shown.ts";

export interface ChartProps {
  /** Read once, when the chart is made; colours as functions, so that they follow the theme. */
  readonly options: () => Omit<uPlot.Options, "width" | "height">;
  /** Called in an effect: what signals it reads, it follows. */
  readonly data: () => uPlot.AlignedData;
  /** Called in an effect after the data, with the chart: ranges, handles. */
  readonly follow?: (chart: uPlot) => void;
  /** Called in an effect of its own: what lies over the chart and moves without it being drawn. */
  readonly over?: () => void;
  /** Called in an effect: what signals it reads, the marks of the axes follow. */
  readonly marks?: () => void;
  readonly label: string;
  readonly className: string;
  /** Whether it holds things to be operated, and is more than a picture. */
  readonly isInteractive?: boolean;
}

export function Chart({
  options,
  data,
  follow,
  over,
  marks,
  label,
  className,
  isInteractive = false,
}: ChartProps) {
  const place = useRef<HTMLDivElement>(null);
  const { theme } = useShown();

  // Plain effects, which run at once: those of the components wait for a frame.
  useEffect(() => {
    const element = place.current!;
    const chart = new uPlot({ ...options(), ...sizeOf(element) }, untracked(data), element);
    const observer = new ResizeObserver(() => {
      const size = sizeOf(element);
      if (size.width !== chart.width || size.height !== chart.height) chart.setSize(size);
    });
    observer.observe(element);
    const stopData = effect(() => {
      const values = data();
      chart.batch(() => {
        chart.setData(values, false);
        follow?.(chart);
      });
    });
    const stopOver = effect(() => over?.());
    const stopTheme = effect(() => {
      void theme.value;
      marks?.();
      chart.redraw(false, true);
    });
    return () => {
      stopData();
      stopOver();
      stopTheme();
      observer.disconnect();
      chart.destroy();
    };
  }, []);

  return (
    <div ref={place} class={`chart ${className}`} role={isInteractive ? "group" : "img"} aria-label={label} />
  );
}

function sizeOf(element: HTMLElement): { width: number; height: number } {
  return {
    width: Math.max(Math.floor(element.clientWidth), 120),
    height: Math.max(Math.floor(element.clientHeight), 60),
  };
}
