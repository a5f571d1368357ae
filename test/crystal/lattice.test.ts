import { describe, expect, test } from "vitest";
import { hallOperations } from "../../src/crystal/hall.ts";
import {
  braggAngle,
  cellVolume,
  dSpacing,
  metric,
  planeAngle,
  product,
  reciprocalMetric,
} from "../../src/crystal/lattice.ts";
import { material, materialNames, materialSource } from "../../src/crystal/materials.ts";
import { groupsByName, groupsByNumber, tabulatedHallSymbols } from "../../src/crystal/spaceGroups.ts";
import { generateGroup, operationKey } from "../../src/crystal/symmetry.ts";
import { InvalidParameterError, UnreachableReflectionError } from "../../src/errors.ts";
import type { Cell } from "../../src/types.ts";
import { composition } from "./shared.ts";

const RAD = Math.PI / 180;
const cell = (a: number, b: number, c: number, alpha = 90, beta = 90, gamma = 90): Cell => ({
  a,
  b,
  c,
  alpha,
  beta,
  gamma,
});

describe("cells", () => {
  const angle = 53.5;
  const rhombohedral =
    3.5 ** 3 * Math.sqrt(1 - 3 * Math.cos(angle * RAD) ** 2 + 2 * Math.cos(angle * RAD) ** 3);
  test.each<[string, Cell, number]>([
    ["cubic", cell(5, 5, 5), 125],
    ["tetragonal", cell(4, 4, 3), 48],
    ["orthorhombic", cell(3, 4, 5), 60],
    ["hexagonal", cell(3, 3, 5, 90, 90, 120), (45 * Math.sqrt(3)) / 2],
    ["rhombohedral", cell(3.5, 3.5, 3.5, angle, angle, angle), rhombohedral],
    ["monoclinic", cell(12.2, 3, 5.8, 90, 103.8), 12.2 * 3 * 5.8 * Math.sin(103.8 * RAD)],
    // albite: a·(b × c) with Cartesian vectors
    ["triclinic", cell(8.14, 12.79, 7.16, 94.3, 116.6, 87.7), 664.5],
  ])("volume of a %s cell", (system, c, volume) => {
    expect(cellVolume(c) / volume).toBeCloseTo(1, system === "triclinic" ? 3 : 12);
    const [g, r] = [metric(c), reciprocalMetric(c)];
    for (let i = 0; i < 3; i++)
      for (let j = 0; j < 3; j++) {
        expect(g[i]!.reduce((sum, v, k) => sum + v * r[k]![j]!, 0)).toBeCloseTo(i === j ? 1 : 0, 12);
      }
  });

  test("d by the formulas of the crystal systems", () => {
    expect(dSpacing(cell(5, 5, 5), [1, 2, 3])).toBeCloseTo(5 / Math.sqrt(14), 12);
    expect(dSpacing(cell(4, 4, 3), [1, 2, 3])).toBeCloseTo(1 / Math.sqrt(5 / 16 + 1), 12);
    expect(dSpacing(cell(3, 4, 5), [1, 2, 3])).toBeCloseTo(1 / Math.sqrt(1 / 9 + 4 / 16 + 9 / 25), 12);
    expect(dSpacing(cell(3, 3, 5, 90, 90, 120), [1, 2, 3])).toBeCloseTo(
      1 / Math.sqrt((4 / 3) * (7 / 9) + 9 / 25),
      12,
    );
    const s = Math.sin(103.8 * RAD) ** 2;
    const monoclinic =
      1 / 12.2 ** 2 / s + 4 / 9 + 9 / 5.8 ** 2 / s - (2 * 3 * Math.cos(103.8 * RAD)) / (12.2 * 5.8 * s);
    expect(dSpacing(cell(12.2, 3, 5.8, 90, 103.8), [1, 2, 3])).toBeCloseTo(1 / Math.sqrt(monoclinic), 12);
  });

  test("Bragg angle, and none beyond 2d", () => {
    expect(braggAngle(1.2858375, 1.5406)).toBeCloseTo(36.805, 2);
    expect(braggAngle(1, 1)).toBeCloseTo(30, 12);
    expect(braggAngle(1, 2)).toBe(90);
    expect(() => braggAngle(1, 2.0001)).toThrow(UnreachableReflectionError);
    expect(() => braggAngle(NaN, 1)).toThrow(InvalidParameterError);
  });

  test("angles between planes", () => {
    const cubic = cell(5, 5, 5);
    expect(planeAngle(cubic, [0, 0, 4], [0, 0, 1])).toBe(0);
    expect(planeAngle(cubic, [0, 0, 4], [0, 0, -1])).toBeCloseTo(180, 12);
    expect(planeAngle(cubic, [1, 1, 1], [0, 0, 1])).toBeCloseTo(54.735610317245346, 10);
    expect(planeAngle(cell(3, 3, 5, 90, 90, 120), [1, 0, 0], [0, 1, 0])).toBeCloseTo(60, 10);
    // small angles do not drown in the cosine's rounding
    const small = planeAngle(cubic, [1, 0, 1000], [0, 0, 1]) * RAD;
    expect(Math.tan(small)).toBeCloseTo(0.001, 14);
  });

  test("impossible cells and indices are refused", () => {
    for (const bad of [
      cell(0, 1, 1),
      cell(NaN, 1, 1),
      cell(1, 1, 1, 0),
      cell(1, 1, 1, 180),
      cell(1, 1, 1, 20, 20, 90),
      cell(1, 1, 1, 120, 120, 120),
    ]) {
      expect(() => cellVolume(bad)).toThrow(InvalidParameterError);
    }
    expect(() => dSpacing(cell(1, 1, 1), [0, 0, 0])).toThrow(InvalidParameterError);
    expect(() => dSpacing(cell(1, 1, 1), [1, 0.5, 0])).toThrow(InvalidParameterError);
  });
});

