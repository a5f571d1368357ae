/** Brushing over a chart with mouse, pen or finger. */
import type uPlot from "uplot";

/** Pixels below which a brush is a click. */
const CLICK = 4;

export interface BrushActions {
  /** Gets the range of x that was brushed. */
  readonly brushed: (range: readonly [from: number, to: number]) => void;
  /** On a double click. */
  readonly reset: () => void;
  /** What the brush looks like: a class of the style sheet. */
  readonly look: () => string;
}

/** An element of its own shows what is brushed: uPlot hides its selection as soon as its cursor moves. */
export function brush({ brushed, reset, look }: BrushActions): uPlot.Plugin {
  return {
    hooks: {
      ready: (chart) => {
        const { over } = chart;
        const shade = document.createElement("div");
        shade.hidden = true;
        over.append(shade);
        let from: number | undefined;
        const at = (event: PointerEvent): number =>
          Math.min(Math.max(event.clientX - over.getBoundingClientRect().left, 0), over.clientWidth);
        const show = (a: number, b: number): void => {
          shade.className = `brush ${look()}`;
          shade.hidden = false;
          shade.style.left = `${Math.min(a, b)}px`;
          shade.style.width = `${Math.abs(b - a)}px`;
        };
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
          shade.hidden = true;
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
