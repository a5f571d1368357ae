/** What commands write: never over what takagi did not write, never elsewhere, and all or nothing. */
import { execFileSync } from "node:child_process";
import { lstat, mkdir, readdir, readFile, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test, vi } from "vitest";
import { uniqueNames } from "../../src/cli/files.ts";
import { readScan } from "../../src/io/read.ts";
import { checkOutputs, writeOutputs } from "../../src/cli/outputs.ts";
import { syntheticInversion } from "../report/synthetic.ts";
import { folder, takagi } from "./fake.ts";

let onInvert: () => Promise<void> = () => Promise.resolve();
vi.mock("../../src/invert/invert.ts", () => ({
  invert: async () => {
    await onInvert();
    return syntheticInversion();
  },
}));

const SCAN = "73.0 5\n73.1 7\n73.2 1000\n73.3 20\n";
const YSZ = ["--material", "YSZ", "--hkl", "4,0,0", "--wavelength", "1.5406"];
const SIMULATE = [
  "simulate",
  ...YSZ,
  "--thickness",
  "300",
  "--strain",
  "1",
  "--range",
  "72:74",
  "--step",
  "0.1",
];

test("a file of another program stays, unless --force says otherwise; one of takagi is replaced", async () => {
  const out = join(await folder(), "curve.xy");
  await writeFile(out, "mine\n");
  const refused = await takagi([...SIMULATE, "--out", out]);
  expect([refused.code, refused.err]).toEqual([
    1,
    `takagi: cannot write ${out}: a file that takagi did not write has that name; choose another, or --force\n`,
  ]);
  expect(await readFile(out, "utf8")).toBe("mine\n");
  expect((await takagi([...SIMULATE, "--out", out, "--force"])).code).toBe(0);
  const first = await readFile(out, "utf8");
  expect((await takagi([...SIMULATE, "--counts", "1000", "--out", out])).code).toBe(0);
  expect(await readFile(out, "utf8")).not.toBe(first);
});

test("the measurement that is read is not written over, even where takagi made it", async () => {
  const path = join(await folder(), "in.xy");
  expect((await takagi([...SIMULATE, "--out", path])).code).toBe(0);
  const before = await readFile(path, "utf8"),
    like = [
      "simulate",
      ...YSZ,
      "--thickness",
      "300",
      "--strain",
      "1",
      "--like",
      path,
      "--out",
      path,
      "--force",
    ];
  expect(await takagi(like)).toMatchObject({ code: 2, err: expect.stringContaining("which is read") });
  expect(await readFile(path, "utf8")).toBe(before);
});

test.runIf(process.platform !== "win32")(
  "links, pipes and folders in the place of a file stay what they are",
  async () => {
    const dir = await folder();
    await symlink("/dev/null", join(dir, "link"));
    await symlink("nowhere", join(dir, "dangling"));
    await mkdir(join(dir, "folder"));
    execFileSync("mkfifo", [join(dir, "pipe")]);
    for (const [name, what] of [
      ["link", "a link"],
      ["dangling", "a link"],
      ["folder", "a folder"],
      ["pipe", "a device or a pipe"],
    ] as const) {
      const before = (await lstat(join(dir, name))).mode;
      const { code, err } = await takagi([...SIMULATE, "--out", join(dir, name), "--force"]);
      expect([code, err]).toEqual([
        1,
        `takagi: cannot write ${join(dir, name)}: there is ${what} of that name\n`,
      ]);
      expect((await lstat(join(dir, name))).mode).toBe(before);
    }
    expect((await readdir(dir)).sort()).toEqual(["dangling", "folder", "link", "pipe"]);
  },
);

