/** From a scan to its answer: what the page shows is what the SDK says. */
import { readFileSync } from "node:fs";
import { expect } from "vitest";
import { material } from "../../src/crystal/materials.ts";
import { reflection } from "../../src/crystal/structureFactor.ts";
import { invert } from "../../src/invert/invert.ts";
import { readScan } from "../../src/io/read.ts";
import { pretrained } from "../../src/nn/index.ts";
import { testWithChromium } from "../dataset/tools.ts";
import { referencePath } from "../support/reference.ts";
import {
  answered,
  brush,
  columns,
  dragHandle,
  drop,
  handles,
  invertedAgain,
  number,
  openExample,
  save,
  undisturbed,
  visits,
  withoutNetwork,
} from "./page.ts";
import { ambiguousScan, example } from "./scans.ts";

const visit = visits();

testWithChromium("the example's answer is that of the SDK in Node", async () => {
  const opened = await visit();
  const { page } = opened;
  await openExample(page);
  await withoutNetwork(page);
  const expected = await invert(
    await readScan(example),
    await reflection(material("YSZ"), { hkl: [4, 0, 0], wavelength: 1.5406 }),
  );
  const json = JSON.parse((await save(page, "All numbers, JSON")).text) as {
    maxStrainPercent: number;
    thicknessNm: number;
    rms: number;
  };
  // Climbs end far within the bands, and last bits of Math differ from one V8 to the next.
  expect(json.rms / expected.rms).toBeCloseTo(1, 3);
  expect(json.maxStrainPercent / expected.maxStrain).toBeCloseTo(1, 3);
  expect(json.thicknessNm / expected.thickness).toBeCloseTo(1, 3);
  expect(await number(page, "rms")).toBeCloseTo(expected.rms, 3);
  await undisturbed(opened);
});

testWithChromium("a scan of rates dropped on the page gives the rms of the command line", async () => {
  const content = readFileSync(referencePath("scans/ysz-400-rates.xy"));
  const predictor = await pretrained("universal"),
    expected = await invert(
      await readScan(content),
      await reflection(material("YSZ"), { hkl: [4, 0, 0], wavelength: 1.540598 }),
      { predictor },
    );
  predictor.dispose();
  const { page } = await visit();
  await drop(page, { name: "measured.xy", content });
  // The file does not say which crystal it is: the page proposes those whose reflection is at the peak.
  await page.getByRole("button", { name: /^YSZ/ }).click();
  await answered(page);
  expect(await number(page, "rms")).toBeCloseTo(expected.rms, 3);
});

testWithChromium(
  "a dragged point takes the profile through the pointer, the curve follows, and undo brings both back",
  async () => {
    const opened = await visit();
    const { page } = opened;
    await openExample(page);
    const before = columns((await save(page, "Scan and curve, CSV")).text),
      was = await handles(page);
    expect(await dragHandle(page, 2, 18)).toBeLessThan(1.5);
    await page.getByText("Changed by hand").waitFor();
    const now = await handles(page);
    expect(now[2]).toBeGreaterThan(was[2]!);
    expect(now[5]).toBe(was[5]);
    const profile = columns((await save(page, "Profile, CSV")).text);
    const depth = Number(
      /at ([\d.]+) nm/.exec(
        (await page
          .getByRole("slider", { name: /^Strain at/ })
          .nth(2)
          .getAttribute("aria-label"))!,
      )![1],
    );
    const nearest = profile.depth_nm!.reduce(
      (best, d, i) => (Math.abs(d - depth) < Math.abs(profile.depth_nm![best]! - depth) ? i : best),
      0,
    );
    expect(profile.strain_percent![nearest]).toBeCloseTo(now[2]!, 1);
    const after = columns((await save(page, "Scan and curve, CSV")).text);
    const moved = after.calculated!.filter(
      (value, i) => Math.abs(Math.log10(value / before.calculated![i]!)) > 0.05,
    ).length;
    expect(moved).toBeGreaterThan(20);
    await page.getByRole("button", { name: "Undo" }).click();
    expect(await handles(page)).toEqual(was);
    await page.getByText("Changed by hand").waitFor({ state: "detached" });
    await page.getByRole("button", { name: "Redo" }).click();
    expect(await handles(page)).toEqual(now);
    await page.getByRole("button", { name: "Back to the fit" }).click();
    expect(await handles(page)).toEqual(was);
    await undisturbed(opened);
  },
);

