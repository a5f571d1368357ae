/** Networks in the page: what they say is what the SDK says with them, and where none knows the scan none is asked. */
import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Page } from "playwright-core";
import { expect } from "vitest";
import { material } from "../../src/crystal/materials.ts";
import { reflection } from "../../src/crystal/structureFactor.ts";
import { invert } from "../../src/invert/invert.ts";
import { readScan } from "../../src/io/read.ts";
import { parseModel } from "../../src/nn/model.ts";
import { createPredictor, loadModel } from "../../src/nn/predict.ts";
import { testWithChromium } from "../dataset/tools.ts";
import { answered, askNetwork, drop, openExample, PATIENCE, save, undisturbed, visits } from "./page.ts";
import { ambiguousScan, example, siliconScan } from "./scans.ts";

const visit = visits();
const models = fileURLToPath(new URL("../../models", import.meta.url));
const shipped = readdirSync(models, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name);

interface Answer {
  readonly rms: number;
  readonly thicknessNm: number;
  readonly method: string;
  readonly methodReason: string;
  readonly verdict: string;
  readonly verdictReason: string;
}

async function saved(page: Page): Promise<Answer> {
  return JSON.parse((await save(page, "All numbers, JSON")).text) as Answer;
}

testWithChromium(
  "the network that knows the example is asked without being told; answer, verdict and method are the SDK's",
  async () => {
    const opened = await visit();
    const { page } = opened;
    await openExample(page);
    const answer = await saved(page);
    expect(answer.method).toBe("network and search");
    const name = shipped.find((model) => answer.methodReason.includes(model))!;
    const predictor = await createPredictor(await loadModel(`${models}/${name}`), { backend: "wasm" });
    const expected = await invert(
      await readScan(example),
      await reflection(material("YSZ"), { hkl: [4, 0, 0], wavelength: 1.5406 }),
      { predictor },
    );
    expect(answer.rms / expected.rms).toBeCloseTo(1, 5);
    expect(answer.thicknessNm / expected.thickness).toBeCloseTo(1, 3);
    expect([answer.verdict, answer.verdictReason]).toEqual([expected.verdict, expected.verdictReason]);
    const words = await page.locator(".results").innerText();
    const percent = Math.round(100 * expected.confidence);
    expect(words).toMatch(
      new RegExp(`(Determined|Ambiguous) · [\\d.]+ %\\s+${percent} % of simulated scans`),
    );
    expect(words).toContain(`Found by network and search: ${expected.methodReason}; `);
    expect(words).toContain("prior: films of preset universal");
    await askNetwork(page, "none");
    expect(await saved(page)).toMatchObject({ method: "search", methodReason: "no network was asked" });
    await undisturbed(opened);
  },
);

testWithChromium(
  "a crystal with no network of its own is asked of the one for all crystals; a scan that none knows is searched from rough starts, and the page says why",
  async () => {
    const opened = await visit();
    const { page } = opened;
    await drop(page, { name: "silicon.xy", content: await siliconScan() });
    await answered(page);
    expect(await saved(page)).toMatchObject({
      method: "network and search",
      methodReason: expect.stringContaining("network universal"),
    });
    await drop(page, { name: "weak silicon.xy", content: await siliconScan(300) });
    await page.getByText("weak silicon").first().waitFor();
    await answered(page);
    const { method, methodReason } = await saved(page);
    expect(method).toBe("search");
    for (const model of shipped) expect(methodReason).toContain(model);
    expect(methodReason).toContain("the reflection's d is 1.36 Å; the samples have 1.29 Å");
    expect(methodReason).toMatch(
      /universal: the maximum has 10\^2\.\d counts; the samples have 10\^3 to 10\^7/,
    );
    await undisturbed(opened);
  },
);

