/** Files of diffractometers dropped on the page: what was counted is what is drawn. */
import { expect } from "vitest";
import { testWithChromium } from "../dataset/tools.ts";
import { ALPHA1, WRITERS } from "../io/files.ts";
import { answered, columns, drop, number, save, undisturbed, visits } from "./page.ts";
import { ambiguousCounts } from "./scans.ts";

const visit = visits();
const ENDINGS = { xrdml: "xrdml", brml: "brml", ras: "ras", rasx: "rasx", raw3: "raw", raw4: "raw" } as const;

testWithChromium(
  "files of every diffractometer open with their angles, counts and wavelength, and the crystal at their peak is proposed",
  async () => {
    const opened = await visit();
    const { page } = opened;
    const counts = await ambiguousCounts(),
      measurement = { twoTheta: 72.2, omega: 36.1, step: 0.0072, counts };
    for (const [format, write] of Object.entries(WRITERS)) {
      await drop(page, {
        name: `wafer ${format}.${ENDINGS[format as keyof typeof ENDINGS]}`,
        content: write([measurement]),
      });
      await page.getByRole("button", { name: `wafer ${format} (open)` }).waitFor();
      await page.getByRole("button", { name: /^YSZ 0 0 4/ }).waitFor();
      expect(
        Number(await page.getByRole("textbox", { name: "Wavelength" }).inputValue()),
        format,
      ).toBeCloseTo(ALPHA1, 6);
      const { two_theta_deg: angles, measured } = columns((await save(page, "Scan and curve, CSV")).text);
      expect(measured, format).toEqual(counts);
      angles!.forEach((angle, i) =>
        expect(Math.abs(angle - (72.2 + 0.0072 * i)), `${format}, point ${i}`).toBeLessThan(6e-5),
      );
      await page.getByRole("button", { name: `Close wafer ${format}` }).click();
    }
    await undisturbed(opened);
  },
);

testWithChromium("all scans of one file open beside each other", async () => {
  const opened = await visit();
  const { page } = opened;
  const counts = await ambiguousCounts();
  const scan = { twoTheta: 72.2, omega: 36.1, step: 0.0072, counts };
  await drop(page, {
    name: "wafer.xrdml",
    content: WRITERS.xrdml([scan, { ...scan, twoTheta: 72.25, omega: 36.125 }]),
  });
  await page.getByRole("button", { name: "wafer 2 (open)" }).waitFor();
  await page.getByRole("button", { name: /^YSZ 0 0 4/ }).click();
  await answered(page);
  expect(await number(page, "Maximum strain")).toBeGreaterThan(0.8);
  await undisturbed(opened);
});
