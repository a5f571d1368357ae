/** Alloys by name, strained films by elastic theory, and compositions out of strains. */
import { describe, expect, test } from "vitest";
import { alloyCrystal, alloyName, alloySystems, parseAlloy, stiffnessOf } from "../../src/crystal/alloys.ts";
import { composition, layerStrain } from "../../src/crystal/epitaxy.ts";
import { material, materialSource } from "../../src/crystal/materials.ts";
import { loadScatteringTable } from "../../src/crystal/scatteringFactors.ts";
import { structureFactor } from "../../src/crystal/structureFactor.ts";
import { InvalidParameterError } from "../../src/errors.ts";

const SUBSTRATES = {
  "Si1-xGex": "Si",
  "AlxGa1-xAs": "GaAs",
  "InxGa1-xAs": "InP",
  "GaAs1-xPx": "GaAs",
  "AlxGa1-xN": "GaN",
  "InxGa1-xN": "GaN",
} as const;

describe("names", () => {
  test.each([
    ["Si0.8Ge0.2", "Si1-xGex", 0.2],
    ["Ge0.2Si0.8", "Si1-xGex", 0.2],
    ["In0.2Ga0.8As", "InxGa1-xAs", 0.2],
    ["Al.3Ga.7As", "AlxGa1-xAs", 0.3],
    ["GaAs0.6P0.4", "GaAs1-xPx", 0.4],
    ["Al0.25Ga0.75N", "AlxGa1-xN", 0.25],
    ["In0.1Ga0.9N", "InxGa1-xN", 0.1],
  ])("%s is %s at x = %f", (name, system, x) => {
    const alloy = parseAlloy(name)!;
    expect(alloy.system).toBe(system);
    expect(alloy.x).toBeCloseTo(x, 12);
    expect(parseAlloy(alloyName(alloy))).toEqual(alloy);
    expect(material(name).name).toBe(alloyName(alloy));
    expect(materialSource(name)).toMatch(/; /);
  });

  test("what is no alloy is none", () => {
    for (const name of ["GaAs", "Si", "YSZ", "In0.5Ga0.5Sb", "diamond", "", "0.2", "Si0.8Ge0.2x"])
      expect(parseAlloy(name)).toBeUndefined();
  });

  test("amounts that do not add up are refused, with what was expected", () => {
    for (const name of ["Si0.8Ge0.3", "SiGe", "In0.2Ga0.7As", "In0.2Ga0.8As2"])
      expect(() => material(name)).toThrow(/amounts x and 1-x that add up to 1/);
    expect(() => material("In0.5Ga0.5Sb")).toThrow(InvalidParameterError);
  });
});

describe("crystals", () => {
  test.each(alloySystems)("%s becomes its ends at x = 0 and 1", async (system) => {
    const table = await loadScatteringTable();
    const hkl = system.endsWith("N") ? ([0, 0, 2] as const) : ([0, 0, 4] as const);
    for (const x of [0, 1]) {
      const alloy = alloyCrystal({ system, x });
      const end = [...material(SUBSTRATES[system]).atoms].length;
      expect(alloy.atoms).toHaveLength(end);
      const name = { "Si1-xGex": ["Si", "Ge"], "GaAs1-xPx": ["GaAs", "GaP"] }[system as string] ?? [
        system.endsWith("N") ? "GaN" : "GaAs",
        system.replace("xGa1-x", ""),
      ];
      const pure = material(name[x]!);
      expect(alloy.cell).toEqual(pure.cell);
      expect(structureFactor(alloy, hkl, 1.5406, table)).toEqual(structureFactor(pure, hkl, 1.5406, table));
    }
  });

  test("Si0.8Ge0.2 has the edge that Dismukes, Ekstrom & Paff measured", () => {
    // Their fit in Å: 5.431 + 0.1992 x + 0.02733 x².
    for (const x of [0.1, 0.25, 0.5, 0.75]) {
      const fitted = 5.431 + 0.1992 * x + 0.02733 * x * x;
      expect(alloyCrystal({ system: "Si1-xGex", x }).cell.a).toBeCloseTo(fitted, 3);
    }
  });

  test("In0.532Ga0.468As matches InP", () => {
    const { a } = material("In0.532Ga0.468As").cell;
    expect(Math.abs(a / material("InP").cell.a - 1)).toBeLessThan(2e-4);
  });
});

describe("strain", () => {
  test("AlAs on GaAs: tetragonal, 0.12…0.14 % along the normal", () => {
    const { normal, inPlane } = layerStrain(material("AlAs"), { substrate: material("GaAs") });
    expect(inPlane).toBeCloseTo(100 * (5.65325 / 5.6611 - 1), 10);
    expect(normal).toBeGreaterThan(0.115);
    expect(normal).toBeLessThan(0.14);
  });

  test("a relaxed film has none; between, it goes linearly", () => {
    const film = material("Si0.7Ge0.3"),
      substrate = material("Si");
    const strained = layerStrain(film, { substrate });
    expect(layerStrain(film, { substrate, relaxation: 1 }).normal).toBeCloseTo(0, 12);
    expect(layerStrain(film, { substrate, relaxation: 0.25 }).normal).toBeCloseTo(0.75 * strained.normal, 12);
  });

  test("(111) of silicon-germanium yields less than (001): 2C12/C11", () => {
    const film = material("Si0.7Ge0.3"),
      substrate = material("Si");
    const on = (surface: "001" | "111"): number => {
      const { normal, inPlane } = layerStrain(film, { substrate, surface });
      return -normal / inPlane;
    };
    expect(on("111")).toBeLessThan(on("001"));
    const stiffness = stiffnessOf({ system: "Si1-xGex", x: 0.3 })!;
    expect(on("001")).toBeCloseTo("c11" in stiffness ? (2 * stiffness.c12) / stiffness.c11 : NaN, 12);
  });

  test("films without elastic constants, and substrates of low symmetry, are refused", () => {
    expect(() => layerStrain(material("SrTiO3"), { substrate: material("LSAT") })).toThrow(
      /elastic constants/,
    );
    expect(() => layerStrain(material("AlAs"), { substrate: material("Ga2O3-beta") })).toThrow(/cubic/);
    expect(() => layerStrain(material("GaN"), { substrate: material("GaN"), surface: "001" })).toThrow(
      /0001/,
    );
  });
});

describe("composition", () => {
  test.each(alloySystems)(
    "%s: out of the strain that elastic theory gives, for every relaxation",
    (system) => {
      const substrate = material(SUBSTRATES[system]);
      for (const x of [0.05, 0.3, 0.8])
        for (const relaxation of [0, 0.4, 1]) {
          const film = alloyCrystal({ system, x });
          const { normal, inPlane } = layerStrain(film, { substrate, relaxation });
          const strain = 100 * ((film.cell.c / substrate.cell.c) * (1 + normal / 100) - 1);
          const found = composition({ system, strain, substrate, relaxation });
          expect(found.x).toBeCloseTo(x, 6);
          const along = 100 * ((film.cell.a / substrate.cell.a) * (1 + inPlane / 100) - 1);
          const both = composition({ system, strain, inPlane: along, substrate });
          expect(both.x).toBeCloseTo(x, 6);
          expect(both.relaxation).toBeCloseTo(relaxation, 5);
        }
    },
  );

  test("a strain that no composition has is refused with the limits", () => {
    expect(() => composition({ system: "Si1-xGex", strain: -1, substrate: material("Si") })).toThrow(
      /strain must be what Si1-xGex on Si can have, [-0.\d]+ … [\d.]+ %; got -1/,
    );
  });
});
