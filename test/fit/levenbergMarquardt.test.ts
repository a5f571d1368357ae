import { describe, expect, test } from "vitest";
import { InvalidParameterError, NotFiniteError } from "../../src/errors.ts";
import { levenbergMarquardt, type LeastSquaresProblem } from "../../src/fit/levenbergMarquardt.ts";

/** A number in (−1, 1) from two integers. */
const pseudo = (i: number, j: number) =>
  Math.sin(12.9898 * (i + 1) + 78.233 * (j + 1) + 0.37 * (i + 1) * (j + 1));

/** r = A x − b. */
function linear(a: number[][], b: number[], rest: Partial<LeastSquaresProblem> = {}): LeastSquaresProblem {
  const n = a[0].length;
  return {
    residualCount: a.length,
    start: new Array<number>(n).fill(0),
    evaluate(x, residuals, jacobian) {
      a.forEach((row, i) => {
        residuals[i] = row.reduce((sum, v, j) => sum + v * x[j], -b[i]);
        if (jacobian) row.forEach((v, j) => (jacobian[i * n + j] = v));
      });
    },
    ...rest,
  };
}
const matrix = (m: number, n: number) =>
  Array.from({ length: m }, (_, i) => Array.from({ length: n }, (_, j) => pseudo(i, j) * 10 ** (j % 4)));
const vector = (m: number) => Array.from({ length: m }, (_, i) => pseudo(i, 999));

/** Solves the normal equations by elimination; also gives (AᵀA)⁻¹. */
function normalEquations(a: number[][], b: number[]): { x: number[]; inverse: number[][] } {
  const n = a[0].length;
  const rows = Array.from({ length: n }, (_, p) => [
    ...Array.from({ length: n }, (_, q) => a.reduce((sum, row) => sum + row[p] * row[q], 0)),
    ...Array.from({ length: n }, (_, q) => (p === q ? 1 : 0)),
  ]);
  for (let p = 0; p < n; p++) {
    const pivot = rows[p][p];
    rows[p] = rows[p].map((v) => v / pivot);
    for (let q = 0; q < n; q++) {
      if (q === p) continue;
      const factor = rows[q][p];
      rows[q] = rows[q].map((v, c) => v - factor * rows[p][c]);
    }
  }
  const inverse = rows.map((row) => row.slice(n));
  const projected = Array.from({ length: n }, (_, p) => a.reduce((sum, row, i) => sum + row[p] * b[i], 0));
  return { inverse, x: inverse.map((row) => row.reduce((sum, v, q) => sum + v * projected[q], 0)) };
}

/** Rosenbrock's valley. */
const rosenbrock = (rest: Partial<LeastSquaresProblem> = {}): LeastSquaresProblem => ({
  residualCount: 2,
  start: [-1.2, 1],
  evaluate(x, residuals, jacobian) {
    residuals[0] = 10 * (x[1] - x[0] * x[0]);
    residuals[1] = 1 - x[0];
    jacobian?.set([-20 * x[0], 10, -1, 0]);
  },
  ...rest,
});

describe("linear problems", () => {
  test.each([
    [5, 1],
    [12, 4],
    [200, 17],
    [6, 6],
  ])("%d residuals, %d parameters: one step solves the normal equations", (m, n) => {
    const a = matrix(m, n);
    const b = vector(m);
    const { x, inverse } = normalEquations(a, b);
    const result = levenbergMarquardt(linear(a, b), { firstStep: 1e12 });
    expect(result.converged, result.reason).toBe(true);
    expect(result.iterations).toBeLessThanOrEqual(2);
    const firstOnly = levenbergMarquardt(linear(a, b), { firstStep: 1e12, maxIterations: 1 });
    for (let j = 0; j < n; j++) {
      expect(Math.abs(firstOnly.x[j] - x[j]) / Math.abs(x[j])).toBeLessThan(1e-9);
      for (let k = 0; k < n; k++) {
        const size = Math.sqrt(inverse[j][j] * inverse[k][k]);
        expect(Math.abs(result.covariance[j * n + k] - inverse[j][k]) / size).toBeLessThan(1e-9);
      }
    }
  });
  test("fewer residuals than parameters: the residuals go to zero, the parameters stay undetermined", () => {
    const result = levenbergMarquardt(linear(matrix(3, 5), vector(3)));
    expect(result.cost).toBeLessThan(1e-20);
    expect(result.converged).toBe(true);
    expect(result.rank).toBe(3);
    for (let j = 0; j < 5; j++) expect(result.covariance[j * 6]).toBe(Infinity);
  });
  test("equal columns: the sum is found, each alone has no bounded variance, the third parameter keeps its own", () => {
    const base = matrix(20, 2);
    const a = base.map(([u, v]) => [u, u, v]);
    const b = vector(20);
    const { x, inverse } = normalEquations(base, b);
    const result = levenbergMarquardt(linear(a, b));
    expect(result.converged, result.reason).toBe(true);
    expect(result.rank).toBe(2);
    expect(result.x[0] + result.x[1]).toBeCloseTo(x[0], 9);
    expect(result.x[2]).toBeCloseTo(x[1], 9);
    expect(result.covariance[0]).toBe(Infinity);
    expect(result.covariance[4]).toBe(Infinity);
    expect(result.covariance[8] / inverse[1][1]).toBeCloseTo(1, 9);
    // The pseudo-inverse still gives the sum its variance, halved for each of the two.
    expect((4 * result.covariance[1]) / inverse[0][0]).toBeCloseTo(1, 9);
  });
  test("a parameter without effect stays where it is", () => {
    const a = matrix(10, 2).map((row) => [...row, 0]);
    const result = levenbergMarquardt(linear(a, vector(10), { start: [0, 0, 7] }));
    expect(result.converged).toBe(true);
    expect(result.x[2]).toBe(7);
    expect(result.covariance[8]).toBe(Infinity);
    expect(result.rank).toBe(2);
  });
});

