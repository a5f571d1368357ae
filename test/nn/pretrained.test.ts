/** The shipped networks by their names. */
import { readdirSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { invert, material, readScan, reflection } from "../../src/index.ts";
import { pretrained, type PretrainedName, pretrainedNames } from "../../src/nn/index.ts";
import { pretrainedFiles } from "../../src/nn/pretrained.ts";

const models = new URL("../../models/", import.meta.url);

test("each has the files of its folder, and every folder is one", () => {
  const folders = readdirSync(models, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  expect(folders.map(({ name }) => name).sort()).toEqual([...pretrainedNames].sort());
  for (const name of pretrainedNames) {
    const files = Object.entries(pretrainedFiles[name]());
    expect(files.map(([file]) => file).sort(), name).toEqual(readdirSync(new URL(`${name}/`, models)).sort());
    for (const [file, url] of files)
      expect(fileURLToPath(url)).toBe(fileURLToPath(new URL(`${name}/${file}`, models)));
  }
});

test("one is the predictor of an inversion", { timeout: 60_000 }, async () => {
  const scan = await readScan(
      await readFile(new URL("../../examples/data/irradiated-ysz.xy", import.meta.url)),
    ),
    ysz400 = await reflection(material("YSZ"), { hkl: [4, 0, 0], wavelength: 1.5406 });
  const predictor = await pretrained("universal");
  const { method, methodReason, maxStrain } = await invert(scan, ysz400, { predictor, effort: 0.02 });
  // By its name it is the same.
  const named = await invert(scan, ysz400, { network: "universal", effort: 0.02 });
  expect([named.methodReason, named.maxStrain]).toEqual([methodReason, maxStrain]);
  await expect(invert(scan, ysz400, { network: "universal", predictor })).rejects.toMatchObject({
    code: "INVALID_PARAMETER",
  });
  predictor.dispose();
  expect([method, methodReason]).toEqual([
    "network and search",
    expect.stringContaining("network universal"),
  ]);
});

test("another name is refused, and told the names that there are", async () => {
  await expect(pretrained("unknown" as PretrainedName)).rejects.toMatchObject({
    code: "INVALID_PARAMETER",
    message: expect.stringContaining("one of universal, zro2-400-cnn1"),
  });
});
