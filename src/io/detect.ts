/** What a file is, by its first bytes; names are not asked. */

/** Kinds of files that one reader each takes. */
export type FileKind = "text" | "xml" | "ras" | "raw" | "zip";

/** @param start of the file; for text, without what encodes it */
export function kindOfText(text: string): "text" | "xml" | "ras" {
  const start = text.slice(0, 1000).trimStart();
  if (start.startsWith("<")) return "xml";
  return /^\*RAS_(?:DATA|HEADER)_START/.test(start) ? "ras" : "text";
}

/** Whether the bytes are those of a binary format; text otherwise. */
export function kindOfBytes(bytes: Uint8Array): "raw" | "zip" | "text" {
  const starts = (magic: string) => [...magic].every((character, i) => bytes[i] === character.charCodeAt(0));
  if (starts("PK\u0003\u0004") || starts("PK\u0005\u0006")) return "zip";
  // "RAW " may begin a text too, but no text has a zero so near.
  if (["RAW1.0", "RAW2", "RAW4.0", "RAW "].some(starts) && bytes.subarray(0, 64).includes(0)) return "raw";
  return "text";
}
