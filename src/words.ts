/** Words out of files, made fit to be shown: a name in a file must not steer a terminal, turn a line around or be a formula. */

/** Controls (C0, DEL, C1), and marks that change the direction of what follows. */
const CONTROLS =
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/g;

/** The text without what a terminal or a page would obey: each control character becomes U+FFFD; tabs and line feeds stay. */
export function printable(text: string): string {
  return text.replace(/\r\n?/g, "\n").replace(CONTROLS, "\ufffd");
}

/** A name of one line: no controls, runs of spaces as one, at most `most` characters. */
export function nameFrom(text: string, most = 500): string {
  return text.replace(CONTROLS, " ").replace(/\s+/g, " ").trim().slice(0, most);
}
