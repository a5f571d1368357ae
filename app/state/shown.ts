/** What the entry that is shown has to draw, one signal for each array: plots follow those that they draw, and a frame of a
 *  drag redraws no other. */
import { computed, effect } from "@preact/signals";
import { type Profile, rmsLog, type Stack } from "takagi";
import { anglesOf, chosen, isDrawn } from "../session.ts";
import { ask, curve } from "./curve.ts";
import { takeMove } from "./frames.ts";
import { isDragging, selected } from "./store.ts";

const range = computed(() => JSON.stringify(selected.value?.range));
const scanAngles = computed(() => selected.value?.scan?.twoTheta);
/** Degrees; the same array for as long as they are the same. */
export const twoTheta = computed(() => {
  void range.value;
  const entry = selected.peek();
  return scanAngles.value ?? (entry === undefined ? new Float64Array(0) : anglesOf(entry));
});
export const measured = computed(() => selected.value?.scan?.intensity);

const answer = computed(() => selected.value?.answer),
  solution = computed(() => selected.value?.solution ?? 0),
  isEdited = computed(() => selected.value?.isEdited === true);
/** The solution that is shown; its bands are drawn also while the model is dragged away from it. */
export const shownAnswer = computed(() => chosen({ answer: answer.value, solution: solution.value }));
/** Whether the curve is that of a profile drawn by hand over an answer. */
export const isDrawnOver = computed(() => isDrawn(selected.value));

const id = computed(() => selected.value?.id);
/** What was computed of the model; absent until it is, and where the fit's own curve is shown. */
const latest = computed(() => {
  const { asked, preview } = curve.value ?? {};
  return asked?.id === id.value &&
    preview?.intensity.length === twoTheta.value.length &&
    (isEdited.value || shownAnswer.value === undefined)
    ? preview
    : undefined;
});
export const profile = computed<Profile | undefined>(
  () => latest.value?.profile ?? shownAnswer.value?.profile,
);
/** The layers that are shown, where the profile is one of layers. */
export const stack = computed<Stack | undefined>(() =>
  latest.value === undefined ? shownAnswer.value?.stack?.stack : latest.value.stack,
);
export const calculated = computed<Float64Array | undefined>(
  () => latest.value?.intensity ?? shownAnswer.value?.calculated,
);
export const rms = computed(() => {
  const intensity = latest.value?.intensity;
  return intensity === undefined || measured.value === undefined
    ? shownAnswer.value?.rms
    : rmsLog(measured.value, intensity);
});
/** Offset of 2θ of what is drawn, degrees. */
export const offset = computed(() => (selected.value?.model ?? shownAnswer.value)?.instrument.offset ?? 0);

/** Keeps the curve up with the model of the entry that is shown. */
export function followModel(): void {
  effect(() => {
    const { model, experiment, isEdited: isOwn, answer: found, id } = selected.value ?? {};
    if (id === undefined || model === undefined || experiment?.crystal === undefined) return;
    if (found !== undefined && isOwn !== true) {
      curve.value = undefined;
      return;
    }
    ask({ id, moved: takeMove(), experiment, model, twoTheta: twoTheta.value, isDraft: isDragging.value });
  });
}