testWithChromium("the curve of an untouched point is the fit's own: model and answer agree", async () => {
  const { page } = await visit();
  await openExample(page);
  const fitted = columns((await save(page, "Scan and curve, CSV")).text);
  const handle = page.getByRole("slider", { name: /^Strain at/ }).nth(1);
  await handle.focus();
  // There and back: the model is computed anew, from weights that differ by rounding.
  await page.keyboard.press("ArrowUp");
  await page.keyboard.press("ArrowDown");
  await page.getByText("Changed by hand").waitFor();
  const model = columns((await save(page, "Scan and curve, CSV")).text);
  const worst = Math.max(
    ...model.calculated!.map((value, i) => Math.abs(Math.log10(value / fitted.calculated![i]!))),
  );
  expect(worst).toBeLessThan(0.01);
});

testWithChromium("other solutions can be seen one by one", async () => {
  const { page } = await visit();
  await drop(page, { name: "few counts.xy", content: await ambiguousScan() });
  await answered(page);
  // All of them are what the search from rough starts finds.
  await withoutNetwork(page);
  const best = await number(page, "Maximum strain");
  const rms = await number(page, "rms");
  await page.getByRole("button", { name: /Solution 2/ }).click();
  await expect.poll(() => number(page, "rms")).not.toBe(rms);
  expect(await number(page, "Maximum strain")).not.toBe(best);
  await page.getByRole("button", { name: /Best/ }).click();
  await expect.poll(() => number(page, "rms")).toBe(rms);
});

testWithChromium("a brushed range is left out of the next fit, and undo takes it back", async () => {
  const { page } = await visit();
  await openExample(page);
  await page.getByRole("button", { name: "mask", exact: true }).click();
  await brush(page, 0.05, 0.25);
  const masks = page.locator(".masks li");
  expect(await masks.count()).toBe(1);
  const [, from, to] = /([\d.]+)° to ([\d.]+)°/.exec(await masks.first().innerText())!;
  await page.getByText("Settings have changed since").waitFor();
  await page.getByRole("button", { name: "Invert again" }).click();
  await invertedAgain(page);
  const { fitted, two_theta_deg: twoTheta } = columns((await save(page, "Scan and curve, CSV")).text);
  fitted!.forEach((used, i) =>
    expect(used, `2θ ${twoTheta![i]}`).toBe(
      twoTheta![i]! >= Number(from) && twoTheta![i]! <= Number(to) ? 0 : 1,
    ),
  );
  await page.getByRole("button", { name: "Undo" }).click();
  await page.getByRole("button", { name: "Undo" }).click();
  expect(await masks.count()).toBe(0);
});

testWithChromium("a held parameter keeps the value that it was given", async () => {
  const { page } = await visit();
  await openExample(page);
  await page.getByRole("textbox", { name: "Strained region" }).fill("300");
  await page.keyboard.press("Enter");
  await page.getByRole("button", { name: "hold strained region" }).click();
  await page.getByRole("button", { name: "Invert again" }).click();
  await page.getByText("Changed by hand").waitFor({ state: "detached" });
  expect(await page.getByRole("textbox", { name: "Strained region" }).inputValue()).toBe("300");
});

testWithChromium(
  "a fit from the drawn profile goes back to the minimum that it was drawn away from",
  async () => {
    const { page } = await visit();
    await openExample(page);
    const rms = await number(page, "rms");
    await dragHandle(page, 2, 30);
    await page.getByText("Changed by hand").waitFor();
    await page.getByRole("button", { name: "Fit from here" }).click();
    await page.getByText("Changed by hand").waitFor({ state: "detached" });
    await page.getByText("searched from the profile that was drawn").waitFor();
    expect(await number(page, "rms")).toBeCloseTo(rms, 3);
  },
);

testWithChromium(
  "a fit from the profile that a network led to stays there, though rough starts alone may end elsewhere",
  async () => {
    const { page } = await visit();
    await drop(page, { name: "measured.xy", content: readFileSync(referencePath("scans/ysz-400-rates.xy")) });
    await page.getByRole("button", { name: /^YSZ/ }).click();
    await answered(page);
    const found = { rms: await number(page, "rms"), depth: await number(page, "Strained depth") };
    const handle = page.getByRole("slider", { name: /^Strain at/ }).nth(4);
    await handle.focus();
    await page.keyboard.press("ArrowUp");
    await page.getByRole("button", { name: "Fit from here" }).click();
    await page.getByText("searched from the profile that was drawn").waitFor();
    const again = { rms: await number(page, "rms"), depth: await number(page, "Strained depth") };
    expect(again.rms / found.rms).toBeLessThan(1.01);
    expect(again.depth / found.depth).toBeCloseTo(1, 1);
  },
);

testWithChromium("an inversion can be cancelled, and started again", async () => {
  const { page } = await visit();
  await page.getByRole("button", { name: "Try the example" }).click();
  await page.getByRole("button", { name: "Cancel" }).click();
  await page.getByRole("button", { name: "Invert", exact: true }).click();
  await answered(page);
});
