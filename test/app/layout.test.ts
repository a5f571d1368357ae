/** Where things are on the page: nothing jumps, all that matters is in sight, fingers and Tab reach it in order. */
import type { Page } from "playwright-core";
import { expect } from "vitest";
import { testWithChromium } from "../dataset/tools.ts";
import {
  answered,
  brush,
  dragHandle,
  drop,
  handles,
  openExample,
  save,
  undisturbed,
  visits,
} from "./page.ts";
import { ambiguousScan, example, siliconScan } from "./scans.ts";

const visit = visits();

/** Starts to add up how far things on the page jump, those within half a second of a click included. */
function watchShifts(page: Page): Promise<void> {
  return page.evaluate(() => {
    const store = globalThis as unknown as { shift: number };
    store.shift = 0;
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) store.shift += (entry as unknown as { value: number }).value;
    }).observe({ type: "layout-shift" });
  });
}

const shiftOf = (page: Page): Promise<number> =>
  page.evaluate(() => (globalThis as unknown as { shift: number }).shift);

for (const [width, height] of [
  [1440, 900],
  [390, 844],
] as const) {
  testWithChromium(
    `nothing jumps while a scan is opened, inverted, masked, dragged and inverted again, ${width} px wide`,
    async () => {
      const opened = await visit({ width, height });
      const { page } = opened;
      await watchShifts(page);
      await openExample(page);
      await page.getByRole("button", { name: "mask", exact: true }).click();
      await brush(page, 0.05, 0.2);
      await page.getByText("Settings have changed since").waitFor();
      await dragHandle(page, 3, 20);
      await page.getByText("Changed by hand").waitFor();
      await page.getByRole("button", { name: "Invert again" }).click();
      await answered(page);
      // The layout's observer reports with the next frames.
      await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve))));
      expect(await shiftOf(page)).toBeLessThan(0.02);
      await undisturbed(opened);
    },
  );
}

testWithChromium(
  "scan, residuals, strain and Debye–Waller factor are seen at once on 1440 × 900",
  async () => {
    const { page } = await visit();
    await openExample(page);
    for (const name of ["curve", "residuals", "profile"])
      for (const chart of await page.locator(`.chart.${name}`).all()) {
        const { y, height } = (await chart.boundingBox())!;
        expect(y + height, name).toBeLessThanOrEqual(900);
      }
  },
);

testWithChromium("the range under the brush is seen while it is brushed, in both modes", async () => {
  const { page } = await visit();
  await openExample(page);
  for (const mode of ["zoom", "mask"]) {
    await page.getByRole("button", { name: mode, exact: true }).click();
    const over = (await page.locator(".chart.curve .u-over").boundingBox())!;
    const [from, to] = [over.x + 0.3 * over.width, over.x + 0.45 * over.width];
    await page.mouse.move(from, over.y + 90);
    await page.mouse.down();
    await page.mouse.move(to, over.y + 120, { steps: 5 });
    const shade = page.locator(`.brush.${mode}`);
    const box = (await shade.boundingBox())!;
    expect(box.x).toBeCloseTo(from, 0);
    expect(box.x + box.width).toBeCloseTo(to, 0);
    expect(box.height).toBeCloseTo(over.height, 0);
    await page.mouse.up();
    expect(await shade.isVisible()).toBe(false);
  }
});

testWithChromium(
  "a drawn curve says at once that it is not the fit, in headline, badge and legend, and undo takes that back",
  async () => {
    const { page } = await visit();
    await openExample(page);
    const headline = page.locator(".answer .lead"),
      badge = page.locator(".answer .verdict strong"),
      legend = page.locator(".legend");
    const fit = [await headline.innerText(), await badge.innerText()];
    expect(fit[1]).toMatch(/^(Determined|Ambiguous)/);
    const handle = page.getByRole("slider", { name: /^Strain at/ }).nth(4);
    const box = (await handle.boundingBox())!;
    await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
    await page.mouse.down();
    await page.mouse.move(box.x + box.width / 2, box.y - 20, { steps: 3 });
    // While it is dragged.
    await expect.poll(() => headline.innerText()).toMatch(/^Drawn by hand: the strain is largest/);
    expect(await badge.innerText()).toBe("Drawn, not the fit");
    expect(await legend.innerText()).toContain("drawn by hand");
    await page.mouse.up();
    expect(await badge.innerText()).toBe("Drawn, not the fit");
    await page.getByRole("button", { name: "Undo" }).click();
    expect([await headline.innerText(), await badge.innerText()]).toEqual(fit);
  },
);

testWithChromium("fingers have 44 px for everything that can be touched", async () => {
  const opened = await visit({ width: 390, height: 844, touch: true });
  const { page } = opened;
  const small = (): Promise<string[]> =>
    page.evaluate(() =>
      [...document.querySelectorAll<HTMLElement>("button, select, input, summary, a, [role=slider]")]
        .map((element) => (element.matches("[type=checkbox]") ? element.closest("label")! : element))
        .filter((element) => element.checkVisibility())
        .map((element) => ({ element, box: element.getBoundingClientRect() }))
        .filter(({ box }) => Math.min(box.width, box.height) < 43.5)
        .map(({ element, box }) => `${element.outerHTML.slice(0, 80)} ${box.width} × ${box.height}`),
    );
  expect(await small()).toEqual([]);
  await openExample(page);
  await page.getByText("Beam and resolution").click();
  await page.getByText("Sample", { exact: true }).click();
  await page.getByText(/^Train one for/).click();
  expect(await small()).toEqual([]);
  expect(await page.evaluate(() => document.scrollingElement!.scrollWidth)).toBeLessThanOrEqual(390);
});

