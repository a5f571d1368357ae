/** `takagi batch`: all scans of many files, on all cores, one line of results each. */
import { type FileHandle, open } from "node:fs/promises";
import { basename, join } from "node:path";
import { invertEach } from "../batch/invertAll.ts";
import type { InversionTask } from "../batch/work.ts";
import { TakagiError, WorkerError } from "../errors.ts";
import { csvField } from "../io/results.ts";
import { type Line, lineHead, lineOf } from "../report/line.ts";
import type { BatchScan, Shard } from "./batchScans.ts";
import { filesOf, isOfInput, scansOf } from "./batchScans.ts";
import { optional } from "./experiment.ts";
import { reasonOf } from "./files.ts";
import { clock } from "./generate.ts";
import { experiments, type Experiment, type InvertFlags } from "./invert.ts";
import { checkOutputs } from "./outputs.ts";
import { networkFor, networkHash } from "./predictor.ts";
import { isThere, partial, ResultsFile, resultsName } from "./resultsFile.ts";
import { hasWavelength, chosenBy, withWavelength } from "./scanFile.ts";
import { Series } from "./series.ts";
import type { TableFormat } from "./table.ts";
import { EXIT, InputError, ProgressLine, UsageError, type Terminal } from "./terminal.ts";

export interface BatchFlags extends Omit<InvertFlags, "json"> {
  readonly list?: string;
  readonly workers?: number;
  readonly shard?: Shard;
  readonly resume?: boolean;
  readonly series?: boolean;
  readonly format?: readonly TableFormat[];
}

/** A scan with the text that its line begins with, and what the line lacks: a task, or the error that it ends with. */
interface Prepared extends BatchScan {
  readonly head: string;
  readonly task: InversionTask | Error;
}

/** Scans in a row that workers die of, after which the machine is held to be at fault. */
const MOST_DEATHS = 4;

export async function runBatch(
  paths: readonly string[],
  flags: BatchFlags,
  terminal: Terminal,
): Promise<number> {
  const { out, shard = { index: 1, of: 1 } } = flags;
  if (out === undefined) throw new UsageError("give --out, a folder for the results");
  await checkFlags(flags, shard);
  const prepare = await preparation(flags);
  const files = await filesOf(paths, { out, ...optional("list", flags.list) });
  const path = join(out, resultsName(shard));
  // Nothing is appended to links, devices and pipes.
  await checkOutputs(
    out,
    [path, partial(path), secondsName(path)].map((each) => basename(each)),
    { force: true },
  );
  // The table of a whole run comes of itself; that of shards when all are there.
  const end = async (words: string): Promise<number> => {
    terminal.out(`${path}: ${words}\n`);
    if (shard.of > 1) return EXIT.ok;
    return (await import("./table.ts")).runTable(out, optional("format", flags.format), terminal);
  };
  if (await isThere(path)) {
    if (flags.resume !== true) throw alreadyThere(path);
    return end("all results are there");
  }
  if (flags.resume !== true && (await isThere(partial(path)))) throw alreadyThere(partial(path));
  const results = await ResultsFile.open(path),
    tally = new Tally(terminal);
  let seconds: FileHandle | undefined;
  try {
    seconds = await openSeconds(path);
    const run: Run = {
      results,
      seconds,
      tally,
      terminal,
      ...optional("series", flags.series === true ? new Series() : undefined),
    };
    const scans = unfinished(prepared(scansOf(files, flags, shard), prepare), run);
    await invertScans(scans, flags.series === true ? 1 : flags.workers, run);
    await results.finish();
  } finally {
    tally.wipe();
    await results.close();
    await seconds?.close();
  }
  return end(tally.words());
}

/** @throws {UsageError} options that exclude each other @throws {InvalidParameterError} a package that a format needs */
async function checkFlags({ series, format }: BatchFlags, { of }: Shard): Promise<void> {
  if (series === true && of > 1)
    throw new UsageError("--series and --shard exclude each other: each scan waits for the one before it");
  if (format !== undefined && of > 1)
    throw new UsageError(
      "--format is for whole runs: takagi table --format writes it when all shards are there",
    );
  if (format !== undefined) await (await import("./table.ts")).checkFormats(format);
}

/** Seconds that each scan took, beside the results: they are another every time. */
async function openSeconds(results: string): Promise<FileHandle> {
  const path = secondsName(results);
  try {
    const handle = await open(path, "a");
    if ((await handle.stat()).size === 0) await handle.appendFile("file,scan,seconds\r\n");
    return handle;
  } catch (error) {
    throw new InputError(`cannot write ${path}: ${reasonOf(error)}`, { cause: error });
  }
}

function secondsName(results: string): string {
  return results.replace(/results([^/\\]*)\.jsonl$/, "seconds$1.csv");
}

function alreadyThere(path: string): UsageError {
  return new UsageError(`${path} is there: --resume goes on with it, and another --out begins anew`);
}

