/** Files that are there whole or not at all, whatever happens to the program or the machine: written under another name,
 *  flushed to the disk, renamed, and the folder flushed. */
import { createHash, randomUUID, type Hash } from "node:crypto";
import type * as promises from "node:fs/promises";
import { join } from "node:path";
import type { FileRecord } from "./manifest.ts";

/** What is needed of the file system; tests give others. */
export type FileSystem = Pick<
  typeof promises,
  "mkdir" | "open" | "readdir" | "readFile" | "rename" | "rm" | "stat"
>;

const TEMPORARY = /^\.(?:manifest\.json|(?:inputs|labels|extras)-\d+\.npy)\.[0-9a-f-]{36}\.tmp$/;

/** Whether a killed run left it. */
export function isTemporary(name: string): boolean {
  return TEMPORARY.test(name);
}

/** A file on its way. */
export class WholeFile {
  readonly name: string;
  readonly #fs: FileSystem;
  readonly #folder: string;
  readonly #temporary: string;
  readonly #handle: promises.FileHandle;
  readonly #hash: Hash = createHash("sha256");
  #bytes = 0;
  #isOpen = true;

  private constructor(
    fs: FileSystem,
    folder: string,
    name: string,
    temporary: string,
    handle: promises.FileHandle,
  ) {
    this.name = name;
    this.#fs = fs;
    this.#folder = folder;
    this.#temporary = temporary;
    this.#handle = handle;
  }

  static async create(fs: FileSystem, folder: string, name: string): Promise<WholeFile> {
    // A name of its own: were two runs to write here, neither would rename what the other is writing.
    const temporary = join(folder, `.${name}.${randomUUID()}.tmp`);
    return new WholeFile(fs, folder, name, temporary, await fs.open(temporary, "wx"));
  }

  async write(values: ArrayBufferView): Promise<void> {
    const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
    for (let done = 0; done < bytes.length;)
      done += (await this.#handle.write(bytes, done, bytes.length - done)).bytesWritten;
    this.#hash.update(bytes);
    this.#bytes += bytes.length;
  }

  /** Everything is on the disk after this; the name is not there yet. */
  async finish(): Promise<FileRecord> {
    await this.#handle.sync();
    await this.#close();
    return { file: this.name, bytes: this.#bytes, sha256: this.#hash.digest("hex") };
  }

  /** The name appears; `flushFolder` makes it last. */
  async appear(): Promise<void> {
    await this.#fs.rename(this.#temporary, join(this.#folder, this.name));
  }

  /** Leaves nothing behind; never throws. */
  async discard(): Promise<void> {
    await this.#close().catch(() => undefined);
    await this.#fs.rm(this.#temporary, { force: true }).catch(() => undefined);
  }

  async #close(): Promise<void> {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    await this.#handle.close();
  }
}

export async function writeWholeText(
  fs: FileSystem,
  folder: string,
  name: string,
  text: string,
): Promise<void> {
  const file = await WholeFile.create(fs, folder, name);
  try {
    await file.write(new TextEncoder().encode(text));
    await file.finish();
    await file.appear();
    await flushFolder(fs, folder);
  } catch (error) {
    await file.discard();
    throw error;
  }
}

/** Makes names last that have appeared in a folder, where the system can (Windows cannot open folders). */
export async function flushFolder(fs: FileSystem, folder: string): Promise<void> {
  const handle = await fs.open(folder, "r").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "EISDIR" || error.code === "EPERM" || error.code === "EACCES") return undefined;
    throw error;
  });
  if (handle === undefined) return;
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** What is wrong with a file, in words; undefined where nothing is. */
export async function faultOf(
  fs: FileSystem,
  folder: string,
  record: FileRecord,
  signal?: AbortSignal,
): Promise<string | undefined> {
  const path = join(folder, record.file);
  try {
    const { size } = await fs.stat(path);
    if (size < record.bytes) return `cut off: ${size} of ${record.bytes} bytes`;
    if (size > record.bytes) return `too long: ${size} instead of ${record.bytes} bytes`;
    if ((await sha256Of(fs, path, signal)) !== record.sha256) return "damaged: its checksum is another";
    return undefined;
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === undefined) throw error;
    return code === "ENOENT" ? "missing" : `cannot be read: ${message}`;
  }
}

async function sha256Of(fs: FileSystem, path: string, signal?: AbortSignal): Promise<string> {
  const hash = createHash("sha256");
  const handle = await fs.open(path, "r");
  try {
    const buffer = new Uint8Array(2 ** 20);
    for (;;) {
      signal?.throwIfAborted();
      const { bytesRead } = await handle.read(buffer, 0, buffer.length, null);
      if (bytesRead === 0) return hash.digest("hex");
      hash.update(buffer.subarray(0, bytesRead));
    }
  } finally {
    await handle.close();
  }
}
