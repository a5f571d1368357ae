import { beforeAll, describe, expect, test } from "vitest";
import { parseCif } from "../../src/crystal/cif.ts";
import { atomicNumber } from "../../src/crystal/elements.ts";
import { material, materialNames } from "../../src/crystal/materials.ts";
import {
  loadScatteringTable,
  type ScatteringTable,
  WAVELENGTH_RANGE,
} from "../../src/crystal/scatteringFactors.ts";
import { reflection, structureFactor } from "../../src/crystal/structureFactor.ts";
import { InvalidParameterError, UnreachableReflectionError } from "../../src/errors.ts";
import type { Complex, Crystal, Hkl } from "../../src/types.ts";
import { KEV_ANGSTROM } from "../../src/units.ts";
import { readReference } from "../support/reference.ts";
import { cifNames, cifText, hasShared, type ReferenceRow, referenceRows, spots } from "./shared.ts";

let table: ScatteringTable;
beforeAll(async () => {
  table = await loadScatteringTable();
});

const modulus = ([re, im]: Complex): number => Math.hypot(re, im);
const distance = (a: Complex, b: Complex): number => Math.hypot(a[0] - b[0], a[1] - b[1]);

describe("scattering factors", () => {
  test("agree with xraydb away from edges", () => {
    let worst = 0;
    for (const [element, energy, s, f0, real, imaginary, edge] of spots().spots) {
      expect(table.f0(element, s)).toBeCloseTo(f0, 3);
      if (edge < 0.01 * energy) continue;
      const got = table.dispersion(element, (1000 * KEV_ANGSTROM) / energy);
      worst = Math.max(worst, Math.abs(got[0] - real), Math.abs(got[1] - imaginary));
      expect(Math.abs(got[1] - imaginary)).toBeLessThan(Math.max(0.01 * imaginary, 1e-6));
    }
    expect(worst).toBeLessThan(0.02);
  });

  test("an edge is a step in f″ and a dip in f′", () => {
    const at = (energy: number): Complex => table.dispersion("Zr", KEV_ANGSTROM / energy);
    expect(at(18.05)[1] / at(17.95)[1]).toBeGreaterThan(5);
    expect(at(18)[0]).toBeLessThan(at(17)[0] - 2);
    expect(at(18)[0]).toBeLessThan(at(19)[0] - 2);
  });

  test("f0(0) is Z, and f0 falls", () => {
    for (const element of ["H", "C", "Si", "Zr", "U"]) {
      const z = atomicNumber(element)!;
      expect(Math.abs(table.f0(element, 0) - z)).toBeLessThan(0.01 + 0.001 * z);
      for (let s = 0.1; s < 2; s += 0.1)
        expect(table.f0(element, s)).toBeLessThan(table.f0(element, s - 0.1));
    }
  });

  test("only what is tabulated is asked for", () => {
    for (const wavelength of [0.4, 3.2, NaN, -1, 0, Infinity]) {
      expect(() => table.dispersion("Si", wavelength)).toThrow(InvalidParameterError);
    }
    for (const wavelength of WAVELENGTH_RANGE)
      expect(table.dispersion("Si", wavelength)[1]).toBeGreaterThan(0);
    expect(() => table.f0("Pu", 0.1)).toThrow(/element/);
    expect(() => table.f0("Si", NaN)).toThrow(InvalidParameterError);
  });

  test("is loaded once", () => {
    expect(loadScatteringTable()).toBe(loadScatteringTable());
  });
});

/** xrayutilities takes the charges of these files literally (and N3−, C4− as neutral, so that its cells are charged). */
const CHARGED: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  "SiC-3C": { Si: "Si4+" },
  AlN: { Al: "Al3+" },
  MgO: { Mg: "Mg2+", O: "O2-" },
  SrTiO3: { Sr: "Sr2+", Ti: "Ti4+", O: "O2-" },
};

/** F_H F_-H: the same whatever the origin. */
const product = ([a, b]: Complex, [c, d]: Complex): Complex => [a * c - b * d, a * d + b * c];

