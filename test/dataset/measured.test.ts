/** Samples of protocol "measured": the physics of the simulator, the faults of real scans, the same bits everywhere. */
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import {
  type Batch,
  createGenerator,
  judgedSamples,
  type SampleGenerator,
} from "../../src/dataset/generator.ts";
import { type MeasuredPreset, measuredPreset } from "../../src/dataset/measuredPreset.ts";
import { parsePreset, preset } from "../../src/dataset/presets.ts";
import { protocolOf } from "../../src/dataset/protocols.ts";
import { ownReflection } from "../../src/dataset/scaling.ts";
import { material } from "../../src/crystal/materials.ts";
import { reflection } from "../../src/crystal/structureFactor.ts";
import { InvalidParameterError } from "../../src/errors.ts";
import { splineProfile } from "../../src/profile/spline.ts";
import { createSimulator } from "../../src/simulate/simulator.ts";
import type { Profile } from "../../src/types.ts";

const NAMES = ["measured", "universal"] as const;
const CLEAN = { error: 0, deadTime: 0, diffuse: 0, pi: 0, unpolarised: 0 };

/** Without what labels do not tell. */
function clean(
  name: (typeof NAMES)[number],
  shares: Partial<MeasuredPreset["shares"]> = {},
  ranges: Partial<MeasuredPreset["ranges"]> = {},
): MeasuredPreset {
  const base = preset(name);
  return {
    ...base,
    slope: 0,
    offset: 0,
    shares: { ...base.shares, ...CLEAN, ...shares },
    ranges: { ...base.ranges, ...ranges },
  };
}

function digest(...batches: Batch[]): string {
  const hash = createHash("sha256");
  for (const { inputs, labels, extras } of batches)
    hash
      .update(new Uint8Array(inputs.buffer))
      .update(new Uint8Array(labels.buffer))
      .update(new Uint8Array(extras.buffer));
  return hash.digest("hex");
}

function named(
  { labelNames }: SampleGenerator,
  { labels }: Pick<Batch, "labels">,
  row = 0,
): Record<string, number> {
  return Object.fromEntries(labelNames.map((name, k) => [name, labels[row * labelNames.length + k]!]));
}

function weights(labels: Record<string, number>, name: "weight" | "debyeWaller"): number[] {
  return Array.from({ length: 10 }, (_, k) => labels[`${name}${k + 1}`]!);
}

function profileOf(labels: Record<string, number>): Promise<Profile> {
  return splineProfile({
    thickness: labels.thickness!,
    strainWeights: weights(labels, "weight"),
    debyeWallerWeights: weights(labels, "debyeWaller"),
    points: 2001,
  });
}

describe("a curve", () => {
  test.each<[string, Partial<MeasuredPreset["shares"]>, "sigma" | "unpolarised"]>([
    ["of Gaussian resolution", { lorentz: 0 }, "sigma"],
    ["of pseudo-Voigt resolution", { lorentz: 1 }, "sigma"],
    ["of an unpolarised beam", { unpolarised: 1 }, "unpolarised"],
  ])(
    "%s is the simulator's, whose grid and resolution are other ones: 0.01 rms in log10, half of them below 0.002",
    async (_, shares, polarisation) => {
      const generator = await createGenerator(clean("measured", shares, { piWeight: [0.5, 0.5] }), {
          noise: "none",
        }),
        simulator = await createSimulator();
      const crystal = ownReflection(generator.preset)!,
        errors: number[] = [];
      for (let index = 0; index < 12; index++) {
        const { twoTheta, intensity } = generator.scan(3, index),
          labels = named(generator, generator.labels(3, index, 1));
        const resolution = {
          shape: "pseudo-voigt",
          fwhm: labels.fwhm!,
          lorentzFraction: labels.lorentzFraction!,
        } as const;
        const curve = simulator.simulate(await profileOf(labels), crystal, twoTheta, {
          kernel: "simd",
          instrument: { polarisation, resolution },
        }).intensity;
        // Scale and background follow from the maximum and the decades between them.
        const scale = Math.max(...intensity) / (1 + 10 ** -labels.dynamicRange!),
          top = Math.max(...curve);
        const squares = curve.reduce(
          (sum, y, j) =>
            sum + Math.log10((scale * (y / top + 10 ** -labels.dynamicRange!)) / intensity[j]!) ** 2,
          0,
        );
        errors.push(Math.sqrt(squares / curve.length));
      }
      errors.sort((a, b) => a - b);
      expect(errors.at(-1)).toBeLessThan(0.01);
      expect(errors[6]).toBeLessThan(0.002);
    },
  );

  test.each(NAMES)(
    "of %s is the exact kernel's with 3000 slices to 0.01 rms in log10, noise off",
    async (name) => {
      const generator = await createGenerator(name, { noise: "none" });
      const fast = generator.generate(5, 0, 15),
        judged = await judgedSamples(generator.preset, 5, 0, 15, 3000),
        n = generator.inputLength;
      expect(fast.labels).toEqual(judged.labels);
      for (let i = 0; i < 15; i++) {
        let sum = 0;
        for (let j = i * n; j < (i + 1) * n; j++) sum += (fast.inputs[j]! - judged.inputs[j]!) ** 2;
        expect(Math.sqrt(sum / n), `sample ${i}`).toBeLessThan(0.01);
      }
    },
  );
});

