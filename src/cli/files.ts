/** Reading and writing files, with errors that a person can act upon. */

import { createReadStream } from "node:fs";
import { basename, extname } from "node:path";
import { MAX_FILE_BYTES } from "../io/text.ts";
import { nameFrom } from "../words.ts";
import { InputError } from "./terminal.ts";

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: "no such file",
  EISDIR: "it is a folder",
  ENOTDIR: "part of its path is not a folder",
  EACCES: "permission denied",
  EPERM: "permission denied",
  EROFS: "the disk is read-only",
  ENOSPC: "the disk is full",
  EEXIST: "a file of that name is in the way",
};

/** A file, or what comes through a pipe; a device that never ends is left at the limit.
 *  @throws {InputError} naming the file */
export async function readBytes(path: string): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  let length = 0;
  try {
    for await (const part of createReadStream(path, {
      highWaterMark: 1 << 20,
    }) as AsyncIterable<Uint8Array>) {
      length += part.length;
      if (length > MAX_FILE_BYTES)
        throw new Error(`it has more than the ${MAX_FILE_BYTES / 1e6} MB that are read`);
      parts.push(part);
    }
  } catch (error) {
    throw new InputError(`cannot read ${path}: ${reasonOf(error)}`, { cause: error });
  }
  return Buffer.concat(parts, length);
}

/** @throws {InputError} naming the file, also where it is not JSON */
export async function readJson(path: string): Promise<unknown> {
  const text = new TextDecoder().decode(await readBytes(path));
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    throw new InputError(`${path} is not JSON: ${(error as Error).message}`, { cause: error });
  }
}

/** Short names for files, each once and fit to be that of a folder: without path and extension, with a number where two are
 *  alike. */
export function uniqueNames(paths: readonly string[]): string[] {
  const taken = new Set<string>();
  return paths.map((path) => {
    const stem = folderName(basename(path, extname(path)));
    let name = stem;
    // Folders of different case are one on some systems.
    for (let i = 2; taken.has(name.toLowerCase()); i++) name = `${stem}-${i}`;
    taken.add(name.toLowerCase());
    return name;
  });
}

/** No dots at its ends, no separators, nothing that a system or a terminal gives a meaning. */
function folderName(stem: string): string {
  const safe = nameFrom(stem, 100)
    .replace(/[/\\:*?"<>|]/g, "_")
    .replace(/^[.\s]+|[.\s]+$/g, "");
  return safe === "" || /^(con|prn|aux|nul|com\d|lpt\d)$/i.test(safe) ? `scan${safe}` : safe;
}

/** Runs `read`, and puts the file's name before the message of what it throws. */
export async function inFile<T>(path: string, read: () => T | Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof Error) error.message = `${path}: ${error.message}`;
    throw error;
  }
}

/** Why the file system refused, in words. */
export function reasonOf(error: unknown): string {
  const code = (error as NodeJS.ErrnoException).code ?? "";
  return REASONS[code] ?? (error instanceof Error ? error.message : String(error));
}
