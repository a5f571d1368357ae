/** How long a drag takes to be seen: from when the page hears of the pointer's move to the curve drawn, the worker's part
 *  included, as performance measures named `drag`. */

export const DRAG = "drag";

let move: number | undefined;

export function pointerMoved(): void {
  move = performance.now();
}

/** The move that the next curve answers. */
export function takeMove(): number | undefined {
  const taken = move;
  move = undefined;
  return taken;
}

/** A new gesture: forgets the measures of earlier ones. */
export function newDrag(): void {
  performance.clearMeasures(DRAG);
}

/** Measures up to when the plots have drawn, which they do in microtasks after their data came. */
export function frameDrawn(moved: number): void {
  void Promise.resolve()
    .then(() => Promise.resolve())
    .then(() => performance.measure(DRAG, { start: moved }));
}
