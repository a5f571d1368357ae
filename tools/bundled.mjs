/** Packages that become part of dist/, so that users install none; what their licences ask to be kept is written beside them. */
import { readdir, readFile } from "node:fs/promises";
import { build } from "esbuild";

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
      for (const file of Object.keys(metafile.inputs))
        inside.add(/^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(file)[1]);
      return outputFiles[0].text;
    },
    async generateBundle() {
      const notices = await Promise.all([...inside].sort().map(notice));
      this.emitFile({ type: "asset", fileName: "chunks/formats.licenses.txt", source: notices.join("\n\n") });
    },
  };
}

export function isBundled(id) {
  return id.startsWith(PREFIX);
}

async function notice(folder) {
  const { name, version, license, author } = JSON.parse(await readFile(`${folder}/package.json`, "utf8"));
  const file = (await readdir(folder)).find((each) => /^licen[cs]e/i.test(each));
  const terms =
    file === undefined
      ? `${license}, ${typeof author === "string" ? author : author?.name}`
      : await readFile(`${folder}/${file}`, "utf8");
  return `${name} ${version}\n\n${terms.trim()}\n`;
}
