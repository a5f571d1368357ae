/** A page without a bundler: the package's files as they are, found by an import map. docs/runtimes.md has the same. */
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { chromium } from "playwright-core";
import { expect, onTestFinished } from "vitest";
import { chromiumPath, testWithChromium } from "../dataset/tools.ts";
import { install, root } from "./installed.ts";

const TYPES: Readonly<Record<string, string>> = { js: "text/javascript", wasm: "application/wasm" };

testWithChromium(
  "networks load by their name in a plain page, as docs/runtimes.md writes it",
  async () => {
    const installed = await install();
    onTestFinished(() => installed.remove());
    const [html] = /<script type="importmap">[^]*?<\/script>\s*<script type="module">[^]*?<\/script>/.exec(
      await readFile(join(root, "docs/runtimes.md"), "utf8"),
    )!;
    const server = createServer((request, response) => {
      const path = request.url!;
      if (path === "/") {
        response.writeHead(200, { "content-type": "text/html" }).end(`<!doctype html>${html}`);
        return;
      }
      const file =
        path === "/scan.xy" ? join(root, "examples/data/irradiated-ysz.xy") : join(installed.folder, path);
      readFile(file).then(
        (bytes) =>
          response
            .writeHead(200, { "content-type": TYPES[path.split(".").at(-1)!] ?? "application/octet-stream" })
            .end(bytes),
        () => response.writeHead(404).end(),
      );
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    onTestFinished(() => void server.close());
    const browser = await chromium.launch({ executablePath: chromiumPath!, args: ["--no-sandbox"] });
    onTestFinished(() => browser.close());
    const page = await browser.newPage();
    const errors: string[] = [];
    page.on("pageerror", (error) => errors.push(error.message));
    await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
    await page
      .waitForFunction(() => document.title !== "", undefined, { timeout: 60_000 })
      .catch(() => undefined);
    expect(errors).toEqual([]);
    expect(await page.title()).toMatch(/^[\d.]+ % \(network and search\)$/);
  },
  120_000,
);
