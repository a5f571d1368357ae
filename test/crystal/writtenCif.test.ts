/** Files of each built-in crystal, as programs write them: by Hall symbol, operations or number of the group, or with all
 *  atoms. */
import { describe, expect, test } from "vitest";
import { parseCif } from "../../src/crystal/cif.ts";
import { hallOperations } from "../../src/crystal/hall.ts";
import { material, materialNames } from "../../src/crystal/materials.ts";
import { MATERIALS, type Site } from "../../src/crystal/materialData.ts";
import { groupsByNumber, tabulatedHallSymbols } from "../../src/crystal/spaceGroups.ts";
import { generateGroup } from "../../src/crystal/symmetry.ts";
import type { Atom, Cell } from "../../src/types.ts";

const NAMED = materialNames.filter((name) => name in MATERIALS);

function lines(cell: Cell, symmetry: readonly string[], sites: readonly Site[]): string {
  const lengths = (["a", "b", "c"] as const).map((axis) => `_cell_length_${axis} ${cell[axis]}`);
  const angles = (["alpha", "beta", "gamma"] as const).map((angle) => `_cell_angle_${angle} ${cell[angle]}`);
  const loop = ["type_symbol", "fract_x", "fract_y", "fract_z", "occupancy"].map(
    (tag) => `_atom_site_${tag}`,
  );
  const rows = sites.map(([element, x, y, z, occupancy = 1]) => `${element} ${x} ${y} ${z} ${occupancy}`);
  return ["data_written", ...lengths, ...angles, ...symmetry, "loop_", ...loop, ...rows, ""].join("\n");
}

/** Operations of a group as CIF has them: "x+1/2, -y, z". */
function triplets(hall: string): string[] {
  return generateGroup(hallOperations(hall)!)!.map(({ rotation, translation }) =>
    rotation
      .map((row, i) => {
        const shift = Math.round(24 * translation[i]!) % 24;
        const terms = row.map((k, j) => (k === 0 ? "" : `${k > 0 ? "+" : "-"}${"xyz"[j]}`)).join("");
        return shift === 0 ? terms : `${terms}+${shift}/24`;
      })
      .join(","),
  );
}

/** Atoms in an order of their own, coordinates to 1e-5 and modulo 1. */
function sorted(atoms: readonly Atom[]): string[] {
  const at = (x: number): string => ((Math.round(x * 1e5) % 1e5) / 1e5).toFixed(5);
  return atoms.map((a) => `${a.element} ${a.position.map(at).join(" ")} ${a.occupancy}`).sort();
}

describe.each(NAMED)("%s", (name) => {
  const { hall, cell, sites } = MATERIALS[name]!,
    wanted = sorted(material(name).atoms);

  test("by the Hall symbol", () => {
    const crystal = parseCif(lines(cell, [`_space_group_name_Hall '${hall}'`], sites));
    expect(sorted(crystal.atoms)).toEqual(wanted);
    expect(crystal.cell).toEqual(cell);
  });

  test("by a list of operations", () => {
    const list = triplets(hall).map((operation) => `'${operation}'`);
    const crystal = parseCif(lines(cell, ["loop_", "_symmetry_equiv_pos_as_xyz", ...list], sites));
    expect(sorted(crystal.atoms)).toEqual(wanted);
  });

  const number = tabulatedHallSymbols().find((row) => row.hall === hall)?.number ?? 0;
  // Of groups with two origins the number alone does not say which.
  if (groupsByNumber(number)[0]?.length === 1)
    test("by the number of the space group", () => {
      const crystal = parseCif(lines(cell, [`_space_group_IT_number ${number}`], sites));
      expect(sorted(crystal.atoms)).toEqual(wanted);
    });

  test("with all atoms and no symmetry", () => {
    const all = material(name).atoms.map(({ element, position, occupancy }): Site => [
      element,
      position[0],
      position[1],
      position[2],
      occupancy,
    ]);
    const crystal = parseCif(lines(cell, ["_symmetry_space_group_name_H-M 'P 1'"], all));
    expect(sorted(crystal.atoms)).toEqual(wanted);
  });
});
