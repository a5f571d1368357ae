/** Pages of other tools that have a <takagi-view> in them, under a strict security policy. */
import { readFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { extname, join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Page } from "playwright-core";
import type { Inversion } from "../../src/types.ts";
import type { TakagiView } from "../../app/element/index.ts";
import { example } from "./scans.ts";
import { type Visit, visitsTo, type VisitOptions } from "./page.ts";

const dist = fileURLToPath(new URL("../../dist", import.meta.url));
const TYPES: Readonly<Record<string, string>> = {
  ".js": "text/javascript",
  ".html": "text/html",
  ".wasm": "application/wasm",
  ".css": "text/css",
  ".svg": "image/svg+xml",
};
/** What the element needs of a page's policy. */
export const POLICY = "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'";

export interface HostPage extends VisitOptions {
  /** What is in its body. */
  readonly body: string;
  /** Its style sheet. */
  readonly css?: string;
  /** Where the element's program comes from. */
  readonly program?: string;
  readonly policy?: string;
}

interface Host {
  readonly body: string;
  readonly css: string;
  readonly program: string;
  readonly policy: string;
}

function contentOf(host: Host, path: string): Promise<Buffer | string> | Buffer | string {
  if (path === "/host.html")
    return `<!doctype html><html lang="en"><meta charset="utf-8"><meta name="color-scheme" content="light dark"><title>A host</title>
<link rel="stylesheet" href="/host.css"><link rel="icon" href="/icon.svg"><main>${host.body}</main><script type="module" src="${host.program}"></script></html>`;
  if (path === "/host.css") return host.css;
  if (path === "/icon.svg") return '<svg xmlns="http://www.w3.org/2000/svg"/>';
  if (path === "/scan.xy") return example;
  return readFile(join(dist, path.replace(/^\/dist/, "")));
}

/** @param isOpen whether other hosts may load from it */
export async function serve(
  hostOf: () => Host,
  isOpen = false,
): Promise<{ readonly url: string; readonly server: Server }> {
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url!, "http://localhost"),
      host = hostOf();
    void Promise.resolve()
      .then(() => contentOf(host, pathname))
      .then(
        (content) =>
          response
            .writeHead(200, {
              "Content-Type": TYPES[extname(pathname)] ?? "application/octet-stream",
              ...(isOpen ? { "Access-Control-Allow-Origin": "*" } : {}),
              ...(pathname.endsWith(".html") ? { "Content-Security-Policy": host.policy } : {}),
            })
            .end(content),
        () => response.writeHead(404).end(),
      );
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, server };
}

export const NO_HOST: Host = { body: "", css: "", program: "/dist/view.js", policy: POLICY };

/** Starts server and browser for the tests of a file; what it returns opens a host page whose elements are defined. */
export function hosts(): (page: HostPage) => Promise<Visit> {
  let host: Host = NO_HOST;
  const visit = visitsTo(async () => {
    const { url, server } = await serve(() => host);
    return { url, stop: () => void server.close() };
  });
  return async ({
    body,
    css = NO_HOST.css,
    program = NO_HOST.program,
    policy = NO_HOST.policy,
    ...options
  }) => {
    host = { body, css, program, policy };
    const opened = await visit({ ...options, path: "/host.html" });
    await opened.page.waitForFunction(() => customElements.get("takagi-view") !== undefined);
    return opened;
  };
}

/** The example scan, as tools name it. */
export const EXAMPLE =
  '<takagi-view src="/scan.xy" material="YSZ" hkl="4,0,0" wavelength="1.5406" effort="quick"></takagi-view>';

/** What events the elements of the page tell from now on, by name; of all but progress. */
export async function listen(page: Page): Promise<void> {
  await page.evaluate(() => {
    const heard: { name: string; id: string; detail: unknown }[] = [];
    Object.assign(globalThis, { heard });
    for (const name of ["takagi-answer", "takagi-change", "takagi-error", "takagi-progress"])
      document.addEventListener(name, (event) => {
        const { code, parameter, message } = (event as CustomEvent<Record<string, unknown>>).detail;
        const detail =
          name === "takagi-error" ? { code, parameter, message } : (event as CustomEvent<unknown>).detail;
        heard.push({ name, id: (event.target as HTMLElement).id, detail });
      });
  });
}

export interface Heard<T> {
  readonly id: string;
  readonly detail: T;
}

export function heard<T>(page: Page, name: string): Promise<Heard<T>[]> {
  return page.evaluate(
    (wanted) =>
      (globalThis as unknown as { heard: ({ name: string } & Heard<T>)[] }).heard.filter(
        (event) => event.name === wanted,
      ),
    name,
  );
}

/** Waits until an element has its answer. */
export async function answeredView(page: Page, id?: string): Promise<void> {
  await page.waitForFunction(
    (selector) => document.querySelector<TakagiView>(selector)?.inversion !== undefined,
    id === undefined ? "takagi-view" : `#${id}`,
  );
}

/** Numbers of the answer of an element. */
export function numbersOf(
  page: Page,
): Promise<Pick<Inversion, "rms" | "maxStrain" | "thickness" | "confidence" | "verdict">> {
  return page.evaluate(() => {
    const { rms, maxStrain, thickness, confidence, verdict } =
      document.querySelector<TakagiView>("takagi-view")!.inversion!;
    return { rms, maxStrain, thickness, confidence, verdict };
  });
}
