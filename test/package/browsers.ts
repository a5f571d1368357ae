/** Browsers without a driver: a page tells the server what came out, and the server which page comes next. So any browser
 *  that opens an address can be tested, Firefox too. */
import { spawn } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { extname, join } from "node:path";

/** A page: its address after the site's, and the headers that all the site's files then have. */
export interface Visit {
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
}

export type Report = Readonly<Record<string, unknown>>;

const TYPES: Readonly<Record<string, string>> = {
  ".js": "text/javascript",
  ".mjs": "text/javascript",
  ".html": "text/html",
  ".wasm": "application/wasm",
  ".json": "application/json",
};

export const CHROMIUM_WORDS = (profile: string): string[] => [
  "--headless=new",
  "--no-sandbox",
  "--no-first-run",
  `--user-data-dir=${profile}`,
  "--disable-background-networking",
  "--use-angle=swiftshader",
  "--enable-unsafe-swiftshader",
  "--enable-unsafe-webgpu",
  "--use-webgpu-adapter=swiftshader",
];

const FIREFOX_SETTINGS = {
  "browser.shell.checkDefaultBrowser": false,
  "datareporting.policy.dataSubmissionEnabled": false,
  "toolkit.telemetry.enabled": false,
  "app.update.enabled": false,
  "browser.aboutwelcome.enabled": false,
  "webgl.force-enabled": true,
};

export async function firefoxWords(profile: string): Promise<string[]> {
  const lines = Object.entries(FIREFOX_SETTINGS).map(
    ([name, value]) => `user_pref("${name}", ${JSON.stringify(value)});`,
  );
  await writeFile(join(profile, "user.js"), lines.join("\n"));
  return ["--headless", "--no-remote", "--profile", profile];
}

/** Opens the pages one after the other in one browser.
 *  @param site folder that is served
 *  @param files what is served besides, by path
 *  @returns what each page reported, in order; the rest is missing where a page reported nothing in time */
export async function visit(
  browser: { command: string; words: (profile: string) => string[] | Promise<string[]> },
  {
    site,
    files = {},
    visits,
    seconds,
  }: { site: string; files?: Readonly<Record<string, string>>; visits: readonly Visit[]; seconds: number },
): Promise<Report[]> {
  const profile = await mkdtemp(join(tmpdir(), "takagi-browser-"));
  const reports: Report[] = [];
  let end: () => void = () => undefined;
  const ended = new Promise<void>((resolve) => (end = resolve));
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const path = new URL(request.url!, "http://localhost").pathname,
      { headers = {} } = visits[reports.length] ?? {};
    if (request.method === "POST") {
      let body = "";
      for await (const part of request) body += String(part);
      reports.push(JSON.parse(body) as Report);
      response.end(visits[reports.length]?.path ?? "");
      if (reports.length === visits.length) end();
      return;
    }
    try {
      const content =
        files[path] ?? (await readFile(join(site, path.endsWith("/") ? `${path}index.html` : path)));
      response
        .writeHead(200, {
          "Content-Type":
            TYPES[extname(path)] ?? (path.endsWith("/") ? "text/html" : "application/octet-stream"),
          "Cache-Control": "no-store",
          ...headers,
        })
        .end(content);
    } catch {
      response.writeHead(404, { ...headers }).end();
    }
  };
  const server = createServer((request, response) => void answer(request, response));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}${visits[0]!.path}`;
  const child = spawn(browser.command, [...(await browser.words(profile)), address], {
    stdio: "ignore",
    detached: true,
  });
  const timer = setTimeout(end, 1000 * seconds);
  child.on("exit", end);
  try {
    await ended;
    return reports;
  } finally {
    clearTimeout(timer);
    // The browser's children, which are a process group of their own.
    if (child.pid !== undefined)
      try {
        process.kill(-child.pid, "SIGKILL");
      } catch {
        /* it has ended */
      }
    server.closeAllConnections();
    server.close();
    await rm(profile, { recursive: true, force: true, maxRetries: 10, retryDelay: 200 }).catch(
      () => undefined,
    );
  }
}
