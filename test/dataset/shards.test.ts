/** Samples as files: whatever happens to the run, the disk or the files, the same bytes in the end. */
import { createHash } from "node:crypto";
import {
  appendFile,
  copyFile,
  mkdir,
  readdir,
  readFile,
  rm,
  stat,
  truncate,
  writeFile,
} from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { DatasetError } from "../../src/errors.ts";
import { parseManifest, partsOf, shardRange } from "../../src/dataset/manifest.ts";
import { npyBytes, npyHeader } from "../../src/dataset/npy.ts";
import {
  verifyShard,
  writeShard,
  type ShardProgress,
  type WriteOptions,
} from "../../src/dataset/shards.node.ts";
import { diskOf, dyingDisk, watchedDisk } from "./disks.ts";
import { folder, standIn, standInPool, sumOf, threadlessPool } from "./shared.ts";
import { testWithNumpy, numpy, testWithSmallDisk } from "./tools.ts";

const COUNT = 1050;
const PER_FILE = 200;

async function write(dir: string, options: Partial<WriteOptions> = {}) {
  const pool = options.pool ?? (await standInPool({ workers: 2 }));
  return writeShard({
    folder: dir,
    pool,
    seed: 5,
    count: COUNT,
    samplesPerFile: PER_FILE,
    version: "1.2.3",
    ...options,
  });
}

/** Every file of a folder with its bytes, as one sum each. */
async function bytesOf(dir: string): Promise<Record<string, string>> {
  const names = (await readdir(dir)).sort();
  const sums = names.map(async (name) => [
    name,
    createHash("sha256")
      .update(await readFile(join(dir, name)))
      .digest("hex"),
  ]);
  return Object.fromEntries(await Promise.all(sums)) as Record<string, string>;
}

/** The samples of a folder, row after row. */
async function* samplesIn(dir: string) {
  const { plan, parts } = parseManifest(await readFile(join(dir, "manifest.json"), "utf8"), dir);
  for (const { first, count, inputs, labels, extras } of parts) {
    const [one, other, third] = await Promise.all(
      [
        [inputs, plan.inputLength],
        [labels, plan.labelNames.length],
        [extras, plan.extraNames.length],
      ].map(async ([record, columns]) => {
        const { file } = record as { file: string };
        const bytes = await readFile(join(dir, file));
        return new Float32Array(
          new Uint8Array(bytes.subarray(npyHeader(count, columns as number).length)).buffer,
        );
      }),
    );
    yield { first, count, inputs: one!, labels: other!, extras: third! };
  }
}

