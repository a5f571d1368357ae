/** Files that an earlier version read wrong, with their right values; and hostile ones (../shared/cases). */
import { readFileSync } from "node:fs";
import { zipSync } from "fflate";
import { expect, test } from "vitest";
import { ScanFormatError } from "../../src/errors.ts";
import { readScan, readScans } from "../../src/io/read.ts";
import { csvField } from "../../src/io/results.ts";
import { sharedPath, testWithShared } from "../support/shared.ts";
import { ras, xrdml } from "./files.ts";

const shared = testWithShared("../shared/cases", "cases");
const peak = { points: 101, highest: 2004, at: 66.05 };
const CASES = [
  ["two_ranges.uxd", { format: "uxd", scans: 2, ...peak, from: 65.5, to: 66.5, wavelength: 1.5406 }],
  [
    "rigaku_ascii_200.asc",
    {
      format: "rigaku-ascii",
      points: 200,
      highest: 167,
      at: 69.12,
      from: 68,
      to: 69.99,
      wavelength: 1.54059,
    },
  ],
  ["plain.ras", { format: "ras", ...peak, from: 65.5, to: 66.5, wavelength: 1.540593 }],
  ["comment_first.ras", { format: "ras", ...peak, from: 65.5, to: 66.5, wavelength: 1.540593 }],
  ["axisid.brml", { format: "brml", ...peak, from: 65.5, to: 66.5 }],
  ["fieldname.brml", { format: "brml", ...peak, from: 65.5, to: 66.5 }],
  ["hrxrdscan.x00", { format: "x00", ...peak, from: 65.5, to: 66.5, wavelength: 1.54056 }],
  ["bruker_ascii_trailing_comma.txt", { format: "bruker-text", ...peak, from: 65.5, to: 66.5 }],
  ["pan.csv", { format: "panalytical-csv", ...peak, from: 65.5, to: 66.5, wavelength: 1.5406 }],
] as const;
for (const [name, right] of CASES) {
  shared(`${name} is read right`, async () => {
    const bytes = readFileSync(sharedPath(`cases/${name}`));
    const { format, scans } = await readScans(bytes);
    expect([format, scans.length]).toEqual([right.format, "scans" in right ? right.scans : 1]);
    const scan = await readScan(bytes, { scan: 1 });
    const highest = Math.max(...scan.intensity);
    expect(scan.twoTheta).toHaveLength(right.points);
    expect([scan.twoTheta[0], scan.twoTheta.at(-1)]).toEqual([right.from, right.to]);
    // RAS multiplies by factors of four decimals.
    expect(highest).toBeCloseTo(right.highest, 1);
    expect(scan.twoTheta[scan.intensity.indexOf(highest)]).toBe(right.at);
    expect(scan.wavelength).toBe("wavelength" in right ? right.wavelength : undefined);
    if (format !== "uxd") expect(scan.axis).toBe("2theta-omega");
  });
}
shared("the second range of the UXD file has its maximum elsewhere", async () => {
  const { intensity, twoTheta } = await readScan(readFileSync(sharedPath("cases/two_ranges.uxd")), {
    scan: 2,
  });
  expect(twoTheta[intensity.indexOf(Math.max(...intensity))]).toBe(65.95);
});
shared("resampled counts have the unit of the counts", async () => {
  const unit = async (name: string) => (await readScan(readFileSync(sharedPath(`cases/${name}`)))).countUnit;
  expect([await unit("film41_resampled.csv"), await unit("film41_counts.xy")]).toEqual([1, 1]);
});
shared("an archive of 36 kB that unpacks to 63 MB of rows is refused by their number", async () => {
  await expect(readScans(readFileSync(sharedPath("cases/attacks/bomb.rasx")))).rejects.toThrow(
    /4990000 points, more than/,
  );
});

test("rows of an archive are counted before anything is made of them", async () => {
  const rows = new TextEncoder().encode("72 1\n".repeat(1_000_001));
  const start = performance.now();
  await expect(readScans(zipSync({ "Data0/Profile0.txt": rows }))).rejects.toThrow(
    /1000001 points, more than/,
  );
  expect(performance.now() - start).toBeLessThan(5000);
});

test("many scans, each of many points, are refused by their sum", async () => {
  const rows = new TextEncoder().encode("72 1\n".repeat(700_000));
  const files = Object.fromEntries([0, 1, 2].map((k) => [`Data${k}/Profile${k}.txt`, rows]));
  await expect(readScans(zipSync(files))).rejects.toThrow(/more than the 2000000 points/);
}, 60_000);

const STEERING = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/;
test("names carry no escapes of terminals and no marks of direction, nor do errors that quote them", async () => {
  const name = "\u001b]0;PWNED\u0007\u001b[2J\u009b31m\u202egnp.exe";
  const spoiled = (file: Uint8Array) =>
    new TextDecoder().decode(file).replaceAll("YSZ &amp; more", name).replaceAll("YSZ & more", name);
  for (const file of [
    spoiled(ras()),
    spoiled(xrdml()).replaceAll("\u001b", "&#27;").replaceAll("\u0007", ""),
  ]) {
    const [scan] = (await readScans(file)).scans;
    expect(scan!.sample).toContain("PWNED");
    expect(scan!.sample).not.toMatch(STEERING);
  }
  const error: unknown = await readScan(`36 1\n${name.replaceAll(/\s/g, "")} 5\n`).catch(
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(ScanFormatError);
  expect((error as Error).message).not.toMatch(STEERING);
});

test("a name that a spreadsheet would compute is a text in a table", () => {
  for (const name of ['=cmd|" /C calc"!A0', "+1+1", "@SUM(A1)", "-2+3", " =1"])
    expect(csvField(name)).toMatch(/^"?'/);
  expect(csvField('=cmd|" /C calc"!A0')).toBe(`"'=cmd|"" /C calc""!A0"`);
  expect(csvField("YSZ 4 0 0")).toBe("YSZ 4 0 0");
});
