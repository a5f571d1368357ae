/** The model of protocol "paper" against the generator's own scans, and its derivatives against differences. */
import { expect, test } from "vitest";
import { createGenerator } from "../../src/dataset/generator.ts";
import { PaperModel, Place } from "../../src/judge/paperModel.ts";
import type { PaperPreset } from "../../src/dataset/presets.ts";
import { loadKernels } from "../../src/wasm/load.ts";
import { workspaceOf } from "../../src/wasm/workspace.ts";

/** A sample's scan without noise and its parameters, the amplitude and background read off the scan. */
async function sample(name: string, index: number) {
  const generator = await createGenerator(name, { noise: "none" }),
    kernels = await loadKernels();
  const { labels } = generator.generate(11, index, 1),
    { twoTheta, intensity } = generator.scan(11, index);
  const [model, exact] = [kernels.simd, false].map(
    (simd) => new PaperModel(workspaceOf(kernels.exports), simd, generator.preset as PaperPreset, twoTheta),
  ) as [PaperModel, PaperModel];
  const [disorder, thickness, fwhm, dynamicRange] = labels.subarray(10) as unknown as [
    number,
    number,
    number,
    number,
  ];
  const x = new Float64Array(Place.count),
    counts = new Float64Array(model.points),
    top = Math.max(...intensity),
    background = top / (1 + 10 ** dynamicRange);
  x[Place.thickness] = Math.log(thickness);
  x.set(labels.subarray(0, 10), Place.weights);
  x[Place.disorder] = disorder;
  x[Place.fwhm] = Math.log(fwhm);
  x[Place.background] = -100;
  model.evaluate(x, counts, null);
  x[Place.amplitude] = Math.log((top - background) / Math.max(...counts));
  x[Place.background] = Math.log(background);
  return { model, exact, x, intensity, counts, dynamicRange };
}

test.each(["cnn1", "cnn2", "cnn3"])("%s: the labels of a sample give its scan", async (name) => {
  for (let index = 0; index < 8; index++) {
    const { model, x, intensity, counts, dynamicRange } = await sample(name, index);
    model.evaluate(x, counts, null);
    const squares = counts.reduce((sum, m, j) => sum + Math.log10(m / intensity[j]!) ** 2, 0);
    expect(Math.sqrt(squares / model.points)).toBeLessThan(3e-3);
    expect(Math.abs(model.dynamicRange(x) - dynamicRange)).toBeLessThan(1e-3);
  }
});

// f32 leaves no digits to the difference of two curves of the fast kernel: the slopes are those of the exact one, which agrees with it.
test.each([
  ["cnn2", [0, 2]],
  ["cnn3", [1, 3]],
] as const)("%s: derivatives are the slopes of the curve", async (name, chosen) => {
  for (const index of chosen) {
    const { model, exact, x, counts } = await sample(name, index),
      n = Place.count,
      jacobian = new Float64Array(model.points * n);
    model.evaluate(x, counts, jacobian);
    const [above, below] = [counts.slice(), counts.slice()],
      h = 1e-5;
    for (let p = 0; p < n; p++) {
      const y = x.slice();
      y[p]! += h;
      exact.evaluate(y, above, null);
      y[p]! -= 2 * h;
      exact.evaluate(y, below, null);
      const slopes = above.map((m, j) => (m - below[j]!) / (2 * h) / Math.sqrt(counts[j]!));
      const largest = Math.max(...slopes.map(Math.abs)),
        worst = slopes.reduce(
          (most, slope, j) => Math.max(most, Math.abs(slope - jacobian[j * n + p]! / Math.sqrt(counts[j]!))),
          0,
        );
      expect(worst, `sample ${index}, parameter ${p}`).toBeLessThan(4e-4 * largest);
    }
  }
});

test("the exact model has the same derivatives", async () => {
  const { model, exact, x, counts } = await sample("cnn3", 5),
    n = Place.count,
    [found, expected] = [new Float64Array(model.points * n), new Float64Array(model.points * n)];
  model.evaluate(x, counts, found);
  exact.evaluate(x, counts, expected);
  for (let p = 0; p < n; p++) {
    const column = (all: Float64Array): Float64Array => counts.map((m, j) => all[j * n + p]! / Math.sqrt(m));
    const truth = column(expected),
      largest = Math.max(...truth.map(Math.abs));
    column(found).forEach((slope, j) =>
      expect(Math.abs(slope - truth[j]!), `parameter ${p}`).toBeLessThan(4e-4 * largest),
    );
  }
});

test("counts are those of the exact model, with and without derivatives", async () => {
  for (let index = 0; index < 4; index++) {
    const { model, exact, x, counts } = await sample("cnn2", index),
      [other, truth] = [counts.slice(), counts.slice()];
    model.evaluate(x, counts, null);
    model.evaluate(x, other, new Float64Array(model.points * Place.count));
    exact.evaluate(x, truth, null);
    counts.forEach((m, j) => {
      expect(Math.abs(other[j]! / m - 1)).toBeLessThan(2e-5);
      expect(Math.abs(m / truth[j]! - 1)).toBeLessThan(3e-4);
    });
  }
});
