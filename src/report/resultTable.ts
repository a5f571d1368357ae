/** The results of a batch as rows and as columns of one type each: what table.csv, Parquet and NeXus are made of. */
import { csvField } from "../io/results.ts";
import { type Line, type LineLayer, type LineQuantity, QUANTITY_NAMES } from "./line.ts";
import type { Quantity, QuantityName } from "./quantities.ts";

/** One scan of a table: what is kept of its line, of which a hundred thousand must fit. Numbers that are not known are NaN. */
export interface ResultRow {
  readonly file: string;
  /** Place in its file, from 1. */
  readonly scan: number;
  /** Undefined where there is no answer, as `converged`. */
  readonly verdict: string | undefined;
  readonly converged: boolean | undefined;
  readonly confidence: number;
  readonly rms: number;
  readonly chi2PerPoint: number;
  /** Why there is no answer. */
  readonly error: string | undefined;
  readonly variables: ReadonlyMap<string, number | string>;
  readonly quantities: Readonly<Record<QuantityName, Quantity>>;
  /** From below; none of a smooth profile. */
  readonly layers: readonly LineLayer[];
}

export type Cell = string | number | boolean | null;

/** A column of a table: its cells are of its type, or null where there is nothing. */
export interface Column {
  readonly name: string;
  readonly type: "string" | "integer" | "double" | "boolean";
  /** "" where there is none. */
  readonly unit: string;
  readonly cells: readonly Cell[];
}

/** Quantities of each layer, by their names in a line. */
export const OF_LAYER = ["thicknessNm", "strainPercent", "debyeWaller"] as const;

const UNITS = [
  { word: "Percent", unit: "%" },
  { word: "Nm", unit: "nm" },
  { word: "Deg", unit: "deg" },
] as const;

/** @param variables of the scan, by their names */
export function resultRow(
  { file, scan, answer, error }: Line,
  variables: ReadonlyMap<string, number | string>,
): ResultRow {
  const quantities = QUANTITY_NAMES.map((name) => [name, quantityOf(answer?.quantities[name])]);
  return {
    file,
    scan,
    verdict: answer?.verdict,
    converged: answer?.converged,
    confidence: answer?.confidence ?? NaN,
    rms: answer?.rms ?? NaN,
    chi2PerPoint: answer?.chi2PerPoint ?? NaN,
    error: error?.message,
    variables,
    quantities: Object.fromEntries(quantities) as ResultRow["quantities"],
    layers: answer?.layers ?? [],
  };
}

/** NaN where a number is not known. */
export function quantityOf(found: LineQuantity | undefined): Quantity {
  return { value: found?.value ?? NaN, lower: found?.lower ?? NaN, upper: found?.upper ?? NaN };
}

/** maxStrainPercent → max_strain and %. */
export function nameAndUnit(name: string): { readonly name: string; readonly unit: string } {
  const { word, unit } = UNITS.find((each) => name.endsWith(each.word)) ?? { word: "", unit: "" };
  return { name: snake(name.slice(0, name.length - word.length)), unit };
}

/** The most layers of a row. */
export function mostLayers(rows: readonly ResultRow[]): number {
  return rows.reduce((most, { layers }) => Math.max(most, layers.length), 0);
}

/** Which scan it is, its variables, its quantities with the ends of their intervals, and those of its layers.
 *  @param names of the variables, in the order of their columns */
export function columnsOf(rows: readonly ResultRow[], names: readonly string[]): Column[] {
  const column = (name: string, type: Column["type"], of: (row: ResultRow) => Cell | undefined): Column => ({
    name,
    type,
    unit: "",
    cells: rows.map((row) => cellOf(of(row))),
  });
  const ofQuantity = (name: string, own: string, of: (row: ResultRow) => Quantity): Column[] =>
    (["value", "lower", "upper"] as const).map((key) => ({
      ...column(key === "value" ? name : `${name}_${key}`, "double", (row) => of(row)[key]),
      unit: nameAndUnit(own).unit,
    }));
  const layers = Array.from({ length: mostLayers(rows) }, (_, k) => k);
  const about = [
    column("file", "string", ({ file }) => file),
    column("scan", "integer", ({ scan }) => scan),
    column("verdict", "string", ({ verdict }) => verdict),
    column("confidence", "double", ({ confidence }) => confidence),
    column("converged", "boolean", ({ converged }) => converged),
    column("rms", "double", ({ rms }) => rms),
    column("chi2_per_point", "double", ({ chi2PerPoint }) => chi2PerPoint),
    column("error", "string", ({ error }) => error),
  ];
  const found = [
    ...QUANTITY_NAMES.flatMap((name) => ofQuantity(snake(name), name, ({ quantities }) => quantities[name])),
    ...layers.flatMap((k) => [
      column(`layer${k + 1}_crystal`, "string", (row) => row.layers[k]?.crystal),
      ...OF_LAYER.flatMap((name) =>
        ofQuantity(`layer${k + 1}_${snake(name)}`, name, (row) => quantityOf(row.layers[k]?.[name])),
      ),
    ]),
  ];
  const taken = new Set([...about, ...found].map(({ name }) => name));
  return [...about, ...names.map((name) => variableColumn(rows, name, taken)), ...found];
}

/** Of numbers where it is a number of every scan that has it; "variable_NAME" where a column has its name. */
function variableColumn(rows: readonly ResultRow[], name: string, taken: ReadonlySet<string>): Column {
  const cells = rows.map(({ variables }) => variables.get(name) ?? null),
    isText = cells.some((cell) => typeof cell === "string");
  return {
    name: taken.has(name) ? `variable_${name}` : name,
    type: isText ? "string" : "double",
    unit: "",
    cells: isText ? cells.map((cell) => (cell === null ? null : String(cell))) : cells,
  };
}

function cellOf(value: Cell | undefined): Cell {
  return value === undefined || Number.isNaN(value) ? null : value;
}

/** Comma-separated values (RFC 4180), a row a scan; nothing where a cell is null. */
export function tableCsv(columns: readonly Column[]): string {
  const lines = [columns.map(({ name }) => csvField(name))];
  for (let i = 0; i < (columns[0]?.cells.length ?? 0); i++)
    lines.push(columns.map(({ type, cells }) => fieldOf(cells[i]!, type)));
  return lines.map((fields) => `${fields.join(",")}\r\n`).join("");
}

function fieldOf(cell: Cell, type: Column["type"]): string {
  const text = String(cell ?? "");
  return type === "string" ? csvField(text) : text;
}

/** maxStrainPercent → max_strain_percent */
function snake(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
