/** What a file is, by its first bytes or lines; names are not asked. */

/** Kinds of texts that one reader each takes. */
export type TextKind = "text" | "xml" | "ras" | "rigakuAscii" | "uxd" | "sections" | "x00" | "spec" | "nja";

/** Characters in which a text must say what it is. */
export const HEAD = 100_000;

/** Marks of keyword formats, each at the beginning of a line; comments may stand before them. */
const MARKS: readonly (readonly [TextKind, RegExp])[] = [
  ["x00", /^HR-XRDScan\b/m],
  ["ras", /^\*RAS_(?:DATA|HEADER|INT)_START/m],
  ["rigakuAscii", /^\*(?:TYPE|CLASS|GROUP_COUNT|BEGIN)\b/m],
  ["uxd", /^_(?:FILEVERSION|DRIVE|WL1|STEPTIME|STEPSIZE|START|(?:2THETA)?(?:COUNTS|CPS)\w*)\s*(?:=|$)/m],
  ["nja", /^(?:&NoValues=|&NumScans=|#ScanTableParameter)/m],
  ["spec", /^#S\s+\d+[^\n]*\n(?:#[^\n]*\n)*#[LN]\s/m],
  ["sections", /^"?\[[A-Za-z][^\][]*\]"?[\s,;]*$/m],
];

/** @param start of the file; for text, without what encodes it */
export function kindOfText(text: string): TextKind {
  const start = text.slice(0, HEAD).replace(/\r\n?/g, "\n").trimStart();
  if (start.startsWith("<")) return "xml";
  return MARKS.find(([, mark]) => mark.test(start))?.[0] ?? "text";
}

/** Kinds of files by their first bytes; the last two are known, but not read. */
export type ByteKind = "raw" | "zip" | "hdf5" | "text" | "rigakuRaw" | "stoeRaw";

/** Whether the bytes are those of a binary format; text otherwise. */
export function kindOfBytes(bytes: Uint8Array): ByteKind {
  const starts = (magic: string) => [...magic].every((character, i) => bytes[i] === character.charCodeAt(0));
  if (starts("PK\u0003\u0004") || starts("PK\u0005\u0006")) return "zip";
  if (starts("\u0089HDF\r\n\u001a\n")) return "hdf5";
  // "RAW " may begin a text too, but no text has a zero so near.
  const isBinary = bytes.subarray(0, 64).includes(0);
  if (isBinary && ["RAW1.0", "RAW2", "RAW4.0", "RAW "].some(starts)) return "raw";
  if (starts("RAW_1.") && bytes.subarray(0, 512).includes(0)) return "stoeRaw";
  return isBinary && starts("FI") ? "rigakuRaw" : "text";
}
