/** What is in the package, and how much of it comes along with what. */
import { execFile } from "node:child_process";
import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { runInNewContext } from "node:vm";
import { gzipSync } from "node:zlib";
import { transform } from "esbuild";
import { rollup } from "rollup";
import { afterAll, beforeAll, expect, test } from "vitest";
import { install, type Installed, root } from "./installed.ts";

const run = promisify(execFile);
let installed: Installed;

beforeAll(async () => {
  installed = await install();
}, 60_000);
afterAll(() => installed?.remove());

const inPackage = (path: string): string => join(installed.folder, "node_modules/takagi", path);
const tool = (path: string): string => join(root, "node_modules", path);

/** Ways in that have types. */
const ENTRIES = [".", "nn", "pool", "batch", "workers", "inline", "view"];

test("publint and are-the-types-wrong find nothing to say", async () => {
  const { stdout } = await run(process.execPath, [
    tool("publint/src/cli.js"),
    inPackage(""),
    "--strict",
    "--pack",
    "false",
  ]);
  expect(stdout).toContain("All good!");
  await run(process.execPath, [
    tool("@arethetypeswrong/cli/dist/index.js"),
    installed.tarball,
    "--profile",
    "esm-only",
    "--entrypoints",
    ...ENTRIES,
  ]);
});

/** Ways in whose declarations need no other package's; those of the element need a page's. */
const OWN_TYPES = ENTRIES.filter((name) => name !== "nn");
/** What a page's program may write. */
const WITH_VIEW = `
const view = document.querySelector("takagi-view")!;
view.options = { effort: "quick" };
view.hkl = [4, 0, 0];
view.addEventListener("takagi-answer", ({ detail }) => detail.maxStrain.toFixed(2));
view.addEventListener("takagi-change", ({ detail }) => detail.profile.strain.length);`;

test.each([[["es2022"]], [["es2022", "dom"]]])(
  "declarations compile in strict TypeScript, themselves checked, with the libraries %j",
  async (libraries) => {
    const hasPages = libraries.includes("dom"),
      names = OWN_TYPES.filter((name) => hasPages || name !== "view").map((name) =>
        name === "." ? "takagi" : `takagi/${name}`,
      );
    await writeFile(
      join(installed.folder, "types.mts"),
      names.map((name, i) => `import * as way${i} from "${name}"; export { way${i} };`).join("\n") +
        (hasPages ? WITH_VIEW : ""),
    );
    const options = {
      noEmit: true,
      strict: true,
      exactOptionalPropertyTypes: true,
      skipLibCheck: false,
      target: "es2022",
      module: "nodenext",
      lib: libraries,
      types: [],
    };
    const project = join(installed.folder, "types.json");
    await writeFile(project, JSON.stringify({ compilerOptions: options, files: ["types.mts"] }));
    await run(process.execPath, [tool("typescript/lib/tsc.js"), "-p", project]);
  },
);

test("every way in leads to a file, and conditions begin with types and end with default", async () => {
  const { exports, imports } = JSON.parse(await readFile(inPackage("package.json"), "utf8")) as Record<
    "exports" | "imports",
    Record<string, string | Record<string, string>>
  >;
  expect(
    Object.keys(exports)
      .filter((name) => typeof exports[name] === "object")
      .map((name) => name.replace("./", "")),
  ).toEqual(expect.arrayContaining(ENTRIES));
  for (const [name, target] of Object.entries({ ...exports, ...imports })) {
    const conditions = typeof target === "string" ? { default: target } : target;
    if (name in exports && typeof target === "object") expect(Object.keys(target)[0], name).toBe("types");
    expect(Object.keys(conditions).at(-1), name).toBe("default");
    for (const file of Object.values(conditions)) if (!file.includes("*")) await readFile(inPackage(file));
  }
  for (const conditions of Object.values(imports))
    expect(Object.keys(conditions)).toEqual(expect.arrayContaining(["deno", "node", "browser", "default"]));
});

test("holds what users need and nothing else", async () => {
  const { stdout } = await run("tar", ["-tzf", installed.tarball]);
  const files = stdout
    .trim()
    .split("\n")
    .map((name) => name.replace("package/", ""));
  const isWanted =
    /^(package\.json|README\.md|CHANGELOG\.md|CITATION\.cff|LICENSE|models\/.*|dist\/.*\.(js|d\.ts|wasm)|dist\/(chunks\/(formats|view)\.|tfjs\/)licenses\.txt|dist\/app\/.*)$/;
  expect(files.filter((name) => !isWanted.test(name))).toEqual([]);
  for (const name of files.filter((name) => name.endsWith(".js")))
    expect(await readFile(inPackage(name), "utf8"), name).not.toMatch(
      /sourceMappingURL|\/work\/|file:\/\/\//,
    );
});

/** A bundle as users make them: everything that `program` can reach, by file.
 *  @returns code that is loaded at once, and that which is loaded when it is asked for */
