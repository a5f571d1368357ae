/** The program as users have it: dist/cli.js in a process of its own. */
import { spawn, spawnSync, type StdioOptions } from "node:child_process";
import { closeSync, existsSync, openSync } from "node:fs";
import { readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { VERSION } from "../../src/version.ts";
import { folder, ZIRCONIA_CIF, type Outcome } from "./fake.ts";

const program = fileURLToPath(new URL("../../dist/cli.js", import.meta.url));

/** @param closeAfter bytes of output after which the reader goes away */
function takagi(words: readonly string[], closeAfter = Infinity): Promise<Outcome> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [program, ...words]);
    let out = "";
    let err = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      out += text;
      if (out.length > closeAfter) child.stdout.destroy();
    });
    child.stderr.setEncoding("utf8").on("data", (text: string) => (err += text));
    child.on("error", reject);
    child.on("close", (code) => resolve({ code: code ?? -1, out, err }));
  });
}

test("--version and --help, without delay", async () => {
  expect(await takagi(["--version"])).toEqual({ code: 0, out: `${VERSION}\n`, err: "" });
  const { code, out } = await takagi(["invert", "--help"]);
  expect(code).toBe(0);
  expect(out).toContain("--mask <from:to>");
});

test("a curve from a CIF and options, and structure factors, through pipes", async () => {
  const file = join(await folder(), "ZrO2.cif");
  await writeFile(file, ZIRCONIA_CIF);
  const crystal = ["--cif", file, "--hkl", "4,0,0", "--wavelength", "1.5406"];
  const factors = await takagi(["structure-factor", ...crystal, "--json"]);
  expect(factors).toMatchObject({ code: 0, err: "" });
  expect((JSON.parse(factors.out) as { d: number }).d).toBeCloseTo(1.2858375, 9);
  const curve = await takagi(["simulate", ...crystal, "--thickness", "100", "--strain", "1", "--json"]);
  expect(curve).toMatchObject({ code: 0, err: "" });
  // More than a pipe holds at once: nothing is cut off at the end.
  expect(curve.out.length).toBeGreaterThan(65_536 / 4);
  expect((JSON.parse(curve.out) as { intensity: number[] }).intensity.length).toBeGreaterThan(300);
});

test("errors are one line without a stack, with their exit codes", async () => {
  const wrong = await takagi(["simulate", "--material", "Si", "--hkl", "0,0", "--wavelength", "1.54"]);
  expect(wrong).toEqual({
    code: 2,
    out: "",
    err: 'takagi: --hkl must be three Miller indices such as 4,0,0; got "0,0"\n',
  });
  const missing = await takagi([
    "invert",
    "missing.xy",
    "--material",
    "Si",
    "--hkl",
    "0,0,4",
    "--wavelength",
    "1.54",
    "--json",
  ]);
  expect(missing).toEqual({ code: 1, out: "", err: "takagi: cannot read missing.xy: no such file\n" });
});

test("a reader that has enough, such as head, is no error", async () => {
  const words = [
    "simulate",
    "--material",
    "Si",
    "--hkl",
    "0,0,4",
    "--wavelength",
    "1.54",
    "--thickness",
    "100",
    "--strain",
    "1",
    "--step",
    "0.0001",
  ];
  const { err } = await takagi(words, 100);
  expect(err).toBe("");
});

test.runIf(existsSync("/dev/full"))(
  "a full standard output is told in a line; messages that cannot be told stop nothing",
  async () => {
    const full = openSync("/dev/full", "w"),
      into = (stdio: StdioOptions) =>
        spawnSync(process.execPath, [program, "materials"], { stdio, encoding: "utf8" });
    try {
      const out = into(["ignore", full, "pipe"]);
      expect([out.status, out.stderr]).toEqual([
        1,
        "takagi: cannot write to the standard output: the disk is full\n",
      ]);
      expect(into(["ignore", "pipe", full])).toMatchObject({
        status: 0,
        stdout: expect.stringContaining("GaAs") as string,
      });
    } finally {
      closeSync(full);
    }
  },
);

test("from a profile to counts, and from the counts back to the profile, with nothing told but the crystal", async () => {
  const dir = await folder();
  const file = join(dir, "scan.xy");
  const crystal = ["--material", "YSZ", "--hkl", "4,0,0", "--wavelength", "1.5406"];
  const shape = [
    "--thickness",
    "200",
    "--strain",
    "1.2",
    "--debye-waller",
    "0.6",
    "--fwhm",
    "0.01",
    "--offset",
    "0.02",
  ];
  await takagi([
    "simulate",
    ...crystal,
    ...shape,
    "--counts",
    "1e6",
    "--background",
    "3",
    "--step",
    "0.01",
    "--seed",
    "3",
    "--out",
    file,
  ]);
  const { code, out, err } = await takagi([
    "invert",
    file,
    ...crystal,
    "--out",
    join(dir, "result"),
    "--json",
  ]);
  expect([code, err]).toEqual([0, ""]);
  const result = JSON.parse(out) as Record<"rms" | "maxStrainPercent" | "thicknessNm" | "seconds", number> & {
    converged: boolean;
  };
  expect(result.converged).toBe(true);
  expect(Math.abs(result.maxStrainPercent / 1.2 - 1)).toBeLessThan(0.05);
  expect(result.rms).toBeLessThan(0.15);
  expect((await readdir(join(dir, "result"))).sort()).toEqual([
    "curve.csv",
    "input_DW_coeff.txt",
    "input_strain_coeff.txt",
    "profile.csv",
    "report.html",
    "result.json",
  ]);
});

test.skipIf(process.platform === "win32")("Ctrl-C ends an inversion with one line and no files", async () => {
  const dir = await folder();
  const file = join(dir, "scan.xy");
  const crystal = ["--material", "YSZ", "--hkl", "4,0,0", "--wavelength", "1.5406"];
  await takagi([
    "simulate",
    ...crystal,
    "--thickness",
    "300",
    "--strain",
    "1.5",
    "--counts",
    "1e6",
    "--background",
    "3",
    "--out",
    file,
  ]);
  const child = spawn(process.execPath, [
    program,
    "invert",
    file,
    ...crystal,
    "--effort",
    "thorough",
    "--out",
    join(dir, "result"),
  ]);
  let err = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => (err += text));
  const ended = new Promise((resolve) => child.on("close", resolve));
  await new Promise((resolve) => setTimeout(resolve, 700));
  child.kill("SIGINT");
  expect(await ended).toBe(130);
  expect(err).toBe("takagi: interrupted\n");
  expect(await readdir(dir)).toEqual(["scan.xy"]);
});
