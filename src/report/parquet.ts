/** The results of a batch as Parquet, written by hyparquet-writer, a library that a user installs beside takagi. */
import { InvalidParameterError } from "../errors.ts";
import { VERSION } from "../version.ts";
import type { LineProfile } from "./line.ts";
import type { Cell, Column } from "./resultTable.ts";

/** What Parquet says of a column or of a group of columns. */
interface SchemaElement {
  readonly name: string;
  readonly type?: "BYTE_ARRAY" | "INT32" | "DOUBLE" | "BOOLEAN";
  readonly converted_type?: "UTF8" | "LIST";
  readonly repetition_type?: "REQUIRED" | "OPTIONAL" | "REPEATED";
  readonly num_children?: number;
}

/** Bytes that are written, as hyparquet-writer has them. */
interface Bytes {
  /** In the buffer. */
  index: number;
  getBytes(): Uint8Array;
}

/** The module `hyparquet-writer`: what writing asks of it. */
export interface ParquetLibrary {
  readonly ByteWriter: new () => Bytes;
  readonly ParquetWriter: new (options: {
    readonly writer: Bytes;
    readonly schema: readonly SchemaElement[];
    readonly kvMetadata: readonly { readonly key: string; readonly value: string }[];
    readonly createdBy: string;
  }) => {
    write(options: {
      readonly columnData: readonly { readonly name: string; readonly data: readonly unknown[] }[];
      readonly rowGroupSize: number;
    }): void | Promise<void>;
    finish(): void | Promise<void>;
  };
}

/** A table of results, and what else is known of them. */
export interface ParquetTable {
  readonly columns: readonly Column[];
  /** Of every row in their order; undefined where a scan has no answer. */
  readonly profiles: AsyncIterable<LineProfile | undefined>;
  /** Each that is different. */
  readonly settings: readonly object[];
  /** Version that inverted. */
  readonly version: string;
}

/** Rows of a group: so many are in memory at once. */
const GROUP = 1000;

/** Lists of a row, by their columns. */
const PROFILE = {
  profile_depth_nm: { key: "depthNm", unit: "nm" },
  profile_strain_percent: { key: "strainPercent", unit: "%" },
  profile_strain_lower_percent: { key: "strainLower", unit: "%" },
  profile_strain_upper_percent: { key: "strainUpper", unit: "%" },
  profile_debye_waller: { key: "debyeWaller", unit: "" },
  profile_debye_waller_lower: { key: "debyeWallerLower", unit: "" },
  profile_debye_waller_upper: { key: "debyeWallerUpper", unit: "" },
} as const;

const TYPES = {
  string: { type: "BYTE_ARRAY", converted_type: "UTF8" },
  integer: { type: "INT32" },
  double: { type: "DOUBLE" },
  boolean: { type: "BOOLEAN" },
} as const;

/** @throws {InvalidParameterError} where hyparquet-writer is not installed */
export async function loadParquet(): Promise<ParquetLibrary> {
  // Not named in the import: bundlers of those who write no such files need not have it.
  const name = "hyparquet-writer";
  try {
    return (await import(/* @vite-ignore */ /* webpackIgnore: true */ name)) as ParquetLibrary;
  } catch (cause) {
    const error = new InvalidParameterError(
      "parquet",
      "the package hyparquet-writer, which writes Parquet: `npm install hyparquet-writer`",
      undefined,
    );
    error.cause = cause;
    throw error;
  }
}

/** A row a scan: the columns of table.csv, and depth, strain and Debye–Waller factor of its profile as lists. Units, settings and
 *  version stand in the key-value metadata (`takagi.units`, `takagi.settings`, `takagi.version`).
 *  @param library hyparquet-writer
 *  @returns parts of the file in their order, each yours to keep */
export async function* tableParquet(
  { columns, profiles, settings, version }: ParquetTable,
  library: ParquetLibrary,
): AsyncGenerator<Uint8Array, void, undefined> {
  const bytes = new library.ByteWriter(),
    writer = new library.ParquetWriter({
      writer: bytes,
      schema: schemaOf(columns),
      kvMetadata: [
        { key: "takagi.version", value: version },
        { key: "takagi.units", value: JSON.stringify(unitsOf(columns)) },
        { key: "takagi.settings", value: JSON.stringify(settings) },
      ],
      createdBy: `takagi ${VERSION}`,
    });
  const taken = (): Uint8Array => {
    const part = bytes.getBytes().slice();
    bytes.index = 0;
    return part;
  };
  const names = Object.keys(PROFILE) as (keyof typeof PROFILE)[];
  let from = 0;
  for await (const group of groupsOf(profiles)) {
    const to = from + group.length;
    const lists = names.map((name) => ({
      name,
      data: group.map((profile) => (profile === undefined ? null : profile[PROFILE[name].key])),
    }));
    await writer.write({
      columnData: [...columns.map((column) => dataOf(column, from, to)), ...lists],
      rowGroupSize: GROUP,
    });
    from = to;
    yield taken();
  }
  await writer.finish();
  yield taken();
}

function dataOf({ name, cells }: Column, from: number, to: number): { name: string; data: readonly Cell[] } {
  return { name, data: cells.slice(from, to) };
}

async function* groupsOf<T>(items: AsyncIterable<T>): AsyncGenerator<T[], void, undefined> {
  let group: T[] = [];
  for await (const item of items) {
    group.push(item);
    if (group.length < GROUP) continue;
    yield group;
    group = [];
  }
  if (group.length > 0) yield group;
}

function schemaOf(columns: readonly Column[]): SchemaElement[] {
  const lists = Object.keys(PROFILE).flatMap((name): SchemaElement[] => [
    { name, repetition_type: "OPTIONAL", converted_type: "LIST", num_children: 1 },
    { name: "list", repetition_type: "REPEATED", num_children: 1 },
    { name: "element", repetition_type: "OPTIONAL", type: "DOUBLE" },
  ]);
  return [
    { name: "root", num_children: columns.length + Object.keys(PROFILE).length },
    ...columns.map(({ name, type }): SchemaElement => ({
      name,
      repetition_type: "OPTIONAL",
      ...TYPES[type],
    })),
    ...lists,
  ];
}

function unitsOf(columns: readonly Column[]): Record<string, string> {
  const all = [
    ...columns.map(({ name, unit }) => [name, unit] as const),
    ...Object.entries(PROFILE).map(([name, { unit }]) => [name, unit] as const),
  ];
  return Object.fromEntries(all.filter(([, unit]) => unit !== ""));
}
