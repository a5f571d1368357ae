/** Alloys of semiconductors: a random mixture of two built-in crystals of one structure. */
import { InvalidParameterError, requireOneOf, requireWithin } from "../errors.ts";
import type { Atom, Cell, Crystal } from "../types.ts";
import { build } from "./build.ts";
import { MATERIALS } from "./materialData.ts";

/** Elastic constants, GPa: cubic ones C11, C12, C44; hexagonal ones C13, C33. */
export type Stiffness =
  | { readonly c11: number; readonly c12: number; readonly c44: number }
  | { readonly c13: number; readonly c33: number };

/** A stiffness, and where it comes from. */
export interface ElasticRow {
  readonly stiffness: Stiffness;
  readonly source: string;
}

const III_V = "Vurgaftman, Meyer & Ram-Mohan (2001), J. Appl. Phys. 89, 5815";
const MCSKIMIN = "McSkimin & Andreatch (1964), J. Appl. Phys. 35, 2161 and 3312";
const cubic = (c11: number, c12: number, c44: number): Stiffness => ({ c11, c12, c44 });
const hexagonal = (c13: number, c33: number): Stiffness => ({ c13, c33 });

/** At room temperature. */
const ELASTIC: Readonly<Record<string, ElasticRow>> = {
  Si: { stiffness: cubic(165.77, 63.93, 79.62), source: MCSKIMIN },
  Ge: { stiffness: cubic(128.53, 48.26, 66.8), source: MCSKIMIN },
  GaAs: { stiffness: cubic(122.1, 56.6, 60), source: III_V },
  AlAs: { stiffness: cubic(125, 53.4, 54.2), source: III_V },
  InAs: { stiffness: cubic(83.29, 45.26, 39.59), source: III_V },
  GaP: { stiffness: cubic(140.5, 62.03, 70.33), source: III_V },
  InP: { stiffness: cubic(101.1, 56.1, 45.6), source: III_V },
  GaN: { stiffness: hexagonal(106, 398), source: III_V },
  AlN: { stiffness: hexagonal(108, 373), source: III_V },
  InN: { stiffness: hexagonal(92, 224), source: III_V },
};

/** x of the first crystal, 1 − x of the second: Ge and Si, AlAs and GaAs, … */
export type AlloySystem = "Si1-xGex" | "AlxGa1-xAs" | "InxGa1-xAs" | "GaAs1-xPx" | "AlxGa1-xN" | "InxGa1-xN";

/** One system: x of the first crystal, 1 − x of the second. */
interface SystemRow {
  readonly ends: readonly [string, string];
  /** Å: edges are x·a1 + (1 − x)·a2 − bowing·x(1 − x). */
  readonly bowing: number;
  readonly source: string;
}

const VEGARD = "Vegard's law";
const SYSTEMS: Readonly<Record<AlloySystem, SystemRow>> = {
  "Si1-xGex": {
    ends: ["Ge", "Si"],
    bowing: 0.02733,
    source: "Dismukes, Ekstrom & Paff (1964), J. Phys. Chem. 68, 3021",
  },
  "AlxGa1-xAs": { ends: ["AlAs", "GaAs"], bowing: 0, source: VEGARD },
  "InxGa1-xAs": { ends: ["InAs", "GaAs"], bowing: 0, source: VEGARD },
  "GaAs1-xPx": { ends: ["GaP", "GaAs"], bowing: 0, source: VEGARD },
  "AlxGa1-xN": { ends: ["AlN", "GaN"], bowing: 0, source: VEGARD },
  "InxGa1-xN": { ends: ["InN", "GaN"], bowing: 0, source: VEGARD },
};

/** Systems that `material` and `composition` know. */
export const alloySystems = Object.keys(SYSTEMS) as readonly AlloySystem[];

/** An alloy of one composition. */
export interface Alloy {
  /** Its pair of end members. */
  readonly system: AlloySystem;
  /** 0…1, as in the system's name. */
  readonly x: number;
}

/** Elements with their amounts: "In0.2Ga0.8As" → In 0.2, Ga 0.8, As 1. Undefined where it is no formula. */
function parseFormula(text: string): Map<string, number> | undefined {
  const amounts = new Map<string, number>();
  const trimmed = text.trim();
  if (!/^(?:[A-Z][a-z]?(?:\d*\.?\d+)?)+$/.test(trimmed)) return undefined;
  for (const [, element, amount] of trimmed.matchAll(/([A-Z][a-z]?)(\d*\.?\d+)?/g)) {
    if (amounts.has(element!)) return undefined;
    amounts.set(element!, amount === undefined ? 1 : Number(amount));
  }
  return amounts;
}