describe("built-in materials against xrayutilities: other atoms, other tables (tools/oracles/structure_factors.py)", () => {
  const { rows } = readReference<{ rows: ReferenceRow[] }>("structure-factors.json");

  test("all of them are there", () => {
    expect([...new Set(rows.map((row) => row.material))].sort()).toEqual([...materialNames].sort());
  });

  test.each(materialNames)("%s", async (name) => {
    const crystal = material(name);
    const atoms = crystal.atoms.reduce((sum, { occupancy }) => sum + occupancy, 0);
    const heavy = crystal.atoms.some(({ element }) => atomicNumber(element)! >= 58);
    for (const { hkl, wavelength, d, cellVolume, f0, fh, fhbar } of rows.filter((r) => r.material === name)) {
      const where = `${hkl} at ${wavelength} Å`;
      const got = await reflection(crystal, { hkl, wavelength });
      expect(Math.abs(got.d / d - 1), where).toBeLessThan(1e-8);
      expect(Math.abs(got.cellVolume / cellVolume - 1), where).toBeLessThan(1e-7);
      // Tables of f′ and f″ differ by up to 0.15 electron an atom away from edges, by more for heavy atoms.
      const limit = (of: number): number => Math.max((heavy ? 0.03 : 0.01) * of, 0.15 * atoms);
      const { zero, h, hBar } = got.structureFactor;
      expect(distance(zero, f0), `F_0, ${where}`).toBeLessThan(limit(modulus(f0)));
      const wanted = product(fh, fhbar),
        size = Math.sqrt(modulus(wanted));
      expect(distance(product(h, hBar), wanted), `F_H F_-H, ${where}`).toBeLessThan(2 * size * limit(size));
    }
  });
});

describe.skipIf(!hasShared)("files of the Crystallography Open Database against xrayutilities", () => {
  const rows = referenceRows();
  const materials = [...new Set(rows.map((row) => row.material))];

  test.each(materials)("%s", (name) => {
    const crystal = parseCif(cifText(name));
    const ions = spots().ions;
    const charges = CHARGED[name] ?? {};
    const charged: ScatteringTable = {
      dispersion: table.dispersion,
      f0(element, s) {
        const c = ions[charges[element] ?? ""];
        if (c === undefined) return table.f0(element, s);
        let sum = c[0]!;
        for (let i = 1; i < c.length; i += 2) sum += c[i]! * Math.exp(-c[i + 1]! * s * s);
        return sum;
      },
    };
    const heavy = crystal.atoms.some((a) => ["U", "Ta", "Ce", "In"].includes(a.element));
    const count = crystal.atoms.reduce((sum, a) => sum + a.occupancy, 0);
    for (const row of rows.filter((r) => r.material === name)) {
      // the reference applies the thermal parameters of the file
      const got = structureFactor(crystal, row.hkl, row.wavelength, charged, { thermal: true });
      // F_0 counts Z whatever the charge
      const electrons = crystal.atoms.reduce(
        (sum, a) => sum + a.occupancy * (charged.f0(a.element, 0) - atomicNumber(a.element)!),
        0,
      );
      const zero: Complex = [row.f0[0] - (name in CHARGED ? electrons : 0), row.f0[1]];
      for (const [mine, theirs] of [
        [got.zero, zero],
        [got.h, row.fh],
        [got.hBar, row.fhbar],
      ] as const) {
        const limit = Math.max((heavy ? 0.03 : 0.01) * modulus(theirs), 0.15 * count);
        expect(distance(mine, theirs), `${row.hkl} at ${row.wavelength} Å`).toBeLessThan(limit);
      }
    }
  });
});

