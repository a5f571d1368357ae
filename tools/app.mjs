/** app/ → dist/app: the page as static files for any host, with the SDK and its kernels inside. Run after build:js. */
import { createHash } from "node:crypto";
import { cp, mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { trainedOn } from "../dist/nn.js";
import { notices } from "./bundled.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));
const out = `${root}dist/app/`;

/** What is bundled: name in dist/app → file. Workers of the SDK keep the names under which it asks for them. */
const PROGRAMS = {
  page: "app/main.tsx",
  crew: "app/worker/worker.ts",
  style: "app/styles/style.css",
  "worker.web": "dist/worker.web.js",
  "trainer.web": "dist/trainer.web.js",
};

/** What the SDK looks for beside itself. */
const KERNELS = [
  "takagi.wasm",
  "takagi.scalar.wasm",
  "takagi.data.wasm",
  "takagi.data.scalar.wasm",
  "tfjs-backend-wasm-simd.wasm",
  "tfjs-backend-wasm-threaded-simd.wasm",
];

/** Files that are fetched after everything else, as only networks need them; of the programs see `neededAtOnce`. */
const LATER = /^(models\/|tfjs-|takagi\.data|takagi\.scalar)/;
const HEAVY = /@tensorflow|dist\/(nn|tfjs|chunks\/gradients)/;

const common = {
  absWorkingDir: root,
  bundle: true,
  format: "esm",
  target: "es2022",
  minify: true,
  legalComments: "none",
  logLevel: "warning",
  conditions: ["browser"],
  // Not that of the repository, whose paths lead to src/: the page has the built SDK.
  tsconfigRaw: {
    compilerOptions: { jsx: "react-jsx", jsxImportSource: "preact", verbatimModuleSyntax: true },
  },
  // Of the two that package.json names, which do something at import, none is lost.
  logOverride: { "ignored-bare-import": "silent" },
};

const models = await shippedModels();
await rm(out, { recursive: true, force: true });
await mkdir(out, { recursive: true });
const { metafile } = await build({
  ...common,
  metafile: true,
  entryPoints: Object.entries(PROGRAMS).map(([name, file]) => ({ in: file, out: name })),
  outdir: "dist/app",
  define: { MODELS: JSON.stringify(models) },
  splitting: true,
  chunkNames: "[name]-[hash]",
  alias: {
    takagi: `${root}dist/index.js`,
    "takagi/nn": `${root}dist/nn.js`,
    "takagi/pool": `${root}dist/pool.js`,
    "takagi/workers": `${root}dist/workers.js`,
    // The backends of GPUs share the copy in dist/.
    "@tensorflow/tfjs-core": `${root}dist/tfjs/core.js`,
  },
});
await cp(`${root}app/public`, out, { recursive: true });
await cp(`${root}examples/data`, `${out}examples`, { recursive: true });
for (const name of KERNELS) await cp(`${root}dist/${name}`, out + name);
for (const { folder } of models)
  await cp(`${root}models/${folder}`, `${out}models/${folder}`, { recursive: true });
await writeFile(`${out}licenses.txt`, await licences());
await buildServiceWorker();

/** Of what is bundled: into the page, and before into the SDK. */
async function licences() {
  const own = await notices(Object.keys(metafile.inputs)),
    inside = ["chunks/formats.licenses.txt", "tfjs/licenses.txt"].map((name) =>
      readFile(`${root}dist/${name}`, "utf8"),
    );
  return [own, ...(await Promise.all(inside))].join("\n\n");
}

/** What the page says of each model before it loads any (app/network.ts). That for scans of any crystal comes first, as on
 *  the command line; of the others that of the widest ranges, which most scans fall into. */
async function shippedModels() {
  const folders = (await readdir(`${root}models`, { withFileTypes: true }))
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name);
  const cards = await Promise.all(
    folders.map(async (folder) => {
      const card = JSON.parse(await readFile(`${root}models/${folder}/model.json`, "utf8")),
        { name, preset, metrics } = card;
      return {
        folder,
        name,
        preset,
        samples: trainedOn(card).samples,
        strainAccuracy: metrics.accuracy?.strain,
      };
    }),
  );
  const place = ({
    folder,
    preset: {
      ranges: {
        strain: [least, most],
      },
    },
  }) => (folder === "universal" ? -1 : least / most);
  return cards.sort((a, b) => place(a) - place(b));
}

/** Last, as it knows all other files: their names, and a version that changes with any of them. */
async function buildServiceWorker() {
  const files = (await readdir(out, { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile())
    .map((entry) => `${entry.parentPath}/${entry.name}`.slice(out.length).replace(/^\//, ""))
    .sort();
  const hash = createHash("sha256");
  for (const name of files) hash.update(name).update(await readFile(out + name));
  const now = neededAtOnce();
  const isNow = (name) => (name.endsWith(".js") ? now.has(name) : !LATER.test(name));
  const names = (wanted) => JSON.stringify(files.filter((name) => isNow(name) === wanted));
  await build({
    ...common,
    entryPoints: ["app/serviceWorker.ts"],
    outfile: "dist/app/serviceWorker.js",
    define: {
      VERSION: JSON.stringify(hash.digest("hex").slice(0, 16)),
      FILES: names(true),
      LATER_FILES: names(false),
    },
  });
  await writeFile(`${out}.nojekyll`, "");
}

/** Programs that the page and its workers reach without machine learning. */
function neededAtOnce() {
  const outputs = Object.fromEntries(
    Object.entries(metafile.outputs).map(([path, output]) => [path.replace("dist/app/", ""), output]),
  );
  const seen = new Set(["page.js", "crew.js"]);
  for (const name of seen) {
    for (const { path } of outputs[name].imports) {
      const next = path.replace("dist/app/", "");
      if (next in outputs && !Object.keys(outputs[next].inputs).some((input) => HEAVY.test(input)))
        seen.add(next);
    }
  }
  return seen;
}
