// One network for all crystals against networks of their own (after npm run build):
//   node tools/crystals.mjs --presets DIR          writes a preset for each crystal, to train networks of their own with
//   node tools/crystals.mjs MODEL... [--count N]   what models find on fresh samples of each crystal that they know, as a table
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { material, measuredPreset, reflection } from "../dist/index.js";

const CRYSTALS = [
  ["YSZ", [4, 0, 0]],
  ["SiC-4H", [0, 0, 4]],
  ["Si", [0, 0, 4]],
];
const CU = 1.540598;

const { values, positionals } = parseArgs({
  options: { presets: { type: "string" }, count: { type: "string", default: "20000" } },
  allowPositionals: true,
});
if (values.presets === undefined && positionals.length === 0)
  throw new Error("usage: node tools/crystals.mjs --presets DIR | MODEL... [--count N]");

const folder = values.presets ?? mkdtempSync(join(tmpdir(), "takagi-"));
mkdirSync(folder, { recursive: true });
const presets = await Promise.all(
  CRYSTALS.map(async ([name, hkl]) => {
    const preset = measuredPreset(
        `${name}-${hkl.join("")}`.toLowerCase(),
        await reflection(material(name), { hkl, wavelength: CU }),
      ),
      file = join(folder, `${preset.name}.json`);
    writeFileSync(file, JSON.stringify(preset));
    return { words: `${name} ${hkl.join(" ")}`, file, d: preset.reflection.d };
  }),
);

if (positionals.length > 0) {
  console.log(
    "| samples of | network | it has seen | t | e_max | DW | H | DR | strain |\n|---|---|---|---|---|---|---|---|---|",
  );
  for (const { words, file, d } of presets) {
    for (const model of positionals) {
      const {
          preset: { reflection: one, reflections },
          training,
        } = JSON.parse(readFileSync(join(model, "model.json"), "utf8")),
        sine = CU / (2 * d);
      const [low, high] = reflections?.sine ?? [one.wavelength / (2 * one.d), one.wavelength / (2 * one.d)];
      if (sine < 0.999 * low || sine > 1.001 * high) continue;
      const cli = fileURLToPath(new URL("../dist/cli.js", import.meta.url));
      const { accuracy } = JSON.parse(
        execFileSync(
          process.execPath,
          [
            cli,
            "evaluate",
            model,
            "--preset",
            file,
            "--count",
            values.count,
            "--seed",
            "1",
            "--proposals",
            "0",
            "--json",
          ],
          { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] },
        ),
      );
      const seen = ({ samples, start }) =>
        `${(samples / 1e6).toFixed(2)} million${start === undefined ? "" : `, from ${start.name} (${(start.samples / 1e6).toFixed(2)} million)`}`;
      console.log(
        `| ${[words, model.split("/").at(-1), seen(training), ...Object.values(accuracy).map((share) => share.toFixed(1))].join(" | ")} |`,
      );
    }
  }
}
if (values.presets === undefined) rmSync(folder, { recursive: true });