describe("structure factors", () => {
  const atomAt = (x: number): Crystal => ({
    name: "one atom",
    cell: { a: 4, b: 4, c: 4, alpha: 90, beta: 90, gamma: 90 },
    atoms: [{ element: "Ge", position: [x, 0, 0], occupancy: 0.5, thermal: 0.8 }],
  });

  test("an atom off the origin turns the phase by −2π h·r", () => {
    const there = structureFactor(atomAt(0.1), [1, 0, 0], 1.5, table);
    const here = structureFactor(atomAt(0), [1, 0, 0], 1.5, table);
    expect(modulus(there.h)).toBeCloseTo(modulus(here.h), 12);
    const turn = Math.atan2(there.h[1], there.h[0]) - Math.atan2(here.h[1], here.h[0]);
    expect(turn).toBeCloseTo(-2 * Math.PI * 0.1, 12);
    expect(there.zero).toEqual(here.zero);
  });

  test("thermal motion damps by exp(−B s²), and F_0 not at all", () => {
    const cold = structureFactor(atomAt(0), [2, 0, 0], 1.5, table);
    const warm = structureFactor(atomAt(0), [2, 0, 0], 1.5, table, { thermal: true });
    expect(modulus(warm.h) / modulus(cold.h)).toBeCloseTo(Math.exp(-0.8 / 16), 12);
    expect(warm.zero).toEqual(cold.zero);
  });

  test("F_0 far from edges is the number of electrons", () => {
    for (const name of ["Si", "MgO", "diamond", "Al2O3", "NaCl"]) {
      const crystal = material(name);
      const electrons = crystal.atoms.reduce((sum, a) => sum + a.occupancy * atomicNumber(a.element)!, 0);
      expect(Math.abs(structureFactor(crystal, [2, 0, 2], 0.42, table).zero[0] / electrons - 1)).toBeLessThan(
        0.005,
      );
    }
  });

  test("F_H = F_-H in a centrosymmetric crystal, and |F_H| ≠ |F_-H| with absorption without a centre", () => {
    for (const [name, hkl] of [
      ["MgO", [2, 2, 0]],
      ["TiO2", [1, 1, 0]],
      ["Al2O3", [1, 0, 4]],
      ["Ga2O3-beta", [4, 0, 1]],
    ] as const) {
      const { h, hBar } = structureFactor(material(name), hkl, 1.54, table);
      expect(distance(h, hBar)).toBeLessThan(1e-9);
    }
    const { h, hBar } = structureFactor(material("GaN"), [0, 0, 2], 1.54, table);
    expect(Math.abs(modulus(h) - modulus(hBar))).toBeGreaterThan(0.01);
    // Friedel's law for the dispersionless part: (h + conj hBar)/2 keeps f″ out
    expect(h[0] + hBar[0]).toBeGreaterThan(0);
  });

  test.each<[string, Hkl[], Hkl[]]>([
    [
      "Si",
      [
        [2, 0, 0],
        [2, 2, 2],
        [1, 0, 0],
      ],
      [
        [1, 1, 1],
        [2, 2, 0],
        [4, 0, 0],
      ],
    ],
    [
      "Cu",
      [
        [1, 0, 0],
        [2, 1, 0],
      ],
      [
        [1, 1, 1],
        [2, 0, 0],
      ],
    ],
    [
      "W",
      [
        [1, 0, 0],
        [1, 1, 1],
        [2, 1, 0],
      ],
      [
        [1, 1, 0],
        [2, 0, 0],
      ],
    ],
    [
      "GaN",
      [
        [0, 0, 1],
        [1, 1, 1],
      ],
      [
        [0, 0, 2],
        [1, 0, 1],
      ],
    ],
    [
      "Al2O3",
      [
        [0, 0, 3],
        [1, 0, 1],
      ],
      [
        [0, 0, 6],
        [1, 0, 4],
      ],
    ],
    [
      "MgAl2O4",
      [
        [2, 0, 0],
        [1, 0, 0],
      ],
      [
        [4, 0, 0],
        [3, 1, 1],
      ],
    ],
    [
      "SiC-6H",
      [
        [0, 0, 1],
        [0, 0, 3],
      ],
      [
        [0, 0, 6],
        [0, 0, 12],
      ],
    ],
    [
      "TiO2",
      [
        [1, 0, 0],
        [0, 0, 1],
      ],
      [
        [2, 0, 0],
        [1, 0, 1],
      ],
    ],
  ])("extinctions of %s", async (name, extinct, present) => {
    const crystal = material(name);
    for (const hkl of extinct) {
      expect(modulus(structureFactor(crystal, hkl, 0.7, table).h)).toBeLessThan(1e-9);
      await expect(reflection(crystal, { hkl, wavelength: 0.7 })).rejects.toThrow(/forbidden/);
    }
    for (const hkl of present)
      expect((await reflection(crystal, { hkl, wavelength: 0.7 })).structureFactor.h).toBeDefined();
  });
});

