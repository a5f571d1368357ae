// Judges models and inversions and writes docs/benchmark.md: node tools/benchmark.mjs [model folders] (after npm run build)
//   --count N (20000)       samples that the networks are judged by
//   --refined N (1000)      samples that the inversions after them are judged by; 0: none
//   --page                  writes the page from what was measured before, measures nothing
// Results are kept in docs/benchmark.json by the checksum of the weights: a run that was stopped goes on, and models that
// are no longer there keep their rows.
import { execFileSync, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { basename, join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { build } from "esbuild";
import { benchmarkPage } from "./benchmarkPage.mjs";

const root = fileURLToPath(new URL("..", import.meta.url)),
  KEPT = join(root, "docs/benchmark.json"),
  PRESETS = "build/presets",
  /** Of scans of real instruments; files are written by tools/crystals.mjs. */
  REAL = ["measured", "universal", `${PRESETS}/sic-4h-004.json`, `${PRESETS}/si-004.json`],
  SEED = 1;
const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    count: { type: "string", default: "20000" },
    refined: { type: "string", default: "1000" },
    page: { type: "boolean", default: false },
  },
});
const [count, refined] = [Number(options.count), Number(options.refined)];
if (!Number.isInteger(count) || count < 1 || !Number.isInteger(refined) || refined < 0)
  throw new Error("--count and --refined take whole numbers");

const kept = existsSync(KEPT) ? JSON.parse(readFileSync(KEPT, "utf8")) : { models: {}, results: {} };
const folders = positionals.length > 0 ? positionals : foldersIn("models");
const models = folders.map((folder) => describe(folder)).filter((model) => model !== undefined);
for (const { at: _, sha256, ...about } of models) kept.models[sha256] = about;
// A newer model takes the place of the one that lay in its folder.
const present = new Map(models.map(({ folder, sha256 }) => [folder, sha256]));
for (const [sha256, { folder }] of Object.entries(kept.models))
  if (present.has(folder) && present.get(folder) !== sha256) delete kept.models[sha256];
for (const [key, { sha256 }] of Object.entries(kept.results))
  if (!(sha256 in kept.models)) delete kept.results[key];

const code = codeOfTheInversion();
if (!options.page) {
  execFileSync(process.execPath, [join(root, "tools/crystals.mjs"), "--presets", join(root, PRESETS)]);
  const jobs = models.flatMap(jobsOf).filter(({ key }) => !(key in kept.results));
  for (const [k, { key, model, args, refine }] of jobs.entries()) {
    console.error(`${k + 1}/${jobs.length}  takagi evaluate ${model.folder} ${args.join(" ")}`);
    const result = JSON.parse(await evaluate([model.at, ...args, "--proposals", "0", "--json"]));
    // What an earlier engine gave is of no account any more.
    for (const [old, result] of Object.entries(kept.results))
      if (result.sha256 === model.sha256 && result.args.join(" ") === args.join(" "))
        delete kept.results[old];
    kept.results[key] = { sha256: model.sha256, args, ...(refine ? { code } : {}), ...result };
    save();
  }
}
save();
const { page, courses } = benchmarkPage(kept, code);
writeFileSync(join(root, "docs/benchmark.md"), page);
if (courses.length > 0)
  writeFileSync(
    join(root, "docs/benchmark-learning.svg"),
    (await fromSource("src/report/evaluation/scaling.ts")).scalingFigure(courses),
  );

function foldersIn(parent) {
  return existsSync(join(root, parent))
    ? readdirSync(join(root, parent))
        .map((name) => join(root, parent, name))
        .filter((folder) => existsSync(join(folder, "model.json")))
    : [];
}

/** Of the paper's sets, and of all crystals. */
function describe(given) {
  const at = resolve(given),
    inside = relative(root, at),
    folder = inside.startsWith("..") ? basename(at) : inside;
  const {
    preset,
    network,
    labels,
    training,
    weights,
    learning = [],
    metrics,
  } = JSON.parse(readFileSync(join(at, "model.json"), "utf8"));
  if (!["cnn1", "cnn2", "cnn3", "universal"].includes(preset.name)) return undefined;
  return {
    at,
    sha256: weights.sha256,
    folder,
    preset: preset.name,
    network: network.name,
    outputs: labels.length,
    training,
    bytes: weights.bytes,
    learning: learning.length > 0 ? learning : [metrics],
  };
}

function jobsOf(model) {
  if (model.preset === "universal")
    return refined === 0
      ? []
      : REAL.map((preset) =>
          jobOf(
            model,
            ["--preset", preset, "--count", refined, "--seed", SEED, "--noise", "poisson", "--refine"].map(
              String,
            ),
          ),
        );
  const subsets = model.preset !== "cnn3" && model.outputs === 14 ? [undefined, 2] : [undefined];
  const isOurs = model.network !== "paper" && model.outputs === 14;
  return ["published", "poisson"].flatMap((noise) =>
    subsets.flatMap((maxStrain) =>
      [false, ...(isOurs && refined > 0 ? [true] : [])].map((refine) => {
        // About a quarter of the samples have no more than 2 %.
        const drawn = (refine ? refined : count) * (maxStrain === undefined ? 1 : 4);
        const args = [
          "--count",
          String(drawn),
          "--seed",
          String(SEED),
          "--noise",
          noise,
          ...(maxStrain === undefined ? [] : ["--max-strain", String(maxStrain)]),
          ...(refine ? ["--refine"] : []),
        ];
        return jobOf(model, args);
      }),
    ),
  );
}

function jobOf(model, args) {
  const refine = args.includes("--refine");
  return { key: [model.sha256, ...args, ...(refine ? [code] : [])].join(" "), model, args, refine };
}

/** An engine that was changed is judged anew. */
function codeOfTheInversion() {
  const hash = createHash("sha256");
  for (const folder of ["src/invert", "src/evaluate", "src/leastSquares"])
    for (const name of readdirSync(join(root, folder), { recursive: true }).sort())
      if (name.endsWith(".ts")) hash.update(readFileSync(join(root, folder, name)));
  return hash.digest("hex").slice(0, 12);
}

function save() {
  writeFileSync(`${KEPT}.tmp`, `${JSON.stringify(kept, null, 1)}\n`);
  renameSync(`${KEPT}.tmp`, KEPT);
}

function evaluate(args) {
  const child = spawn(process.execPath, [join(root, "dist/cli.js"), "evaluate", ...args], {
    stdio: ["ignore", "pipe", "inherit"],
    cwd: root,
  });
  let out = "";
  child.stdout.on("data", (text) => (out += text));
  return new Promise((resolve, reject) =>
    child.on("close", (status) =>
      status === 0
        ? resolve(out)
        : reject(new Error(`takagi evaluate ${args.join(" ")} ended with ${status}`)),
    ),
  );
}

/** What a source file exports. */
async function fromSource(path) {
  const { outputFiles } = await build({
    entryPoints: [join(root, path)],
    bundle: true,
    format: "esm",
    platform: "neutral",
    write: false,
  });
  return import(`data:text/javascript;base64,${Buffer.from(outputFiles[0].text).toString("base64")}`);
}