/** What makes a scan's settings and task. What is wrong with the options is said before a file is read. */
async function preparation(flags: BatchFlags): Promise<(scan: BatchScan) => Promise<Prepared>> {
  const experiment = experiments(),
    network = networkFor(flags.model),
    fixed = {
      reading: chosenBy(flags),
      ...optional("series", flags.series),
      ...(network === undefined ? {} : { network: await networkHash(network) }),
    };
  if (hasWavelength(flags)) await experiment(flags);
  const experimentOf = async (scan: BatchScan): Promise<Experiment | Error> => {
    if (scan.content instanceof Error) return scan.content;
    try {
      return await experiment(withWavelength(flags, scan.file, scan.content));
    } catch (error) {
      if (!isOfInput(error)) throw error;
      return error;
    }
  };
  return async (scan) => {
    const found = await experimentOf(scan),
      { file, scan: place, sha256, metadata, content } = scan,
      about = { file, scan: place, ...optional("sha256", sha256), ...optional("metadata", metadata) };
    if (found instanceof Error || content instanceof Error)
      return { ...scan, head: lineHead(about), task: found as Error };
    const { reflection, options } = found;
    return {
      ...scan,
      head: lineHead({ ...about, settings: { reflection, ...options, ...fixed } }),
      task: { scan: content, reflection, options, ...optional("network", network) },
    };
  };
}

async function* prepared(
  scans: AsyncIterable<BatchScan>,
  prepare: (scan: BatchScan) => Promise<Prepared>,
): AsyncGenerator<Prepared, void, undefined> {
  for await (const scan of scans) yield await prepare(scan);
}

/** The scans whose lines are not there yet. Those that are must be of the same scans, inputs, settings and version.
 *  @throws {InputError} naming the line that is of another */
async function* unfinished(
  scans: AsyncIterable<Prepared>,
  { results, tally, series }: Run,
): AsyncGenerator<Prepared, void, undefined> {
  const lines = results.lines();
  let number = 0;
  for await (const scan of scans) {
    const { value: line } = await lines.next();
    number += 1;
    if (line === undefined) {
      yield scan;
      continue;
    }
    if (!line.startsWith(`${scan.head},`)) throw otherLine(number, JSON.parse(line) as Line, scan);
    const known = JSON.parse(line) as Line;
    tally.count(known, scan, false);
    series?.took(known);
  }
  if ((await lines.next()).done !== true)
    throw new InputError(`the results have more lines than the files have scans: some files are gone`);
}

function otherLine(number: number, line: Line, { file, scan, head }: Prepared): InputError {
  const now = JSON.parse(`${head}}`) as Line;
  const what =
    line.file !== file || line.scan !== scan
      ? `is of ${line.file}, scan ${line.scan}, where ${file}, scan ${scan}, is now: the list of files is another`
      : line.takagi !== now.takagi
        ? `was made by takagi ${line.takagi}, and this is ${now.takagi}`
        : line.sha256 !== now.sha256
          ? `is of ${file} as it was: the file has changed`
          : `of ${file} was made with other options`;
  return new InputError(`line ${number} of the results ${what}; another --out begins anew`);
}

interface Run {
  readonly results: ResultsFile;
  readonly seconds: FileHandle;
  readonly tally: Tally;
  readonly terminal: Terminal;
  readonly series?: Series;
}

/** Inverts, and writes line by line.
 *  @throws {WorkerError} where workers die of one scan after the other: nothing is written of these */
async function invertScans(
  scans: AsyncIterable<Prepared>,
  workers: number | undefined,
  { results, seconds, tally, terminal, series }: Run,
): Promise<void> {
  const taskOf = async ({ task }: Prepared): Promise<InversionTask> => {
    await series?.enter();
    if (task instanceof Error) throw task;
    return series === undefined ? task : series.with(task);
  };
  let held: { readonly text: string; readonly item: Prepared }[] = [];
  const write = async (): Promise<void> => {
    for (const { text, item } of held) {
      await results.append(text);
      tally.count(JSON.parse(text) as Line, item, true);
    }
    held = [];
  };
  const options = { ...optional("workers", workers), signal: terminal.signal };
  for await (const result of invertEach(scans, taskOf, options)) {
    const { item, error, inversion } = result,
      text = lineOf(item.head, error === undefined ? { answer: inversion } : { error: errorJson(error) });
    held.push({ text, item });
    series?.took(JSON.parse(text) as Line);
    if (error instanceof WorkerError && held.length < MOST_DEATHS) continue;
    if (error instanceof WorkerError) throw error;
    await write();
    if (error === undefined)
      await seconds.appendFile(`${csvField(item.file)},${item.scan},${result.seconds.toFixed(3)}\r\n`);
  }
  await write();
}

function errorJson(error: Error) {
  const code = error instanceof TakagiError ? error.code : error instanceof InputError ? "INPUT" : "FAULT";
  return { code, message: error.message };
}

/** What came of the scans so far, and how long the others will take. */
class Tally {
  readonly #terminal: Terminal;
  readonly #line: ProgressLine;
  readonly #started: number;
  #scans = 0;
  #determined = 0;
  #failed = 0;
  /** Share that was done before this run. */
  #before = 0;

  constructor(terminal: Terminal) {
    this.#terminal = terminal;
    this.#line = new ProgressLine(terminal);
    this.#started = terminal.seconds();
  }

  /** @param isNew whether this run inverted it */
  count({ answer }: Line, { progress, file }: Prepared, isNew: boolean): void {
    this.#scans += 1;
    if (answer === undefined) this.#failed += 1;
    else if (answer.verdict === "determined") this.#determined += 1;
    if (!isNew) this.#before = progress;
    const share = progress - this.#before,
      seconds = this.#terminal.seconds() - this.#started,
      left = share > 0 ? `, ${clock((seconds * (1 - progress)) / share)} left` : "";
    this.#line.show(`${Math.floor(100 * progress)} %${left}; ${this.words()}; ${file}`);
  }

  words(): string {
    const failed = this.#failed === 0 ? "" : `, ${this.#failed} failed`;
    return `${this.#scans} scans, ${this.#determined} determined${failed}`;
  }

  wipe(): void {
    this.#line.wipe();
  }
}