describe("reflections", () => {
  test("cubic ZrO2 400 with Cu Kα1 is the paper's crystal", async () => {
    const r = await reflection(material("zro2"), { hkl: [4, 0, 0], wavelength: 1.5406 });
    expect(r.d).toBeCloseTo(1.2858375, 9);
    expect(r.cellVolume).toBeCloseTo(136.06243, 4);
    expect(distance(r.structureFactor.zero, [223.59852, 9.38724])).toBeLessThan(0.7);
    expect(distance(r.structureFactor.h, [120.31277, 9.38724])).toBeLessThan(0.7);
    expect(r).not.toHaveProperty("asymmetry");
    expect(r.name).toBe("ZrO2 4 0 0");
  });

  test("the asymmetry is the angle to the surface", async () => {
    const of = (surface: Hkl): ReturnType<typeof reflection> =>
      reflection(material("GaAs"), { hkl: [2, 2, 4], wavelength: 1.54, surface });
    expect((await of([0, 0, 1])).asymmetry).toBeCloseTo((Math.acos(4 / Math.sqrt(24)) * 180) / Math.PI, 10);
    expect(await of([1, 1, 2])).not.toHaveProperty("asymmetry");
    await expect(of([0, 0, -1])).rejects.toThrow(UnreachableReflectionError);
    await expect(of([1, -1, 0])).rejects.toThrow(UnreachableReflectionError);
  });

  test("what cannot be is refused", async () => {
    const of = (hkl: unknown, wavelength = 1.54): ReturnType<typeof reflection> =>
      reflection(material("Si"), { hkl: hkl as Hkl, wavelength });
    for (const hkl of [[0, 0, 0], [1, 1], [1, 1, 0.5], [NaN, 1, 1], "111", undefined]) {
      await expect(of(hkl)).rejects.toThrow(InvalidParameterError);
    }
    await expect(of([4, 0, 0], 0.3)).rejects.toThrow(InvalidParameterError);
    await expect(of([4, 0, 0], 2.8)).rejects.toThrow(/longer than 2d/);
    await expect(
      reflection({ ...material("Si"), atoms: [] }, { hkl: [4, 0, 0], wavelength: 1 }),
    ).rejects.toThrow(InvalidParameterError);
  });
});

describe.skipIf(!hasShared)("built-in materials against CIFs", () => {
  const both = cifNames.filter((name) => materialNames.includes(name));
  test("there are many", () => expect(both.length).toBeGreaterThan(20));
  test.each(both)("%s", async (name) => {
    const rows = referenceRows().filter((row) => row.material === name);
    const hkls = rows.length > 0 ? rows.map((row) => row.hkl) : ([[4, 0, 0]] as Hkl[]);
    const [mine, theirs] = [material(name), parseCif(cifText(name))];
    for (const hkl of hkls) {
      const [a, b] = await Promise.all([mine, theirs].map((c) => reflection(c, { hkl, wavelength: 0.7093 })));
      // SiC-3C.cif is of 1926, AlN.cif computed
      expect(Math.abs(a!.d / b!.d - 1)).toBeLessThan(0.008);
      // another origin turns the phase of F_H, but not the product
      const product = (r: typeof a): number =>
        Math.sqrt(modulus(r!.structureFactor.h) * modulus(r!.structureFactor.hBar));
      expect(Math.abs(product(a) / product(b) - 1)).toBeLessThan(0.02);
      expect(distance(a!.structureFactor.zero, b!.structureFactor.zero)).toBeLessThan(1e-6);
    }
  });
});
