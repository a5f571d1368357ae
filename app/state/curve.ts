/** The curve of the model that is changed by hand. */
import { computed } from "@preact/signals";
import type { Experiment } from "../session.ts";
import { type Asked, createCurves } from "../shown/curves.ts";
import { problemOf } from "../shown/problems.ts";
import { quick } from "./crew.ts";
import { frameDrawn } from "./frames.ts";

interface AskedOfPage extends Asked {
  readonly experiment: Experiment;
}

const { curve, failure, ask, clear } = createCurves<AskedOfPage>(
  ({ experiment, model, twoTheta, isDraft }) =>
    quick.call("preview", { experiment, model, twoTheta, isDraft }),
  ({ moved }) => {
    if (moved !== undefined) frameDrawn(moved);
  },
);

export { ask, clear, curve };
export const curveProblem = computed(() =>
  failure.value === undefined ? undefined : problemOf(failure.value),
);
