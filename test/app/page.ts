/** The built page in a real browser, as users meet it: served from dist/app, operated by what is on the screen. */
import { type ChildProcess, spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import {
  type Browser,
  type BrowserContext,
  chromium as playwright,
  type Download,
  type Locator,
  type Page,
} from "playwright-core";
import { afterAll, afterEach, beforeAll, expect } from "vitest";
import { chromiumPath } from "../dataset/tools.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));

/** An inversion on a busy machine. */
export const PATIENCE = 60_000;

export interface Visit {
  readonly page: Page;
  readonly context: BrowserContext;
  readonly url: string;
  /** What went wrong in the page: exceptions, console errors, breaches of its content security policy. */
  readonly errors: string[];
}

export interface VisitOptions {
  readonly width?: number;
  readonly height?: number;
  readonly scheme?: "light" | "dark";
  /** Whether it is operated by fingers. */
  readonly touch?: boolean;
}

/** A server of pages. */
export interface Served {
  readonly url: string;
  readonly stop: () => void;
}

/** Starts server and browser for the tests of a file; what it returns opens a page of the server in a browser without
 *  memories. */
export function visitsTo(
  serve: () => Promise<Served>,
): (options?: VisitOptions & { readonly path?: string }) => Promise<Visit> {
  let served: Served | undefined, browser: Browser | undefined;
  beforeAll(async () => {
    if (chromiumPath === undefined) return;
    served = await serve();
    browser = await playwright.launch({ executablePath: chromiumPath, args: ["--no-sandbox"] });
  }, PATIENCE);
  const open: BrowserContext[] = [];
  afterEach(async () => {
    for (const context of open.splice(0)) await context.close();
  });
  afterAll(async () => {
    await browser?.close();
    served?.stop();
  });
  return async ({
    width = 1440,
    height = 900,
    scheme = "light",
    touch = false,
    path = "",
  }: VisitOptions & { readonly path?: string } = {}) => {
    const context = await browser!.newContext({
      viewport: { width, height },
      colorScheme: scheme,
      ...(touch ? { hasTouch: true, isMobile: true } : {}),
      acceptDownloads: true,
    });
    open.push(context);
    context.setDefaultTimeout(PATIENCE);
    const page = await context.newPage();
    const errors: string[] = [],
      { url } = served!;
    page.on("pageerror", (error) => errors.push(error.message));
    page.on("console", (message) => message.type() === "error" && errors.push(message.text()));
    await page.goto(url + path);
    return { page, context, url, errors };
  };
}

/** Visits to the built page. */
export function visits(): (options?: VisitOptions) => Promise<Visit> {
  const visit = visitsTo(async () => {
    const server: ChildProcess = spawn(process.execPath, [`${root}tools/serve.mjs`, "--port", "0"], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    const url = await new Promise<string>((resolve) =>
      server.stdout!.once("data", (text: Buffer) => resolve(text.toString().trim())),
    );
    return { url, stop: () => void server.kill() };
  });
  return async (options) => {
    const opened = await visit(options);
    await opened.page.getByRole("heading", { name: "Drop a scan, see the strain" }).waitFor();
    return opened;
  };
}

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** What axe-core finds that is serious or critical, and where. */
export async function findings({ page }: Visit): Promise<string[]> {
  // By the debugger, which the page's security policy does not stop.
  const session = await page.context().newCDPSession(page);
  await session.send("Runtime.evaluate", { expression: axe });
  return page.evaluate(async () => {
    const run = (
      globalThis as unknown as {
        axe: {
          run(): Promise<{ violations: { id: string; impact: string; nodes: { target: string[] }[] }[] }>;
        };
      }
    ).axe.run;
    const { violations } = await run();
    return violations
      .filter(({ impact }) => impact === "serious" || impact === "critical")
      .map(({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target.join(" ")).join(", ")}`);
  });
}

export interface Dropped {
  readonly name: string;
  readonly content: Uint8Array | string;
}

/** Drops files on the page. */
export async function drop(page: Page, ...files: readonly Dropped[]): Promise<void> {
  const payload = files.map(({ name, content }) => ({ name, text: Buffer.from(content).toString("base64") }));
  await page.evaluate((given) => {
    const transfer = new DataTransfer();
    for (const { name, text } of given)
      transfer.items.add(new File([Uint8Array.from(atob(text), (c) => c.charCodeAt(0))], name));
    document.body.dispatchEvent(
      new DragEvent("drop", { dataTransfer: transfer, bubbles: true, cancelable: true }),
    );
  }, payload);
}

/** Opens the example from the first screen and waits for its answer. */
export async function openExample(page: Page): Promise<void> {
  await page.getByRole("button", { name: "Try the example" }).click();
  await answered(page);
}

/** Waits until the scan that is shown has its answer. */
export async function answered(page: Page): Promise<void> {
  await page.getByRole("button", { name: "Invert again" }).waitFor();
}

/** Chooses what the fit begins at, inverts again, and waits for the answer. */
export async function askNetwork(page: Page, name: string): Promise<void> {
  await page.getByRole("combobox", { name: "Ask" }).selectOption(name);
  await page.getByText("Settings have changed since").waitFor();
  await page.getByRole("button", { name: "Invert again" }).click();
  await invertedAgain(page);
}

/** Waits for the answer that the button "Invert again" was pressed for. */
export async function invertedAgain(page: Page): Promise<void> {
  await page.getByText("Settings have changed since").waitFor({ state: "detached" });
  await answered(page);
}

export function withoutNetwork(page: Page): Promise<void> {
  return askNetwork(page, "none");
}

/** The number under a heading of the answer, such as "Maximum strain". */
export async function number(page: Page, name: string): Promise<number> {
  const text = await page.locator(".numbers div", { hasText: name }).locator("dd").first().innerText();
  return Number.parseFloat(text.replace("−", "-"));
}

/** Saves by the menu and returns the file's name and text. */
export async function save(
  page: Page,
  words: string,
): Promise<{ readonly name: string; readonly bytes: Buffer; readonly text: string }> {
  await page.getByRole("button", { name: /^Save/ }).click();
  const [file] = (await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("button", { name: words, exact: true }).click(),
  ])) as [Download, void];
  const bytes = await readFile(await file.path());
  return { name: file.suggestedFilename(), bytes, text: bytes.toString() };
}

/** Columns of a CSV by name. */
export function columns(text: string): Record<string, number[]> {
  const [head, ...lines] = text
    .trim()
    .split("\r\n")
    .map((line) => line.split(","));
  return Object.fromEntries(head!.map((name, i) => [name, lines.map((line) => Number(line[i]))]));
}

/** Values of the strain's handles, from the surface down.
 *  @param place the page, or a part of it */
export function handles(place: Page | Locator): Promise<number[]> {
  return place
    .getByRole("slider", { name: /^Strain at/ })
    .evaluateAll((all) => all.map((handle) => Number(handle.getAttribute("aria-valuenow"))));
}

export async function brush(place: Page | Locator, from: number, to: number): Promise<void> {
  const page = pageOf(place),
    over = place.locator(".chart.curve .u-over");
  await over.scrollIntoViewIfNeeded();
  const box = (await over.boundingBox())!;
  await page.mouse.move(box.x + from * box.width, box.y + 0.5 * box.height);
  await page.mouse.down();
  await page.mouse.move(box.x + to * box.width, box.y + 0.5 * box.height, { steps: 4 });
  await page.mouse.up();
}

/** Moves a handle of the strain by so many pixels upwards.
 *  @returns how far the handle was from the pointer before it was let go, px */
export async function dragHandle(place: Page | Locator, index: number, up: number): Promise<number> {
  const page = pageOf(place),
    handle = place.getByRole("slider", { name: /^Strain at/ }).nth(index);
  await handle.scrollIntoViewIfNeeded();
  const box = (await handle.boundingBox())!;
  const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
  await page.mouse.move(x, y);
  await page.mouse.down();
  await page.mouse.move(x, y - up, { steps: 6 });
  const now = (await handle.boundingBox())!;
  await page.mouse.up();
  return Math.abs(now.y + now.height / 2 - (y - up));
}

export async function undisturbed({ errors }: Visit): Promise<void> {
  expect(errors).toEqual([]);
}

function pageOf(place: Page | Locator): Page {
  return "mouse" in place ? place : place.page();
}