describe("the bits of a sample", () => {
  test.each(NAMES)("of %s do not depend on the batch, nor on SIMD", async (name) => {
    const scalarBytes = readFileSync(new URL("../../build/takagi.data.scalar.wasm", import.meta.url));
    const simd = await createGenerator(name),
      scalar = await createGenerator(name, { wasm: scalarBytes });
    const whole = simd.generate(3, 2 ** 40, 30);
    const parts = [
      [0, 1],
      [1, 11],
      [12, 18],
    ].map(([from, count]) => scalar.generate(3, 2 ** 40 + from!, count!));
    expect(parts.flatMap(({ inputs }) => [...inputs])).toEqual([...whole.inputs]);
    expect(parts.flatMap(({ labels }) => [...labels])).toEqual([...whole.labels]);
    expect(parts.flatMap(({ extras }) => [...extras])).toEqual([...whole.extras]);
    expect(digest(simd.generate(4, 2 ** 40, 30))).not.toBe(digest(whole));
  });

  test.each([...NAMES, "cnn1"])("of %s: labels can be had without curves", async (name) => {
    const generator = await createGenerator(name);
    const { labels, extras } = generator.generate(8, 77, 600);
    expect(generator.labels(8, 77, 600)).toEqual({ first: 77, count: 600, labels, extras });
  });
});

