/** Lines of results on the disk: appended one by one, each flushed, so that whatever stops the program leaves all lines
 *  before. While lines are missing the file is called NAME.partial. */
import { createReadStream } from "node:fs";
import * as fs from "node:fs/promises";
import { dirname } from "node:path";
import { flushFolder } from "../dataset/wholeFiles.node.ts";
import { reasonOf } from "./files.ts";
import type { Shard } from "./batchScans.ts";
import { InputError } from "./terminal.ts";

export class ResultsFile {
  readonly #path: string;
  readonly #handle: fs.FileHandle;
  #bytes: number;

  private constructor(path: string, handle: fs.FileHandle, bytes: number) {
    this.#path = path;
    this.#handle = handle;
    this.#bytes = bytes;
  }

  /** Opens the lines that are there, less a last one that was cut off, or begins anew.
   *  @throws {InputError} a file that cannot be opened or written */
  static async open(path: string): Promise<ResultsFile> {
    return inFile(path, async () => {
      await fs.mkdir(dirname(path), { recursive: true });
      const bytes = (await isThere(partial(path))) ? await wholeLines(partial(path)) : 0,
        handle = await fs.open(partial(path), "a");
      await handle.truncate(bytes);
      return new ResultsFile(path, handle, bytes);
    });
  }

  /** Lines that are there, in order, without their line feeds. */
  async *lines(): AsyncGenerator<string, void, undefined> {
    if (this.#bytes === 0) return;
    yield* linesOfFile(partial(this.#path), this.#bytes);
  }

  /** @param line with its line feed
   *  @throws {InputError} a full disk; another program that writes the same file */
  async append(line: string): Promise<void> {
    await inFile(this.#path, async () => {
      const { size } = await this.#handle.stat();
      if (size !== this.#bytes)
        throw new InputError(
          `${partial(this.#path)} has grown meanwhile: another run writes the same results; this one has stopped`,
        );
      await this.#handle.appendFile(line);
      await this.#handle.datasync();
      this.#bytes += Buffer.byteLength(line);
    });
  }

  /** All lines are there: the file gets its name. */
  async finish(): Promise<void> {
    await inFile(this.#path, async () => {
      await this.close();
      await fs.rename(partial(this.#path), this.#path);
      await flushFolder(fs, dirname(this.#path));
    });
  }

  async close(): Promise<void> {
    await this.#handle.close();
  }
}

/** results.jsonl, or that of a shard. */
export function resultsName({ index, of }: Shard): string {
  return of === 1 ? "results.jsonl" : `results-${index}-of-${of}.jsonl`;
}

/** Name of a file of results whose last lines are missing. */
export function partial(path: string): string {
  return `${path}.partial`;
}

/** @throws {InputError} a file that cannot be looked for */
export async function isThere(path: string): Promise<boolean> {
  try {
    await fs.stat(path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return false;
    throw new InputError(`cannot read ${path}: ${reasonOf(error)}`, { cause: error });
  }
}

/** Lines of a file as they are read, few at a time. Line feeds alone end lines: JSON may hold other ends of lines.
 *  @param bytes to read at most
 *  @throws {InputError} a file that cannot be read */
export async function* linesOfFile(path: string, bytes = Infinity): AsyncGenerator<string, void, undefined> {
  const decoder = new TextDecoder();
  let rest = "";
  try {
    for await (const part of createReadStream(path, { end: bytes - 1 }) as AsyncIterable<Buffer>) {
      const lines = (rest + decoder.decode(part, { stream: true })).split("\n");
      rest = lines.pop()!;
      yield* lines;
    }
  } catch (error) {
    throw new InputError(`cannot read ${path}: ${reasonOf(error)}`, { cause: error });
  }
  if (rest !== "") yield rest;
}

/** Bytes of the lines that are whole: what follows them may be one line that was cut off or lost by the disk.
 *  @throws {InputError} a damaged line before others */
async function wholeLines(path: string): Promise<number> {
  const { size } = await fs.stat(path);
  let bytes = 0,
    number = 0,
    isDamaged = false;
  if (size > 0)
    for await (const line of linesOfFile(path)) {
      if (isDamaged)
        throw new InputError(
          `line ${number} of ${path} is damaged, and others follow it: take away what is from there on, and --resume`,
        );
      const after = bytes + Buffer.byteLength(line) + 1;
      number += 1;
      if (after <= size && isJson(line)) bytes = after;
      else isDamaged = true;
    }
  return bytes;
}

function isJson(line: string): boolean {
  try {
    return typeof JSON.parse(line) === "object";
  } catch {
    return false;
  }
}

async function inFile<T>(path: string, act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (error) {
    if (error instanceof InputError) throw error;
    throw new InputError(`cannot write ${path}: ${reasonOf(error)}`, { cause: error });
  }
}
