/** The package as built: what users get, imported by its name. */
import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, test } from "vitest";

const root = fileURLToPath(new URL("../..", import.meta.url));
const dist = (file: string) => readFile(`${root}dist/${file}`);

/** What a program of one module prints, run by Node itself from the package's folder. */
async function run(program: string): Promise<string> {
  const { stdout } = await promisify(execFile)(process.execPath, ["--input-type=module", "--eval", program], {
    cwd: root,
  });
  return stdout.trim();
}

test("loads its kernels by the package's name", async () => {
  expect(
    await run(`import { createSimulator } from "takagi"; console.log((await createSimulator()).simd)`),
  ).toBe("true");
});

test.each(["simd", "scalar"])("carries the %s kernels inside takagi/inline, byte for byte", async (build) => {
  const text = await run(
    `import { inlineKernels } from "takagi/inline"; console.log(Buffer.from(inlineKernels("${build}")).toString("base64"))`,
  );
  const file = await dist(build === "simd" ? "takagi.wasm" : "takagi.scalar.wasm");
  expect(Buffer.from(text, "base64").equals(file)).toBe(true);
});

test("imports the compiled module statically on edge runtimes, which forbid compiling bytes", async () => {
  expect((await dist("source.workerd.js")).toString()).toMatch(/^import \w+ from ['"]\.\/takagi\.wasm['"]/m);
});

test("names its files beside it, in the form that bundlers know", async () => {
  for (const source of ["source.web.js", "source.node.js"]) {
    const text = (await dist(source)).toString();
    expect(text).toContain('new URL("./takagi.wasm", import.meta.url)');
    expect(text).toContain('new URL("./takagi.scalar.wasm", import.meta.url)');
  }
});

test("readers of files are a chunk of their own, with all that they need, loaded when such a file comes", async () => {
  const formats = (await dist("chunks/formats.js")).toString();
  for (const [, from] of formats.matchAll(/^import .* from ['"]([^'"]+)['"]/gm))
    expect(from).toMatch(/^\.\//);
  expect((await dist("chunks/formats.licenses.txt")).toString()).toMatch(/fast-xml-parser.*fflate/s);
  const sdk = (await dist("chunks/sdk.js")).toString();
  expect(sdk).toContain("import('./formats.js')");
  expect(sdk).not.toMatch(/from ['"]\.\/formats\.js['"]/);
  const xrdml =
    '<xrdMeasurements><xrdMeasurement><scan scanAxis="Gonio"><dataPoints><positions axis="2Theta"><startPosition>30</startPosition><endPosition>31</endPosition></positions><counts>4 5 6</counts></dataPoints></scan></xrdMeasurement></xrdMeasurements>';
  expect(
    await run(
      `import { readScan } from "takagi"; console.log((await readScan(${JSON.stringify(xrdml)})).twoTheta.join())`,
    ),
  ).toBe("30,30.5,31");
});

test("asks nothing of Node in the SDK and what it imports", async () => {
  const seen = new Set(["index.js"]);
  for (const file of seen) {
    const text = (await dist(file)).toString();
    expect(text, file).not.toMatch(/from ['"](node:|fs|path|url)/);
    for (const [, next] of text.matchAll(/(?:from|import\()\s*['"]\.\/([^'"]+)['"]/g)) {
      seen.add(file.includes("/") ? `${file.slice(0, file.lastIndexOf("/"))}/${next}` : next!);
    }
  }
});
