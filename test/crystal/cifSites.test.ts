/** What stands on a site: types of several elements, vacancies, settings of the group; and hostile names and numbers of atoms. */
import { describe, expect, test } from "vitest";
import { readFileSync } from "node:fs";
import { parseCif } from "../../src/crystal/cif.ts";
import { loadScatteringTable } from "../../src/crystal/scatteringFactors.ts";
import { structureFactor } from "../../src/crystal/structureFactor.ts";
import { CifError } from "../../src/errors.ts";
import { sharedPath, testWithShared } from "../support/shared.ts";
import { cif, composition, CUBIC, SITES } from "./shared.ts";

const P1 = "_symmetry_space_group_name_H-M 'P 1'";
const TYPED = [
  "loop_",
  "_atom_site_type_symbol",
  "_atom_site_fract_x",
  "_atom_site_fract_y",
  "_atom_site_fract_z",
  "_atom_site_occupancy",
];
const typed = (type: string, ...head: string[]) =>
  composition(parseCif(cif(...head, ...CUBIC, P1, ...TYPED, `'${type}' 0 0 0 1`, "O 0.5 0.5 0.5 1")).atoms);

describe("a site of several elements has each in its share", () => {
  test.each([
    "0.3La + 0.7Sr",
    "La0.3Sr0.7",
    "La0.3 Sr0.7",
    "0.3La/0.7Sr",
    "0.3La3+ + 0.7Sr2+",
    "La3+0.3/Sr2+0.7",
    "(La0.3Sr0.7)",
    ".3La, .7Sr",
    "La:0.3 Sr:0.7",
  ])("%s", (type) => {
    const { La, Sr, O } = typed(type);
    expect(La).toBeCloseTo(0.3, 12);
    expect(Sr).toBeCloseTo(0.7, 12);
    expect(O).toBe(1);
  });
  test.each(["La/Sr", "La,Sr", "Sr2+/La3+", "LaSr", "La + Sr", "0.3La + Sr", "La3+,Sr2+"])(
    "%s does not say the shares, and is refused",
    (type) => expect(() => typed(type)).toThrow(/several elements and does not say their shares/),
  );
  test.each(["0.8La + 0.7Sr", "La/Qq", "La~Sr", "Xx", "Oxygen", "Lanthanum", "M1", "0.3La + 0.7"])(
    "%s is no element",
    (type) => expect(() => typed(type)).toThrow(/unknown element|several elements/),
  );
  test.each([
    ["Zr4+", "Zr"],
    ["O2-", "O"],
    ["Zr+4", "Zr"],
    ["AL", "Al"],
    ["al3+", "Al"],
    ["Siva", "Si"],
    ["Cval", "C"],
    ["D", "H"],
    ["Zr1", "Zr"],
  ])("%s is %s", (type, element) => expect(typed(type)[element]).toBeGreaterThanOrEqual(1));
  test("half of a site may be empty", () => {
    expect(typed("0.9Fe + 0.1Va")).toEqual({ Fe: 0.9, O: 1 });
    expect(typed("0.9Fe")).toEqual({ Fe: 0.9, O: 1 });
  });
});

test("Va is a vacancy, and vanadium only where the formula has it", () => {
  expect(typed("Va")).toEqual({ O: 1 });
  expect(typed("Va", "_chemical_formula_sum 'V O'")).toEqual({ V: 1, O: 1 });
  expect(typed("V")).toEqual({ V: 1, O: 1 });
  expect(() => parseCif(cif(...CUBIC, P1, ...SITES, "Va1 0 0 0"))).toThrow(CifError);
  expect(parseCif(cif(...CUBIC, P1, ...SITES, "VA1 0 0 0")).atoms[0]!.element).toBe("V");
  expect(() => parseCif(cif(...CUBIC, P1, ...SITES, "La/Sr1 0 0 0"))).toThrow(/unknown element|several/);
});

