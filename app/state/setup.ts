/** What the experiment of the entry that is shown means: Bragg angle and spacing, or why it cannot be. */
import { computed, effect, signal } from "@preact/signals";
import type { Setup } from "../worker/protocol.ts";
import { quick } from "./crew.ts";
import { type Problem, problemOf } from "../shown/problems.ts";
import { selected } from "./store.ts";

export const setup = signal<{ readonly setup?: Setup; readonly problem?: Problem }>({});

/** Keeps `setup` up with the session. */
export function followExperiment(): void {
  const experiment = computed(() => selected.value?.experiment),
    layers = computed(() => (selected.value?.scan === undefined ? undefined : selected.value.layers)),
    key = computed(() => JSON.stringify([experiment.value, layers.value]));
  effect(() => {
    const now = key.value;
    const asked = experiment.peek(),
      onIt = layers.peek();
    if (asked?.crystal === undefined) {
      setup.value = {};
      return;
    }
    const isStill = (): boolean => key.peek() === now;
    quick.call("setup", { experiment: asked, ...(onIt === undefined ? {} : { layers: onIt }) }).then(
      (found) => {
        if (isStill()) setup.value = { setup: found };
      },
      (error: unknown) => {
        if (isStill()) setup.value = { problem: problemOf(error) };
      },
    );
  });
}
