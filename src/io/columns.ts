/** Lines of a text file of columns: which are data, which are comments, and how numbers are written in it. */

import { ScanFormatError } from "../errors.ts";
import { eachLine } from "./text.ts";

/** How a file separates its columns and writes its decimals. */
export type Dialect = "point" | "comma";

const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eEdD][+-]?\d+)?$/;
const NO_NUMBER = /^[+-]?(?:nan|inf|infinity|1\.#\w+)$/i;
const COMMENT = /^(?:#|;|%|!|\/\/|\*|'|_)/;

/** Calls `visit` with every line that is neither empty nor a comment, without quotes; lines are numbered from 1. */
export function forEachLine(text: string, visit: (line: string, number: number) => void): void {
  eachLine(text, (whole, number) => {
    // The end-of-file mark of old systems counts as space; so does, to trim(), a byte order mark.
    const line = dataLine(whole.replace("\u001a", "").trim());
    if (line !== "" && !isComment(line)) visit(line, number);
  });
}

export function isComment(line: string): boolean {
  return COMMENT.test(line);
}

/** A line without the quotes around its fields. */
export function dataLine(line: string): string {
  return line.includes('"') ? unquoted(line) : line;
}

/** Outside quotes, a comma separates: it becomes a semicolon, so that commas inside may be decimal ones. */
function unquoted(line: string): string {
  let out = "";
  let inside = false;
  for (const character of line) {
    if (character === '"') inside = !inside;
    else out += character === "," && !inside ? ";" : character;
  }
  return out.trim();
}

export function fieldsOf(line: string, dialect: Dialect): string[] {
  // One separator is spaces around at most one mark, so that an empty field of "1;;2" stays a field.
  return line.split(dialect === "point" ? /\s*[,;]\s*|\s+/ : /\s*;\s*|\s+/);
}

/** The number that a field holds; NaN where it says so; undefined where it is no number. */
export function numberOf(field: string | undefined, dialect: Dialect): number | undefined {
  if (field === undefined) return undefined;
  // A comma at the end of a field separates; it is no decimal one.
  if (dialect === "comma" && field.endsWith(",")) return undefined;
  const text = dialect === "comma" ? field.replace(",", ".") : field;
  if (NUMBER.test(text)) return Number(/[dD]/.test(text) ? text.replace(/[dD]/, "e") : text);
  return NO_NUMBER.test(field) ? NaN : undefined;
}

/** Decides from the whole file whether commas separate columns or are decimal: they are decimal where no number has a
 *  decimal point, no comma stands at a space, and every line of numbers still has two columns without them.
 *  @throws {ScanFormatError} where commas do both and cannot be told apart */
export function detectDialect(text: string): Dialect {
  let commas = 0;
  let bothCommas = 0;
  let repeats = 0;
  let before = "";
  let firstLine = 0;
  let point = false;
  forEachLine(text, (line, number) => {
    if (point || !/^[+-]?[.,]?\d/.test(line)) return;
    const fields = fieldsOf(line, "comma").filter((field) => field !== "");
    if (!fields.every((field) => numberOf(field, "comma") !== undefined)) {
      // "36,1,100,5": one field with more than one comma.
      const parts = fieldsOf(line, "point").filter((field) => field !== "");
      if (!parts.every((field) => numberOf(field, "point") !== undefined)) return;
      if (line.includes(".")) point = true;
      else if (parts.length === 4 && !/[\s;]/.test(line)) {
        bothCommas++;
        firstLine ||= number;
        if (parts[0] === before) repeats++;
        before = parts[0];
      } else point = true;
      return;
    }
    if (fields.some((field) => field.includes("."))) point = true;
    if (!line.includes(",")) return;
    if (fields.length >= 2) commas++;
    else point = true;
  });
  if (point) return "point";
  if (bothCommas > 0 && repeats > bothCommas / 4) {
    throw new ScanFormatError(
      "decimal commas and separating commas cannot be told apart; separate the columns by semicolons or tabs",
      firstLine,
    );
  }
  return commas > 0 && bothCommas === 0 ? "comma" : "point";
}