describe("space groups", () => {
  const ORDER: [upTo: number, order: number][] = [
    [1, 1],
    [2, 2],
    [9, 2],
    [15, 4],
    [24, 4],
    [46, 4],
    [74, 8],
    [80, 4],
    [82, 4],
    [88, 8],
    [98, 8],
    [110, 8],
    [122, 8],
    [142, 16],
    [146, 3],
    [148, 6],
    [155, 6],
    [161, 6],
    [167, 12],
    [173, 6],
    [174, 6],
    [176, 12],
    [182, 12],
    [186, 12],
    [190, 12],
    [194, 24],
    [199, 12],
    [206, 24],
    [214, 24],
    [220, 24],
    [230, 48],
  ];

  test("every tabulated Hall symbol makes a group of its class's order", () => {
    const numbers = new Set<number>();
    for (const { number, hall } of tabulatedHallSymbols()) {
      const group = hallOperations(hall)!;
      const point = new Set(group.map((o) => o.rotation.join(";")));
      expect(point.size, hall).toBe(ORDER.find(([upTo]) => number <= upTo)![1]);
      const centring = { A: 2, B: 2, C: 2, I: 2, F: 4, R: 3 }[hall.replace("-", "")[0]!] ?? 1;
      expect(group.length, hall).toBe(point.size * centring);
      expect(generateGroup(group)).toHaveLength(group.length);
      numbers.add(number);
    }
    expect(numbers.size).toBe(230);
  });

  test.each([
    ["P b n m", "-P 2c 2ab"],
    ["P m c n", "-P 2n 2a"],
    ["P c m n", "-P 2n 2ac"],
    ["P 21/n 21/m 21/a", "-P 2ac 2n"],
    ["A m a 2", "A 2 -2a"],
    ["B b m 2", "B 2 -2b"],
    ["C c m m", "-C 2c 2c"],
    ["P 21 2 2", "P 2a 2a"],
    ["P 21/c", "-P 2ybc"],
    ["P 21/n", "-P 2yn"],
    ["P 1 21/a 1", "-P 2yab"],
    ["P 1 1 21/b", "-P 2bc"],
    ["I 2/c", "-I 2yc"],
    ["C 1 2/c 1", "-C 2yc"],
    ["F m 3 m", "-F 4 2 3"],
    ["F 4/m -3 2/m", "-F 4 2 3"],
    ["P6_3mc", "P 6c -2c"],
    ["P 4/m 2/m 2/m", "-P 4 2"],
    ["R -3 c :H", '-R 3 2"c'],
    ["F d -3 m S", "F 4d 2 3 -1d"],
    ["F d -3 m:2", "-F 4vw 2vw 3"],
    ["P_2_2_2", "P 2 2"],
  ])("%s is %s", (name, hall) => {
    const [found] = groupsByName(name);
    expect(found).toHaveLength(1);
    const keys = (ops: readonly Parameters<typeof operationKey>[0][]): string[] =>
      ops.map(operationKey).sort();
    expect(keys(found![0]!)).toEqual(keys(hallOperations(hall)!));
  });

  test("an open origin is open, an unknown name unknown", () => {
    expect(groupsByName("F d -3 m")).toEqual([expect.toSatisfy((groups: unknown[]) => groups.length === 2)]);
    expect(groupsByNumber(227)[0]).toHaveLength(2);
    expect(groupsByNumber(227, { choice: "2" })[0]).toHaveLength(1);
    expect(groupsByNumber(14)[0]).toHaveLength(1);
    for (const name of ["", "Q", "P 7", "x".repeat(1000)]) expect(groupsByName(name)).toHaveLength(0);
    for (const hall of ["", "P", "Q 2", "P 7", "P 2q", "P 2 2 2 2 2 2 (", "P 4' 2", "P 3 (1 2)"])
      expect(hallOperations(hall), hall).toBeUndefined();
  });

  test.each([
    ["P 2/m", "-P 2y", "-P 2", "-P 2x"],
    ["P 21", "P 2yb", "P 2c", "P 2xa"],
    ["C 2/m", "-C 2y", undefined, undefined],
  ])("a short monoclinic symbol, %s, is read with unique axis b, then c, then a", (name, ...halls) => {
    const keys = (hall: string | undefined) =>
      hall === undefined ? undefined : hallOperations(hall)!.map(operationKey).sort();
    const wanted = halls.filter((hall) => hall !== undefined).map(keys);
    const found = groupsByName(name).map(([group]) => group!.map(operationKey).sort());
    expect(found.slice(0, wanted.length)).toEqual(wanted);
  });

  test("a number with unique axis c is the group that Hall's symbol without an axis names", () => {
    const keys = (group: readonly Parameters<typeof operationKey>[0][]) => group.map(operationKey).sort();
    // Cell choice 1 of unique axis c is P 1 1 21/a (International Tables A, 1.5.4).
    for (const [number, hall] of [
      [10, "-P 2"],
      [4, "P 2c"],
      [14, "-P 2ac"],
      [12, "-A 2"],
    ] as const)
      expect(keys(groupsByNumber(number, { axis: "c" })[0]![0]!)).toEqual(keys(hallOperations(hall)!));
  });

  test("another basis keeps the group and moves it", () => {
    expect(hallOperations("P 2yb (x,y,z)")).toEqual(hallOperations("P 2yb"));
    expect(hallOperations("-P 2 (0 0 6)")!.map(operationKey)).toEqual(
      hallOperations("-P 2")!.map(operationKey),
    );
    expect(hallOperations("-P 2 (0 0 3)")!.some((o) => o.translation[2] === 0.5)).toBe(true);
    const primitive = "(-x+y+z,x-y+z,x+y-z)";
    expect(hallOperations(`F 4 2 3 ${primitive}`)).toHaveLength(24);
    // no lattice vector of a primitive cube is a quarter of its cell
    expect(hallOperations(`P 4 2 3 ${primitive}`)).toBeUndefined();
    // and back: the primitive rhombohedron's cube is centred on its faces
    const cube = hallOperations("P 1 (1/2y+1/2z,1/2x+1/2z,1/2x+1/2y)")!;
    expect(cube.map(operationKey).sort()).toEqual(hallOperations("F 1")!.map(operationKey).sort());
  });
});

