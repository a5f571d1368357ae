import { describe, expect, test } from "vitest";
import { parseCif } from "../../src/crystal/cif.ts";
import { hallOperations } from "../../src/crystal/hall.ts";
import { cellVolume } from "../../src/crystal/lattice.ts";
import { generateGroup, operationKey, parseOperation } from "../../src/crystal/symmetry.ts";
import { CifError } from "../../src/errors.ts";
import { cif, cifNames, cifText, composition, CUBIC, hasShared, SITES } from "./shared.ts";

const P1 = "_symmetry_space_group_name_H-M 'P 1'";
const HEXAGONAL = [
  "_cell_length_a 3.19",
  "_cell_length_b 3.19",
  "_cell_length_c 5.189",
  "_cell_angle_gamma 120",
];

function item(text: string, tag: string): string | undefined {
  return new RegExp(`^${tag}\\s+(?:'([^']*)'|"([^"]*)"|(\\S+))`, "m")
    .exec(text)
    ?.slice(1)
    .find((v) => v !== undefined);
}

describe.skipIf(!hasShared)("files of the Crystallography Open Database", () => {
  test.each(cifNames)("%s has the atoms of its formula and the volume that it states", (name) => {
    const text = cifText(name);
    const crystal = parseCif(text);
    const counts = composition(crystal.atoms);
    const formula = item(text, "_chemical_formula_sum");
    if (formula !== undefined) {
      const wanted = Object.fromEntries(
        [...formula.matchAll(/([A-Z][a-z]?)([\d.]*)/g)].map(([, e, n]) => [e!, Number(n || 1)]),
      );
      expect(Object.keys(counts).sort()).toEqual(Object.keys(wanted).sort());
      const z = item(text, "_cell_formula_units_Z");
      const ratio =
        z === undefined ? counts[Object.keys(wanted)[0]!]! / wanted[Object.keys(wanted)[0]!]! : Number(z);
      // AlN.cif states the cell's formula and Z of the unit
      const units = name === "AlN" ? 1 : ratio;
      for (const [element, n] of Object.entries(wanted)) expect(counts[element]).toBeCloseTo(n * units, 6);
      expect(units).toBeCloseTo(Math.round(units), 6);
    }
    const volume = item(text, "_cell_volume");
    if (volume !== undefined) {
      const stated = parseFloat(volume);
      const digits = /\.(\d+)/.exec(volume)?.[1]!.length ?? 0;
      expect(Math.abs(cellVolume(crystal.cell) - stated)).toBeLessThan(1.1 * 10 ** -Math.min(digits, 2));
    }
    for (const { position } of crystal.atoms) for (const x of position) expect(x >= 0 && x < 1).toBe(true);
  });

  test("a Hall symbol gives the operations that the file lists", () => {
    let compared = 0;
    for (const name of cifNames) {
      const text = cifText(name);
      const hall = item(text, "_(?:symmetry_)?space_group_name_Hall");
      const listed = /_(?:equiv_pos_as|symop_operation)_xyz\s+([\s\S]*?)\n\s*loop_/.exec(text)?.[1];
      if (hall === undefined || listed === undefined) continue;
      const quoted = /'R 3 -2"c'|'-R 3 2"c'/.exec(text)?.[0].slice(1, -1) ?? hall;
      const fromFile = listed
        .trim()
        .split("\n")
        .map((l) => parseOperation(l.replace(/^\s*\d+\s+/, "").replaceAll("'", ""))!);
      const keys = (ops: Parameters<typeof generateGroup>[0]): string[] =>
        generateGroup(ops)!.map(operationKey).sort();
      expect(keys(hallOperations(quoted)!)).toEqual(keys(fromFile));
      compared++;
    }
    expect(compared).toBeGreaterThan(20);
  });

  test("the same atoms come out without the list of operations", () => {
    for (const name of ["GaAs", "Al2O3", "MgAl2O4", "CaMoO4", "Ga2O3-beta", "MoO3", "TiO2", "Ge"]) {
      const text = cifText(name);
      const without = text.replace(/loop_\s+_symmetry_equiv_pos_as_xyz[\s\S]*?(?=\nloop_)/, "");
      expect(without.length).toBeLessThan(text.length);
      const key = (t: string): string[] =>
        parseCif(t)
          .atoms.map((a) => `${a.element} ${a.position.map((x) => (x % 1).toFixed(5))} ${a.occupancy}`)
          .sort();
      expect(key(without)).toEqual(key(text));
    }
  });

  test("thermal parameters are read as B or as 8π²U", () => {
    expect(parseCif(cifText("LiTaO3")).atoms.find((a) => a.element === "O")!.thermal).toBeCloseTo(
      0.485146,
      6,
    );
    expect(parseCif(cifText("CaMoO4")).atoms.find((a) => a.element === "Ca")!.thermal).toBeCloseTo(
      8 * Math.PI ** 2 * 0.01115,
      6,
    );
  });
});