describe("the setting of the group", () => {
  const monoclinic = (beta: number, gamma: number) => [
    "_cell_length_a 5",
    "_cell_length_b 6",
    "_cell_length_c 7",
    `_cell_angle_beta ${beta}`,
    `_cell_angle_gamma ${gamma}`,
  ];
  const places = (...head: string[]) =>
    parseCif(cif(...head, ...SITES, "Si 0.1 0.2 0.3"))
      .atoms.map(({ position }) => position.map((x) => x.toFixed(2)).join(" "))
      .sort();
  test("a monoclinic symbol without ones has the unique axis that the angles allow", () => {
    const name = "_symmetry_space_group_name_H-M 'P 2'";
    expect(places(...monoclinic(100, 90), name)).toEqual(["0.10 0.20 0.30", "0.90 0.20 0.70"]);
    expect(places(...monoclinic(90, 100), name)).toEqual(["0.10 0.20 0.30", "0.90 0.80 0.30"]);
    // b where both would do
    expect(places(...monoclinic(90, 90), name)).toEqual(["0.10 0.20 0.30", "0.90 0.20 0.70"]);
    expect(places(...monoclinic(90, 90), name, "_space_group_IT_coordinate_system_code c1")).toEqual([
      "0.10 0.20 0.30",
      "0.90 0.80 0.30",
    ]);
  });
  test("a code chooses the origin, and one that is not known is refused", () => {
    const silicon = (code: string, x: string) =>
      parseCif(
        cif(
          ...CUBIC,
          "_space_group_IT_number 227",
          `_space_group.IT_coordinate_system_code ${code}`,
          ...SITES,
          `Si ${x} ${x} ${x}`,
        ),
      ).atoms.length;
    expect([silicon("2", "0.125"), silicon("1", "0")]).toEqual([8, 8]);
    expect(() => silicon("-cba", "0")).toThrow(/setting "-cba" .* not known/);
  });
});

test("names are words only: no escapes of terminals, no turned lines", () => {
  const name = "\u001b]0;PWNED\u0007\u001b[2J\u009b32m\u202egnp.exe";
  const crystal = parseCif(cif(`_chemical_name_common '${name}'`, ...CUBIC, P1, ...SITES, "Si 0 0 0"));
  expect(crystal.name).toBe("]0;PWNED [2J 32m gnp.exe");
  try {
    parseCif(cif(...CUBIC, P1, ...SITES, `${name.replaceAll(/\s/g, "")} 0 0 0`));
    expect.unreachable();
  } catch (error) {
    expect((error as Error).message).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u202a-\u202e]/);
  }
});

test("20 000 atoms near one place of a huge cell take no longer than elsewhere", () => {
  const atoms = Array.from(
    { length: 20_000 },
    (_, i) => `Zr ${[7, 11, 13].map((p) => (((i * p) % 997) / 997 / 41).toFixed(6)).join(" ")}`,
  );
  const cell = ["a", "b", "c"].map((axis) => `_cell_length_${axis} 9999`);
  const started = performance.now();
  parseCif(cif(...cell, P1, ...SITES, ...atoms));
  expect(performance.now() - started).toBeLessThan(3000);
});

describe("files that were read wrong", () => {
  const shared = testWithShared("../shared/cases", "cases");
  const factor = async (name: string, hkl: readonly [number, number, number]) => {
    const crystal = parseCif(readFileSync(sharedPath(`cases/${name}`), "utf8"));
    return structureFactor(crystal, hkl, 1.5406, await loadScatteringTable());
  };
  shared("mixed types: F_0 of (La,Sr)(Al,Ta)O3", async () => {
    expect((await factor("c02_mixed_symbol.cif", [0, 0, 2])).zero[0]).toBeCloseTo(99.18, 2);
  });
  shared("unique axis c, and the code of an origin", async () => {
    expect(parseCif(readFileSync(sharedPath("cases/c12_p2m_unique_c.cif"), "utf8")).atoms).toHaveLength(4);
    const silicon = parseCif(readFileSync(sharedPath("cases/c07_si_itcode.cif"), "utf8"));
    expect(silicon.atoms).toHaveLength(8);
    // 222 is forbidden in diamond.
    expect(Math.abs((await factor("c07_si_itcode.cif", [2, 2, 2])).h[0])).toBeLessThan(1e-9);
  });
});