/** The alloy of a formula such as "Si0.8Ge0.2", "In0.2Ga0.8As" or "GaAs0.6P0.4", elements in any order; undefined where the
 *  formula is none of the known systems.
 *  @throws {InvalidParameterError} where the elements are those of a system, but their amounts do not add up */
export function parseAlloy(text: string): Alloy | undefined {
  const amounts = parseFormula(text);
  if (amounts === undefined) return undefined;
  for (const system of alloySystems) {
    const [first, second] = SYSTEMS[system].ends.map((end) => [
      ...parseFormula(MATERIALS[end]!.formula)!.keys(),
    ]);
    const all = new Set([...first!, ...second!]);
    if (all.size !== amounts.size || [...all].some((element) => !amounts.has(element))) continue;
    const only = first!.find((element) => !second!.includes(element))!,
      other = second!.find((element) => !first!.includes(element))!;
    const shared = first!.filter((element) => second!.includes(element));
    const x = amounts.get(only)!;
    if (!(
      Math.abs(x + amounts.get(other)! - 1) < 1e-6 && shared.every((element) => amounts.get(element) === 1)
    ))
      throw new InvalidParameterError("material", `${system} with amounts x and 1-x that add up to 1`, text);
    return { system, x };
  }
  return undefined;
}

/** Its name with numbers, such as "Si0.8Ge0.2". */
export function alloyName({ system, x }: Alloy): string {
  const number = (value: number): string => String(Number(value.toFixed(4)));
  return system.replace("1-x", number(1 - x)).replace("x", number(x));
}

/** Where the cell of an alloy comes from. */
export function alloySource(system: AlloySystem): string {
  const { ends, source } = SYSTEMS[system];
  return `${ends[0]} and ${ends[1]}; ${source}`;
}

/** The relaxed crystal: the edges of its cell by Vegard's law less the bowing, its atoms at mean places.
 *  @throws {InvalidParameterError} unless x is within [0, 1] */
export function alloyCrystal({ system, x }: Alloy): Crystal {
  requireOneOf("system", system, alloySystems);
  requireWithin("x", x, 0, 1);
  const { ends } = SYSTEMS[system];
  const [first, second] = ends.map((end) => build(end, MATERIALS[end]!)) as [Crystal, Crystal];
  const atoms: Atom[] = first.atoms.flatMap((atom, i) => {
    const partner = second.atoms[i]!;
    const position = atom.position.map((value, axis) => mix(value, partner.position[axis]!, x));
    const at = position as unknown as Atom["position"];
    if (atom.element === partner.element) return [{ element: atom.element, position: at, occupancy: 1 }];
    return [
      { element: atom.element, position: at, occupancy: x },
      { element: partner.element, position: at, occupancy: 1 - x },
    ].filter(({ occupancy }) => occupancy > 0);
  });
  return { name: alloyName({ system, x }), cell: alloyCell({ system, x }), atoms };
}

/** Edges of the relaxed cell. */
export function alloyCell({ system, x }: Alloy): Cell {
  const { ends, bowing } = SYSTEMS[system];
  const [first, second] = ends.map((end) => MATERIALS[end]!.cell) as [Cell, Cell];
  const edge = (name: "a" | "b" | "c"): number => mix(first[name], second[name], x) - bowing * x * (1 - x);
  return { ...second, a: edge("a"), b: edge("b"), c: edge("c") };
}

/** Elastic constants, GPa: of a built-in crystal, or between those of its ends. Undefined where none are known. */
export function stiffnessOf(of: Alloy | string): Stiffness | undefined {
  if (typeof of === "string") return ELASTIC[of]?.stiffness;
  const [first, second] = SYSTEMS[of.system].ends.map((end) =>
    Object.values(ELASTIC[end]!.stiffness as unknown as Record<string, number>),
  );
  const names = Object.keys(ELASTIC[SYSTEMS[of.system].ends[0]]!.stiffness);
  return Object.fromEntries(
    names.map((name, i) => [name, mix(first![i]!, second![i]!, of.x)]),
  ) as unknown as Stiffness;
}

function mix(first: number, second: number, x: number): number {
  return x * first + (1 - x) * second;
}
