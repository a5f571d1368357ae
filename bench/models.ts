/** Times of the two models that fits are made of: CPU time, so that a busy machine does not tell. */
import { createGenerator } from "../src/dataset/generator.ts";
import { requirePaper } from "../src/dataset/presets.ts";
import { ScanModel } from "../src/fit/model.ts";
import { PaperModel, Place } from "../src/judge/paperModel.ts";
import type { Reflection } from "../src/types.ts";
import type { Kernels } from "../src/wasm/load.ts";
import { workspaceOf } from "../src/wasm/workspace.ts";

export interface ModelTimes {
  /** ms of one evaluation. */
  readonly value: number;
  readonly jacobian: number;
  /** The latter by the exact matrices of every slice. */
  readonly exact: number;
}

/** Least CPU time of a call, ms, of `rounds` rounds of `calls`. */
function cpu(work: () => void, calls: number, rounds = 7): number {
  let least = Infinity;
  for (let round = 0; round < rounds; round++) {
    const before = process.cpuUsage();
    for (let i = 0; i < calls; i++) work();
    const { user, system } = process.cpuUsage(before);
    least = Math.min(least, (user + system) / 1000 / calls);
  }
  return least;
}

/** PaperModel, the mean of the first samples of a preset. */
export async function paperTimes(
  kernels: Kernels,
  name: string,
  samples = 8,
  calls = 10,
): Promise<ModelTimes> {
  const generator = await createGenerator(name);
  const cases = Array.from({ length: samples }, (_, index) => {
    const { labels } = generator.generate(11, index, 1),
      { twoTheta } = generator.scan(11, index);
    const [model, exact] = [kernels.simd, false].map(
        (simd) =>
          new PaperModel(workspaceOf(kernels.exports), simd, requirePaper(generator.preset), twoTheta),
      ),
      x = new Float64Array(Place.count);
    x[Place.thickness] = Math.log(labels[11]);
    x.set(labels.subarray(0, 10), Place.weights);
    x[Place.disorder] = labels[10];
    x[Place.fwhm] = Math.log(labels[12]);
    x[Place.amplitude] = 12;
    x[Place.background] = 2;
    return {
      model,
      exact,
      x,
      counts: new Float64Array(model.points),
      jacobian: new Float64Array(model.points * Place.count),
    };
  });
  const each = (which: "model" | "exact", withJacobian: boolean, many: number): number =>
    cpu(() => {
      for (const { [which]: model, x, counts, jacobian } of cases)
        model.evaluate(x, counts, withJacobian ? jacobian : null);
    }, many) / samples;
  return {
    value: each("model", false, calls),
    jacobian: each("model", true, calls),
    exact: each("exact", true, 1),
  };
}

/** ScanModel of 150 nm in a scan of 401 points, 10 splines. */
export function scanTimes(kernels: Kernels, reflection: Reflection, calls = 5): ModelTimes {
  const [model, exact] = [kernels.simd, false].map(
    (simd) =>
      new ScanModel({
        workspace: workspaceOf(kernels.exports),
        simd,
        twoTheta: Float64Array.from({ length: 401 }, (_, i) => 71.4 + 0.0065 * i),
        reflection,
        sample: {},
        deviation: "exact",
        instrument: {},
        resolution: { shape: "gaussian", fwhm: 0.02 },
        splines: 10,
        thickness: 200,
        coarseness: 1,
        strain: [0, 1.5],
        isShapeFree: false,
        reach: 0.2,
      }),
  );
  const { layout } = model,
    x = new Float64Array(layout.count);
  x[layout.thickness] = Math.log(150);
  for (let i = 0; i < 10; i++) {
    x[layout.strain + i] = 1.1 * Math.sin((i + 1) / 3.5);
    x[layout.debyeWaller + i] = 1 - 0.07 * i;
  }
  x[layout.scale] = 12;
  x[layout.background] = 6;
  const jacobian = new Float64Array(401 * layout.count);
  return {
    value: cpu(() => void model.evaluate(x, null), calls),
    jacobian: cpu(() => void model.evaluate(x, jacobian), calls),
    exact: cpu(() => void exact.evaluate(x, jacobian), 1, 3),
  };
}
