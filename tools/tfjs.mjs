/** tfjs's core, its gradients and its WASM and CPU backends become part of dist/, so that users install none. Other backends
 *  come from packages of their own: tfjs keeps engine, kernels and gradients on the global object, so that these work with
 *  this copy of the core as with theirs. */
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { notices } from "./bundled.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));

/** What sources import → name in dist/tfjs/. */
const PARTS = {
  "@tensorflow/tfjs-core": "core",
  "@tensorflow/tfjs-core/dist/register_all_gradients.js": "gradients",
  "@tensorflow/tfjs-backend-wasm": "wasm",
  "@tensorflow/tfjs-backend-cpu": "cpu",
};

/** A plugin of rollup. */
export function tfjs() {
  return {
    name: "tfjs",
    resolveId: (id) =>
      id in PARTS
        ? { id: `${root}dist/tfjs/${PARTS[id]}.js`, external: "relative", moduleSideEffects: true }
        : null,
    async generateBundle() {
      const { outputFiles, metafile } = await build({
        absWorkingDir: root,
        entryPoints: Object.entries(PARTS).map(([path, name]) => ({ in: path, out: name })),
        bundle: true,
        splitting: true,
        write: false,
        metafile: true,
        format: "esm",
        platform: "browser",
        target: "es2022",
        minify: true,
        legalComments: "none",
        outdir: "tfjs",
        chunkNames: "[name]-[hash]",
        plugins: [anywhere()],
      });
      for (const { path, contents } of outputFiles)
        this.emitFile({ type: "asset", fileName: path.slice(root.length), source: contents });
      this.emitFile({
        type: "asset",
        fileName: "tfjs/licenses.txt",
        source: await notices(Object.keys(metafile.inputs)),
      });
    },
  };
}

/** tfjs's build for browsers made to run in every runtime: it asks Node for its own modules, and installs handlers of errors
 *  that end the process. Its kernels are given to it as a module (src/nn/backend/wasmModule.ts), so that it needs neither. */
function anywhere() {
  return {
    name: "anywhere",
    setup(esbuild) {
      esbuild.onResolve({ filter: /^util$/ }, () => ({ path: "util", namespace: "anywhere" }));
      esbuild.onLoad({ filter: /.*/, namespace: "anywhere" }, () => ({ contents: UTIL }));
      esbuild.onLoad(
        { filter: /wasm-out[/\\][^/\\]*simd\.js$|wasm-out[/\\]tfjs-backend-wasm\.js$/ },
        async ({ path }) => ({ contents: `var process;${await readFile(path, "utf8")}` }),
      );
    },
  };
}

const UTIL = `
export const { TextEncoder, TextDecoder } = globalThis;
const is = (name) => (value) => Object.prototype.toString.call(value) === "[object " + name + "]";
export const types = {
  isFloat32Array: is("Float32Array"),
  isInt32Array: is("Int32Array"),
  isUint8Array: is("Uint8Array"),
  isUint8ClampedArray: is("Uint8ClampedArray"),
};`;
