/** From a row of the table of materials to every atom of the cell. */
import type { Atom, Crystal } from "../types.ts";
import { hallOperations } from "./hall.ts";
import { metric } from "./lattice.ts";
import type { MaterialRow } from "./materialData.ts";
import { orbit } from "./symmetry.ts";

export function build(name: string, { hall, cell, sites }: MaterialRow): Crystal {
  const operations = hallOperations(hall)!;
  const g = metric(cell);
  const atoms = sites.flatMap(([element, x, y, z, occupancy = 1]) =>
    orbit([x, y, z], operations, g).map((position): Atom => ({ element, position, occupancy })),
  );
  return { name, cell: { ...cell }, atoms };
}
