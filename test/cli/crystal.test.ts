import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { material } from "../../src/crystal/materials.ts";
import { reflection } from "../../src/crystal/structureFactor.ts";
import { VERSION } from "../../src/version.ts";
import { folder, takagi, ZIRCONIA_CIF } from "./fake.ts";

test("structure factors of a built-in material as JSON are those of the library", async () => {
  const { code, out, err } = await takagi([
    "structure-factor",
    "--material",
    "si",
    "--hkl",
    "0,0,4",
    "--wavelength",
    "1.5406",
    "--json",
  ]);
  const { d, cellVolume, structureFactor } = await reflection(material("Si"), {
    hkl: [0, 0, 4],
    wavelength: 1.5406,
  });
  expect(code).toBe(0);
  expect(err).toBe("");
  expect(JSON.parse(out)).toEqual({
    d,
    cellVolume,
    f0: structureFactor.zero,
    fh: structureFactor.h,
    fhbar: structureFactor.hBar,
  });
});

test("structure factors of a CIF for people", async () => {
  const file = join(await folder(), "zirconia.cif");
  await writeFile(file, ZIRCONIA_CIF);
  const { code, out } = await takagi([
    "structure-factor",
    "--cif",
    file,
    "--hkl",
    "400",
    "--wavelength",
    "1.5406",
  ]);
  expect(code).toBe(0);
  expect(out).toContain("1.285838 Å");
  expect(out).toContain("136.0624 Å³");
  expect(out).toMatch(/2θ\s+73\.60/);
});

test("materials lists what --material takes", async () => {
  const { code, out } = await takagi(["materials", "--json"]);
  const names = (JSON.parse(out) as { materials: { name: string }[] }).materials.map(({ name }) => name);
  expect(code).toBe(0);
  expect(names).toContain("YSZ");
  expect((await takagi(["materials"])).out.trim().split("\n")).toHaveLength(names.length);
});

const CRYSTAL = ["--material", "Si", "--hkl", "0,0,4", "--wavelength", "1.5406"];

test.each<[code: number, message: string, words: string[]]>([
  [2, "unknown command 'invrt'", ["invrt"]],
  [2, "unknown option '--hlk'", ["structure-factor", "--hlk", "4,0,0"]],
  [2, "option '--hkl <h,k,l>' argument missing", ["structure-factor", "--hkl"]],
  [2, '--hkl must be three Miller indices such as 4,0,0; got "4,0"', ["structure-factor", "--hkl", "4,0"]],
  [2, "--hkl is missing", ["structure-factor", "--material", "Si"]],
  [2, "--wavelength is missing", ["structure-factor", "--material", "Si", "--hkl", "004"]],
  [2, "--cif or --material is missing", ["structure-factor", "--hkl", "004", "--wavelength", "1.54"]],
  [2, "give --cif or --material, not both", ["structure-factor", ...CRYSTAL, "--cif", "a.cif"]],
  [
    2,
    "--material must be one of Ag, ",
    ["structure-factor", "--material", "unobtainium", "--hkl", "004", "--wavelength", "1.54"],
  ],
  [
    2,
    "--wavelength must be within [0.4133, 3.0996] Å",
    ["structure-factor", "--material", "Si", "--hkl", "004", "--wavelength", "12"],
  ],
  [2, "--yttria must be absent for Si", ["structure-factor", ...CRYSTAL, "--yttria", "0.1"]],
  [
    1,
    "longer than 2d = 1.35776 Å",
    ["structure-factor", "--material", "Si", "--hkl", "008", "--wavelength", "2"],
  ],
  [
    1,
    "Si 2 0 0 is forbidden",
    ["structure-factor", "--material", "Si", "--hkl", "200", "--wavelength", "1.54"],
  ],
  [
    1,
    "cannot read missing.cif: no such file",
    ["structure-factor", "--cif", "missing.cif", "--hkl", "004", "--wavelength", "1.54"],
  ],
  [
    1,
    "cannot read test: it is a folder",
    ["structure-factor", "--cif", "test", "--hkl", "004", "--wavelength", "1.54"],
  ],
  [
    1,
    "package.json: line 1: not a CIF",
    ["structure-factor", "--cif", "package.json", "--hkl", "004", "--wavelength", "1.54"],
  ],
  [
    2,
    "--film-thickness is missing: in nm, for a thick film",
    ["simulate", ...CRYSTAL, "--thickness", "10", "--strain", "1", "--geometry", "thick-film"],
  ],
  [
    2,
    "--film-thickness is not for a thin film",
    [
      "simulate",
      ...CRYSTAL,
      "--thickness",
      "10",
      "--strain",
      "1",
      "--geometry",
      "thin film",
      "--film-thickness",
      "30",
    ],
  ],
  [
    2,
    "--substrate-material or --substrate-cif is missing",
    [
      "simulate",
      ...CRYSTAL,
      "--thickness",
      "10",
      "--strain",
      "1",
      "--geometry",
      "thick film on substrate",
      "--film-thickness",
      "30",
    ],
  ],
  [
    2,
    "--substrate-material must be one of",
    [
      "simulate",
      ...CRYSTAL,
      "--thickness",
      "10",
      "--strain",
      "1",
      "--film-thickness",
      "30",
      "--substrate-material",
      "cheese",
    ],
  ],
  [
    2,
    "--substrate-hkl needs --substrate-material",
    ["simulate", ...CRYSTAL, "--thickness", "10", "--strain", "1", "--substrate-hkl", "111"],
  ],
  [
    2,
    "--grazing-exit needs --surface",
    ["simulate", ...CRYSTAL, "--thickness", "10", "--strain", "1", "--grazing-exit"],
  ],
  [
    2,
    "--fwhm is missing",
    ["simulate", ...CRYSTAL, "--thickness", "10", "--strain", "1", "--resolution", "lorentzian"],
  ],
  [
    2,
    "--exponent is for a generalised-bell",
    ["simulate", ...CRYSTAL, "--thickness", "10", "--strain", "1", "--fwhm", "0.01", "--exponent", "3"],
  ],
  [2, "missing required argument 'scan'", ["invert"]],
])("exit code %d: %s", async (code, message, words) => {
  const outcome = await takagi(words);
  expect(outcome.code).toBe(code);
  expect(outcome.out).toBe("");
  expect(outcome.err).toMatch(/^takagi: [^\n]+\n$/);
  expect(outcome.err).toContain(message);
});

test("help and version go to the output, a bare call gets help as a message", async () => {
  expect(await takagi(["--version"])).toEqual({ code: 0, out: `${VERSION}\n`, err: "" });
  for (const words of [
    ["--help"],
    ["help", "invert"],
    ["invert", "--help"],
    ["simulate", "--help"],
    ["reflectivity", "--help"],
    ["structure-factor", "--help"],
  ]) {
    const { code, out, err } = await takagi(words);
    expect(code).toBe(0);
    expect(out).toContain("Usage: takagi");
    expect(out).toContain("Exit codes:");
    expect(err).toBe("");
  }
  const bare = await takagi([]);
  expect(bare.code).toBe(2);
  expect(bare.out).toBe("");
  expect(bare.err).toContain("Usage: takagi");
});
