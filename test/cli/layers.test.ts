/** Stacks from the command line: `takagi simulate --layer`, `takagi invert --layers`. */
import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { layerStrain } from "../../src/crystal/epitaxy.ts";
import { material } from "../../src/crystal/materials.ts";
import { reflection } from "../../src/crystal/structureFactor.ts";
import { createSimulator } from "../../src/simulate/simulator.ts";
import type { Layer, Stack } from "../../src/types.ts";
import { folder, takagi, ZIRCONIA_CIF } from "./fake.ts";

const GAAS = ["--material", "GaAs", "--hkl", "0,0,4", "--wavelength", "1.540598"];
const SILICON = ["--material", "Si", "--hkl", "0,0,4", "--wavelength", "1.540598"];

interface Simulated {
  readonly twoTheta: number[];
  readonly intensity: number[];
  readonly reflectivity: number[];
  readonly stack: Stack;
  readonly profile: { depthNm: number[]; strainPercent: number[] };
}

async function simulated(words: readonly string[]): Promise<Simulated> {
  const { code, out, err } = await takagi(["simulate", ...words, "--json"]);
  expect([code, err]).toEqual([0, ""]);
  return JSON.parse(out) as Simulated;
}

test("a strained alloy is what the SDK makes of it, its peak within the range that is taken", async () => {
  const found = await simulated([...SILICON, "--layer", "Si0.8Ge0.2:60"]);
  const film = material("Si0.8Ge0.2"),
    substrate = material("Si");
  const of = { hkl: [0, 0, 4], wavelength: 1.540598 } as const;
  const { normal } = layerStrain(film, { substrate });
  const stack = {
    substrate: await reflection(substrate, of),
    layers: [{ crystal: await reflection(film, of), thickness: 60, strain: normal }],
  };
  expect(found.stack).toEqual(stack);
  const curve = (await createSimulator()).simulateStack(stack, found.twoTheta);
  expect(found.reflectivity).toEqual([...curve.reflectivity]);
  expect(found.profile.strainPercent[0]).toBeCloseTo(
    100 * ((film.cell.a / 5.431020511) * (1 + normal / 100) - 1),
    9,
  );
  const peak = found.twoTheta.filter((_, i) => found.twoTheta[i]! < 68.8)[
    found.intensity
      .filter((_, i) => found.twoTheta[i]! < 68.8)
      .reduce((best, value, i, all) => (value > all[best]! ? i : best), 0)
  ]!;
  expect(peak).toBeGreaterThan(67.9);
  expect(peak).toBeLessThan(68.3);
});

test("--repeat takes the layers since the last one; what follows comes once", async () => {
  const { stack } = await simulated([
    ...GAAS,
    ...["--layer", "AlAs:20"],
    ...["--repeat", "1"],
    ...["--layer", "In0.2Ga0.8As:8:dw=0.9", "--layer", "GaAs:17:roughness=0.4", "--repeat", "10"],
    ...["--layer", "GaAs:50:strain=0.1:top=0.3", "--roughness", "0.2"],
  ]);
  expect(stack.roughness).toBe(0.2);
  expect(stack.layers).toMatchObject([
    { repeats: 1, layers: [{ thickness: 20 }] },
    {
      repeats: 10,
      layers: [
        { thickness: 8, debyeWaller: 0.9 },
        { thickness: 17, strain: 0, roughness: 0.4 },
      ],
    },
    { thickness: 50, strain: 0.1, strainTop: 0.3 },
  ]);
});

test("relaxation and surfaces: (111) by its own constants, hexagonal by theirs", async () => {
  const strainOf = async (words: string[]): Promise<number> =>
    ((await simulated(words)).stack.layers[0] as { strain: number }).strain;
  const full = await strainOf([...SILICON, "--layer", "Si0.8Ge0.2:60"]);
  expect(await strainOf([...SILICON, "--layer", "Si0.8Ge0.2:60:relaxation=0.5"])).toBeCloseTo(full / 2, 12);
  const on111 = await strainOf([
    ...["--material", "Si", "--hkl", "1,1,1", "--wavelength", "1.540598"],
    ...["--layer", "Si0.8Ge0.2:60"],
  ]);
  expect(on111).toBeLessThan(full);
  const nitride = await strainOf([
    ...["--material", "GaN", "--hkl", "0,0,2", "--wavelength", "1.540598"],
    ...["--layer", "Al0.3Ga0.7N:30"],
  ]);
  expect(nitride).toBeLessThan(0);
});