async function bundle(program: string): Promise<{ first: string; later: string[]; modules: string[] }> {
  const entry = join(installed.folder, "program.mjs");
  await writeFile(entry, program);
  const imports = (
    JSON.parse(await readFile(inPackage("package.json"), "utf8")) as {
      imports: Record<string, { default: string }>;
    }
  ).imports;
  const resolve = (id: string): string | { id: string; external: true } | null => {
    if (id in imports) return inPackage(imports[id]!.default);
    if (/^takagi(\/|$)/.test(id)) return inPackage(`dist/${id === "takagi" ? "index" : id.slice(7)}.js`);
    return /^[@a-z]/.test(id) ? { id, external: true } : null;
  };
  const sideEffects = (
    JSON.parse(await readFile(inPackage("package.json"), "utf8")) as { sideEffects: string[] }
  ).sideEffects.map((path) => inPackage(path));
  const bundled = await rollup({
    input: entry,
    plugins: [{ name: "by-name", resolveId: resolve }],
    treeshake: {
      moduleSideEffects: (id) => id === entry || sideEffects.includes(id) || id.includes("/dist/tfjs/"),
    },
  });
  const { output } = await bundled.generate({ format: "es" });
  const chunks = output.filter((part) => part.type === "chunk");
  const [first, ...rest] = await Promise.all(
    chunks.map(async ({ code }) => (await transform(code, { minify: true, format: "esm" })).code),
  );
  return {
    first: first!,
    later: rest,
    modules: chunks.flatMap(({ imports, dynamicImports, moduleIds }) => [
      ...imports,
      ...dynamicImports,
      ...moduleIds,
    ]),
  };
}

/** kB, gzipped. */
const weight = (...texts: (string | Uint8Array)[]): number =>
  texts.reduce((sum, text) => sum + gzipSync(text).length, 0) / 1000;

test("the simulator alone: at most 25 kB of JavaScript and 26 kB of kernels, no TensorFlow", async () => {
  const { first, later, modules } = await bundle(`
    import { createSimulator, pseudoVoigtProfile } from "takagi";
    const simulator = await createSimulator();
    console.log(simulator.simulate(pseudoVoigtProfile(JSON.parse(given)), reflection, angles));`);
  expect(weight(first, ...later)).toBeLessThan(25);
  expect(modules.join()).not.toMatch(/tensorflow|scatteringData/);
  expect(weight(await readFile(inPackage("dist/takagi.wasm")))).toBeLessThan(26);
});

test("the whole SDK: at most 120 kB, tables of the elements and of the prior and readers of file formats apart (130 kB), no TensorFlow", async () => {
  const { first, later, modules } = await bundle('import * as takagi from "takagi"; console.log(takagi);');
  expect(weight(first)).toBeLessThan(120);
  expect(weight(...later)).toBeLessThan(130);
  expect(modules.join()).not.toMatch(/tensorflow/);
});

test("machine learning: at most 40 kB of ours at the start, 190 kB of tfjs with the first network, no package", async () => {
  const { first, later, modules } = await bundle(
    'import { createPredictor, loadModel } from "takagi/nn"; console.log(createPredictor, loadModel);',
  );
  expect(weight(first)).toBeLessThan(40);
  expect(weight(...later)).toBeLessThan(40 + 190);
  expect(modules.join()).not.toMatch(/@tensorflow/);
});

/** Files of the package that a page with <takagi-view> loads: what a program imports at once, and what that imports. */
async function loaded(...programs: string[]): Promise<string[]> {
  const files = new Set(programs.map((name) => `dist/${name}`));
  for (const file of files) {
    const code = await readFile(inPackage(file), "utf8");
    for (const [, path] of code.matchAll(/\b(?:from|import)\s*"(\.[^"]+)"/g))
      files.add(join(file, "..", path!));
  }
  return [...files];
}

/** Chunks of the element by what is in them. */
async function chunk(name: string): Promise<string> {
  const names = await readdir(inPackage("dist/chunks"));
  return `chunks/${names.find((file) => file.startsWith(`view-${name}-`))!}`;
}

test("<takagi-view>: at most 105 kB to show an answer and draw what is dragged, with the kernels; 242 kB to invert a text file; no TensorFlow", async () => {
  const sizeOf = async (...names: string[]): Promise<number> =>
    weight(...(await Promise.all(names.map((name) => readFile(inPackage(name))))));
  const drawing = [
      ...(await loaded("view.js", "view.worker.js", await chunk("source.web"))),
      "dist/takagi.wasm",
    ],
    inverting = await loaded(
      ...(await Promise.all(["reading", "inverting"].map(chunk))),
      // Tables of the elements and of the prior are those of the SDK.
      "chunks/scatteringData.js",
      "chunks/populationData.js",
    ),
    all = [...new Set([...drawing, ...inverting])];
  expect(await sizeOf(...drawing)).toBeLessThan(105);
  expect(await sizeOf(...all)).toBeLessThan(242);
  for (const name of all) expect(await readFile(inPackage(name), "utf8"), name).not.toMatch(/tensorflow/i);
});

