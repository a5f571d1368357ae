/** From the bytes of a file to its text, for files of unknown encoding. */

import { ScanFormatError } from "../errors.ts";

/** Larger files are refused, so that a wrong file cannot take all memory. */
export const MAX_FILE_BYTES = 100e6;

/** Decodes UTF-8, UTF-16 (with or without a byte order mark) or, where it is neither, Windows-1252.
 *  @throws {ScanFormatError} too large, or not text */
export function decodeText(
  bytes: Uint8Array,
  otherwise: "windows-1252" | "shift_jis" = "windows-1252",
): string {
  if (bytes.length > MAX_FILE_BYTES) {
    throw new ScanFormatError(
      `the file has ${bytes.length} bytes, more than the ${MAX_FILE_BYTES} that are read`,
    );
  }
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return decode(bytes.subarray(2), "utf-16le");
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return decode(swapped(bytes.subarray(2)), "utf-16le");
  let even = 0;
  let odd = 0;
  const sample = Math.min(bytes.length, 4096);
  for (let i = 0; i < sample; i++) {
    if (bytes[i] !== 0) continue;
    if (i % 2 === 0) even++;
    else odd++;
  }
  if (even + odd > 0) {
    // Digits in UTF-16 have a zero byte each, always on the same side.
    const mostly = 0.8 * (sample / 2);
    if (odd >= mostly && even === 0) return decode(bytes, "utf-16le");
    if (even >= mostly && odd === 0) return decode(swapped(bytes), "utf-16le");
    throw new ScanFormatError("the file is binary, not text");
  }
  try {
    return decode(bytes, "utf-8", true);
  } catch {
    return decode(bytes, otherwise);
  }
}

/** Lines of one file, and characters of one line. */
const MAX_LINES = 6e6;
const MAX_LINE_LENGTH = 100_000;

/** Calls `visit` with every line, whichever way lines end; numbered from 1.
 *  @throws {ScanFormatError} too many lines, or one too long */
export function eachLine(text: string, visit: (line: string, number: number) => void): void {
  let number = 0;
  for (let at = 0; at <= text.length;) {
    let end = at;
    for (; end < text.length; end++) {
      const code = text.charCodeAt(end);
      if (code === 10 || code === 13) break;
    }
    number++;
    if (number > MAX_LINES)
      throw new ScanFormatError(`the file has more than the ${MAX_LINES} lines that are read`);
    if (end - at > MAX_LINE_LENGTH)
      throw new ScanFormatError(`the line has more than ${MAX_LINE_LENGTH} characters`, number);
    visit(text.slice(at, end), number);
    at = end + (text.charCodeAt(end) === 13 && text.charCodeAt(end + 1) === 10 ? 2 : 1);
  }
}

/** Throws where the text has characters that no text has. */
export function requireText(text: string): void {
  let odd = 0;
  const sample = Math.min(text.length, 65536);
  for (let i = 0; i < sample; i++) {
    const code = text.charCodeAt(i);
    if (code === 0) throw new ScanFormatError("the file is binary, not text");
    if (
      (code < 32 && code !== 9 && code !== 10 && code !== 13 && code !== 11 && code !== 12 && code !== 26) ||
      code === 0xfffd
    )
      odd++;
  }
  if (odd > 0.02 * sample) throw new ScanFormatError("the file is binary, not text");
}

function decode(bytes: Uint8Array, encoding: string, fatal = false): string {
  return new TextDecoder(encoding, { fatal }).decode(bytes);
}

function swapped(bytes: Uint8Array): Uint8Array {
  const out = new Uint8Array(bytes.length & ~1);
  for (let i = 0; i + 1 < bytes.length; i += 2) {
    out[i] = bytes[i + 1];
    out[i + 1] = bytes[i];
  }
  return out;
}
