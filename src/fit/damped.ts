/** The step of a least-squares problem within a trust region, from a factorised Jacobian.
 *  J. J. Moré, "The Levenberg–Marquardt algorithm: implementation and theory", Lecture Notes in Mathematics 630 (1978)
 *  105–116; the same as MINPACK's qrsolv and lmpar with all scales equal to one. */

import { triangularisePivoted } from "./qr.ts";

/** min |A p + b|² + λ|p|² for one A and many λ; memory for at most n unknowns. */
export class DampedSolver {
  /** Number of unknowns now. */
  size = 0;
  /** The solution, in the order of the columns as given. */
  readonly step: Float64Array;
  private rows = 0;
  private rank = 0;
  private readonly factor: Float64Array;
  private readonly rhs: Float64Array;
  private readonly pivot: Int32Array;
  private readonly diagonal: Float64Array;
  private readonly work: Float64Array;
  private readonly workDiagonal: Float64Array;
  private readonly workRhs: Float64Array;
  private readonly row: Float64Array;
  private readonly solution: Float64Array;
  private readonly direction: Float64Array;

  constructor(maxRows: number, maxColumns: number) {
    const n = maxColumns;
    this.step = new Float64Array(n);
    this.factor = new Float64Array(maxRows * n);
    this.rhs = new Float64Array(Math.max(maxRows, n));
    this.pivot = new Int32Array(n);
    this.diagonal = new Float64Array(n);
    this.work = new Float64Array(n * n);
    this.workDiagonal = new Float64Array(n);
    this.workRhs = new Float64Array(n);
    this.row = new Float64Array(n);
    this.solution = new Float64Array(n);
    this.direction = new Float64Array(n);
  }

  /** Factorises the columns `columns[0…count)` of a (rows×…, column-major). */
  load(a: Float64Array, rows: number, columns: Int32Array, count: number, b: Float64Array): void {
    this.size = count;
    this.rows = rows;
    for (let c = 0; c < count; c++) {
      const from = columns[c] * rows;
      for (let i = 0; i < rows; i++) this.factor[i + c * rows] = a[from + i];
    }
    for (let i = 0; i < rows; i++) this.rhs[i] = b[i];
    triangularisePivoted(this.factor, rows, count, this.rhs, this.pivot, this.diagonal);
    const k = Math.min(rows, count);
    const least = k === 0 ? 0 : Math.abs(this.diagonal[0]) * Number.EPSILON * Math.max(rows, count);
    this.rank = 0;
    while (this.rank < k && Math.abs(this.diagonal[this.rank]) > least) this.rank++;
  }

  /** The Gauss–Newton step (λ = 0); of a rank-deficient matrix, the basic solution, with zeros for the columns left over. */
  undamped(): void {
    const { size, rows, rank, factor, rhs, solution } = this;
    for (let j = size - 1; j >= 0; j--) {
      if (j >= rank) {
        solution[j] = 0;
        continue;
      }
      let sum = -rhs[j];
      for (let c = j + 1; c < rank; c++) sum -= factor[j + c * rows] * solution[c];
      solution[j] = sum / factor[j + j * rows];
    }
    this.unpivot();
  }

