import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { curveFigure, profileFigure } from "../../src/report/figures.ts";
import { countFarOut, maskedRanges, weightedResiduals } from "../../src/report/residuals.ts";
import { report } from "../../src/report/report.ts";
import { SAVE_SCRIPT } from "../../src/report/save.ts";
import { CITATION, VERSION } from "../../src/version.ts";
import type { Inversion } from "../../src/types.ts";
import { syntheticInversion } from "./synthetic.ts";
import { elements } from "./wellFormed.ts";

/** Inversions at the edges of what can come out. */
const INVERSIONS: Record<string, () => Inversion> = {
  usual: () => syntheticInversion(),
  "no other solution": () => syntheticInversion({ others: 0 }),
  "six other solutions": () => syntheticInversion({ others: 6 }),
  masked: () => syntheticInversion({ masked: [73.5, 73.7] }),
  "not converged": () => syntheticInversion({ converged: false }),
  "no strain": () => syntheticInversion({ strain: 0 }),
  compressed: () => syntheticInversion({ strain: -0.4 }),
  "rates, not counts": () => syntheticInversion({ countUnit: 0.00646 }),
  "two points": () => syntheticInversion({ points: 2 }),
  "20 000 points": () => syntheticInversion({ points: 20_000 }),
  "all counts zero": () => {
    const inversion = syntheticInversion();
    return { ...inversion, scan: { ...inversion.scan, intensity: inversion.scan.intensity.map(() => 0) } };
  },
  "bands without end": () => {
    const inversion = syntheticInversion();
    const everywhere = (value: number) => inversion.profile.depth.map(() => value);
    return {
      ...inversion,
      strainBand: { lower: everywhere(-Infinity), upper: everywhere(Infinity), level: 0.95 },
    };
  },
  "names with markup": () =>
    syntheticInversion({ name: `<script>alert("1")</script> & 'more' \u0000\ud800` }),
};

const NUMBER_ATTRIBUTES = ["x", "y", "width", "height", "cx", "cy", "r", "d", "viewBox", "transform"];

function requireFiniteNumbers(markup: string, html = false): void {
  for (const { name, attributes } of elements(markup, html)) {
    for (const key of NUMBER_ATTRIBUTES) {
      const value = attributes[key];
      if (value !== undefined)
        expect(value, `${name} ${key}`).not.toMatch(/NaN|Infinity|undefined|\de[+-]?\d/);
    }
  }
}

