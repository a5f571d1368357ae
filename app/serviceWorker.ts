/** Keeps the whole page in the browser: after the first visit it needs no network. A new version waits until no page of
 *  the old one is open, so that files of two versions never meet. */

/** Put in by the build: a hash of all files, their names, and the names of those that only networks need. */
declare const VERSION: string, FILES: readonly string[], LATER_FILES: readonly string[];

interface Extendable extends Event {
  waitUntil(promise: Promise<unknown>): void;
}
interface Fetched extends Extendable {
  readonly request: globalThis.Request;
  respondWith(response: Promise<globalThis.Response>): void;
}
interface Scope {
  readonly clients: { claim(): Promise<void> };
  readonly registration: { readonly scope: string };
  addEventListener(type: "install" | "activate" | "message", listener: (event: Extendable) => void): void;
  addEventListener(type: "fetch", listener: (event: Fetched) => void): void;
}

const scope = globalThis as unknown as Scope;
/** Caches belong to an origin, which may have several deployments: each one's name holds its own place. */
const PREFIX = `takagi ${scope.registration.scope} `;
const NAME = PREFIX + VERSION;
/** Of versions whose caches were named without it. */
const OLDER = /^takagi \S+$/;
const INDEX = new URL("index.html", scope.registration.scope).href;

scope.addEventListener("install", (event) => event.waitUntil(fill(FILES)));

scope.addEventListener("activate", (event) => event.waitUntil(begin()));

// The page says when it has nothing else to do: what only networks need must not keep it from working, as the events
// before would.
scope.addEventListener("message", (event) => event.waitUntil(fill(LATER_FILES).catch(() => undefined)));

scope.addEventListener("fetch", (event) => {
  const { request } = event;
  if (request.method === "GET" && request.url.startsWith(scope.registration.scope))
    event.respondWith(answer(request));
});

async function begin(): Promise<void> {
  for (const name of await caches.keys())
    if ((name.startsWith(PREFIX) && name !== NAME) || (OLDER.test(name) && (await isOurs(name))))
      await caches.delete(name);
  await scope.clients.claim();
}

/** Whether a cache holds this deployment's page. */
async function isOurs(name: string): Promise<boolean> {
  return (await (await caches.open(name)).match(INDEX)) !== undefined;
}

/** Takes what is not there yet. */
async function fill(names: readonly string[]): Promise<void> {
  const cache = await caches.open(NAME);
  const there = new Set((await cache.keys()).map(({ url }) => url));
  const missing = names
    .map((name) => new URL(name, scope.registration.scope).href)
    .filter((url) => !there.has(url));
  await cache.addAll(missing.map((url) => new globalThis.Request(url, { cache: "no-cache" })));
}

async function answer(request: globalThis.Request): Promise<globalThis.Response> {
  const cache = await caches.open(NAME);
  const wanted = request.mode === "navigate" ? INDEX : request;
  return (await cache.match(wanted, { ignoreSearch: true })) ?? fetch(request);
}
export {};
