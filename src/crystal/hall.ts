/** Hall symbols: a space group, its origin and its axes in one short word, such as "-F 4 2 3".
 *  S. R. Hall (1981), Acta Cryst. A37, 517; International Tables B, A1.4.2. */

import {
  changeBasis, determinant, generateGroup, IDENTITY, invert, isUnimodular, normalise, operationKey, parseOperation,
  type Operation, type Vector,
} from "./symmetry.ts";

type Rotation = Operation["rotation"];

const T = 1 / 3;
const LATTICES: Readonly<Record<string, readonly Vector[]>> = {
  P: [],
  A: [[0, 0.5, 0.5]],
  B: [[0.5, 0, 0.5]],
  C: [[0.5, 0.5, 0]],
  I: [[0.5, 0.5, 0.5]],
  R: [[2 * T, T, T]],
  S: [[T, T, 2 * T]],
  T: [[T, 2 * T, T]],
  F: [[0, 0.5, 0.5], [0.5, 0, 0.5]],
};

const TRANSLATIONS: Readonly<Record<string, Vector>> = {
  a: [0.5, 0, 0],
  b: [0, 0.5, 0],
  c: [0, 0, 0.5],
  n: [0.5, 0.5, 0.5],
  u: [0.25, 0, 0],
  v: [0, 0.25, 0],
  w: [0, 0, 0.25],
  d: [0.25, 0.25, 0.25],
};

/** Rotations about c; those about a and b follow by cyclic exchange of the axes. */
const ABOUT_C: Readonly<Record<string, Rotation>> = {
  "1": IDENTITY.rotation,
  "2": [[-1, 0, 0], [0, -1, 0], [0, 0, 1]],
  "3": [[0, -1, 0], [1, -1, 0], [0, 0, 1]],
  "4": [[0, -1, 0], [1, 0, 0], [0, 0, 1]],
  "6": [[1, -1, 0], [1, 0, 0], [0, 0, 1]],
  "2'": [[0, -1, 0], [-1, 0, 0], [0, 0, -1]],
  '2"': [[0, 1, 0], [1, 0, 0], [0, 0, -1]],
};
const ABOUT_DIAGONAL: Rotation = [[0, 0, 1], [1, 0, 0], [0, 1, 0]];

/** Every operation of the space group, centring translations included, translations in [0, 1); undefined if the text is
 *  not a Hall symbol. */
export function hallOperations(symbol: string): readonly Operation[] | undefined {
  if (symbol.length > 80) return undefined;
  const text = symbol.replace(/_/g, " ").replace(/=|''/g, '"').trim();
  const parts = /^(-?)\s*([A-Za-z])\s+([^(]*)(?:\((.*)\))?$/.exec(text);
  if (parts === null) return undefined;
  const [, inversion, lattice, symbols, change] = parts;
  const centring = LATTICES[lattice!.toUpperCase()];
  const rotations = rotationsOf(symbols!.trim().split(/\s+/));
  const basis = change === undefined ? IDENTITY : basisOf(change);
  if (centring === undefined || rotations === undefined || basis === undefined) return undefined;
  const generators = [
    ...centring.map((translation) => ({ rotation: IDENTITY.rotation, translation })),
    ...(inversion === "-" ? [{ rotation: negate(IDENTITY.rotation), translation: [0, 0, 0] as Vector }] : []),
    ...rotations,
  ];
  const group = generateGroup(generators);
  if (group === undefined || change === undefined) return group;
  return inBasis(group, basis);
}

/** The group in the coordinates x′ = Vx; undefined if V's cell is not one of its lattice. */
function inBasis(group: readonly Operation[], basis: Operation): readonly Operation[] | undefined {
  const known = new Set(group.map(operationKey));
  const back = invert(basis).rotation;
  const generators = group.map((operation) => changeBasis(operation, basis));
  for (const i of [0, 1, 2] as const) {
    const edge: Operation = { rotation: IDENTITY.rotation, translation: [back[0][i], back[1][i], back[2][i]] };
    if (!known.has(operationKey(normalise(edge)))) return undefined;
    // where V's cell is the larger, the old edges are translations inside it
    const r = basis.rotation;
    generators.push({ rotation: IDENTITY.rotation, translation: [r[0][i], r[1][i], r[2][i]] });
  }
  return generators.every(isUnimodular) ? generateGroup(generators) : undefined;
}

function rotationsOf(symbols: readonly string[]): Operation[] | undefined {
  const operations: Operation[] = [];
  let axis = "z";
  let previous = 0;
  for (const [index, symbol] of symbols.entries()) {
    const parts = /^(-?)([12346])([xyz'"*]?)([1-5]?)([abcnuvwd]*)([xyz'"*]?)$/.exec(symbol);
    if (parts === null) return undefined;
    const [, improper, order, axisBefore, screw, letters, axisAfter] = parts;
    const n = Number(order);
    const given = axisBefore || axisAfter || defaultAxis(index, n, previous);
    const rotation = rotationAbout(n, given!, axis);
    if (rotation === undefined) return undefined;
    const translation = [0, 0, 0] as [number, number, number];
    for (const letter of letters!) TRANSLATIONS[letter]!.forEach((t, i) => (translation[i]! += t));
    const along = "xyz".indexOf(given!);
    if (screw !== "") {
      if (along < 0 || given === "") return undefined;
      translation[along]! += Number(screw) / n;
    }
    operations.push({ rotation: improper === "-" ? negate(rotation) : rotation, translation });
    if (along >= 0 && given !== "") axis = given!;
    previous = n;
  }
  return operations;
}

/** The rules of A1.4.2.3.1: which axis a symbol without one means, by its place and by the rotation before it. */
function defaultAxis(index: number, order: number, previous: number): string {
  if (order === 1) return "";
  if (index === 0) return "z";
  if (order === 3) return "*";
  if (order === 2 && index === 1) return previous === 3 || previous === 6 ? "'" : "x";
  return "z";
}

function rotationAbout(order: number, axis: string, reference: string): Rotation | undefined {
  if (axis === "") return ABOUT_C["1"];
  if (axis === "*") return order === 3 ? ABOUT_DIAGONAL : undefined;
  if (axis === "'" || axis === '"') return order === 2 ? cycle(ABOUT_C[`2${axis}`]!, reference) : undefined;
  return cycle(ABOUT_C[String(order)]!, axis);
}

/** A rotation about c as the same one about a (c→a, a→b, b→c) or b. */
function cycle(r: Rotation, axis: string): Rotation {
  const shift = axis === "x" ? 2 : axis === "y" ? 1 : 0;
  const entry = (i: number, j: number): number => r[(i + shift) % 3]![(j + shift) % 3]!;
  const row = (i: number): Vector => [entry(i, 0), entry(i, 1), entry(i, 2)];
  return [row(0), row(1), row(2)];
}

function negate(r: Rotation): Rotation {
  const row = ([a, b, c]: Vector): Vector => [0 - a, 0 - b, 0 - c];
  return [row(r[0]), row(r[1]), row(r[2])];
}

/** "(0 0 4)": a shift in twelfths; "(x-y,x,z+1/4)": any change of coordinates. */
function basisOf(change: string): Operation | undefined {
  const shift = change.trim().split(/\s+/).map(Number);
  if (shift.length === 3 && shift.every(Number.isInteger)) {
    return { rotation: IDENTITY.rotation, translation: [shift[0]! / 12, shift[1]! / 12, shift[2]! / 12] };
  }
  const operation = parseOperation(change);
  if (operation === undefined) return undefined;
  return Math.abs(determinant(operation.rotation)) > 1e-6 ? operation : undefined;
}
