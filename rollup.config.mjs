/** src/ → dist/: the SDK, the command line, the sources of the kernels, their types; and the kernels beside them. */
import { chmod, copyFile, readFile, rm } from "node:fs/promises";
import { builtinModules } from "node:module";
import { fileURLToPath } from "node:url";
import dts from "rollup-plugin-dts";
import esbuild from "rollup-plugin-esbuild";
import { bundled, isBundled } from "./tools/bundled.mjs";
import { tfjs } from "./tools/tfjs.mjs";

const root = fileURLToPath(new URL(".", import.meta.url));
const manifest = JSON.parse(await readFile(`${root}package.json`, "utf8"));

/** Libraries that go into dist/. */
const BUNDLED = ["fflate", "fast-xml-parser"];

/** Programs: name in dist/ → file in src/. A new way into the package is one line here and one in package.json "exports". */
const PROGRAMS = {
  batch: "src/batch/invertAll.ts",
  index: "src/index.ts",
  cli: "src/cli/main.ts",
  inline: "src/wasm/source.inline.ts",
  "inverter.node": "src/batch/inverter.node.ts",
  "inverter.web": "src/batch/inverter.web.ts",
  nn: "src/nn/index.ts",
  "nnPlatform.bun": "src/nn/backend/platform.bun.ts",
  "nnPlatform.deno": "src/nn/backend/platform.deno.ts",
  "nnPlatform.node": "src/nn/backend/platform.node.ts",
  "nnPlatform.web": "src/nn/backend/platform.web.ts",
  "nnPlatform.workerd": "src/nn/backend/platform.workerd.ts",
  pool: "src/dataset/pool.ts",
  "refineAll.node": "src/evaluate/refineAll.node.ts",
  "refineProcess.node": "src/evaluate/refineProcess.node.ts",
  "source.node": "src/wasm/source.node.ts",
  "source.web": "src/wasm/source.web.ts",
  "source.workerd": "src/wasm/source.workerd.ts",
  "trainer.node": "src/nn/trainer.node.ts",
  "trainer.web": "src/nn/trainer.web.ts",
  "worker.node": "src/dataset/worker.node.ts",
  "worker.web": "src/dataset/worker.web.ts",
  workers: "src/workers/index.ts",
  "workerHost.node": "src/workers/host.node.ts",
  "workerHost.web": "src/workers/host.web.ts",
};

/** Those of them that users import, and that need types. */
const TYPES = ["batch", "index", "inline", "nn", "pool", "workers"];

/** Built by tools/view.mjs; its types come from here, so that they are those of the others. */
const ELEMENT = { view: "app/element/index.ts" };

/** Programs that must not reach machine learning, not even through what they import; a dynamic import may. */
const LEAN = Object.keys(PROGRAMS).filter(
  (name) => name !== "cli" && !name.startsWith("nn") && !name.startsWith("trainer"),
);

/** Kernels with a memory of their own. */
const KERNELS = ["takagi.wasm", "takagi.scalar.wasm", "takagi.data.wasm", "takagi.data.scalar.wasm"];

/** Those of trainings work in the memory of tfjs; a file only for edge runtimes, elsewhere they are inside the JavaScript. */
const TRAINING_KERNELS = "takagi.nn.wasm";

/** tfjs's own kernels, beside the programs: browsers find them there without being told where. */
const TFJS_KERNELS = ["tfjs-backend-wasm-simd.wasm", "tfjs-backend-wasm-threaded-simd.wasm"];

const packages = Object.keys({ ...manifest.dependencies, ...manifest.peerDependencies });

/** Left for the runtime to find: Node's own, what package.json names, and the kernels. */
function isExternal(id) {
  const isPackage = packages.some((name) => id === name || id.startsWith(`${name}/`));
  return isPackage || id.startsWith("#") || id.startsWith("node:") || builtinModules.includes(id);
}

/** The text of kernels into who asks for it. */
function inlineKernels() {
  return {
    name: "inline-kernels",
    resolveId: (id) => (id.endsWith(".wasm?base64") ? id : null),
    async load(id) {
      if (!id.endsWith(".wasm?base64")) return null;
      const bytes = await readFile(`${root}build/${id.split("/").at(-1).replace("?base64", "")}`);
      return `export default "${bytes.toString("base64")}";`;
    },
  };
}

/** Puts the kernels beside the programs; refuses kernels that want imports. What sources name in build/ and dist/ is
 *  beside them in the package. */
