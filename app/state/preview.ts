/** What is drawn: the answer's own curve, or that of a model changed by hand, computed while it is dragged. */
import { computed, effect, signal } from "@preact/signals";
import type { Profile } from "takagi";
import { rmsLog } from "../model.ts";
import { anglesOf, chosen, type Experiment, type Model } from "../session.ts";
import type { Preview, Setup } from "../worker/protocol.ts";
import { quick } from "./crew.ts";
import { frameDrawn, takeMove } from "./frames.ts";
import { type Problem, problemOf } from "./problems.ts";
import { isDragging, selected } from "./store.ts";

interface Asked {
  readonly id: string;
  /** When the pointer moved that this is the answer to, ms. */
  readonly moved: number | undefined;
  readonly experiment: Experiment;
  readonly model: Model;
  readonly twoTheta: Float64Array;
  /** A frame of a drag. */
  readonly isDraft: boolean;
}

/** The last curve that was computed, and for what. */
const computedCurve = signal<{ readonly asked: Asked; readonly preview: Preview } | undefined>(undefined);
export const previewProblem = signal<Problem | undefined>(undefined);

/** What the selected experiment means, or why it cannot be. */
export const setup = signal<{ readonly setup?: Setup; readonly problem?: Problem }>({});

// What the entry that is shown has to draw, one signal for each array: plots follow those that they draw, and a frame of a
// drag redraws no other.

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

const id = computed(() => selected.value?.id);
/** What was computed of the model; absent until it is, and where the fit's own curve is shown. */
const latest = computed(() => {
  const { asked, preview } = computedCurve.value ?? {};
  return asked?.id === id.value &&
    preview?.intensity.length === twoTheta.value.length &&
    (isEdited.value || shownAnswer.value === undefined)
    ? preview
    : undefined;
});
export const profile = computed<Profile | undefined>(
  () => latest.value?.profile ?? shownAnswer.value?.profile,
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

/** One question at a time, always the newest: what came in between is never computed. */
let isAsking = false;
let waiting: Asked | undefined;

function ask(next: Asked): void {
  waiting = next;
  if (!isAsking) void askOn();
}

async function askOn(): Promise<void> {
  isAsking = true;
  while (waiting !== undefined) {
    const asked = waiting;
    waiting = undefined;
    try {
      const preview = await quick.call("preview", {
        experiment: asked.experiment,
        model: asked.model,
        twoTheta: asked.twoTheta,
        isDraft: asked.isDraft,
      });
      computedCurve.value = {
        asked,
        preview: { ...preview, profile: keeping(computedCurve.peek()?.preview.profile, preview.profile) },
      };
      if (asked.moved !== undefined) frameDrawn(asked.moved);
      previewProblem.value = undefined;
    } catch (error) {
      previewProblem.value = problemOf(error);
    }
  }
  isAsking = false;
}

/** The profile with those arrays of the one before that have not changed. */
function keeping(before: Profile | undefined, { depth, strain, debyeWaller }: Profile): Profile {
  const kept = (old: Float64Array | undefined, next: Float64Array): Float64Array =>
    old?.length === next.length && next.every((value, i) => value === old[i]) ? old : next;
  return {
    depth: kept(before?.depth, depth),
    strain: kept(before?.strain, strain),
    debyeWaller: kept(before?.debyeWaller, debyeWaller),
  };
}

/** Keeps curve and setup up with the session. */
export function follow(): void {
  effect(() => {
    const { model, experiment, isEdited: isOwn, answer: found, id } = selected.value ?? {};
    if (id === undefined || model === undefined || experiment?.crystal === undefined) return;
    if (found !== undefined && isOwn !== true) {
      computedCurve.value = undefined;
      return;
    }
    ask({ id, moved: takeMove(), experiment, model, twoTheta: twoTheta.value, isDraft: isDragging.value });
  });
  const experiment = computed(() => selected.value?.experiment),
    experimentKey = computed(() => JSON.stringify(experiment.value));
  effect(() => {
    const key = experimentKey.value;
    const asked = experiment.peek();
    if (asked?.crystal === undefined) {
      setup.value = {};
      return;
    }
    quick.call("setup", { experiment: asked }).then(
      (found) => {
        if (experimentKey.peek() === key) setup.value = { setup: found };
      },
      (error: unknown) => {
        if (experimentKey.peek() === key) setup.value = { problem: problemOf(error) };
      },
    );
  });
}