testWithChromium(
  "profiles that explain a scan as well have shares of the posterior, and the scan is called ambiguous",
  async () => {
    const { page } = await visit();
    await drop(page, { name: "few counts.xy", content: await ambiguousScan() });
    await answered(page);
    await askNetwork(page, "none");
    expect((await page.locator(".verdict").innerText()).replace(/\s+/g, " ")).toMatch(
      /^Ambiguous · [\d.]+ % .*(other|another) profiles? explains? the scan about as well/,
    );
    const cards = await page
      .getByRole("region", { name: /profiles explain this scan/ })
      .getByRole("button")
      .allInnerTexts();
    const weights = cards.map((text) => Number(/([\d.]+) % of the posterior/.exec(text)![1]));
    expect(weights.length).toBeGreaterThan(1);
    expect(Math.abs(weights.reduce((a, b) => a + b) - 100)).toBeLessThanOrEqual(weights.length / 2);
  },
);

testWithChromium(
  "one's own model is checked, used, and still there at the next visit",
  async () => {
    const opened = await visit();
    const { page } = opened;
    await openExample(page);
    const alert = page.getByRole("alert");
    const card = readFileSync(`${models}/zro2-400-cnn3/model.json`),
      weights = readFileSync(`${models}/zro2-400-cnn3/weights.bin`);
    await drop(page, { name: "model.json", content: card });
    await alert.getByText(/open its weights\.bin together/).waitFor();
    const damaged = Uint8Array.from(weights);
    damaged[1000]! ^= 1;
    await drop(page, { name: "model.json", content: card }, { name: "weights.bin", content: damaged });
    await alert.getByText(/weights\.bin is damaged/).waitFor();
    await drop(page, { name: "model.json", content: card }, { name: "weights.bin", content: weights });
    const { samples, start } = JSON.parse(card.toString()).training,
      seen = (samples + (start?.samples ?? 0)) / 1e6;
    const facts = page.getByText(`Trained on ${seen.toFixed(1)} million simulated scans`);
    await facts.waitFor();
    await page.getByRole("button", { name: "Invert again" }).click();
    await page.getByText("from the profile of network cnn3").waitFor();
    // Storage follows the last change a moment later.
    await page.waitForTimeout(600);
    await page.reload();
    await answered(page);
    await facts.waitFor();
    await page.getByRole("button", { name: "Forget this network" }).click();
    await page.getByText("The first that knows scans like this").waitFor();
    await undisturbed(opened);
  },
  2 * PATIENCE,
);

testWithChromium(
  "a network trained in the page is for the scan's crystal, is used when it is stopped, and its files are a model",
  async () => {
    const opened = await visit();
    const { page } = opened;
    await openExample(page);
    await page.getByText("Train one for YSZ 4 0 0").click();
    await page.getByRole("textbox", { name: "Largest strain" }).fill("3");
    await page.keyboard.press("Enter");
    await page.getByRole("button", { name: "Train", exact: true }).click();
    await page.getByText(/simulated scans, [\d.]+ a second/).waitFor();
    await page.getByRole("button", { name: "Stop and use it" }).click();
    await page.getByText(/^Trained on .* simulated scans: strain 0\.1 to 3 %/).waitFor();
    const files = [];
    for (const name of ["model.json", "weights.bin"]) {
      const [file] = await Promise.all([
        page.waitForEvent("download"),
        page.getByRole("button", { name: `Save ${name}` }).click(),
      ]);
      expect(file.suggestedFilename()).toBe(name);
      files.push(readFileSync(await file.path()));
    }
    const { card } = await parseModel(files[0]!.toString(), files[1]!),
      { preset } = card;
    const { d } = await reflection(material("YSZ"), { hkl: [4, 0, 0], wavelength: 1.5406 });
    // It goes on from the network for all crystals: its one reflection is a draw of one.
    expect(preset.protocol === "measured" && preset.reflections!.sine).toEqual([
      1.5406 / (2 * d),
      1.5406 / (2 * d),
    ]);
    expect(card.training.start!.samples).toBeGreaterThan(1e6);
    await page.getByRole("button", { name: "Invert again" }).click();
    await page.getByText(`from the profile of network ${card.name}`).waitFor();
    await undisturbed(opened);
  },
  2 * PATIENCE,
);
