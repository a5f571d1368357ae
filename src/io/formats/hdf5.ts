/** HDF5 through h5wasm, a library that a user installs beside takagi: only what the reader of NeXus asks of it. */

import { ScanFormatError } from "../../errors.ts";
import { MAX_POINTS } from "../table.ts";

/** A scalar or an array, with its attributes. */
export interface Hdf5Dataset {
  /** Points along each axis; null for an empty one. */
  readonly shape: readonly number[] | null;
  /** Its numbers, row by row, or text. */
  readonly value: unknown;
  /** By name. */
  readonly attrs: Readonly<Record<string, Hdf5Attribute | undefined>>;
}

/** What h5wasm gives for an attribute. */
export interface Hdf5Attribute {
  /** Number, text or array. */
  readonly value: unknown;
}

/** A folder of a file, with its groups and datasets. */
export interface Hdf5Group {
  /** By name. */
  readonly attrs: Readonly<Record<string, Hdf5Attribute | undefined>>;
  /** Names of what is in it. */
  keys(): string[];
  /** What lies at a path; null where nothing does. */
  get(path: string): Hdf5Group | Hdf5Dataset | object | null;
}

/** The files in the library's memory. */
export interface Hdf5Files {
  /** Puts a file into h5wasm's own file system. */
  writeFile(name: string, bytes: Uint8Array): void;
  /** Takes it away again. */
  unlink(name: string): void;
  /** What is open, where the file system tells. */
  getStream?(
    descriptor: number,
  ):
    | { stream_ops: { write(stream: unknown, buffer: unknown, offset: number, length: number): number } }
    | null
    | undefined;
}

/** The module `h5wasm`, as `await import("h5wasm")` gives it. */
export interface Hdf5Library {
  /** Settled when its WebAssembly is loaded. */
  readonly ready: Promise<{ readonly FS: Hdf5Files }>;
  /** Opens a file of its file system. */
  readonly File: new (name: string, mode: "r") => Hdf5Group & { close(): unknown };
}

/** @throws {ScanFormatError} where h5wasm is not installed, or not where it is looked for */
export async function loadHdf5(): Promise<Hdf5Library> {
  // Not named in the import: bundlers of those who read no such files need not have it.
  const name = "h5wasm";
  try {
    return (await import(/* @vite-ignore */ /* webpackIgnore: true */ name)) as Hdf5Library;
  } catch (cause) {
    const error = new ScanFormatError(
      'the file is HDF5 (NeXus), which the package h5wasm reads: `npm install h5wasm`, or, in a bundle, give it as the option `hdf5: await import("h5wasm")`',
    );
    error.cause = cause;
    throw error;
  }
}

let opened = 0;

/** Opens the file in the library's own memory, reads of it, and closes it.
 *  @throws {ScanFormatError} what `read` throws, or where the library finds the file damaged */
export async function withHdf5<T>(
  bytes: Uint8Array,
  library: Hdf5Library,
  read: (root: Hdf5Group) => T,
): Promise<T> {
  const { FS } = await library.ready;
  const name = `takagi-${++opened}.h5`;
  const restore = mute(FS);
  FS.writeFile(name, bytes);
  let file: ReturnType<typeof open> | undefined;
  const open = () => new library.File(name, "r");
  try {
    file = open();
    return read(file);
  } catch (cause) {
    if (cause instanceof ScanFormatError) throw cause;
    const error = new ScanFormatError("the HDF5 file is damaged or cut off");
    error.cause = cause;
    throw error;
  } finally {
    try {
      file?.close();
    } finally {
      FS.unlink(name);
      restore();
    }
  }
}

/** The library prints the course of every error; here they become errors. (It can throw them, but does not survive it.) */
function mute(FS: Hdf5Files): () => void {
  const stream = FS.getStream?.(2);
  if (stream === undefined || stream === null) return () => undefined;
  const operations = stream.stream_ops;
  stream.stream_ops = { ...operations, write: (_stream, _buffer, _offset, length) => length };
  return () => void (stream.stream_ops = operations);
}

export function isGroup(entity: object | null | undefined): entity is Hdf5Group {
  return entity !== null && entity !== undefined && "keys" in entity && typeof entity.keys === "function";
}

/** The words of an attribute or of a dataset; the first of several. */
export function textOf(holder: Hdf5Attribute | object | undefined): string | undefined {
  const value = holder === undefined || !("value" in holder) ? undefined : holder.value;
  const first: unknown = Array.isArray(value) ? value[0] : value;
  return typeof first === "string" ? first : undefined;
}

/** A list of numbers and its unit; undefined where there is none.
 *  @throws {ScanFormatError} an array of several dimensions, or too long */
export function numbersOf(
  group: Hdf5Group,
  path: string,
): { values: Float64Array; units: string | undefined } | undefined {
  const entity = group.get(path);
  if (entity === null || !("shape" in entity)) return undefined;
  const dataset = entity as Hdf5Dataset;
  const shape = dataset.shape ?? [];
  if (shape.filter((length) => length !== 1).length > 1)
    throw new ScanFormatError(
      `${path} has ${shape.length} dimensions (${shape.join(" × ")}), which is no single scan`,
    );
  const count = shape.reduce((a, b) => a * b, 1);
  if (!(count <= MAX_POINTS))
    throw new ScanFormatError(`${path} has ${count} values, more than the ${MAX_POINTS} that are read`);
  const { value } = dataset;
  const list =
    typeof value === "number" || typeof value === "bigint" ? [value] : (value as ArrayLike<number>);
  if (list === null || typeof list !== "object" || !("length" in list)) return undefined;
  const values = Float64Array.from(list, Number);
  return { values, units: textOf(dataset.attrs["units"]) };
}

/** Calls `visit` with what is in a group, down to five levels and 10 000 members. */
export function walk(group: Hdf5Group, visit: (path: string, entity: object) => void): void {
  let left = 10_000;
  const enter = (at: Hdf5Group, path: string, depth: number): void => {
    for (const key of at.keys()) {
      if (left-- <= 0) return;
      const entity = at.get(key);
      if (entity === null) continue;
      const name = path === "" ? key : `${path}/${key}`;
      visit(name, entity);
      if (depth < 5 && isGroup(entity)) enter(entity, name, depth + 1);
    }
  };
  enter(group, "", 1);
}
