/** What tells the scans of a batch apart: their numbers, words in the names of their files, what the files say, a table. */
import type { Line } from "../report/line.ts";
import { decodeText } from "../io/text.ts";
import { readBytes } from "./files.ts";
import { InputError } from "./terminal.ts";

export type Variables = ReadonlyMap<string, number | string>;

export interface VariableFlags {
  readonly pattern?: RegExp;
  readonly values?: string;
}

/** @returns variables of a line, which stands at a place of the results, from 1
 *  @throws {InputError} a table that has no column "file", or a file twice */
export async function variablesBy({
  pattern,
  values,
}: VariableFlags): Promise<(line: Line, place: number) => Variables> {
  const table = values === undefined ? undefined : await readTable(values);
  return (line, place) => {
    const { motors = {}, number, omega, wavelength, countingTime } = line.metadata ?? {};
    const found = new Map<string, number | string>([["place", place]]);
    for (const [name, value] of Object.entries({ number, omega, wavelength, countingTime, ...motors }))
      if (value !== undefined) found.set(name, value);
    for (const [name, text] of Object.entries(pattern?.exec(line.file)?.groups ?? {}))
      found.set(name, valueOf(text));
    const row = table?.get(keyOf(line.file, String(line.scan))) ?? table?.get(keyOf(line.file, ""));
    for (const [name, text] of row ?? []) found.set(name, valueOf(text));
    return found;
  };
}

/** A number where it is one; a comma or a p may stand for the point, as in names of files. */
function valueOf(text: string): number | string {
  const value = Number(text.trim().replace(/^([+-]?\d+)[,p](\d)/, "$1.$2"));
  return text.trim() !== "" && Number.isFinite(value) ? value : text;
}

type Row = readonly (readonly [name: string, text: string])[];

/** Rows of comma-separated values by the column `file`, and `scan` where there is one. */
async function readTable(path: string): Promise<ReadonlyMap<string, Row>> {
  const [head = [], ...rows] = parseCsv(decodeText(await readBytes(path))),
    [file, scan] = [head.indexOf("file"), head.indexOf("scan")];
  if (file < 0)
    throw new InputError(`${path} has no column "file"; it has ${head.join(", ").slice(0, 200) || "none"}`);
  const found = new Map<string, Row>();
  for (const row of rows) {
    const key = keyOf(row[file] ?? "", scan < 0 ? "" : (row[scan] ?? ""));
    if (found.has(key)) throw new InputError(`${path} has two rows of ${row[file] ?? ""}`);
    found.set(
      key,
      head.flatMap((name, k) =>
        k === file || k === scan || name === "" ? [] : [[name, row[k] ?? ""] as const],
      ),
    );
  }
  return found;
}

function keyOf(file: string, scan: string): string {
  return `${file}\n${scan}`;
}

/** Fields of RFC 4180. */
function parseCsv(text: string): string[][] {
  const rows: string[][] = [];
  let row: string[] = [];
  for (const [, quoted, plain, end] of text
    .replace(/^\ufeff/, "")
    .matchAll(/(?:"((?:[^"]|"")*)"|([^,\r\n]*))(,|\r?\n|$)/g)) {
    const isNothing = end === "" && row.length === 0 && plain === "";
    if (isNothing) break;
    row.push((quoted?.replaceAll('""', '"') ?? plain ?? "").trim());
    if (end === ",") continue;
    if (row.some((field) => field !== "")) rows.push(row);
    row = [];
    if (end === "") break;
  }
  return rows;
}
