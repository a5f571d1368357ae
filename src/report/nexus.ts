/** An inversion as a NeXus file (HDF5): what was measured, what was found, and by which process. */

import type { Inversion } from "../types.ts";
import { VERSION } from "../version.ts";
import { resultJson, type ResultDetails } from "./files.ts";
import {
  array,
  group,
  type Hdf5OutputGroup,
  type Hdf5Writer,
  nexusFile,
  note,
  number,
  text,
} from "./nexusNodes.ts";

/** What is told of the inversion in its file, and the library that writes. */
export interface NexusOptions extends ResultDetails {
  /** Where h5wasm cannot be found by its name (bundles, edge runtimes). */
  readonly hdf5?: Hdf5Writer;
}

/** NeXus with NXdata for profile and curve (`entry/profile` is the default plot, `entry/curve` the scan), NXprocess for program,
 *  version, date and provenance, and result.json whole in `entry/process/result` (NXnote).
 *  @returns the file's bytes
 *  @throws {InvalidParameterError} where h5wasm is not installed
 *  @example await writeFile("result.nxs", await resultNexus(answer, { name: "YSZ 400" })) */
export async function resultNexus(inversion: Inversion, options: NexusOptions): Promise<Uint8Array> {
  const { hdf5, ...details } = options;
  return nexusFile(hdf5, (root) => fill(root, inversion, details));
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
