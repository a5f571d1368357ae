/** Archives: what is in them, read with limits on size, and with their checksums (APPNOTE.TXT of PKWARE, 4.3). */

import { Inflate } from "fflate";
import { ScanFormatError } from "../../errors.ts";

/** Bytes that may come out of one archive, all entries together. */
export const MAX_UNZIPPED_BYTES = 64e6;
/** A piece of compressed data at a time: one may grow a thousandfold before its size is looked at. */
const PIECE = 16384;
const STORED = 0;
const DEFLATED = 8;

/** The files of an archive by name (slashes between folders); each is unpacked when it is called for.
 *  @throws {ScanFormatError} no archive, damaged, encrypted, of more than 4 GB, or an entry above the limits */
export function openZip(bytes: Uint8Array): Map<string, () => Uint8Array> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const end = endOfDirectory(view);
  const count = view.getUint16(end + 10, true);
  const files = new Map<string, () => Uint8Array>();
  const budget = { left: MAX_UNZIPPED_BYTES };
  let at = view.getUint32(end + 16, true);
  for (let i = 0; i < count; i++) {
    if (at + 46 > bytes.length || view.getUint32(at, true) !== 0x02014b50)
      throw damaged("its list of files is cut off");
    const [nameLength, extraLength, commentLength] = [28, 30, 32].map((offset) =>
      view.getUint16(at + offset, true),
    );
    const name = new TextDecoder()
      .decode(bytes.subarray(at + 46, at + 46 + nameLength))
      .replaceAll("\\", "/");
    const entry: Entry = {
      name,
      encrypted: (view.getUint16(at + 8, true) & 1) !== 0,
      method: view.getUint16(at + 10, true),
      checksum: view.getUint32(at + 16, true),
      packed: view.getUint32(at + 20, true),
      size: view.getUint32(at + 24, true),
      header: view.getUint32(at + 42, true),
    };
    if (!files.has(name)) files.set(name, () => unpack(bytes, view, entry, budget));
    at += 46 + nameLength + extraLength + commentLength;
  }
  return files;
}

interface Entry {
  readonly name: string;
  readonly encrypted: boolean;
  readonly method: number;
  readonly checksum: number;
  readonly packed: number;
  readonly size: number;
  readonly header: number;
}

function endOfDirectory(view: DataView): number {
  for (let at = view.byteLength - 22; at >= Math.max(0, view.byteLength - 22 - 65535); at--) {
    if (view.getUint32(at, true) === 0x06054b50) return at;
  }
  throw damaged("it is cut off");
}

function unpack(bytes: Uint8Array, view: DataView, entry: Entry, budget: { left: number }): Uint8Array {
  const { name, method, packed, size, header } = entry;
  if (entry.encrypted) throw new ScanFormatError(`${name} in the archive is encrypted`);
  if (packed === 0xffffffff || size === 0xffffffff)
    throw new ScanFormatError(`${name} in the archive is larger than 4 GB`);
  if (size > budget.left) throw tooLarge();
  if (header + 30 > bytes.length || view.getUint32(header, true) !== 0x04034b50)
    throw damaged(`${name} is not where it should be`);
  const from = header + 30 + view.getUint16(header + 26, true) + view.getUint16(header + 28, true);
  if (from + packed > bytes.length) throw damaged(`${name} is cut off`);
  const data = bytes.subarray(from, from + packed);
  if (method !== STORED && method !== DEFLATED)
    throw new ScanFormatError(`${name} in the archive is packed by method ${method}; 0 and 8 are read`);
  const out = method === STORED ? data : inflate(data, entry);
  if (out.length !== size || crc32(out) !== entry.checksum) throw damaged(`${name} is not what was packed`);
  budget.left -= out.length;
  return out;
}

function inflate(data: Uint8Array, { name, size }: Entry): Uint8Array {
  const out = new Uint8Array(size);
  let length = 0;
  let last = false;
  const stream = new Inflate((piece, final) => {
    if (length + piece.length > size) throw damaged(`${name} unpacks to more than it says`);
    out.set(piece, length);
    length += piece.length;
    last = final;
  });
  try {
    for (let at = 0; at < data.length && !last; at += PIECE)
      stream.push(data.subarray(at, at + PIECE), at + PIECE >= data.length);
  } catch (error) {
    throw error instanceof ScanFormatError ? error : damaged(`${name} cannot be unpacked`, error);
  }
  return out.subarray(0, length);
}

function crc32(bytes: Uint8Array): number {
  const table = Uint32Array.from({ length: 256 }, (_, n) => {
    for (let bit = 0; bit < 8; bit++) n = n & 1 ? 0xedb88320 ^ (n >>> 1) : n >>> 1;
    return n;
  });
  let crc = 0xffffffff;
  for (const byte of bytes) crc = table[(crc ^ byte) & 255] ^ (crc >>> 8);
  return (crc ^ 0xffffffff) >>> 0;
}

function damaged(what: string, cause?: unknown): ScanFormatError {
  const error = new ScanFormatError(`the archive (zip) is damaged: ${what}`);
  if (cause !== undefined) error.cause = cause;
  return error;
}

function tooLarge(): ScanFormatError {
  return new ScanFormatError(
    `the archive unpacks to more than the ${MAX_UNZIPPED_BYTES} bytes that are read`,
  );
}
