/** `node tools/offline.mjs FOLDER`: the command line, with a Node and WebGPU, in a folder that needs nothing else: for GPU
 *  machines without network or Node. There: `LD_LIBRARY_PATH=. ./node dist/cli.js train --backend webgpu …`. */
import { copyFile, cp, mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import esbuild from "esbuild";

const root = fileURLToPath(new URL("..", import.meta.url)),
  folder = process.argv[2];
if (folder === undefined) throw new Error("give a folder that does not exist yet");
const manifest = JSON.parse(await readFile(join(root, "package.json"), "utf8"));
await mkdir(folder);
await mkdir(join(folder, "dist"));
await esbuild.build({
  entryPoints: [
    "cli",
    "worker.node",
    "trainer.node",
    "inverter.node",
    "source.node",
    "workerHost.node",
    "nnPlatform.node",
  ].map((name) => join(root, "dist", `${name}.js`)),
  outdir: join(folder, "dist"),
  bundle: true,
  splitting: true,
  minify: true,
  platform: "node",
  format: "esm",
  mainFields: ["module", "main"],
  external: ["#*", "webgpu", "@tensorflow/tfjs-node", "@tensorflow/tfjs-node-gpu"],
  banner: {
    js: 'import { createRequire as __createRequire } from "node:module";import { fileURLToPath as __path } from "node:url";const require = __createRequire(import.meta.url), __filename = __path(import.meta.url), __dirname = __path(new URL(".", import.meta.url));',
  },
  logLevel: "error",
});
for (const name of await readdir(join(root, "dist")))
  if (name.endsWith(".wasm")) await copyFile(join(root, "dist", name), join(folder, "dist", name));
const { type, imports } = manifest;
await writeFile(join(folder, "package.json"), JSON.stringify({ type, imports }, null, 2));
const dawn = join("node_modules", "webgpu");
const native = `${process.platform}-${process.arch}`;
const isWanted = (path) => !/[/\\]dist[/\\]./.test(path.slice(root.length)) || path.includes(native);
await cp(join(root, dawn), join(folder, dawn), { recursive: true, dereference: true, filter: isWanted });
await copyFile(process.execPath, join(folder, "node"));
for (const library of [
  "/usr/lib/x86_64-linux-gnu/libvulkan.so.1",
  "/usr/lib/aarch64-linux-gnu/libvulkan.so.1",
])
  await copyFile(library, join(folder, "libvulkan.so.1")).catch(() => undefined);
