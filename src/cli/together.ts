/** `takagi invert --together`: several scans of one sample to one profile. */

import { TakagiError } from "../errors.ts";
import { invertTogether, type ScanOfSample } from "../invert/together.ts";
import { optional } from "./experiment.ts";
import { uniqueNames } from "./files.ts";
import {
  beginning,
  type Experiment,
  type InvertFlags,
  readExperiment,
  tellNotes,
  tellOne,
  tellReading,
  timed,
  type Timed,
} from "./invert.ts";
import { predictorFor } from "./predictor.ts";
import { checkResults } from "./result.ts";
import { hasWavelength, readScanFile, withWavelength } from "./scanFile.ts";
import { ProgressLine, UsageError, type Terminal } from "./terminal.ts";

/** A file, its scan, and what the options say of it. */
interface Part extends Experiment {
  readonly path: string;
  readonly bytes: Uint8Array;
  readonly scan: ScanOfSample["scan"];
}

export async function runTogether(
  paths: readonly string[],
  flags: InvertFlags,
  terminal: Terminal,
): Promise<number> {
  checkFlags(paths, flags);
  // What is wrong with the options or the folder is said before a file is read.
  if (hasWavelength(flags)) for (const k of paths.keys()) await readExperiment(flagsOf(flags, k));
  if (flags.out !== undefined) await checkResults(flags.out, flags);
  return tellOne(await invertFiles(paths, flags, terminal), flags.out, flags, terminal);
}

function checkFlags(paths: readonly string[], { hkls = [], nexus, layers, layer }: InvertFlags): void {
  if (paths.length < 2) throw new UsageError("--together needs the files of two scans or more");
  if (hkls.length > 1 && hkls.length !== paths.length)
    throw new UsageError(
      `--hkl: give one for all scans, or one for each of the ${paths.length} files in their order; got ${hkls.length}`,
    );
  if (nexus === true) throw new UsageError("--nexus is for one scan, not with --together");
  if (layers !== undefined || layer !== undefined)
    throw new UsageError("layers are found in one scan, not with --together");
}

/** The options of the k-th file. */
function flagsOf(flags: InvertFlags, k: number): InvertFlags {
  return { ...flags, ...optional("hkl", flags.hkls?.[k] ?? flags.hkl) };
}

async function partOf(path: string, flags: InvertFlags, terminal: Terminal): Promise<Part> {
  const { scan, bytes } = await readScanFile(path, flags);
  tellReading(path, scan, terminal);
  return { path, bytes, scan, ...(await readExperiment(withWavelength(flags, path, scan))) };
}

async function invertFiles(paths: readonly string[], flags: InvertFlags, terminal: Terminal): Promise<Timed> {
  const begun = beginning(terminal),
    predictor = await predictorFor(flags.model),
    name = uniqueNames(paths).join(" + "),
    parts: Part[] = [];
  for (const [k, path] of paths.entries()) parts.push(await partOf(path, flagsOf(flags, k), terminal));
  const line = new ProgressLine(terminal),
    [{ options }] = parts as [Part],
    inputs = parts.map((part) => ({ name: part.path, bytes: part.bytes }));
  try {
    terminal.signal.throwIfAborted();
    const inversion = await invertTogether(
      parts.map(({ scan, reflection, options: own }) => ({
        scan,
        reflection,
        ...optional("sample", own.sample),
      })),
      {
        ...options,
        ...optional("predictor", predictor),
        signal: terminal.signal,
        onProgress: ({ stage, fraction }) => line.show(`${name}: ${stage} ${Math.round(100 * fraction)} %`),
      },
    );
    for (const [k, { scan }] of (inversion.scans ?? []).entries())
      tellNotes(paths[k]!, scan.notes?.slice(parts[k]!.scan.notes?.length ?? 0), terminal);
    return await timed(inversion, { name, inputs, options, flags, predictor, begun }, terminal);
  } catch (error) {
    // scans[1] is the second file.
    if (error instanceof TakagiError)
      error.message = error.message.replace(
        /^scans\[(\d+)\]\./,
        (_, k: string) => `${paths[Number(k)] ?? "?"}: `,
      );
    throw error;
  } finally {
    line.wipe();
  }
}
