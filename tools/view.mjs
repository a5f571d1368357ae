/** app/element → dist/view.js: `<takagi-view>` and its worker with all that they need, for pages with and without a bundler. Run
 *  after build:js, which empties dist/. */
import { readFile, rm, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { notices } from "./bundled.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));

/** The root's font size on the page, px: in an element rem would be the host page's. */
const REM = 15;

const common = {
  absWorkingDir: root,
  bundle: true,
  format: "esm",
  target: "es2022",
  minify: true,
  legalComments: "none",
  logLevel: "warning",
  conditions: ["browser"],
};

const ownFiles = await fromOwnFiles();

/** Two programs that share nothing: a page that shows answers is not to load what inverts. */
const PROGRAMS = { view: "app/element/index.ts", "view.worker": "app/element/worker.ts" };

const define = { STYLE: JSON.stringify(await style()) },
  inputs = new Set();
for (const [out, file] of Object.entries(PROGRAMS)) {
  const { metafile } = await build({
    ...common,
    metafile: true,
    entryPoints: [{ in: file, out }],
    outdir: "dist",
    splitting: true,
    chunkNames: "chunks/view-[name]-[hash]",
    define,
    // From the sources: only what the element uses comes along.
    alias: {
      takagi: `${root}src/index.ts`,
      "takagi/workers": `${root}src/workers/index.ts`,
      "#wasm-source": `${root}src/wasm/source.web.ts`,
      "#worker-host": `${root}src/workers/host.web.ts`,
      "#nn-platform": `${root}src/nn/backend/platform.web.ts`,
    },
    external: ["h5wasm"],
    tsconfigRaw: {
      compilerOptions: { jsx: "react-jsx", jsxImportSource: "preact", verbatimModuleSyntax: true },
    },
    plugins: [beside(), ownFiles],
  });
  for (const name of await withoutTheUnreached(metafile, out)) inputs.add(name);
}
await writeFile(`${root}dist/chunks/view.licenses.txt`, await notices([...inputs]));

/** Removes chunks that nothing imports: those of dynamic imports in files of which nothing is used.
 *  @returns what is in those that stay */
async function withoutTheUnreached({ outputs }, out) {
  const reached = new Set([`dist/${out}.js`]);
  for (const name of reached)
    for (const { path, external } of outputs[name].imports) if (external !== true) reached.add(path);
  for (const name of Object.keys(outputs)) if (!reached.has(name)) await rm(`${root}${name}`);
  return [...reached].flatMap((name) => Object.keys(outputs[name].inputs));
}

/** The page's style sheet for a shadow tree: what it says of the root is for the element's outermost part. */
async function style() {
  const { outputFiles } = await build({
    ...common,
    format: undefined,
    entryPoints: ["app/element/style.css"],
    write: false,
  });
  return outputFiles[0].text
    .replaceAll(":root", ".view")
    .replaceAll(/(\d*\.?\d+)rem\b/g, (_, rem) => `${Number((REM * rem).toFixed(3))}px`);
}

/** Kernels lie in dist/, and who asks for them in dist/chunks/, where the SDK's tables are. */
function beside() {
  return {
    name: "beside",
    setup({ onLoad, onResolve }) {
      onResolve({ filter: /\/(scatteringData|populationData)\.ts$/ }, ({ path }) => ({
        path: path.replace(/^.*\/(\w+)\.ts$/, "./$1.js"),
        external: true,
      }));
      onLoad({ filter: /source\.web\.ts$/ }, async ({ path }) => ({
        contents: (await readFile(path, "utf8")).replaceAll("../../build/", "../"),
        loader: "ts",
      }));
    },
  };
}

/** Names of the SDK from the files that have them: through src/index.ts every part of the program would reach all others. */
async function fromOwnFiles() {
  const index = await readFile(`${root}src/index.ts`, "utf8"),
    files = new Map();
  for (const [, names, file] of index.matchAll(/export (?:type )?\{([^}]*)\} from "\.\/([^"]*)"/g))
    for (const name of names.split(",")) files.set(name.replace(/^\s*type\s/, "").trim(), file);
  const direct = (statement, verb, names) =>
    names
      .split(",")
      .map((name) => name.trim())
      .filter((name) => name !== "" && !name.startsWith("type "))
      .map((name) => {
        if (!files.has(name)) throw new Error(`src/index.ts has no ${name}: ${statement}`);
        return `${verb} { ${name} } from "${root}src/${files.get(name)}";`;
      })
      .join(" ");
  return {
    name: "from-own-files",
    setup({ onLoad }) {
      onLoad({ filter: /[\\/]app[\\/].*\.tsx?$/ }, async ({ path }) => ({
        contents: (await readFile(path, "utf8")).replaceAll(
          /^(import|export) \{([^}]*)\} from "takagi";/gm,
          direct,
        ),
        loader: path.endsWith("x") ? "tsx" : "ts",
      }));
    },
  };
}