describe("syntax", () => {
  test("comments, quotations, text fields, uncertainties, line ends and letter case", () => {
    const text = [
      "\uFEFF# a comment before",
      "DATA_x",
      "_chemical_name_common 'it''s' # after",
      "_publ_section_title",
      ";loop_ inside",
      "_cell_length_a 99",
      ";",
      "_CELL_length_A 4.000(12)",
      "_cell_length_b   4.0",
      '_cell_length_c "4."',
      "_cell_angle_alpha 90.0(1)",
      '_symmetry_space_group_name_H-M "P 1"',
      "LOOP_",
      "_atom_site_label",
      "_atom_site_fract_x _atom_site_fract_y _atom_site_fract_z",
      "_publ_note",
      "Zr1 .0 -0.25",
      "1.5(3) 'a b'",
      "O1",
      "1/2 5e-1 +.5",
      ";",
      "x y",
      ";",
    ];
    for (const end of ["\n", "\r\n", "\r"]) {
      const crystal = parseCif(text.join(end));
      expect(crystal.cell).toEqual({ a: 4, b: 4, c: 4, alpha: 90, beta: 90, gamma: 90 });
      expect(crystal.atoms).toEqual([
        { element: "Zr", position: [0, 0.75, 0.5], occupancy: 1 },
        { element: "O", position: [0.5, 0.5, 0.5], occupancy: 1 },
      ]);
      expect(crystal.name).toBe("it''s");
    }
  });

  test("the first block with a cell and atoms is taken", () => {
    const text = `${cif("_cell_length_a 9")}${cif(...CUBIC, P1, ...SITES, "Si 0 0 0")}${cif(...CUBIC, P1, ...SITES, "Ge 0 0 0")}`;
    expect(parseCif(text).atoms[0]!.element).toBe("Si");
  });

  test.each([
    ["Zr4+", "Zr"],
    ["O2-", "O"],
    ["AL1", "Al"],
    ["OA1", "O"],
    ["Wat", "O"],
    ["D1", "H"],
    ["Siva", "Si"],
    ["U", "U"],
    ["OH", "O"],
  ])("label %s is %s", (label, element) => {
    expect(parseCif(cif(...CUBIC, P1, ...SITES, `${label} 0 0 0`)).atoms[0]!.element).toBe(element);
  });

  test("a formula decides between one letter and two", () => {
    expect(
      parseCif(cif("_chemical_formula_sum 'C6 H6'", ...CUBIC, P1, ...SITES, "CA1 0 0 0")).atoms[0]!.element,
    ).toBe("C");
  });
});

describe("sites", () => {
  test.each(["0.33 0.67", "0.333 0.667", "0.3333 0.6667", "0.333333 0.666667", "1/3 2/3", "0.666 0.333"])(
    "a special position written %s is one atom for each of its two images",
    (xy) => {
      const text = cif(
        ...HEXAGONAL,
        "_symmetry_space_group_name_Hall 'P 6c -2c'",
        ...SITES,
        `Ga ${xy} 0`,
        `N ${xy} .377`,
      );
      const { atoms } = parseCif(text);
      expect(composition(atoms)).toEqual({ Ga: 2, N: 2 });
      for (const { position } of atoms)
        expect((position[0] * 3) % 1).toBeLessThan(xy.length < 10 ? 0.011 : 2e-5);
    },
  );

  test("elements sharing a site keep their occupancies", () => {
    const sites = [
      ...SITES,
      "_atom_site_occupancy",
      "Zr 0 0 0 0.8",
      "Y 0 0 0 .2",
      "O .25 .25 .25 0.95",
      "X 0.5 0.5 0.5 0",
    ];
    const { atoms } = parseCif(cif(...CUBIC, "_symmetry_Int_Tables_number 225", ...sites));
    const counts = composition(atoms);
    expect(counts.Zr).toBeCloseTo(3.2, 12);
    expect(counts.Y).toBeCloseTo(0.8, 12);
    expect(counts.O).toBeCloseTo(7.6, 12);
    expect(atoms).toHaveLength(16);
  });

  test("a file that lists equivalent atoms too counts each once", () => {
    const all = ["Cu 0 0 0", "Cu .5 .5 0", "Cu .5 0 .5", "Cu 0 .5 .5"];
    expect(
      parseCif(cif(...CUBIC, "_space_group_name_H-M_alt 'F m -3 m'", ...SITES, ...all)).atoms,
    ).toHaveLength(4);
  });

  test("dummy atoms are left out", () => {
    const sites = [...SITES, "_atom_site_calc_flag", "Si 0 0 0 d", "Q .5 .5 .5 dum"];
    expect(parseCif(cif(...CUBIC, P1, ...sites)).atoms).toHaveLength(1);
  });

  test("an anisotropic tensor gives its equivalent B", () => {
    const tags = ["11", "22", "33", "12", "13", "23"].map((ij) => `_atom_site_aniso_U_${ij}`);
    // an isotropic tensor in a hexagonal cell: U12 = U/2
    const aniso = ["loop_", "_atom_site_aniso_label", ...tags, "Ga 0.01 0.01 0.01 0.005 0 0"];
    const { atoms } = parseCif(cif(...HEXAGONAL, P1, ...SITES, "Ga 0 0 0", ...aniso));
    expect(atoms[0]!.thermal).toBeCloseTo(8 * Math.PI ** 2 * 0.01, 10);
  });
});

