/** Results of a batch as one file: shards joined in their order, none missing. */
import { createReadStream } from "node:fs";
import { open, readdir, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { reasonOf } from "./files.ts";
import { isThere, partial, resultsName } from "./resultsFile.ts";
import { InputError } from "./terminal.ts";

const PART = /^results-(\d+)-of-(\d+)\.jsonl(\.partial)?$/;

/** The file of all results in a folder; shards are joined to one first.
 *  @throws {InputError} no results, missing or unfinished ones, shards of several splits */
export async function joinResults(folder: string): Promise<string> {
  const whole = join(folder, resultsName({ index: 1, of: 1 })),
    parts = await partsIn(folder);
  if (parts.length === 0) {
    if (await isThere(whole)) return whole;
    const isUnfinished = await isThere(partial(whole));
    throw new InputError(
      isUnfinished
        ? `the results in ${folder} are not whole yet: takagi batch with --resume makes the others`
        : `there are no results in ${folder}: takagi batch makes them`,
    );
  }
  const counts = [...new Set(parts.map(({ of }) => of))];
  if (counts.length > 1)
    throw new InputError(`${folder} has shards of several splits: of ${counts.join(" and of ")}`);
  const [of] = counts as [number],
    names = Array.from({ length: of }, (_, k) => resultsName({ index: k + 1, of }));
  const missing = names.filter((name) => !parts.some((part) => part.name === name));
  if (missing.length > 0)
    throw new InputError(
      `${missing.length} of ${of} shards are missing or not whole: ${missing.slice(0, 5).join(", ")}${missing.length > 5 ? ", …" : ""}`,
    );
  await joinFiles(
    names.map((name) => join(folder, name)),
    whole,
  );
  return whole;
}

async function partsIn(folder: string): Promise<{ readonly name: string; readonly of: number }[]> {
  try {
    return (await readdir(folder)).flatMap((name) => {
      const match = PART.exec(name);
      return match === null ? [] : [{ name, of: Number(match[2]) }];
    });
  } catch (error) {
    throw new InputError(`cannot read ${folder}: ${reasonOf(error)}`, { cause: error });
  }
}

/** Appears whole, or not at all. */
async function joinFiles(paths: readonly string[], to: string): Promise<void> {
  const temporary = `${to}.${process.pid}.tmp`;
  try {
    const handle = await open(temporary, "w");
    try {
      for (const path of paths) await writeFile(handle, createReadStream(path));
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(temporary, to);
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => undefined);
    throw new InputError(`cannot write ${to}: ${reasonOf(error)}`, { cause: error });
  }
}
