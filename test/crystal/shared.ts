import { existsSync, readdirSync, readFileSync } from "node:fs";

/** Reference data beside the repository; absent in a plain checkout. */
const shared = new URL("../../../shared/", import.meta.url);

export const hasShared =
  existsSync(new URL("data/cif/", shared)) && existsSync(new URL("reference/structure-factors.json", shared));
if (!hasShared)
  console.warn("no ../shared: tests against CIF files and reference structure factors are skipped");

export const cifNames: readonly string[] = hasShared
  ? readdirSync(new URL("data/cif/", shared))
      .filter((f) => f.endsWith(".cif"))
      .map((f) => f.slice(0, -4))
  : [];

export function cifText(name: string): string {
  return readFileSync(new URL(`data/cif/${name}.cif`, shared), "utf8");
}

export interface ReferenceRow {
  readonly material: string;
  readonly hkl: [number, number, number];
  readonly wavelength: number;
  readonly d: number;
  readonly cellVolume: number;
  readonly f0: [number, number];
  readonly fh: [number, number];
  readonly fhbar: [number, number];
}

export function referenceRows(): readonly ReferenceRow[] {
  if (!hasShared) return [];
  return (
    JSON.parse(readFileSync(new URL("reference/structure-factors.json", shared), "utf8")) as {
      rows: ReferenceRow[];
    }
  ).rows;
}

export interface Spots {
  readonly ions: Readonly<Record<string, readonly number[]>>;
  readonly spots: readonly (readonly [string, number, number, number, number, number, number])[];
}

export function spots(): Spots {
  return JSON.parse(readFileSync(new URL("scattering-spots.json", import.meta.url), "utf8")) as Spots;
}

/** A CIF around a list of lines. */
export function cif(...lines: string[]): string {
  return ["data_test", ...lines].join("\n") + "\n";
}

export const CUBIC = ["_cell_length_a 4", "_cell_length_b 4", "_cell_length_c 4"];
export const SITES = [
  "loop_",
  "_atom_site_label",
  "_atom_site_fract_x",
  "_atom_site_fract_y",
  "_atom_site_fract_z",
];

export function composition(
  atoms: readonly { element: string; occupancy: number }[],
): Record<string, number> {
  const sum: Record<string, number> = {};
  for (const { element, occupancy } of atoms) sum[element] = (sum[element] ?? 0) + occupancy;
  return sum;
}
