/** The scan that the options choose, and what is to be said of it. */

import { InvalidParameterError } from "../errors.ts";
import { readScan, type ReadScanOptions, type ReadScansOptions } from "../io/read.ts";
import type { Scan } from "../types.ts";
import { optional } from "./experiment.ts";
import { inFile, readBytes } from "./files.ts";
import type { PhysicsFlags } from "./physicsOptions.ts";
import { InputError, UsageError } from "./terminal.ts";

export interface ScanFlags {
  readonly scan?: readonly number[];
  readonly project?: boolean;
  readonly theta?: boolean;
  readonly columns?: readonly [angle: number, intensity: number];
  readonly detector?: string;
  readonly monitor?: string;
  readonly attenuation?: string;
  readonly path?: string;
}

/** The scan, and the file that it is from.
 *  @throws {InputError} @throws {ScanFormatError} naming the file @throws {UsageError} an option that contradicts the file */
export async function readScanFile(
  path: string,
  flags: ScanFlags,
): Promise<{ readonly scan: Scan; readonly bytes: Uint8Array }> {
  const bytes = await readBytes(path);
  try {
    return { scan: await inFile(path, () => readScan(bytes, chosenBy(flags))), bytes };
  } catch (error) {
    if (!(error instanceof InvalidParameterError)) throw error;
    if (error.parameter === "angle")
      throw new InputError(`${path}: --theta contradicts the file, whose angles are 2θ`, { cause: error });
    if (error.parameter === "scan") throw new UsageError(`--scan: ${error.message}`, { cause: error });
    throw error;
  }
}

/** Which scan of a file is meant, and what is read of it. */
export function chosenBy(flags: ScanFlags): ReadScanOptions {
  const { scan, project } = flags;
  return {
    ...readOptions(flags),
    ...optional("scan", scan?.length === 1 ? scan[0] : scan),
    ...optional("project", project),
  };
}

/** What is read of a file, whichever of its scans is meant. */
export function readOptions({
  theta,
  columns,
  detector,
  monitor,
  attenuation,
  path,
}: ScanFlags): ReadScansOptions {
  return {
    ...optional("angle", theta === true ? ("theta" as const) : undefined),
    ...optional("columns", columns),
    ...optional("detector", detector),
    ...optional("monitor", monitor),
    ...optional("attenuation", attenuation),
    ...optional("path", path),
  };
}

/** The options with the file's wavelength, where they name none.
 *  @throws {InputError} where neither has one */
export function withWavelength<T extends PhysicsFlags>(flags: T, path: string, { wavelength }: Scan): T {
  if (hasWavelength(flags)) return flags;
  if (wavelength === undefined)
    throw new InputError(
      `--wavelength is missing: in Å, such as --wavelength 1.5406; ${path} does not say it`,
    );
  return { ...flags, wavelength };
}

export function hasWavelength({ wavelength, energy, lines }: PhysicsFlags): boolean {
  return wavelength !== undefined || energy !== undefined || lines !== undefined;
}