test("takagi/view can be imported where there is no page, and defines nothing there", async () => {
  const { stdout } = await run(
    process.execPath,
    ["--input-type=module", "--eval", 'console.log(Object.keys(await import("takagi/view")).join())'],
    { cwd: installed.folder },
  );
  expect(stdout.trim()).toBe("TakagiView");
});

test("an install is at most 20 MB in at most 10 packages, and inverts with a network at once", async () => {
  const { stdout: sizes } = await run("du", ["-sk", join(installed.folder, "node_modules")]);
  expect(Number.parseInt(sizes, 10) / 1000).toBeLessThan(20);
  const { packages } = JSON.parse(
    await readFile(join(installed.folder, "node_modules/.package-lock.json"), "utf8"),
  ) as { packages: object };
  expect(Object.keys(packages).length).toBeLessThanOrEqual(10);
  const scan = join(root, "examples/data/irradiated-ysz.xy"),
    words = ["invert", scan, "--material", "YSZ", "--hkl", "4,0,0", "--wavelength", "1.5406", "--json"];
  const { stdout } = await run(process.execPath, [inPackage("dist/cli.js"), ...words, "--effort", "0.02"], {
    cwd: installed.folder,
  });
  expect(JSON.parse(stdout)).toMatchObject({ method: "network and search" });
}, 60_000);

test("what is bundled is named with its licence, in the package and on the page", async () => {
  const named = async (path: string): Promise<string> => readFile(inPackage(`dist/${path}`), "utf8");
  for (const name of ["fflate", "fast-xml-parser"])
    expect(await named("chunks/formats.licenses.txt")).toContain(name);
  for (const name of ["uplot", "preact", "@preact/signals-core", "fflate"])
    expect(await named("chunks/view.licenses.txt")).toContain(`${name} `);
  const tfjs = await named("tfjs/licenses.txt");
  for (const name of ["core", "backend-wasm", "backend-cpu"])
    expect(tfjs).toMatch(
      new RegExp(`@tensorflow/tfjs-${name} [\\d.]+\\n\\nApache-2.0. Copyright \\d+ Google LLC`),
    );
});

test("an import that is not used leaves nothing behind", async () => {
  for (const name of ["takagi", "takagi/pool", "takagi/batch", "takagi/inline"]) {
    const { first, later } = await bundle(
      `import "${name}"; import * as all from "${name}"; console.log(1);`,
    );
    expect([first.trim(), later], name).toEqual(["console.log(1);", []]);
  }
});

test("an import alone compiles nothing, reads nothing and asks nothing of its surroundings", async () => {
  const program = `
    const touched = [];
    for (const name of ["compile", "instantiate", "Module", "Instance", "validate", "compileStreaming", "instantiateStreaming"]) {
      const before = WebAssembly[name];
      WebAssembly[name] = function (...words) { touched.push("WebAssembly." + name); return new.target ? Reflect.construct(before, words) : before.apply(WebAssembly, words); };
    }
    for (const name of ["fetch", "navigator", "document", "window", "self", "Worker", "Deno", "Bun", "EdgeRuntime"]) Object.defineProperty(globalThis, name, { configurable: true, get: () => void touched.push(name) });
    for (const name of ["takagi", "takagi/pool", "takagi/batch", "takagi/inline"]) await import(name);
    console.log(JSON.stringify(touched));`;
  const { stdout } = await run(process.execPath, ["--input-type=module", "--eval", program], {
    cwd: installed.folder,
  });
  expect(JSON.parse(stdout)).toEqual([]);
});

test("the script for pages is one file, at most 285 kB, and all of the SDK", async () => {
  const text = await readFile(inPackage("dist/takagi.global.js"), "utf8");
  expect(weight(text)).toBeLessThan(285);
  // The reader of HDF5 alone asks for a package, when such a file comes.
  const others = text.replaceAll('import("h5wasm")', "").replace(/\bimport\(\w+\)/, "");
  expect(others).not.toMatch(/\bimport\s*\(|import\.meta|\beval\(|new Function\b/);
  const scope = { WebAssembly, atob, TextDecoder, console, takagi: undefined as unknown };
  const names = runInNewContext(`${text}; Object.keys(takagi)`, scope) as string[];
  expect([...names].sort()).toEqual(Object.keys(await import("../../src/index.ts")).sort());
});

test("the whole package is at most 1.3 MB to download, its models apart", async () => {
  const { stdout } = await run("tar", ["-tvzf", installed.tarball]);
  const bytes = (isModel: boolean): number =>
    stdout
      .trim()
      .split("\n")
      .filter((line) => / package\/models\//.test(line) === isModel)
      .reduce((sum, line) => sum + Number(line.trim().split(/\s+/)[2]), 0);
  expect(bytes(false) / 1e6).toBeLessThan(4.45);
  expect((await readFile(installed.tarball)).length / 1e6 - bytes(true) / 1e6).toBeLessThan(1.3);
});
