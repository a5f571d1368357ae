/** The built pool in a browser: the samples of Node, from web workers. */
import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";
import { type Browser, chromium as playwright, type Page } from "playwright-core";
import { afterAll, beforeAll, expect } from "vitest";
import { createGenerator } from "../../src/dataset/generator.ts";
import { chromiumPath, testWithChromium } from "./tools.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const COUNT = 300;
const PAGE =
  '<!doctype html><title>takagi</title><script type="module">import { createPool } from "/dist/pool.js"; Object.assign(globalThis, { createPool });</script>';

/** dist/ as a bundler leaves it: what package.json "imports" names is a file. */
async function serve(): Promise<Server> {
  const { imports } = JSON.parse(await readFile(`${root}package.json`, "utf8")) as {
    imports: Record<string, { default: string }>;
  };
  const types: Record<string, string> = {
    js: "text/javascript",
    wasm: "application/wasm",
    html: "text/html",
  };
  const server = createServer((request, response) => {
    const path = new URL(request.url ?? "/", "http://localhost").pathname;
    const type = types[path.split(".").at(-1) ?? ""];
    const body = async (): Promise<string | Buffer> => {
      if (path === "/page.html") return PAGE;
      const bytes = await readFile(`${root}${path.slice(1)}`);
      if (!path.endsWith(".js")) return bytes;
      return Object.entries(imports).reduce(
        (text, [name, { default: file }]) =>
          text.replaceAll(new RegExp(`(['"])${name}\\1`, "g"), `"${file.replace("./", "/")}"`),
        bytes.toString(),
      );
    };
    if (type === undefined || path.includes("..")) response.writeHead(404).end();
    else
      body().then(
        (data) => response.writeHead(200, { "content-type": type }).end(data),
        () => response.writeHead(404).end(),
      );
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return server;
}

let server: Server | undefined, browser: Browser | undefined;

beforeAll(async () => {
  if (chromiumPath === undefined) return;
  server = await serve();
  browser = await playwright.launch({ executablePath: chromiumPath, args: ["--no-sandbox"] });
});

afterAll(async () => {
  await browser?.close();
  server?.close();
});

/** An empty page of the server's; what goes wrong in it fails the test. */
async function openPage(): Promise<{ page: Page; errors: string[] }> {
  const page = await browser!.newPage();
  const errors: string[] = [];
  page.on("pageerror", (error) => errors.push(error.message));
  await page.goto(`http://127.0.0.1:${(server!.address() as AddressInfo).port}/page.html`);
  await page.waitForFunction(() => "createPool" in globalThis);
  return { page, errors };
}

/** The page has it. */
declare const createPool: typeof import("../../src/dataset/pool.ts").createPool;

/** SHA-256 over all samples, row after row, as the page finds it with so many workers. */
async function sumInPage(
  page: Page,
  preset: string,
  workers: number,
  batchSize: number,
): Promise<{ sum: string; workers: number }> {
  return page.evaluate(
    async ({ preset, workers, batchSize, total }) => {
      const pool = await createPool({ preset, workers });
      const width = 4 * (pool.inputLength + pool.labelNames.length);
      const all = new Uint8Array(total * width);
      for await (const { first, count, inputs, labels } of pool.batches({
        seed: 11,
        count: total,
        batchSize,
      })) {
        const n = pool.inputLength,
          m = pool.labelNames.length;
        for (let i = 0; i < count; i++) {
          all.set(new Uint8Array(inputs.buffer, inputs.byteOffset + 4 * n * i, 4 * n), (first + i) * width);
          all.set(
            new Uint8Array(labels.buffer, labels.byteOffset + 4 * m * i, 4 * m),
            (first + i) * width + 4 * n,
          );
        }
      }
      await pool.close();
      const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", all));
      return {
        sum: Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join(""),
        workers: pool.workers,
      };
    },
    { preset, workers, batchSize, total: COUNT },
  );
}

async function sumHere(preset: string): Promise<string> {
  const generator = await createGenerator(preset);
  const { inputs, labels } = generator.generate(11, 0, COUNT);
  const n = generator.inputLength,
    m = generator.labelNames.length;
  const hash = createHash("sha256");
  for (let i = 0; i < COUNT; i++) {
    for (const [values, length] of [
      [inputs, n],
      [labels, m],
    ] as const)
      hash.update(new Uint8Array(values.buffer, values.byteOffset + 4 * length * i, 4 * length));
  }
  return hash.digest("hex");
}

testWithChromium("a browser's pool makes the samples of Node, with one worker and with several", async () => {
  const { page, errors } = await openPage();
  for (const preset of ["cnn1", "cnn3"]) {
    const expected = await sumHere(preset);
    expect(await sumInPage(page, preset, 1, 300)).toEqual({ sum: expected, workers: 1 });
    expect(await sumInPage(page, preset, 3, 37)).toEqual({ sum: expected, workers: 3 });
  }
  await expect.poll(() => page.workers().length).toBe(0);
  expect(errors).toEqual([]);
});

testWithChromium(
  "an abort in a browser ends the loop with its reason and the workers, and the pool goes on",
  async () => {
    const { page, errors } = await openPage();
    const seen = await page.evaluate(async () => {
      const pool = await createPool({ preset: "cnn2", workers: 2 });
      const controller = new AbortController(),
        reason = new Error("enough");
      let taken = 0,
        thrown: unknown;
      try {
        for await (const { count } of pool.batches({
          seed: 1,
          count: Infinity,
          batchSize: 10,
          signal: controller.signal,
        })) {
          taken += count;
          if (taken === 50) controller.abort(reason);
        }
      } catch (error) {
        thrown = error;
      }
      let again = 0;
      for await (const { count } of pool.batches({ seed: 1, count: 100, batchSize: 10 })) again += count;
      await pool.close();
      return { isReason: thrown === reason, taken, again };
    });
    expect(seen).toEqual({ isReason: true, taken: 50, again: 100 });
    await expect.poll(() => page.workers().length).toBe(0);
    expect(errors).toEqual([]);
  },
);

testWithChromium("a browser's pool tells what went wrong", async () => {
  const { page } = await openPage();
  const seen = await page.evaluate(async () => {
    return createPool({ preset: "cnn9" }).then(
      String,
      (error: Error & { code: string }) => `${error.code} ${error.message}`,
    );
  });
  expect(seen).toMatch(/^INVALID_PARAMETER preset must be one of cnn1/);
});
