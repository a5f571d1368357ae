// Draws the pictures of the page in docs/: node tools/screenshots.mjs (after npm run build; needs Chromium)
import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";

const root = fileURLToPath(new URL("..", import.meta.url));
const server = spawn(process.execPath, [`${root}tools/serve.mjs`, "--port", "0"], {
  stdio: ["ignore", "pipe", "inherit"],
});
const url = await new Promise((resolve) =>
  server.stdout.once("data", (text) => resolve(String(text).trim())),
);
const browser = await chromium.launch({
  executablePath: process.env.TAKAGI_CHROMIUM ?? "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-lcd-text"],
});
for (const [name, options] of [
  ["page", { viewport: { width: 1180, height: 830 }, colorScheme: "light" }],
  ["page-dark", { viewport: { width: 1180, height: 830 }, colorScheme: "dark" }],
]) {
  const page = await browser.newPage(options);
  await page.goto(url);
  await page.getByRole("button", { name: "Try the example" }).click();
  await page.getByRole("button", { name: "Invert again" }).waitFor({ timeout: 180_000 });
  await page.waitForTimeout(500);
  await page.screenshot({ path: `${root}docs/${name}.png` });
}
await browser.close();
server.kill();
