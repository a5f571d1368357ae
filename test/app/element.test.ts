/** <takagi-view> in pages of other tools: what it answers, what it tells, and that nobody disturbs it or is disturbed. */
import type { Locator, Page } from "playwright-core";
import { expect, onTestFinished } from "vitest";
import type { TakagiView, ViewChange } from "../../app/element/index.ts";
import { material } from "../../src/crystal/materials.ts";
import { reflection } from "../../src/crystal/structureFactor.ts";
import { invert } from "../../src/invert/invert.ts";
import { readScan } from "../../src/io/read.ts";
import { testWithChromium } from "../dataset/tools.ts";
import { answeredView, EXAMPLE, heard, hosts, listen, NO_HOST, numbersOf, serve } from "./host.ts";
import { brush, dragHandle, findings, handles, number, PATIENCE, undisturbed } from "./page.ts";
import { example, layerScan } from "./scans.ts";

const visit = hosts();

testWithChromium(
  "the answer is that of the SDK in Node, in the event, the property and on the screen",
  async () => {
    const opened = await visit({ body: "" });
    const { page } = opened;
    await listen(page);
    await page.evaluate((html) => void (document.querySelector("main")!.innerHTML = html), EXAMPLE);
    await answeredView(page);
    const expected = await invert(
        await readScan(example),
        await reflection(material("YSZ"), { hkl: [4, 0, 0], wavelength: 1.5406 }),
        { effort: "quick" },
      ),
      found = await numbersOf(page);
    expect(found.rms / expected.rms).toBeCloseTo(1, 4);
    expect(found.maxStrain / expected.maxStrain).toBeCloseTo(1, 4);
    expect(found.thickness / expected.thickness).toBeCloseTo(1, 4);
    expect(found.confidence).toBeCloseTo(expected.confidence, 2);
    expect(await number(page, "rms")).toBeCloseTo(expected.rms, 3);
    expect(await number(page, "Maximum strain")).toBeCloseTo(expected.maxStrain, 1);
    const [answer, ...more] = await heard<{ rms: number }>(page, "takagi-answer");
    expect(answer!.detail.rms).toBe(found.rms);
    expect(more).toEqual([]);
    expect((await heard(page, "takagi-progress")).length).toBeGreaterThan(3);
    // The inverter's worker has ended; one is left that draws.
    expect(page.workers().length).toBe(1);
    await undisturbed(opened);
  },
);

testWithChromium(
  "a dragged point takes profile and curve along and tells it, by pointer and by keys, and there is a way back",
  async () => {
    const opened = await visit({ body: EXAMPLE });
    const { page } = opened;
    await listen(page);
    await answeredView(page);
    const was = await handles(page);
    expect(await dragHandle(page, 2, 18)).toBeLessThan(1.5);
    await page.getByText("Changed by hand").waitFor();
    await expect
      .poll(async () => (await heard<ViewChange>(page, "takagi-change")).at(-1)?.detail.isDragging)
      .toBe(false);
    const changes = await heard<ViewChange>(page, "takagi-change"),
      now = await handles(page),
      last = changes.at(-1)!.detail;
    expect(changes.some(({ detail }) => detail.isDragging)).toBe(true);
    expect(now[2]).toBeGreaterThan(was[2]!);
    expect(now[5]).toBe(was[5]);
    const fit = await numbersOf(page);
    expect(last.rms).toBeGreaterThan(2 * fit.rms);
    // The event's curve is the one whose rms the element says.
    expect(await page.locator(".verdict").innerText()).toContain(`rms ${last.rms.toPrecision(3)}`);
    const handle = page.getByRole("slider", { name: /^Strain at/ }).nth(4);
    await handle.focus();
    await page.keyboard.press("Shift+ArrowUp");
    expect((await handles(page))[4]).toBeGreaterThan(now[4]!);
    await page.getByRole("button", { name: "Back to the fit" }).click();
    expect(await handles(page)).toEqual(was);
    await page.getByText("Changed by hand").waitFor({ state: "detached" });
    expect((await heard<ViewChange>(page, "takagi-change")).at(-1)!.detail.rms).toBe(fit.rms);
    await undisturbed(opened);
  },
);

testWithChromium(
  "a fit from what was drawn goes back to the minimum that it was drawn away from",
  async () => {
    const { page } = await visit({ body: EXAMPLE.replace('effort="quick"', "") });
    await answeredView(page);
    const { rms } = await numbersOf(page);
    await dragHandle(page, 2, 30);
    await page.getByRole("button", { name: "Fit from here" }).click();
    await page.getByText("Changed by hand").waitFor({ state: "detached" });
    expect((await numbersOf(page)).rms).toBeCloseTo(rms, 3);
  },
);

