/** The session, and the user's own networks, as the browser keeps them between visits, on this machine alone. */
import { effect, type Signal } from "@preact/signals";
import { EMPTY } from "../session.ts";
import { ownNetworks } from "./networks.ts";
import { FORMAT } from "./sessionFile.ts";
import { replace, session } from "./store.ts";

const DATABASE = "takagi",
  STORE = "session";
/** ms after the last change. */
const DELAY = 300;

/** Brings back what was kept, then keeps it up to date. Where the browser forbids storage the page works without. */
export async function keepSession(): Promise<void> {
  try {
    const database = await opened();
    await keep(database, `networks ${FORMAT}`, ownNetworks, (saved) => (ownNetworks.value = saved));
    await keep(database, `session ${FORMAT}`, session, (saved) => {
      if (session.value === EMPTY) replace(saved);
    });
  } catch {
    return;
  }
}

async function keep<T>(
  database: IDBDatabase,
  key: string,
  value: Signal<T>,
  restore: (saved: T) => void,
): Promise<void> {
  const saved = await finished<T | undefined>(database.transaction(STORE).objectStore(STORE).get(key));
  if (saved !== undefined) restore(saved);
  let timer = 0,
    kept: T | undefined = saved;
  const save = (): void => {
    clearTimeout(timer);
    if (value.value === kept) return;
    kept = value.value;
    database.transaction(STORE, "readwrite").objectStore(STORE).put(kept, key);
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

function opened(): Promise<IDBDatabase> {
  const request = indexedDB.open(DATABASE, 1);
  request.onupgradeneeded = () => request.result.createObjectStore(STORE);
  return finished(request);
}

function finished<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error ?? new Error("the browser's storage failed"));
  });
}