  /** The damped step for λ > 0: Givens rotations bring [R; √λ 1] back to a triangle S (kept in `work`). */
  damped(lambda: number): void {
    const { size: n, rows, factor, rhs, work, workDiagonal, workRhs, row, solution } = this;
    if (lambda <= 0) {
      this.undamped();
      return;
    }
    const root = Math.sqrt(lambda);
    const k = Math.min(rows, n);
    // work holds S row by row, so that the inner loops run over contiguous memory.
    for (let i = 0; i < n; i++) {
      for (let c = i; c < n; c++) work[i * n + c] = i < k ? factor[i + c * rows] : 0;
      workRhs[i] = i < k ? -rhs[i] : 0;
    }
    for (let j = 0; j < n; j++) {
      row.fill(0, j, n);
      row[j] = root;
      let rowRhs = 0;
      for (let l = j; l < n; l++) {
        const r = row[l];
        if (r === 0) continue;
        const at = l * n;
        const s = work[at + l];
        const norm = Math.hypot(s, r);
        const cosine = s / norm;
        const sine = r / norm;
        work[at + l] = norm;
        for (let c = l + 1; c < n; c++) {
          const x = work[at + c];
          const y = row[c];
          work[at + c] = cosine * x + sine * y;
          row[c] = cosine * y - sine * x;
        }
        const x = workRhs[l];
        workRhs[l] = cosine * x + sine * rowRhs;
        rowRhs = cosine * rowRhs - sine * x;
      }
      workDiagonal[j] = work[j * n + j];
    }
    for (let j = n - 1; j >= 0; j--) {
      let sum = workRhs[j];
      for (let c = j + 1; c < n; c++) sum -= work[j * n + c] * solution[c];
      solution[j] = workDiagonal[j] === 0 ? 0 : sum / workDiagonal[j];
    }
    this.unpivot();
  }

  /** λ ≥ 0 such that |p(λ)| is the radius within a tenth, or 0 where the Gauss–Newton step is short enough;
   *  leaves the step in `step`. Moré 1978, §5.
   *  @param guess λ of the step before */
  within(radius: number, guess: number): number {
    const { size: n, rows, rank, factor, rhs, solution, direction } = this;
    this.undamped();
    let norm = length(solution, n);
    let excess = norm - radius;
    if (excess <= 0.1 * radius) return 0;

    let low = 0;
    if (rank === n) {
      // |R⁻ᵀ p/|p||² gives Newton's slope at λ = 0.
      let sum = 0;
      for (let j = 0; j < n; j++) {
        let value = solution[j] / norm;
        for (let i = 0; i < j; i++) value -= factor[i + j * rows] * direction[i];
        direction[j] = value / factor[j + j * rows];
        sum += direction[j] * direction[j];
      }
      low = excess / radius / sum;
    }
    const k = Math.min(rows, n);
    let gradient = 0;
    for (let j = 0; j < n; j++) {
      let sum = 0;
      for (let i = 0; i <= Math.min(j, k - 1); i++) sum += factor[i + j * rows] * rhs[i];
      gradient += sum * sum;
    }
    gradient = Math.sqrt(gradient);
    let high = gradient / radius;
    if (high === 0) high = Number.MIN_VALUE / Math.min(radius, 0.1);
    let lambda = Math.min(Math.max(guess, low), high);
    if (lambda === 0) lambda = gradient / norm;

    for (let iteration = 1; ; iteration++) {
      if (lambda === 0) lambda = Math.max(Number.MIN_VALUE, 0.001 * high);
      this.damped(lambda);
      norm = length(solution, n);
      const before = excess;
      excess = norm - radius;
      if (
        Math.abs(excess) <= 0.1 * radius ||
        (low === 0 && excess <= before && before < 0) ||
        iteration === 10
      )
        return lambda;
      let sum = 0;
      for (let j = 0; j < n; j++) {
        let value = solution[j] / norm;
        for (let i = 0; i < j; i++) value -= this.work[i * n + j] * direction[i];
        direction[j] = value / this.workDiagonal[j];
        sum += direction[j] * direction[j];
      }
      const correction = excess / radius / sum;
      if (excess > 0) low = Math.max(low, lambda);
      else high = Math.min(high, lambda);
      lambda = Math.max(low, lambda + correction);
    }
  }

  private unpivot(): void {
    for (let j = 0; j < this.size; j++) this.step[this.pivot[j]] = this.solution[j];
  }
}

function length(vector: Float64Array, n: number): number {
  let sum = 0;
  for (let i = 0; i < n; i++) sum += vector[i] * vector[i];
  return Math.sqrt(sum);
}
