/** What is fuzzed: the readers, with files that they read, and what must hold for what they return. */
import { unzipSync, zipSync } from "fflate";
import { parseCif } from "../../src/crystal/cif.ts";
import { readScan, readScans } from "../../src/io/read.ts";
import { validateScan } from "../../src/io/scan.ts";
import { TakagiError } from "../../src/errors.ts";
import { brml, ras, rasx, raw1, raw2, raw3, raw4, text, xrdml } from "../../test/io/files.ts";
import { CIFS } from "./cifs.ts";
import { mutate } from "./mutate.ts";
import type { Random } from "./random.ts";

export interface Target {
  readonly name: string;
  readonly seeds: readonly Uint8Array[];
  /** Reads, and throws where what comes out cannot be. */
  readonly read: (bytes: Uint8Array) => Promise<void>;
}

const several = [
  {},
  { axis: "omega", attenuation: [1, 1, 1, 9, 9, 9, 1, 1, 1, 1] },
  { axis: "2theta", counts: [4, 5, 6] },
] as const;
const seeds = (write: (scans?: typeof several) => Uint8Array) => [write(), write(several)];
const reader = (name: string, files: readonly Uint8Array[]): Target => ({
  name,
  seeds: files,
  read: readEvery,
});

/** @param extra more files to start from, by the name of their target */
export function targets(extra: ReadonlyMap<string, readonly Uint8Array[]> = new Map()): Target[] {
  const own = [
    reader("text", [text(), new TextEncoder().encode("\ufeff36,1;100\r\n36,2;120,5\r\n36,3;1,2e3\r\n")]),
    reader("xrdml", [...seeds(xrdml), xrdml(several, { version: "1.3", positions: "list" })]),
    reader("brml", seeds(brml)),
    reader("ras", seeds(ras)),
    reader("rasx", seeds(rasx)),
    reader("raw", [raw1, raw2, raw3, raw4].flatMap(seeds)),
    {
      name: "cif",
      seeds: CIFS.map((cif) => new TextEncoder().encode(cif)),
      read: (bytes: Uint8Array) => Promise.resolve(readCif(bytes)),
    },
  ];
  return own.map((target) => ({ ...target, seeds: [...target.seeds, ...(extra.get(target.name) ?? [])] }));
}

/** A damaged file: archives in their bytes or in a file within. */
export function damaged({ seeds: files }: Target, random: Random): Uint8Array {
  const bytes = random.of(files);
  const other = random.of(files);
  if (bytes[0] !== 0x50 || bytes[1] !== 0x4b || random.below(3) === 0) return mutate(bytes, random, other);
  const inside: Record<string, Uint8Array> = unzipSync(bytes);
  const name = random.of(Object.keys(inside));
  inside[name] = mutate(inside[name]!, random, random.of(Object.values(inside)));
  return zipSync(inside, { level: 1 });
}

async function readEvery(bytes: Uint8Array): Promise<void> {
  const { scans } = await readScans(bytes);
  if (scans.length === 0) throw new Error("no scans, and no error");
  for (const [
    i,
    { intensity, twoTheta, omega, position, attenuation, wavelength, countingTime, countUnit },
  ] of scans.entries()) {
    for (const values of [intensity, twoTheta, omega, position, attenuation]) {
      if (values !== undefined && (values.length !== intensity.length || !values.every(Number.isFinite)))
        throw new Error("a column with NaN or of another length");
    }
    for (const value of [wavelength, countingTime, countUnit]) {
      if (value !== undefined && !(value > 0 && value < Infinity)) throw new Error(`a condition is ${value}`);
    }
    // One may refuse a scan that the other lists, but for a reason.
    try {
      validateScan(await readScan(bytes, { scan: i + 1 }));
    } catch (error) {
      if (!(error instanceof TakagiError)) throw error;
    }
    if (i >= 3) break;
  }
}

function readCif(bytes: Uint8Array): void {
  const { cell, atoms } = parseCif(new TextDecoder("latin1").decode(bytes));
  if (atoms.length === 0) throw new Error("no atoms, and no error");
  if (!Object.values(cell).every((value: number) => value > 0 && value < Infinity))
    throw new Error("a cell that cannot be");
  for (const { position, occupancy } of atoms) {
    if (!position.every((x) => x >= 0 && x < 1) || !(occupancy > 0 && occupancy <= 1))
      throw new Error("an atom that cannot be");
  }
}
