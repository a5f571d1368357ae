/** A problem of nonlinear least squares, and its solution. */

export interface LeastSquaresProblem {
  /** Number of residuals m. */
  readonly residualCount: number;
  /** Fills `residuals` (m) and, unless null, `jacobian` (row-major m×n, ∂r_i/∂x_j; the columns of fixed parameters are
   *  not read). Returns false where x cannot be evaluated; NaN or infinite values mean the same.
   *  The arrays belong to the solver: do not keep them, do not change x. */
  evaluate(x: Float64Array, residuals: Float64Array, jacobian: Float64Array | null): boolean | void;
  /** Where to begin; within the bounds. */
  readonly start: ArrayLike<number>;
  /** −Infinity where there is no bound. */
  readonly lower?: ArrayLike<number>;
  /** Infinity where there is no bound. */
  readonly upper?: ArrayLike<number>;
  /** Parameters that keep their start value; bounds do not apply to them. */
  readonly fixed?: ArrayLike<boolean>;
}

/** The state after an iteration. `x` is the solver's own array: copy what is to be kept. */
export interface LeastSquaresState {
  readonly iteration: number;
  readonly evaluations: number;
  /** Σr². */
  readonly cost: number;
  readonly x: Float64Array;
  /** λ of the last step, for parameters scaled by the norms of the Jacobian's columns; 0 for a Gauss–Newton step. */
  readonly damping: number;
  /** Largest |cosine| between a free column of the Jacobian and the residuals; 0 at a minimum. */
  readonly gradient: number;
}

export interface LeastSquaresOptions {
  /** Accepted steps at most, default 200; 0 evaluates at the start only. */
  readonly maxIterations?: number;
  /** Converged where the cost, both measured and predicted, changes by less than this share of it; default 1e-12. */
  readonly costTolerance?: number;
  /** Converged where a step is shorter than this share of x, both scaled; default 1e-10. */
  readonly stepTolerance?: number;
  /** Converged where no free column of the Jacobian has a larger |cosine| with the residuals; default 1e-12. */
  readonly gradientTolerance?: number;
  /** Longest first step, as a multiple of |x| (scaled; of 1 where x = 0); default 1. Moré's 100 leaps further, and leaves
   *  some good starts for good. */
  readonly firstStep?: number;
  /** Aborts between two evaluations, by throwing the signal's reason. */
  readonly signal?: AbortSignal;
  onIteration?(state: LeastSquaresState): void;
}

export interface LeastSquaresResult {
  readonly x: Float64Array;
  /** Σr². */
  readonly cost: number;
  /** At x, length m. */
  readonly residuals: Float64Array;
  /** At x, row-major m×n. */
  readonly jacobian: Float64Array;
  /** (JᵀJ)⁻¹, n×n, not scaled by the residuals; zero rows and columns for fixed parameters and those at an active bound.
   *  Where JᵀJ is singular: its pseudo-inverse, with a variance of Infinity for every parameter that the residuals leave
   *  undetermined; the variances of the others are right. */
  readonly covariance: Float64Array;
  /** Rank of the Jacobian of the parameters that are neither fixed nor at an active bound. */
  readonly rank: number;
  /** −1 or 1 where the solution is held at its lower or upper bound, 0 elsewhere. */
  readonly activeBound: Int8Array;
  /** Accepted steps. */
  readonly iterations: number;
  /** Calls of `evaluate`. */
  readonly evaluations: number;
  readonly converged: boolean;
  /** Why it ended, in words. */
  readonly reason: string;
}
