/** Several scans, simulations without a scan, and everyone who looks: keyboards, screen readers, small screens, dark rooms. */
import { readFileSync } from "node:fs";
import { expect } from "vitest";
import { material } from "../../src/crystal/materials.ts";
import { reflection } from "../../src/crystal/structureFactor.ts";
import { createSimulator } from "../../src/simulate/simulator.ts";
import { invert } from "../../src/invert/invert.ts";
import { readScan } from "../../src/io/read.ts";
import { resultJson } from "../../src/report/files.ts";
import type { Layer } from "../../src/types.ts";
import { smallScans, ysz } from "../batch/scans.ts";
import { testWithChromium } from "../dataset/tools.ts";
import {
  answered,
  columns,
  drop,
  findings,
  handles,
  openExample,
  PATIENCE,
  save,
  undisturbed,
  type Visit,
  visits,
  withoutNetwork,
} from "./page.ts";
import { aluminiumArsenideOnGalliumArsenide, ambiguousScan, example, layerScan } from "./scans.ts";

const visit = visits();

testWithChromium("several scans stand side by side, with one table of results", async () => {
  const opened = await visit();
  const { page } = opened;
  await drop(
    page,
    { name: "high fluence.xy", content: example },
    { name: "low fluence.xy", content: await ambiguousScan() },
  );
  const rows = page.getByRole("region", { name: "Results of all scans" }).locator("tbody tr");
  await expect.poll(() => rows.count()).toBe(2);
  // Both are inverted at once, without being asked for.
  await expect
    .poll(async () => (await rows.allInnerTexts()).every((text) => text.split("\t").length === 8), {
      timeout: 60_000,
    })
    .toBe(true);
  await page
    .getByRole("button", { name: /^low fluence/ })
    .first()
    .click();
  // All of them are what the search from rough starts finds.
  await withoutNetwork(page);
  await page.getByRole("button", { name: /Solution 2/ }).waitFor();
  const table = (await save(page, "Table of all results, CSV")).text.trim().split("\r\n");
  expect(table.map((line) => line.split(",")[0])).toEqual(["scan", "high fluence", "low fluence"]);
  expect(await findings(opened)).toEqual([]);
  await page.getByRole("button", { name: "Close low fluence" }).click();
  expect(await page.getByRole("region", { name: "Results of all scans" }).count()).toBe(0);
  await undisturbed(opened);
});

/** What is in a picture of the series. */
async function pictureOf({ page }: Visit): Promise<string> {
  const [file] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("group", { name: "Save the picture" }).getByRole("button", { name: "SVG" }).click(),
  ]);
  return readFileSync(await file.path(), "utf8");
}

