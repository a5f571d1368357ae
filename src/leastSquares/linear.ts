/** Positive definite systems of a few dozen unknowns, row by row in one array. */

/** The factor L of A = L Lᵀ, in place of A's lower triangle; false where A is not positive definite.
 *  @param a n×n, the lower triangle is read and written */
export function cholesky(a: Float64Array, n: number): boolean {
  for (let i = 0; i < n; i++) {
    const row = i * n;
    for (let j = 0; j <= i; j++) {
      const other = j * n;
      let sum = a[row + j];
      for (let k = 0; k < j; k++) sum -= a[row + k] * a[other + k];
      if (i > j) a[row + j] = sum / a[other + j];
      else if (sum > 0) a[row + i] = Math.sqrt(sum);
      else return false;
    }
  }
  return true;
}

/** Solves L Lᵀ x = b in place of b. */
export function solveFactored(l: Float64Array, n: number, b: Float64Array): void {
  solveLower(l, n, b);
  solveTransposed(l, n, b);
}

/** Solves L x = b in place of b. */
export function solveLower(l: Float64Array, n: number, b: Float64Array): void {
  for (let i = 0; i < n; i++) {
    let sum = b[i];
    for (let k = 0; k < i; k++) sum -= l[i * n + k] * b[k];
    b[i] = sum / l[i * n + i];
  }
}

/** Solves Lᵀ x = b in place of b: of standard normal b, a draw with covariance (L Lᵀ)⁻¹. */
export function solveTransposed(l: Float64Array, n: number, b: Float64Array): void {
  for (let i = n - 1; i >= 0; i--) {
    let sum = b[i];
    for (let k = i + 1; k < n; k++) sum -= l[k * n + i] * b[k];
    b[i] = sum / l[i * n + i];
  }
}

/** (L Lᵀ)⁻¹, n×n. */
export function inverseOfFactored(l: Float64Array, n: number): Float64Array {
  const inverse = new Float64Array(n * n),
    column = new Float64Array(n);
  for (let k = 0; k < n; k++) {
    column.fill(0);
    column[k] = 1;
    solveFactored(l, n, column);
    for (let i = 0; i < n; i++) inverse[i * n + k] = column[i];
  }
  return inverse;
}
