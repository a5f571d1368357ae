/** What `takagi table` makes of the results of a batch: all scans in one file and one table, and pictures of them. */
import { mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeAll, expect, test } from "vitest";
import type { Line } from "../../src/report/line.ts";
import { takagi } from "../cli/fake.ts";
import { xrdml } from "../io/files.ts";
import { elements } from "../report/wellFormed.ts";
import { QUICK, smallScans, textOf, YSZ } from "./scans.ts";

let folder: string;
const at = (...path: string[]): string => join(folder, ...path);
const read = (...path: string[]): Promise<string> => readFile(at(...path), "utf8");
const table = (...words: string[]) => takagi(["table", at("results"), ...words]);

async function rowsOf(): Promise<Record<string, string>[]> {
  const [head, ...rows] = (await read("results", "table.csv"))
    .trimEnd()
    .split("\r\n")
    .map((row) => row.split(","));
  return rows.map((row) => Object.fromEntries(head!.map((name, k) => [name, row[k]!])));
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "takagi-table-"));
  await mkdir(at("scans"));
  const scans = await smallScans(6, { strain: (k) => 0.4 + 0.2 * k });
  await Promise.all(
    scans
      .slice(0, 2)
      .map((scan, k) => writeFile(at("scans", `film_T${300 - 50 * k}K_dose${k}p5.xy`), textOf(scan))),
  );
  await writeFile(
    at("scans", "map.xrdml"),
    xrdml(
      scans
        .slice(2)
        .map(({ intensity }, k) => ({
          twoTheta: 71.5,
          omega: 35.75,
          step: 0.05,
          counts: [...intensity],
          motors: { X: 2 * (k % 2), Y: -1 + Math.floor(k / 2) },
        })),
    ),
  );
  await writeFile(at("scans", "notes.txt"), "no scan\n");
  for (const k of [1, 2, 3])
    expect(
      (await takagi(["batch", at("scans"), ...YSZ, ...QUICK, "--out", at("results"), "--shard", `${k}/3`]))
        .code,
    ).toBe(0);
}, 60_000);

test("shards become results.jsonl, a row a scan, and pictures that are XML", async () => {
  expect(await table()).toMatchObject({ code: 0, err: "" });
  expect(await read("results", "results.jsonl")).toBe(
    (await Promise.all([1, 2, 3].map((k) => read("results", `results-${k}-of-3.jsonl`)))).join(""),
  );
  const lines = (await read("results", "results.jsonl"))
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line) as Line),
    rows = await rowsOf();
  expect(rows).toHaveLength(7);
  rows.forEach((row, i) => {
    const { answer, error } = lines[i]!;
    expect(row.place).toBe(String(i + 1));
    if (answer === undefined) expect([row.error, row.thickness_nm]).toEqual([error!.message, ""]);
    else
      expect([row.thickness_nm, row.thickness_nm_lower, row.verdict].map(String)).toEqual(
        [answer.quantities.thicknessNm.value, answer.quantities.thicknessNm.lower, answer.verdict].map(
          String,
        ),
      );
  });
  const pictures = (await readdir(at("results"))).filter((name) => name.endsWith(".svg"));
  expect(pictures.sort()).toEqual(["profiles.svg", "series.svg", "waterfall.svg"]);
  for (const name of pictures) elements(await read("results", name));
  // Six lines in each of the two panels of profiles, six scans above each other.
  expect((await read("results", "profiles.svg")).match(/class="series /g)).toHaveLength(12);
  expect((await read("results", "waterfall.svg")).match(/class="series /g)).toHaveLength(6);
});

test("variables come from names of files, from a table and from the files; a series goes along one of them", async () => {
  await writeFile(
    at("values.csv"),
    `file,scan,"ion, kind",depth\r\n${at("scans", "map.xrdml")},2,"He ""3""",7\r\n${at("scans", "notes.txt")},,none,1\r\n`,
  );
  const words = [
    "--pattern",
    String.raw`T(?<temperature>\d+)K_dose(?<dose>[0-9p]+)`,
    "--values",
    at("values.csv"),
  ];
  expect((await table(...words)).code).toBe(0);
  const rows = await rowsOf().catch(() => []);
  const text = await read("results", "table.csv");
  expect(text).toContain('"ion, kind"');
  expect(text).toContain('"He ""3"""');
  expect(rows.slice(0, 2).map(({ temperature }) => temperature)).toEqual(["250", "300"]);
  const { code, err } = await table(...words, "--against", "temperature");
  expect(code).toBe(2);
  expect(err).toMatch(/some scans have no temperature; there are place/);
  expect((await table("--against", "warmth")).err).toMatch(/no scan has no warmth/);
  expect((await table("--pattern", "T([0-9]+)")).err).toContain("named groups");
});

test("a map over the stage's places has a cell for each scan that has an answer, in each of its panels", async () => {
  const all = (await read("results", "results.jsonl")).trimEnd().split("\n").slice(2, 6);
  await mkdir(at("map"), { recursive: true });
  await writeFile(at("map", "results.jsonl"), `${all.join("\n")}\n`);
  const { code } = await takagi(["table", at("map"), "--map", "X,Y", "--against", "X"]);
  expect(code).toBe(0);
  const map = await read("map", "map.svg");
  elements(map);
  expect(map.match(/<title>[02], (-1|0): /g)).toHaveLength(16);
});

test("missing and unfinished shards, files that have changed: said, and nothing is made up", async () => {
  await rename(at("results", "results-2-of-3.jsonl"), at("results", "results-2-of-3.jsonl.partial"));
  const missing = await table();
  expect(missing).toMatchObject({ code: 1 });
  expect(missing.err).toContain("1 of 3 shards are missing or not whole: results-2-of-3.jsonl");
  await rename(at("results", "results-2-of-3.jsonl.partial"), at("results", "results-2-of-3.jsonl"));
  expect((await takagi(["table", at("scans")])).err).toContain("no results");
  const scan = (await readdir(at("scans")))[0]!;
  await writeFile(at("scans", scan), "71 3\n72 4\n");
  await rm(at("results", "waterfall.svg"));
  const changed = await table();
  expect(changed).toMatchObject({
    code: 0,
    err: expect.stringMatching(/no waterfall.*has changed/) as string,
  });
  expect(await readdir(at("results"))).not.toContain("waterfall.svg");
});
