/** The curve of a model changed by hand, from the worker that draws: one question at a time, always the newest. */
import { signal } from "@preact/signals";
import type { Profile } from "takagi";
import type { Experiment, Model } from "../session.ts";
import type { Preview } from "../worker/protocol.ts";
import { quick } from "./crew.ts";
import { frameDrawn } from "./frames.ts";
import { type Problem, problemOf } from "./problems.ts";

/** A model whose curve is wanted. */
export interface Asked {
  /** Of its entry. */
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
export const curve = signal<{ readonly asked: Asked; readonly preview: Preview } | undefined>(undefined);
export const curveProblem = signal<Problem | undefined>(undefined);

let isAsking = false;
let waiting: Asked | undefined;

/** Asks for a curve; those that were asked for in between are never computed. */
export function ask(next: Asked): void {
  waiting = next;
  if (!isAsking) void askOn();
}

async function askOn(): Promise<void> {
  isAsking = true;
  while (waiting !== undefined) {
    const asked = waiting;
    waiting = undefined;
    try {
      const { experiment, model, twoTheta, isDraft } = asked;
      const preview = await quick.call("preview", { experiment, model, twoTheta, isDraft });
      const profile = keeping(curve.peek()?.preview.profile, preview.profile);
      curve.value = { asked, preview: { ...preview, profile } };
      if (asked.moved !== undefined) frameDrawn(asked.moved);
      curveProblem.value = undefined;
    } catch (error) {
      curveProblem.value = problemOf(error);
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