test("layers found in a scan leave their table, and nothing of a profile that stood there before", async () => {
  const dir = await folder(),
    scan = join(dir, "film.xy"),
    out = join(dir, "result");
  const beam = ["--wavelength", "1.540598"];
  const made = ["simulate", "--material", "Si", "--hkl", "0,0,4", ...beam, "--layer", "Si0.8Ge0.2:60"];
  expect(
    (await takagi([...made, "--fwhm", "0.01", "--counts", "1e6", "--seed", "1", "--out", scan])).code,
  ).toBe(0);
  const invert = ["invert", scan, ...SILICON, "--out", out];
  expect((await takagi([...invert, "--effort", "0.02", "--no-model", "--splines", "10"])).code).toBe(0);
  expect(await readdir(out)).toContain("input_strain_coeff.txt");
  const found = await takagi([...invert, "--layers", "1", "--film", "Si0.8Ge0.2"]);
  expect(found.code).toBe(0);
  expect(found.out).toContain("layers.csv");
  expect((await readdir(out)).sort()).toEqual([
    "curve.csv",
    "layers.csv",
    "profile.csv",
    "report.html",
    "result.json",
  ]);
  const [head, row] = (await readFile(join(out, "layers.csv"), "utf8")).split("\r\n"),
    cells = Object.fromEntries(head!.split(",").map((name, i) => [name, row!.split(",")[i]]));
  expect(cells.crystal).toBe("Si0.8Ge0.2 0 0 4");
  expect(Number(cells.thickness_nm) / 60).toBeCloseTo(1, 2);
  // A film that fits along the surface: see the first test.
  expect(Number(cells.strain_percent)).toBeCloseTo(0.575, 2);
  // The table of a batch has the same numbers.
  const batch = join(dir, "batch");
  const asked = ["--layers", "1", "--film", "Si0.8Ge0.2", "--workers", "1", "--out", batch];
  expect((await takagi(["batch", scan, ...SILICON, ...asked])).code).toBe(0);
  expect((await takagi(["table", batch])).code).toBe(0);
  const [names, values] = (await readFile(join(batch, "table.csv"), "utf8")).split("\r\n");
  const column = (name: string): number => Number(values!.split(",")[names!.split(",").indexOf(name)]);
  for (const name of ["thickness_nm", "strain_percent", "debye_waller", "thickness_nm_upper"])
    expect(column(`layer1_${name}`), name).toBeCloseTo(Number(cells[name]), 3);
});

test("an asymmetric reflection inclines every crystal alike", async () => {
  const { stack } = await simulated([
    ...["--material", "GaAs", "--hkl", "1,1,5", "--wavelength", "1.540598"],
    ...["--surface", "0,0,1", "--grazing-exit", "--layer", "AlAs:100"],
  ]);
  const [layer] = stack.layers as readonly Layer[];
  expect(stack.substrate.asymmetry).toBeCloseTo(-15.793, 3);
  expect(layer!.crystal.asymmetry).toBeCloseTo(stack.substrate.asymmetry!, 9);
});

test("a layer may be a CIF file, at a reflection of its own", async () => {
  const file = join(await folder(), "film.cif");
  await writeFile(file, ZIRCONIA_CIF);
  const { stack } = await simulated([...SILICON, "--layer", `${file}:40:strain=0.1:hkl=4,0,0`]);
  expect(stack.layers).toMatchObject([{ crystal: { hkl: [4, 0, 0] }, thickness: 40, strain: 0.1 }]);
});

test("a film that the substrate's indices are forbidden for: how its own are given is said", async () => {
  const crystal = ["--material", "SrTiO3", "--hkl", "0,0,2", "--wavelength", "1.5406"],
    { code, err } = await takagi(["simulate", ...crystal, "--layer", "LaAlO3:40:strain=0"]);
  expect(code).toBe(1);
  expect(err).toContain("LaAlO3 0 0 2 is forbidden");
  expect(err).toContain("these are the indices of SrTiO3 0 0 2; give the film's own by :hkl=");
  const { stack } = await simulated([...crystal, "--layer", "LaAlO3:40:strain=0:hkl=0,2,4"]);
  expect(stack.layers).toMatchObject([{ crystal: { hkl: [0, 2, 4] } }]);
});

test.each([
  [["--layer", "AlAs"], /--layer must be name:nm/],
  [["--layer", "AlAs:0"], /--layer thickness must be a number > 0 nm; got "0"/],
  [["--layer", "AlAs:50:width=1"], /--layer must be keys of strain, top, relaxation, dw, roughness, hkl/],
  [["--layer", "AlAs:50:strain=1:relaxation=0"], /strain or relaxation, not both/],
  [["--layer", "AlAs:50:dw=2"], /--layer dw must be a number ≥ 0 and ≤ 1; got "2"/],
  [["--layer", "Al0.5Ga0.6As:50"], /add up to 1/],
  [["--layer", "unobtainium:50"], /--layer material must be one of/],
  [["--layer", "SrTiO3:50"], /needs strain=%/],
  [["--repeat", "3"], /--repeat needs a --layer before it/],
  [["--roughness", "3", "--thickness", "20", "--strain", "1"], /--roughness needs --layer/],
  [["--layer", "AlAs:50", "--thickness", "20"], /--thickness is for a profile/],
  [["--layer", "AlAs:50", "--substrate-material", "Si"], /--substrate-material is for a profile/],
  [["--layer", "AlAs:50", "--kernel", "fast"], /--kernel fast is for profiles/],
])("%s is refused: %s", async (words, message) => {
  const { code, err } = await takagi(["simulate", ...GAAS, ...words]);
  expect(code).toBe(2);
  expect(err).toMatch(message);
});
