/** Every dialect: what was written comes back, or the file is refused for the right reason. */
import { expect, test } from "vitest";
import { ScanFormatError } from "../../src/errors.ts";
import { readScans } from "../../src/io/read.ts";
import { CORPUS } from "./corpus.ts";

test("the corpus has sixty files or more, of every reader", () => {
  expect(CORPUS.length).toBeGreaterThanOrEqual(60);
  expect(new Set(CORPUS.map(({ name }) => name)).size).toBe(CORPUS.length);
});

test.each(CORPUS.map((file) => [file.name, file] as const))("%s", async (_, file) => {
  const reading = readScans(file.bytes, file.options);
  if (file.right instanceof RegExp) {
    await expect(reading).rejects.toThrow(ScanFormatError);
    await expect(reading).rejects.toThrow(file.right);
    return;
  }
  const { format, scans } = await reading;
  if (file.format !== undefined) expect(format).toBe(file.format);
  expect(scans).toHaveLength(file.right.length);
  for (const [i, right] of file.right.entries()) {
    const scan = scans[i]!;
    const angles = right.axis === "omega" ? scan.omega! : scan.twoTheta!;
    expect(scan.refusal).toBeUndefined();
    if ("axis" in right) expect(scan.axis).toBe(right.axis);
    expect(scan.intensity).toHaveLength(right.points);
    expect(angles[0]).toBeCloseTo(right.angles[0], 5);
    expect(angles.at(-1)).toBeCloseTo(right.angles[1], 5);
    expect(Math.max(...scan.intensity)).toBeCloseTo(right.highest, 4);
    if (right.wavelength === undefined) expect(scan.wavelength).toBeUndefined();
    else expect(scan.wavelength).toBeCloseTo(right.wavelength, 6);
    if (right.countingTime === undefined) expect(scan.countingTime).toBeUndefined();
    else expect(scan.countingTime).toBeCloseTo(right.countingTime, 9);
    if (scan.axis === "2theta-omega" && scan.omega !== undefined)
      expect(scan.omega.at(-1)! - scan.omega[0]!).toBeCloseTo((right.angles[1] - right.angles[0]) / 2, 5);
  }
});
