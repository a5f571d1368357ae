/** The table of a batch as Parquet and NeXus, read back: the same values as table.csv, and what is there beside. */
import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import * as h5wasm from "h5wasm";
import { parquetMetadata, parquetReadObjects } from "hyparquet";
import { afterEach, beforeAll, expect, test, vi } from "vitest";
import type { Line } from "../../src/report/line.ts";
import { loadParquet, tableParquet } from "../../src/report/parquet.ts";
import { takagi } from "../cli/fake.ts";
import { folderOfScans, QUICK, YSZ } from "./scans.ts";

let folder: string, results: string, lines: Line[], rows: Record<string, string>[];

const PATTERN = ["--pattern", String.raw`film-(?<dose>\d+)`],
  VALUES = ["--values", "values.csv"];
const QUANTITIES = {
  max_strain_percent: "max_strain",
  max_strain_depth_nm: "max_strain_depth",
  strained_depth_nm: "strained_depth",
  thickness_nm: "thickness",
  min_debye_waller: "min_debye_waller",
  fwhm_deg: "fwhm",
  lorentz_fraction: "lorentz_fraction",
  offset_deg: "offset",
  background: "background",
} as const;

/** A stack of two layers in place of the profile of one line: what `--layers` gives. */
const LAYERS = [
  {
    crystal: "Al0.5Ga0.5As",
    repeats: 1,
    thicknessNm: { value: 101.25, lower: 99.5, upper: 103 },
    strainPercent: { value: 0.123456, lower: 0.12, upper: 0.13 },
    debyeWaller: { value: 1, lower: null, upper: null },
  },
  {
    crystal: "GaAs",
    repeats: 3,
    thicknessNm: { value: 20, lower: 19, upper: 21 },
    strainPercent: { value: -0.5, lower: -0.6, upper: -0.4 },
    debyeWaller: { value: 0.9, lower: 0.8, upper: 1 },
  },
];

const linesIn = async (path: string): Promise<Line[]> =>
  (await readFile(path, "utf8"))
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as Line);

beforeAll(async () => {
  folder = await folderOfScans(2);
  results = join(folder, "results");
  const whole = join(folder, "whole");
  const { code, err } = await takagi([
    ...["batch", join(folder, "scans"), ...YSZ, ...QUICK, "--out", whole, "--workers", "1"],
    ...["--format", "parquet", "--format", "NeXus"],
  ]);
  expect([code, err]).toEqual([0, ""]);
  expect((await readdir(whole)).filter((name) => /\.(parquet|nxs)$/.test(name)).sort()).toEqual([
    "table.nxs",
    "table.parquet",
  ]);
  lines = await linesIn(join(whole, "results.jsonl"));
  const second = lines[1]!.answer!,
    { profile } = second,
    cut = Object.fromEntries(Object.entries(profile).map(([name, values]) => [name, values.slice(0, 7)]));
  lines[1] = {
    ...lines[1]!,
    answer: { ...second, layers: LAYERS, profile: cut as unknown as typeof profile },
  };
  await mkdir(results);
  await writeFile(join(results, "results.jsonl"), lines.map((line) => `${JSON.stringify(line)}\n`).join(""));
  // A variable of the name of a column, one whose name NeXus does not allow, one that is a text.
  await writeFile(
    join(folder, "values.csv"),
    `file,thickness_nm,Heat/K,ion\r\n${lines[0]!.file},-12.5,300,He\r\n${lines[1]!.file},7,450,4\r\n`,
  );
  VALUES[1] = join(folder, "values.csv");
  expect(await takagi(["table", results, ...PATTERN, ...VALUES, "--format", "parquet,nexus"])).toMatchObject({
    code: 0,
    err: "",
  });
  expect(await readdir(results)).toContain("layers.svg");
  expect(await readdir(whole)).not.toContain("layers.svg");
  const [head, ...texts] = (await readFile(join(results, "table.csv"), "utf8")).trimEnd().split("\r\n");
  rows = texts.map((row) =>
    Object.fromEntries(row.split(",").map((field, k) => [head!.split(",")[k]!, field])),
  );
}, 60_000);

async function parquet(): Promise<{
  rows: Record<string, unknown>[];
  metadata: ReturnType<typeof parquetMetadata>;
}> {
  const { buffer, byteOffset, length } = await readFile(join(results, "table.parquet")),
    file = buffer.slice(byteOffset, byteOffset + length) as ArrayBuffer;
  return { rows: await parquetReadObjects({ file }), metadata: parquetMetadata(file) };
}

test("Parquet has every field of table.csv in its type and to all digits, and null where that has nothing", async () => {
  const { rows: read } = await parquet();
  expect(read).toHaveLength(lines.length);
  read.forEach((row, i) => {
    const fields = Object.values(rows[i]!),
      values = Object.entries(row).slice(0, fields.length);
    values.forEach(([name, value], k) => {
      expect(value === null || value === undefined ? "" : String(value), name).toBe(
        fields[k]!.replace(/^"(.*)"$/, "$1"),
      );
    });
    expect(typeof row.scan).toBe("number");
    expect(typeof row.file).toBe("string");
    const some = [row.converged, row.thickness_nm_lower];
    if (lines[i]!.answer === undefined) expect(some).toEqual([null, null]);
    else expect(some.map((value) => typeof value)).toEqual(["boolean", "number"]);
  });
  expect(read[0]).toMatchObject({ variable_thickness_nm: -12.5, "Heat/K": 300, ion: "He", dose: 0 });
  expect(read[1]).toMatchObject({ ion: "4", layer1_crystal: "Al0.5Ga0.5As", layer2_thickness_nm: 20 });
  expect(read.at(-1)!.error).toBe(lines.at(-1)!.error!.message);
});

