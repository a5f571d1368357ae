/** Measured scans on the network's axis: what the generator makes of a curve, networkInput makes of its scan. */
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { createGenerator } from "../../src/dataset/generator.ts";
import { networkInput } from "../../src/dataset/networkInput.ts";
import { preset as namedPreset, type PaperPreset } from "../../src/dataset/presets.ts";
import { cellEdges, rebin } from "../../src/dataset/rebin.ts";
import { InvalidParameterError, NotFiniteError } from "../../src/errors.ts";
import { parseScan } from "../../src/io/xy.ts";
import { splineProfile } from "../../src/profile/spline.ts";
import { createSimulator } from "../../src/simulate/simulator.ts";
import type { Reflection, Scan } from "../../src/types.ts";
import { DEGREES } from "../../src/units.ts";

/** One strain scale (%) and one margin, so that a sample's labels say all of it; resolution as a diffractometer's. */
function narrowed(name: "cnn1" | "cnn2" | "cnn3", strain: number): PaperPreset {
  const named = namedPreset(name);
  return {
    ...named,
    ranges: { ...named.ranges, strain: [strain, strain], margin: [1, 1], fwhm: [0.02, 0.1] },
  };
}

interface Sampled {
  readonly row: Float32Array;
  readonly scan: Scan;
}

/** A sample of the generator, and the same curve from the simulator at the sample's angles plus `offset`: 1000 slices, the
 *  exact kernel, and the paper's resolution, which is a sum over the scan's own points. */
async function sampled(preset: PaperPreset, index: number, offset: number): Promise<Sampled> {
  const generator = await createGenerator(preset, { noise: "none" });
  const { inputs, labels } = generator.generate(3, index, 1);
  const [disorder, thickness, fwhm, dynamicRange] = labels.subarray(10);
  const {
    reflection: constants,
    scan: { step, rounding },
  } = preset;
  const { wavelength, d, cellVolume } = constants;
  const reflection: Reflection = {
    name: preset.name,
    hkl: [4, 0, 0],
    wavelength,
    d,
    cellVolume,
    structureFactor: { zero: constants.f0, h: constants.fh, hBar: constants.fhBar },
  };
  const strainWeights = labels.slice(0, 10);
  const profile = await splineProfile({ thickness, strainWeights, disorder, points: 4001 });
  const even = Float64Array.from({ length: 1000 }, (_, n) => 4 * (999 - n) + 2);
  const stack = {
    thickness,
    strain: even.map((at) => profile.strain[at]),
    debyeWaller: even.map((at) => profile.debyeWaller[at]),
  };
  const bragg = Math.asin(wavelength / (2 * d)),
    tangent = Math.tan(bragg) * DEGREES;
  const low =
    Math.round((bragg * DEGREES - ((preset.ranges.strain[0] + 1) / 100) * tangent) / rounding) * rounding;
  const high = Math.round((bragg * DEGREES + 0.01 * tangent) / rounding) * rounding;
  const theta = Float64Array.from({ length: Math.round((high - low) / step) + 1 }, (_, j) => low + step * j);
  const ideal = (await createSimulator()).reflectivity(
    stack,
    reflection,
    theta.map((t) => 2 * t),
    { deviation: "linear", kernel: "f64" },
  );
  const reach = Math.ceil((2.2 * fwhm) / 2 / step);
  const kernel = Float64Array.from({ length: 2 * reach + 1 }, (_, k) =>
    Math.exp(-Math.LN2 * ((4 * (k - reach) * step) / fwhm) ** 2),
  );
  const seen = ideal.map((_, j) => kernel.reduce((sum, g, k) => sum + g * (ideal[j + k - reach] ?? 0), 0));
  const top = Math.max(...seen);
  const intensity = seen.map((y) => (1e6 * y) / top + 1e6 / 10 ** dynamicRange);
  return { row: inputs, scan: { twoTheta: theta.map((t) => 2 * t + offset), intensity } };
}

function rms(a: Float32Array, b: Float32Array): number {
  return Math.sqrt(a.reduce((sum, y, i) => sum + (y - b[i]) ** 2, 0) / a.length);
}

const OFFSET = 0.1234;