describe("what cannot be read says why", () => {
  const atom = [...SITES, "Si 0 0 0"];
  const ops = (...list: string[]): string[] => ["loop_", "_symmetry_equiv_pos_as_xyz", ...list];
  test.each<[string, string, RegExp]>([
    ["empty", "", /empty/],
    ["blank", " \n\n", /empty/],
    ["binary", "data_\0\x01", /binary/],
    ["prose", "Dear Sir,\nplease find", /line 1: not a CIF/],
    ["comments", "# nothing\n", /no data_ block/],
    ["no cell", cif(P1, ...atom), /no unit cell/],
    ["half a cell", cif("_cell_length_a 4", "_cell_length_b 4", P1, ...atom), /_cell_length_c is missing/],
    [
      "unknown length",
      cif(...CUBIC.slice(0, 2), "_cell_length_c ?", P1, ...atom),
      /_cell_length_c is missing/,
    ],
    [
      "a word for a length",
      cif(...CUBIC.slice(0, 2), "_cell_length_c long", P1, ...atom),
      /line 4: _cell_length_c must be a number/,
    ],
    ["zero length", cif(...CUBIC.slice(0, 2), "_cell_length_c 0", P1, ...atom), /_cell_length_c must be > 0/],
    [
      "flat cell",
      cif(...CUBIC, "_cell_angle_alpha 20", "_cell_angle_beta 20", P1, ...atom),
      /cell is impossible/,
    ],
    ["no atoms", cif(...CUBIC, P1), /no atoms/],
    ["no rows", cif(...CUBIC, P1, ...SITES), /cut off/],
    ["cut off", cif(...CUBIC, P1, ...SITES, "Si 0 0 0", "Si .5"), /cut off/],
    [
      "unknown coordinate",
      cif(...CUBIC, P1, ...SITES, "Si 0 ? 0"),
      /line 11: _atom_site_fract_y of atom "Si" is missing/,
    ],
    ["unknown element", cif(...CUBIC, P1, ...SITES, "Qq 0 0 0"), /unknown element: "Qq"/],
    [
      "occupancy",
      cif(...CUBIC, P1, ...SITES, "_atom_site_occupancy", "Si 0 0 0 10.5"),
      /_atom_site_occupancy/,
    ],
    ["no symmetry", cif(...CUBIC, ...atom), /no symmetry/],
    [
      "unknown group",
      cif(...CUBIC, "_symmetry_space_group_name_H-M 'Z 9'", ...atom),
      /unknown space group "Z 9"/,
    ],
    [
      "group against cell",
      cif(...HEXAGONAL, "_symmetry_space_group_name_H-M 'F m -3 m'", ...atom),
      /does not fit the cell/,
    ],
    ["open origin", cif(...CUBIC, "_symmetry_space_group_name_H-M 'F d -3 m'", ...atom), /two origins/],
    [
      "misprinted operation",
      cif(...CUBIC, ...ops("x,y,z", "x,y,q"), ...atom),
      /not a symmetry operation: "x,y,q"/,
    ],
    ["not a group", cif(...CUBIC, ...ops("x,y,z", "y,z,x"), ...atom), /not a group/],
    ["unclosed text", cif(...CUBIC, "_x", ";for ever"), /line 6: text field/],
    ["unclosed quotation", cif(...CUBIC, "_x 'for ever"), /line 5: quotation/],
    ["name without value", cif(...CUBIC, "_x", "_y 1"), /line 5: "_x" has no value/],
    ["stray value", cif(...CUBIC, "stray"), /line 5: value "stray" without a name/],
    ["enormous", "x".repeat(20_000_001), /longer than the limit/],
  ])("%s", (_, text, message) => {
    expect(() => parseCif(text)).toThrow(CifError);
    expect(() => parseCif(text)).toThrow(message);
  });

  test("more atoms than a cell can have", () => {
    const rows = Array.from(
      { length: 100_001 },
      (_, i) => `Si ${(i % 97) / 97} ${(i % 101) / 101} ${(i % 89) / 89}`,
    );
    expect(() => parseCif(cif(...CUBIC, P1, ...SITES, ...rows))).toThrow(/limit of 100000/);
  });

  test("long hostile texts take no time", () => {
    const started = performance.now();
    const n = 2_000_000;
    const hostile = [
      "_".repeat(n),
      "'".repeat(n),
      "1".repeat(n),
      `_cell_length_a ${"1".repeat(n)}x`,
      ";\n".repeat(n / 2),
      "loop_ ".repeat(n / 6),
      "#".repeat(n),
    ];
    for (const body of hostile) {
      expect(() => parseCif(`data_x\n${body}`)).toThrow(CifError);
      expect(() => parseCif(cif(...CUBIC, P1, ...SITES, `Si 0 0 ${body}`))).toThrow(CifError);
    }
    expect(performance.now() - started).toBeLessThan(10_000);
  });
});

