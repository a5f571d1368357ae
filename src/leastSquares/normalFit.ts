/** Nonlinear least squares within bounds by the normal equations: Levenberg–Marquardt with Nielsen's damping (Madsen,
 *  Nielsen & Tingleff 2004, "Methods for non-linear least squares problems", algorithm 3.16), the bounds by projection.
 *
 *  For a few dozen unknowns, and residuals by the thousand whose normal equations are summed where they are computed. */
import { cholesky, solveFactored } from "./linear.ts";

/** JᵀJ (n×n; the lower triangle is read) and Jᵀr of the residuals r. */
export interface NormalEquations {
  readonly hessian: Float64Array;
  readonly gradient: Float64Array;
}

export interface NormalProblem {
  readonly start: Float64Array;
  readonly lower: Float64Array;
  readonly upper: Float64Array;
  /** Σr² at x; fills `normal`. NaN or infinite where x cannot be evaluated. */
  evaluate(x: Float64Array, normal: NormalEquations): number;
}

export interface NormalFitOptions {
  /** Steps that are tried at most. */
  readonly maxIterations: number;
  /** Ends where a step lowers the cost by less than this share of it. */
  readonly costTolerance?: number;
  /** First damping, relative to the diagonal of JᵀJ; default 1e-2. */
  readonly damping?: number;
}

export interface NormalFit {
  readonly x: Float64Array;
  /** Σr². */
  readonly cost: number;
  /** At x. */
  readonly normal: NormalEquations;
  /** Evaluations. */
  readonly evaluations: number;
  /** False where the steps were too few, or none of any size lowers the cost. */
  readonly converged: boolean;
}

/** The fit as a generator that yields after each evaluation, so that the caller may pause or stop; returns the best so far. */
export function* normalFitSteps(
  { start, lower, upper, evaluate }: NormalProblem,
  { maxIterations, costTolerance = 1e-6, damping = 1e-2 }: NormalFitOptions,
): Generator<{ readonly x: Float64Array; readonly cost: number }, NormalFit, void> {
  const n = start.length,
    make = (): { x: Float64Array; hessian: Float64Array; gradient: Float64Array } => ({
      x: new Float64Array(n),
      hessian: new Float64Array(n * n),
      gradient: new Float64Array(n),
    });
  let now = make(),
    next = make();
  start.forEach((value, k) => (now.x[k] = Math.min(Math.max(value, lower[k]), upper[k])));
  let cost = evaluate(now.x, now),
    evaluations = 1,
    converged = false,
    isStuck = false,
    lambda = damping,
    growth = 2;
  yield { x: now.x, cost };
  const solver = new DampedSystem(n);
  for (let iteration = 0; iteration < maxIterations && !converged && !isStuck; iteration++) {
    const predicted = solver.step(now, lower, upper, lambda, next.x);
    if (predicted === undefined) {
      lambda = Math.max(lambda, 1e-4) * growth;
      growth *= 2;
      if (lambda > 1e8) break;
      continue;
    }
    if (!(predicted > 1e-14 * cost)) {
      converged = true;
      break;
    }
    const after = evaluate(next.x, next);
    evaluations++;
    const gain = (cost - after) / predicted;
    if (gain > 1e-4) {
      converged = cost - after < costTolerance * cost && lambda < 1;
      [now, next] = [next, now];
      cost = after;
      lambda = Math.max(lambda * Math.max(1 / 5, 1 - (2 * gain - 1) ** 3), 1e-9);
      growth = 2;
    } else {
      // A step that changes nothing: the minimum, to rounding.
      if (predicted < costTolerance * 1e-2 * cost) converged = true;
      lambda = Math.max(lambda, 1e-4) * growth;
      growth *= 2;
      if (lambda > 1e8) isStuck = true;
    }
    yield { x: now.x, cost };
  }
  return { x: now.x, cost, normal: now, evaluations, converged };
}

