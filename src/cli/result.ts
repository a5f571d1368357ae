/** The files that an inversion leaves in a folder. */

import { radmaxCoefficients } from "../io/radmax.ts";
import { curveCsv, layersCsv, profileCsv, resultJson } from "../report/files.ts";
import { resultNexus } from "../report/nexus.ts";
import { foundWriter } from "../report/nexusNodes.ts";
import type { Result } from "../report/parseResult.ts";
import { report } from "../report/report.ts";
import type { Inversion } from "../types.ts";
import { checkOutputs, writeOutputs } from "./outputs.ts";

/** The last one makes the result whole, and tells whose the others are. */
const INDEX = "result.json";
const COMMON = ["profile.csv", "curve.csv"] as const,
  /** Of a profile of splines, and of layers. */
  OF_SPLINES = ["input_strain_coeff.txt", "input_DW_coeff.txt"] as const,
  OF_LAYERS = "layers.csv",
  NEXUS = "result.nxs",
  REPORT = "report.html";
const ALL = [NEXUS, ...COMMON, ...OF_SPLINES, OF_LAYERS, REPORT, INDEX];

export interface ResultOptions {
  readonly force?: boolean | undefined;
  /** result.nxs, too. */
  readonly nexus?: boolean | undefined;
}

/** What lies beside the report.
 *  @param isLayers the answer is one of layers */
export function besideReport(isLayers: boolean): string[] {
  return [...COMMON, ...(isLayers ? [OF_LAYERS] : OF_SPLINES), INDEX];
}

/** Says before the work what would be wrong with the folder after it.
 *  @throws {InputError} @throws {InvalidParameterError} result.nxs is asked for, and h5wasm is not installed */
export async function checkResults(folder: string, { force, nexus }: ResultOptions): Promise<void> {
  if (nexus === true) await foundWriter();
  await checkOutputs(folder, nexus === true ? ALL : ALL.slice(1), { force, index: INDEX });
}

/** Profile, curve, report and result.json in a folder, which is made where it is missing; of splines the files of RaDMaX, of
 *  layers their table, where there are any. An earlier result's files that this one has not are removed.
 *  @throws {InputError} naming the file that cannot be written; what was there before stays */
export async function writeResults(
  folder: string,
  result: Result,
  { force, nexus }: ResultOptions,
): Promise<void> {
  const { inversion } = result;
  const files = {
    ...(nexus === true && { [NEXUS]: await resultNexus(inversion, result) }),
    "profile.csv": profileCsv(inversion),
    "curve.csv": curveCsv(inversion),
    ...ownFiles(inversion),
    [REPORT]: report(inversion, { ...result, title: result.name }),
    [INDEX]: `${JSON.stringify(resultJson(inversion, result))}\n`,
  };
  await writeOutputs(folder, files, { force, index: INDEX, replaced: ALL });
}

function ownFiles(inversion: Inversion): Record<string, string> {
  if (inversion.stack !== undefined)
    return inversion.stack.layers.length > 0 ? { [OF_LAYERS]: layersCsv(inversion.stack) } : {};
  const { strain, debyeWaller } = radmaxCoefficients(inversion),
    [first, second] = OF_SPLINES;
  return { [first]: strain, [second]: debyeWaller };
}
