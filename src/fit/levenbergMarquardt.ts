/** Nonlinear least squares with bounds: min Σ r_i(x)² for lower ≤ x ≤ upper.
 *
 *  The Levenberg–Marquardt method in its trust-region form (J. J. Moré 1978, Lecture Notes in Mathematics 630, 105–116),
 *  with the parameters scaled by the largest norm that each column of the Jacobian has had. Bounds by an active set:
 *  parameters at a bound that the gradient pushes outwards are held; those that the step would carry across a bound are
 *  put on it and the others solved for anew, as in the projected methods of C. Kanzow, N. Yamashita & M. Fukushima 2004,
 *  J. Comput. Appl. Math. 172, 375–397. The tall Jacobian is factorised once per accepted point; all trial steps work on
 *  its n×n triangle. */

import { InvalidParameterError, NotFiniteError, requireFiniteArray, requireInteger } from "../errors.ts";
import { covarianceOf } from "./covariance.ts";
import { DampedSolver } from "./damped.ts";
import type { LeastSquaresOptions, LeastSquaresProblem, LeastSquaresResult } from "./leastSquares.ts";
import { triangularise } from "./qr.ts";

export type {
  LeastSquaresOptions,
  LeastSquaresProblem,
  LeastSquaresResult,
  LeastSquaresState,
} from "./leastSquares.ts";

/** Minimises the sum of the squares of the residuals.
 *  @returns the best point found; `converged` is false where that need not be a minimum. All arrays are yours to keep.
 *  @throws {InvalidParameterError} lengths differ, lower > upper, or the start is outside the bounds or cannot be evaluated
 *  @throws {NotFiniteError} a start value, or a residual or derivative there, is not finite
 *  @throws the signal's reason, where it is aborted */
export function levenbergMarquardt(
  problem: LeastSquaresProblem,
  options: LeastSquaresOptions = {},
): LeastSquaresResult {
  const steps = levenbergMarquardtSteps(problem, options);
  for (;;) {
    const { done, value } = steps.next();
    if (done === true) return value;
  }
}

/** The same, one trial step at a time: for programs that must stay responsive meanwhile. */
export function levenbergMarquardtSteps(
  problem: LeastSquaresProblem,
  options: LeastSquaresOptions = {},
): Generator<undefined, LeastSquaresResult, undefined> {
  return new Minimiser(problem, options).steps();
}

const ACCEPTED_SHARE = 1e-4;

class Minimiser {
  private readonly m: number;
  private readonly n: number;
  private readonly lower: Float64Array;
  private readonly upper: Float64Array;
  /** Parameters that may move; all work arrays below run over them. */
  private readonly moving: Int32Array;
  private x: Float64Array;
  private residuals: Float64Array;
  private jacobian: Float64Array;
  private trialX: Float64Array;
  private trialResiduals: Float64Array;
  private trialJacobian: Float64Array;
  private cost = 0;
  private evaluations = 0;
  private readonly scale: Float64Array;
  private readonly columnNorm: Float64Array;
  private readonly tall: Float64Array;
  private readonly tallRhs: Float64Array;
  /** Rows of the triangle: min(m, moving). */
  private readonly k: number;
  private readonly triangle: Float64Array;
  private readonly image: Float64Array;
  private readonly rhs: Float64Array;
  private readonly held: Int8Array;
  private readonly clamped: Int8Array;
  private readonly step: Float64Array;
  private readonly free: Int32Array;
  private readonly solver: DampedSolver;
  private readonly inner: DampedSolver;
  private gradient = 0;
  private damping = 0;

