/** CIF → Crystal: the cell, the symmetry and every atom of the full cell. Syntax: cifTokens.ts. Names: core dictionary,
 *  International Tables G, 3.2, with their old forms. */

import { CifError, TakagiError } from "../errors.ts";
import { nameFrom } from "../words.ts";
import type { Atom, Cell, Crystal } from "../types.ts";
import { shorten, readCifBlocks, type CifBlock, type CifLoop, type CifValue } from "./cifTokens.ts";
import { elementOfLabel, elementsIn, elementsOfType, type Share } from "./elements.ts";
import { metric, reciprocalMetric, type Metric } from "./lattice.ts";
import { Places } from "./places.ts";
import { readSymmetry } from "./cifSymmetry.ts";
import { orbit, type Operation, type Vector } from "./symmetry.ts";

/** Longest text taken, characters. */
export const MAX_CIF_LENGTH = 20_000_000;
/** Most atoms a cell may have. */
export const MAX_ATOMS = 100_000;
/** Sites × operations; beyond it the file is not one crystal. */
const MAX_IMAGES = 4_000_000;

/** Reads a crystal from a Crystallographic Information File (CIF 1.1).
 *
 *  Operations come from the file's list, else from its Hall symbol, else from its space group's name or number. Atoms on
 *  special positions are counted once; elements sharing a site each keep their occupancy. A type of several elements gives each
 *  its share ("0.3La + 0.7Sr"), and is refused where it does not say them ("La/Sr"); "Va" is a vacancy. Of several data blocks the first
 *  with a cell and atoms is taken. Dummy atoms (calc_flag dum) and sites of occupancy 0 are left out. A negative thermal
 *  parameter is taken as unknown.
 *  @param text the whole file, at most 20 million characters
 *  @throws {CifError} which names what is missing or wrong, with its line where there is one */
export function parseCif(text: string): Crystal {
  if (typeof text !== "string") throw new CifError("CIF must be a string");
  if (text.length > MAX_CIF_LENGTH) {
    throw new CifError(`file of ${text.length} characters is longer than the limit of ${MAX_CIF_LENGTH}`);
  }
  if (text.trim() === "") throw new CifError("file is empty");
  if (text.includes("\0")) throw new CifError("binary file, not a CIF");
  const blocks = readCifBlocks(text);
  const block = blocks.find((b) => hasCell(b) && siteLoop(b) !== undefined);
  if (block === undefined) {
    if (!blocks.some(hasCell)) throw new CifError("no unit cell: _cell_length_a, _b, _c are missing");
    throw new CifError("no atoms: _atom_site_fract_x, _y, _z are missing");
  }
  return readCrystal(block);
}

function readCrystal(block: CifBlock): Crystal {
  const [cell, g] = readCell(block);
  const operations = readSymmetry(block, g);
  return {
    name: nameOf(block),
    cell,
    atoms: expand(readSites(block, cell), operations, { g, reciprocal: reciprocalMetric(cell) }),
  };
}

function hasCell(block: CifBlock): boolean {
  return block.items.has("_cell_length_a");
}

function siteLoop(block: CifBlock): CifLoop | undefined {
  return block.loops.find((loop) => loop.tags.includes("_atom_site_fract_x"));
}

function nameOf(block: CifBlock): string {
  for (const tag of [
    "_chemical_name_common",
    "_chemical_name_mineral",
    "_chemical_formula_sum",
    "_chemical_formula_structural",
  ]) {
    const name = nameFrom(known(block.items.get(tag))?.text ?? "", 80);
    if (name !== "") return name;
  }
  return nameFrom(block.name, 80);
}

/** Undefined for a value that is absent, "?" (unknown) or "." (does not apply). */
function known(value: CifValue | undefined): CifValue | undefined {
  return value === undefined || (!value.quoted && (value.text === "?" || value.text === "."))
    ? undefined
    : value;
}

