/** NumPy's array files, version 1.0, of 32-bit floats in C order: `numpy.load` reads them, whole or mapped.
 *  Format: numpy.lib.format, NEP 1. */
import { requireInteger } from "../errors.ts";

const MAGIC = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0];
const BLOCK = 64;

/** Of this machine; all that JavaScript runs on are little-endian, but for a few. */
const BYTE_ORDER = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1 ? "<" : ">";

/** What stands before the numbers of an array of `rows` × `columns`; a multiple of 64 bytes, so that they can be mapped. */
export function npyHeader(rows: number, columns: number): Uint8Array<ArrayBuffer> {
  requireInteger("rows", rows, 0, Number.MAX_SAFE_INTEGER);
  requireInteger("columns", columns, 0, Number.MAX_SAFE_INTEGER);
  const text = `{'descr': '${BYTE_ORDER}f4', 'fortran_order': False, 'shape': (${rows}, ${columns}), }`;
  const length = Math.ceil((MAGIC.length + 2 + text.length + 1) / BLOCK) * BLOCK;
  const header = new Uint8Array(length).fill(0x20);
  header.set(MAGIC);
  new DataView(header.buffer).setUint16(MAGIC.length, length - MAGIC.length - 2, true);
  header.set(new TextEncoder().encode(text), MAGIC.length + 2);
  header[length - 1] = 0x0a;
  return header;
}

export function npyBytes(rows: number, columns: number): number {
  return npyHeader(rows, columns).length + 4 * rows * columns;
}