test.each(Object.keys(INVERSIONS))(
  "a report is well-formed, whole and free of numbers that are none: %s",
  (name) => {
    const html = report(INVERSIONS[name]!(), { title: "a scan", rows: [["Sample", "single crystal"]] });
    requireFiniteNumbers(html, true);
    expect(html).not.toMatch(/\bNaN\b|\bInfinity\b|undefined|null|\[object/);
    expect(html.length).toBeLessThan(1e6);
  },
);

test.each(Object.keys(INVERSIONS))("figures are well-formed SVG files with finite numbers: %s", (name) => {
  const inversion = INVERSIONS[name]!();
  for (const width of [340, 760]) {
    for (const svg of [curveFigure(inversion, { width }), profileFigure(inversion, { width })]) {
      requireFiniteNumbers(svg);
      expect(elements(svg)[0]).toMatchObject({
        name: "svg",
        attributes: { xmlns: "http://www.w3.org/2000/svg", width: String(width) },
      });
      // Drawing programs know no CSS variables.
      expect(svg).not.toContain("var(");
    }
  }
});

test("a report asks for nothing from outside, and runs its own script alone", () => {
  const html = report(syntheticInversion());
  expect(html.replaceAll("http://www.w3.org/2000/svg", "")).not.toMatch(
    /https?:|<link|<iframe|<img|@import|url\(|\bon\w+=|\bfetch\b|XMLHttp|import\(/,
  );
  expect(html.match(/<script/g)).toHaveLength(1);
  expect(html).toContain(`<script>${SAVE_SCRIPT}</script>`);
  const svg = curveFigure(syntheticInversion());
  expect(svg.replace('xmlns="http://www.w3.org/2000/svg"', "")).not.toMatch(/https?:|<script|url\(/);
});

test("pictures of a report are 85 and 170 mm wide on screen and paper, a mm being 96/25.4 px", () => {
  const widths = elements(report(syntheticInversion({ others: 0 })), true)
    .filter(({ name, attributes }) => name === "svg" && attributes.class === "fig")
    .map(({ attributes }) => (Number(attributes.width) / 96) * 25.4);
  expect(widths).toHaveLength(4);
  for (const [i, mm] of [170, 85, 170, 85].entries()) expect(widths[i]).toBeCloseTo(mm, 0);
});

test("a report shows both bands, the fit, every other solution and what was left out", () => {
  const html = report(syntheticInversion({ others: 3, masked: [73.5, 73.7] }));
  const parts = elements(html, true);
  const count = (className: string) =>
    parts.filter(({ attributes }) => attributes.class === className).length;
  // Strain and Debye–Waller, for wide and for narrow screens.
  expect(count("band")).toBe(4);
  expect(parts.filter(({ name, attributes }) => name === "svg" && attributes.class === "fig")).toHaveLength(
    4 + 3,
  );
  // Two panels and a legend in each of the two.
  expect(count("mask")).toBe(6);
  expect(html).toContain("not fitted");
  expect(html).toContain("3 other profiles explain this scan, and have");
  expect(html).toContain(`takagi ${VERSION}`);
  expect(report(syntheticInversion({ others: 0 }))).toContain(
    "No other maximum of the posterior has a share that counts",
  );
});

test("a report says first that a fit did not converge", () => {
  const html = report(syntheticInversion({ converged: false }));
  expect(html.indexOf("did not converge: the budget of 1 s was spent in 9 climbs")).toBeLessThan(
    html.indexOf("<svg"),
  );
});

test("zero counts stand on the lower edge, and are no dots of the logarithmic axis", () => {
  const inversion = syntheticInversion();
  const zeros = inversion.scan.intensity.filter((value) => value === 0).length;
  expect(zeros).toBeGreaterThan(0);
  const rug = elements(curveFigure(inversion)).filter(({ attributes }) => attributes.class === "zeros");
  const strokes = rug.flatMap(({ attributes }) => attributes.d!.match(/M/g) ?? []).length - 3;
  expect(strokes).toBeGreaterThan(0);
  expect(strokes).toBeLessThanOrEqual(zeros);
  expect(curveFigure(inversion)).toContain("zero counts");
});

test("names cannot break out of the text they stand in", () => {
  const html = report(INVERSIONS["names with markup"]!());
  expect(html.replace(`<script>${SAVE_SCRIPT}</script>`, "")).not.toContain("<script");
  expect(html).not.toMatch(/\u0000|\ud800/);
});

test("weighted residuals of Poisson counts have unit variance, whatever the counting unit", () => {
  for (const countUnit of [1, 0.00646]) {
    const residuals = weightedResiduals(syntheticInversion({ countUnit, points: 4001 }));
    const bright = residuals.slice(1000, 2000);
    const variance = bright.reduce((sum, value) => sum + value * value, 0) / bright.length;
    expect(variance).toBeGreaterThan(0.7);
    expect(variance).toBeLessThan(1.3);
  }
});

test("a relative error is an error: residuals of a fit that misses by it have unit variance however bright the scan", () => {
  const relativeError = 0.03,
    calculated = Float64Array.from({ length: 2000 }, (_, i) => 10 ** (2 + (4 * i) / 2000)),
    // A share of 3 % more and less, and what counting adds: ±√M.
    intensity = calculated.map(
      (m, i) => m + (i % 2 === 0 ? 1 : -1) * Math.hypot(Math.sqrt(m), relativeError * m),
    ),
    scan = { twoTheta: calculated, intensity };
  const sizes = weightedResiduals({ scan, calculated, countUnit: 1, relativeError }).map(Math.abs);
  expect(Math.min(...sizes)).toBeGreaterThan(0.95);
  expect(Math.max(...sizes)).toBeLessThan(1.05);
  expect(weightedResiduals({ scan, calculated, countUnit: 1 }).at(-1)).toBeLessThan(-25);
});

test("points beyond four standard deviations are counted and drawn as such, those that were left out not", () => {
  const inversion = syntheticInversion(),
    calculated = inversion.calculated.slice();
  for (const i of [300, 310, 320]) calculated[i]! += 9 * Math.sqrt(calculated[i]!) + 30;
  const used = inversion.used.slice();
  used[320] = 0;
  const missed = { ...inversion, calculated, used };
  expect(countFarOut(inversion).beyond).toBe(0);
  expect(countFarOut(missed)).toEqual({ beyond: 2, of: inversion.used.length - 1 });
  expect(curveFigure(inversion)).not.toContain("beyond ±4σ");
  expect(curveFigure(missed)).toContain("2 of 1200 beyond ±4σ");
  expect(report(missed)).toContain("Points beyond ±4σ");
});

test("residuals far out at the peak do not flatten the others: they stand as triangles at the edge", () => {
  const inversion = syntheticInversion();
  const missed = {
    ...inversion,
    calculated: inversion.calculated.map((value) => (value > 1e5 ? value * 1.2 : value)),
  };
  const triangles = (of: Inversion) =>
    elements(curveFigure(of)).filter(({ attributes }) => attributes.class === "beyond");
  expect(triangles(inversion)).toHaveLength(0);
  expect(triangles(missed)).toHaveLength(1);
});

test("masked ranges reach half way to the points that count", () => {
  const inversion = syntheticInversion({ points: 25, masked: [72, 72.25] });
  const [range, ...more] = maskedRanges(inversion);
  expect(more).toEqual([]);
  expect(range![0]).toBeCloseTo(71.95, 9);
  expect(range![1]).toBeCloseTo(72.25, 9);
  expect(maskedRanges(syntheticInversion({ masked: [0, 180] }))).toEqual([[71.6, 74]]);
});

test("the version is that of the package", () => {
  const manifest = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8")) as {
    version: string;
  };
  expect(VERSION).toBe(manifest.version);
});

test("report, README, docs and CITATION.cff cite alike", () => {
  const read = (name: string): string => readFileSync(new URL(`../../${name}`, import.meta.url), "utf8");
  expect(report(syntheticInversion())).toContain(CITATION);
  for (const name of ["README.md", "docs/citing.md"]) expect(read(name)).toContain(CITATION);
  const cff = read("CITATION.cff");
  expect(cff).toContain(`version: ${VERSION}\n`);
  for (const words of [
    "The takagi authors",
    "depth-resolved strain and disorder from X-ray diffraction",
    "MIT",
  ]) {
    expect(cff).toContain(words);
    expect(CITATION).toContain(words);
  }
});