describe("what real scans have", () => {
  const COUNT = 20_000;
  const rows = async (name: (typeof NAMES)[number]): Promise<Record<string, number>[]> => {
    const generator = await createGenerator(name),
      batch = generator.labels(1, 0, COUNT);
    return Array.from({ length: COUNT }, (_, i) => named(generator, batch, i));
  };
  /** Heights of the maxima of a profile's weights, highest first. */
  const maxima = (values: readonly number[]): number[] =>
    values.filter((v, k) => v > (values[k - 1] ?? 0) && v > (values[k + 1] ?? 0)).sort((a, b) => b - a);

  test("strain of both signs, one, two or no maxima, flat and monotonic", async () => {
    const all = await rows("measured"),
      largest = (w: number[]): number => w.reduce((a, b) => (Math.abs(b) > Math.abs(a) ? b : a), 0);
    const share = (test: (w: number[]) => boolean): number =>
      all.filter((labels) => {
        const w = weights(labels, "weight"),
          top = largest(w);
        return test(w.map((v) => v / top));
      }).length / COUNT;
    const compressive = all.filter((labels) => largest(weights(labels, "weight")) < 0).length / COUNT;
    expect(Math.abs(compressive - preset("measured").shares.compression)).toBeLessThan(0.02);
    // Scatter makes maxima of its own: only a valley of a fifth counts.
    expect(
      share(
        (w) =>
          maxima(w).length > 1 &&
          Math.min(
            ...w.slice(
              w.indexOf(maxima(w)[0]!) < w.indexOf(maxima(w)[1]!)
                ? w.indexOf(maxima(w)[0]!)
                : w.indexOf(maxima(w)[1]!),
              Math.max(w.indexOf(maxima(w)[0]!), w.indexOf(maxima(w)[1]!)),
            ),
          ) <
            maxima(w)[1]! - 0.2,
      ),
    ).toBeGreaterThan(0.05);
    expect(share((w) => w.filter((v) => v > 0.8).length >= 6)).toBeGreaterThan(0.05);
    expect(share((w) => w[9]! > 0.9 && w[0]! < 0.3)).toBeGreaterThan(0.03);
    expect(share((w) => w[0]! > 0.7 && w[9]! < 0.7)).toBeGreaterThan(0.02);
    expect(share((w) => Math.min(...w) < -0.05)).toBeGreaterThan(0.005);
  });

  test("disorder that mostly goes with the strain, but need not", async () => {
    const all = await rows("universal");
    const correlations = all
      .map((labels) => {
        const e = weights(labels, "weight").map(Math.abs),
          d = weights(labels, "debyeWaller").map((v) => 1 - v);
        const mean = (x: number[]): number => x.reduce((a, b) => a + b, 0) / x.length,
          [me, md] = [mean(e), mean(d)];
        const covariance = (x: number[], mx: number, y: number[], my: number): number =>
          x.reduce((sum, v, k) => sum + (v - mx) * (y[k]! - my), 0);
        return covariance(e, me, d, md) / Math.sqrt(covariance(e, me, e, me) * covariance(d, md, d, md));
      })
      .filter(Number.isFinite);
    const share = (test: (r: number) => boolean): number =>
      correlations.filter(test).length / correlations.length;
    expect(share((r) => r > 0.9)).toBeGreaterThan(0.3);
    expect(share((r) => r < 0.3)).toBeGreaterThan(0.1);
    expect(all.every((labels) => weights(labels, "debyeWaller").every((v) => v >= 0 && v <= 1))).toBe(true);
  });

  test.each(NAMES)("labels of %s lie in the ranges that are told of them", async (name) => {
    const ranges = protocolOf(preset(name)).labelRanges(preset(name)),
      all = await rows(name);
    for (const key of Object.keys(all[0]!)) {
      const [low, high] = ranges[key.replace(/\d+$/, "")]!,
        slack = 1e-5 * (high - low) + 1e-6,
        values = all.map((labels) => labels[key]!);
      // Where a scan would have too many points, its step and with it the width grow. Free shapes have some weights of the other sign.
      const most = key === "fwhm" || key === "offset" ? 3 * high : high,
        least = key === "offset" ? 3 * low : key.startsWith("weight") ? Math.min(low, -0.6 * high) : low;
      expect(
        values.reduce((a, b) => Math.min(a, b)),
        key,
      ).toBeGreaterThanOrEqual(least - slack);
      expect(
        values.reduce((a, b) => Math.max(a, b)),
        key,
      ).toBeLessThanOrEqual(most + slack);
    }
  });

  test("counts with relative errors scatter more than counting alone; dead time flattens the top", async () => {
    const scan = async (
      shares: Partial<MeasuredPreset["shares"]>,
      ranges: Partial<MeasuredPreset["ranges"]>,
      noise: "none" | "poisson",
    ): Promise<Float64Array> =>
      (
        await createGenerator(
          clean("measured", shares, { logScale: [6, 6], logBackground: [1, 1], ...ranges }),
          { noise },
        )
      ).scan(2, 5).intensity;
    const scatter = async (shares: Partial<MeasuredPreset["shares"]>): Promise<number> => {
      const ranges = { error: [0.05, 0.05] as const },
        mean = await scan({ error: 0 }, ranges, "none"),
        noisy = await scan(shares, ranges, "poisson");
      const bright = [...mean.keys()].filter((j) => mean[j]! > 1e4);
      expect(bright.length).toBeGreaterThan(5);
      return Math.sqrt(bright.reduce((sum, j) => sum + (noisy[j]! / mean[j]! - 1) ** 2, 0) / bright.length);
    };
    expect(await scatter({ error: 0 })).toBeLessThan(0.012);
    expect(await scatter({ error: 1 })).toBeGreaterThan(0.025);
    const [plain, dead] = [
      await scan({}, {}, "none"),
      await scan({ deadTime: 1 }, { deadTime: [0.2, 0.2] }, "none"),
    ];
    const top = plain.indexOf(Math.max(...plain));
    expect(dead[top]! / plain[top]!).toBeCloseTo(0.8, 2);
    expect(dead.at(-1)! / plain.at(-1)!).toBeCloseTo(1, 3);
  });
});