describe("parts", () => {
  test.each([
    [1050, 1],
    [1050, 2],
    [1050, 7],
    [3, 3],
    [1e12, 999],
  ])("%i samples in %i shards: each once, as even as can be", (count, of) => {
    const ranges = Array.from({ length: of }, (_, i) => shardRange({ count, shard: { index: i + 1, of } }));
    expect(ranges[0]!.first).toBe(0);
    expect(ranges.at(-1)!.end).toBe(count);
    ranges.slice(1).forEach(({ first }, i) => expect(first).toBe(ranges[i]!.end));
    const sizes = ranges.map(({ first, end }) => end - first);
    expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1);
  });

  test("a folder has inputs, labels and a manifest that lists them", async () => {
    const dir = await folder();
    const written = await write(dir);
    expect(written).toMatchObject({ samples: COUNT, kept: 0, files: 18 });
    const names = (await readdir(dir)).sort();
    expect(names).toHaveLength(19);
    expect(names).toContain("inputs-000000000000.npy");
    expect(names).toContain("labels-000000001000.npy");
    const { plan, parts } = parseManifest(await readFile(join(dir, "manifest.json"), "utf8"), dir);
    expect(plan).toMatchObject({
      takagi: "1.2.3",
      preset: { name: "stand-in" },
      noise: "poisson",
      seed: 5,
      count: COUNT,
      labelNames: ["thickness", "strain"],
      extraNames: ["known"],
      inputLength: 37,
    });
    expect(parts.map(({ first, count }) => ({ first, count }))).toEqual([...partsOf(plan)]);
    for (const { count, inputs, labels, extras } of parts) {
      expect([inputs.bytes, labels.bytes, extras?.bytes]).toEqual([
        npyBytes(count, 37),
        npyBytes(count, 2),
        npyBytes(count, 1),
      ]);
      expect((await stat(join(dir, inputs.file))).size).toBe(inputs.bytes);
    }
    expect(JSON.parse(await readFile(join(dir, "manifest.json"), "utf8"))).toMatchObject({
      complete: true,
      samples: { first: 0, count: COUNT },
    });
    expect(await verifyShard(dir)).toMatchObject({ whole: COUNT, faults: [], unmade: 0 });
  });

  test.each([1, 2, 7])(
    "%i workers, and any cut into shards, give the samples of the pool",
    async (workers) => {
      const pool = await standInPool({ workers });
      const wanted = await sumOf(pool.batches({ seed: 5, count: COUNT, batchSize: 64 }));
      for (const of of [1, 2, 3, 7]) {
        const dirs = await Promise.all(Array.from({ length: of }, folder));
        for (const [i, dir] of dirs.entries()) await write(dir, { pool, shard: { index: i + 1, of } });
        expect(
          await sumOf(
            (async function* () {
              for (const dir of dirs) yield* samplesIn(dir);
            })(),
          ),
          `${of} shards`,
        ).toBe(wanted);
      }
    },
  );

  testWithNumpy("numpy reads the files as they are meant", async () => {
    const dir = await folder();
    await write(dir);
    const [first] = [
      ...(await (async () => {
        const all = [];
        for await (const part of samplesIn(dir)) all.push(part);
        return all;
      })()),
    ];
    const told = await numpy(
      `
import sys, json, glob, numpy as np
a = np.load(sys.argv[1] + "/inputs-000000000000.npy", mmap_mode="r")
b = np.concatenate([np.load(f) for f in sorted(glob.glob(sys.argv[1] + "/labels-*.npy"))])
print(json.dumps([a.shape, a.dtype.str, bool(a.flags.c_contiguous), float(a[3, 5]), b.shape, b[:, 1].tolist() == list(range(${COUNT}))]))`,
      dir,
    );
    expect(JSON.parse(told)).toEqual([
      [PER_FILE, 37],
      "<f4",
      true,
      first!.inputs[3 * 37 + 5],
      [COUNT, 2],
      true,
    ]);
  });

  test("numbers of a file begin at a multiple of 64 bytes", () => {
    for (const rows of [1, 10, 9999, 10_000, 1e9]) {
      const header = npyHeader(rows, 1001);
      expect(header.length % 64).toBe(0);
      expect(10 + new DataView(header.buffer).getUint16(8, true)).toBe(header.length);
      expect(header.at(-1)).toBe(10);
    }
  });
});

