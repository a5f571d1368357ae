/** `takagi invert --together`: one answer to two files, its files, its report, and that it can be made again. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeAll, expect, test } from "vitest";
import { resultJson } from "../../src/report/files.ts";
import { parseResult } from "../../src/report/parseResult.ts";
import { folder, takagi } from "./fake.ts";

let dir: string;
let files: string[];
const BEAM = ["--material", "YSZ", "--wavelength", "1.5406"],
  BOTH = [...BEAM, "--hkl", "4,0,0", "--hkl", "2,0,0", "--effort", "0.02", "--no-model"];
beforeAll(async () => {
  dir = await folder();
  files = ["400", "200"].map((name) => join(dir, `${name}.xy`));
  for (const [k, hkl] of ["4,0,0", "2,0,0"].entries()) {
    const { code, err } = await takagi([
      ...["simulate", ...BEAM, "--hkl", hkl, "--thickness", "60", "--strain", "0.8", "--fwhm", "0.03"],
      ...["--counts", "1e5", "--step", "0.02", "--out", files[k]!],
    ]);
    expect([code, err]).toEqual([0, ""]);
  }
});

interface Json {
  readonly scan: string;
  readonly solutions: { readonly scans: { readonly calculated: number[] }[] }[];
  readonly scans: { readonly reflection: { readonly hkl: number[] }; readonly curve: object }[];
  readonly provenance: { readonly command: string[]; readonly files: Record<string, { name: string }> };
}

test("two files give one answer with both curves, which a report shows and takagi repeat makes again", async () => {
  const out = join(dir, "result"),
    { code, out: words, err } = await takagi(["invert", "--together", ...files, ...BOTH, "--out", out]);
  expect([code, err]).toEqual([0, ""]);
  expect(words).toMatch(
    /YSZ 4 0 0, λ = 1\.5406 Å; YSZ 2 0 0, λ = 1\.5406 Å\n[^]*YSZ 2 0 0, too\s+χ² per point/,
  );
  const path = join(out, "result.json"),
    json = JSON.parse(await readFile(path, "utf8")) as Json;
  expect(json.scan).toBe("400 + 200");
  expect(json.scans.map(({ reflection }) => reflection.hkl)).toEqual([
    [4, 0, 0],
    [2, 0, 0],
  ]);
  for (const { scans } of json.solutions) expect(scans).toHaveLength(2);
  const { inversion, ...details } = parseResult(json);
  expect(JSON.parse(JSON.stringify(resultJson(inversion, details)))).toEqual(json);
  expect(() => parseResult({ ...json, solutions: [{ ...json.solutions[0], scans: [] }] })).toThrow(
    /solutions\[0\]\.scans must be as long as/,
  );
  expect(json.provenance.files.scan2!.name).toBe(files[1]);
  expect(json.provenance.command.join(" ")).toContain(
    `${files.join(" ")} --together --material YSZ --wavelength 1.5406 --hkl 4,0,0 --hkl 2,0,0`,
  );
  const report = await takagi(["report", path]);
  expect(report.code).toBe(0);
  expect(report.out).toContain('id="curve-2-170mm"');
  expect(report.out).toBe(await readFile(join(out, "report.html"), "utf8"));
  expect((await readFile(join(out, "curve.csv"), "utf8")).split("\r\n", 1)).toEqual([
    "scan,two_theta_deg,measured,calculated,weighted_residual,fitted",
  ]);
  expect(await takagi(["repeat", path])).toMatchObject({ code: 0, err: "" });
});

test("what does not go together is said before a file is read", async () => {
  const refused = async (words: string[], message: RegExp, code = 2) => {
    const outcome = await takagi(["invert", ...words]);
    expect(outcome).toMatchObject({ code, out: "" });
    expect(outcome.err).toMatch(message);
  };
  await refused(["--together", files[0]!, ...BOTH], /two scans or more/);
  await refused([files[0]!, ...BOTH], /several --hkl are for several scans of one sample/);
  await refused(["--together", ...files, files[0]!, ...BOTH], /--hkl: give one for all scans.*got 2/);
  await refused(["--together", ...files, ...BOTH, "--layers", "auto"], /not with --together/);
  await refused(["--together", ...files, ...BOTH, "--out", dir, "--nexus"], /--nexus is for one scan/);
  await refused(
    ["--together", ...files, ...BEAM, "--hkl", "4,0,0", "--hkl", "2,2,0"],
    /200\.xy: reflection must be of the surface of the first one/,
    1,
  );
});