test("mutations of a file give a crystal or a CifError, soon", () => {
  const seed = cif(
    "_chemical_formula_sum 'Ga N'",
    ...HEXAGONAL,
    "_symmetry_space_group_name_Hall 'P 6c -2c'",
    "_symmetry_space_group_name_H-M 'P 63 m c'",
    "_publ_x",
    ";",
    "text",
    ";",
    "loop_",
    "_space_group_symop_operation_xyz",
    "x,y,z",
    "'-y, x-y, z'",
    "-x+y,-x,z",
    "-x,-y,z+1/2",
    "y,-x+y,1/2+z",
    "x-y,x,z+0.5",
    ...SITES,
    "_atom_site_occupancy",
    "_atom_site_U_iso_or_equiv",
    "Ga3+ .3333 0.66667 0.0(1) 1. 0.004",
    "N 1/3 .6667 0.377(2) 1 ?",
    "loop_",
    "_atom_site_aniso_label",
    "_atom_site_aniso_U_11",
    "Ga 0.1",
  );
  let state = 12345;
  const draw = (n: number): number => {
    // Park & Miller (1988), Commun. ACM 31, 1192
    state = (state * 48271) % 2147483647;
    return state % n;
  };
  const pieces = [
    "'",
    '"',
    ";",
    "\n;",
    "loop_",
    "data_",
    "_cell_length_a",
    "?",
    ".",
    "(",
    "-",
    "1e9",
    "NaN",
    "\0",
    "é",
    "#",
    ",",
    "x",
    "/0",
    "save_",
    " ",
    "\n",
    "0",
    "9",
  ];
  const started = performance.now();
  let good = 0;
  for (let i = 0; i < 4000; i++) {
    let text = seed;
    for (let edits = 1 + draw(3); edits > 0; edits--) {
      const at = draw(text.length);
      const cut = draw(3) === 0 ? draw(40) : draw(2);
      const piece = draw(4) === 0 ? "" : pieces[draw(pieces.length)]!;
      text = draw(20) === 0 ? text.slice(0, at) : text.slice(0, at) + piece + text.slice(at + cut);
    }
    try {
      const { atoms, cell } = parseCif(text);
      good++;
      expect(atoms.length).toBeGreaterThan(0);
      expect(cellVolume(cell)).toBeGreaterThan(0);
      for (const { position, occupancy, thermal } of atoms) {
        expect(
          position.every((x) => x >= 0 && x < 1) &&
            occupancy > 0 &&
            occupancy <= 1 &&
            (thermal === undefined || thermal >= 0),
        ).toBe(true);
      }
    } catch (error) {
      if (!(error instanceof CifError)) throw new Error(`mutation ${i} of seed 12345`, { cause: error });
    }
  }
  expect(good).toBeGreaterThan(200);
  expect(performance.now() - started).toBeLessThan(30_000);
});