describe("a sample's scan, with an unknown offset, gives the sample's row", () => {
  test.each([
    ["cnn1", 0.5],
    ["cnn1", 3],
    ["cnn1", 7.5],
    ["cnn3", 1.2],
  ] as const)("%s, strain scale %f %", async (name, strain) => {
    const preset = narrowed(name, strain);
    for (let index = 0; index < 5; index++) {
      const { row, scan } = await sampled(preset, index, OFFSET);
      const known = await networkInput(scan, preset, { offset: OFFSET }),
        found = await networkInput(scan, preset);
      expect(rms(known.input, row)).toBeLessThan(1e-3);
      expect(Math.abs(found.offset - OFFSET)).toBeLessThan(2e-3);
      expect(rms(found.input, row)).toBeLessThan(0.02);
      expect(found.outside).toEqual([]);
    }
  });

  test("the generator's own scan is the simulator's", async () => {
    const preset = narrowed("cnn1", 2),
      generator = await createGenerator(preset, { noise: "none" });
    for (let index = 0; index < 5; index++) {
      const { scan } = await sampled(preset, index, 0),
        own = generator.scan(3, index);
      const top = Math.max(...own.intensity),
        largest = Math.max(...scan.intensity);
      expect(own.twoTheta.length).toBe(scan.twoTheta.length);
      own.twoTheta.forEach((t, j) => expect(t).toBeCloseTo(scan.twoTheta[j], 9));
      const squares = own.intensity.reduce(
        (sum, y, j) => sum + Math.log10(y / top / (scan.intensity[j] / largest)) ** 2,
        0,
      );
      expect(Math.sqrt(squares / own.intensity.length)).toBeLessThan(0.01);
    }
  });

  test("from Poisson counts, within their noise", async () => {
    const preset = narrowed("cnn1", 3);
    const { row, scan } = await sampled(preset, 1, OFFSET);
    const counts = (await createSimulator()).counts(scan.intensity, 5);
    const { input, offset, outside } = await networkInput(
      { ...scan, intensity: counts, countUnit: 1 },
      preset,
    );
    expect(Math.abs(offset - OFFSET)).toBeLessThan(3e-3);
    expect(outside).toEqual([]);
    const least = Math.max(...row) - 4;
    const strong = Array.from(row.keys()).filter((i) => row[i] > least);
    expect(strong.length).toBeGreaterThan(100);
    // 100 counts and more: a tenth, or 0.043 in log10.
    expect(
      Math.sqrt(strong.reduce((sum, i) => sum + (row[i] - input[i]) ** 2, 0) / strong.length),
    ).toBeLessThan(0.05);
  });
});

