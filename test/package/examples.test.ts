/** The examples as users run them: copied beside an installed package. */
import { execFile } from "node:child_process";
import { copyFile, cp, readFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { extname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { type Page, chromium as playwright } from "playwright-core";
import { build } from "vite";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { bundleEdge, type Edge, startEdge } from "./edgeRuntime.ts";
import { install, type Installed, root } from "./installed.ts";
import { chromium, isRequired, servers, workerd } from "./runtimes.ts";

const run = promisify(execFile);
const SCAN = "data/irradiated-ysz.xy";
/** What made the example scan: the largest strain, %. */
const MAX_STRAIN = 1.2,
  TOLERANCE = 0.25;

let installed: Installed, examples: string;

beforeAll(async () => {
  installed = await install();
  examples = join(installed.folder, "examples");
  await cp(join(root, "examples"), examples, { recursive: true });
}, 60_000);

afterAll(() => installed?.remove());

async function runWith(runtime: string, file: string, ...words: string[]): Promise<string> {
  const { command, words: before } = servers.find(({ name }) => name.startsWith(runtime))!;
  return (
    await run(command!, [...before, join(examples, file), ...words], {
      cwd: installed.folder,
      env: { ...process.env, NO_COLOR: "1" },
    })
  ).stdout;
}

function testIf(
  isThere: boolean,
  tool: Parameters<typeof isRequired>[0],
  title: string,
  body: () => Promise<void>,
): void {
  if (isThere || isRequired(tool)) test(title, { timeout: 120_000 }, body);
  else test.skip(`${title} (skipped: no ${tool})`, body);
}

const isHere = (runtime: string): boolean =>
  servers.some(({ name, command }) => name.startsWith(runtime) && command !== undefined);

test("Node: a scan to a page", async () => {
  expect(await runWith("Node", "node/invert.mjs")).toMatch(
    /strain up to 1\.\d+ % at[^]*network and search: .*network universal/,
  );
  expect(await readFile(join(installed.folder, "report.html"), "utf8")).toMatch(/^<!doctype html>[^]*<svg/i);
});

testIf(isHere("Deno"), "runtimes", "Deno: a folder of scans to a table", async () => {
  const [header, line] = (await runWith("Deno", "deno/table.mjs")).split("\n");
  expect(header).toBe("scan,maxStrain_%,depth_nm,thickness_nm,rms");
  expect(line).toMatch(/^irradiated-ysz\.xy,1\.\d{3},/);
});

testIf(isHere("Bun"), "runtimes", "Bun: counts of a simulated crystal", async () => {
  expect(await runWith("Bun", "bun/simulate.mjs", "counts.xy")).toMatch(
    /^counts\.xy: 1000 points, \d{6,} counts/,
  );
  const lines = (await readFile(join(installed.folder, "counts.xy"), "utf8")).trim().split("\n");
  expect([lines.length, lines[0]!.split(" ")[0]]).toEqual([1000, "71.500"]);
});

/** What a request for the inversion of a scan gives, wherever it runs. */
interface Answer {
  readonly status: number;
  readonly body: {
    readonly maxStrain?: number;
    readonly depth?: number[];
    readonly strain?: number[];
    readonly error?: { code: string; message: string };
  };
}
type Ask = (method: string, query: string, body?: string | Uint8Array) => Promise<Answer>;

/** The example scan on as many points as are taken. */
async function largestScan(): Promise<string> {
  const points = (await readFile(join(examples, SCAN), "utf8"))
    .split("\n")
    .filter((line) => /^\d/.test(line))
    .map((line) => line.split(" ").map(Number) as [number, number]);
  const [from, to, count] = [points[0]![0], points.at(-1)![0], 1200];
  return Array.from(
    { length: count },
    (_, i) =>
      `${(from + ((to - from) * i) / (count - 1)).toFixed(5)} ${points[Math.floor((i * points.length) / count)]![1]}\n`,
  ).join("");
}

const QUERY = "material=YSZ&hkl=4,0,0&wavelength=1.5406";

async function expectGoodService(ask: Ask): Promise<void> {
  const { status, body } = await ask("POST", QUERY, await readFile(join(examples, SCAN)));
  expect([status, body.error]).toEqual([200, undefined]);
  expect(Math.abs(body.maxStrain! - MAX_STRAIN)).toBeLessThan(TOLERANCE);
  expect(body.strain!.length).toBe(body.depth!.length);
}

async function expectClearRefusals(ask: Ask): Promise<void> {
  const scan = await readFile(join(examples, SCAN), "utf8");
  const rows = Array.from({ length: 4000 }, (_, i) => `${70 + 0.001 * i} 10\n`).join("");
  const cases: readonly (readonly [number, string, RegExp, method: string, query: string, body?: string])[] =
    [
      [405, "METHOD", /POST a scan/, "GET", QUERY],
      [400, "MISSING", /hkl/, "POST", "material=YSZ", scan],
      [
        400,
        "INVALID_PARAMETER",
        /Unobtainium/,
        "POST",
        "material=Unobtainium&hkl=4,0,0&wavelength=1.5406",
        scan,
      ],
      [400, "INVALID_PARAMETER", /wavelength/, "POST", "material=YSZ&hkl=4,0,0&wavelength=green", scan],
      [400, "INVALID_PARAMETER", /hkl/, "POST", "material=YSZ&hkl=4,0&wavelength=1.5406", scan],
      [400, "UNREACHABLE_REFLECTION", /./, "POST", "material=YSZ&hkl=40,0,0&wavelength=1.5406", scan],
      [400, "SCAN_FORMAT", /./, "POST", QUERY, "no numbers here"],
      [400, "SCAN_FORMAT", /./, "POST", QUERY, ""],
      [413, "TOO_LARGE", /1200 at most/, "POST", QUERY, rows],
      [413, "TOO_LARGE", /larger than/, "POST", QUERY, rows.repeat(20)],
    ];
  for (const [status, code, words, method, query, content] of cases) {
    const answer = await ask(method, query, content);
    expect([answer.status, answer.body.error?.code], `${method} ${query}`).toEqual([status, code]);
    expect(answer.body.error!.message).toMatch(words);
  }
}

describe("a function behind a gateway", () => {
  /** Payload 2.0 of AWS Lambda's function URLs. */
  const ask: Ask = async (method, rawQueryString, body) => {
    const { handler } = (await import(pathToFileURL(join(examples, "serverless/lambda.mjs")).href)) as {
      handler: (event: object) => Promise<{ statusCode: number; body: string }>;
    };
    const answer = await handler({
      requestContext: { http: { method } },
      rawQueryString,
      headers: {},
      ...(body === undefined ? {} : { body: Buffer.from(body).toString("base64"), isBase64Encoded: true }),
    });
    return { status: answer.statusCode, body: JSON.parse(answer.body) as Answer["body"] };
  };
  test("inverts a scan", () => expectGoodService(ask));
  test("tells senders what is wrong", () => expectClearRefusals(ask));
});

describe("an edge function on workerd", () => {
  let edge: Edge | undefined;
  beforeAll(async () => {
    if (workerd === undefined) return;
    await bundleEdge(join(examples, "serverless/edge.mjs"), join(installed.folder, "edge"));
    edge = await startEdge(workerd, join(installed.folder, "edge"));
  }, 60_000);
  afterAll(() => edge?.stop());
  const ask: Ask = async (method, query, body) => {
    const answer = await fetch(`${edge!.url}/?${query}`, {
      method,
      ...(body === undefined ? {} : { body: body as string }),
    });
    return { status: answer.status, body: (await answer.json()) as Answer["body"] };
  };

  testIf(workerd !== undefined, "runtimes", "inverts scans in less memory than a worker has", async () => {
    const idle = await edge!.peakMemory();
    await expectGoodService(ask);
    // The largest that it takes, on a machine that may be too slow for it.
    expect([200, 422]).toContain((await ask("POST", QUERY, await largestScan())).status);
    const peak = await edge!.peakMemory();
    if (idle !== undefined) expect((peak! - idle) / 2 ** 20).toBeLessThan(128);
  });
  testIf(workerd !== undefined, "runtimes", "tells senders what is wrong", () => expectClearRefusals(ask));
});

describe("in Chromium", () => {
  const TYPES: Readonly<Record<string, string>> = {
    ".js": "text/javascript",
    ".html": "text/html",
    ".wasm": "application/wasm",
  };

  /** A page from a folder; what goes wrong in it fails the test. */
  async function open(
    folder: string | undefined,
    address: string,
  ): Promise<{ page: Page; loaded: string[]; complaints: string[] }> {
    const browser = await playwright.launch({ executablePath: chromium!, args: ["--no-sandbox"] });
    onTestFinished(() => browser.close());
    const page = await browser.newPage(),
      complaints: string[] = [],
      loaded: string[] = [];
    page.on("pageerror", ({ message }) => complaints.push(message));
    page.on("response", (response) => loaded.push(response.url()));
    if (folder === undefined) await page.goto(address);
    else {
      const server = createServer((request, response) => {
        const path = new URL(request.url!, "http://localhost").pathname,
          file = path === "/" ? "/index.html" : path;
        readFile(join(folder, file)).then(
          (content) =>
            response
              .writeHead(200, { "Content-Type": TYPES[extname(file)] ?? "application/octet-stream" })
              .end(content),
          () => response.writeHead(404).end(),
        );
      });
      await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
      onTestFinished(() => void server.close());
      await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}${address}`);
    }
    return { page, loaded, complaints };
  }

  testIf(
    chromium !== undefined,
    "chromium",
    "a plain page, opened from the disk, inverts a scan",
    async () => {
      await copyFile(
        join(installed.folder, "node_modules/takagi/dist/takagi.global.js"),
        join(examples, "page/takagi.global.js"),
      );
      const { page, complaints } = await open(
        undefined,
        pathToFileURL(join(examples, "page/index.html")).href,
      );
      await page.setInputFiles("#file", join(examples, SCAN));
      await page.waitForSelector("#figures svg:nth-of-type(2)", { timeout: 100_000 });
      expect(await page.textContent("#status")).toMatch(/^Strain up to 1\.\d\d % at \d+ nm$/);
      await page.setInputFiles("#file", {
        name: "letter.txt",
        mimeType: "text/plain",
        buffer: Buffer.from("Dear all"),
      });
      await page.waitForFunction(
        () => !/Strain up to|%/.test(document.getElementById("status")!.textContent),
      );
      expect(complaints).toEqual([]);
    },
  );

  testIf(
    chromium !== undefined,
    "chromium",
    "a project with Vite draws a curve, and has no TensorFlow in it",
    async () => {
      const outDir = join(installed.folder, "vite");
      await build({
        root: join(examples, "vite"),
        configFile: false,
        logLevel: "error",
        build: { outDir, emptyOutDir: true },
      });
      const { page, loaded, complaints } = await open(outDir, "/");
      await page.waitForFunction(
        () => /Peak at 7[23]\.\d+°/.test(document.getElementById("peak")!.textContent),
        undefined,
        { timeout: 60_000 },
      );
      expect(await page.textContent("#value")).toBe("1.00 %");
      await page.fill("#strain", "0.5");
      expect(await page.textContent("#value")).toBe("0.50 %");
      expect(loaded.filter((url) => /takagi-.*\.wasm$/.test(url)).length).toBe(1);
      expect(loaded.join()).not.toMatch(/tfjs|tensorflow/i);
      expect(complaints).toEqual([]);
    },
  );

  /** Gives a file to a page that has <takagi-view>, and waits for what it says of the answer. */
  async function giveScan(page: Page): Promise<string> {
    await page.setInputFiles("#file", join(examples, SCAN));
    await page.waitForFunction(
      () => document.getElementById("status")!.textContent.startsWith("Strain"),
      undefined,
      { timeout: 100_000 },
    );
    return (await page.textContent("#status"))!;
  }

  testIf(
    chromium !== undefined,
    "chromium",
    "a page of another tool has <takagi-view>, with no build step, and follows it",
    async () => {
      await cp(join(installed.folder, "node_modules/takagi/dist"), join(examples, "element/takagi"), {
        recursive: true,
      });
      const { page, loaded, complaints } = await open(examples, "/element/index.html");
      await page.waitForFunction(
        () => document.getElementById("status")!.textContent.startsWith("Strain"),
        undefined,
        { timeout: 100_000 },
      );
      expect(await page.textContent("#status")).toMatch(
        /^Strain up to 1\.\d\d % at \d+ nm, (determined|ambiguous)$/,
      );
      const point = page.getByRole("slider", { name: /^Strain at/ }).nth(3);
      await point.focus();
      await page.keyboard.press("Shift+ArrowUp");
      await page.waitForFunction(() =>
        /^Drawn: strain up to [\d.]+ %, rms [\d.]+$/.test(document.getElementById("status")!.textContent),
      );
      expect(loaded.join()).not.toMatch(/tfjs|tensorflow|readers/i);
      expect(complaints).toEqual([]);
    },
  );

  testIf(
    chromium !== undefined,
    "chromium",
    "a project with Vite has <takagi-view>, whose worker and kernels the bundler finds",
    async () => {
      const outDir = join(installed.folder, "vite-element");
      await build({
        root: join(examples, "vite-element"),
        configFile: false,
        logLevel: "error",
        build: { outDir, emptyOutDir: true },
      });
      const { page, loaded, complaints } = await open(outDir, "/");
      expect(await giveScan(page)).toMatch(/^Strain up to 1\.\d\d %, right with a probability of \d+ %$/);
      expect(loaded.filter((url) => /takagi-.*\.wasm$/.test(url)).length).toBeGreaterThan(0);
      expect(loaded.join()).not.toMatch(/tfjs|tensorflow/i);
      expect(complaints).toEqual([]);
    },
  );
});