describe("bounds", () => {
  test("a bound that the minimum lies beyond is active there (Karush–Kuhn–Tucker)", () => {
    for (let seed = 0; seed < 30; seed++) {
      const m = 25;
      const n = 6;
      const a = Array.from({ length: m }, (_, i) =>
        Array.from({ length: n }, (_, j) => pseudo(i + 100 * seed, j) + 0.4),
      );
      const b = Array.from({ length: m }, (_, i) => 3 * pseudo(i, seed + 50));
      const lower = Array.from({ length: n }, (_, j) => -0.2 * Math.abs(pseudo(seed, j)));
      const upper = Array.from({ length: n }, (_, j) => 0.2 * Math.abs(pseudo(seed, j + 20)));
      const result = levenbergMarquardt(linear(a, b, { lower, upper }));
      expect(result.converged, result.reason).toBe(true);
      const columnNorm = (j: number) => Math.sqrt(a.reduce((sum, row) => sum + row[j] ** 2, 0));
      let active = 0;
      for (let j = 0; j < n; j++) {
        const gradient =
          a.reduce((sum, row, i) => sum + row[j] * result.residuals[i], 0) /
          columnNorm(j) /
          Math.sqrt(result.cost);
        expect(result.x[j]).toBeGreaterThanOrEqual(lower[j]);
        expect(result.x[j]).toBeLessThanOrEqual(upper[j]);
        if (result.activeBound[j] === 0) expect(Math.abs(gradient), `${seed} ${j}`).toBeLessThan(1e-6);
        else {
          active++;
          expect(result.x[j]).toBe(result.activeBound[j] < 0 ? lower[j] : upper[j]);
          expect(gradient * result.activeBound[j]).toBeLessThanOrEqual(0);
          for (let k = 0; k < n; k++) {
            expect(result.covariance[j * n + k]).toBe(0);
            expect(result.covariance[k * n + j]).toBe(0);
          }
        }
      }
      expect(active).toBeGreaterThan(0);
    }
  });
  test("the free parameters have the covariance that they have with the others fixed", () => {
    const a = matrix(30, 3);
    const free = levenbergMarquardt(linear(a, vector(30)));
    const bounded = levenbergMarquardt(
      linear(a, vector(30), { start: [free.x[0] + 1, 0, 0], lower: [free.x[0] + 0.5, -Infinity, -Infinity] }),
    );
    const fixed = levenbergMarquardt(
      linear(a, vector(30), { start: [free.x[0] + 0.5, 0, 0], fixed: [true, false, false] }),
    );
    expect([...bounded.activeBound]).toEqual([-1, 0, 0]);
    expect([...fixed.activeBound]).toEqual([0, 0, 0]);
    bounded.covariance.forEach((v, i) => expect(v).toBeCloseTo(fixed.covariance[i], 9));
    bounded.x.forEach((v, i) => expect(v).toBeCloseTo(fixed.x[i], 9));
  });
  test("Rosenbrock's valley along a bound", () => {
    const result = levenbergMarquardt(rosenbrock({ upper: [0.5, Infinity] }));
    expect(result.converged, result.reason).toBe(true);
    expect(result.x[0]).toBe(0.5);
    expect(result.x[1]).toBeCloseTo(0.25, 9);
    expect([...result.activeBound]).toEqual([1, 0]);
  });
  test("bounds that the way meets but the minimum does not leave the minimum as it is", () => {
    const result = levenbergMarquardt(rosenbrock({ lower: [-1.2, -0.001], upper: [1.5, 1.1] }));
    expect(result.converged, result.reason).toBe(true);
    expect(result.x[0]).toBeCloseTo(1, 8);
    expect([...result.activeBound]).toEqual([0, 0]);
  });
  test("a start on a bound with the gradient inwards leaves it; one with the gradient outwards stays", () => {
    const a = [
      [1, 0],
      [0, 1],
    ];
    const result = levenbergMarquardt(linear(a, [3, -3], { start: [0, 0], lower: [0, 0] }));
    expect([...result.x].map((v) => Math.round(v * 1e9) / 1e9)).toEqual([3, 0]);
    expect([...result.activeBound]).toEqual([0, -1]);
  });
  test("all parameters at active bounds is convergence", () => {
    const result = levenbergMarquardt(
      linear(
        [
          [1, 0],
          [0, 1],
        ],
        [-3, -3],
        { lower: [0, 0] },
      ),
    );
    expect(result.converged).toBe(true);
    expect(result.iterations).toBe(0);
    expect(result.rank).toBe(0);
    expect([...result.covariance]).toEqual([0, 0, 0, 0]);
  });
  test("no point outside the bounds is ever evaluated", () => {
    const { evaluate } = rosenbrock();
    const result = levenbergMarquardt(
      rosenbrock({
        lower: [-1.5, -0.01],
        upper: [0.9, 1.2],
        evaluate(x, residuals, jacobian) {
          expect(x[0] >= -1.5 && x[0] <= 0.9 && x[1] >= -0.01 && x[1] <= 1.2).toBe(true);
          return evaluate(x, residuals, jacobian);
        },
      }),
    );
    expect(result.x[0]).toBe(0.9);
    expect(result.x[1]).toBeCloseTo(0.81, 8);
  });
});