  constructor(
    private readonly problem: LeastSquaresProblem,
    private readonly options: LeastSquaresOptions,
  ) {
    requireInteger("residualCount", problem.residualCount, 1, 2 ** 31 - 1);
    requireInteger("maxIterations", options.maxIterations ?? 0, 0, Number.MAX_SAFE_INTEGER);
    const m = (this.m = problem.residualCount);
    const n = (this.n = problem.start.length);
    requireFiniteArray("start", problem.start);
    this.lower = bounds("lower", problem.lower, n, -Infinity);
    this.upper = bounds("upper", problem.upper, n, Infinity);
    if (problem.fixed !== undefined && problem.fixed.length !== n) {
      throw new InvalidParameterError("fixed", `of length ${n}, as start is`, problem.fixed);
    }
    const moving: number[] = [];
    for (let j = 0; j < n; j++) {
      const low = this.lower[j];
      const high = this.upper[j];
      if (low > high) throw new InvalidParameterError(`lower[${j}]`, `≤ upper[${j}] (${high})`, low);
      if (problem.fixed?.[j]) continue;
      const value = problem.start[j];
      if (value < low || value > high)
        throw new InvalidParameterError(`start[${j}]`, `within [${low}, ${high}]`, value);
      if (low < high) moving.push(j);
    }
    this.moving = Int32Array.from(moving);
    const count = moving.length;
    this.x = Float64Array.from(problem.start);
    this.residuals = new Float64Array(m);
    this.jacobian = new Float64Array(m * n);
    this.trialX = Float64Array.from(this.x);
    this.trialResiduals = new Float64Array(m);
    this.trialJacobian = new Float64Array(m * n);
    this.scale = new Float64Array(count);
    this.columnNorm = new Float64Array(count);
    this.tall = new Float64Array(m * count);
    this.tallRhs = new Float64Array(m);
    this.k = Math.min(m, count);
    this.triangle = new Float64Array(this.k * count);
    this.image = new Float64Array(this.k);
    this.rhs = new Float64Array(this.k);
    this.held = new Int8Array(count);
    this.clamped = new Int8Array(count);
    this.step = new Float64Array(count);
    this.free = new Int32Array(count);
    this.solver = new DampedSolver(this.k, count);
    this.inner = new DampedSolver(this.k, count);
  }

  /** Yields before every trial step, so that a caller may do something else in between. */
  *steps(): Generator<undefined, LeastSquaresResult, undefined> {
    const { options } = this;
    const maxIterations = options.maxIterations ?? 200;
    const costTolerance = options.costTolerance ?? 1e-12;
    const stepTolerance = options.stepTolerance ?? 1e-10;
    const gradientTolerance = options.gradientTolerance ?? 1e-12;
    options.signal?.throwIfAborted();
    this.evaluateStart();
    this.factorise();
    const negligible = Number.EPSILON * Number.EPSILON * this.cost;
    let radius = 0;
    let iterations = 0;

    for (;;) {
      if (this.cost <= negligible)
        return this.result(iterations, true, "the residuals are zero within rounding errors");
      if (this.gradient <= gradientTolerance) {
        return this.result(iterations, true, "the gradient is zero within gradientTolerance");
      }
      if (iterations >= maxIterations)
        return this.result(iterations, false, `no convergence in ${maxIterations} iterations`);

      const size = this.scaledSize();
      const first = radius === 0;
      if (first) radius = (options.firstStep ?? 1) * (size > 0 ? size : 1);
      this.loadFree();
      // What a step without a limit would do tells convergence from steps that are short for want of room: next to points
      // that cannot be evaluated, or against a wrong Jacobian.
      const guess = this.damping;
      const unlimited = this.findStep(Infinity);
      this.damping = guess;
      const settled =
        unlimited.length <= Math.max(10 * stepTolerance, 1e-8) * size ||
        unlimited.predicted <= Math.max(10 * costTolerance, 1e-10);
      let tried = false;
      let evaluable = false;
      for (;;) {
        yield;
        options.signal?.throwIfAborted();
        const { length, predicted, slope } = this.findStep(radius);
        if (first && !tried) radius = Math.min(radius, length);
        tried = true;
        const trialCost = predicted > 0 ? this.evaluateTrial() : Infinity;
        const reached = Number.isFinite(trialCost);
        evaluable ||= reached;
        const actual = reached ? 1 - trialCost / this.cost : -Infinity;
        const ratio = predicted > 0 ? actual / predicted : -Infinity;
        let accepted = ratio >= ACCEPTED_SHARE;
        if (accepted && !this.evaluateTrialJacobian()) accepted = false;

        if (ratio <= 0.25 || !accepted) {
          // Along the step the cost is a parabola of known value at both ends and known slope at the first (Moré 1978, §4).
          let shrink = 0.1;
          if (actual >= 0) shrink = 0.5;
          else if (reached) shrink = Math.min(Math.max((0.5 * slope) / (slope + 0.5 * actual), 0.1), 0.5);
          radius = shrink * Math.min(radius, length);
          this.damping /= shrink;
        } else if (this.damping === 0 || ratio >= 0.75) {
          radius = Math.max(2 * length, this.damping === 0 ? 0 : radius);
          this.damping *= 0.5;
        }

        const flat =
          settled &&
          Math.abs(actual) <= costTolerance &&
          predicted <= costTolerance &&
          ratio <= 2 &&
          predicted > 0;
        if (accepted) {
          this.take(trialCost);
          iterations++;
          options.onIteration?.({
            iteration: iterations,
            evaluations: this.evaluations,
            cost: this.cost,
            x: this.x,
            damping: this.damping,
            gradient: this.gradient,
          });
          if (flat) return this.result(iterations, true, "the sum of squares no longer falls");
          if (settled && length <= stepTolerance * size)
            return this.result(iterations, true, "the steps are shorter than stepTolerance");
          break;
        }
        if (flat) return this.result(iterations, true, "the sum of squares no longer falls");
        const tooShort =
          radius <= Number.EPSILON * size || radius < Number.MIN_VALUE / Number.EPSILON || !(length > 0);
        if (tooShort || (settled && reached && predicted <= Number.EPSILON)) {
          if (settled) {
            return this.result(iterations, true, "the cost cannot be lowered within its rounding errors");
          }
          const reason = evaluable
            ? "no step lowers the sum of squares, however short: the Jacobian is not exact enough there"
            : "no point near the last one can be evaluated";
          return this.result(iterations, false, reason);
        }
      }
    }
  }