describe("a finer scan", () => {
  test("of the same curve gives the same row", async () => {
    const preset = narrowed("cnn1", 3);
    for (let index = 0; index < 5; index++) {
      const { row, scan } = await sampled(preset, index, OFFSET);
      const between = (values: Float64Array): Float64Array =>
        Float64Array.from(
          { length: 4 * values.length - 3 },
          (_, i) => values[i >> 2] + (i & 3 ? (values[(i >> 2) + 1] - values[i >> 2]) * 0.25 * (i & 3) : 0),
        );
      const { input, outside } = await networkInput(
        { twoTheta: between(scan.twoTheta), intensity: between(scan.intensity) },
        preset,
        { offset: OFFSET },
      );
      expect(rms(input, row)).toBeLessThan(0.03);
      expect(outside).toEqual([]);
    }
  });

  test("keeps every one of its counts, in even and uneven steps, to rounding", () => {
    const even = Float64Array.from({ length: 900 }, (_, i) => 70 + 0.0037 * i);
    const mixed = Float64Array.from(
      { length: 900 },
      (_, i) => 70 + (i < 300 ? 0.02 * i : i < 600 ? 6 + 0.0013 * (i - 300) : 6.39 + 0.011 * (i - 600)),
    );
    for (const twoTheta of [even, mixed]) {
      expect(
        rebin({ twoTheta, intensity: new Float64Array(900).fill(7) }, 0.01).intensity.every(
          (y) => Math.abs(y - 7) < 1e-9,
        ),
      ).toBe(true);
      for (let i = 320; i < 580; i += 13) {
        const one = new Float64Array(900);
        one[i] = 1;
        const alone = rebin({ twoTheta, intensity: one }, 0.01).intensity.filter((y) => y > 0);
        expect(alone.length).toBeLessThan(3);
        expect(alone.reduce((sum, y) => sum + y, 0) * 0.01).toBeCloseTo(
          cellEdges(twoTheta)[i + 1] - cellEdges(twoTheta)[i],
          9,
        );
      }
    }
  });

  test("as wide as the cells or wider is left as it is", () => {
    const twoTheta = Float64Array.from({ length: 100 }, (_, i) => 0.01 * (i + 7000)),
      intensity = twoTheta.map((t) => Math.sin(t) ** 2);
    expect(rebin({ twoTheta, intensity }, 0.01)).toEqual({ twoTheta, intensity });
  });

  test("one count among many zeros is one count", async () => {
    const twoTheta = Float64Array.from({ length: 2001 }, (_, i) => 72 + 0.001 * i);
    const intensity = twoTheta.map(
      (t, i) => Math.round(1e4 * Math.exp(-(((t - 73.63) / 0.02) ** 2))) + (i % 97 === 0 ? 1 : 0),
    );
    const { input } = await networkInput({ twoTheta, intensity }, "cnn1");
    const floor = input[0];
    expect(Math.min(...input)).toBe(floor);
    // 10⁴ counts a point, one count a cell of ten.
    expect(floor).toBeGreaterThan(-5.05);
    expect(floor).toBeLessThan(-4.9);
  });
});

describe("the measured YSZ scan", () => {
  const text = readFileSync(
    fileURLToPath(new URL("../../examples/data/irradiated-ysz.xy", import.meta.url)),
    "utf8",
  );

  test("lies on the axis of every preset, its peak near 0, its strain on the tensile side", async () => {
    const scan = parseScan(text);
    for (const name of ["cnn1", "cnn2", "cnn3"]) {
      const { axis } = namedPreset(name);
      const { input, offset } = await networkInput(scan, name);
      expect(input.length).toBe(axis.points);
      expect(input.every((y) => y <= 0 && y > -7)).toBe(true);
      const top = axis.first + ((axis.last - axis.first) * input.indexOf(0)) / (axis.points - 1);
      expect(Math.abs(top)).toBeLessThan(0.05);
      expect(Math.abs(offset)).toBeLessThan(0.2);
      const mean = (low: number, high: number): number => {
        const inside = input.filter((_, i) => {
          const x = axis.first + ((axis.last - axis.first) * i) / (axis.points - 1);
          return x > low && x < high;
        });
        return inside.reduce((a, b) => a + b, 0) / inside.length;
      };
      expect(mean(0.1, 0.6)).toBeGreaterThan(mean(-0.5, -0.1) + 0.5);
    }
  });
});

