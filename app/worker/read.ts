/** Files as users have them: scans in every format that the SDK reads, or a CIF. */
import {
  braggAngle,
  type Cell,
  chooseScan,
  dSpacing,
  type FileScan,
  type Hkl,
  material,
  materialNames,
  parseCif,
  readScans,
  type Scan,
} from "takagi";
import type { CrystalChoice } from "../crystals.ts";
import { DEFAULT_EXPERIMENT, type Experiment, without } from "../session.ts";
import type { FoundScan, ReadFile, Work } from "./protocol.ts";
import { peakOf, reflectionsOf, TOLERANCE } from "./suggest.ts";

/** Bytes in which a text file says what it is. */
const HEAD = 4096;

export async function read({ name, bytes, last, crystal }: Work["read"]["ask"]): Promise<ReadFile> {
  const file = new Uint8Array(bytes);
  const head = new TextDecoder().decode(file.subarray(0, HEAD));
  const title = name.replace(/\.[^.]+$/, "");
  if (/\.cif$/i.test(name) || /^data_/m.test(head)) {
    const text = new TextDecoder().decode(file);
    const { name: found } = parseCif(text);
    return { kind: "cif", crystal: { kind: "cif", name: found === "" ? title : found, text } };
  }
  return {
    kind: "scans",
    scans: (await scansOf(file)).map(({ scan, number, motors }) => ({
      ...found(number === undefined ? title : `${title} ${number}`, scan, head, { last, crystal }),
      ...(motors === undefined ? {} : { motors }),
    })),
  };
}

/** A scan of a file, its number where there are several, and where motors stood. */
interface TakenScan extends Pick<FileScan, "motors"> {
  readonly scan: Scan;
  readonly number?: number;
}

function motorsOf({ motors }: FileScan): Pick<FileScan, "motors"> {
  return motors === undefined ? {} : { motors };
}

/** Every scan of a file that has angles 2θ; what keeps the first from being one is told where none has. */
async function scansOf(bytes: Uint8Array): Promise<TakenScan[]> {
  const file = await readScans(bytes);
  if (file.scans.length === 1) return [{ scan: chooseScan(file), ...motorsOf(file.scans[0]!) }];
  const taken: TakenScan[] = [];
  let reason: unknown;
  for (const [i, each] of file.scans.entries()) {
    try {
      taken.push({
        scan: chooseScan({ ...file, scans: [each] }),
        number: each.number ?? i + 1,
        ...motorsOf(each),
      });
    } catch (error) {
      reason ??= error;
    }
  }
  if (taken.length === 0) throw reason;
  return taken;
}

interface Known {
  /** Of the scan before. */
  readonly last: Experiment | undefined;
  /** That came as a CIF with the scan, or before it. */
  readonly crystal: CrystalChoice | undefined;
}

/** With the crystal that came with the scan, or the one that the file names, or else the last one's where it has a
 *  reflection at the scan's peak. */
function found(name: string, scan: Scan, head: string, { last, crystal }: Known): FoundScan {
  const wavelength =
    scan.wavelength ?? wavelengthIn(head) ?? last?.wavelength ?? DEFAULT_EXPERIMENT.wavelength;
  const base: Experiment = { ...(last ?? DEFAULT_EXPERIMENT), wavelength };
  const named = namedIn(head);
  if (crystal !== undefined) {
    const hkl = hklAt(scan, crystal, wavelength, [...(named === undefined ? [] : [named.hkl]), base.hkl]);
    return { name, scan, experiment: { ...base, crystal, hkl: hkl ?? base.hkl }, guess: "by the CIF" };
  }
  if (named !== undefined && isWithin(scan, named, wavelength)) {
    return {
      name,
      scan,
      experiment: { ...base, crystal: { kind: "material", name: named.material }, hkl: named.hkl },
      guess: "as the file says",
    };
  }
  if (last?.crystal === undefined) return { name, scan, experiment: without(base, "crystal") };
  const hkl = hklAt(scan, last.crystal, wavelength, [last.hkl]);
  return hkl === undefined
    ? { name, scan, experiment: without(base, "crystal") }
    : { name, scan, experiment: { ...base, hkl }, guess: "as before" };
}

function wavelengthIn(head: string): number | undefined {
  const found = /(?:λ|lambda|wavelength)[^\d\n]{0,20}(\d\.\d+)/i.exec(head)?.[1];
  return found === undefined ? undefined : Number(found);
}

/** The first reflection of the crystal at the scan's peak: of those that are given, then of the usual surfaces. */
function hklAt(
  scan: Scan,
  crystal: CrystalChoice,
  wavelength: number,
  first: readonly Hkl[],
): Hkl | undefined {
  const { cell } = crystal.kind === "material" ? material(crystal.name) : parseCif(crystal.text);
  const peak = peakOf(scan);
  return [...first, ...reflectionsOf(cell)].find(
    (hkl) => Math.abs(angleOf(cell, hkl, wavelength) - peak) < TOLERANCE,
  );
}

/** A built-in crystal followed by three indices, such as "YSZ 4 0 0" or "Si (004)". */
function namedIn(head: string): { readonly material: string; readonly hkl: Hkl } | undefined {
  for (const name of materialNames) {
    const match = new RegExp(
      `(?:^|[^A-Za-z])${name.replace(/[^\w]/g, "\\$&")}[^\\w-]{1,3}(-?\\d{1,2})[ ,]*(-?\\d)[ ,]*(-?\\d{1,2})(?![\\d.])`,
      "m",
    ).exec(head);
    if (match !== null)
      return { material: name, hkl: [Number(match[1]), Number(match[2]), Number(match[3])] };
  }
  return undefined;
}

function isWithin(
  { twoTheta }: Scan,
  { material: name, hkl }: { readonly material: string; readonly hkl: Hkl },
  wavelength: number,
): boolean {
  const angle = angleOf(material(name).cell, hkl, wavelength);
  return angle > twoTheta[0]! - TOLERANCE && angle < twoTheta[twoTheta.length - 1]! + TOLERANCE;
}

/** Bragg angle 2θ, degrees; NaN where there is none. */
function angleOf(cell: Cell, hkl: Hkl, wavelength: number): number {
  try {
    return 2 * braggAngle(dSpacing(cell, hkl), wavelength);
  } catch {
    return NaN;
  }
}