  private evaluateStart(): void {
    const { problem, x, residuals, jacobian, n } = this;
    this.evaluations++;
    if (problem.evaluate(x, residuals, jacobian) === false) {
      throw new InvalidParameterError("start", "a point where the residuals can be evaluated", x);
    }
    requireFiniteArray("residuals at start", residuals);
    const bad = this.badDerivative(jacobian);
    if (bad >= 0) throw new NotFiniteError(`jacobian at start (rows of ${n})`, bad, jacobian[bad]);
    this.cost = squares(residuals);
    if (!Number.isFinite(this.cost))
      throw new InvalidParameterError("start", "a point where Σr² does not overflow", x);
  }

  /** Σr² at trialX, or NaN where it cannot be evaluated. */
  private evaluateTrial(): number {
    this.evaluations++;
    if (this.problem.evaluate(this.trialX, this.trialResiduals, null) === false) return NaN;
    return squares(this.trialResiduals);
  }

  private evaluateTrialJacobian(): boolean {
    this.evaluations++;
    if (this.problem.evaluate(this.trialX, this.trialResiduals, this.trialJacobian) === false) return false;
    return this.badDerivative(this.trialJacobian) < 0;
  }

  private badDerivative(jacobian: Float64Array): number {
    const { m, n, moving } = this;
    for (let i = 0; i < m; i++) {
      for (let c = 0; c < moving.length; c++) {
        const at = i * n + moving[c];
        if (!Number.isFinite(jacobian[at])) return at;
      }
    }
    return -1;
  }

  private take(cost: number): void {
    [this.x, this.trialX] = [this.trialX, this.x];
    [this.residuals, this.trialResiduals] = [this.trialResiduals, this.residuals];
    [this.jacobian, this.trialJacobian] = [this.trialJacobian, this.jacobian];
    this.trialX.set(this.x);
    this.cost = cost;
    this.factorise();
  }

  /** The triangle of the scaled Jacobian at x, and which parameters are held at their bounds there. */
  private factorise(): void {
    const { m, n, moving, jacobian, tall, scale, columnNorm, residuals } = this;
    const count = moving.length;
    for (let c = 0; c < count; c++) {
      const j = moving[c];
      const at = c * m;
      let sum = 0;
      let along = 0;
      for (let i = 0; i < m; i++) {
        const value = jacobian[i * n + j];
        tall[at + i] = value;
        sum += value * value;
        along += value * residuals[i];
      }
      const norm = Math.sqrt(sum);
      columnNorm[c] = norm;
      if (norm > scale[c]) scale[c] = norm;
      const unit = scale[c] > 0 ? 1 / scale[c] : 1;
      for (let i = 0; i < m; i++) tall[at + i] *= unit;
      // Descent goes along −gradient.
      this.held[c] =
        this.x[j] <= this.lower[j] && along >= 0 ? -1 : this.x[j] >= this.upper[j] && along <= 0 ? 1 : 0;
      this.step[c] = along;
    }
    this.gradient = 0;
    const norm = Math.sqrt(this.cost);
    for (let c = 0; c < count; c++) {
      if (this.held[c] !== 0 || columnNorm[c] === 0) continue;
      this.gradient = Math.max(this.gradient, Math.abs(this.step[c]) / columnNorm[c] / norm);
    }
    this.tallRhs.set(residuals);
    triangularise(tall, m, count, this.tallRhs, this.triangle);
    for (let i = 0; i < this.k; i++) this.rhs[i] = this.tallRhs[i];
  }

  private scaleOf(c: number): number {
    return this.scale[c] > 0 ? this.scale[c] : 1;
  }

