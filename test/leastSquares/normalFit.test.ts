/** Least squares within bounds: a linear problem has its solution in one step, bounds hold, and at a bound the gradient points out. */
import { expect, test } from "vitest";
import { type NormalProblem, normalFit, normalFitSteps } from "../../src/leastSquares/normalFit.ts";

/** Residuals and their Jacobian as normal equations. */
function problemOf(
  start: readonly number[],
  lower: readonly number[],
  upper: readonly number[],
  model: (x: Float64Array) => { readonly r: number[]; readonly j: number[][] },
): NormalProblem {
  return {
    start: Float64Array.from(start),
    lower: Float64Array.from(lower),
    upper: Float64Array.from(upper),
    evaluate(x, { hessian, gradient }) {
      const { r, j } = model(x),
        n = x.length;
      hessian.fill(0);
      gradient.fill(0);
      r.forEach((residual, i) => {
        for (let a = 0; a < n; a++) {
          gradient[a]! += residual * j[i]![a]!;
          for (let b = 0; b <= a; b++) hessian[a * n + b]! += j[i]![a]! * j[i]![b]!;
        }
      });
      return r.reduce((sum, residual) => sum + residual * residual, 0);
    },
  };
}

/** (x − 1, x + 2y − 5, 3y − 4). */
const line = (x: Float64Array) => ({
  r: [x[0]! - 1, x[0]! + 2 * x[1]! - 5, 3 * x[1]! - 4],
  j: [
    [1, 0],
    [1, 2],
    [0, 3],
  ],
});
const rosenbrock = (x: Float64Array) => ({
  r: [10 * (x[1]! - x[0]! ** 2), 1 - x[0]!],
  j: [
    [-20 * x[0]!, 10],
    [-1, 0],
  ],
});
const FAR = [1e9, 1e9];

test("a linear problem: the solution of the normal equations", () => {
  const { x, converged } = normalFit(problemOf([40, -7], [-1e9, -1e9], FAR, line), {
    maxIterations: 30,
    costTolerance: 1e-14,
  });
  // JᵀJ = [[2, 2], [2, 13]], Jᵀ(1, 5, 4) = (6, 22).
  expect(converged).toBe(true);
  expect(x[0]).toBeCloseTo((6 * 13 - 2 * 22) / 22, 6);
  expect(x[1]).toBeCloseTo((2 * 22 - 2 * 6) / 22, 6);
});

test("bounds hold at every step; where one ends the fit, the rest is the minimum along it", () => {
  const problem = problemOf([0, 0], [-5, -5], [5, 1], line),
    steps = normalFitSteps(problem, { maxIterations: 30, costTolerance: 1e-14 });
  for (;;) {
    const { done, value } = steps.next();
    expect(value.x.every((v, k) => v >= problem.lower[k]! && v <= problem.upper[k]!)).toBe(true);
    if (done === true) {
      expect(value.x[1]).toBe(1);
      // Of (x − 1)² + (x − 3)².
      expect(value.x[0]).toBeCloseTo(2, 6);
      // The slope leads out of the bound.
      expect(value.normal.gradient[1]).toBeLessThan(0);
      break;
    }
  }
});

test("what is held stays, and a start outside is brought within", () => {
  const { x } = normalFit(problemOf([9, 0.25], [-5, 0.25], [5, 0.25], line), { maxIterations: 30 });
  expect(x[1]).toBe(0.25);
  expect(x[0]).toBeCloseTo((1 + 4.5) / 2, 5);
});

test("Rosenbrock's valley from (−1.2, 1), and from every corner of a square", () => {
  for (const start of [
    [-1.2, 1],
    [-3, -3],
    [3, -3],
    [-3, 3],
    [3, 3],
  ]) {
    const { x, converged } = normalFit(problemOf(start, [-4, -10], [4, 17], rosenbrock), {
      maxIterations: 200,
      costTolerance: 1e-12,
    });
    expect(converged).toBe(true);
    expect(Math.hypot(x[0]! - 1, x[1]! - 1)).toBeLessThan(1e-6);
  }
});

test("a place that cannot be evaluated is not gone to", () => {
  // ln x + 2 from x = 30: the undamped step goes to x < 0.
  const { x } = normalFit(
    problemOf([30], [-1e3], [1e3], (v) => ({ r: [Math.log(v[0]!) + 2], j: [[1 / v[0]!]] })),
    { maxIterations: 100, costTolerance: 1e-12 },
  );
  expect(x[0]).toBeCloseTo(Math.exp(-2), 6);
});

test("steps too few: the best so far, and not converged", () => {
  const problem = problemOf([-1.2, 1], [-4, -10], [4, 17], rosenbrock),
    few = normalFit(problem, { maxIterations: 3 });
  expect(few.converged).toBe(false);
  expect(few.cost).toBeLessThan(24.2);
});
