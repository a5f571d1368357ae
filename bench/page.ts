/** `npm run bench:page`: what a user of the page waits for, in a real Chromium, as one JSON document. Needs dist/app and a
 *  Chromium (TAKAGI_CHROMIUM, or Debian's). Give a measured scan of YSZ 400 to have that timed, too. */
import { spawn } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { type BrowserContext, chromium, type Page } from "playwright-core";
import { limited, rounded } from "./measure.ts";

const VISITS = 5;
const MOVES = 200;
/** ms between two moves of the pointer: those of a display of 60 Hz. */
const FRAME = 16;

// npm runs scripts in the root of the package.
const root = process.cwd();
const executablePath = [
  process.env.TAKAGI_CHROMIUM ?? "",
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
].find((path) => existsSync(path));
if (executablePath === undefined) throw new Error("no Chromium: set TAKAGI_CHROMIUM");
const server = spawn(process.execPath, [`${root}/tools/serve.mjs`, "--port", "0"], {
  stdio: ["ignore", "pipe", "inherit"],
});
const url = await new Promise<string>((resolve) =>
  server.stdout.once("data", (text: Buffer) => resolve(text.toString().trim())),
);
const browser = await chromium.launch({ executablePath, args: ["--no-sandbox"] });

/** A browser without memories. */
async function cold<T>(measure: (page: Page, context: BrowserContext) => Promise<T>): Promise<T> {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
  try {
    const page = await context.newPage();
    await page.goto(url);
    return await measure(page, context);
  } finally {
    await context.close();
  }
}

async function several(measure: (page: Page) => Promise<number>): Promise<number[]> {
  const times: number[] = [];
  for (let i = 0; i < VISITS; i++) times.push(await cold(measure));
  return times.sort((a, b) => a - b);
}

/** Until the answer is on the screen, since `from` of the page's clock. */
const answered = (page: Page): Promise<number> =>
  page.evaluate(
    () =>
      new Promise<number>((resolve) => {
        const look = (): void =>
          void (document.querySelector(".numbers") === null
            ? requestAnimationFrame(look)
            : resolve(performance.now()));
        look();
      }),
  );

const paint = await several((page) =>
  page.evaluate(
    () =>
      new Promise<number>((resolve) =>
        new PerformanceObserver((list) => resolve(list.getEntries().at(-1)!.startTime)).observe({
          type: "paint",
          buffered: true,
        }),
      ),
  ),
);

/** From the beginning of the page's load; the click comes as soon as there is something to click. */
const example = await several(async (page) => {
  await page.getByRole("button", { name: "Try the example" }).click();
  return answered(page);
});

const file = process.argv[2];
const dropped =
  file === undefined
    ? undefined
    : await several(async (page) => {
        const text = readFileSync(file).toString("base64");
        const from = await page.evaluate((content) => {
          const transfer = new DataTransfer();
          // The header says which crystal it is, as a diffractometer's file does.
          transfer.items.add(
            new File(
              ["# YSZ 4 0 0, wavelength 1.5406\n", Uint8Array.from(atob(content), (c) => c.charCodeAt(0))],
              "scan.xy",
            ),
          );
          const now = performance.now();
          document.body.dispatchEvent(
            new DragEvent("drop", { dataTransfer: transfer, bubbles: true, cancelable: true }),
          );
          return now;
        }, text);
        return (await answered(page)) - from;
      });

const frames = await cold(async (page) => {
  await page.locator(".choices").getByRole("button", { name: "Simulate without a scan" }).click();
  const handle = page.getByRole("slider", { name: /^Strain at/ }).nth(4);
  const box = (await handle.boundingBox())!;
  const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
  await page.mouse.move(x, y);
  await page.mouse.down();
  for (let i = 0; i < MOVES; i++) {
    await page.mouse.move(x, y - 25 * Math.sin(i / 8));
    await page.waitForTimeout(FRAME);
  }
  const times = await page.evaluate(() =>
    performance.getEntriesByName("drag").map(({ duration }) => duration),
  );
  await page.mouse.up();
  return times.sort((a, b) => a - b);
});
const quantile = (times: readonly number[], part: number): number =>
  rounded(times[Math.min(Math.floor(part * times.length), times.length - 1)]!);
const seconds = (times: readonly number[], most: number) => ({
  ...limited(rounded(quantile(times, 0.5) / 1000), most, "s"),
  least: rounded(times[0]! / 1000),
});

console.log(
  JSON.stringify(
    {
      browser: browser.version(),
      visits: VISITS,
      firstPaint: { what: "first paint of a cold page", ...seconds(paint, 1) },
      firstAnswer: {
        what: "from the beginning of a cold page's load to the example's answer",
        ...seconds(example, 3),
      },
      fromDrop:
        dropped === undefined
          ? null
          : { what: `from drop to answer on a cold page, ${file}`, ...seconds(dropped, 2) },
      drag: {
        what: "from when the page hears of the pointer to the curve drawn, worker included: 1000 angles, 300 nm of YSZ",
        frames: frames.length,
        median: limited(quantile(frames, 0.5), 8, "ms"),
        percentile95: limited(quantile(frames, 0.95), 16, "ms"),
        least: rounded(frames[0]!),
      },
    },
    null,
    2,
  ),
);
await browser.close();
server.kill();
