/** Inversions: begun, followed, cancelled. */
import { type Inversion, type Progress, summary } from "takagi";
import { modelOf } from "../model.ts";
import { type Entry, settingsOf, withEntry, without } from "../session.ts";
import { Cancelled } from "../worker/failures.ts";
import type { Work } from "../worker/protocol.ts";
import { inverters } from "./crew.ts";
import { networksFor } from "./networks.ts";
import { problemOf } from "../shown/problems.ts";
import { announcement, commit, jobs, mapWith, problems, session } from "./store.ts";

/** What cancels the inversion of an entry. */
const working = new Map<string, AbortController>();

/** Inverts the scan of an entry; the answer, or what went wrong, is in the store afterwards.
 *  @param isFromModel whether the profile as it was drawn is a start, instead of a network's */
export async function invert(id: string, isFromModel = false): Promise<void> {
  if (jobs.value.has(id)) return;
  report(id, { stage: "waiting", fraction: 0 });
  problems.value = mapWith(problems.value, id, undefined);
  const controller = new AbortController();
  working.set(id, controller);
  try {
    const { entry, answer, stacks, seconds } = await inverted(id, isFromModel, controller.signal);
    commit((now) =>
      withEntry(now, id, (current) => ({
        ...without(without(without(current, "provenance"), "run"), "stacks"),
        answer,
        ...(stacks === undefined ? {} : { stacks }),
        seconds,
        solution: 0,
        model: modelOf(answer, stacks?.each[0]),
        isEdited: false,
        invertedWith: settingsOf(entry),
      })),
    );
    announcement.value = `${entry.name}: inverted. ${saidOf(answer)}`;
  } catch (error) {
    if (!(error instanceof Cancelled)) problems.value = mapWith(problems.value, id, problemOf(error));
  } finally {
    // Another may have begun since it was cancelled.
    if (working.get(id) === controller) {
      working.delete(id);
      report(id, undefined);
    }
  }
}

/** For those who do not see the screen. */
function saidOf(answer: Inversion): string {
  return answer.stack === undefined
    ? `Strain up to ${answer.maxStrain.toFixed(2)} % at ${answer.maxStrainDepth.toFixed(0)} nm.`
    : summary(answer).lead;
}

/** The entry is taken as it is when its turn comes. */
async function inverted(
  id: string,
  isFromModel: boolean,
  signal: AbortSignal,
): Promise<{ entry: Entry } & Work["invert"]["answer"]> {
  let entry: Entry | undefined;
  const callOf = () => {
    entry = session.value.entries.find((candidate) => candidate.id === id)!;
    return {
      kind: "invert",
      ask: { entry: asAsked(entry), networks: networksFor(entry), isFromModel },
    } as const;
  };
  const onProgress = (progress: Progress): void => report(id, progress);
  for await (const { answer } of inverters.map([id], callOf, { signal, onProgress }))
    return { entry: entry!, ...answer! };
  throw new Cancelled("cancelled");
}

export function cancel(id: string): void {
  working.get(id)?.abort(new Cancelled("cancelled"));
  working.delete(id);
  report(id, undefined);
  announcement.value = "Inversion cancelled.";
}

/** All scans whose crystal is known. */
export function invertAll(): void {
  for (const { id, scan, experiment } of session.value.entries)
    if (scan !== undefined && experiment.crystal !== undefined) void invert(id);
}

/** Without the earlier answer, which the worker does not need. */
function asAsked(entry: Entry): Entry {
  return without(without(entry, "answer"), "stacks");
}

function report(id: string, progress: Progress | undefined): void {
  jobs.value = mapWith(jobs.value, id, progress);
}
