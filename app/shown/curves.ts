/** The curve of a model changed by hand, from a worker that draws: one question at a time, always the newest. */
import { type ReadonlySignal, signal } from "@preact/signals";
import type { Profile } from "takagi";
import type { Model } from "../session.ts";
import type { Preview } from "../worker/protocol.ts";

/** A model whose curve is wanted. */
export interface Asked {
  /** Of its entry. */
  readonly id: string;
  /** When the pointer moved that this is the answer to, ms. */
  readonly moved: number | undefined;
  readonly model: Model;
  readonly twoTheta: Float64Array;
  /** A frame of a drag. */
  readonly isDraft: boolean;
}

export interface Curves<A extends Asked> {
  /** The last curve that was computed, and for what. */
  readonly curve: ReadonlySignal<{ readonly asked: A; readonly preview: Preview } | undefined>;
  /** What the last one failed with. */
  readonly failure: ReadonlySignal<unknown>;
  /** Asks for a curve; those that were asked for in between are never computed. */
  readonly ask: (next: A) => void;
  readonly clear: () => void;
}

/** @param compute by the worker
 *  @param drawn called when a curve has come */
export function createCurves<A extends Asked>(
  compute: (asked: A) => Promise<Preview>,
  drawn: (asked: A) => void = () => undefined,
): Curves<A> {
  const curve = signal<{ readonly asked: A; readonly preview: Preview } | undefined>(undefined),
    failure = signal<unknown>(undefined);
  let isAsking = false,
    waiting: A | undefined;
  const askOn = async (): Promise<void> => {
    isAsking = true;
    while (waiting !== undefined) {
      const asked = waiting;
      waiting = undefined;
      try {
        const preview = await compute(asked);
        const profile = keeping(curve.peek()?.preview.profile, preview.profile);
        curve.value = { asked, preview: { ...preview, profile } };
        drawn(asked);
        failure.value = undefined;
      } catch (error) {
        failure.value = error;
      }
    }
    isAsking = false;
  };
  return {
    curve,
    failure,
    ask: (next) => {
      waiting = next;
      if (!isAsking) void askOn();
    },
    clear: () => (curve.value = undefined),
  };
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
