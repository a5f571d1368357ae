/** Training samples: the population of the paper's generator, the physics of the judge, the same bits everywhere. */
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { type Batch, createGenerator, judgedSamples, type NoiseKind } from "../../src/dataset/generator.ts";
import { type PaperPreset, parsePreset, preset, presetNames } from "../../src/dataset/presets.ts";
import { InvalidParameterError } from "../../src/errors.ts";
import { readReference } from "../support/reference.ts";

function digest(...batches: Batch[]): string {
  const hash = createHash("sha256");
  for (const { inputs } of batches) hash.update(new Uint8Array(inputs.buffer));
  for (const { labels } of batches) hash.update(new Uint8Array(labels.buffer));
  return hash.digest("hex");
}

interface Moments {
  count: number;
  quantiles: number[];
  labels: number[][];
  labelMean: number[];
  labelStd: number[];
  relativeWeights: number[][];
  axisIndex: number[];
  curveMean: number[];
  curveStd: number[];
}

describe("the population", () => {
  const COUNT = 4000;
  for (const name of ["cnn1", "cnn2", "cnn3"]) {
    test(`of ${name} is that of another program, within 4 standard errors (tools/oracles/population.py)`, async () => {
      const moments = readReference<{ presets: Record<string, Moments> }>("population.json").presets[name];
      const generator = await createGenerator(name);
      const { inputs, labels } = generator.generate(11, 0, COUNT);
      const n = generator.inputLength,
        m = generator.labelNames.length;
      const column = (l: number): number[] => Array.from({ length: COUNT }, (_, i) => labels[i * m + l]);
      /** One over the number of samples, of both programs together. */
      const share = 1 / moments.count + 1 / COUNT;
      const error = (q: number): number => 4 * Math.sqrt(q * (1 - q) * share);
      // A value that many samples share (a weight of 0, the largest weight) has a share below it and a share up to it.
      const holds = (values: number[], at: number, q: number, what: string): void => {
        const below = values.filter((v) => v < at - 1e-6).length / COUNT,
          upTo = values.filter((v) => v <= at + 1e-6).length / COUNT;
        expect(below, `${what}: share below ${at}`).toBeLessThan(q + error(q));
        expect(upTo, `${what}: share up to ${at}`).toBeGreaterThan(q - error(q));
      };
      for (let l = 0; l < m; l++) {
        const values = column(l),
          mean = values.reduce((a, b) => a + b, 0) / COUNT;
        moments.quantiles.forEach((q, k) =>
          holds(values, moments.labels[l][k], q / 100, generator.labelNames[l]),
        );
        expect(Math.abs(mean - moments.labelMean[l]), `mean of ${generator.labelNames[l]}`).toBeLessThan(
          4 * moments.labelStd[l] * Math.sqrt(share),
        );
      }
      const largest = Array.from({ length: COUNT }, (_, i) =>
        Math.max(...labels.subarray(i * m, i * m + 10)),
      );
      for (let l = 0; l < 10; l++) {
        const relative = column(l).map((w, i) => w / largest[i]);
        moments.quantiles.forEach((q, k) =>
          holds(relative, moments.relativeWeights[l][k], q / 100, `relative weight ${l + 1}`),
        );
      }
      let compared = 0;
      moments.axisIndex.forEach((index, k) => {
        let mean = 0;
        for (let i = 0; i < COUNT; i++) mean += inputs[i * n + index] / COUNT;
        expect(Math.abs(mean - moments.curveMean[k]), `mean curve at ${index}`).toBeLessThan(
          4 * moments.curveStd[k] * Math.sqrt(share),
        );
        compared++;
      });
      expect(compared).toBeGreaterThan(15);
    });
  }
});

