/** The session, and the user's own networks, as the browser keeps them between visits, on this machine alone. Two pages that
 *  are open at once keep what both have done. */
import { effect, type Signal } from "@preact/signals";
import type { Network } from "../network.ts";
import { EMPTY, type Session } from "../session.ts";
import { merged } from "./merged.ts";
import { ownNetworks } from "./networks.ts";
import { soundSession } from "./sessionCheck.ts";
import { FORMAT, OLDER_FORMAT } from "./sessionFile.ts";
import { adjust, fileProblems, replace, session } from "./store.ts";

const DATABASE = "takagi",
  STORE = "session";
/** ms after the last change. */
const DELAY = 300;

/** One value that is kept. */
interface Kept<T> {
  readonly key: string;
  /** Of an earlier page, which knew less. */
  readonly olderKey: string;
  readonly value: Signal<T>;
  /** Before anything is done. */
  readonly initial: T;
  /** What of the browser's is sound. */
  readonly sound: (saved: T) => T;
  /** The changes of `base` on both sides. */
  readonly merge: (base: T, ours: T, theirs: T) => T;
  /** Takes another value, which is no step of undo. */
  readonly take: (value: T) => void;
}

const NETWORKS: Kept<readonly Network[]> = {
  key: `networks ${FORMAT}`,
  olderKey: `networks ${OLDER_FORMAT}`,
  value: ownNetworks,
  initial: ownNetworks.peek(),
  sound: (saved) => saved,
  merge: merged,
  take: (networks) => (ownNetworks.value = networks),
};

const SESSION: Kept<Session> = {
  key: `session ${FORMAT}`,
  olderKey: `session ${OLDER_FORMAT}`,
  value: session,
  initial: EMPTY,
  sound: (saved) => {
    const { session: sound, lost } = soundSession(saved);
    if (lost > 0)
      tell({
        what:
          lost === 1
            ? "A scan of the last visit is damaged."
            : `${lost} scans of the last visit are damaged.`,
        todo: "It was left out: open its file again.",
      });
    return sound;
  },
  merge: (base, ours, theirs) => ({
    ...theirs,
    ...ours,
    entries: merged(base.entries, ours.entries, theirs.entries),
  }),
  take: (next) => (session.value === EMPTY ? replace(next) : adjust(() => next)),
};

/** Brings back what was kept, then keeps it up to date. Where the browser forbids storage the page works without, and says so
 *  once there is something to lose. */
export async function keepSession(): Promise<void> {
  try {
    const database = await opened();
    await keep(database, NETWORKS);
    await keep(database, SESSION);
  } catch {
    let isTold = false;
    effect(() => {
      if (session.value === EMPTY || isTold) return;
      isTold = true;
      // Opening a file clears what was told before.
      setTimeout(() => tellUnkept("it forbids storage"), DELAY);
    });
  }
}

async function keep<T>(database: IDBDatabase, kind: Kept<T>): Promise<void> {
  const { key, olderKey, value, initial, sound, merge, take } = kind,
    // Changes whenever a page writes: where it is not ours, another page has written since.
    stampKey = `${key} written`,
    reading = database.transaction(STORE).objectStore(STORE),
    [own, older, savedStamp] = await Promise.all([
      finished<T | undefined>(reading.get(key)),
      finished<T | undefined>(reading.get(olderKey)),
      finished<string | undefined>(reading.get(stampKey)),
    ]),
    saved = own ?? older;
  let stamp = savedStamp,
    kept = initial;
  if (saved !== undefined) {
    kept = sound(saved);
    take(value.value === initial ? kept : merge(initial, value.value, kept));
  }
  const write = async (): Promise<void> => {
    const ours = value.value;
    if (ours === kept) return;
    const transaction = database.transaction(STORE, "readwrite"),
      store = transaction.objectStore(STORE),
      done = completed(transaction),
      last = await finished<string | undefined>(store.get(stampKey)),
      theirs = last === stamp ? undefined : await finished<T | undefined>(store.get(key)),
      next = theirs === undefined ? ours : merge(kept, ours, sound(theirs)),
      ownStamp = crypto.randomUUID();
    store.put(next, key);
    store.put(ownStamp, stampKey);
    await done;
    [kept, stamp] = [next, ownStamp];
    if (next !== ours) take(value.value === ours ? next : merge(ours, value.value, next));
  };
  let timer = 0,
    saving = Promise.resolve(),
    isTold = false;
  const save = (): void => {
    clearTimeout(timer);
    saving = saving.then(write).then(
      () => void (isTold = false),
      (error: unknown) => {
        if (!isTold) tellUnkept(reasonOf(error));
        isTold = true;
      },
    );
  };
  effect(() => {
    void value.value;
    clearTimeout(timer);
    timer = window.setTimeout(save, DELAY);
  });
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "hidden") save();
  });
}

function tellUnkept(reason: string): void {
  tell({
    what: `This browser does not keep the session: ${reason}.`,
    todo: "Save the whole session as a file before you leave.",
  });
}

function tell(problem: { readonly what: string; readonly todo: string }): void {
  if (fileProblems.peek().every(({ what }) => what !== problem.what))
    fileProblems.value = [...fileProblems.peek(), problem];
}

function reasonOf(error: unknown): string {
  const { name, message } = error as DOMException;
  return name === "QuotaExceededError" ? "its storage is full" : message;
}

function opened(): Promise<IDBDatabase> {
  const request = indexedDB.open(DATABASE, 1);
  request.onupgradeneeded = () => request.result.createObjectStore(STORE);
  return finished(request);
}

function completed(transaction: IDBTransaction): Promise<void> {
  return new Promise((resolve, reject) => {
    transaction.oncomplete = () => resolve();
    transaction.onabort = () => reject(transaction.error ?? new Error("the browser's storage failed"));
  });
}

function finished<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error ?? new Error("the browser's storage failed"));
  });
}
