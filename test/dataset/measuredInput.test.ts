/** Measured scans for presets "measured" and "universal": what the generator makes of a curve, networkInput makes of its
 *  scan. */
import { describe, expect, test } from "vitest";
import { createGenerator, type SampleGenerator } from "../../src/dataset/generator.ts";
import { networkInput } from "../../src/dataset/networkInput.ts";
import { parsePreset, preset } from "../../src/dataset/presets.ts";
import { InvalidParameterError } from "../../src/errors.ts";
import type { Reflection, Scan } from "../../src/types.ts";
import { loadKernels } from "../../src/wasm/load.ts";
import { workspaceOf } from "../../src/wasm/workspace.ts";

/** σ only, and one κ_0′ to κ_H: then the extras tell all of a sample's reflection. */
const measured = parsePreset({
  ...preset("measured"),
  shares: { ...preset("measured").shares, pi: 0, unpolarised: 0 },
});
const universal = parsePreset({
  ...preset("universal"),
  shares: { ...preset("universal").shares, pi: 0, unpolarised: 0 },
  reflections: { ...preset("universal").reflections, contrast: [0.5, 0.5] },
});

function extrasOf({ extraNames }: SampleGenerator, extras: Float32Array): Record<string, number> {
  return Object.fromEntries(extraNames.map((name, k) => [name, extras[k]!]));
}

/** The crystal that a sample of `universal` was drawn for: κ as structure factors, in units of 1/Q_B. */
function crystalOf({ coupling, absorption, phase, sine }: Record<string, number>): Reflection {
  const size = 10 ** (coupling! - 5),
    imaginary = phase! * size;
  const h = [Math.sqrt(size * size - imaginary * imaginary), imaginary] as const;
  // r_e d²/(πV) = 1.
  const d = 1,
    cellVolume = (2.8179403262e-5 * d * d) / Math.PI;
  return {
    name: "drawn",
    hkl: [0, 0, 1],
    d,
    wavelength: 2 * sine! * d,
    cellVolume,
    structureFactor: { zero: [size / 0.5, size * 10 ** (absorption! - 1)], h, hBar: h },
  };
}

function largest(a: Float32Array, b: Float32Array): number {
  return a.reduce((most, v, k) => Math.max(most, Math.abs(v - b[k]!)), 0);
}

describe("the scan of a sample", () => {
  test.each([measured, universal])(
    "of $name gives the sample's row and extras, counts and all",
    async (own) => {
      const generator = await createGenerator(own);
      for (let index = 0; index < 15; index++) {
        const { inputs, extras } = generator.generate(6, index, 1),
          known = extrasOf(generator, extras);
        const reflection = own === universal ? { reflection: crystalOf(known) } : {};
        const found = await networkInput(generator.scan(6, index), own, { ...reflection, offset: 0 });
        // Angles and κ went through single precision; at the foot of a step of counts that moves a cell's border.
        expect(largest(found.input, inputs), `input ${index}`).toBeLessThan(2e-3);
        expect(largest(found.extras, extras), `extras ${index}`).toBeLessThan(1e-4);
      }
    },
  );

  test("that is moved is moved back: an offset of 0.2° to be found, to a fifth of the width that samples have it left by", async () => {
    const own = parsePreset({ ...measured, offset: 0 }),
      generator = await createGenerator(own);
    for (let index = 0; index < 15; index++) {
      const { twoTheta, intensity } = generator.scan(6, index),
        { labels } = generator.labels(6, index, 1),
        fwhm = labels[generator.labelNames.indexOf("fwhm")]!;
      const { offset } = await networkInput({ twoTheta: twoTheta.map((t) => t + 0.2), intensity }, own);
      expect(Math.abs(offset - 0.2) / fwhm, `sample ${index}`).toBeLessThan(0.3);
    }
  });

  test("of another polarisation differs in what the network is told only", async () => {
    const generator = await createGenerator(measured),
      scan = generator.scan(6, 1);
    const [sigma, pi, mixed] = await Promise.all(
      ([{}, { polarisation: "pi" }, { polarisation: "unpolarised", monochromator: 45.3 }] as const).map(
        (options) => networkInput(scan, measured, options),
      ),
    );
    expect(pi!.input).toEqual(sigma!.input);
    const cosine = Math.abs(1 - 2 * (1.540598 / (2 * preset("measured").reflection!.d)) ** 2),
      place = generator.extraNames.indexOf("polarisation");
    expect(sigma!.extras[place]).toBe(1);
    expect(pi!.extras[place]).toBeCloseTo(cosine, 6);
    const weight = Math.cos((45.3 * Math.PI) / 180) ** 2;
    expect(mixed!.extras[place]).toBeCloseTo((1 + weight * cosine ** 2) / (1 + weight * cosine), 6);
    await expect(networkInput(scan, measured, { polarisation: "p" as "pi" })).rejects.toThrow(
      InvalidParameterError,
    );
  });
});

