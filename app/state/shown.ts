/** What the entry that is shown has to draw, and what is done with it in its plots. */
import { computed, effect } from "@preact/signals";
import { isStale } from "../session.ts";
import { drawnOf } from "../shown/drawn.ts";
import type { Shown } from "../shown/shown.ts";
import { addMask, chooseSolution, dragHandle, resetModel } from "./actions.ts";
import { ask, clear, curve, curveProblem } from "./curve.ts";
import { newDrag, pointerMoved, takeMove } from "./frames.ts";
import { invert } from "./inversion.ts";
import { theme } from "./scheme.ts";
import { setup } from "./setup.ts";
import { endDrag, isDragging, jobs, problems, selected, startDrag } from "./store.ts";
import { look } from "./view.ts";

const drawn = drawnOf(selected, curve, look);

/** Does something with the entry that is shown. */
function withShown(act: (id: string) => void): void {
  const id = selected.peek()?.id;
  if (id !== undefined) act(id);
}

export const shown: Shown = {
  selected,
  drawn,
  look,
  theme,
  cursor: "two-theta",
  peak: computed(() => setup.value.setup),
  wavelength: computed(() => selected.value?.experiment.wavelength),
  progress: computed(() => jobs.value.get(selected.value?.id ?? "")),
  problem: computed(
    () =>
      problems.value.get(selected.value?.id ?? "") ??
      (selected.value?.scan === undefined ? curveProblem.value : undefined),
  ),
  isStale: computed(() => selected.value !== undefined && isStale(selected.value)),
  isDragging,
  actions: {
    startDrag: () => {
      newDrag();
      startDrag();
    },
    drag: (quantity, index, to) =>
      withShown((id) => {
        pointerMoved();
        dragHandle(id, { quantity, index, to, stack: drawn.stack.peek() });
      }),
    endDrag,
    resetModel: () => withShown(resetModel),
    fitDrawn: () => withShown((id) => void invert(id, true)),
    chooseSolution: (index) => withShown((id) => chooseSolution(id, index)),
    addMask: (range) => withShown((id) => addMask(id, range)),
  },
};

/** Keeps the curve up with the model of the entry that is shown. */
export function followModel(): void {
  effect(() => {
    const { model, experiment, isEdited: isOwn, answer: found, id } = selected.value ?? {};
    if (id === undefined || model === undefined || experiment?.crystal === undefined) return;
    if (found !== undefined && isOwn !== true) {
      clear();
      return;
    }
    ask({
      id,
      moved: takeMove(),
      experiment,
      model,
      twoTheta: drawn.twoTheta.value,
      isDraft: isDragging.value,
    });
  });
}