function kernels() {
  return {
    name: "kernels",
    resolveId: (id) => (id.endsWith(".wasm") ? { id: `./${id.split("/").at(-1)}`, external: true } : null),
    transform(code, id) {
      if (id.endsWith("/src/nn/pretrained.ts"))
        return { code: code.replaceAll('"../../models/', '"../models/'), map: null };
      return /\.\.\/(build|dist)\//.test(code)
        ? { code: code.replaceAll(/(\.\.\/)+(build|dist)\//g, "./"), map: null }
        : null;
    },
    async writeBundle({ dir }) {
      for (const name of KERNELS) {
        const imports = WebAssembly.Module.imports(
          new WebAssembly.Module(await readFile(`${root}build/${name}`)),
        );
        if (imports.length > 0) {
          const names = imports.map((entry) => `${entry.module}.${entry.name}`).join(", ");
          this.error(`${name} must import nothing; it imports ${names}`);
        }
        await copyFile(`${root}build/${name}`, `${dir}/${name}`);
      }
      await copyFile(`${root}build/${TRAINING_KERNELS}`, `${dir}/${TRAINING_KERNELS}`);
      const tfjs = fileURLToPath(new URL(".", import.meta.resolve("@tensorflow/tfjs-backend-wasm")));
      for (const name of TFJS_KERNELS) await copyFile(`${tfjs}${name}`, `${dir}/${name}`);
    },
  };
}

/** Who only simulates downloads no TensorFlow: fails the build when a lean program reaches src/nn/ or @tensorflow. */
function staysLean() {
  return {
    name: "stays-lean",
    generateBundle(_, bundle) {
      for (const program of LEAN) {
        const reached = new Set([`${program}.js`]);
        for (const file of reached) {
          const chunk = bundle[file];
          const heavy = chunk
            ? chunk.moduleIds.find((id) => id.includes("/src/nn/"))
            : /^@tensorflow\/|^tfjs\//.test(file) && file;
          if (heavy) this.error(`${program} must not reach ${heavy.replace(root, "")}`);
          for (const next of chunk?.imports ?? []) reached.add(next);
        }
      }
    },
  };
}

/** What the SDK always loads is one file: a dozen small ones cost a cold start 10 ms. */
function sdkChunk(id) {
  if (id.includes("/src/io/formats/") || isBundled(id)) return "formats";
  const isSdk = /\/src\/(crystal|instrument|invert|io|leastSquares|profile|report|simulate)\//.test(id);
  return isSdk && !/\/(scatteringData|populationData)\.ts$|\/report\/evaluation\//.test(id)
    ? "sdk"
    : undefined;
}

/** For a plain script tag, `takagi` in one file: its kernels come from inside. */
function ownSource() {
  return {
    name: "own-source",
    resolveId: (id) => (id === "#wasm-source" ? `${root}src/wasm/source.global.ts` : null),
  };
}

function cleanAndExecutable() {
  return {
    name: "clean-and-executable",
    buildStart: () => rm(`${root}dist`, { recursive: true, force: true }),
    writeBundle: ({ dir }) => chmod(`${dir}/cli.js`, 0o755),
  };
}

function onwarn(warning) {
  if (warning.code === "EMPTY_BUNDLE") return;
  throw new Error(warning.message);
}

export default [
  {
    input: PROGRAMS,
    external: isExternal,
    output: {
      dir: "dist",
      format: "es",
      entryFileNames: "[name].js",
      chunkFileNames: "chunks/[name].js",
      manualChunks: sdkChunk,
      banner: (chunk) => (chunk.name === "cli" ? "#!/usr/bin/env node" : ""),
      generatedCode: "es2015",
    },
    plugins: [
      cleanAndExecutable(),
      inlineKernels(),
      kernels(),
      tfjs(),
      bundled(BUNDLED),
      esbuild({ target: "es2022", tsconfig: "tsconfig.json" }),
      staysLean(),
    ],
    onwarn,
  },
  {
    input: "src/index.ts",
    output: {
      file: "dist/takagi.global.js",
      format: "iife",
      name: "takagi",
      inlineDynamicImports: true,
      generatedCode: "es2015",
    },
    plugins: [
      ownSource(),
      inlineKernels(),
      bundled(BUNDLED),
      esbuild({ target: "es2022", tsconfig: "tsconfig.json", minify: true }),
    ],
    onwarn,
  },
  {
    input: { ...Object.fromEntries(TYPES.map((name) => [name, PROGRAMS[name]])), ...ELEMENT },
    external: isExternal,
    output: {
      dir: "dist",
      format: "es",
      entryFileNames: "[name].d.ts",
      chunkFileNames: "chunks/[name].d.ts",
    },
    plugins: [kernelTypes(), dts({ tsconfig: "tsconfig.json" }), platformTypes()],
  },
];

/** Keeps the compiler's declarations from looking for the kernels as files. */
function kernelTypes() {
  return {
    name: "kernel-types",
    resolveId: (id) => (/\.wasm(\?|$)/.test(id) ? { id, external: true } : null),
  };
}

/** Names that the declarations take from the platform, for compilers without its library: where that is there they add nothing
 *  to it. */
function platformTypes() {
  const source = `/** What every runtime has. */
interface AbortSignal {}
interface Response {}
interface URL {}
interface Worker {}
declare namespace WebAssembly {
  interface Module {}
}
`;
  return {
    name: "platform-types",
    renderChunk: (code, { isEntry }) =>
      isEntry ? { code: `/// <reference path="./platform.d.ts" />\n${code}`, map: null } : null,
    generateBundle() {
      this.emitFile({ type: "asset", fileName: "platform.d.ts", source });
    },
  };
}