testWithChromium("the scan is zoomed by brushing over it, and seen whole again", async () => {
  const { page } = await visit({ body: EXAMPLE });
  await page.locator(".chart.curve canvas").waitFor();
  const all = page.getByRole("button", { name: "all", exact: true });
  await brush(page, 0.3, 0.6);
  await expect.poll(() => all.isEnabled()).toBe(true);
  expect(await page.locator(".brush").isVisible()).toBe(false);
  await all.click();
  expect(await all.isDisabled()).toBe(true);
});

testWithChromium(
  "two elements on one page do not disturb each other, and one shows an answer that it is given",
  async () => {
    const opened = await visit({
      body: `${EXAMPLE.replace(" ", ' id="a" theme="light" ')}<takagi-view id="b" theme="dark"></takagi-view>`,
    });
    const { page } = opened;
    await listen(page);
    await answeredView(page, "a");
    await page.evaluate(() => {
      const [a, b] = document.querySelectorAll<TakagiView>("takagi-view");
      b!.inversion = a!.inversion!;
      // Those that it was found with: no reason to invert.
      b!.options = {};
    });
    const [a, b] = [page.locator("#a"), page.locator("#b")];
    await b.locator(".chart.curve canvas").waitFor();
    const [before, picture] = [await handles(a), await pictureOf(a.locator(".chart.curve canvas"))];
    expect(await handles(b)).toEqual(before);
    await dragHandle(b, 3, 25);
    await b.getByText("Changed by hand").waitFor();
    await brush(b, 0.2, 0.5);
    expect(await handles(a)).toEqual(before);
    expect(await pictureOf(a.locator(".chart.curve canvas"))).toBe(picture);
    expect(await a.getByText("Changed by hand").count()).toBe(0);
    expect(await a.getByRole("button", { name: "all", exact: true }).isDisabled()).toBe(true);
    await expect
      .poll(async () => [...new Set((await heard(page, "takagi-change")).map(({ id }) => id))])
      .toEqual(["b"]);
    // Nothing was inverted for the one that was given its answer.
    expect(new Set((await heard(page, "takagi-progress")).map(({ id }) => id))).toEqual(new Set(["a"]));
    const paper = (of: typeof a): Promise<string> =>
      of.locator(".view").evaluate((view) => getComputedStyle(view).backgroundColor);
    expect([await paper(a), await paper(b)]).toEqual(["rgb(255, 255, 255)", "rgb(21, 23, 26)"]);
    await undisturbed(opened);
  },
);

/** The pixels of a canvas, as text. */
function pictureOf(canvas: Locator): Promise<string> {
  return canvas.evaluate((element) => (element as HTMLCanvasElement).toDataURL());
}

/** Looks of what is inside the element, and of the host's own button. */
function looks(page: Page): Promise<{ inside: string[]; outside: string[] }> {
  return page.evaluate(() => {
    const say = (element: Element): string => {
      const { color, font, padding, textTransform, letterSpacing, border, lineHeight, textAlign } =
        getComputedStyle(element);
      const { width, height } = element.getBoundingClientRect();
      return `${element.className} ${[color, font, padding, textTransform, letterSpacing, border, lineHeight, textAlign].join("; ")} ${width} × ${height}`;
    };
    const shadow = document.querySelector("takagi-view")!.shadowRoot!;
    return {
      inside: [
        ...shadow.querySelectorAll(".lead, .standing, .numbers, dd, button, .legend, p, .chart, .plot"),
      ].map(say),
      outside: [...document.querySelectorAll("h1, button, dl, p")].map(say),
    };
  });
}

testWithChromium("the host's styles do not leak in, and the element's do not leak out", async () => {
  const own = "<h1>Host</h1><button>Own</button><dl><dt>a</dt><dd>b</dd></dl><p class='lead'>Own words</p>",
    hostile = `html { font-size: 40px; } body { margin: 8px; --accent: red; --paper: red; }
      main { font: italic 30px/3 fantasy; color: red; letter-spacing: 3px; text-transform: uppercase; text-align: right; word-spacing: 9px; visibility: visible; }
      * { --ink: red; } button, dd, p, canvas, .chart, .lead { font-size: 31px !important; color: lime !important; padding: 20px !important; border: 9px solid lime !important; }`,
    seen: string[][] = [];
  for (const css of ["body { margin: 8px; }", hostile]) {
    const { page } = await visit({ body: own + EXAMPLE.replace("takagi-view ", "takagi-view manual "), css });
    await page.locator(".chart.curve canvas").waitFor();
    seen.push((await looks(page)).inside);
  }
  expect(seen[1]).toEqual(seen[0]);
  const { page } = await visit({ body: own + EXAMPLE, css: hostile });
  expect(await page.evaluate(() => document.querySelectorAll("style").length)).toBe(0);
  expect(await page.evaluate(() => document.adoptedStyleSheets.length)).toBe(0);
});

