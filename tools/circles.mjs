/** Fails where files import each other in a circle, be it only for a type. ESLint's own rule passes over `import type` and
 *  cannot resolve the imports of assembly/, which have no ending. Usage: node tools/circles.mjs FOLDER … */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import ts from "typescript";

/** File → files that it imports. */
function importsOf(folders) {
  const files = folders.flatMap((folder) =>
    readdirSync(folder, { recursive: true })
      .filter((name) => /(?<!\.d)\.tsx?$/.test(name))
      .map((name) => join(folder, name)),
  );
  return new Map(
    files.map((file) => {
      const named = ts.preProcessFile(readFileSync(file, "utf8"), true, true).importedFiles;
      const found = named
        .filter(({ fileName }) => fileName.startsWith("."))
        .map(({ fileName }) => join(dirname(file), fileName))
        .map((path) =>
          [path, `${path}.ts`].find((candidate) => /\.tsx?$/.test(candidate) && existsSync(candidate)),
        )
        .filter((path) => path !== undefined);
      return [file, found];
    }),
  );
}

/** Each circle once, as the files along it. */
function circlesOf(graph) {
  const circles = [],
    done = new Set();
  const visit = (file, path) => {
    const at = path.indexOf(file);
    if (at >= 0) circles.push([...path.slice(at), file]);
    if (at >= 0 || done.has(file)) return;
    for (const next of graph.get(file) ?? []) visit(next, [...path, file]);
    done.add(file);
  };
  for (const file of graph.keys()) visit(file, []);
  return circles;
}

const circles = circlesOf(importsOf(process.argv.slice(2)));
for (const circle of circles) console.error(`circle: ${circle.join(" → ")}`);
process.exit(circles.length > 0 ? 1 : 0);
