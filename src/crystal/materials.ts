/** Built-in crystals by name. */

import { InvalidParameterError, requireWithin } from "../errors.ts";
import type { Crystal } from "../types.ts";
import { alloyCrystal, alloySource, alloySystems, parseAlloy } from "./alloys.ts";
import { build } from "./build.ts";
import { MATERIALS, type MaterialRow, type Site } from "./materialData.ts";

/** Names that `material` knows; it takes them in any case. */
export const materialNames: readonly string[] = /* @__PURE__ */ [...Object.keys(MATERIALS), "YSZ"].sort(
  (a, b) => (a.toLowerCase() < b.toLowerCase() ? -1 : 1),
);

/** Yttria of the substrates that are sold as YSZ, mole fraction of Y2O3. */
const USUAL_YTTRIA = 0.095;

/** What may be set of a built-in crystal. */
export interface MaterialOptions {
  /** YSZ only: mole fraction of Y2O3 in ZrO2–Y2O3, 0.03…0.4 (0.095 if absent). */
  readonly yttria?: number;
}

/** A built-in crystal at room temperature, or an alloy of them such as "Si0.8Ge0.2". See docs/crystals.md for the lists.
 *
 *  YSZ is Zr(1−x)Y(x)O(2−x/2) in the fluorite structure, with x = 2m/(1 + m) for a mole fraction m of Y2O3, its cell by
 *  Ingel & Lewis (1986), J. Am. Ceram. Soc. 69, 325: a = 5.1159 Å + 0.1547 Å x.
 *  @throws {InvalidParameterError} if the name is unknown, or `yttria` is out of range or given to another material */
export function material(name: string, options: MaterialOptions = {}): Crystal {
  const wanted = typeof name === "string" ? name.trim().toLowerCase() : "";
  const found = materialNames.find((known) => known.toLowerCase() === wanted);
  if (found === undefined) {
    const alloy = typeof name === "string" ? parseAlloy(name) : undefined;
    if (alloy !== undefined && options.yttria === undefined) return alloyCrystal(alloy);
    const alloys = `or an alloy ${alloySystems.join(", ")} with a number for x and 1-x, such as Si0.8Ge0.2`;
    throw new InvalidParameterError("material", `one of ${materialNames.join(", ")}; ${alloys}`, name);
  }
  if (found === "YSZ") return build("YSZ", stabilisedZirconia(options.yttria ?? USUAL_YTTRIA));
  if (options.yttria !== undefined)
    throw new InvalidParameterError("yttria", `absent for ${found}`, options.yttria);
  return build(found, MATERIALS[found]!);
}

/** Where the cell and the coordinates of a built-in crystal come from.
 *  @throws {InvalidParameterError} */
export function materialSource(name: string): string {
  const found = material(name).name;
  const alloy = parseAlloy(found);
  if (alloy !== undefined) return alloySource(alloy.system);
  return found === "YSZ" ? "Ingel & Lewis (1986), J. Am. Ceram. Soc. 69, 325" : MATERIALS[found]!.source;
}

function stabilisedZirconia(yttria: number): MaterialRow {
  requireWithin("yttria", yttria, 0.03, 0.4);
  const x = (2 * yttria) / (1 + yttria);
  const a = 5.1159 + 0.1547 * x;
  const sites: Site[] = [
    ["Zr", 0, 0, 0, 1 - x],
    ["Y", 0, 0, 0, x],
    ["O", 0.25, 0.25, 0.25, 1 - x / 4],
  ];
  return { ...MATERIALS.ZrO2!, cell: { ...MATERIALS.ZrO2!.cell, a, b: a, c: a }, sites };
}
