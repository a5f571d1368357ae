/** Inversions: begun, followed, cancelled. */
import type { Progress } from "takagi";
import { modelOf } from "../model.ts";
import { type Entry, settingsOf, withEntry, without } from "../session.ts";
import { Cancelled, type WorkerClient } from "../worker/client.ts";
import { release, take } from "./crew.ts";
import { networksFor } from "./networks.ts";
import { problemOf } from "./problems.ts";
import { announcement, commit, jobs, mapWith, problems, session } from "./store.ts";

/** By entry; absent while it waits for a worker. */
const working = new Map<string, WorkerClient>();

/** Inverts the scan of an entry; the answer, or what went wrong, is in the store afterwards.
 *  @param isFromModel whether the fit begins at the profile as it was drawn, instead of a network's */
export async function invert(id: string, isFromModel = false): Promise<void> {
  if (jobs.value.has(id)) return;
  report(id, { stage: "waiting", fraction: 0 });
  problems.value = mapWith(problems.value, id, undefined);
  const client = await take();
  try {
    const entry = session.value.entries.find((candidate) => candidate.id === id);
    // Cancelled, or removed, before its turn came.
    if (entry === undefined || !jobs.value.has(id)) return;
    working.set(id, client);
    const { answer, seconds } = await client.call(
      "invert",
      { entry: asAsked(entry), networks: networksFor(entry), isFromModel },
      (progress) => report(id, progress),
    );
    commit((now) =>
      withEntry(now, id, (current) => ({
        ...current,
        answer,
        seconds,
        solution: 0,
        model: modelOf(answer),
        isEdited: false,
        invertedWith: settingsOf(entry),
      })),
    );
    announcement.value = `${entry.name}: inverted. Strain up to ${answer.maxStrain.toFixed(2)} % at ${answer.maxStrainDepth.toFixed(0)} nm.`;
  } catch (error) {
    if (!(error instanceof Cancelled)) problems.value = mapWith(problems.value, id, problemOf(error));
  } finally {
    working.delete(id);
    report(id, undefined);
    release(client);
  }
}

export function cancel(id: string): void {
  working.get(id)?.cancel();
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
  return without(entry, "answer");
}

function report(id: string, progress: Progress | undefined): void {
  jobs.value = mapWith(jobs.value, id, progress);
}