describe("a sample", () => {
  test.each(presetNames)("of %s is the judge's to 0.01 rms in log10, noise off", async (name) => {
    const generator = await createGenerator(name, { noise: "none" });
    const fast = generator.generate(5, 0, 40),
      judged = await judgedSamples(generator.preset, 5, 0, 40, 1000);
    expect(fast.labels).toEqual(judged.labels);
    const n = generator.inputLength;
    let worst = 0,
      point = 0;
    for (let i = 0; i < 40; i++) {
      let sum = 0;
      for (let j = i * n; j < (i + 1) * n; j++) {
        sum += (fast.inputs[j] - judged.inputs[j]) ** 2;
        point = Math.max(point, Math.abs(fast.inputs[j] - judged.inputs[j]));
      }
      worst = Math.max(worst, Math.sqrt(sum / n));
    }
    expect(worst, `worst point ${point.toFixed(3)}`).toBeLessThan(0.01);
    expect(worst).toBeGreaterThan(0);
  });

  test("does not depend on the batch it came in", async () => {
    const generator = await createGenerator("cnn3");
    const whole = generator.generate(7, 100, 700);
    const parts = [
      generator.generate(7, 100, 1),
      generator.generate(7, 101, 512),
      generator.generate(7, 613, 187),
    ];
    expect(digest(...parts)).toBe(digest(whole));
    expect(digest(generator.generate(8, 100, 700))).not.toBe(digest(whole));
  });

  const noises: NoiseKind[] = ["none", "poisson", "published"];
  test.each(noises)("has the same bits from the scalar build (%s)", async (noise) => {
    const bytes = readFileSync(new URL("../../build/takagi.data.scalar.wasm", import.meta.url));
    const simd = await createGenerator("cnn2", { noise }),
      scalar = await createGenerator("cnn2", { noise, wasm: bytes });
    expect(digest(scalar.generate(3, 2 ** 40, 25))).toBe(digest(simd.generate(3, 2 ** 40, 25)));
  });

  test("is at most 0 on the axis, and 0 somewhere near the unstrained peak", async () => {
    const generator = await createGenerator("cnn1");
    const { inputs } = generator.generate(1, 0, 50);
    const n = generator.inputLength;
    for (let i = 0; i < 50; i++) {
      const curve = inputs.subarray(i * n, (i + 1) * n);
      const top = curve.reduce((best, y, j) => (y > curve[best] ? j : best), 0);
      expect(curve[top]).toBe(0);
      expect(Math.abs(top - 889)).toBeLessThan(12);
      expect(curve.every(Number.isFinite)).toBe(true);
    }
  });
});

describe("presets", () => {
  test("survive JSON", () => {
    for (const name of presetNames)
      expect(parsePreset(JSON.parse(JSON.stringify(preset(name))))).toEqual(preset(name));
  });

  test("another crystal needs no code", async () => {
    const own = {
      ...preset("cnn3"),
      name: "own",
      reflection: {
        wavelength: 1.540598,
        d: 1.35767,
        cellVolume: 160.16,
        electronRadius: 2.8179e-5,
        f0: [114.05, 2.69],
        fh: [62.17, 2.69],
        fhBar: [62.17, 2.69],
      },
    };
    const generator = await createGenerator(parsePreset(own));
    expect(generator.generate(1, 0, 5).inputs.every(Number.isFinite)).toBe(true);
  });

  const broken: [string, (json: Record<string, Record<string, unknown>>) => void, RegExp][] = [
    ["no object", (p) => (p.ranges = 3 as never), /preset\.ranges must be an object/],
    ["a range upside down", (p) => (p.ranges.thickness = [500, 100]), /thickness/],
    ["NaN", (p) => (p.ranges.strain = [NaN, 1]), /strain/],
    ["a wavelength out of reach", (p) => (p.reflection.wavelength = 3), /wavelength/],
    ["too fine a step", (p) => (p.scan.step = 1e-5), /step/],
    ["a dynamic range that cannot be", (p) => (p.ranges.dynamicRange = [9, 10]), /dynamicRange/],
    ["half a point", (p) => (p.axis.points = 100.5), /points/],
  ];
  test.each(broken)("refuse %s by name", (_, spoil, message) => {
    const json = structuredClone(preset("cnn1")) as unknown as Record<string, Record<string, unknown>>;
    spoil(json);
    expect(() => parsePreset(json)).toThrow(InvalidParameterError);
    expect(() => parsePreset(json)).toThrow(message);
  });

  test("an unknown name lists the known ones", () => {
    expect(() => preset("cnn9")).toThrow(/cnn1, cnn2, cnn3/);
  });
});

test("a preset whose draws never meet its conditions comes to an end, and is refused by name", async () => {
  const cnn1 = preset("cnn1") as PaperPreset,
    // One value of a continuous range is never drawn.
    ranges = { ...cnn1.ranges, logBackground: [-3, 12], logScale: [-3, 15], dynamicRange: [15, 15] } as const,
    { generate } = await createGenerator({ ...cnn1, ranges });
  expect(() => generate(1, 0, 1)).toThrow(/^preset\.ranges must be ones that draws meet/);
});
