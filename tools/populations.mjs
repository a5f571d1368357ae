// How the films of the built-in protocols lie, as data of the package (after npm run build:wasm):
//   node tools/populations.mjs        writes src/invert/populationData.ts
// Mixtures of Gaussians (EM over draws of the labels) in half precision: mean and L⁻¹ of every component.
import { writeFileSync } from "node:fs";
import { build } from "esbuild";

const entry = `
import { learnedMixture } from "./src/invert/population.ts";
import { encodeMixture } from "./src/invert/mixtureData.ts";
import { preset } from "./src/dataset/presets.ts";
for (const name of ["cnn1", "measured"]) console.log(JSON.stringify([name, encodeMixture(await learnedMixture(preset(name)))]));
`;
await build({
  stdin: { contents: entry, resolveDir: process.cwd(), loader: "ts" },
  bundle: true,
  platform: "node",
  format: "esm",
  packages: "external",
  external: ["#wasm-source"],
  outfile: "build/populations.mjs",
  logLevel: "warning",
});
const lines = [];
const { log } = console;
console.log = (line) => lines.push(JSON.parse(line));
await import(new URL("../build/populations.mjs", import.meta.url));
console.log = log;
const keys = { cnn1: "paper", measured: "measured" };
writeFileSync(
  "src/invert/populationData.ts",
  `/** Made by tools/populations.mjs: mixtures of the shapes of films, float16 in base64 (mixtureData.ts). */\nexport const POPULATION_DATA = {\n${lines
    .map(([name, data]) => `  ${keys[name]}: "${data}",\n`)
    .join("")}} as const;\n`,
);
log(lines.map(([name, data]) => `${name} ${data.length}`).join(", "));
