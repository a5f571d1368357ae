/** What is fuzzed: the readers, with the files of the corpus, and what must hold for what they return. */
import { unzipSync, zipSync } from "fflate";
import { parseCif } from "../../src/crystal/cif.ts";
import { chooseScan, readScans, type ReadScansOptions } from "../../src/io/read.ts";
import { validateScan } from "../../src/io/scan.ts";
import { TakagiError } from "../../src/errors.ts";
import { CORPUS } from "../../test/io/corpus.ts";
import { brml, ras, rasx, raw3, raw4, xrdml } from "../../test/io/files.ts";
import { CIFS } from "./cifs.ts";
import { mutate } from "./mutate.ts";
import type { Random } from "./random.ts";

export interface Seed {
  readonly bytes: Uint8Array;
  readonly options?: ReadScansOptions;
}

export interface Target {
  readonly name: string;
  readonly seeds: readonly Seed[];
  /** Reads, and throws where what comes out cannot be.
   *  @returns what must not change without an error: the number of points, the axis and the wavelength of each scan; of a
   *  crystal, its atoms and its cell */
  readonly read: (seed: Seed) => Promise<Seen>;
}

/** Of each scan, or of a crystal. A scan without a wavelength claims none. */
export type Seen = readonly { readonly what: string; readonly wavelength?: number | undefined }[];

/** Whether a damaged file was read as the whole one, but for intensities and words. */
export function agrees(found: Seen, whole: Seen): boolean {
  return (
    found.length === whole.length &&
    found.every(
      ({ what, wavelength }, i) =>
        what === whole[i]!.what && (wavelength === undefined || wavelength === whole[i]!.wavelength),
    )
  );
}

/** Scans of several kinds in one file. */
const several = [
  {},
  { axis: "omega", attenuation: [1, 1, 1, 9, 9, 9, 1, 1, 1, 1] },
  { axis: "2theta", counts: [4, 5, 6] },
] as const;

const MIXED: Readonly<Record<string, readonly Uint8Array[]>> = {
  xrdml: [xrdml(several), xrdml(several, { version: "1.3", positions: "list" })],
  brml: [brml(several)],
  ras: [ras(several)],
  rasx: [rasx(several)],
  raw: [raw3(several), raw4(several)],
};

/** @param extra more files to start from, by the name of their target */
export function targets(extra: ReadonlyMap<string, readonly Uint8Array[]> = new Map()): Target[] {
  // HDF5 is h5wasm's matter: random damage, file after file, leaves that library in a state in which it may hang.
  const names = [...new Set(CORPUS.map(({ target }) => target))].filter((name) => name !== "nexus");
  const seedsOf = (files: readonly Uint8Array[] = []): Seed[] => files.map((bytes) => ({ bytes }));
  const scans = names.map((name): Target => ({
    name,
    seeds: [
      ...CORPUS.filter(({ target }) => target === name),
      ...seedsOf(MIXED[name]),
      ...seedsOf(extra.get(name)),
    ],
    read: readEvery,
  }));
  const cif: Target = {
    name: "cif",
    seeds: [...CIFS.map((text) => ({ bytes: new TextEncoder().encode(text) })), ...seedsOf(extra.get("cif"))],
    read: ({ bytes }) => Promise.resolve(readCif(bytes)),
  };
  return [...scans, cif];
}

/** A damaged file, and the one that it was: archives in their bytes or in a file within. */
export function damaged({ seeds }: Target, random: Random): { seed: Seed; bytes: Uint8Array } {
  const seed = random.of(seeds);
  const { bytes } = seed;
  const other = random.of(seeds).bytes;
  if (bytes[0] !== 0x50 || bytes[1] !== 0x4b || random.below(3) === 0)
    return { seed, bytes: mutate(bytes, random, other) };
  const inside: Record<string, Uint8Array> = unzipSync(bytes);
  const name = random.of(Object.keys(inside));
  inside[name] = mutate(inside[name]!, random, random.of(Object.values(inside)));
  return { seed, bytes: zipSync(inside, { level: 1 }) };
}

async function readEvery({ bytes, options }: Seed): Promise<Seen> {
  const file = await readScans(bytes, options);
  if (file.scans.length === 0) throw new Error("no scans, and no error");
  const seen = file.scans.map((scan, i) => {
    const { intensity, twoTheta, omega, position, attenuation, wavelength, countingTime, countUnit, axis } =
      scan;
    for (const values of [intensity, twoTheta, omega, position, attenuation]) {
      if (values !== undefined && (values.length !== intensity.length || !values.every(Number.isFinite)))
        throw new Error("a column with NaN or of another length");
    }
    for (const value of [wavelength, countingTime, countUnit]) {
      if (value !== undefined && !(value > 0 && value < Infinity)) throw new Error(`a condition is ${value}`);
    }
    if (i < 4) choose(file, i);
    const angles = axis === "omega" ? omega : (twoTheta ?? position);
    const places = Array.from(angles ?? [], (value) => value.toFixed(6)).join(" ");
    return { what: `${intensity.length} ${axis} ${places}`, wavelength };
  });
  return seen;
}

/** One may refuse a scan that the other lists, but for a reason. */
function choose(file: Awaited<ReturnType<typeof readScans>>, i: number): void {
  try {
    validateScan(chooseScan({ ...file, scans: [file.scans[i]!] }));
  } catch (error) {
    if (!(error instanceof TakagiError)) throw error;
  }
}

function readCif(bytes: Uint8Array): Seen {
  const { cell, atoms } = parseCif(new TextDecoder("latin1").decode(bytes));
  if (atoms.length === 0) throw new Error("no atoms, and no error");
  if (!Object.values(cell).every((value: number) => value > 0 && value < Infinity))
    throw new Error("a cell that cannot be");
  for (const { position, occupancy } of atoms) {
    if (!position.every((x) => x >= 0 && x < 1) || !(occupancy > 0 && occupancy <= 1))
      throw new Error("an atom that cannot be");
  }
  const places = atoms.map(({ element, position, occupancy }) => [element, position, occupancy]);
  return [{ what: JSON.stringify([cell, places]) }];
}
