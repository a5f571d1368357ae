/** NeXus files (HDF5): the default plot, or the data that are chosen (NeXus 2024.02: NXroot, NXentry, NXdata). */

import { ScanFormatError } from "../../errors.ts";
import type { FileScan, ScanFile } from "../../types.ts";
import { DEGREES, KEV_ANGSTROM } from "../../units.ts";
import { anglesOfAxis, movedBy } from "./axes.ts";
import { fileScan, requireReasonable } from "./fileScan.ts";
import type { Hdf5Group, Hdf5Library } from "./hdf5.ts";
import { isGroup, numbersOf, textOf, walk, withHdf5 } from "./hdf5.ts";

/** What NeXus calls axes. */
const NEXUS_NAMES: Readonly<Record<string, string>> = { polar_angle: "2Theta", rotation_angle: "Omega" };

/** Every one-dimensional plot of the file that is meant: the one at `path`, else that to which the `default` attributes lead,
 *  else each NXdata there is.
 *  @param library h5wasm
 *  @throws {ScanFormatError} damaged; nothing at `path`; no plot of one dimension */
export async function readNexus(
  bytes: Uint8Array,
  { library, path }: { library: Hdf5Library; path?: string | undefined },
): Promise<ScanFile> {
  return withHdf5(bytes, library, (root) => {
    const groups = path === undefined ? plotsOf(root) : [[path, groupAt(root, path)] as const];
    requireReasonable("scans", groups.length);
    const scans: FileScan[] = [];
    let reason: ScanFormatError | undefined;
    for (const [name, group] of groups) {
      try {
        scans.push(scanOf(root, name, group));
      } catch (error) {
        if (groups.length === 1 || !(error instanceof ScanFormatError)) throw error;
        reason ??= error;
      }
    }
    if (scans.length === 0)
      throw reason ?? new ScanFormatError("the HDF5 file has no NXdata of one dimension; give its `path`");
    return { format: "nexus", scans };
  });
}

function groupAt(root: Hdf5Group, path: string): Hdf5Group {
  const found = root.get(path);
  if (!isGroup(found))
    throw new ScanFormatError(`the HDF5 file has no group at ${JSON.stringify(path.slice(0, 200))}`);
  return found;
}

/** By the `default` attributes from the root down; else all of class NXdata. */
function plotsOf(root: Hdf5Group): (readonly [path: string, group: Hdf5Group])[] {
  let group = root;
  const names: string[] = [];
  for (let depth = 0; depth < 8 && textOf(group.attrs["NX_class"]) !== "NXdata"; depth++) {
    const name = textOf(group.attrs["default"]);
    const next = name === undefined ? undefined : group.get(name);
    if (!isGroup(next)) break;
    names.push(name!);
    group = next;
  }
  if (textOf(group.attrs["NX_class"]) === "NXdata") return [[names.join("/"), group]];
  const found: [string, Hdf5Group][] = [];
  walk(root, (name, entity) => {
    if (isGroup(entity) && textOf(entity.attrs["NX_class"]) === "NXdata") found.push([name, entity]);
  });
  return found;
}

