/** Samples as files: `.npy` parts and a manifest in a folder. A run that was stopped, however, goes on where it was and ends
 *  with the same bytes. */
import * as nodeFs from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { DatasetError, requireInteger } from "../errors.ts";
import type { Batch } from "./generator.ts";
import {
  difference,
  fileName,
  isDataFile,
  type Kind,
  kindsOf,
  MANIFEST,
  manifestText,
  parseManifest,
  partsOf,
  recordsOf,
  shardRange,
  type FileRecord,
  type Part,
  type Plan,
} from "./manifest.ts";
import { npyHeader } from "./npy.ts";
import type { Pool } from "./pool.ts";
import {
  faultOf,
  flushFolder,
  isTemporary,
  WholeFile,
  writeWholeText,
  type FileSystem,
} from "./wholeFiles.node.ts";

/** Files of 40 MB where a sample has 1001 points: few enough to list, small enough to lose. */
export const SAMPLES_PER_FILE = 10_000;
/** Small enough that workers share the last file, large enough that messages cost nothing. */
const BATCH = 500;

export interface WriteOptions {
  readonly folder: string;
  readonly pool: Pick<
    Pool,
    "preset" | "noise" | "inputLength" | "labelNames" | "extraNames" | "workers" | "batches"
  >;
  readonly seed: number;
  /** Samples of all shards together. */
  readonly count: number;
  /** Part `index` of `of`, counted from 1; default all. */
  readonly shard?: { readonly index: number; readonly of: number };
  readonly samplesPerFile?: number;
  /** Version of takagi, for the manifest. */
  readonly version: string;
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: ShardProgress) => void;
  readonly fs?: FileSystem;
}

export interface ShardProgress {
  readonly stage: "checking" | "making";
  /** Samples, of `total`. */
  readonly done: number;
  readonly total: number;
}

export interface Written {
  /** Samples that the folder holds. */
  readonly samples: number;
  /** Those of them that an earlier run made. */
  readonly kept: number;
  readonly files: number;
  readonly bytes: number;
}

/** Makes the samples of a shard that a folder does not hold whole yet. Memory is bounded, whatever the count.
 *  @throws {DatasetError} where the folder holds other samples (nothing is touched), or cannot be written (what is whole stays)
 *  @throws {WorkerError} of the pool; `signal.reason` where it is aborted (what is whole stays) */
export async function writeShard(options: WriteOptions): Promise<Written> {
  const { folder, signal, onProgress, fs = nodeFs } = options;
  const plan = planOf(options);
  const { first: start, end } = shardRange(plan);
  const total = end - start;
  return acting(`cannot write ${folder}`, async () => {
    const listed = await openFolder(fs, folder, plan);
    const whole = new Map<number, Part>();
    for (const part of listed) {
      onProgress?.({ stage: "checking", done: part.first - start, total });
      let fault: string | undefined;
      for (const record of recordsOf(part)) fault ??= await faultOf(fs, folder, record, signal);
      if (fault === undefined) whole.set(part.first, part);
    }
    const kept = samplesIn(whole.values());
    const list = (): Promise<void> =>
      writeWholeText(fs, folder, MANIFEST, manifestText(plan, inOrder(whole)));
    if (whole.size < listed.length) await list();

    let done = kept;
    for (const run of missingRuns(plan, whole)) {
      const batchSize = Math.max(
        1,
        Math.min(BATCH, Math.ceil((run.end - run.first) / (4 * options.pool.workers))),
      );
      const batches = options.pool.batches({
        seed: plan.seed,
        first: run.first,
        count: run.end - run.first,
        batchSize,
        ...(signal === undefined ? {} : { signal }),
        onProgress: (progress) => onProgress?.({ stage: "making", done: done + progress.done, total }),
      });
      for await (const part of writeParts({ fs, folder, plan, run, batches })) {
        whole.set(part.first, part);
        await list();
      }
      done += run.end - run.first;
    }
    const parts = inOrder(whole);
    return {
      samples: samplesIn(parts),
      kept,
      files: kindsOf(plan).length * parts.length,
      bytes: parts.flatMap(recordsOf).reduce((sum, { bytes }) => sum + bytes, 0),
    };
  });
}