/** The same at one go. */
export function normalFit(problem: NormalProblem, options: NormalFitOptions): NormalFit {
  const steps = normalFitSteps(problem, options);
  for (;;) {
    const { done, value } = steps.next();
    if (done === true) return value;
  }
}

/** Steps of a damped system, memory for n unknowns. */
class DampedSystem {
  readonly #n: number;
  readonly #matrix: Float64Array;
  readonly #rhs: Float64Array;
  readonly #free: Int32Array;
  readonly #step: Float64Array;

  constructor(n: number) {
    this.#n = n;
    this.#matrix = new Float64Array(n * n);
    this.#rhs = new Float64Array(n);
    this.#free = new Int32Array(n);
    this.#step = new Float64Array(n);
  }

  /** Writes x + p, within the bounds, to `to`.
   *  @returns by how much the linear model lowers the cost; undefined where the system has no solution */
  step(
    { x, hessian, gradient }: NormalEquations & { readonly x: Float64Array },
    lower: Float64Array,
    upper: Float64Array,
    lambda: number,
    to: Float64Array,
  ): number | undefined {
    const n = this.#n,
      step = this.#step.fill(0);
    let count = 0;
    for (let k = 0; k < n; k++) {
      const isHeld =
        upper[k] <= lower[k] ||
        (x[k] <= lower[k] && gradient[k] > 0) ||
        (x[k] >= upper[k] && gradient[k] < 0);
      if (!isHeld && hessian[k * n + k] > 0) this.#free[count++] = k;
    }
    // What a step would carry beyond a bound is set onto it, and the others are asked again.
    for (let round = 0; round < 4 && count > 0; round++) {
      if (!this.#solve(hessian, gradient, step, count, lambda)) return undefined;
      let left = 0;
      for (let a = 0; a < count; a++) {
        const k = this.#free[a],
          value = this.#rhs[a];
        if (x[k] + value < lower[k]) step[k] = lower[k] - x[k];
        else if (x[k] + value > upper[k]) step[k] = upper[k] - x[k];
        else this.#free[left++] = k;
      }
      if (left === count) {
        for (let a = 0; a < count; a++) step[this.#free[a]] = this.#rhs[a];
        break;
      }
      count = left;
    }
    let predicted = 0;
    for (let i = 0; i < n; i++) {
      let product = 0;
      for (let k = 0; k < n; k++) product += hessian[i >= k ? i * n + k : k * n + i] * step[k];
      predicted -= step[i] * (2 * gradient[i] + product);
      to[i] = Math.min(Math.max(x[i] + step[i], lower[i]), upper[i]);
    }
    return Number.isFinite(predicted) ? predicted : undefined;
  }

  /** Of the free unknowns, with the steps of all others as they are; scaled to a unit diagonal. */
  #solve(
    hessian: Float64Array,
    gradient: Float64Array,
    step: Float64Array,
    count: number,
    lambda: number,
  ): boolean {
    const n = this.#n,
      free = this.#free,
      matrix = this.#matrix,
      rhs = this.#rhs;
    for (let a = 0; a < count; a++) {
      const i = free[a],
        scale = 1 / Math.sqrt(hessian[i * n + i]);
      let sum = -gradient[i];
      for (let k = 0; k < n; k++) if (step[k] !== 0) sum -= hessian[i >= k ? i * n + k : k * n + i] * step[k];
      rhs[a] = sum * scale;
      for (let b = 0; b <= a; b++) {
        const k = free[b];
        matrix[a * count + b] =
          (hessian[i >= k ? i * n + k : k * n + i] * scale) / Math.sqrt(hessian[k * n + k]);
      }
      matrix[a * count + a] = 1 + lambda;
    }
    if (!cholesky(matrix, count)) return false;
    solveFactored(matrix, count, rhs);
    for (let a = 0; a < count; a++) rhs[a] /= Math.sqrt(hessian[free[a] * n + free[a]]);
    return true;
  }
}