describe("materials", () => {
  test("there are enough, each neutral in its own way", () => {
    expect(materialNames.length).toBeGreaterThanOrEqual(24);
    for (const name of materialNames) {
      const crystal = material(name);
      expect(cellVolume(crystal.cell)).toBeGreaterThan(10);
      expect(materialSource(name)).toMatch(/\d{4}/);
      // no two atoms of the full cell nearer than 1.2 Å, but those that share a site
      for (const [i, a] of crystal.atoms.entries())
        for (const b of crystal.atoms.slice(i + 1)) {
          const shift = a.position.map((x, k) => x - b.position[k]! - Math.round(x - b.position[k]!));
          const d = Math.sqrt(product(metric(crystal.cell), shift, shift));
          expect(
            d === 0 ? a.occupancy + b.occupancy <= 1 + 1e-9 : d > 1.2,
            `${name}: ${a.element} ${b.element} ${d}`,
          ).toBe(true);
        }
    }
  });

  test("YSZ follows its yttria", () => {
    const ysz = material("ysz");
    const x = 0.19 / 1.095;
    const counts = composition(ysz.atoms);
    expect(counts.Y).toBeCloseTo(4 * x, 12);
    expect(counts.O).toBeCloseTo(4 * (2 - x / 2), 12);
    // charges balance: Zr4+, Y3+, O2−
    expect(4 * counts.Zr! + 3 * counts.Y! - 2 * counts.O!).toBeCloseTo(0, 12);
    expect(ysz.cell.a).toBeCloseTo(5.1427, 3);
    expect(material("YSZ", { yttria: 0.2 }).cell.a).toBeGreaterThan(ysz.cell.a);
    for (const yttria of [0, 0.5, NaN, -1])
      expect(() => material("YSZ", { yttria })).toThrow(InvalidParameterError);
    expect(() => material("Si", { yttria: 0.1 })).toThrow(InvalidParameterError);
  });

  test("names in any case; unknown ones list the known", () => {
    expect(material("gaas").name).toBe("GaAs");
    expect(() => material("kryptonite")).toThrow(/SrTiO3/);
    expect(() => material(undefined as unknown as string)).toThrow(InvalidParameterError);
  });
});