describe("going on", () => {
  test("a run that was stopped goes on from its whole files and ends with the same bytes", async () => {
    const [undisturbed, stopped] = [await folder(), await folder()];
    await write(undisturbed);
    const controller = new AbortController();
    const stop = (progress: ShardProgress) => progress.done >= 500 && controller.abort(new Error("stop"));
    await expect(write(stopped, { signal: controller.signal, onProgress: stop })).rejects.toThrow("stop");
    const verdict = await verifyShard(stopped);
    expect(verdict.faults).toEqual([]);
    expect(verdict.whole).toBe(COUNT - verdict.unmade);
    expect(verdict.unmade).toBeGreaterThan(0);
    expect((await readdir(stopped)).filter((name) => name.startsWith("."))).toEqual([]);
    expect(await write(stopped)).toMatchObject({ samples: COUNT, kept: verdict.whole });
    expect(await bytesOf(stopped)).toEqual(await bytesOf(undisturbed));
  });

  test("a second run makes nothing and changes nothing", async () => {
    const dir = await folder();
    await write(dir);
    const before = await bytesOf(dir);
    const time = (await stat(join(dir, "manifest.json"))).mtimeMs;
    const stages = new Set<string>();
    expect(await write(dir, { onProgress: ({ stage }) => stages.add(stage) })).toMatchObject({ kept: COUNT });
    expect([...stages]).toEqual(["checking"]);
    expect(await bytesOf(dir)).toEqual(before);
    expect((await stat(join(dir, "manifest.json"))).mtimeMs).toBe(time);
  });

  test("cut off, damaged, lengthened and missing files are found, and made again by a rerun", async () => {
    const dir = await folder();
    await write(dir);
    const before = await bytesOf(dir);
    await truncate(join(dir, "inputs-000000000200.npy"), 1000);
    const flipped = join(dir, "labels-000000000400.npy");
    const bytes = await readFile(flipped);
    bytes[777]! ^= 1;
    await writeFile(flipped, bytes);
    await rm(join(dir, "inputs-000000000800.npy"));
    await appendFile(join(dir, "labels-000000001000.npy"), "x");
    const { faults, whole, unmade } = await verifyShard(dir);
    expect(faults).toEqual([
      { file: "inputs-000000000200.npy", fault: `cut off: 1000 of ${npyBytes(200, 37)} bytes` },
      { file: "labels-000000000400.npy", fault: "damaged: its checksum is another" },
      { file: "inputs-000000000800.npy", fault: "missing" },
      {
        file: "labels-000000001000.npy",
        fault: `too long: ${npyBytes(50, 2) + 1} instead of ${npyBytes(50, 2)} bytes`,
      },
    ]);
    expect([whole, unmade]).toEqual([400, 0]);
    expect(await write(dir)).toMatchObject({ kept: 400 });
    expect(await bytesOf(dir)).toEqual(before);
  });

  test("what a killed run left under temporary names is removed; other files are not touched", async () => {
    const dir = await folder();
    await write(dir);
    await writeFile(join(dir, ".inputs-000000000200.npy.01234567-89ab-4cde-8f01-23456789abcd.tmp"), "half");
    await writeFile(join(dir, "README"), "mine");
    await writeFile(join(dir, ".mine.tmp"), "mine");
    await write(dir);
    expect((await readdir(dir)).filter((name) => !name.endsWith(".npy")).sort()).toEqual([
      ".mine.tmp",
      "README",
      "manifest.json",
    ]);
  });

  test("a file that had its name but was not listed yet is made again", async () => {
    const dir = await folder();
    await write(dir);
    const before = await bytesOf(dir);
    const text = await readFile(join(dir, "manifest.json"), "utf8");
    const lines = text.split("\n");
    const last = lines.findIndex((line) => line.includes('"first":1000'));
    lines.splice(last, 1);
    lines[last - 1] = lines[last - 1]!.replace(/,$/, "");
    await writeFile(
      join(dir, "manifest.json"),
      lines.join("\n").replace('"complete": true', '"complete": false'),
    );
    expect(await write(dir)).toMatchObject({ kept: 1000 });
    expect(await bytesOf(dir)).toEqual(before);
  });
});

