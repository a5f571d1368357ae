/** The scan that the options choose, and what is to be said of it. */

import { InvalidParameterError } from "../errors.ts";
import { readScan, type ReadScanOptions } from "../io/read.ts";
import type { Scan } from "../types.ts";
import { optional } from "./experiment.ts";
import { inFile, readBytes } from "./files.ts";
import type { PhysicsFlags } from "./physicsOptions.ts";
import { InputError, UsageError } from "./terminal.ts";

export interface ScanFlags {
  readonly scan?: number;
  readonly theta?: boolean;
  readonly columns?: readonly [angle: number, intensity: number];
}

/** @throws {InputError} @throws {ScanFormatError} naming the file @throws {UsageError} an option that contradicts the file */
export async function readScanFile(path: string, { scan, theta, columns }: ScanFlags): Promise<Scan> {
  const bytes = await readBytes(path);
  const options: ReadScanOptions = {
    ...optional("scan", scan),
    ...optional("angle", theta === true ? ("theta" as const) : undefined),
    ...optional("columns", columns),
  };
  try {
    return await inFile(path, () => readScan(bytes, options));
  } catch (error) {
    if (!(error instanceof InvalidParameterError)) throw error;
    if (error.parameter === "angle")
      throw new InputError(`${path}: --theta contradicts the file, whose angles are 2θ`, { cause: error });
    if (error.parameter === "scan") throw new UsageError(`--scan: ${error.message}`, { cause: error });
    throw error;
  }
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

export function hasWavelength({ wavelength, lines }: PhysicsFlags): boolean {
  return wavelength !== undefined || lines !== undefined;
}
