/** Points of a curve that can be dragged, by pointer or keyboard: real elements over the chart, so that everyone reaches them. */
import type uPlot from "uplot";
import type { Handle } from "../model.ts";

export interface HandleActions {
  /** A gesture begins. */
  readonly start: () => void;
  /** To a value, or to a depth (nm), by what the handle moves. */
  readonly drag: (index: number, to: number) => void;
  readonly end: () => void;
  /** What a handle is called, and its value in words. */
  readonly words: (handle: Handle) => { readonly label: string; readonly value: string };
}

/** What an arrow key moves a handle by: about a hundredth of the axis, a round number, so that there and back is nothing. */
function stepOf(span: number): number {
  const power = 10 ** Math.floor(Math.log10(span));
  return 0.01 * power * (span < 2 * power ? 1 : span < 5 * power ? 2 : 5);
}

function placeOf({ depth, value, moves }: Handle): number {
  return moves === "depth" ? depth : value;
}

export class HandleLayer {
  readonly #chart: uPlot;
  readonly #actions: HandleActions;
  readonly #elements: HTMLElement[] = [];
  #handles: readonly Handle[] = [];

  constructor(chart: uPlot, actions: HandleActions) {
    this.#chart = chart;
    this.#actions = actions;
  }

  show(handles: readonly Handle[]): void {
    this.#handles = handles;
    while (this.#elements.length > handles.length) this.#elements.pop()!.remove();
    while (this.#elements.length < handles.length) {
      const element = this.#make(this.#elements.length);
      // The deepest comes first among the handles; Tab goes from the surface down.
      this.#chart.over.insertBefore(element, this.#elements.at(-1) ?? null);
      this.#elements.push(element);
    }
    this.place();
  }

  /** Puts the elements where the chart's scales have their points. */
  place(): void {
    const { scales } = this.#chart;
    if (scales.y?.min === undefined || scales.x?.min === undefined) return;
    for (const [i, handle] of this.#handles.entries()) {
      const element = this.#elements[i]!;
      const x = this.#chart.valToPos(handle.depth, "x"),
        y = this.#chart.valToPos(handle.value, "y");
      if (!Number.isFinite(x) || !Number.isFinite(y)) continue;
      element.style.transform = `translate(${x}px, ${y}px)`;
      const { label, value } = this.#actions.words(handle),
        isAlong = handle.moves === "depth",
        { min, max } = isAlong ? scales.x : scales.y;
      element.classList.toggle("along", isAlong);
      element.setAttribute("aria-orientation", isAlong ? "horizontal" : "vertical");
      element.setAttribute("aria-label", label);
      element.setAttribute("aria-valuetext", value);
      element.setAttribute("aria-valuenow", String(Number(placeOf(handle).toPrecision(6))));
      element.setAttribute("aria-valuemin", String(min));
      element.setAttribute("aria-valuemax", String(max));
    }
  }

  /** Index of the handle nearest to a pointer. */
  #nearest({ clientX, clientY }: PointerEvent): number {
    const { left, top } = this.#chart.over.getBoundingClientRect();
    const distances = this.#handles.map(({ depth, value }) =>
      Math.hypot(
        this.#chart.valToPos(depth, "x") + left - clientX,
        this.#chart.valToPos(value, "y") + top - clientY,
      ),
    );
    return distances.indexOf(Math.min(...distances));
  }

  /** Where a pointer stands on the axis that a handle moves along. */
  #valueAt({ clientX, clientY }: PointerEvent, { moves }: Handle): number {
    const { left, top } = this.#chart.over.getBoundingClientRect();
    return moves === "depth"
      ? this.#chart.posToVal(clientX - left, "x")
      : this.#chart.posToVal(clientY - top, "y");
  }

  #make(index: number): HTMLElement {
    const element = document.createElement("div");
    element.className = "handle";
    element.tabIndex = 0;
    element.setAttribute("role", "slider");
    /** Index of the handle that is dragged. */
    let dragged: number | undefined;
    element.addEventListener("pointerdown", (event) => {
      if (event.button !== 0) return;
      event.preventDefault();
      event.stopPropagation();
      // On touch screens neighbours overlap: the nearest is meant.
      dragged = this.#nearest(event);
      this.#elements[dragged]!.focus({ preventScroll: true });
      element.setPointerCapture(event.pointerId);
      this.#actions.start();
    });
    element.addEventListener("pointermove", (event) => {
      if (dragged === undefined) return;
      this.#actions.drag(dragged, this.#valueAt(event, this.#handles[dragged]!));
    });
    const end = (): void => {
      if (dragged === undefined) return;
      dragged = undefined;
      this.#actions.end();
    };
    element.addEventListener("pointerup", end);
    element.addEventListener("pointercancel", end);
    element.addEventListener("keydown", (event) => {
      const direction = {
        ArrowUp: 1,
        ArrowRight: 1,
        ArrowDown: -1,
        ArrowLeft: -1,
        PageUp: 10,
        PageDown: -10,
      }[event.key];
      const handle = this.#handles[index]!,
        { scales } = this.#chart,
        { min = 0, max = 1 } = handle.moves === "depth" ? scales.x! : scales.y!;
      if (direction === undefined) return;
      event.preventDefault();
      if (!event.repeat) this.#actions.start();
      this.#actions.drag(index, placeOf(handle) + direction * stepOf(max - min) * (event.shiftKey ? 10 : 1));
      this.#actions.end();
    });
    return element;
  }
}