test("Parquet has the profile of each scan as lists, units, settings and version", async () => {
  const { rows: read, metadata } = await parquet();
  read.forEach((row, i) => {
    const profile = lines[i]!.answer?.profile;
    expect(row.profile_depth_nm ?? undefined).toEqual(profile?.depthNm);
    expect(row.profile_strain_percent ?? undefined).toEqual(profile?.strainPercent);
    expect(row.profile_strain_lower_percent ?? undefined).toEqual(profile?.strainLower);
    expect(row.profile_strain_upper_percent ?? undefined).toEqual(profile?.strainUpper);
    expect(row.profile_debye_waller ?? undefined).toEqual(profile?.debyeWaller);
    expect(row.profile_debye_waller_lower ?? undefined).toEqual(profile?.debyeWallerLower);
    expect(row.profile_debye_waller_upper ?? undefined).toEqual(profile?.debyeWallerUpper);
  });
  const said = Object.fromEntries(metadata.key_value_metadata!.map(({ key, value }) => [key, value!]));
  expect(said["takagi.version"]).toBe(lines[0]!.takagi);
  expect(JSON.parse(said["takagi.settings"]!)).toEqual([lines[0]!.settings]);
  expect(JSON.parse(said["takagi.units"]!)).toMatchObject({
    thickness_nm: "nm",
    thickness_nm_upper: "nm",
    max_strain_percent: "%",
    fwhm_deg: "deg",
    layer2_strain_percent: "%",
    profile_depth_nm: "nm",
  });
});

test("thousands of rows come in their order, and no more than some of them are in memory at once", async () => {
  const count = 2500,
    profile = lines[0]!.answer!.profile;
  let ahead = 0;
  async function* profiles() {
    for (let i = 0; i < count; i++) {
      ahead += 1;
      yield await Promise.resolve(i % 7 === 0 ? undefined : { ...profile, depthNm: [0, i] });
    }
  }
  const columns = [{ name: "n", type: "double", unit: "", cells: [...Array(count).keys()] }] as const,
    parts: Uint8Array[] = [];
  for await (const part of tableParquet(
    { columns, profiles: profiles(), settings: [], version: "0" },
    await loadParquet(),
  )) {
    parts.push(part);
    expect(ahead).toBe(Math.min(count, 1000 * parts.length));
  }
  const file = await new Blob(parts as BlobPart[]).arrayBuffer(),
    read = await parquetReadObjects({ file });
  expect(read.map(({ n }) => n as number)).toEqual([...columns[0].cells]);
  read.forEach(({ profile_depth_nm: depths }, i) =>
    expect(depths ?? null).toEqual(i % 7 === 0 ? null : [0, i]),
  );
});

interface Node {
  readonly value: unknown;
  readonly shape: number[];
  readonly attrs: Record<string, { value: unknown } | undefined>;
}

let opened = 0;

async function nexus(path: string): Promise<(path: string) => Node> {
  const { FS } = await h5wasm.ready;
  const name = `read-${++opened}.nxs`;
  FS.writeFile(name, await readFile(path));
  const file = new h5wasm.File(name, "r");
  return (at) => file.get(at) as unknown as Node;
}

test("NeXus has quantities and profiles as data against the variable, with units, and what inverted", async () => {
  const at = await nexus(join(results, "table.nxs")),
    attribute = (path: string, name: string): unknown => at(path).attrs[name]?.value;
  expect([attribute("/", "default"), attribute("entry", "default")]).toEqual(["entry", "quantities"]);
  expect(["NX_class", "signal", "axes"].map((name) => attribute("entry/quantities", name))).toEqual([
    "NXdata",
    "max_strain",
    ["place"],
  ]);
  for (const [column, name] of Object.entries(QUANTITIES))
    for (const end of ["", "_lower", "_upper"]) {
      const values = at(`entry/quantities/${name}${end}`).value as Float64Array;
      expect([...values].map((value) => String(value).replace("NaN", ""))).toEqual(
        rows.map((row) => row[column + end]),
      );
    }
  expect(attribute("entry/quantities/thickness_lower", "units")).toBe("nm");
  expect(at("entry/band_level").value).toBe(0.95);
  const depths = lines[0]!.answer!.profile.depthNm.length;
  expect(attribute("entry/profiles", "axes")).toEqual(["place", "depth"]);
  expect([...(attribute("entry/profiles", "depth_indices") as Int32Array)]).toEqual([0, 1]);
  for (const [name, key] of [
    ["depth", "depthNm"],
    ["strain", "strainPercent"],
    ["strain_upper", "strainUpper"],
    ["debye_waller_lower", "debyeWallerLower"],
  ] as const) {
    const { shape, value } = at(`entry/profiles/${name}`);
    expect(shape).toEqual([lines.length, depths]);
    lines.forEach(({ answer }, i) => {
      const own = answer?.profile[key] ?? [];
      expect([...(value as Float64Array).subarray(i * depths, (i + 1) * depths)]).toEqual([
        ...own,
        ...Array.from({ length: depths - own.length }, () => NaN),
      ]);
    });
  }
  expect(attribute("entry/process", "NX_class")).toBe("NXprocess");
  expect(["program", "version"].map((name) => at(`entry/process/${name}`).value)).toEqual([
    "takagi",
    lines[0]!.takagi,
  ]);
  expect(JSON.parse(at("entry/process/settings/data").value as string)).toEqual([lines[0]!.settings]);
});

