/** Packages that become part of dist/, so that users install none; what their licences ask to be kept is written beside them. */
import { readdir, readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const root = fileURLToPath(new URL("..", import.meta.url));

const PREFIX = "\0bundled:";

/** @param names of the packages
 *  @returns a plugin of rollup; `isBundled` tells its modules */
export function bundled(names) {
  const inside = new Set();
  return {
    name: "bundled",
    resolveId: (id) => (names.includes(id) ? PREFIX + id : null),
    async load(id) {
      if (!isBundled(id)) return null;
      // Their builds for browsers ask nothing of Node.
      const { outputFiles, metafile } = await build({
        entryPoints: [id.slice(PREFIX.length)],
        bundle: true,
        write: false,
        format: "esm",
        platform: "browser",
        target: "es2022",
        minify: true,
        metafile: true,
      });
      for (const file of Object.keys(metafile.inputs)) inside.add(file);
      return outputFiles[0].text;
    },
    async generateBundle() {
      this.emitFile({
        type: "asset",
        fileName: "chunks/formats.licenses.txt",
        source: await notices([...inside]),
      });
    },
  };
}

export function isBundled(id) {
  return id.startsWith(PREFIX);
}

/** What the licences of packages ask to be kept.
 *  @param files of the packages, under node_modules/ of the repository */
export async function notices(files) {
  const folders = files.flatMap((file) => /^([^(]*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(file)?.[1] ?? []);
  return (await Promise.all([...new Set(folders)].sort().map(notice))).join("\n\n");
}

async function notice(path) {
  const folder = resolve(root, path);
  const {
    name,
    version,
    license,
    author,
    module: main,
  } = JSON.parse(await readFile(`${folder}/package.json`, "utf8"));
  const file = (await readdir(folder)).find((each) => /^licen[cs]e/i.test(each));
  if (file !== undefined)
    return `${name} ${version}\n\n${(await readFile(`${folder}/${file}`, "utf8")).trim()}\n`;
  // Where a package has no file of its own, its sources name whose they are.
  const owner =
    (typeof author === "string" ? author : author?.name) ??
    /Copyright [^*\n]*/.exec(await readFile(`${folder}/${main}`, "utf8"))?.[0];
  if (owner === undefined) throw new Error(`${name} does not say whose it is`);
  return `${name} ${version}\n\n${license}. ${owner.trim()}\n`;
}