testWithChromium(
  "an element that is removed while it inverts aborts, leaves no worker, and begins again where it comes back",
  async () => {
    const opened = await visit({ body: EXAMPLE.replace("takagi-view ", "takagi-view manual ") });
    const { page } = opened;
    await listen(page);
    await page.waitForFunction(() => document.querySelector<TakagiView>("takagi-view")!.scan !== undefined);
    const name = await page.evaluate(async () => {
      const view = document.querySelector<TakagiView>("takagi-view")!;
      const [outcome] = await Promise.allSettled([
        view.invert(),
        new Promise<void>((resolve) =>
          view.addEventListener("takagi-progress", function removed({ detail: { fraction } }) {
            if (fraction === 0) return;
            view.removeEventListener("takagi-progress", removed);
            view.remove();
            resolve();
          }),
        ),
      ]);
      Object.assign(globalThis, { view });
      return outcome.status === "rejected" ? (outcome.reason as Error).name : outcome.status;
    });
    expect(name).toBe("AbortError");
    await expect.poll(() => page.workers().length).toBe(0);
    expect(await heard(page, "takagi-error")).toEqual([]);
    await page.evaluate(() => {
      const { view } = globalThis as unknown as { view: TakagiView };
      view.manual = false;
      document.body.append(view);
    });
    await answeredView(page);
    // Who moves it does not disturb it.
    await page.evaluate(() => document.querySelector("main")!.append(document.querySelector("takagi-view")!));
    await page.locator(".chart.curve canvas").waitFor();
    expect(await handles(page)).not.toEqual([]);
    await page.evaluate(() => document.querySelector("takagi-view")!.remove());
    await expect.poll(() => page.workers().length).toBe(0);
    await undisturbed(opened);
  },
);

interface Told {
  readonly code: string;
  readonly parameter?: string;
  readonly message: string;
}

testWithChromium(
  "what cannot be is told with its code, the attribute, what was expected and what was given, and is seen",
  async () => {
    const { page } = await visit({ body: "" });
    await listen(page);
    const cases: readonly (readonly [attributes: string, code: string, parameter: string, words: RegExp])[] =
      [
        ['hkl="4,0"', "INVALID_PARAMETER", "hkl", /three whole numbers such as 4,0,0; got "4,0"/],
        ['wavelength="green"', "INVALID_PARAMETER", "wavelength", /a number > 0 Å; got "green"/],
        ['wavelength="15"', "INVALID_PARAMETER", "wavelength", /got 15/],
        ['material="Unobtainium"', "INVALID_PARAMETER", "material", /got "Unobtainium"/],
        ['effort="much"', "INVALID_PARAMETER", "effort", /one of quick, normal, thorough.*got "much"/],
        ['theme="pink"', "INVALID_PARAMETER", "theme", /one of light, dark, auto; got "pink"/],
        ['src="/none.xy"', "INVALID_PARAMETER", "src", /the address of a file \(HTTP 404\); got "\/none.xy"/],
        ['hkl="40,0,0"', "UNREACHABLE_REFLECTION", "", /./],
      ];
    for (const [attributes, code, parameter, words] of cases) {
      await page.evaluate(
        ([given, all]) => {
          const html = all!.replace(new RegExp(`${/^\w+/.exec(given!)![0]}="[^"]*"`), "");
          document.querySelector("main")!.innerHTML = html.replace(" ", ` ${given} `);
        },
        [attributes, EXAMPLE],
      );
      await expect
        .poll(async () => (await heard(page, "takagi-error")).length, { message: attributes })
        .toBeGreaterThan(0);
      const told = (await heard<Told>(page, "takagi-error"))[0]!.detail;
      expect([told.code, told.parameter ?? ""], attributes).toEqual([code, parameter]);
      expect(told.message, attributes).toMatch(words);
      await page.getByRole("alert").first().waitFor();
      await page.evaluate(() => {
        document.querySelector("main")!.replaceChildren();
        (globalThis as unknown as { heard: unknown[] }).heard.length = 0;
      });
    }
  },
  2 * PATIENCE,
);

