/** The scans of a batch: those of all its files in order, and which of them are a shard's. */
import { createHash } from "node:crypto";
import { readdir, readFile, stat } from "node:fs/promises";
import { join, resolve } from "node:path";
import { TakagiError } from "../errors.ts";
import { chooseScan, readScan, type ReadScanOptions, readScans } from "../io/read.ts";
import { type Line, type LineHead, metadataOf } from "../report/line.ts";
import type { Scan } from "../types.ts";
import { decodeText } from "../io/text.ts";
import { readBytes, reasonOf } from "./files.ts";
import { chosenBy, readOptions, type ScanFlags } from "./scanFile.ts";
import { InputError, UsageError } from "./terminal.ts";

/** One scan of the batch: what is known of it, and itself or why there is none. */
export interface BatchScan extends Omit<LineHead, "settings"> {
  readonly content: Scan | Error;
  /** Share of the batch, or of the shard, that lies before it. */
  readonly progress: number;
}

/** Part K of M. */
export interface Shard {
  readonly index: number;
  readonly of: number;
}

/** Files of a batch in order: as given; of a folder all that are in it and below, by their names; then those of a list.
 *  @param out folder of the results, which is not looked into
 *  @throws {InputError} a folder or a list that cannot be read; one file twice */
export async function filesOf(
  paths: readonly string[],
  { list, out }: { readonly list?: string; readonly out: string },
): Promise<string[]> {
  const files: string[] = [];
  for (const path of paths)
    files.push(...((await isFolder(path)) ? await filesIn(path, resolve(out)) : [path]));
  if (list !== undefined) files.push(...linesOf(decodeText(await readBytes(list))));
  const seen = new Set<string>();
  for (const file of files) {
    if (seen.has(file)) throw new InputError(`${file} is in the batch twice`);
    seen.add(file);
  }
  if (files.length === 0) throw new UsageError("give files, a folder with files, or --list");
  return files;
}

function linesOf(text: string): string[] {
  return text
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line !== "" && !line.startsWith("#"));
}

async function isFolder(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
}

/** By code points, so that every machine has one order. */
async function filesIn(folder: string, except: string): Promise<string[]> {
  if (resolve(folder) === except) return [];
  try {
    const names = (await readdir(folder, { withFileTypes: true }))
      .filter(({ name }) => !name.startsWith("."))
      .sort((a, b) => (a.name < b.name ? -1 : 1));
    const found = await Promise.all(
      names.map(async (each) => {
        const path = join(folder, each.name);
        return each.isDirectory() || (each.isSymbolicLink() && (await isFolder(path)))
          ? filesIn(path, except)
          : [path];
      }),
    );
    return found.flat();
  } catch (error) {
    if (error instanceof InputError) throw error;
    throw new InputError(`cannot read ${folder}: ${reasonOf(error)}`, { cause: error });
  }
}

/** Scans of a shard in order. All files have one share of the batch each, and all scans of a file one share of its: of files
 *  that have as many scans each, shards are of one size, and no shard reads the files of another.
 *  @throws {InputError} a file that is there and cannot be read: that may be another time */
export async function* scansOf(
  files: readonly string[],
  flags: ScanFlags,
  shard: Shard,
): AsyncGenerator<BatchScan, void, undefined> {
  const count = files.length,
    first = (count * (shard.index - 1)) / shard.of,
    last = (count * shard.index) / shard.of;
  for (let i = Math.floor(first); i < Math.min(Math.ceil(last), count); i++) {
    const scans = await scansOfFile(files[i]!, flags);
    for (const [j, scan] of scans.entries()) {
      const at = i * scans.length + j;
      if (Math.floor((shard.of * at) / (count * scans.length)) !== shard.index - 1) continue;
      yield { ...scan(), progress: (at / scans.length - first) / (last - first) };
    }
  }
}

/** The scan that a line is of, read again.
 *  @throws {InputError} a file that is not there any more, or another
 *  @throws {ScanFormatError} */
export async function scanOfLine({ file, scan, sha256, settings }: Line): Promise<Scan> {
  const bytes = await readBytes(file);
  if (createHash("sha256").update(bytes).digest("hex") !== sha256)
    throw new InputError(`${file} has changed since its scans were inverted`);
  const { reading = {} } = settings as { readonly reading?: ReadScanOptions };
  if (reading.scan !== undefined || reading.project === true) return readScan(bytes, reading);
  const read = await readScans(bytes, reading);
  return chooseScan({ ...read, scans: read.scans.slice(scan - 1, scan) }, reading);
}

type LazyScan = () => Omit<BatchScan, "progress">;

async function scansOfFile(file: string, flags: ScanFlags): Promise<LazyScan[]> {
  const broken =
    (content: Error, sha256?: string): LazyScan =>
    () => ({ file, scan: 1, content, ...(sha256 === undefined ? {} : { sha256 }) });
  let bytes: Uint8Array;
  try {
    bytes = await readFile(file);
  } catch (error) {
    const failure = new InputError(`cannot read ${file}: ${reasonOf(error)}`, { cause: error });
    if (["ENOENT", "ENOTDIR", "EISDIR"].includes((error as NodeJS.ErrnoException).code ?? ""))
      return [broken(failure)];
    throw failure;
  }
  const sha256 = createHash("sha256").update(bytes).digest("hex");
  try {
    const read = await readScans(bytes, readOptions(flags));
    if (flags.scan !== undefined || flags.project === true) {
      const content = await readScan(bytes, chosenBy(flags)),
        metadata = metadataOf(read.format, { ...read.scans[0]!, ...content });
      return [() => ({ file, scan: 1, sha256, metadata, content })];
    }
    return read.scans.map((each, k) => () => ({
      file,
      scan: k + 1,
      sha256,
      metadata: metadataOf(read.format, each),
      content: attempt(() =>
        chooseScan({ ...read, scans: [each] }, flags.theta === true ? { angle: "theta" } : {}),
      ),
    }));
  } catch (error) {
    if (!isOfInput(error)) throw error;
    return [broken(error, sha256)];
  }
}

function attempt(choose: () => Scan): Scan | Error {
  try {
    return choose();
  } catch (error) {
    if (!isOfInput(error)) throw error;
    return error;
  }
}

/** Whether an error tells of a file, not of a fault of the program. */
export function isOfInput(error: unknown): error is Error {
  return error instanceof TakagiError || error instanceof InputError;
}