describe("a machine that stops", () => {
  const small = async () => ({ count: 9, samplesPerFile: 4, pool: await threadlessPool() });

  test("wherever it stops between two steps of the file system, or within a write, a rerun ends with the same bytes", async () => {
    const undisturbed = await folder();
    const options = await small();
    await write(undisturbed, options);
    const wanted = await bytesOf(undisturbed);
    let stops = 0;
    for (let last = false; !last; stops++) {
      const dir = await folder();
      const disk = dyingDisk(stops);
      // What dies does not clean up: every later step of that run fails, too.
      last = await write(dir, { ...options, fs: disk }).then(
        () => true,
        () => false,
      );
      await write(dir, options);
      expect(await bytesOf(dir), `stopped at step ${stops}`).toEqual(wanted);
    }
    expect(stops).toBeGreaterThan(60);
  });

  test("two stops one after the other do no harm either", async () => {
    const undisturbed = await folder();
    const options = await small();
    await write(undisturbed, options);
    const wanted = await bytesOf(undisturbed);
    for (let first = 3; first < 60; first += 7) {
      for (let second = 2; second < 60; second += 11) {
        const dir = await folder();
        for (const steps of [first, second])
          await write(dir, { ...options, fs: dyingDisk(steps) }).catch(() => undefined);
        await write(dir, options);
        expect(await bytesOf(dir), `stopped at steps ${first} and ${second}`).toEqual(wanted);
      }
    }
  });

  test("a name appears only after its bytes are on the disk, and is listed only after it is there for good", async () => {
    const { disk, steps } = watchedDisk();
    await write(await folder(), { ...(await small()), fs: disk });
    const unflushed = new Set<string>();
    let folderIsFlushed = true;
    for (const { step, path } of steps) {
      if (step === "write") unflushed.add(path);
      if (step === "sync") unflushed.delete(path);
      if (step === "sync folder") folderIsFlushed = true;
      if (step !== "rename") continue;
      expect(unflushed.has(path), path).toBe(false);
      if (path.includes("manifest")) expect(folderIsFlushed, path).toBe(true);
      folderIsFlushed = false;
    }
    expect(folderIsFlushed).toBe(true);
    expect(steps.filter(({ step }) => step === "rename")).toHaveLength(3 * 3 + 4);
  });
});

describe("refusals", () => {
  test.each<[string, Partial<WriteOptions>, string]>([
    ["seed", { seed: 6 }, "seed is 5 there and 6 here"],
    ["count", { count: 2000 }, "count is 1050 there and 2000 here"],
    ["shard", { shard: { index: 2, of: 2 } }, "shard.index is 1 there and 2 here"],
    ["size of files", { samplesPerFile: 100 }, "samplesPerFile is 200 there and 100 here"],
    ["version", { version: "1.2.4" }, 'takagi is "1.2.3" there and "1.2.4" here'],
  ])("a folder begun with another %s is refused and not touched", async (_, options, words) => {
    const dir = await folder();
    await write(dir);
    await writeFile(join(dir, ".inputs-000000000200.npy.01234567-89ab-4cde-8f01-23456789abcd.tmp"), "half");
    const before = await bytesOf(dir);
    await expect(write(dir, options)).rejects.toThrow(`${dir} holds other samples: ${words}`);
    await expect(write(dir, options)).rejects.toThrow(DatasetError);
    expect(await bytesOf(dir)).toEqual(before);
  });

  test("so is another preset, named where it differs, and other noise", async () => {
    const dir = await folder();
    await write(dir);
    await expect(write(dir, { pool: await standInPool({ preset: standIn({ delay: 1 }) }) })).rejects.toThrow(
      "preset.delay is undefined there and 1 here",
    );
    await expect(write(dir, { pool: await standInPool({ noise: "none" }) })).rejects.toThrow(
      'noise is "poisson" there and "none" here',
    );
  });

  test("a damaged or foreign manifest is refused and not touched", async () => {
    const dir = await folder();
    await write(dir);
    const text = await readFile(join(dir, "manifest.json"), "utf8");
    for (const wrong of [
      "",
      text.slice(0, -20),
      "{}",
      "[]",
      text.replace('"seed": 5', '"seed": "5"'),
      text.replace(/[0-9a-f]{64}/, "?"),
      text.replace("inputs-0", "../inputs-0"),
    ]) {
      await writeFile(join(dir, "manifest.json"), wrong);
      await expect(write(dir), wrong.slice(0, 80)).rejects.toThrow(
        /manifest\.json is damaged or none of takagi's/,
      );
      await expect(verifyShard(dir)).rejects.toThrow(DatasetError);
      expect(await readFile(join(dir, "manifest.json"), "utf8")).toBe(wrong);
    }
    await writeFile(join(dir, "manifest.json"), text.replace('"formatVersion": 1', '"formatVersion": 2'));
    await expect(write(dir)).rejects.toThrow("has format version 2; this version of takagi reads 1");
  });

  test("samples without a manifest are refused; a folder with other files is not", async () => {
    const dir = await folder();
    await write(dir);
    await rm(join(dir, "manifest.json"));
    await expect(write(dir)).rejects.toThrow("but no manifest.json");
    await expect(verifyShard(dir)).rejects.toThrow("manifest.json is missing");
    const other = await folder();
    await writeFile(join(other, "notes.txt"), "mine");
    expect(await write(join(other, "new", "deep"))).toMatchObject({ samples: COUNT });
    expect(await write(other)).toMatchObject({ samples: COUNT });
  });

  test("wrong numbers are refused by name", async () => {
    const dir = await folder();
    for (const [options, name] of [
      [{ count: 0 }, "count"],
      [{ seed: -1 }, "seed"],
      [{ shard: { index: 3, of: 2 } }, "shard.index"],
      [{ samplesPerFile: 0.5 }, "samplesPerFile"],
    ] as const) {
      await expect(write(dir, options)).rejects.toThrow(new RegExp(`^${name} must be`));
    }
    expect(await readdir(dir)).toEqual([]);
  });
});