test("names of scans are names of folders: nothing leads out of --out", async () => {
  expect(
    uniqueNames(["...xy", "a/..xy", "b/.xy", "c/ .. .xy", "d/con.xy", "e/a:b.xy", "f/x\u202ey\u001b[2J.xy"]),
  ).toEqual(["scan", "scan-2", "xy", "scan-3", "scancon", "a_b", "x y [2J"]);
  const dir = await folder();
  await Promise.all(["...xy", "a.xy"].map((name) => writeFile(join(dir, name), SCAN)));
  await writeFile(join(dir, "report.html"), "mine");
  const { code } = await takagi([
    "invert",
    join(dir, "...xy"),
    join(dir, "a.xy"),
    ...YSZ,
    "--out",
    join(dir, "out"),
  ]);
  expect(code).toBe(0);
  expect((await readdir(dir)).sort()).toEqual(["...xy", "a.xy", "out", "report.html"]);
  expect((await readdir(join(dir, "out"))).sort()).toEqual(["a", "scan"]);
  expect(await readFile(join(dir, "report.html"), "utf8")).toBe("mine");
});

test("what is wrong with --out is said before the fit, and an answer that cannot be saved is told", async () => {
  const dir = await folder(),
    scan = join(dir, "scan.xy"),
    out = join(dir, "out");
  await writeFile(scan, SCAN);
  await mkdir(out);
  await writeFile(join(out, "report.html"), "mine");
  let inverted = 0;
  onInvert = async () => void inverted++;
  expect((await takagi(["invert", scan, ...YSZ, "--out", out])).err).toMatch(
    /report\.html: a file that takagi did not/,
  );
  expect(inverted).toBe(0);
  // Meanwhile another program takes the place of a file.
  const late = join(dir, "late");
  onInvert = async () => {
    await mkdir(join(late, "curve.csv"), { recursive: true });
  };
  const { code, out: printed, err } = await takagi(["invert", scan, ...YSZ, "--out", late]);
  onInvert = () => Promise.resolve();
  expect([code, err]).toEqual([
    1,
    `takagi: cannot write ${join(late, "curve.csv")}: there is a folder of that name\n`,
  ]);
  expect(printed).toMatch(/Maximum strain\s+1\.40 %/);
  expect(await readdir(late)).toEqual(["curve.csv"]);
});

test("a result replaces an earlier one in its folder", async () => {
  const dir = await folder(),
    scan = join(dir, "scan.xy");
  await writeFile(scan, SCAN);
  for (let i = 0; i < 2; i++) expect((await takagi(["invert", scan, ...YSZ, "--out", dir])).code).toBe(0);
});

test("--nexus writes result.nxs beside the others", async () => {
  const dir = await folder(),
    scan = join(dir, "scan.xy");
  await writeFile(scan, SCAN);
  expect((await takagi(["invert", scan, ...YSZ, "--nexus"])).code).toBe(2);
  expect((await takagi(["invert", scan, ...YSZ, "--out", join(dir, "out"), "--nexus"])).code).toBe(0);
  const bytes = await readFile(join(dir, "out/result.nxs"));
  expect(bytes.subarray(1, 4).toString()).toBe("HDF");
  expect((await readScan(bytes, { path: "entry/curve" })).twoTheta.length).toBe(
    syntheticInversion().used.length,
  );
});

test("files that cannot all be written leave those that were there", async () => {
  const dir = await folder();
  await writeOutputs(dir, { "a.txt": "# takagi 1\n", "b.txt": "# takagi 1\n" });
  // A name that no file system takes, after one that it takes.
  const name = `${"x".repeat(300)}.txt`;
  await expect(writeOutputs(dir, { "a.txt": "# takagi 2\n", [name]: "" })).rejects.toThrow(/cannot write/);
  expect(await readFile(join(dir, "a.txt"), "utf8")).toBe("# takagi 1\n");
  expect((await readdir(dir)).sort()).toEqual(["a.txt", "b.txt"]);
});

test("names that lead elsewhere are none of files", async () => {
  const dir = await folder();
  for (const name of ["../x", "a/b", "..", ".", ""])
    await expect(checkOutputs(dir, [name])).rejects.toThrow(/none of a file/);
});

test.runIf(process.platform !== "win32")("a device without end is left at the limit", async () => {
  const { code, err } = await takagi(["read", "/dev/zero"]);
  expect([code, err]).toEqual([
    1,
    "takagi: cannot read /dev/zero: it has more than the 100 MB that are read\n",
  ]);
});
