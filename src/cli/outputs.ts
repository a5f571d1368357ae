/** The one way in which commands write: whole files, and only over files that takagi wrote. */

import * as fs from "node:fs/promises";
import { constants } from "node:fs";
import { basename, dirname, join } from "node:path";
import { flushFolder, WholeFile } from "../dataset/wholeFiles.node.ts";
import { reasonOf } from "./files.ts";
import { InputError } from "./terminal.ts";

export interface OutputOptions {
  /** Writes over regular files of other programs, too (`--force`). */
  readonly force?: boolean | undefined;
  /** A file of the folder that tells whose the others are, which cannot say it themselves (CSV). */
  readonly index?: string;
  /** Files of the folder that go where the index is takagi's and this time does not write them. */
  readonly replaced?: readonly string[];
}

/** How what takagi writes begins: JSON that names its version, columns under a comment, pages and pictures. */
const OURS = /^\s*\{[^]*?"takagi":|^# takagi |<meta name="generator" content="takagi|<metadata>takagi</;
const HEAD = 4096;

/** Refuses what `writeOutputs` would refuse, and makes nothing: to be asked before the work begins.
 *  @throws {InputError} a device, a link, a folder or another program's file in the place of one of the names; a folder that
 *  cannot be made or written
 *  @returns whether the index says that the folder's files are takagi's */
export async function checkOutputs(
  folder: string,
  names: readonly string[],
  options: OutputOptions = {},
): Promise<boolean> {
  await requireFolder(folder);
  const isOurs = options.index !== undefined && (await says(join(folder, options.index)));
  for (const name of names) {
    if (basename(name) !== name || name === "" || /^\.+$/.test(name))
      throw new InputError(`cannot write ${join(folder, name)}: the name is none of a file`);
    if (!isOurs) await requireOurs(join(folder, name), options.force === true);
  }
  return isOurs;
}

/** What a file will hold: whole, or part by part. */
type Content = string | Uint8Array | AsyncIterable<Uint8Array>;

function partsOf(content: Content): Iterable<Uint8Array> | AsyncIterable<Uint8Array> {
  if (typeof content === "string") return [new TextEncoder().encode(content)];
  return content instanceof Uint8Array ? [content] : content;
}

/** Writes files into a folder, which is made where it is missing: all under other names first, so that a full disk leaves
 *  what was there; then they take their names, the last one last.
 *  @throws {InputError} as checkOutputs */
export async function writeOutputs(
  folder: string,
  files: Readonly<Record<string, Content>>,
  options: OutputOptions = {},
): Promise<void> {
  const names = Object.keys(files),
    isOurs = await checkOutputs(folder, names, options),
    { replaced = [] } = options,
    written: WholeFile[] = [];
  let at = folder;
  try {
    await fs.mkdir(folder, { recursive: true });
    for (const name of names) {
      at = join(folder, name);
      const file = await WholeFile.create(fs, folder, name);
      written.push(file);
      for await (const part of partsOf(files[name]!)) await file.write(part);
      await file.finish();
    }
    for (const file of written) await file.appear();
    if (isOurs)
      for (const name of replaced) if (!(name in files)) await fs.rm(join(folder, name), { force: true });
    await flushFolder(fs, folder);
  } catch (error) {
    for (const file of written) await file.discard();
    throw new InputError(`cannot write ${at}: ${reasonOf(error)}`, { cause: error });
  }
}

export async function checkOutput(path: string, options?: OutputOptions): Promise<void> {
  await checkOutputs(dirname(path), [basename(path)], options);
}

export function writeOutput(path: string, content: string, options?: OutputOptions): Promise<void> {
  return writeOutputs(dirname(path), { [basename(path)]: content }, options);
}

/** The nearest folder above that is there must be one, and one that can be written. */
async function requireFolder(folder: string): Promise<void> {
  for (let at = folder; ; at = dirname(at)) {
    try {
      if (!(await fs.stat(at)).isDirectory())
        throw new InputError(
          `cannot write ${folder}: ${at === folder ? "it is no folder" : `${at} is no folder`}`,
        );
      await fs.access(at, constants.W_OK | constants.X_OK);
      return;
    } catch (error) {
      if (error instanceof InputError) throw error;
      const { code } = error as NodeJS.ErrnoException;
      const isMissing = code === "ENOENT" || code === "ENOTDIR";
      if (!isMissing || dirname(at) === at)
        throw new InputError(`cannot write ${folder}: ${reasonOf(error)}`, { cause: error });
    }
  }
}

async function requireOurs(path: string, isForced: boolean): Promise<void> {
  const found = await fs.lstat(path).catch((error: unknown) => {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT" || code === "ENOTDIR") return undefined;
    throw new InputError(`cannot write ${path}: ${reasonOf(error)}`, { cause: error });
  });
  if (found === undefined) return;
  if (!found.isFile())
    throw new InputError(
      `cannot write ${path}: there is ${found.isDirectory() ? "a folder" : found.isSymbolicLink() ? "a link" : "a device or a pipe"} of that name`,
    );
  if (!isForced && found.size > 0 && !(await says(path)))
    throw new InputError(
      `cannot write ${path}: a file that takagi did not write has that name; choose another, or --force`,
    );
}

/** Whether a regular file says that takagi wrote it. */
async function says(path: string): Promise<boolean> {
  const found = await fs.lstat(path).catch(() => undefined);
  if (found?.isFile() !== true) return false;
  const handle = await fs.open(path, "r");
  try {
    const { buffer, bytesRead } = await handle.read(new Uint8Array(HEAD), 0, HEAD, 0);
    return OURS.test(new TextDecoder().decode(buffer.subarray(0, bytesRead)));
  } finally {
    await handle.close();
  }
}
