import { describe, expect, test } from "vitest";
import { InvalidParameterError, NotFiniteError } from "../../src/errors.ts";
import { validateScan } from "../../src/io/scan.ts";

describe("validateScan", () => {
  test("takes arrays of any kind, sorts, averages repeats and copies", () => {
    const twoTheta = Float32Array.of(36.5, 36.25, 36, 36.25);
    const scan = validateScan({ twoTheta, intensity: [4, 1, 2, 5] });
    expect([...scan.twoTheta]).toEqual([36, 36.25, 36.5]);
    expect([...scan.intensity]).toEqual([2, 3, 4]);
    expect([...twoTheta]).toEqual([36.5, 36.25, 36, 36.25]);
    expect("countUnit" in scan).toBe(false);
  });
  test("keeps the count unit that is given", () => {
    expect(validateScan({ twoTheta: [1, 2], intensity: [0, 1], countUnit: 0.5 }).countUnit).toBe(0.5);
    expect(() => validateScan({ twoTheta: [1, 2], intensity: [0, 1], countUnit: 0 })).toThrow(
      /countUnit must be > 0/,
    );
  });
  test.each([
    [{ twoTheta: [1, 2], intensity: [1] }, /intensity must be of the length of twoTheta, 2/],
    [{ twoTheta: [1], intensity: [1] }, /twoTheta must be of two points or more/],
    [{ twoTheta: [1, 1], intensity: [1, 2] }, /twoTheta must be of two different angles/],
    [{ twoTheta: [1, 180], intensity: [1, 2] }, /twoTheta\[1\] must be between/],
    [{ twoTheta: [0, 1], intensity: [1, 2] }, /twoTheta\[0\]/],
    [{ twoTheta: [1, 2], intensity: [1, -2] }, /intensity\[1\] must be ≥ 0; got -2/],
    [{ twoTheta: "12" as unknown as number[], intensity: [1, 2] }, /twoTheta must be an array of numbers/],
    [{ twoTheta: [1, 2], intensity: undefined as unknown as number[] }, /intensity must be an array/],
  ])("%#", (scan, message) => {
    expect(() => validateScan(scan)).toThrow(InvalidParameterError);
    expect(() => validateScan(scan)).toThrow(message);
  });
  test("names what is not finite", () => {
    expect(() => validateScan({ twoTheta: [1, NaN], intensity: [1, 2] })).toThrow(NotFiniteError);
    expect(() => validateScan({ twoTheta: [1, 2], intensity: [1, Infinity] })).toThrow(
      /intensity\[1\] must be a finite number; got Infinity/,
    );
    expect(() => validateScan({ twoTheta: [1, 2], intensity: ["1", 2] as unknown as number[] })).toThrow(
      /intensity\[0\]/,
    );
  });
});
