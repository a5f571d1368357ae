/** The one place of state. What undo knows of is the session; the rest says what is under way and what went wrong. */
import { computed, signal } from "@preact/signals";
import type { Progress } from "takagi";
import type { CrystalChoice } from "../crystals.ts";
import { EMPTY, type Entry, selectedEntry, type Session } from "../session.ts";
import type { Problem } from "../shown/problems.ts";

const MOST_STEPS = 200;

export const session = signal<Session>(EMPTY);
export const selected = computed<Entry | undefined>(() => selectedEntry(session.value));

const past = signal<readonly Session[]>([]);
const future = signal<readonly Session[]>([]);
export const canUndo = computed(() => past.value.length > 0);
export const canRedo = computed(() => future.value.length > 0);

/** Inversions under way, by entry. */
export const jobs = signal<ReadonlyMap<string, Progress>>(new Map());
/** What went wrong with an entry, to be shown where it is. */
export const problems = signal<ReadonlyMap<string, Problem>>(new Map());
/** What went wrong with files. */
export const fileProblems = signal<readonly Problem[]>([]);
/** A crystal whose CIF was opened before any scan: the next scan is of it. */
export const waitingCrystal = signal<CrystalChoice | undefined>(undefined);
/** The session when the drag of a handle began; absent where none is dragged. */
const beforeDrag = signal<Session | undefined>(undefined);
/** Whether a handle is being dragged: axes do not shrink meanwhile, and curves are drafts. */
export const isDragging = computed(() => beforeDrag.value !== undefined);
/** The session as forms and tables show it: during a drag that of its beginning, so that a frame draws what moves and no more. */
export const settledSession = computed<Session>(() => beforeDrag.value ?? session.value);
export const settled = computed<Entry | undefined>(() => selectedEntry(settledSession.value));
/** For those who do not see the screen: what just happened. */
export const announcement = signal("");

/** Changes the session in one step of undo. */
export function commit(change: (session: Session) => Session): void {
  checkpoint();
  adjust(change);
}

/** Remembers the present as a step of undo: the start of a gesture that `adjust` goes on with. */
export function checkpoint(): void {
  past.value = [...past.value.slice(1 - MOST_STEPS), session.value];
  future.value = [];
}

/** A drag begins: one step of undo, until `endDrag`. */
export function startDrag(): void {
  checkpoint();
  beforeDrag.value = session.value;
}

export function endDrag(): void {
  beforeDrag.value = undefined;
}

/** Changes the session without a step of undo. */
export function adjust(change: (session: Session) => Session): void {
  session.value = change(session.value);
}

export function undo(): void {
  const previous = past.value.at(-1);
  if (previous === undefined) return;
  past.value = past.value.slice(0, -1);
  future.value = [...future.value, session.value];
  session.value = keepingSelection(previous);
}

export function redo(): void {
  const next = future.value.at(-1);
  if (next === undefined) return;
  future.value = future.value.slice(0, -1);
  past.value = [...past.value, session.value];
  session.value = keepingSelection(next);
}

/** Another session as it lies in a file or in the browser; nothing before it can be undone. */
export function replace(next: Session): void {
  past.value = future.value = [];
  session.value = next;
}

/** Where the entry that is shown is still there, undoing does not go elsewhere. */
function keepingSelection(to: Session): Session {
  const { selected: id } = session.value;
  return id !== undefined && to.entries.some((entry) => entry.id === id) ? { ...to, selected: id } : to;
}

/** A map with one key set, or removed. */
export function mapWith<V>(
  map: ReadonlyMap<string, V>,
  key: string,
  value: V | undefined,
): ReadonlyMap<string, V> {
  const next = new Map(map);
  if (value === undefined) next.delete(key);
  else next.set(key, value);
  return next;
}
