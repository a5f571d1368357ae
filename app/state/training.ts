/** The one training that may be under way: begun, followed, stopped. */
import { signal } from "@preact/signals";
import { WorkerClient } from "takagi/workers";
import { SHIPPED } from "../network.ts";
import type { Entry } from "../session.ts";
import { CLIENT } from "../worker/client.ts";
import { Cancelled } from "../worker/failures.ts";
import type { Learning, TrainingPlan, Work } from "../worker/protocol.ts";
import { addNetwork } from "./actions.ts";
import { type Problem, problemOf } from "../shown/problems.ts";
import { announcement, session } from "./store.ts";

/** What is seen of a training. */
export interface Course {
  /** The scan for whose crystal it is. */
  readonly entryId: string;
  readonly isStopping: boolean;
  readonly now?: Learning;
  /** Losses against the scans seen: while learning, and on scans that it does not learn from. */
  readonly steps: readonly (readonly [samples: number, loss: number])[];
  readonly validations: readonly NonNullable<Learning["validation"]>[];
}

export const course = signal<Course | undefined>(undefined);
export const trainingProblem = signal<Problem | undefined>(undefined);

/** Points of the curve that are kept. */
const MOST_POINTS = 400;

/** Knows all crystals a little. */
const start = SHIPPED.find(({ preset }) => preset.reflection === undefined);
const worker = new WorkerClient<Work>(CLIENT);
let stop = new AbortController();

/** Trains until the time is over or it is stopped; the network is then chosen for the scan. */
export async function train({ id, experiment }: Entry, plan: TrainingPlan): Promise<void> {
  trainingProblem.value = undefined;
  course.value = { entryId: id, isStopping: false, steps: [], validations: [] };
  stop = new AbortController();
  try {
    const { card, files } = await worker.call(
      "train",
      { experiment, ...plan, ...(start === undefined ? {} : { start }) },
      { onProgress: follow, stop: stop.signal },
    );
    addNetwork(card, files, session.value.entries.some((entry) => entry.id === id) ? id : undefined);
    announcement.value = `Network ${card.name} is trained.`;
  } catch (error) {
    if (!(error instanceof Cancelled)) trainingProblem.value = problemOf(error);
  } finally {
    course.value = undefined;
    // Its memory is given back.
    void worker.end(new Cancelled("cancelled"));
  }
}

export function stopTraining(): void {
  // Before its first step there is nothing to keep.
  if (course.value?.now === undefined) void worker.end(new Cancelled("cancelled"));
  else course.value = { ...course.value, isStopping: true };
  stop.abort();
}

function follow(now: Learning): void {
  const { value } = course;
  if (value === undefined) return;
  const { validation } = now,
    last = value.validations.at(-1);
  const steps = value.steps.length < MOST_POINTS ? value.steps : value.steps.filter((_, i) => i % 2 === 0);
  course.value = {
    ...value,
    now,
    steps: [...steps, [now.samples, now.loss]],
    validations:
      validation === undefined || validation.samples === last?.samples
        ? value.validations
        : [...value.validations, validation],
  };
}
