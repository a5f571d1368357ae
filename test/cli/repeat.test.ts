/** Every answer can be made again from its result.json. */
import { copyFile, mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { beforeAll, expect, test } from "vitest";
import { report, resultJson } from "../../src/index.ts";
import { parseResult } from "../../src/report/parseResult.ts";
import { folder, takagi, ZIRCONIA_CIF } from "./fake.ts";

const EXAMPLE = fileURLToPath(new URL("../../examples/data/irradiated-ysz.xy", import.meta.url));
/** Little work: that the same is done again does not depend on how much. */
const QUICK = ["--effort", "0.02"];
const YSZ = ["--material", "YSZ", "--hkl", "4,0,0", "--wavelength", "1.5406", ...QUICK];

let dir: string;
beforeAll(async () => {
  dir = await folder();
  const lines = (await readFile(EXAMPLE, "utf8")).trim().split("\n");
  await writeFile(join(dir, "ysz.xy"), lines.filter((line, i) => /^#/.test(line) || i % 4 === 0).join("\n"));
  await writeFile(join(dir, "zro2.cif"), ZIRCONIA_CIF);
  const simulated = async (name: string, ...words: string[]): Promise<void> => {
    const { code, err } = await takagi(["simulate", ...words, "--counts", "1e5", "--out", join(dir, name)]);
    expect([code, err]).toEqual([0, ""]);
  };
  const film = [
    "--wavelength",
    "1.5406",
    "--thickness",
    "40",
    "--strain",
    "0.4",
    "--fwhm",
    "0.02",
    "--step",
    "0.005",
  ];
  await simulated(
    "film.xy",
    ...["--material", "SrTiO3", "--hkl", "0,0,2", "--film-thickness", "60"],
    ...film,
  );
  await simulated(
    "on-si.xy",
    ...["--material", "GaAs", "--hkl", "0,0,4", "--film-thickness", "300", "--substrate-material", "Si"],
    ...film,
  );
  await simulated(
    "stack.xy",
    ...["--material", "Si", "--hkl", "004", "--wavelength", "1.5406", "--layer", "Si:40:strain=0.5"],
    ...["--fwhm", "0.02", "--step", "0.02"],
  );
  const [, ...rows] = (await readFile(join(dir, "film.xy"), "utf8")).trim().split("\n"),
    range = (from: number, step: number): string[] => [
      "_DRIVE='COUPLED'",
      "_STEPTIME=1.0",
      `_STEPSIZE=${step}`,
      `_START=${from}`,
      "_2THETACOUNTS",
      ...rows,
    ];
  await writeFile(
    join(dir, "two.uxd"),
    ["_FILEVERSION=2", "_WL1=1.5406", ...range(45.5, 0.005), "; second", ...range(45.5, 0.005)].join("\n"),
  );
});

const FILM = ["--material", "SrTiO3", "--hkl", "0,0,2", "--wavelength", "1.5406", "--effort", "quick"];
const KINDS: readonly (readonly [kind: string, scan: string, words: readonly string[]])[] = [
  ["a single crystal, with the network", "ysz.xy", YSZ],
  ["without a network, other splines", "ysz.xy", [...YSZ, "--no-model", "--splines", "8"]],
  ["masks", "ysz.xy", [...YSZ, "--mask", "72:72.1", "--mask", "73.5:73.52"]],
  ["holds", "ysz.xy", [...YSZ, "--fix", "thickness=300", "--fix", "background-decades=0"]],
  ["known values", "ysz.xy", [...YSZ, "--known", "thickness=300±20", "--known", "offset=-0.01+-0.005"]],
  ["no prior, a bound of the strain", "ysz.xy", [...YSZ, "--prior", "none", "--most-strain", "4"]],
  [
    "a CIF and an effort in seconds",
    "ysz.xy",
    ["--cif", "zro2.cif", "--hkl", "4 0 0", "--energy", "8.0478", "--effort", "0.01"],
  ],
  ["a thick film", "film.xy", [...FILM, "--film-thickness", "60"]],
  [
    "a film on another crystal",
    "on-si.xy",
    [
      "--material",
      "GaAs",
      "--hkl",
      "004",
      "--lines",
      "1.5406:2,1.5444:1",
      ...QUICK,
      "--film-thickness",
      "300",
      "--substrate-material",
      "Si",
    ],
  ],
  [
    "unpolarised light, a shape, the linear form",
    "ysz.xy",
    [
      ...YSZ,
      "--polarisation",
      "unpolarised",
      "--monochromator",
      "45.3",
      "--resolution",
      "gaussian",
      "--deviation",
      "linear",
    ],
  ],
  [
    "the second scan of a file, its wavelength",
    "two.uxd",
    ["--material", "SrTiO3", "--hkl", "0,0,2", "--scan", "2", "--film-thickness", "60", "--effort", "quick"],
  ],
  ["a layer", "stack.xy", ["--material", "Si", "--hkl", "004", "--wavelength", "1.5406", "--layers", "1"]],
  [
    "given count unit and relative error",
    "ysz.xy",
    [...YSZ, "--count-unit", "1", "--relative-error", "0.02"],
  ],
];

test.each(KINDS)("%s: the same in every byte", async (_, scan, words) => {
  const out = join(dir, "results", scan, String(Math.random()).slice(2)),
    here = words.map((word) => (word.endsWith(".cif") ? join(dir, word) : word));
  const made = await takagi(["invert", join(dir, scan), ...here, "--out", out]);
  expect([made.code, made.err.replaceAll(/takagi: note: .*\n/g, "")]).toEqual([0, ""]);
  const path = join(out, "result.json"),
    again = await takagi(["repeat", path, "--json"]);
  expect([again.code, JSON.parse(again.out)]).toEqual([0, { same: true, differences: [] }]);
  // Read back it is the same result, and the same report.
  const text = await readFile(path, "utf8"),
    result = parseResult(text);
  expect(`${JSON.stringify(resultJson(result.inversion, result))}\n`).toBe(text);
  expect(report(result.inversion, { ...result, title: result.name })).toBe(
    await readFile(join(out, "report.html"), "utf8"),
  );
  expect((await takagi(["report", path])).out).toBe(await readFile(join(out, "report.html"), "utf8"));
});

test("it names input, settings with their sources, network, budget and command", async () => {
  const out = join(dir, "named"),
    path = join(dir, "two.uxd");
  await takagi([
    "invert",
    path,
    "--material",
    "SrTiO3",
    "--hkl",
    "0,0,2",
    "--scan",
    "2",
    ...QUICK,
    "--out",
    out,
  ]);
  const { provenance, run } = parseResult(await readFile(join(out, "result.json"), "utf8"));
  expect(provenance).toMatchObject({
    input: { name: path, sha256: expect.stringMatching(/^[0-9a-f]{64}$/), scan: [2] },
    settings: {
      material: { value: "SrTiO3", source: "given" },
      effort: { value: 0.02, source: "given" },
      wavelength: { value: 1.5406, source: "file" },
      geometry: { value: "single crystal", source: "default" },
      deviation: { value: "exact", source: "default" },
      prior: { value: "universal", source: "default" },
      relativeError: { source: "scan" },
    },
    network: { name: "universal", sha256: expect.stringMatching(/^[0-9a-f]{64}$/) },
    budgetSeconds: 0.02,
    command: ["takagi", "invert", path, "--material", "SrTiO3", "--hkl", "0,0,2", "--scan", "2", ...QUICK],
  });
  expect(run!.date).toMatch(/^\d{4}-\d\d-\d\dT/);
  const html = await readFile(join(out, "report.html"), "utf8");
  expect(html).toContain(provenance!.input!.sha256);
  expect(html).toContain("--material SrTiO3 --hkl 0,0,2 --scan 2 --effort 0.02");
  expect(html).toContain("How to cite");
});

test("files are known by what is in them: found elsewhere, refused where they are others", async () => {
  const at = await folder(),
    scan = join(at, "scan.xy"),
    out = join(at, "out");
  await copyFile(join(dir, "ysz.xy"), scan);
  await takagi(["invert", scan, ...YSZ, "--no-model", "--out", out]);
  await mkdir(join(at, "moved"));
  await rename(scan, join(at, "moved/scan.xy"));
  const words = ["repeat", join(out, "result.json")];
  expect(await takagi(words)).toMatchObject({
    code: 1,
    err: expect.stringContaining("is not found; --files"),
  });
  const found = await takagi([...words, "--files", join(at, "moved")]);
  expect([found.code, found.out]).toEqual([0, expect.stringContaining("the same in every number")]);
  await writeFile(scan, "1 2\n");
  expect(await takagi(words)).toMatchObject({
    code: 1,
    err: expect.stringContaining("is another file than"),
  });
});

test("what differs is named, and is a failure", async () => {
  const at = await folder(),
    out = join(at, "out");
  await takagi(["invert", join(dir, "ysz.xy"), ...YSZ, "--no-model", "--out", out]);
  const path = join(out, "result.json"),
    changed = JSON.parse(await readFile(path, "utf8")) as { rms: number };
  changed.rms = 7;
  await writeFile(path, JSON.stringify(changed));
  const { code, out: told } = await takagi(["repeat", path]);
  expect([code, told]).toEqual([1, expect.stringMatching(/1 values differ\n {2}rms: 7 became 0\.\d+\n/)]);
});

test("damaged results are refused by what is wrong with them", async () => {
  const out = join(dir, "damage");
  await takagi(["invert", join(dir, "ysz.xy"), ...YSZ, "--no-model", "--out", out]);
  const whole = JSON.parse(await readFile(join(out, "result.json"), "utf8")) as Record<string, unknown>;
  const damage: readonly (readonly [RegExp, Record<string, unknown>])[] = [
    [/no result of takagi/, { takagi: undefined }],
    [/reflection\.d/, { reflection: { ...(whole["reflection"] as object), d: 0 } }],
    [/curve must be an object/, { curve: [] }],
    [/curve\.measured must be a list/, { curve: { ...(whole["curve"] as object), measured: [1] } }],
    [/verdict must be one of/, { verdict: "sure" }],
    [
      /provenance\.command must be a list/,
      { provenance: { ...(whole["provenance"] as object), command: "rm -rf" } },
    ],
    [/solutions\[0\]/, { solutions: [{}] }],
    [/resolution/, { instrument: { resolution: { shape: "square", fwhm: 1 } } }],
  ];
  for (const [message, change] of damage) {
    const path = join(out, "damaged.json");
    await writeFile(path, JSON.stringify({ ...whole, ...change }));
    const outcome = await takagi(["report", path]);
    expect([outcome.code, outcome.err]).toEqual([1, expect.stringMatching(message)]);
  }
});
