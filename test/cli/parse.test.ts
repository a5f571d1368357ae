import { describe, expect, test } from "vitest";
import {
  choice,
  columns,
  effort,
  fixed,
  hkl,
  integer,
  known,
  lines,
  number,
  range,
  ranges,
} from "../../src/cli/parse.ts";
import { InvalidParameterError } from "../../src/errors.ts";

describe("what options take", () => {
  test.each(["4,0,0", "4 0 0", "400", " 4, 0,0 ", "+4,0,-0"])("Miller indices %j", (text) => {
    expect(hkl("--hkl")(text)).toEqual([4, 0, 0]);
  });

  test("more of them", () => {
    expect(hkl("--hkl")("-2,2,\u22124")).toEqual([-2, 2, -4]);
    expect(number("--x")("1.5e-3")).toBe(0.0015);
    expect(range("--range")("72.5:74")).toEqual([72.5, 74]);
    expect(ranges("--mask")("73:74", [[70, 71]])).toEqual([
      [70, 71],
      [73, 74],
    ]);
    expect(lines("--lines")("1.540598:1,1.544426:0.5")).toEqual([
      { wavelength: 1.540598, weight: 1 },
      { wavelength: 1.544426, weight: 0.5 },
    ]);
    expect(lines("--lines")("1.5406")).toEqual([{ wavelength: 1.5406, weight: 1 }]);
    expect(columns("--columns")("1,3")).toEqual([1, 3]);
    expect(choice("--geometry", ["thick film", "thin film"])("Thick_Film")).toBe("thick film");
    expect(fixed("--fix")("background-decades=-0.5", fixed("--fix")("thickness=300"))).toEqual({
      thickness: 300,
      backgroundDecades: -0.5,
    });
    expect(known("--known")("lorentz-fraction=0.3+-0.1", known("--known")("thickness=300±20"))).toEqual({
      thickness: [300, 20],
      lorentzFraction: [0.3, 0.1],
    });
    expect(["quick", "thorough", "2.5"].map((text) => effort("--effort")(text))).toEqual([
      "quick",
      "thorough",
      2.5,
    ]);
  });

  test.each<[string, () => unknown]>([
    ["--hkl must be three Miller indices", () => hkl("--hkl")("4,0")],
    ["--hkl must be three Miller indices", () => hkl("--hkl")("0,0,0")],
    ["--hkl must be three Miller indices", () => hkl("--hkl")("1,1,1.5")],
    ['--x must be a number > 0 nm; got ""', () => number("--x", { above: 0, unit: "nm" })("")],
    ['--x must be a number; got "NaN"', () => number("--x")("NaN")],
    ['--x must be a number; got "Infinity"', () => number("--x")("Infinity")],
    ['--x must be a number; got "0x10"', () => number("--x")("0x10")],
    ['--x must be a number; got "1,5"', () => number("--x")("1,5")],
    ["--x must be an integer ≥ 4 and ≤ 100", () => integer("--x", { least: 4, most: 100 })("4.5")],
    ["--mask must be from:to", () => range("--mask")("74:73")],
    ["--mask must be from:to", () => range("--mask")("74")],
    ["--mask must be from:to", () => range("--mask")("70:71:72")],
    ["--lines must be wavelength:weight", () => lines("--lines")("1.54:")],
    ["--lines must be wavelength:weight", () => lines("--lines")("1.54:-1")],
    ["--lines must be wavelength:weight", () => lines("--lines")("1.54:1,")],
    ["--columns must be two different columns", () => columns("--columns")("2,2")],
    ["--g must be one of a, b", () => choice("--g", ["a", "b"])("c")],
    ["--fix must be name=value", () => fixed("--fix")("thickness")],
    ["--fix must be one of thickness, fwhm", () => fixed("--fix")("depth=3")],
    ["--fix thickness must be a number > 0 nm", () => fixed("--fix")("thickness=0")],
    ["--fix lorentz-fraction must be a number ≥ 0 and ≤ 1", () => fixed("--fix")("lorentz-fraction=1.1")],
    ["--known must be name=value±deviation", () => known("--known")("thickness=300")],
    ["--known thickness must be a number > 0", () => known("--known")("thickness=300±0")],
    ["--known must be given once for offset", () => known("--known")("offset=0±1", { offset: [0, 1] })],
    ["--effort must be quick, normal, thorough, or seconds > 0", () => effort("--effort")("slow")],
    ["--effort must be quick, normal, thorough, or seconds > 0", () => effort("--effort")("0")],
    ["--fix must be given once for fwhm", () => fixed("--fix")("fwhm=1", { fwhm: 2 })],
  ])("an error names the option: %s", (message, parse) => {
    expect(parse).toThrow(InvalidParameterError);
    expect(parse).toThrow(message);
  });
});
