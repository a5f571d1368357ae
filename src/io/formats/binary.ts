/** Numbers and texts at places of a binary file. */

import { ScanFormatError } from "../../errors.ts";
import { requireReasonable } from "./fileScan.ts";

/** Little-endian; every place is checked. */
export class Binary {
  readonly length: number;
  readonly #bytes: Uint8Array;
  readonly #view: DataView;

  constructor(bytes: Uint8Array) {
    this.length = bytes.length;
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  u16(at: number): number {
    this.#require(at, 2);
    return this.#view.getUint16(at, true);
  }

  u32(at: number): number {
    this.#require(at, 4);
    return this.#view.getUint32(at, true);
  }

  f32(at: number): number {
    this.#require(at, 4);
    return this.#view.getFloat32(at, true);
  }

  f64(at: number): number {
    this.#require(at, 8);
    return this.#view.getFloat64(at, true);
  }

  /** Single floats, one at the beginning of each record. */
  floats(at: number, recordSize: number, count: number): Float64Array {
    requireReasonable("points", count);
    this.#require(at, recordSize * count);
    return Float64Array.from({ length: count }, (_, i) => this.#view.getFloat32(at + i * recordSize, true));
  }

  /** Up to the first zero, without the spaces around it. */
  text(at: number, length: number): string {
    this.#require(at, length);
    const bytes = this.#bytes.subarray(at, at + length);
    const end = bytes.indexOf(0);
    const used = end < 0 ? bytes : bytes.subarray(0, end);
    try {
      return new TextDecoder("utf-8", { fatal: true }).decode(used).trim();
    } catch {
      return new TextDecoder("windows-1252").decode(used).trim();
    }
  }

  #require(at: number, length: number): void {
    if (!(at >= 0 && at + length <= this.length)) {
      throw new ScanFormatError(
        `the file is cut off or damaged: it has ${this.length} bytes, and its own headers lead to byte ${at + length}`,
      );
    }
  }
}
