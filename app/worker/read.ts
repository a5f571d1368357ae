/** Files as users have them: scans in every format that the SDK reads, or a CIF. */
import {
  braggAngle,
  chooseScan,
  dSpacing,
  type Hkl,
  material,
  materialNames,
  parseCif,
  readScans,
  type Scan,
} from "takagi";
import { DEFAULT_EXPERIMENT, type Experiment, without } from "../session.ts";
import type { FoundScan, ReadFile, Work } from "./protocol.ts";
import { peakOf, reflectionsOf, TOLERANCE } from "./suggest.ts";

/** Bytes in which a text file says what it is. */
const HEAD = 4096;

export async function read({ name, bytes, last }: Work["read"]["ask"]): Promise<ReadFile> {
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
    scans: (await scansOf(file)).map(({ scan, number }) =>
      found(number === undefined ? title : `${title} ${number}`, scan, head, last),
    ),
  };
}

/** Every scan of a file that has angles 2θ; what keeps the first from being one is told where none has. */
async function scansOf(bytes: Uint8Array): Promise<{ readonly scan: Scan; readonly number?: number }[]> {
  const file = await readScans(bytes);
  if (file.scans.length === 1) return [{ scan: chooseScan(file) }];
  const taken: { scan: Scan; number: number }[] = [];
  let reason: unknown;
  for (const [i, each] of file.scans.entries()) {
    try {
      taken.push({ scan: chooseScan({ ...file, scans: [each] }), number: each.number ?? i + 1 });
    } catch (error) {
      reason ??= error;
    }
  }
  if (taken.length === 0) throw reason;
  return taken;
}

/** With the experiment that the file names, or else the last one's crystal where it has a reflection at the scan's peak. */
function found(name: string, scan: Scan, head: string, last: Experiment | undefined): FoundScan {
  const wavelength =
    scan.wavelength ??
    Number(
      /(?:λ|lambda|wavelength)[^\d\n]{0,20}(\d\.\d+)/i.exec(head)?.[1] ??
        last?.wavelength ??
        DEFAULT_EXPERIMENT.wavelength,
    );
  const base: Experiment = { ...(last ?? DEFAULT_EXPERIMENT), wavelength };
  const named = namedIn(head);
  if (named !== undefined && isWithin(scan, named, wavelength)) {
    return {
      name,
      scan,
      experiment: { ...base, crystal: { kind: "material", name: named.material }, hkl: named.hkl },
      guess: "as the file says",
    };
  }
  const unknown = without(base, "crystal");
  if (last?.crystal?.kind !== "material")
    return {
      name,
      scan,
      experiment: last?.crystal === undefined ? unknown : base,
      ...(last?.crystal === undefined ? {} : { guess: "as before" }),
    };
  const peak = peakOf(scan);
  const near = (hkl: Hkl): number => Math.abs(angleOf(last.crystal!.name, hkl, wavelength) - peak);
  const hkl = [last.hkl, ...reflectionsOf(last.crystal.name)].find(
    (candidate) => near(candidate) < TOLERANCE,
  );
  return hkl === undefined
    ? { name, scan, experiment: unknown }
    : { name, scan, experiment: { ...base, hkl }, guess: "as before" };
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
  const angle = angleOf(name, hkl, wavelength);
  return angle > twoTheta[0]! - TOLERANCE && angle < twoTheta[twoTheta.length - 1]! + TOLERANCE;
}

/** Bragg angle 2θ, degrees; NaN where there is none. */
function angleOf(name: string, hkl: Hkl, wavelength: number): number {
  try {
    return 2 * braggAngle(dSpacing(material(name).cell, hkl), wavelength);
  } catch {
    return NaN;
  }
}