describe("fixed parameters", () => {
  test("keep their value, have no variance, and their derivatives are not read", () => {
    const { evaluate } = rosenbrock();
    const result = levenbergMarquardt(
      rosenbrock({
        start: [0.3, 5],
        fixed: [true, false],
        evaluate(x, residuals, jacobian) {
          evaluate(x, residuals, jacobian);
          jacobian?.set([NaN], 0);
          jacobian?.set([NaN], 2);
        },
      }),
    );
    expect(result.x[0]).toBe(0.3);
    expect(result.x[1]).toBeCloseTo(0.09, 10);
    expect([...result.covariance.slice(0, 3)]).toEqual([0, 0, 0]);
    expect(result.covariance[3]).toBeCloseTo(0.01, 12);
  });
  test("all fixed, or none at all: the residuals are evaluated, no more", () => {
    const fixed = levenbergMarquardt(rosenbrock({ fixed: [true, true] }));
    expect(fixed).toMatchObject({ converged: true, iterations: 0, evaluations: 1, rank: 0 });
    expect(fixed.cost).toBeCloseTo(24.2, 12);
    const none = levenbergMarquardt({ residualCount: 1, start: [], evaluate: (_, r) => void (r[0] = 2) });
    expect(none).toMatchObject({ converged: true, cost: 4 });
  });
  test("equal bounds fix a parameter", () => {
    const result = levenbergMarquardt(rosenbrock({ start: [0.3, 5], lower: [0.3, -9], upper: [0.3, 9] }));
    expect(result.x[0]).toBe(0.3);
    expect(result.x[1]).toBeCloseTo(0.09, 10);
    expect(result.covariance[0]).toBe(0);
  });
});

describe("where the residuals cannot be evaluated", () => {
  /** A decay whose rate enters as a logarithm: NaN below zero. */
  const logarithm = (failure: "NaN" | "false"): LeastSquaresProblem => ({
    residualCount: 10,
    start: [8],
    evaluate(x, residuals, jacobian) {
      if (failure === "false" && x[0] <= 0) return false;
      for (let i = 0; i < 10; i++) {
        residuals[i] = Math.log(x[0]) * (i + 1) - Math.log(0.01) * (i + 1);
        if (jacobian) jacobian[i] = (i + 1) / x[0];
      }
      return true;
    },
  });
  test.each(["NaN", "false"] as const)("steps there are rejected (%s)", (failure) => {
    const result = levenbergMarquardt(logarithm(failure));
    expect(result.converged, result.reason).toBe(true);
    expect(result.x[0]).toBeCloseTo(0.01, 10);
  });
  test("derivatives that are not finite reject the step too", () => {
    const { evaluate } = rosenbrock();
    const result = levenbergMarquardt(
      rosenbrock({
        evaluate(x, residuals, jacobian) {
          evaluate(x, residuals, jacobian);
          if (jacobian && x[0] > 0.7) jacobian[0] = NaN;
        },
      }),
    );
    expect(result.converged).toBe(false);
    expect(result.x[0]).toBeLessThanOrEqual(0.7);
    expect(result.x[0]).toBeGreaterThan(0.6);
    expect(result.jacobian.every(Number.isFinite)).toBe(true);
  });
  test("at the start it is an error", () => {
    expect(() => levenbergMarquardt({ ...logarithm("false"), start: [-1] })).toThrow(InvalidParameterError);
    expect(() => levenbergMarquardt({ ...logarithm("NaN"), start: [-1] })).toThrow(NotFiniteError);
    expect(() =>
      levenbergMarquardt(rosenbrock({ evaluate: (_, r, j) => (r.fill(1), void j?.fill(Infinity)) })),
    ).toThrow(/jacobian at start/);
  });
});