testWithChromium("Tab goes through the points of a profile from the surface down", async () => {
  const { page } = await visit();
  await page.getByRole("button", { name: "Simulate without a scan" }).click();
  const points = page.getByRole("slider", { name: /^Strain at/ });
  await points.first().waitFor();
  await points.first().focus();
  const depths: number[] = [];
  for (let i = 0; i < (await points.count()); i++) {
    const words = await page.evaluate(() => document.activeElement!.getAttribute("aria-label"));
    depths.push(Number(/at (\d+) nm/.exec(words!)![1]));
    await page.keyboard.press("Tab");
  }
  expect(depths[0]).toBe(0);
  expect(depths).toEqual([...depths].sort((a, b) => a - b));
  expect((await handles(page)).length).toBe(depths.length);
});

testWithChromium("the verdict is in sight however narrow the table of results", async () => {
  const { page } = await visit({ width: 390, height: 844 });
  await drop(
    page,
    { name: "high fluence.xy", content: example },
    { name: "low fluence.xy", content: await ambiguousScan() },
  );
  const table = page.getByRole("region", { name: "Results of all scans" });
  await expect
    .poll(async () => (await table.innerText()).match(/determined|ambiguous/g)?.length ?? 0, {
      timeout: 60_000,
    })
    .toBe(2);
  expect(await table.evaluate((element) => element.scrollWidth - element.clientWidth)).toBeGreaterThan(50);
  for (const left of [0, 100]) {
    await table.evaluate((element, to) => (element.scrollLeft = to), left);
    const verdict = (await table.locator("tbody td:last-child").first().boundingBox())!;
    expect(verdict.x + verdict.width).toBeLessThanOrEqual(390);
  }
});

/** Silicon with the cell alone to tell it from others. */
const SILICON_CIF = `data_mysilicon
_cell_length_a 5.4310
_cell_length_b 5.4310
_cell_length_c 5.4310
_cell_angle_alpha 90
_cell_angle_beta 90
_cell_angle_gamma 90
_symmetry_space_group_name_H-M 'F d -3 m :1'
_symmetry_Int_Tables_number 227
loop_
_atom_site_label
_atom_site_type_symbol
_atom_site_fract_x
_atom_site_fract_y
_atom_site_fract_z
${[0, 0.25]
  .flatMap((s) =>
    [
      [0, 0, 0],
      [0, 0.5, 0.5],
      [0.5, 0, 0.5],
      [0.5, 0.5, 0],
    ].map((at, i) => `Si${8 * s + i} Si ${at.map((x) => x + s).join(" ")}`),
  )
  .join("\n")}
`;

testWithChromium("a CIF may come before its scan, or with it: the scan is of that crystal", async () => {
  const scan = (await siliconScan()).replace(/^#.*\n/, "");
  const crystal = { name: "mysilicon.cif", content: SILICON_CIF };
  for (const isTogether of [false, true]) {
    const opened = await visit();
    const { page } = opened;
    if (isTogether) {
      await drop(page, { name: "wafer.xy", content: scan }, crystal);
    } else {
      await drop(page, crystal);
      await page.getByText("is ready. Now open its scan").waitFor();
      await drop(page, { name: "wafer.xy", content: scan });
    }
    await answered(page);
    const { reflection } = JSON.parse((await save(page, "All numbers, JSON")).text) as {
      reflection: { name: string; hkl: number[] };
    };
    expect(reflection.name).toMatch(/mysilicon/i);
    expect(reflection.hkl).toEqual([0, 0, 4]);
    await undisturbed(opened);
  }
});

testWithChromium(
  "help, limits and citation open from the foot of the page, which says its version",
  async () => {
    const { page } = await visit();
    const foot = page.getByRole("contentinfo");
    expect(await foot.innerText()).toMatch(/takagi \d+\.\d+\.\d+/);
    for (const [name, words] of [
      ["Help", /Brush over the scan/],
      ["Limits", /Several profiles may explain one scan/],
      ["How to cite", /The takagi authors \(\d+\)/],
    ] as const) {
      await foot.getByRole("button", { name }).click();
      await page.getByText(words).waitFor();
      await page.keyboard.press("Escape");
      await page.getByText(words).waitFor({ state: "hidden" });
    }
  },
);

testWithChromium("intensities can be seen on a linear axis", async () => {
  const { page } = await visit();
  await openExample(page);
  const log = page.getByRole("button", { name: "log", exact: true });
  await page.getByRole("img", { name: /against 2θ, logarithmic/ }).waitFor();
  await log.click();
  await page.getByRole("img", { name: /against 2θ, linear/ }).waitFor();
  expect(await log.getAttribute("aria-pressed")).toBe("false");
});

testWithChromium("paper has the answer and its plots in light colours, and nothing to press", async () => {
  const { page } = await visit({ scheme: "dark" });
  await openExample(page);
  await page.emulateMedia({ media: "print" });
  await page.evaluate(() => dispatchEvent(new Event("beforeprint")));
  expect(await page.getByRole("button").filter({ visible: true }).count()).toBe(0);
  await page.locator(".answer .verdict").waitFor();
  expect(await page.evaluate(() => getComputedStyle(document.body).backgroundColor)).toBe(
    "rgb(255, 255, 255)",
  );
});
