/** Results as files that other programs read. */

import { InvalidParameterError } from "../errors.ts";
import { printable } from "../words.ts";

/** Columns of numbers or words as comma-separated values (RFC 4180): a header line, then one line a row, each ended by CR LF.
 *  Numbers have all the digits that bring them back bit for bit; NaN and infinities stand as NaN, Infinity and -Infinity.
 *  @param columns by name, all of one length, in the order in which they are to be written
 *  @throws {InvalidParameterError} no columns, or of different lengths */
export function csv(columns: Readonly<Record<string, ArrayLike<number> | readonly string[]>>): string {
  const names = Object.keys(columns);
  if (names.length === 0) throw new InvalidParameterError("columns", "one column or more", columns);
  const rows = columns[names[0]].length;
  for (const name of names) {
    if (columns[name].length !== rows) {
      throw new InvalidParameterError(
        `columns[${JSON.stringify(name)}]`,
        `of length ${rows}, as the first column is`,
        columns[name],
      );
    }
  }
  const lines = [names.map(csvField).join(",")];
  for (let i = 0; i < rows; i++) {
    lines.push(names.map((name) => field(columns[name][i])).join(","));
  }
  return `${lines.join("\r\n")}\r\n`;
}

function field(value: number | string): string {
  if (typeof value === "string") return csvField(value);
  return Object.is(value, -0) ? "-0" : String(value);
}

/** A text as a field of comma-separated values. One that a spreadsheet would take for a formula (= + − @) begins with an
 *  apostrophe, and control characters are left out: names come out of files. */
export function csvField(text: string): string {
  const plain = printable(text);
  const safe = /^[\s\ufffd]*[=+\-@]/.test(plain) ? `'${plain}` : plain;
  return /[",\r\n]|^\s|\s$/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