function scanOf(root: Hdf5Group, path: string, group: Hdf5Group): FileScan {
  const { signal, axis } = namesOf(group, path);
  const counts = numbersOf(group, signal);
  const raw = numbersOf(group, axis);
  if (counts === undefined || raw === undefined)
    throw new ScanFormatError(`${path}: ${counts === undefined ? signal : axis} is no list of numbers`);
  const { degrees, note } = inDegrees(raw.values, raw.units, `${path}/${axis}`);
  const name = NEXUS_NAMES[axis] ?? axis;
  const other = (wanted: string) => {
    const found = group.keys().find((key) => movedBy(NEXUS_NAMES[key] ?? key) === wanted);
    const values = found === undefined || found === axis ? undefined : numbersOf(group, found);
    return values?.values.length === degrees.length
      ? inDegrees(values.values, values.units, found!).degrees
      : undefined;
  };
  const angles = anglesOfAxis(degrees, { axis: name });
  const entry = entryOf(root, path);
  const times = numbersOf(group, "count_time");
  const scan = fileScan({
    axisName: path === "" ? axis : `${path}/${axis}`,
    ...angles,
    ...(angles.axis === "2theta" ? { omega: other("omega") } : {}),
    ...(angles.axis === "omega" ? { twoTheta: other("2theta") } : {}),
    counts: counts.values,
    intensityUnit: /^counts?$/i.test(counts.units ?? "") ? "counts" : undefined,
    ...(times?.values.length === counts.values.length
      ? { countingTimes: times.values }
      : { countingTime: times?.values[0] }),
    tube: { alpha1: wavelengthOf(entry) },
    sample: textIn(entry, "sample/name"),
    comment: textIn(entry, "title"),
    runsFreely: true,
  });
  return note === undefined ? scan : { ...scan, notes: [...(scan.notes ?? []), note] };
}

/** Signal and axis by the attributes of the group, or, of older files, by those of its data. */
function namesOf(group: Hdf5Group, path: string): { signal: string; axis: string } {
  const signal =
    textOf(group.attrs["signal"]) ??
    group.keys().find((key) => {
      const entity = group.get(key);
      return entity !== null && "attrs" in entity && Number(entity.attrs["signal"]?.value) === 1;
    });
  if (signal === undefined) throw new ScanFormatError(`${path}: the NXdata does not say its signal`);
  const entity = group.get(signal);
  const axes =
    textOf(group.attrs["axes"]) ??
    (entity !== null && "attrs" in entity ? textOf(entity.attrs["axes"]) : undefined);
  if (axes === undefined) throw new ScanFormatError(`${path}: the NXdata does not say its axis`);
  return { signal, axis: axes.split(/[:,]/)[0]!.trim() };
}

function inDegrees(
  values: Float64Array,
  units: string | undefined,
  name: string,
): { degrees: Float64Array; note?: string } {
  if (units === undefined)
    return { degrees: values, note: `${name} has no unit in the file; its angles are taken for degrees.` };
  if (/^(?:deg|degrees?|°)$/i.test(units)) return { degrees: values };
  if (/^(?:rad|radians?)$/i.test(units)) return { degrees: values.map((value) => value * DEGREES) };
  throw new ScanFormatError(`${name} is in ${JSON.stringify(units.slice(0, 20))}, not in degrees`);
}

function entryOf(root: Hdf5Group, path: string): Hdf5Group {
  const first = root.get(path.split("/").find((part) => part !== "") ?? "");
  return isGroup(first) ? first : root;
}

function textIn(group: Hdf5Group, path: string): string | undefined {
  const entity = group.get(path);
  return entity !== null && "shape" in entity ? textOf(entity) : undefined;
}

/** Of the one wavelength or energy in the entry, Å; undefined where there is none, or several that differ. */
function wavelengthOf(entry: Hdf5Group): number | undefined {
  const found: number[] = [];
  walk(entry, (path, entity) => {
    const match = /(?:^|\/)(?:incident_|incoming_)?(wavelength|energy)$/.exec(path);
    if (match === null || !("shape" in entity)) return;
    const numbers = numbersOf(entry, path);
    const value = numbers?.values[0];
    const units = numbers?.units ?? "";
    if (value === undefined || numbers!.values.length !== 1) return;
    if (match[1] === "wavelength" && /^(?:a|å|angstroms?)$/i.test(units)) found.push(value);
    if (match[1] === "wavelength" && /^nm$/i.test(units)) found.push(10 * value);
    if (match[1] === "energy" && /^kev$/i.test(units)) found.push(KEV_ANGSTROM / value);
    if (match[1] === "energy" && /^ev$/i.test(units)) found.push((1000 * KEV_ANGSTROM) / value);
  });
  const [first] = found;
  return first !== undefined && found.every((each) => Math.abs(each / first - 1) < 1e-4) ? first : undefined;
}
