/** NeXus (HDF5) by h5wasm, a library that a user installs beside takagi: groups, arrays with their units, notes. */
import { InvalidParameterError } from "../errors.ts";
import { printable } from "../words.ts";

/** A group or a dataset to write to, as h5wasm has it. */
export interface Hdf5OutputNode {
  /** Puts an attribute beside it. */
  create_attribute(name: string, value: string | readonly string[] | number | readonly number[]): void;
}

/** A group, or the file's root. */
export interface Hdf5OutputGroup extends Hdf5OutputNode {
  /** Makes a group in it. */
  create_group(name: string): Hdf5OutputGroup;
  /** Makes a dataset in it: text, a number or an array. */
  create_dataset(options: { name: string; data: unknown; shape?: readonly number[] }): Hdf5OutputNode;
}

/** The module `h5wasm`, as `await import("h5wasm")` gives it: what writing asks of it. */
export interface Hdf5Writer {
  /** The library's own file system, when it has started. */
  readonly ready: Promise<{
    readonly FS: { readFile(name: string): Uint8Array; unlink(name: string): void };
  }>;
  /** Makes a file there. */
  readonly File: new (name: string, mode: "w") => Hdf5OutputGroup & { close(): unknown };
}

/** @throws {InvalidParameterError} where h5wasm is not installed */
export async function foundWriter(): Promise<Hdf5Writer> {
  try {
    const { loadHdf5 } = await import("../io/formats/hdf5.ts");
    return (await loadHdf5()) as unknown as Hdf5Writer;
  } catch {
    throw new InvalidParameterError(
      "hdf5",
      'the package h5wasm, which writes NeXus: `npm install h5wasm`, or, in a bundle, `hdf5: await import("h5wasm")`',
      undefined,
    );
  }
}

let written = 0;

/** A file made in the library's own memory.
 *  @param library h5wasm; looked for by its name where it is not given
 *  @returns its bytes
 *  @throws {InvalidParameterError} where h5wasm is not installed */
export async function nexusFile(
  library: Hdf5Writer | undefined,
  fill: (root: Hdf5OutputGroup) => void,
): Promise<Uint8Array> {
  const { ready, File } = library ?? (await foundWriter()),
    { FS } = await ready,
    name = `takagi-result-${++written}.nxs`,
    file = new File(name, "w");
  try {
    try {
      fill(file);
    } finally {
      file.close();
    }
    return FS.readFile(name).slice();
  } finally {
    FS.unlink(name);
  }
}

export function group(parent: Hdf5OutputGroup, name: string, type: string): Hdf5OutputGroup {
  const made = parent.create_group(name);
  made.create_attribute("NX_class", type);
  return made;
}

/** Without what a terminal that shows the file would obey. */
export function text(parent: Hdf5OutputGroup, name: string, data: string): void {
  parent.create_dataset({ name, data: printable(data) });
}

export function number(parent: Hdf5OutputGroup, name: string, data: number, units: string): void {
  withUnits(parent.create_dataset({ name, data }), units);
}

export function array(parent: Hdf5OutputGroup, name: string, data: Float64Array, units: string): void {
  withUnits(parent.create_dataset({ name, data, shape: [data.length] }), units);
}

/** Rows one after the other in `data`. */
export function matrix(
  parent: Hdf5OutputGroup,
  name: string,
  { data, rows, units }: { readonly data: Float64Array; readonly rows: number; readonly units: string },
): void {
  withUnits(parent.create_dataset({ name, data, shape: [rows, data.length / rows] }), units);
}

export function texts(parent: Hdf5OutputGroup, name: string, data: readonly string[]): void {
  parent.create_dataset({ name, data: data.map(printable) });
}

function withUnits(dataset: Hdf5OutputNode, units: string): void {
  if (units !== "") dataset.create_attribute("units", units);
}

export function note(parent: Hdf5OutputGroup, name: string, json: object): void {
  const made = group(parent, name, "NXnote");
  text(made, "type", "application/json");
  text(made, "data", JSON.stringify(json));
}
