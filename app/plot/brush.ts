/** Brushing over a chart with mouse, pen or finger. */
import type uPlot from "uplot";

/** Pixels below which a brush is a click. */
const CLICK = 4;

/** @param brushed gets the range of x that was brushed
 *  @param reset is called on a double click */
export function brush(
  brushed: (range: readonly [from: number, to: number]) => void,
  reset: () => void,
): uPlot.Plugin {
  return {
    hooks: {
      ready: (chart) => {
        const { over } = chart;
        let from: number | undefined;
        const at = (event: PointerEvent): number =>
          Math.min(Math.max(event.clientX - over.getBoundingClientRect().left, 0), over.clientWidth);
        const show = (a: number, b: number): void =>
          chart.setSelect(
            { left: Math.min(a, b), top: 0, width: Math.abs(b - a), height: over.clientHeight },
            false,
          );
        over.addEventListener("pointerdown", (event) => {
          if (event.button !== 0 || !event.isPrimary) return;
          from = at(event);
          over.setPointerCapture(event.pointerId);
        });
        over.addEventListener("pointermove", (event) => {
          if (from !== undefined) show(from, at(event));
        });
        const end = (event: PointerEvent): void => {
          if (from === undefined) return;
          const [a, b] = [from, at(event)];
          from = undefined;
          show(0, 0);
          if (event.type === "pointerup" && Math.abs(b - a) >= CLICK)
            brushed([chart.posToVal(Math.min(a, b), "x"), chart.posToVal(Math.max(a, b), "x")]);
        };
        over.addEventListener("pointerup", end);
        over.addEventListener("pointercancel", end);
        over.addEventListener("dblclick", reset);
      },
    },
  };
}