describe("what no sample has is said", () => {
  const scanOf = async (): Promise<Scan> => (await sampled(narrowed("cnn1", 3), 1, 0)).scan;
  const cut = ({ twoTheta, intensity }: Scan, low: number, high: number): Scan => {
    const inside = twoTheta.map((t) => (t >= low && t <= high ? 1 : 0));
    return {
      twoTheta: twoTheta.filter((_, i) => inside[i]),
      intensity: intensity.filter((_, i) => inside[i]),
    };
  };
  const cases: [string, (scan: Scan) => Scan, RegExp][] = [
    ["short", (s) => cut(s, 73.4, 180), /reaches only .* % of tension/],
    ["cut at the peak", (s) => cut(s, 0, 73.7), /reaches only .* % of compression/],
    [
      "coarse",
      (s) => ({
        twoTheta: s.twoTheta.filter((_, i) => i % 3 === 0),
        intensity: s.intensity.filter((_, i) => i % 3 === 0),
      }),
      /points lie up to 0\.03° 2θ apart/,
    ],
    [
      "flat",
      (s) => ({ ...s, intensity: s.intensity.map((y) => y + 1e5) }),
      /maximum and background are 1\.\d decades apart/,
    ],
    [
      "without a peak",
      (s) => ({ ...s, intensity: s.intensity.map((_, i) => 100 + (i % 2)) }),
      /does not stand out/,
    ],
    ["of few counts", (s) => ({ ...s, countUnit: 1e5 }), /10\^1\.0 counts/],
    [
      "compressive",
      (s) => ({
        ...s,
        intensity: s.intensity.map((y, i) => y + (Math.abs(s.twoTheta[i] - 74.2) < 0.1 ? 1e5 : 0)),
      }),
      /compressive side/,
    ],
    [
      "blurred",
      (s) => ({ ...s, intensity: s.twoTheta.map((t) => 1 + 1e4 * Math.exp(-(((t - 73.62) / 0.2) ** 2))) }),
      /wide/,
    ],
  ];
  test.each(cases)("a scan that is %s", async (_, spoil, message) => {
    const { outside } = await networkInput(spoil(await scanOf()), "cnn1");
    expect(outside.join("\n")).toMatch(message);
  });

  test("another crystal, with its own d and wavelength", async () => {
    const own: Reflection = {
      name: "own",
      hkl: [0, 0, 4],
      wavelength: 1.54,
      d: 1.36,
      cellVolume: 160,
      structureFactor: { zero: [114, 2.7], h: [62, 2.7], hBar: [62, 2.7] },
    };
    const centre = 2 * Math.asin(1.54 / 2.72) * DEGREES;
    const twoTheta = Float64Array.from({ length: 601 }, (_, i) => centre - 4.5 + 0.01 * i);
    const intensity = twoTheta.map((t) => 1 + 1e5 * Math.exp(-(((t - centre) / 0.03) ** 2)));
    const { outside, input } = await networkInput({ twoTheta, intensity }, "cnn1", { reflection: own });
    expect(outside.join("\n")).toMatch(/the reflection's d is 1\.36 Å/);
    expect(Math.abs(input.indexOf(0) - 889)).toBeLessThan(12);
  });
});

describe("bad input", () => {
  const twoTheta = Float64Array.from({ length: 101 }, (_, i) => 73 + 0.01 * i),
    intensity = twoTheta.map((t) => 1 + 1e4 * Math.exp(-(((t - 73.6) / 0.03) ** 2)));
  const bad: [string, () => Promise<unknown>, RegExp][] = [
    ["an unknown preset", () => networkInput({ twoTheta, intensity }, "cnn9"), /^preset must be one of cnn1/],
    [
      "angles θ",
      () => networkInput({ twoTheta: twoTheta.map((t) => t / 2), intensity }, "cnn1"),
      /^scan\.twoTheta must be a range that holds the reflection/,
    ],
    [
      "zeros only",
      () => networkInput({ twoTheta, intensity: intensity.map(() => 0) }, "cnn1"),
      /^scan\.intensity must be above zero/,
    ],
    [
      "one point",
      () => networkInput({ twoTheta: [73], intensity: [1] }, "cnn1"),
      /^twoTheta must be of two points/,
    ],
    [
      "an offset that is none",
      () => networkInput({ twoTheta, intensity }, "cnn1", { offset: NaN }),
      /^offset must be a finite number/,
    ],
    [
      "an offset off the circle",
      () => networkInput({ twoTheta, intensity }, "cnn1", { offset: 90 }),
      /^offset must be such that/,
    ],
    [
      "a reflection out of reach",
      () =>
        networkInput({ twoTheta, intensity }, "cnn1", {
          reflection: {
            name: "no",
            hkl: [1, 0, 0],
            wavelength: 3,
            d: 1,
            cellVolume: 100,
            structureFactor: { zero: [1, 0], h: [1, 0], hBar: [1, 0] },
          },
        }),
      /^reflection\.wavelength must be < 2d/,
    ],
  ];
  test.each(bad)("%s", async (_, call, message) => {
    await expect(call()).rejects.toThrow(InvalidParameterError);
    await expect(call()).rejects.toThrow(message);
  });

  test("NaN", async () => {
    await expect(
      networkInput({ twoTheta, intensity: intensity.map((y, i) => (i === 3 ? NaN : y)) }, "cnn1"),
    ).rejects.toThrow(NotFiniteError);
  });
});