export interface Verdict {
  readonly plan: Plan;
  /** Samples in files that are as they were written. */
  readonly whole: number;
  /** Samples that the folder shall hold. */
  readonly samples: number;
  readonly faults: readonly { readonly file: string; readonly fault: string }[];
  /** Samples that have not been made yet. */
  readonly unmade: number;
}

/** Compares a folder with its manifest; changes nothing.
 *  @throws {DatasetError} where there is no manifest that can be read */
export async function verifyShard(
  folder: string,
  { signal, onProgress, fs = nodeFs }: Pick<WriteOptions, "signal" | "onProgress" | "fs"> = {},
): Promise<Verdict> {
  return acting(`cannot read ${folder}`, async () => {
    const found = await readManifest(fs, folder);
    if (found === undefined)
      throw new DatasetError(`${join(folder, MANIFEST)} is missing: the folder holds no samples of takagi`);
    const { plan, parts } = found;
    const { first, end } = shardRange(plan);
    const faults: { file: string; fault: string }[] = [];
    let whole = 0;
    for (const part of parts) {
      onProgress?.({ stage: "checking", done: part.first - first, total: end - first });
      const before = faults.length;
      for (const record of recordsOf(part)) {
        const fault = await faultOf(fs, folder, record, signal);
        if (fault !== undefined) faults.push({ file: record.file, fault });
      }
      if (faults.length === before) whole += part.count;
    }
    return { plan, whole, samples: end - first, faults, unmade: end - first - samplesIn(parts) };
  });
}

function planOf({
  pool,
  seed,
  count,
  shard = { index: 1, of: 1 },
  samplesPerFile = SAMPLES_PER_FILE,
  version,
}: WriteOptions): Plan {
  requireInteger("seed", seed, 0, Number.MAX_SAFE_INTEGER);
  requireInteger("count", count, 1, Number.MAX_SAFE_INTEGER);
  requireInteger("shard.of", shard.of, 1, count);
  requireInteger("shard.index", shard.index, 1, shard.of);
  requireInteger("samplesPerFile", samplesPerFile, 1, Number.MAX_SAFE_INTEGER);
  const { noise, inputLength, labelNames, extraNames } = pool;
  // As it will be read again: without what JSON leaves out.
  const preset = JSON.parse(JSON.stringify(pool.preset)) as object;
  return {
    takagi: version,
    preset,
    noise,
    seed,
    count,
    shard: { index: shard.index, of: shard.of },
    samplesPerFile,
    inputLength,
    labelNames,
    extraNames,
  };
}

/** Makes a folder ready for a plan; touches nothing in one that holds something else.
 *  @returns the parts that it holds by its manifest */
async function openFolder(fs: FileSystem, folder: string, plan: Plan): Promise<Part[]> {
  const made = await fs.mkdir(folder, { recursive: true });
  if (made !== undefined) await flushFolder(fs, dirname(resolve(made)));
  const names = await fs.readdir(folder);
  const found = await readManifest(fs, folder);
  if (found === undefined && names.some(isDataFile)) {
    throw new DatasetError(
      `${folder} holds ${names.find(isDataFile)} but no ${MANIFEST}: take another folder, or empty this one`,
    );
  }
  const other = found === undefined ? undefined : difference(found.plan, plan);
  if (other !== undefined) {
    throw new DatasetError(
      `${folder} holds other samples: ${other}; take another folder, or the options it was begun with`,
    );
  }
  for (const name of names.filter(isTemporary)) await fs.rm(join(folder, name), { force: true });
  if (found === undefined) await writeWholeText(fs, folder, MANIFEST, manifestText(plan, []));
  return found?.parts ?? [];
}