/** "5.431(2)", "-.25", "1e-3", "1/3" → a number. */
function numberOf(value: CifValue, tag: string): number {
  const text = value.text.trim();
  const match =
    text.length > 60
      ? null
      : /^([+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?)(?:\(\d+\)|\/(\d+))?$/.exec(text);
  const number = match === null ? NaN : Number(match[1]) / Number(match[2] ?? 1);
  if (!Number.isFinite(number))
    throw new CifError(`${tag} must be a number; got ${shorten(text)}`, value.line);
  return number;
}

function readCell(block: CifBlock): [Cell, Metric] {
  const read = (name: string, fallback?: number): number => {
    const tag = `_cell_${name}`;
    const value = known(block.items.get(tag));
    if (value === undefined) {
      if (fallback !== undefined) return fallback;
      throw new CifError(`${tag} is missing`);
    }
    const number = numberOf(value, tag);
    if (!(number > 0 && number < 1e4))
      throw new CifError(`${tag} must be > 0; got ${shorten(value.text)}`, value.line);
    return number;
  };
  const cell: Cell = {
    a: read("length_a"),
    b: read("length_b"),
    c: read("length_c"),
    // 90° is the dictionary's default
    alpha: read("angle_alpha", 90),
    beta: read("angle_beta", 90),
    gamma: read("angle_gamma", 90),
  };
  try {
    return [cell, metric(cell)];
  } catch (error) {
    if (error instanceof TakagiError) throw new CifError(`the cell is impossible: ${error.message}`);
    throw error;
  }
}

interface Site {
  readonly element: string;
  readonly position: Vector;
  readonly occupancy: number;
  readonly thermal?: number;
  readonly line: number;
}

/** Access to a loop by row and tag. */
function rowsOf(loop: CifLoop): ((tag: string) => CifValue | undefined)[] {
  const width = loop.tags.length;
  const column = new Map(loop.tags.map((tag, i) => [tag, i]));
  if (loop.values.length === 0 || loop.values.length % width !== 0) {
    const line = loop.values.at(-1)?.line ?? loop.line;
    throw new CifError(
      `loop of ${width} columns has ${loop.values.length} values: the file is cut off or a value is missing`,
      line,
    );
  }
  return Array.from({ length: loop.values.length / width }, (_, row) => (tag) => {
    const at = column.get(tag);
    return at === undefined ? undefined : known(loop.values[row * width + at]);
  });
}

function readSites(block: CifBlock, cell: Cell): Site[] {
  const loop = siteLoop(block)!;
  const formula = elementsIn(known(block.items.get("_chemical_formula_sum"))?.text ?? "");
  const anisotropic = readAnisotropic(block, cell);
  const rows = rowsOf(loop);
  if (rows.length > MAX_ATOMS)
    throw new CifError(`${rows.length} atom sites are more than the limit of ${MAX_ATOMS}`, loop.line);
  const sites: Site[] = [];
  for (const get of rows) {
    const label = get("_atom_site_label") ?? get("_atom_site_type_symbol");
    const line = (label ?? get("_atom_site_fract_x"))?.line ?? loop.line;
    if (get("_atom_site_calc_flag")?.text === "dum") continue;
    const occupancy = readOccupancy(get("_atom_site_occupancy"));
    if (occupancy === 0) continue;
    const position = ["x", "y", "z"].map((axis) => {
      const tag = `_atom_site_fract_${axis}`;
      const value = get(tag);
      if (value === undefined)
        throw new CifError(`${tag} of atom ${shorten(label?.text ?? "?")} is missing`, line);
      return snap(numberOf(value, tag), value.text);
    });
    const type = get("_atom_site_type_symbol");
    const thermal = readThermal(get) ?? anisotropic.get(label?.text ?? "");
    for (const { element, share } of elementsOf({ type, label, formula, line })) {
      sites.push({
        element,
        position: position as unknown as Vector,
        occupancy: share * occupancy,
        line,
        ...(thermal === undefined || thermal < 0 ? {} : { thermal }),
      });
    }
  }
  if (sites.length === 0) throw new CifError("no atoms: every site is a dummy or unoccupied", loop.line);
  return sites;
}

/** The elements of a site: by its type symbol, or by its label where it has none.
 *  @throws {CifError} where they are not known, or not in which shares */
function elementsOf({
  type,
  label,
  formula,
  line,
}: {
  type: CifValue | undefined;
  label: CifValue | undefined;
  formula: ReadonlySet<string>;
  line: number;
}): readonly Share[] {
  const text = (type ?? label)?.text;
  if (text === undefined) throw new CifError("an atom has neither label nor type symbol", line);
  if (type === undefined) {
    const element = elementOfLabel(text, formula);
    if (element !== undefined) return [{ element, share: 1 }];
  }
  // A label that names several elements with their shares is as good as a type.
  const shares = type === undefined && !/[/,;&|.]/.test(text) ? undefined : elementsOfType(text, formula);
  if (shares === "unshared")
    throw new CifError(
      `the site ${shorten(text)} is of several elements and does not say their shares: list each as a site of its own with its occupancy`,
      line,
    );
  if (shares === undefined) throw new CifError(`unknown element: ${shorten(text)}`, line);
  return shares;
}

/** Twelfths written with three digits or more (0.333, 0.6667, 0.66666) mean the exact fraction. */
function snap(value: number, text: string): number {
  const digits = /\.(\d{3,})/.exec(text)?.[1]!.length ?? 0;
  const twelfths = Math.round(value * 12) / 12;
  return digits > 0 && Math.abs(value - twelfths) < 1.001 * 10 ** -digits && (twelfths * 4) % 1 !== 0
    ? twelfths
    : value;
}

function readOccupancy(value: CifValue | undefined): number {
  if (value === undefined) return 1;
  const occupancy = numberOf(value, "_atom_site_occupancy");
  // refined values pass 1 by a little
  if (!(occupancy >= 0 && occupancy <= 1.05)) {
    throw new CifError(`_atom_site_occupancy must be within [0, 1]; got ${shorten(value.text)}`, value.line);
  }
  return Math.min(1, occupancy);
}

/** B = 8π²U, Å². */
const B_OF_U = 8 * Math.PI ** 2;

function readThermal(get: (tag: string) => CifValue | undefined): number | undefined {
  const b = get("_atom_site_b_iso_or_equiv");
  if (b !== undefined) return numberOf(b, "_atom_site_B_iso_or_equiv");
  const u = get("_atom_site_u_iso_or_equiv");
  return u === undefined ? undefined : B_OF_U * numberOf(u, "_atom_site_U_iso_or_equiv");
}

/** B of each label from the tensor: U_eq = ⅓ Σ U_ij a*_i a*_j (a_i·a_j). Fischer & Tillmanns (1988), Acta Cryst. C44, 775. */
function readAnisotropic(block: CifBlock, cell: Cell): ReadonlyMap<string, number> {
  const found = new Map<string, number>();
  for (const [letter, factor] of [
    ["u", B_OF_U],
    ["b", 1],
  ] as const) {
    const loop = block.loops.find((l) => l.tags.includes(`_atom_site_aniso_${letter}_11`));
    if (loop === undefined) continue;
    const [g, reciprocal] = [metric(cell), reciprocalMetric(cell)];
    for (const get of rowsOf(loop)) {
      let sum = 0;
      for (const [i, j] of [
        [0, 0],
        [1, 1],
        [2, 2],
        [0, 1],
        [0, 2],
        [1, 2],
      ] as const) {
        const tag = `_atom_site_aniso_${letter}_${i + 1}${j + 1}`;
        const value = get(tag);
        const tensor = value === undefined ? NaN : numberOf(value, tag);
        sum += (i === j ? 1 : 2) * tensor * Math.sqrt(reciprocal[i]![i]! * reciprocal[j]![j]!) * g[i]![j]!;
      }
      const label = get("_atom_site_aniso_label")?.text;
      if (label !== undefined && sum >= 0) found.set(label, (factor * sum) / 3);
    }
  }
  return found;
}

/** Applies the symmetry. A site that another of the same element already fills (a file that lists the whole cell as well as
 *  its symmetry) is not counted again. */
function expand(
  sites: readonly Site[],
  operations: readonly Operation[],
  { g, reciprocal }: { g: Metric; reciprocal: Metric },
): Atom[] {
  if (sites.length * operations.length > MAX_IMAGES) {
    throw new CifError(
      `${sites.length} sites under ${operations.length} operations are more than can be one cell`,
    );
  }
  const atoms: Atom[] = [];
  const filled = new Places<{ readonly position: Vector; occupancy: number }>(g, reciprocal);
  for (const { element, position, occupancy, thermal, line } of sites) {
    const images = orbit(position, operations, g);
    const there = filled.near(element, images[0]!);
    if (there !== undefined && there.occupancy + occupancy > 1.01) continue;
    if (atoms.length + images.length > MAX_ATOMS)
      throw new CifError(`more than ${MAX_ATOMS} atoms in the cell`, line);
    for (const image of images) {
      atoms.push({ element, position: image, occupancy, ...(thermal === undefined ? {} : { thermal }) });
      const same = filled.near(element, image);
      if (same === undefined) filled.add(element, { position: image, occupancy });
      else same.occupancy += occupancy;
    }
  }
  return atoms;
}
