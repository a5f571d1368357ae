import { describe, expect, test } from "vitest";
import { braggAngle } from "../../src/crystal/lattice.ts";
import { around, position, strainTicks, ticks, type Axis } from "../../src/report/axis.ts";
import { escape, fixed, plain, withBand } from "../../src/report/numbers.ts";

const axis = (from: number, to: number, log = false): Axis => ({ from, to, log, label: "" });
const labels = (of: Axis, count = 6) =>
  ticks(of, count)
    .map(({ text }) => text)
    .filter((text) => text !== "");

describe("axes", () => {
  test.each([
    [axis(0, 300), ["0", "50", "100", "150", "200", "250", "300"]],
    [axis(-0.1, 1.6), ["0.0", "0.5", "1.0", "1.5"]],
    [axis(-1, 1), ["−1.0", "−0.5", "0.0", "0.5", "1.0"]],
    [axis(72.788, 74.1), ["73.0", "73.5", "74.0"]],
    [axis(1e-2, 1e3, true), ["10⁻²", "10⁻¹", "1", "10", "10²", "10³"]],
    // Below two decades powers of ten are too few to read values from.
    [axis(3, 30, true), ["5", "10", "20"]],
    [axis(120, 3000, true), ["200", "500", "1000", "2000"]],
    [axis(4e4, 6e5, true), ["5×10⁴", "10⁵", "2×10⁵", "5×10⁵"]],
    [axis(41, 93, true), ["50", "60", "70", "80", "90"]],
  ])("labels are round and few: %o", (of, expected) => {
    expect(labels(of)).toEqual(expected);
  });

  test("ticks lie within the axis, for spans of any size", () => {
    for (let power = -12; power <= 12; power++) {
      for (const span of [1, 1.7, 2.5, 4, 9.99]) {
        const of = axis(0.3 * 10 ** power, (0.3 + span) * 10 ** power);
        const marks = ticks(of, 7);
        expect(marks.length).toBeGreaterThan(1);
        expect(marks.filter(({ text }) => text !== "").length).toBeLessThanOrEqual(8);
        for (const { value } of marks) {
          expect(value).toBeGreaterThanOrEqual(of.from * (1 - 1e-9));
          expect(value).toBeLessThanOrEqual(of.to * (1 + 1e-9));
        }
      }
    }
  });

  test("an axis of strain has its marks at the Bragg angles of the strained lattice, shifted by the offset", () => {
    const d = 1.2858,
      wavelength = 1.5406,
      offset = 0.02,
      marks = strainTicks({ d, wavelength, offset }, { from: 72, to: 74.5 }, 6);
    expect(marks.map(({ text }) => text)).toEqual(["−1.0", "−0.5", "0.0", "0.5", "1.0", "1.5"]);
    for (const { value, text } of marks) {
      const spacing = d * (1 + Number(text.replace("−", "-")) / 100);
      expect(value).toBeCloseTo(2 * braggAngle(spacing, wavelength) + offset, 9);
    }
    // No angle is the Bragg angle of a spacing below half the wavelength.
    expect(strainTicks({ d, wavelength }, { from: 0, to: 0 }, 6)).toEqual([]);
  });

  test("long logarithmic axes skip powers rather than crowd", () => {
    expect(labels(axis(1e-12, 1e8, true), 6).length).toBeLessThanOrEqual(6);
  });

  test("positions run from start to end, and no further than one length beyond", () => {
    const linear = position(axis(1, 3), 100, 200);
    expect([1, 2, 3].map(linear)).toEqual([100, 150, 200]);
    expect([-1e9, 1e9].map(linear)).toEqual([0, 300]);
    const log = position(axis(1, 100, true), 200, 0);
    expect(log(10)).toBeCloseTo(100, 9);
    expect(Number.isFinite(log(0))).toBe(true);
  });

  test("an axis around nothing, or around one value, has a length", () => {
    for (const values of [[], [0], [5, 5], [NaN, Infinity], [1e-300]]) {
      const { from, to } = around("", values);
      expect(to).toBeGreaterThan(from);
    }
  });
});

describe("numbers", () => {
  test.each([
    [1.5234, "1.52"],
    [-0.00421, "−0.00421"],
    [0, "0"],
    [1234.5, "1235"],
    [402134, "4.02×10⁵"],
    [2.5e-7, "2.50×10⁻⁷"],
    [99999, "99999"],
    [NaN, "–"],
  ])("%d reads %s", (value, text) => {
    expect(plain(value)).toBe(text);
  });

  test("a value has the digits that its band allows", () => {
    expect(withBand(1.52345, 1.4912, 1.5532)).toEqual({ value: "1.523", band: "1.491 … 1.553" });
    expect(withBand(152.345, 130, 170)).toEqual({ value: "152", band: "130 … 170" });
    expect(withBand(1, 1, 1)).toEqual({ value: "1.00", band: "" });
    expect(withBand(1, NaN, 2).band).toBe("");
  });

  test("no minus zero, no markup", () => {
    expect(fixed(-0.00001, 2)).toBe("0.00");
    expect(escape(`<a href="x">&'</a>`)).toBe("&#60;a href=&#34;x&#34;&#62;&#38;&#39;&#60;/a&#62;");
  });
});
