/** What stays, what leaves and what comes back: storage, files, offline, and input that cannot be read. */
import { expect } from "vitest";
import { testWithChromium } from "../dataset/tools.ts";
import {
  answered,
  columns,
  drop,
  handles,
  dragHandle,
  number,
  openExample,
  PATIENCE,
  save,
  undisturbed,
  visits,
} from "./page.ts";
import { example } from "./scans.ts";

const visit = visits();

testWithChromium(
  "a session saved as a file opens elsewhere as it was, changes by hand included",
  async () => {
    const first = await visit();
    await openExample(first.page);
    const rms = await number(first.page, "rms");
    await dragHandle(first.page, 1, 12);
    await first.page.getByText("Changed by hand").waitFor();
    const was = await handles(first.page);
    const file = await save(first.page, "Whole session, to open here again");
    const second = await visit();
    await drop(second.page, { name: file.name, content: file.bytes });
    await answered(second.page);
    await expect.poll(() => handles(second.page)).toEqual(was);
    expect(await number(second.page, "rms")).toBe(rms);
    await second.page.getByText("Changed by hand").waitFor();
    await undisturbed(second);
  },
);

testWithChromium("every file that can be saved is what its name says", async () => {
  const { page } = await visit();
  await openExample(page);
  const profile = columns((await save(page, "Profile, CSV")).text);
  expect(profile.depth_nm![0]).toBe(0);
  profile.strain_percent!.forEach((value, i) => {
    expect(value).toBeGreaterThanOrEqual(profile.strain_lower_percent![i]! - 1e-9);
    expect(value).toBeLessThanOrEqual(profile.strain_upper_percent![i]! + 1e-9);
  });
  const curve = columns((await save(page, "Scan and curve, CSV")).text);
  expect(curve.two_theta_deg).toHaveLength(476);
  const report = await save(page, "Report, HTML");
  expect(report.text).toMatch(/^<!doctype html>[\s\S]*Maximum strain[\s\S]*<\/html>\s*$/);
  for (const kind of ["Scan and fit", "Profile"]) {
    expect((await save(page, `${kind}, SVG`)).text).toMatch(/^<svg [\s\S]*<\/svg>\s*$/);
    const { bytes } = await save(page, `${kind}, PNG`);
    expect(bytes.subarray(1, 4).toString()).toBe("PNG");
    expect(bytes.readUInt32BE(16)).toBe(1520);
  }
});

testWithChromium(
  "after the first load no request leaves the browser, and without a network all works, also after a reload",
  async () => {
    const opened = await visit();
    const { page, context } = opened;
    await page.evaluate(async () => (await navigator.serviceWorker.ready).active!.state);
    await page.waitForFunction(() => navigator.serviceWorker.controller !== null);
    // Networks come last.
    await expect
      .poll(
        () =>
          page.evaluate(
            async () =>
              (await caches.match(new URL("models/zro2-400-cnn1/weights.bin", document.baseURI))) !==
              undefined,
          ),
        { timeout: PATIENCE },
      )
      .toBe(true);
    const strangers: string[] = [];
    context.on("request", (request) => {
      if (!request.url().startsWith("blob:") && !request.url().startsWith(opened.url))
        strangers.push(request.url());
    });
    await context.setOffline(true);
    await openExample(page);
    const rms = await number(page, "rms");
    // Storage follows the last change a moment later.
    await page.waitForTimeout(600);
    await page.reload();
    await answered(page);
    expect(await number(page, "rms")).toBe(rms);
    await page.getByRole("button", { name: "Invert again" }).click();
    await page.getByRole("button", { name: "Cancel" }).waitFor();
    await answered(page);
    expect(await number(page, "rms")).toBe(rms);
    await page.getByText("Found by network and search").waitFor();
    expect(strangers).toEqual([]);
    await undisturbed(opened);
  },
);

testWithChromium("what cannot be read is told where it is, in words, and the page goes on", async () => {
  const opened = await visit();
  const { page } = opened;
  const alert = page.getByRole("alert");
  const cases: readonly (readonly [name: string, content: string | Uint8Array, words: RegExp])[] = [
    ["empty.xy", "", /empty\.xy: The file is empty/],
    ["letter.txt", "Dear colleague,\nthe scan is attached.\n", /letter\.txt: .*(angle|number|columns)/],
    ["one column.xy", "1\n2\n3\n4\n", /one column\.xy: .*one column/],
    ["picture.png", Uint8Array.from({ length: 4000 }, (_, i) => (i * 73) % 256), /picture\.png: /],
    ["negative.xy", "72 -5\n73 -4\n74 5\n", /negative\.xy: .*≥ 0/],
    ["cut.takagi.json", '{"kind":"takagi session","format":1,"sess', /cut\.takagi\.json: .*not JSON/],
    ["other.json", '{"a":1}', /other\.json: .*no session of takagi/],
    ["crystal.cif", "data_x\n_cell_length_a 5\n", /crystal\.cif: /],
  ];
  for (const [name, content, words] of cases) {
    await drop(page, { name, content });
    await expect.poll(() => alert.first().innerText(), { message: name }).toMatch(words);
  }
  // Among files that can be read the bad one does not stop the others.
  await drop(page, { name: "empty.xy", content: "" }, { name: "good.xy", content: example });
  await answered(page);
  await alert.getByText("empty.xy").waitFor();
  await undisturbed(opened);
});

testWithChromium("impossible experiments are told at the field, and undo leads out", async () => {
  const { page } = await visit();
  await openExample(page);
  const field = page.getByRole("textbox", { name: "Reflection" });
  await field.fill("1 0 0");
  await page.keyboard.press("Enter");
  await page
    .locator(".field", { has: field })
    .getByText(/forbidden/)
    .waitFor();
  expect(await page.getByRole("button", { name: "Invert again" }).isDisabled()).toBe(true);
  await page.getByRole("button", { name: "Undo" }).click();
  await page
    .locator(".field", { has: field })
    .getByText(/forbidden/)
    .waitFor({ state: "detached" });
  await field.fill("four");
  await page.getByText("Three whole numbers, such as 4 0 0.").waitFor();
  await page.keyboard.press("Escape");
  expect(await field.inputValue()).toBe("4 0 0");
  await field.fill("2 2 0");
  await page.keyboard.press("Enter");
  await page.getByRole("button", { name: "Invert again" }).click();
  await page
    .getByRole("alert")
    .getByText(/does not reach the reflection/)
    .waitFor();
});

testWithChromium("pasted columns of numbers are a scan", async () => {
  const { page } = await visit();
  await page.evaluate((text) => {
    const data = new DataTransfer();
    data.setData("text/plain", text);
    document.body.dispatchEvent(
      new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true }),
    );
  }, example.toString());
  await answered(page);
});
