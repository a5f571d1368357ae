/** The symmetry operations of a CIF's crystal. */

import { CifError } from "../errors.ts";
import { shorten, type CifBlock, type CifValue } from "./cifTokens.ts";
import { hallOperations } from "./hall.ts";
import type { Metric } from "./lattice.ts";
import { groupsByName, groupsByNumber, readSettingCode, type Setting } from "./spaceGroups.ts";
import {
  fitsMetric,
  generateGroup,
  isUnimodular,
  MAX_OPERATIONS,
  normalise,
  operationKey,
  parseOperation,
  type Operation,
} from "./symmetry.ts";

const LISTS = ["_space_group_symop_operation_xyz", "_symmetry_equiv_pos_as_xyz"];
const HALL = ["_space_group_name_hall", "_symmetry_space_group_name_hall"];
const NAME = [
  "_space_group_name_h-m_alt",
  "_symmetry_space_group_name_h-m",
  "_space_group_name_h-m",
  "_space_group_name_h-m_full",
];
const CODE = ["_space_group_it_coordinate_system_code", "_symmetry_it_coordinate_system_code"];
const NUMBER = ["_space_group_it_number", "_symmetry_int_tables_number"];

/** From the file's list of operations, else its Hall symbol, else its Hermann–Mauguin symbol, else its number; the last two
 *  with the code of their setting (International Tables A: "2", "H", "c1"), where the file has it. A monoclinic group is taken
 *  with the unique axis that the cell's angles allow, b where they allow several.
 *  @throws {CifError} if there is none of these, if they do not fit the cell, if the list is not a group, or if a symbol
 *  leaves the origin open */
export function readSymmetry(block: CifBlock, g: Metric): readonly Operation[] {
  const listed = listedOperations(block);
  if (listed !== undefined) {
    if (!fitsMetric(listed, g))
      throw new CifError("the symmetry operations do not fit the cell's lengths and angles");
    return listed;
  }
  const hall = first(block, HALL);
  const fromHall = hall && hallOperations(hall.text);
  const name = first(block, NAME);
  const number = first(block, NUMBER);
  const source = hall ?? name ?? number;
  if (source === undefined) {
    throw new CifError(
      "no symmetry: neither operations (_space_group_symop_operation_xyz) nor a space group are given",
    );
  }
  const setting = settingOf(first(block, CODE));
  const ways: readonly (readonly (readonly Operation[])[])[] = fromHall
    ? [[fromHall]]
    : [
        ...(name ? groupsByName(name.text, setting) : []),
        ...(number ? groupsByNumber(Number(number.text), setting) : []),
      ];
  if (ways.every((groups) => groups.length === 0))
    throw new CifError(`unknown space group ${shorten(source.text)}`, source.line);
  // The first way in which it fits; others are other axes.
  const fitting = ways
    .map((groups) => groups.filter((group) => fitsMetric(group, g)))
    .find((groups) => groups.length > 0);
  if (fitting === undefined) {
    throw new CifError(
      `space group ${shorten(source.text)} does not fit the cell's lengths and angles`,
      source.line,
    );
  }
  if (fitting.length > 1) {
    throw new CifError(
      `space group ${shorten(source.text)} has two origins: add ":1" or ":2", the Hall symbol or the operations`,
      source.line,
    );
  }
  return fitting[0]!;
}

function settingOf(code: CifValue | undefined): Setting {
  if (code === undefined) return {};
  const setting = readSettingCode(code.text);
  if (setting === undefined)
    throw new CifError(
      `the setting ${shorten(code.text)} (IT_coordinate_system_code) is not known; give the operations`,
      code.line,
    );
  return setting;
}

function first(block: CifBlock, tags: readonly string[]): CifValue | undefined {
  for (const tag of tags) {
    const value = block.items.get(tag);
    if (value !== undefined && value.text.trim() !== "" && value.text !== "?" && value.text !== ".")
      return value;
  }
  return undefined;
}

function listedOperations(block: CifBlock): readonly Operation[] | undefined {
  const values = listedValues(block);
  if (values === undefined) return undefined;
  const distinct = new Map<string, Operation>();
  for (const value of values) {
    const parsed = parseOperation(value.text);
    if (parsed === undefined || !isUnimodular(parsed)) {
      throw new CifError(`not a symmetry operation: ${shorten(value.text)}`, value.line);
    }
    const operation = normalise(parsed);
    distinct.set(operationKey(operation), operation);
    if (distinct.size > MAX_OPERATIONS)
      throw new CifError(`more than ${MAX_OPERATIONS} symmetry operations`, value.line);
  }
  const operations = [...distinct.values()];
  if (generateGroup(operations, operations.length)?.length !== operations.length) {
    throw new CifError(
      "the symmetry operations are not a group: the list is incomplete or one is misprinted",
      values[0]!.line,
    );
  }
  return operations;
}

/** Undefined if the file has no list, or one that only says "?". */
function listedValues(block: CifBlock): readonly CifValue[] | undefined {
  for (const tag of LISTS) {
    const single = first(block, [tag]);
    if (single !== undefined) return [single];
    const loop = block.loops.find((l) => l.tags.includes(tag));
    if (loop === undefined || loop.values.length === 0) continue;
    const width = loop.tags.length;
    if (loop.values.length % width !== 0) {
      throw new CifError(
        "the list of symmetry operations is cut off or a value is missing",
        loop.values.at(-1)!.line,
      );
    }
    const column = loop.tags.indexOf(tag);
    const values = loop.values.filter(
      (value, i) => i % width === column && value.text !== "?" && value.text !== ".",
    );
    if (values.length > 0) return values;
  }
  return undefined;
}
