/** Pictures and the table of a series. */
import { expect, test } from "vitest";
import {
  layersFigure,
  profilesFigure,
  seriesCsv,
  seriesFigure,
  seriesPoint,
  waterfallFigure,
} from "../../src/index.ts";
import type { FoundLayer, Inversion } from "../../src/types.ts";
import { syntheticInversion } from "./synthetic.ts";
import { elements } from "./wellFormed.ts";

const estimate = (value: number) => ({ value, lower: value - 0.5, upper: value + 0.25 });

function layer(name: string, thickness: number, strain: number): FoundLayer {
  return {
    name,
    repeats: 1,
    thickness: estimate(thickness),
    strain: estimate(strain),
    strainAgainst: estimate(strain),
    debyeWaller: estimate(1),
    atBound: [],
  };
}

/** An answer of layers, from below. */
function withLayers(...layers: readonly FoundLayer[]): Inversion {
  const inversion = syntheticInversion({ others: 0 });
  return { ...inversion, stack: { ...inversion.stack!, layers } };
}

const smooth = [0, 1, 2].map((k) => syntheticInversion({ strain: 1 + 0.2 * k, others: k % 2 }));
const stacks = [
  withLayers(layer("GaAs", 100, 0.1), layer("Al0.5Ga0.5As", 20, 0.4)),
  withLayers(layer("GaAs", 104, 0.2)),
  withLayers(layer("GaAs", 109, 0.3), layer("InP", 24, 0.5)),
];
const textsOf = (svg: string): string[] =>
  [...svg.matchAll(/<text[^>]*>([^<]*)<\/text>/g)].map(([, text]) => text!);

test("profiles and scans are lines coloured by the variable, in light and dark, beside each other or narrow", () => {
  const profiles = smooth.map(({ profile }, k) => ({ x: 10 ** (13 + k), what: profile })),
    scans = smooth.map(({ scan }, k) => ({ x: 10 ** (13 + k), what: scan }));
  for (const width of [340, 760]) {
    const pictures = [
      { svg: profilesFigure(profiles, "Fluence (cm⁻²)", { width }), lines: 6 },
      { svg: waterfallFigure(scans, "Fluence (cm⁻²)", { width }), lines: 3 },
    ];
    for (const { svg, lines } of pictures) {
      const found = elements(svg);
      expect(found[0]!.attributes["width"]).toBe(String(width));
      const looks = found.flatMap(
        ({ attributes }) => attributes["class"]?.match(/^series (s\d+)$/)?.[1] ?? [],
      );
      expect(looks).toHaveLength(lines);
      expect(new Set(looks).size).toBe(3);
      // One rule of each colour for light paper, one for dark.
      for (const look of looks) expect(svg.split(`.${look}{stroke:rgb(`)).toHaveLength(3);
      expect(textsOf(svg)).toContain("Fluence (cm⁻²)");
    }
  }
});

test("layers stand on their substrate: the strain of a profile of layers goes down to zero below them", () => {
  const [{ profile }] = smooth as [Inversion],
    strainOf = (isOfLayers: boolean): string =>
      elements(profilesFigure([{ x: 1, what: profile, isOfLayers }], "Scan")).find(
        ({ attributes }) => attributes["class"]?.startsWith("series") === true,
      )!.attributes["d"]!;
  expect(strainOf(true)).not.toBe(strainOf(false));
});

test("each layer has its thickness and strain in panels, the uppermost first, of the scans that have it", () => {
  const points = stacks.map((inversion, k) => seriesPoint(inversion, k + 1)),
    svg = layersFigure(points, "Temperature (K)"),
    texts = textsOf(svg);
  elements(svg);
  expect(texts.filter((text) => text.startsWith("Layer"))).toEqual([
    ...["Layer 2", "Layer 2"],
    ...["Layer 1, GaAs", "Layer 1, GaAs"],
  ]);
  expect(svg.match(/class="dots bold" d="[^"]*"/g)!.map((path) => path.match(/M/g)!.length)).toEqual([
    2, 2, 3, 3,
  ]);
  expect(svg.match(/class="bar" d="[^"]*"/g)!.map((path) => path.match(/M/g)!.length)).toEqual([2, 2, 3, 3]);
  expect(texts).toContain("Temperature (K)");
  elements(layersFigure(points.slice(0, 0), "Scan"));
});

test("quantities have open circles where an answer is not determined", () => {
  const points = smooth.map((inversion, k) => seriesPoint(inversion, k));
  for (const width of [340, 1000]) {
    const svg = seriesFigure(points, "Scan", { width });
    elements(svg);
    expect(svg.match(/class="mark"/g)).toHaveLength(
      points.filter(({ isDetermined }) => !isDetermined).length *
        Object.values(points[0]!.quantities).filter(({ value }) => Number.isFinite(value)).length,
    );
  }
});

test("the table has every quantity with its interval and every layer, to all digits", () => {
  const scans = [smooth[0]!, stacks[0]!].map((inversion, k) => ({
    name: `=scan, ${k}`,
    inversion,
    ...(k === 0 ? { x: 2.5e14 } : {}),
  }));
  const [head, ...lines] = seriesCsv(scans, "Fluence (cm⁻²)").trimEnd().split("\r\n"),
    names = head!.split(","),
    rows = lines.map((line) => line.replace(/^"[^"]*",/, "scan,").split(","));
  expect(names.slice(0, 3)).toEqual(["scan", "verdict", "confidence"]);
  expect(lines[0]).toMatch(/^"'=scan, 0",/);
  const at = (row: number, name: string): string => rows[row]![names.indexOf(name)]!;
  expect([at(0, "Fluence (cm⁻²)"), at(1, "Fluence (cm⁻²)")]).toEqual(["250000000000000", ""]);
  const { quantities } = seriesPoint(smooth[0]!, 0);
  expect([at(0, "thickness_nm"), at(0, "thickness_nm_lower"), at(0, "max_strain_percent_upper")]).toEqual(
    [quantities.thicknessNm.value, quantities.thicknessNm.lower, quantities.maxStrainPercent.upper].map(
      String,
    ),
  );
  expect([at(0, "layer2_crystal"), at(1, "layer2_crystal"), at(1, "layer1_thickness_nm_upper")]).toEqual([
    "",
    "Al0.5Ga0.5As",
    "100.25",
  ]);
  expect(names.at(-1)).toBe("solutions");
  expect(seriesCsv(scans)).not.toContain("Fluence");
});