  private scaledSize(): number {
    let sum = 0;
    for (let c = 0; c < this.moving.length; c++) {
      const value = this.x[this.moving[c]] * this.scaleOf(c);
      sum += value * value;
    }
    return Math.sqrt(sum);
  }

  private loadFree(): void {
    let count = 0;
    for (let c = 0; c < this.moving.length; c++) if (this.held[c] === 0) this.free[count++] = c;
    this.solver.load(this.triangle, this.k, this.free, count, this.rhs);
  }

  /** The step within the radius and the bounds; sets trialX.
   *  @returns its scaled length, and the fall and the slope of the cost along it that J predicts, as shares of the cost */
  private findStep(radius: number): { length: number; predicted: number; slope: number } {
    const { step, moving, held, clamped, free, k, triangle, rhs, image, x, trialX } = this;
    const count = moving.length;
    this.damping = this.solver.within(radius, this.damping);
    step.fill(0);
    clamped.set(held);
    let solver = this.solver;
    let left = 0;
    for (let c = 0; c < count; c++) if (held[c] === 0) free[left++] = c;
    while (left > 0) {
      let crossed = false;
      for (let f = 0; f < left; f++) {
        const c = free[f];
        const j = moving[c];
        const target = x[j] + solver.step[f] / this.scaleOf(c);
        step[c] = solver.step[f];
        if (target < this.lower[j]) {
          step[c] = (this.lower[j] - x[j]) * this.scaleOf(c);
          clamped[c] = -1;
          crossed = true;
        } else if (target > this.upper[j]) {
          step[c] = (this.upper[j] - x[j]) * this.scaleOf(c);
          clamped[c] = 1;
          crossed = true;
        }
      }
      if (!crossed) break;
      image.set(rhs);
      left = 0;
      for (let c = 0; c < count; c++) {
        if (clamped[c] === 0) free[left++] = c;
        else if (step[c] !== 0)
          for (let i = 0; i <= Math.min(c, k - 1); i++) image[i] += triangle[i + c * k] * step[c];
      }
      solver = this.inner;
      solver.load(triangle, k, free, left, image);
      solver.damped(this.damping);
    }
    image.fill(0);
    let length = 0;
    for (let c = 0; c < count; c++) {
      const j = moving[c];
      trialX[j] =
        held[c] !== 0
          ? x[j]
          : clamped[c] < 0
            ? this.lower[j]
            : clamped[c] > 0
              ? this.upper[j]
              : this.inside(j, x[j] + step[c] / this.scaleOf(c));
      length += step[c] * step[c];
      if (step[c] !== 0)
        for (let i = 0; i <= Math.min(c, k - 1); i++) image[i] += triangle[i + c * k] * step[c];
    }
    let predicted = 0;
    let slope = 0;
    for (let i = 0; i < k; i++) {
      predicted -= (2 * rhs[i] + image[i]) * image[i];
      slope += rhs[i] * image[i];
    }
    return { length: Math.sqrt(length), predicted: predicted / this.cost, slope: slope / this.cost };
  }

  private inside(j: number, value: number): number {
    return Math.min(Math.max(value, this.lower[j]), this.upper[j]);
  }

  private result(iterations: number, converged: boolean, reason: string): LeastSquaresResult {
    const { n, k, moving, held, triangle } = this;
    const activeBound = new Int8Array(n);
    let count = 0;
    for (let c = 0; c < moving.length; c++) {
      activeBound[moving[c]] = held[c];
      if (held[c] === 0) this.free[count++] = c;
    }
    const { covariance, rank } = covarianceOf(
      triangle,
      k,
      this.free.subarray(0, count),
      this.scale,
      this.columnNorm,
      moving,
      n,
    );
    return {
      x: this.x,
      cost: this.cost,
      residuals: this.residuals,
      jacobian: this.jacobian,
      covariance,
      rank,
      activeBound,
      iterations,
      evaluations: this.evaluations,
      converged,
      reason,
    };
  }
}

function bounds(
  name: string,
  values: ArrayLike<number> | undefined,
  n: number,
  absent: number,
): Float64Array {
  if (values === undefined) return new Float64Array(n).fill(absent);
  if (values.length !== n) throw new InvalidParameterError(name, `of length ${n}, as start is`, values);
  for (let j = 0; j < n; j++) {
    if (typeof values[j] !== "number" || Number.isNaN(values[j])) {
      throw new InvalidParameterError(`${name}[${j}]`, "a number or an infinity", values[j]);
    }
  }
  return Float64Array.from(values);
}

function squares(values: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i] * values[i];
  return sum;
}