describe('presets of protocol "measured"', () => {
  test("survive JSON", () => {
    for (const name of NAMES)
      expect(parsePreset(JSON.parse(JSON.stringify(preset(name))))).toEqual(preset(name));
  });

  test("another crystal and reflection need no code, and what a file leaves out has its default", async () => {
    const { wavelength, d, cellVolume, structureFactor } = await reflection(material("SiC-4H"), {
      hkl: [0, 0, 4],
      wavelength: 1.540598,
    });
    const own = parsePreset({
      name: "sic",
      protocol: "measured",
      ranges: { strain: [0.1, 4] },
      reflection: {
        wavelength,
        d,
        cellVolume,
        electronRadius: 2.8179403262e-5,
        f0: structureFactor.zero,
        fh: structureFactor.h,
        fhBar: structureFactor.hBar,
      },
    });
    expect(own.ranges.strain).toEqual([0.1, 4]);
    expect(own.ranges.fwhm).toEqual(preset("measured").ranges.fwhm);
    expect(own).toEqual(
      measuredPreset(
        "sic",
        { name: "", hkl: [0, 0, 4], wavelength, d, cellVolume, structureFactor },
        { ranges: { strain: [0.1, 4] } },
      ),
    );
    const generator = await createGenerator(own),
      { inputs, labels } = generator.generate(1, 0, 5);
    expect([...inputs, ...labels].every(Number.isFinite)).toBe(true);
  });

  type Json = Record<string, unknown> &
    Record<"ranges" | "shares" | "reflection" | "shapes" | "axis", Record<string, unknown>>;
  const broken: [string, (json: Json) => void, RegExp][] = [
    [
      "an unknown field",
      (p) => (p.rangs = {}),
      /preset\.rangs must be absent: the fields are name, protocol/,
    ],
    ["an unknown range", (p) => (p.ranges.tickness = [1, 2]), /preset\.ranges\.tickness/],
    ["a range upside down", (p) => (p.ranges.thickness = [500, 100]), /thickness/],
    ["NaN", (p) => (p.ranges.step = [NaN, 1]), /step/],
    ["a share above 1", (p) => (p.shares.pi = 1.5), /shares\.pi/],
    [
      "no shape at all",
      (p) => (p.shapes = { peaked: 0, bimodal: 0, flat: 0, monotonic: 0, free: 0 }),
      /preset\.shapes must be one share at least above 0/,
    ],
    [
      "two reflections",
      (p) => (p.reflections = {}),
      /preset\.reflection must be given, or else preset\.reflections/,
    ],
    ["a wavelength out of reach", (p) => (p.reflection.wavelength = 3), /wavelength/],
    ["too thick a layer", (p) => (p.ranges.thickness = [10, 5000]), /thickness/],
    [
      "strain that is too little to show",
      (p) => (p.ranges = { thickness: [1, 2], strain: [0.01, 0.1], compression: [0.01, 0.1] }),
      /leastFringes/,
    ],
    ["a dynamic range that cannot be", (p) => (p.ranges.dynamicRange = [10, 11]), /dynamicRange/],
    ["half a point", (p) => (p.axis.points = 100.5), /points/],
  ];
  test.each(broken)("refuse %s by name", (_, spoil, message) => {
    const json = structuredClone(preset("measured")) as unknown as Json;
    spoil(json);
    expect(() => parsePreset(json)).toThrow(InvalidParameterError);
    expect(() => parsePreset(json)).toThrow(message);
  });
});
