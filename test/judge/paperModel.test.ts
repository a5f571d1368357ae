/** The model of protocol "paper" against the generator's own scans, and its derivatives against differences. */
import { expect, test } from "vitest";
import { createGenerator } from "../../src/dataset/generator.ts";
import { PaperModel, Place } from "../../src/judge/paperModel.ts";
import type { PaperPreset } from "../../src/dataset/presets.ts";
import { loadKernels } from "../../src/wasm/load.ts";
import { workspaceOf } from "../../src/wasm/workspace.ts";

/** A sample's scan without noise and its parameters, the amplitude and background read off the scan. */
async function sample(name: string, index: number) {
  const generator = await createGenerator(name, { noise: "none" }), kernels = await loadKernels();
  const { labels } = generator.generate(11, index, 1), { twoTheta, intensity } = generator.scan(11, index);
  const model = new PaperModel(workspaceOf(kernels.exports), kernels.simd, generator.preset as PaperPreset, twoTheta);
  const [disorder, thickness, fwhm, dynamicRange] = labels.subarray(10) as unknown as [number, number, number, number];
  const x = new Float64Array(Place.count), counts = new Float64Array(model.points), top = Math.max(...intensity), background = top / (1 + 10 ** dynamicRange);
  x[Place.thickness] = Math.log(thickness);
  x.set(labels.subarray(0, 10), Place.weights);
  x[Place.disorder] = disorder;
  x[Place.fwhm] = Math.log(fwhm);
  x[Place.background] = -100;
  model.evaluate(x, counts, null);
  x[Place.amplitude] = Math.log((top - background) / Math.max(...counts));
  x[Place.background] = Math.log(background);
  return { model, x, intensity, counts, dynamicRange };
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

test("derivatives are the slopes of the curve", async () => {
  for (let index = 0; index < 3; index++) {
    const { model, x, counts } = await sample("cnn3", index), n = Place.count, jacobian = new Float64Array(model.points * n);
    model.evaluate(x, counts, jacobian);
    const [above, below] = [counts.slice(), counts.slice()], h = 1e-5;
    for (let p = 0; p < n; p++) {
      const y = x.slice();
      y[p]! += h;
      model.evaluate(y, above, null);
      y[p]! -= 2 * h;
      model.evaluate(y, below, null);
      const slopes = above.map((m, j) => (m - below[j]!) / (2 * h) / Math.sqrt(counts[j]!));
      const largest = Math.max(...slopes.map(Math.abs)), worst = slopes.reduce((most, slope, j) => Math.max(most, Math.abs(slope - jacobian[j * n + p]! / Math.sqrt(counts[j]!))), 0);
      expect(worst, `parameter ${p}`).toBeLessThan(2e-4 * largest);
    }
  }
});