describe("a full disk", () => {
  test.each([0, 100, 1000, 40_000, 70_000, 120_000, 158_000])(
    "of %i bytes is a clear error, keeps what is whole, and a rerun with room completes it",
    async (bytes) => {
      const [undisturbed, dir] = [await folder(), await folder()];
      await write(undisturbed);
      const failure = write(dir, { fs: diskOf(bytes) });
      await expect(failure).rejects.toThrow(DatasetError);
      await expect(failure).rejects.toThrow(`cannot write ${dir}: the disk is full; what is whole stays`);
      expect((await readdir(dir)).filter((name) => name.startsWith("."))).toEqual([]);
      if (bytes >= 1000) {
        const verdict = await verifyShard(dir);
        expect(verdict.faults).toEqual([]);
        expect(verdict.whole).toBeGreaterThanOrEqual(Math.floor(bytes / 40_000) * PER_FILE - PER_FILE);
      }
      await write(dir);
      expect(await bytesOf(dir)).toEqual(await bytesOf(undisturbed));
    },
  );

  testWithSmallDisk("that is real is too", 100, async (disk, grow) => {
    const undisturbed = await folder();
    await write(undisturbed);
    const dir = join(disk, "samples");
    await expect(write(dir)).rejects.toThrow(`cannot write ${dir}: the disk is full; what is whole stays`);
    const verdict = await verifyShard(dir);
    expect(verdict.faults).toEqual([]);
    expect(verdict.whole).toBeGreaterThanOrEqual(PER_FILE);
    expect(verdict.unmade).toBeGreaterThan(0);
    await grow(1000);
    expect(await write(dir)).toMatchObject({ samples: COUNT, kept: verdict.whole });
    expect(await bytesOf(dir)).toEqual(await bytesOf(undisturbed));
  });
});

test("two runs into one folder end with the same bytes or a clear error, never with a mixture", async () => {
  const [undisturbed, dir] = [await folder(), await folder()];
  await write(undisturbed);
  const outcomes = await Promise.allSettled([write(dir), write(dir), write(dir)]);
  for (const outcome of outcomes)
    if (outcome.status === "rejected") expect(outcome.reason).toBeInstanceOf(DatasetError);
  const { faults } = await verifyShard(dir);
  expect(faults.filter(({ fault }) => fault !== "missing")).toEqual([]);
  await write(dir);
  expect(await bytesOf(dir)).toEqual(await bytesOf(undisturbed));
});

test("shards of one set can be put into one folder to be read together", async () => {
  const [one, two, both] = [await folder(), await folder(), await folder()];
  await write(one, { shard: { index: 1, of: 2 } });
  await write(two, { shard: { index: 2, of: 2 } });
  await mkdir(both, { recursive: true });
  for (const dir of [one, two])
    for (const name of await readdir(dir))
      if (name.endsWith(".npy")) await copyFile(join(dir, name), join(both, name));
  expect(await readdir(both)).toHaveLength(18);
});