async function readManifest(
  fs: FileSystem,
  folder: string,
): Promise<{ plan: Plan; parts: Part[] } | undefined> {
  const path = join(folder, MANIFEST);
  let text: string;
  try {
    text = await fs.readFile(path, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
  return parseManifest(text, path);
}

/** Stretches of samples without a whole file, from the first of a file to the end of one. */
function* missingRuns(
  plan: Plan,
  whole: ReadonlyMap<number, Part>,
): Generator<{ first: number; end: number }, void, undefined> {
  let run: { first: number; end: number } | undefined;
  for (const { first, count } of partsOf(plan)) {
    if (!whole.has(first)) run = { first: run?.first ?? first, end: first + count };
    else if (run !== undefined) {
      yield run;
      run = undefined;
    }
  }
  if (run !== undefined) yield run;
}

/** Writes batches into files, and gives each part when its files are there for good. */
async function* writeParts(options: {
  fs: FileSystem;
  folder: string;
  plan: Plan;
  run: { first: number; end: number };
  batches: AsyncIterable<Batch>;
}): AsyncGenerator<Part, void, undefined> {
  const { fs, folder, plan, run, batches } = options;
  const columns = {
    inputs: plan.inputLength,
    labels: plan.labelNames.length,
    extras: plan.extraNames.length,
  };
  const kinds = kindsOf(plan);
  let open:
    { first: number; count: number; written: number; files: { kind: Kind; file: WholeFile }[] } | undefined;
  let next = run.first;
  try {
    for await (const batch of batches) {
      for (let taken = 0; taken < batch.count;) {
        if (open === undefined) {
          const count = Math.min(plan.samplesPerFile, run.end - next);
          // Each known before the next is created, so that it is discarded if that fails.
          open = { first: next, count, written: 0, files: [] };
          for (const kind of kinds)
            open.files.push({ kind, file: await WholeFile.create(fs, folder, fileName(kind, next)) });
          for (const { kind, file } of open.files) await file.write(npyHeader(count, columns[kind]));
        }
        const rows = Math.min(batch.count - taken, open.count - open.written);
        for (const { kind, file } of open.files)
          await file.write(batch[kind].subarray(taken * columns[kind], (taken + rows) * columns[kind]));
        taken += rows;
        open.written += rows;
        if (open.written < open.count) continue;
        const { first, count, files } = open;
        const records: Partial<Record<Kind, FileRecord>> = {};
        for (const { kind, file } of files) records[kind] = await file.finish();
        for (const { file } of files) await file.appear();
        await flushFolder(fs, folder);
        next = first + count;
        open = undefined;
        yield { first, count, ...(records as Omit<Part, "first" | "count">) };
      }
    }
  } finally {
    for (const { file } of open?.files ?? []) await file.discard();
  }
}

function inOrder(whole: ReadonlyMap<number, Part>): Part[] {
  return [...whole.values()].sort((a, b) => a.first - b.first);
}

function samplesIn(parts: Iterable<Part>): number {
  let samples = 0;
  for (const { count } of parts) samples += count;
  return samples;
}

const REASONS: Readonly<Record<string, string>> = {
  ENOSPC: "the disk is full; what is whole stays: make room and run the same again",
  EDQUOT: "the disk quota is used up; what is whole stays: make room and run the same again",
  EFBIG: "the file system takes no files of this size",
  EACCES: "permission denied",
  EPERM: "permission denied",
  EROFS: "the disk is read-only",
  ENOTDIR: "part of its path is not a folder",
  EEXIST: "a file of that name is in the way",
  ENOENT: "a file has gone while it was written; does another run write there?",
};

/** Runs `work`; errors of the file system become ones that a person can act upon. */
async function acting<T>(what: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const { code, syscall, message } = error as NodeJS.ErrnoException;
    if (!(error instanceof Error) || typeof code !== "string" || syscall === undefined) throw error;
    throw new DatasetError(`${what}: ${REASONS[code] ?? message}`, { cause: error });
  }
}