test("NeXus has the scans with their variables and errors, and layers", async () => {
  const at = await nexus(join(results, "table.nxs"));
  expect(at("entry/scans/file").value).toEqual(lines.map(({ file }) => file));
  expect(at("entry/scans/error").value).toEqual(lines.map(({ error }) => error?.message ?? ""));
  expect(at("entry/scans/ion").value).toEqual(["He", "4", ...lines.slice(2).map(() => "")]);
  expect([...(at("entry/scans/Heat_K").value as Float64Array)].slice(0, 3)).toEqual([300, 450, NaN]);
  expect([...(at("entry/layers/thickness").value as Float64Array)].slice(0, 6)).toEqual([
    ...[NaN, NaN, 101.25],
    ...[20, NaN, NaN],
  ]);
  expect(at("entry/layers/debye_waller_lower").shape).toEqual([lines.length, 2]);
  expect([...(at("entry/layers/debye_waller_lower").value as Float64Array)].slice(2, 4)).toEqual([NaN, 0.8]);
  expect((at("entry/layers/crystal_2").value as string[])[1]).toBe("GaAs");
});

test("a series goes along the variable that is asked for", async () => {
  const known = join(folder, "known");
  await mkdir(known);
  await writeFile(
    join(known, "results.jsonl"),
    lines
      .slice(0, 2)
      .map((line) => `${JSON.stringify(line)}\n`)
      .join(""),
  );
  const { code } = await takagi(["table", known, ...VALUES, "--against", "Heat/K", "--format", "nexus"]);
  expect(code).toBe(0);
  const at = await nexus(join(known, "table.nxs"));
  expect(at("entry/quantities").attrs.axes!.value).toEqual(["Heat_K"]);
  expect([...(at("entry/profiles/Heat_K").value as Float64Array)]).toEqual([300, 450]);
});

test("the same results make the same bytes of Parquet, and results.jsonl is as it was without a format", async () => {
  const before = await readFile(join(results, "table.parquet")),
    text = await readFile(join(results, "results.jsonl"), "utf8");
  expect((await takagi(["table", results, ...PATTERN, ...VALUES, "--format", "parquet"])).code).toBe(0);
  expect((await readFile(join(results, "table.parquet"))).equals(before)).toBe(true);
  expect(await readFile(join(results, "results.jsonl"), "utf8")).toBe(text);
  const plain = join(folder, "plain");
  await takagi(["batch", join(folder, "scans"), ...YSZ, ...QUICK, "--out", plain, "--workers", "1"]);
  expect(await readFile(join(plain, "results.jsonl"), "utf8")).toBe(
    await readFile(join(folder, "whole", "results.jsonl"), "utf8"),
  );
});

test("formats that are none, and those of a shard, are refused before the work", async () => {
  const words = ["batch", join(folder, "scans"), ...YSZ, ...QUICK, "--out", join(folder, "none")];
  expect((await takagi([...words, "--format", "excel"])).err).toMatch(
    /--format must be one of parquet, nexus; got "excel"/,
  );
  const shard = await takagi([...words, "--format", "parquet", "--shard", "1/2"]);
  expect([shard.code, shard.err]).toEqual([2, expect.stringMatching(/takagi table --format/)]);
  expect(await readdir(folder)).not.toContain("none");
});

afterEach(() => {
  vi.doUnmock("hyparquet-writer");
  vi.doUnmock("h5wasm");
});

test.each([
  [
    "parquet",
    "hyparquet-writer",
    /parquet must be the package hyparquet-writer.*npm install hyparquet-writer/,
  ],
  ["nexus", "h5wasm", /hdf5 must be the package h5wasm.*npm install h5wasm/],
])("%s without %s: the error names the package, before a scan is inverted", async (format, name, message) => {
  vi.doMock(name, () => {
    throw new Error("Cannot find package");
  });
  const out = join(folder, "missing"),
    run = await takagi([
      ...["batch", join(folder, "scans"), ...YSZ, ...QUICK, "--out", out, "--format", format],
    ]);
  expect([run.code, run.err]).toEqual([1, expect.stringMatching(message)]);
  expect(await readdir(folder)).not.toContain("missing");
  expect((await takagi(["table", results, "--format", format])).err).toMatch(message);
});
