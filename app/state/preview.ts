/** What is drawn: the answer's own curve, or that of a model changed by hand, computed while it is dragged. */
import { computed, effect, signal } from "@preact/signals";
import type { Band, Profile } from "takagi";
import { rmsLog } from "../model.ts";
import { anglesOf, chosen, type Entry, type Experiment, type Model } from "../session.ts";
import type { Preview, Setup } from "../worker/protocol.ts";
import { quick } from "./crew.ts";
import { frameDrawn, takeMove } from "./frames.ts";
import { type Problem, problemOf } from "./problems.ts";
import { isDragging, selected } from "./store.ts";

/** What one entry shows. */
export interface Shown {
  readonly twoTheta: Float64Array;
  readonly measured?: Float64Array;
  readonly calculated?: Float64Array;
  readonly profile?: Profile;
  /** Of the answer, also while the model is dragged away from it. */
  readonly strainBand?: Band;
  readonly debyeWallerBand?: Band;
  /** Depths of the bands. */
  readonly bandDepth?: Float64Array;
  readonly rms?: number;
}

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

/** Angles of the entry that is shown; the same array for as long as they are the same. */
const range = computed(() => JSON.stringify(selected.value?.range));
const scanAngles = computed(() => selected.value?.scan?.twoTheta);
const twoTheta = computed(() => {
  void range.value;
  const entry = selected.peek();
  return scanAngles.value ?? (entry === undefined ? new Float64Array(0) : anglesOf(entry));
});

export const shown = computed<Shown | undefined>(() => {
  const entry = selected.value;
  if (entry === undefined) return undefined;
  const measured = entry.scan?.intensity;
  const answer = chosen(entry);
  const base: Shown = {
    twoTheta: twoTheta.value,
    ...(measured === undefined ? {} : { measured }),
    ...(answer === undefined ? {} : { strainBand: answer.strainBand, debyeWallerBand: answer.debyeWallerBand, bandDepth: answer.profile.depth }),
  };
  if (answer !== undefined && !entry.isEdited) return { ...base, calculated: answer.calculated, profile: answer.profile, rms: answer.rms };
  const latest = computedCurve.value;
  if (latest?.asked.id !== entry.id || latest.preview.intensity.length !== base.twoTheta.length) return base;
  const { profile, intensity } = latest.preview;
  return { ...base, calculated: intensity, profile, ...(measured === undefined ? {} : { rms: rmsLog(measured, intensity) }) };
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
      const preview = await quick.call("preview", { experiment: asked.experiment, model: asked.model, twoTheta: asked.twoTheta, isDraft: asked.isDraft });
      computedCurve.value = { asked, preview };
      if (asked.moved !== undefined) frameDrawn(asked.moved);
      previewProblem.value = undefined;
    } catch (error) {
      previewProblem.value = problemOf(error);
    }
  }
  isAsking = false;
}

/** Keeps curve and setup up with the session. */
export function follow(): void {
  effect(() => {
    const entry: Entry | undefined = selected.value;
    const { model, experiment, isEdited, answer, id } = entry ?? {};
    if (id === undefined || model === undefined || experiment?.crystal === undefined) return;
    if (answer !== undefined && isEdited !== true) return;
    ask({ id, moved: takeMove(), experiment, model, twoTheta: twoTheta.value, isDraft: isDragging.value });
  });
  const experimentKey = computed(() => JSON.stringify(selected.value?.experiment));
  effect(() => {
    const key = experimentKey.value;
    const experiment = selected.peek()?.experiment;
    if (experiment?.crystal === undefined) {
      setup.value = {};
      return;
    }
    quick.call("setup", { experiment }).then(
      (found) => {
        if (experimentKey.peek() === key) setup.value = { setup: found };
      },
      (error: unknown) => {
        if (experimentKey.peek() === key) setup.value = { problem: problemOf(error) };
      },
    );
  });
}
