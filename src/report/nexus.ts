/** An inversion as a NeXus file (HDF5): what was measured, what was found, and by which process. */

import { InvalidParameterError } from "../errors.ts";
import type { Inversion } from "../types.ts";
import { VERSION } from "../version.ts";
import { printable } from "../words.ts";
import { resultJson, type ResultDetails } from "./files.ts";

/** A group or a dataset to write to, as h5wasm has it. */
export interface Hdf5OutputNode {
  /** Puts an attribute beside it. */
  create_attribute(name: string, value: string | readonly string[] | number): void;
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

/** What is told of the inversion in its file, and the library that writes. */
export interface NexusOptions extends ResultDetails {
  /** Where h5wasm cannot be found by its name (bundles, edge runtimes). */
  readonly hdf5?: Hdf5Writer;
}

let written = 0;

/** NeXus with NXdata for profile and curve (`entry/profile` is the default plot, `entry/curve` the scan), NXprocess for program,
 *  version, date and provenance, and result.json whole in `entry/process/result` (NXnote).
 *  @returns the file's bytes
 *  @throws {InvalidParameterError} where h5wasm is not installed
 *  @example await writeFile("result.nxs", await resultNexus(answer, { name: "YSZ 400" })) */
export async function resultNexus(inversion: Inversion, options: NexusOptions): Promise<Uint8Array> {
  const { hdf5, ...details } = options,
    { ready, File } = hdf5 ?? (await foundWriter()),
    { FS } = await ready,
    name = `takagi-result-${++written}.nxs`,
    file = new File(name, "w");
  try {
    try {
      fill(file, inversion, details);
    } finally {
      file.close();
    }
    return FS.readFile(name).slice();
  } finally {
    FS.unlink(name);
  }
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

function fill(root: Hdf5OutputGroup, inversion: Inversion, details: ResultDetails): void {
  root.create_attribute("default", "entry");
  root.create_attribute("creator", `takagi ${VERSION}`);
  const entry = group(root, "entry", "NXentry"),
    { reflection } = inversion;
  entry.create_attribute("default", "profile");
  text(entry, "title", details.name);
  text(entry, "experiment_description", `X-ray diffraction, ${reflection.name}`);
  const beam = group(group(entry, "instrument", "NXinstrument"), "beam", "NXbeam");
  number(beam, "incident_wavelength", reflection.wavelength, "angstrom");
  fillProfile(entry, inversion);
  fillCurve(entry, inversion);
  fillProcess(entry, inversion, details);
}

function fillProfile(entry: Hdf5OutputGroup, { profile, strainBand, debyeWallerBand }: Inversion): void {
  const data = group(entry, "profile", "NXdata");
  data.create_attribute("signal", "strain");
  data.create_attribute("axes", "depth");
  data.create_attribute("auxiliary_signals", [
    "strain_lower",
    "strain_upper",
    "debye_waller",
    "debye_waller_lower",
    "debye_waller_upper",
  ]);
  array(data, "depth", profile.depth, "nm");
  array(data, "strain", profile.strain, "%");
  array(data, "strain_lower", strainBand.lower, "%");
  array(data, "strain_upper", strainBand.upper, "%");
  array(data, "debye_waller", profile.debyeWaller, "");
  array(data, "debye_waller_lower", debyeWallerBand.lower, "");
  array(data, "debye_waller_upper", debyeWallerBand.upper, "");
  number(data, "band_level", strainBand.level, "");
}

function fillCurve(entry: Hdf5OutputGroup, { scan, calculated, used }: Inversion): void {
  const data = group(entry, "curve", "NXdata");
  data.create_attribute("signal", "measured");
  data.create_attribute("axes", "two_theta");
  data.create_attribute("auxiliary_signals", ["calculated"]);
  array(data, "two_theta", scan.twoTheta, "deg");
  array(data, "measured", scan.intensity, "counts");
  array(data, "calculated", calculated, "counts");
  array(data, "fitted", Float64Array.from(used), "");
}

function fillProcess(entry: Hdf5OutputGroup, inversion: Inversion, details: ResultDetails): void {
  const process = group(entry, "process", "NXprocess"),
    { run, provenance } = details;
  text(process, "program", "takagi");
  text(process, "version", provenance?.version ?? VERSION);
  if (run !== undefined) text(process, "date", run.date);
  const found = group(process, "found", "NXcollection");
  text(found, "verdict", inversion.verdict);
  number(found, "confidence", inversion.confidence, "");
  number(found, "thickness", inversion.thickness, "nm");
  number(found, "max_strain", inversion.maxStrain, "%");
  number(found, "max_strain_depth", inversion.maxStrainDepth, "nm");
  number(found, "min_debye_waller", inversion.minDebyeWaller, "");
  number(found, "rms_log10", inversion.rms, "");
  number(found, "chi2_per_point", inversion.chi2PerPoint, "");
  if (provenance !== undefined) note(process, "provenance", provenance);
  note(process, "result", resultJson(inversion, details));
}

function group(parent: Hdf5OutputGroup, name: string, type: string): Hdf5OutputGroup {
  const made = parent.create_group(name);
  made.create_attribute("NX_class", type);
  return made;
}

/** Without what a terminal that shows the file would obey. */
function text(parent: Hdf5OutputGroup, name: string, data: string): void {
  parent.create_dataset({ name, data: printable(data) });
}

function number(parent: Hdf5OutputGroup, name: string, data: number, units: string): void {
  withUnits(parent.create_dataset({ name, data }), units);
}

function array(parent: Hdf5OutputGroup, name: string, data: Float64Array, units: string): void {
  withUnits(parent.create_dataset({ name, data, shape: [data.length] }), units);
}

function withUnits(dataset: Hdf5OutputNode, units: string): void {
  if (units !== "") dataset.create_attribute("units", units);
}

function note(parent: Hdf5OutputGroup, name: string, json: object): void {
  const made = group(parent, name, "NXnote");
  text(made, "type", "application/json");
  text(made, "data", JSON.stringify(json));
}