describe("the way there", () => {
  test("each iteration is told, with falling cost", () => {
    const costs: number[] = [];
    const result = levenbergMarquardt(rosenbrock(), {
      onIteration(state) {
        expect(state.iteration).toBe(costs.length + 1);
        expect(state.damping).toBeGreaterThanOrEqual(0);
        costs.push(state.cost);
      },
    });
    expect(costs.length).toBe(result.iterations);
    costs.forEach((cost, i) => expect(cost).toBeLessThan(i === 0 ? 24.2 : costs[i - 1]));
    expect(result.x[0]).toBeCloseTo(1, 9);
    expect(result.cost).toBe(result.residuals.reduce((sum, r) => sum + r * r, 0));
  });
  test("too few iterations are no error but no convergence either", () => {
    const result = levenbergMarquardt(rosenbrock(), { maxIterations: 3 });
    expect(result).toMatchObject({
      converged: false,
      iterations: 3,
      reason: "no convergence in 3 iterations",
    });
    const none = levenbergMarquardt(rosenbrock(), { maxIterations: 0 });
    expect(none).toMatchObject({ iterations: 0, evaluations: 1, rank: 2 });
  });
  test("a Jacobian of other residuals is noticed", () => {
    const { evaluate } = rosenbrock();
    const result = levenbergMarquardt(
      rosenbrock({
        evaluate(x, residuals, jacobian) {
          evaluate(x, residuals, jacobian);
          if (jacobian) for (let i = 0; i < 4; i++) jacobian[i] = -jacobian[i];
        },
      }),
    );
    expect(result.converged).toBe(false);
    expect(result.reason).toMatch(/Jacobian/);
  });
  test("an aborted signal throws its reason, between evaluations", () => {
    expect(() => levenbergMarquardt(rosenbrock(), { signal: AbortSignal.abort("no") })).toThrow("no");
    const controller = new AbortController();
    const reason = new Error("enough");
    let iterations = 0;
    const run = () =>
      levenbergMarquardt(rosenbrock(), {
        signal: controller.signal,
        onIteration() {
          if (++iterations === 4) controller.abort(reason);
        },
      });
    expect(run).toThrow(reason);
    expect(iterations).toBe(4);
  });
  test("parameters in other units take the same way", () => {
    const path = (scale: number) => {
      const costs: number[] = [];
      const { evaluate } = rosenbrock();
      levenbergMarquardt(
        rosenbrock({
          start: [-1.2, scale],
          evaluate(x, residuals, jacobian) {
            evaluate(Float64Array.of(x[0], x[1] / scale), residuals, jacobian);
            if (jacobian) for (const i of [1, 3]) jacobian[i] /= scale;
          },
        }),
        { onIteration: (state) => costs.push(state.cost) },
      );
      return costs;
    };
    const [one, million] = [path(1), path(1e6)];
    expect(million.length).toBe(one.length);
    one.slice(0, -2).forEach((cost, i) => expect(million[i] / cost).toBeCloseTo(1, 6));
  });
});

describe("bad input", () => {
  test.each([
    [{ start: [3, 1], upper: [2, 2] }, /start\[0\] must be within \[-Infinity, 2\]; got 3/],
    [{ lower: [-2, 3], upper: [2, 2] }, /lower\[1\] must be ≤ upper\[1\]/],
    [{ lower: [0] }, /lower must be of length 2/],
    [{ upper: [NaN, 1] }, /upper\[0\] must be a number/],
    [{ fixed: [true] }, /fixed must be of length 2/],
    [{ residualCount: 0 }, /residualCount must be an integer/],
    [{ residualCount: NaN }, /residualCount/],
  ])("%#", (rest, message) => {
    expect(() => levenbergMarquardt(rosenbrock(rest))).toThrow(InvalidParameterError);
    expect(() => levenbergMarquardt(rosenbrock(rest))).toThrow(message);
  });
  test("a start that is not finite", () =>
    expect(() => levenbergMarquardt(rosenbrock({ start: [NaN, 1] }))).toThrow(NotFiniteError));
  test("maxIterations", () =>
    expect(() => levenbergMarquardt(rosenbrock(), { maxIterations: -1 })).toThrow(/maxIterations/));
});
