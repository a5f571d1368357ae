/** The climb from a network's answer to a maximum of the posterior: its rows against differences, and where it ends. */
import { expect, test } from "vitest";
import { createGenerator } from "../../src/dataset/generator.ts";
import { preset as namedPreset } from "../../src/dataset/presets.ts";
import { climb } from "../../src/judge/climb.ts";
import { PaperProblem, Unknown } from "../../src/judge/paperProblem.ts";
import { populationOf } from "../../src/judge/population.ts";
import { strainError } from "../../src/profile/comparison.ts";
import { loadKernels } from "../../src/wasm/load.ts";
import { workspaceOf } from "../../src/wasm/workspace.ts";

const { exports, simd } = await loadKernels(),
  workspace = workspaceOf(exports);
const preset = namedPreset("cnn2"),
  generator = await createGenerator(preset),
  { mixture, weights } = await populationOf(preset);

function sample(index: number): { problem: PaperProblem; truth: Float32Array } {
  return {
    problem: new PaperProblem(workspace, simd, preset, mixture, generator.scan(78, index)),
    truth: generator.generate(78, index, 1).labels.slice(0, generator.labelNames.length),
  };
}

test("rows of a part of the scan, of the population and of an anchor have the slopes that differences give; points not used have none", () => {
  const { problem: whole, truth } = sample(0),
    part = whole.part(100, 700),
    x = whole.start(truth.map((value) => 1.01 * value)),
    anchor = { x: whole.start(truth), sigma: new Float64Array(x.length).fill(0.2) };
  const errors = Float64Array.from({ length: part.points }, (_, j) => (j < 50 ? Infinity : 0.1)),
    { residualCount: rows, evaluate } = part.leastSquares(x, part.component(x), errors, anchor),
    n = Unknown.count;
  expect(part.strains).toEqual(whole.strains.slice(100, 700));
  const residuals = new Float64Array(rows),
    jacobian = new Float64Array(rows * n).fill(NaN),
    up = new Float64Array(rows),
    down = new Float64Array(rows);
  evaluate(x, residuals, jacobian);
  expect(residuals.subarray(0, 50).every((r) => Math.abs(r) === 0)).toBe(true);
  for (let k = 0; k < n; k++) {
    const h = k === Unknown.thickness ? 3e-5 : 5e-4,
      moved = (by: number): Float64Array => x.map((value, i) => (i === k ? value + by : value));
    evaluate(moved(h), up, null);
    evaluate(moved(-h), down, null);
    let off = 0,
      size = 0;
    for (let i = 0; i < rows; i++) {
      const slope = jacobian[i * n + k]!;
      if (i < 50) expect(Math.abs(slope)).toBe(0);
      off += ((up[i]! - down[i]!) / (2 * h) - slope) ** 2;
      size += slope ** 2;
    }
    // The kernels work in single precision.
    expect(Math.sqrt(off / size), `unknown ${k}`).toBeLessThan(0.02);
  }
});

test("a part that is all of the scan is the scan", () => {
  const { problem } = sample(1);
  expect(problem.part(0, problem.points)).toBe(problem);
});

test("fringes more than half a period off at the substrate come into step: from thickness and strain 4 % off most scans are explained by the true profile", () => {
  const count = 10;
  let right = 0;
  for (let index = 0; index < count; index++) {
    const { problem, truth } = sample(index),
      start = truth.map((value, k) => (k === 11 ? 0.96 * value : k < weights ? 1.04 * value : value)),
      found = problem.labels(climb(problem, problem.start(start)).x);
    right +=
      strainError(found.subarray(0, weights), found[11]!, truth.subarray(0, weights), truth[11]!) < 0.1
        ? 1
        : 0;
  }
  expect(right).toBeGreaterThanOrEqual(8);
}, 60_000);
