/** The session as the browser keeps it between visits, on this machine alone. */
import { effect } from "@preact/signals";
import { EMPTY, type Session } from "../session.ts";
import { replace, session } from "./store.ts";

const DATABASE = "takagi", STORE = "session", KEY = "current";
/** ms after the last change. */
const DELAY = 300;

/** Brings back the last session, then keeps it up to date. Where the browser forbids storage the page works without. */
export async function keepSession(): Promise<void> {
  let database: IDBDatabase;
  try {
    database = await opened();
    const saved = await finished<Session | undefined>(database.transaction(STORE).objectStore(STORE).get(KEY));
    if (saved !== undefined && session.value === EMPTY) replace(saved);
  } catch {
    return;
  }
  let timer = 0;
  const save = (): void => {
    clearTimeout(timer);
    database.transaction(STORE, "readwrite").objectStore(STORE).put(session.value, KEY);
  };
  effect(() => {
    void session.value;
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
