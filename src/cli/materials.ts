/** `takagi materials`: the built-in crystals. */

import { material, materialNames, materialSource } from "../crystal/materials.ts";
import { EXIT, type Terminal } from "./terminal.ts";

export function runMaterials(flags: { readonly json?: boolean }, terminal: Terminal): number {
  const rows = materialNames.map((name) => ({
    name,
    cell: material(name).cell,
    source: materialSource(name),
  }));
  if (flags.json === true) {
    terminal.out(`${JSON.stringify({ materials: rows })}\n`);
    return EXIT.ok;
  }
  const width = Math.max(...materialNames.map((name) => name.length));
  for (const { name, cell, source } of rows) {
    const lengths = [...new Set([cell.a, cell.b, cell.c])].map((length) => length.toFixed(4)).join(", ");
    terminal.out(`${name.padEnd(width)}  ${`${lengths} Å`.padEnd(26)}  ${source}\n`);
  }
  return EXIT.ok;
}