testWithChromium(
  "files and options that cannot be reject `invert` and are told; a better one is taken",
  async () => {
    const { page } = await visit({ body: EXAMPLE.replace('src="/scan.xy"', "manual") });
    await listen(page);
    const tried = (set: string): Promise<Told> =>
      page.evaluate(async (program) => {
        const view = document.querySelector<TakagiView>("takagi-view")!;
        if (program === "scan") view.scan = "Dear all";
        else if (program === "network") view.options = { network: "universal" };
        else if (program === "splines") view.options = { splines: 0 };
        return await new Promise<Told>((resolve) => {
          view.addEventListener(
            "takagi-error",
            ({ detail }) => {
              const { code = "", parameter, message } = detail;
              resolve({ code, message, ...(parameter === undefined ? {} : { parameter }) });
            },
            { once: true },
          );
          if (program !== "scan") view.invert().catch(() => undefined);
        });
      }, set);
    expect((await tried("scan")).code).toBe("SCAN_FORMAT");
    expect(await tried("nothing")).toMatchObject({ code: "INVALID_PARAMETER", parameter: "scan" });
    expect(await tried("network")).toMatchObject({ code: "INVALID_PARAMETER", parameter: "options.network" });
    await page.evaluate(async () => {
      const view = document.querySelector<TakagiView>("takagi-view")!;
      view.scan = await (await fetch("/scan.xy")).text();
    });
    await page.locator(".chart.curve canvas").waitFor();
    expect(await tried("splines")).toMatchObject({ code: "INVALID_PARAMETER", parameter: "splines" });
    const rms = await page.evaluate(async () => {
      const view = document.querySelector<TakagiView>("takagi-view")!;
      view.options = { effort: "quick" };
      return (await view.invert()).rms;
    });
    expect(rms).toBeLessThan(0.2);
    expect(await page.getByRole("alert").count()).toBe(0);
  },
);

testWithChromium("layers are found, listed and dragged", async () => {
  const opened = await visit({ body: "<takagi-view></takagi-view>" });
  const { page } = opened;
  const beam = { hkl: [0, 0, 4], wavelength: 1.5406 } as const,
    given = {
      scan: await layerScan(),
      substrate: await reflection(material("GaAs"), beam),
      film: await reflection(material("Al0.5Ga0.5As"), beam),
    };
  await page.evaluate(({ scan, substrate, film }) => {
    const view = document.querySelector<TakagiView>("takagi-view")!;
    view.reflection = substrate;
    view.options = { layers: 1, film, effort: "quick" };
    view.scan = scan;
  }, given);
  await answeredView(page);
  await page.locator(".layers dt").first().waitFor();
  expect(await page.locator(".layers").innerText()).toMatch(/60\.\d+ ± [\d.]+ nm/);
  const edge = page.getByRole("slider", { name: "Lower edge of a layer" });
  await edge.focus();
  await page.keyboard.press("Shift+ArrowRight");
  await page.getByText("Changed by hand").waitFor();
  await expect.poll(() => page.locator(".layers").innerText()).toMatch(/Layer 1\s+6\d(\.\d+)? nm\s+strain/);
  await page.getByRole("button", { name: "Fit from here" }).click();
  await page.getByText("Changed by hand").waitFor({ state: "detached" });
  await undisturbed(opened);
});

testWithChromium("a page may load the element from another host", async () => {
  const { url, server } = await serve(() => NO_HOST, true);
  onTestFinished(() => void server.close());
  const opened = await visit({
    body: EXAMPLE,
    program: `${url}/dist/view.js`,
    policy: `default-src 'self'; script-src 'self' 'wasm-unsafe-eval' ${url}; worker-src blob: ${url}; connect-src 'self' ${url}`,
  });
  await answeredView(opened.page);
  await undisturbed(opened);
});

testWithChromium("auto is as the page's color-scheme is, now and when it changes", async () => {
  const { page } = await visit({ body: EXAMPLE.replace("takagi-view ", "takagi-view manual ") });
  const canvas = page.locator(".chart.curve canvas"),
    paper = (): Promise<string> =>
      page.locator(".view").evaluate((view) => getComputedStyle(view).backgroundColor),
    turn = (scheme: string): Promise<void> =>
      page.evaluate((to) => void (document.documentElement.style.colorScheme = to), scheme);
  await canvas.waitFor();
  // Where the crystal's peak is, is drawn when it is known.
  await page.waitForTimeout(1000);
  const light = await pictureOf(canvas);
  expect(await paper()).toBe("rgb(255, 255, 255)");
  await turn("dark");
  await expect.poll(paper).toBe("rgb(21, 23, 26)");
  await expect.poll(() => pictureOf(canvas)).not.toBe(light);
  await turn("light");
  await expect.poll(() => pictureOf(canvas)).toBe(light);
});

for (const scheme of ["light", "dark"] as const) {
  testWithChromium(
    `nothing stands in the way of assistive technology, ${scheme}, wide and narrow, and nothing is wider than the screen`,
    async () => {
      for (const width of [1440, 360]) {
        const opened = await visit({
          body: `<h1>Host</h1>${EXAMPLE}<takagi-view></takagi-view>`,
          width,
          scheme,
        });
        const { page } = opened;
        await answeredView(page);
        await page.getByText("How sure is this?").click();
        expect(await findings(opened), `answer ${width}`).toEqual([]);
        await dragHandle(page, 3, 20);
        await page.getByText("Changed by hand").waitFor();
        expect(await findings(opened), `drawn ${width}`).toEqual([]);
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
