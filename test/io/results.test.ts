import { describe, expect, test } from "vitest";
import { InvalidParameterError } from "../../src/errors.ts";
import { csv } from "../../src/io/results.ts";

describe("csv", () => {
  test("a header, a line a row, every line ended by CR LF", () => {
    expect(csv({ depth: [0, 1.5], strain: Float64Array.of(0.1, -2) })).toBe(
      "depth,strain\r\n0,0.1\r\n1.5,-2\r\n",
    );
  });
  test("numbers come back bit for bit", () => {
    const values = [
      0.1 + 0.2,
      Math.PI * 1e-300,
      5e-324,
      1.7976931348623157e308,
      -0,
      1e21,
      123456789012345680000,
      NaN,
      Infinity,
      -Infinity,
    ];
    const read = csv({ x: values }).split("\r\n").slice(1, -1).map(Number);
    expect(read).toHaveLength(values.length);
    read.forEach((value, i) => expect(Object.is(value, values[i])).toBe(true));
  });
  test("names with separators are quoted", () => {
    expect(csv({ "strain, %": [1], 'the "best"': [2], "a\nb": [3] })).toBe(
      '"strain, %","the ""best""","a\nb"\r\n1,2,3\r\n',
    );
  });
  test("columns without rows give the header", () => expect(csv({ a: [], b: [] })).toBe("a,b\r\n"));
  test("columns must be there and of one length", () => {
    expect(() => csv({})).toThrow(InvalidParameterError);
    expect(() => csv({ a: [1, 2], b: [1] })).toThrow(/columns\["b"\] must be of length 2/);
  });
});