describe("what a scan has that samples have not", () => {
  const scanOf = async (): Promise<Scan> => (await createGenerator(measured)).scan(6, 3);

  test("is said in words; of a sample nothing is said", async () => {
    const generator = await createGenerator(measured);
    let silent = 0;
    for (let index = 0; index < 30; index++)
      if ((await networkInput(generator.scan(6, index), measured, { offset: 0 })).outside.length === 0)
        silent++;
    expect(silent).toBeGreaterThan(24);
  });

  test("another crystal, for a preset of one; a reflection beyond all crystals, for a preset of many", async () => {
    const scan = await scanOf(),
      own = preset("measured").reflection!;
    const crystal: Reflection = {
      name: "own",
      hkl: [4, 0, 0],
      wavelength: own.wavelength,
      d: own.d * 1.02,
      cellVolume: own.cellVolume,
      structureFactor: { zero: own.f0, h: own.fh, hBar: own.fhBar },
    };
    expect((await networkInput(scan, "measured", { reflection: crystal })).outside.join()).toMatch(
      /the reflection's d is/,
    );
    const weak: Reflection = {
      ...crystal,
      d: own.d,
      structureFactor: { zero: own.f0, h: [1, 0], hBar: [1, 0] },
    };
    expect((await networkInput(scan, "universal", { reflection: weak })).outside.join()).toMatch(
      /\|κ_H\|.*the samples have/,
    );
    expect(
      (await networkInput(scan, "universal", { reflection: { ...crystal, d: own.d } })).outside.join(),
    ).not.toMatch(/reflection/);
  });
});

describe("cells", () => {
  const cells = async (
    strain: Float64Array,
    intensity: Float64Array,
    first: number,
    last: number,
    count: number,
  ): Promise<Float64Array> => {
    const workspace = workspaceOf((await loadKernels()).exports);
    return workspace.scope(() => {
      const out = workspace.bytes(4 * count),
        n = strain.length;
      expect(
        workspace.kernels.toCells(
          workspace.put(strain),
          workspace.put(intensity),
          n,
          first,
          last,
          count,
          workspace.f64(n),
          out,
        ),
      ).toBe(0);
      return Float64Array.from(new Float32Array(workspace.kernels.memory.buffer, out, count), (v) => 10 ** v);
    });
  };

  test("keep the counts of a scan that is finer, wherever its points lie", async () => {
    const strain = Float64Array.from({ length: 4001 }, (_, j) => 2 - j * 0.001 - 0.0003 * Math.sin(j)),
      intensity = strain.map((x) => 100 / (1 + (x / 0.05) ** 2) + 1);
    const shares = await cells(strain, intensity, 1, -1, 101),
      total = shares.reduce((a, b) => a + b, 0) * 0.02;
    // ∫ over the cells, −1.01 … 1.01; the largest cell's own value is the unit.
    const area = (from: number, to: number): number =>
      5 * (Math.atan(to / 0.05) - Math.atan(from / 0.05)) + to - from;
    expect(total / (area(-1.01, 1.01) / (area(-0.01, 0.01) / 0.02))).toBeCloseTo(1, 3);
  });

  test("of a coarser scan have its straight lines; zeros and what was not measured have the smallest count", async () => {
    const shares = await cells(
      Float64Array.of(0.5, 0.3, 0.1, -0.1, -0.3),
      Float64Array.of(1, 3, 10, 2, 0),
      0.6,
      -0.6,
      13,
    );
    expect(shares[2]! / shares[5]!).toBeCloseTo(2 / (10 - 0.25 * 0.25 * (3.5 + 4) * 2), 5);
    expect(shares[0]).toBeCloseTo(shares[12]!, 6);
    expect(shares[12]! * (10 - 0.9375)).toBeCloseTo(1, 5);
  });
});