const linesIn = (svg: string): number => svg.match(/class="series /g)?.length ?? 0;

testWithChromium(
  "a series is drawn against a variable that is taken from the names or typed, and kept; its numbers have their intervals",
  async () => {
    const opened = await visit();
    const { page } = opened;
    // Answers as they were: nothing is searched in the browser.
    const scans = await smallScans(3, { strain: (k) => 0.6 + 0.3 * k }),
      crystal = await ysz();
    const results = await Promise.all(
      scans.map(async (scan, k) => ({
        name: `result-${k}.json`,
        content: JSON.stringify(
          resultJson(await invert(scan, crystal, { effort: 0.001 }), { name: `film 5e${15 - k}` }),
        ),
      })),
    );
    await drop(page, ...results);
    const picture = page.locator(".series-pictures img"),
      choose = (name: string) =>
        page.getByRole("group", { name: "Picture of the series" }).getByRole("button", { name }).click();
    await choose("Quantities");
    await expect
      .poll(() => picture.getAttribute("alt"), { timeout: PATIENCE })
      .toMatch(/of 3 scans against Scan/);
    expect(linesIn(await (await choose("Scans"), pictureOf(opened)))).toBe(3);
    expect(linesIn(await (await choose("Profiles"), pictureOf(opened)))).toBe(6);
    expect(await page.getByRole("button", { name: "Layers", exact: true }).count()).toBe(0);

    await page.getByRole("button", { name: "Take the numbers in the names" }).click();
    await page.getByRole("combobox", { name: /^Series against/ }).fill("Fluence (cm⁻²)");
    await page.keyboard.press("Enter");
    await expect.poll(() => picture.getAttribute("alt")).toMatch(/coloured by Fluence \(cm⁻²\)/);
    const values = page.getByRole("textbox", { name: /^Fluence \(cm⁻²\) of/ });
    expect(await values.evaluateAll((all) => all.map((each) => (each as HTMLInputElement).value))).toEqual([
      ...["5e15", "5e14", "5e13"],
    ]);
    await values.nth(1).fill("2e14");
    await page.keyboard.press("Enter");
    await values.nth(2).fill("");
    await page.keyboard.press("Enter");
    await page.getByText("1 scan has no value and is in no picture.").waitFor();
    expect(linesIn(await pictureOf(opened))).toBe(4);

    const table = (await save(page, "Table of all results, CSV")).text.trim().split("\r\n"),
      at = table[0]!.split(",").indexOf("Fluence (cm⁻²)");
    expect(table.slice(1).map((line) => line.split(",")[at])).toEqual([
      ...["5000000000000000", "200000000000000", ""],
    ]);
    expect(table[0]).toContain("thickness_nm,thickness_nm_lower,thickness_nm_upper");
    expect(await findings(opened)).toEqual([]);

    // The picture is there, and as wide as its place, on a small screen, too.
    await page.setViewportSize({ width: 360, height: 740 });
    await expect
      .poll(() => picture.evaluate((image) => (image as HTMLImageElement).naturalWidth))
      .toBeLessThanOrEqual(360);
    expect(await picture.evaluate((image) => (image as HTMLImageElement).naturalWidth)).toBeGreaterThan(200);
    expect(await page.evaluate(() => document.scrollingElement!.scrollWidth)).toBeLessThanOrEqual(360);

    const kept = await save(page, "Whole session, to open here again");
    const again = await visit();
    await drop(again.page, { name: kept.name, content: kept.bytes });
    expect(await again.page.getByRole("combobox", { name: /^Series against/ }).inputValue()).toBe(
      "Fluence (cm⁻²)",
    );
    expect(
      await again.page
        .getByRole("textbox", { name: /^Fluence/ })
        .nth(1)
        .inputValue(),
    ).toBe("2e14");
    await undisturbed(opened);
  },
  2 * PATIENCE,
);

testWithChromium("layers of a series have their thickness and strain in panels", async () => {
  const opened = await visit();
  const { page } = opened;
  const { substrate, layers } = await aluminiumArsenideOnGalliumArsenide(),
    inversion = await invert(await readScan(Buffer.from(await layerScan())), substrate, {
      layers: [{ crystal: (layers[0] as Layer).crystal }],
      effort: 0.2,
    });
  const answers = [300, 350].map((kelvin) => JSON.stringify(resultJson(inversion, { name: `${kelvin} K` })));
  await drop(page, ...answers.map((content, k) => ({ name: `result-${k}.json`, content })));
  await page.getByRole("button", { name: "Layers", exact: true }).click();
  const svg = await pictureOf(opened);
  expect(svg).toContain("Layer 1, Al0.5Ga0.5As");
  // Two panels, two scans in each.
  expect(svg.match(/class="(?:mark|bar|dots bold)"/g)!.length).toBeGreaterThanOrEqual(4);
  expect((await save(page, "Table of all results, CSV")).text).toContain("layer1_thickness_nm_upper");
  await undisturbed(opened);
});

testWithChromium(
  "a simulation without a scan is the SDK's, and its noisy scan can be inverted again",
  async () => {
    const opened = await visit();
    const { page } = opened;
    await page.getByRole("button", { name: "Simulate without a scan" }).click();
    await page
      .getByRole("slider", { name: /^Strain at/ })
      .first()
      .waitFor();
    await expect.poll(async () => page.locator(".by-hand").innerText()).toMatch(/Drag/);
    const curve = columns((await save(page, "Scan and curve, CSV")).text),
      profile = columns((await save(page, "Profile, CSV")).text);
    const ysz = await reflection(material("YSZ"), { hkl: [4, 0, 0], wavelength: 1.540598 });
    const expected = (await createSimulator()).simulate(
      {
        depth: Float64Array.from(profile.depth_nm!),
        strain: Float64Array.from(profile.strain_percent!),
        debyeWaller: Float64Array.from(profile.debye_waller!),
      },
      ysz,
      curve.two_theta_deg!,
      { instrument: { resolution: { shape: "gaussian", fwhm: 0.015 }, scale: 1e5, background: 2 } },
    );
    curve.calculated!.forEach((value, i) =>
      expect(Math.abs(value / expected.intensity[i]! - 1), `2θ ${curve.two_theta_deg![i]}`).toBeLessThan(
        1e-9,
      ),
    );
    expect(await findings(opened)).toEqual([]);
    const strain = await handles(page);
    const scan = await save(page, "As a scan with counting noise, .xy");
    await drop(page, { name: scan.name, content: scan.bytes });
    await answered(page);
    const found = columns((await save(page, "Profile, CSV")).text);
    expect(Math.max(...found.strain_percent!) / Math.max(...strain)).toBeCloseTo(1, 1);
    await undisturbed(opened);
  },
);

testWithChromium(
  "the share of the Lorentzian is the SDK's, and a fit holds it",
  async () => {
    const opened = await visit();
    const { page } = opened;
    await page.getByRole("button", { name: "Simulate without a scan" }).click();
    await page.getByText("Beam and resolution").click();
    await page.getByRole("combobox", { name: "Shape of the resolution" }).selectOption("pseudo-voigt");
    const field = page.getByRole("textbox", { name: "Share of the Lorentzian" });
    await field.fill("1.2");
    await page.getByText("A number from 0 to 1.").waitFor();
    await field.fill("0.8");
    await page.keyboard.press("Enter");
    // Tails as long as the scan cost the fit the square of its points.
    await page.getByRole("textbox", { name: "Points" }).fill("250");
    await page.keyboard.press("Enter");
    const resolution = { shape: "pseudo-voigt", fwhm: 0.015, lorentzFraction: 0.8 } as const;
    const ysz = await reflection(material("YSZ"), { hkl: [4, 0, 0], wavelength: 1.540598 }),
      simulator = await createSimulator();
    const worst = async (): Promise<number> => {
      const curve = columns((await save(page, "Scan and curve, CSV")).text),
        profile = columns((await save(page, "Profile, CSV")).text);
      const { intensity } = simulator.simulate(
        {
          depth: Float64Array.from(profile.depth_nm!),
          strain: Float64Array.from(profile.strain_percent!),
          debyeWaller: Float64Array.from(profile.debye_waller!),
        },
        ysz,
        curve.two_theta_deg!,
        { instrument: { resolution, scale: 1e5, background: 2 } },
      );
      return Math.max(...curve.calculated!.map((value, i) => Math.abs(value / intensity[i]! - 1)));
    };
    await expect.poll(worst, { timeout: PATIENCE }).toBeLessThan(1e-9);
    const scan = await save(page, "As a scan with counting noise, .xy");
    await drop(page, { name: scan.name, content: scan.bytes });
    await answered(page);
    const { instrument } = JSON.parse((await save(page, "All numbers, JSON")).text) as {
      instrument: { resolution: { shape: string; fwhm: number; lorentzFraction: number } };
    };
    expect(instrument.resolution).toMatchObject({ shape: "pseudo-voigt", lorentzFraction: 0.8 });
    expect(instrument.resolution.fwhm / resolution.fwhm).toBeCloseTo(1, 1);
    await undisturbed(opened);
  },
  2 * PATIENCE,
);

testWithChromium("a point of the profile can be moved with the keyboard", async () => {
  const { page } = await visit();
  await page.getByRole("button", { name: "Simulate without a scan" }).click();
  const handle = page.getByRole("slider", { name: /^Strain at/ }).nth(4);
  await handle.focus();
  const before = Number(await handle.getAttribute("aria-valuenow"));
  await page.keyboard.press("ArrowUp");
  const small = Number(await handle.getAttribute("aria-valuenow")) - before;
  await page.keyboard.press("Shift+ArrowUp");
  const large = Number(await handle.getAttribute("aria-valuenow")) - before - small;
  expect(small).toBeGreaterThan(0);
  expect(large / small).toBeCloseTo(10, 3);
  await page.keyboard.press("Control+z");
  await page.keyboard.press("Control+z");
  expect(Number(await handle.getAttribute("aria-valuenow"))).toBeCloseTo(before, 6);
});

for (const scheme of ["light", "dark"] as const) {
  testWithChromium(
    `nothing stands in the way of assistive technology, ${scheme}, wide and narrow, and nothing is wider than the screen`,
    async () => {
      for (const [width, height] of [
        [1440, 900],
        [360, 740],
      ] as const) {
        const opened = await visit({ width, height, scheme });
        const { page } = opened;
        expect(await findings(opened), `welcome ${width}`).toEqual([]);
        await drop(page, { name: "broken.xy", content: "nothing" });
        await page.getByRole("alert").waitFor();
        await openExample(page);
        await page.getByText("How sure is this?").click();
        await page.getByText("Beam and resolution").click();
        await page.getByText("Sample", { exact: true }).click();
        await page.getByText(/^Train one for/).click();
        expect(await findings(opened), `answer ${width}`).toEqual([]);
        expect(
          await page.evaluate(() => document.scrollingElement!.scrollWidth),
          `width ${width}`,
        ).toBeLessThanOrEqual(width);
        await page.context().close();
      }
    },
    2 * PATIENCE,
  );
}
