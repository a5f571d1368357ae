/** Layers on the page: what it finds is what the SDK finds, and what is drawn has the curve of the SDK's simulator. */
import type { Page } from "playwright-core";
import { expect } from "vitest";
import { invert } from "../../src/invert/invert.ts";
import { readScan } from "../../src/io/read.ts";
import { material } from "../../src/crystal/materials.ts";
import { reflection } from "../../src/crystal/structureFactor.ts";
import { parseResult } from "../../src/report/parseResult.ts";
import { createSimulator } from "../../src/simulate/simulator.ts";
import type { Instrument, Layer, Stack } from "../../src/types.ts";
import { testWithChromium } from "../dataset/tools.ts";
import { answered, columns, drop, save, undisturbed, visits } from "./page.ts";
import { aluminiumArsenideOnGalliumArsenide, layerScan } from "./scans.ts";

const visit = visits();

/** Types into a field and leaves it. */
async function type(page: Page, name: string, value: string): Promise<void> {
  const field = page.getByLabel(name, { exact: true });
  await field.fill(value);
  await field.press("Enter");
}

const valueOf = (page: Page, name: string): Promise<string> =>
  page.getByLabel(name, { exact: true }).inputValue();

/** Largest difference of the curve that is saved from that of the simulator, decades. */
async function farFrom(page: Page, stack: Stack, instrument: Instrument): Promise<number> {
  const { two_theta_deg: angles, calculated } = columns((await save(page, "Scan and curve, CSV")).text),
    { intensity } = (await createSimulator()).simulateStack(stack, angles!, { instrument });
  return Math.max(...intensity.map((value, i) => Math.abs(Math.log10(value / calculated![i]!))));
}

testWithChromium(
  "a stack is found as by the SDK, an edited one has the curve of the simulator, and a session holds both",
  async () => {
    const opened = await visit(),
      { page } = opened,
      text = await layerScan(),
      { substrate, layers } = await aluminiumArsenideOnGalliumArsenide();
    await drop(page, { name: "layers.xy", content: text });
    await page.getByRole("button", { name: "Cancel" }).click();
    await page.getByRole("combobox", { name: "Look for" }).selectOption("layers");
    await type(page, "Crystal of the layers", "Al0.5Ga0.5As");
    await page.getByRole("button", { name: "Invert", exact: true }).click();
    const expected = await invert(await readScan(Buffer.from(text)), substrate, {
      layers: "auto",
      film: (layers[0] as Layer).crystal,
    });
    await answered(page);
    const { inversion } = parseResult((await save(page, "All numbers, JSON")).text),
      [found] = inversion.stack!.layers;
    expect(inversion.stack!.layers).toHaveLength(1);
    for (const name of ["thickness", "strain", "debyeWaller"] as const)
      expect(found![name].value / expected.stack!.layers[0]![name].value).toBeCloseTo(1, 4);
    expect(inversion.confidence).toBeCloseTo(expected.confidence, 3);
    expect(Number(await valueOf(page, "Thickness of layer 1"))).toBeCloseTo(found!.thickness.value, 1);

    await type(page, "Thickness of layer 1", "71");
    await page.getByText("Drawn, not the fit").waitFor();
    await expect.poll(() => page.locator(".answer .lead").innerText()).toMatch(/one layer, 71\.00 nm/);
    const drawn = inversion.stack!.stack.layers[0] as Layer,
      edited = { substrate, layers: [{ ...drawn, thickness: 71 }] };
    expect(await farFrom(page, edited, inversion.instrument)).toBeLessThan(1e-5);

    const session = await save(page, "Whole session, to open here again"),
      second = await visit();
    await drop(second.page, { name: session.name, content: session.bytes });
    await second.page.getByText("Drawn, not the fit").waitFor();
    expect(await valueOf(second.page, "Thickness of layer 1")).toBe("71");
    await second.page.getByRole("button", { name: "Fit from here" }).click();
    await second.page.getByText("searched from the layers that were drawn").waitFor();
    await answered(second.page);
    expect(Number(await valueOf(second.page, "Thickness of layer 1"))).toBeCloseTo(found!.thickness.value, 0);
    await undisturbed(opened);
    await undisturbed(second);
  },
);

testWithChromium(
  "a drawn edge follows the pointer, its curve is that of the simulator, and undo goes back",
  async () => {
    const opened = await visit(),
      { page } = opened;
    await page.getByRole("button", { name: "Simulate without a scan" }).click();
    await page.getByLabel("Crystal", { exact: true }).selectOption("GaAs");
    await type(page, "Reflection", "0 0 4");
    await type(page, "2θ from", "64");
    await type(page, "to", "68");
    await type(page, "2θ from", "64");
    await page.getByRole("combobox", { name: "Draw" }).selectOption("layers");
    await type(page, "Crystal of layer 1", "AlAs");
    await type(page, "Strain of layer 1", "0.12");
    await page.getByRole("button", { name: "Draw a layer on top" }).click();
    await type(page, "Crystal of layer 2", "");
    const edge = page.getByRole("slider", { name: "Lower edge of a layer" }).first(),
      box = (await edge.boundingBox())!,
      [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
    await page.mouse.move(x, y);
    await page.mouse.down();
    await page.mouse.move(x - 40, y, { steps: 4 });
    const now = (await edge.boundingBox())!;
    await page.mouse.up();
    expect(Math.abs(now.x + now.width / 2 - (x - 40))).toBeLessThan(1.5);
    const [upper, lower] = [
      await valueOf(page, "Thickness of layer 2"),
      await valueOf(page, "Thickness of layer 1"),
    ];
    expect(Number(upper)).toBeLessThan(49);
    expect(Number(upper) + Number(lower)).toBeCloseTo(100, 2);
    await type(page, "Thickness of layer 2", "40");
    const beam = { hkl: [0, 0, 4], wavelength: 1.540598 } as const,
      substrate = await reflection(material("GaAs"), beam),
      crystal = await reflection(material("AlAs"), beam),
      thickness = Number(lower);
    const far = (): Promise<number> =>
      farFrom(
        page,
        {
          substrate,
          layers: [
            { crystal, thickness, strain: 0.12 },
            { crystal: substrate, thickness: 40, strain: 0.12 },
          ],
        },
        { polarisation: "sigma", resolution: { shape: "gaussian", fwhm: 0.015 }, scale: 1e5, background: 2 },
      );
    // The table shows a thickness to 0.001 nm.
    await expect.poll(far).toBeLessThan(1e-3);
    await page.getByRole("button", { name: "Undo" }).click();
    await page.getByRole("button", { name: "Undo" }).click();
    expect(await valueOf(page, "Thickness of layer 2")).toBe("50");
    await undisturbed(opened);
  },
);
