/** Orthogonal factorisations of dense matrices, column-major: element (i, j) of an m×n matrix is a[i + j·m].
 *  Golub & Van Loan, Matrix Computations (4th ed. 2013), §5.2 (Householder), §5.4.2 (pivoting), §8.6.3 (one-sided Jacobi). */

/** Makes the reflector that turns a[start…end) into (∓norm, 0, …): the vector v overwrites a[start…end), scaled so that
 *  H = 1 − v vᵀ/v₀ as in MINPACK's qrfac; returns the new leading element (0 if the part is zero, then H = 1). */
function makeReflector(a: Float64Array, start: number, end: number): number {
  let largest = 0;
  for (let i = start; i < end; i++) {
    const size = Math.abs(a[i]);
    if (size > largest) largest = size;
  }
  if (largest === 0) return 0;
  let sum = 0;
  for (let i = start; i < end; i++) {
    const part = a[i] / largest;
    sum += part * part;
  }
  let norm = largest * Math.sqrt(sum);
  if (a[start] < 0) norm = -norm;
  for (let i = start; i < end; i++) a[i] /= norm;
  a[start] += 1;
  return -norm;
}

/** y ← H y for the reflector v = a[at…at+length). */
function reflect(a: Float64Array, at: number, length: number, y: Float64Array, yAt: number): void {
  let sum = 0;
  for (let i = 0; i < length; i++) sum += a[at + i] * y[yAt + i];
  sum = -sum / a[at];
  for (let i = 0; i < length; i++) y[yAt + i] += sum * a[at + i];
}

/** Factorises A = QR by Householder reflections without pivoting, for tall matrices.
 *  Four columns are reflected in one pass over v, which is then read once instead of four times.
 *  @param a m×n, column-major; the reflectors overwrite it
 *  @param b length m; becomes Qᵀb
 *  @param r k×n with k = min(m, n), column-major; becomes R, with zeros below the diagonal */
export function triangularise(a: Float64Array, m: number, n: number, b: Float64Array, r: Float64Array): void {
  const k = Math.min(m, n);
  for (let j = 0; j < k; j++) {
    const at = j * m + j;
    const length = m - j;
    const diagonal = makeReflector(a, at, at + length);
    r[j + j * k] = diagonal;
    if (diagonal === 0) continue;
    const scale = -1 / a[at];
    let c = j + 1;
    for (; c + 3 < n; c += 4) {
      const c0 = c * m + j;
      const c1 = c0 + m;
      const c2 = c1 + m;
      const c3 = c2 + m;
      let s0 = 0;
      let s1 = 0;
      let s2 = 0;
      let s3 = 0;
      for (let i = 0; i < length; i++) {
        const v = a[at + i];
        s0 += v * a[c0 + i];
        s1 += v * a[c1 + i];
        s2 += v * a[c2 + i];
        s3 += v * a[c3 + i];
      }
      s0 *= scale;
      s1 *= scale;
      s2 *= scale;
      s3 *= scale;
      for (let i = 0; i < length; i++) {
        const v = a[at + i];
        a[c0 + i] += s0 * v;
        a[c1 + i] += s1 * v;
        a[c2 + i] += s2 * v;
        a[c3 + i] += s3 * v;
      }
    }
    for (; c < n; c++) reflect(a, at, length, a, c * m + j);
    reflect(a, at, length, b, j);
  }
  for (let c = 0; c < n; c++) {
    for (let i = 0; i < k; i++) {
      if (i < c) r[i + c * k] = a[i + c * m];
      else if (i > c) r[i + c * k] = 0;
    }
  }
}

/** Factorises A P = QR with column pivoting, in place, for small matrices: the diagonal of R falls in size.
 *  @param a m×n, column-major; its upper trapezoid becomes R, the rest is left as work space
 *  @param b length m; becomes Qᵀb
 *  @param pivot length ≥ n; column j of A P is column pivot[j] of A
 *  @param diagonal length ≥ min(m, n); becomes the diagonal of R */
export function triangularisePivoted(
  a: Float64Array,
  m: number,
  n: number,
  b: Float64Array,
  pivot: Int32Array,
  diagonal: Float64Array,
): void {
  const k = Math.min(m, n);
  for (let j = 0; j < n; j++) pivot[j] = j;
  for (let j = 0; j < k; j++) {
    // The norms are taken anew: for matrices this small that costs little, and down-dating them loses digits.
    let best = j;
    let bestNorm = -1;
    for (let c = j; c < n; c++) {
      let sum = 0;
      for (let i = j; i < m; i++) sum += a[i + c * m] * a[i + c * m];
      if (sum > bestNorm) {
        bestNorm = sum;
        best = c;
      }
    }
    if (best !== j) {
      for (let i = 0; i < m; i++) {
        const swap = a[i + j * m];
        a[i + j * m] = a[i + best * m];
        a[i + best * m] = swap;
      }
      const swap = pivot[j];
      pivot[j] = pivot[best];
      pivot[best] = swap;
    }
    const at = j * m + j;
    diagonal[j] = makeReflector(a, at, at + m - j);
    if (diagonal[j] === 0) continue;
    for (let c = j + 1; c < n; c++) reflect(a, at, m - j, a, c * m + j);
    reflect(a, at, m - j, b, j);
    a[at] = diagonal[j];
  }
}

/** Singular values and right singular vectors by one-sided Jacobi rotations (Hestenes 1958), which are accurate in the
 *  small singular values too, as long as the columns of A are of like size.
 *  @param a m×n, column-major; becomes U·diag(σ)
 *  @param v n×n, column-major; becomes V
 *  @param sigma length n; becomes the singular values, in no order */
export function singularValues(
  a: Float64Array,
  m: number,
  n: number,
  v: Float64Array,
  sigma: Float64Array,
): void {
  v.fill(0);
  for (let j = 0; j < n; j++) v[j + j * n] = 1;
  const sweeps = 60;
  for (let sweep = 0; sweep < sweeps; sweep++) {
    let rotated = false;
    for (let p = 0; p < n - 1; p++) {
      for (let q = p + 1; q < n; q++) {
        let alpha = 0;
        let beta = 0;
        let gamma = 0;
        for (let i = 0; i < m; i++) {
          const x = a[i + p * m];
          const y = a[i + q * m];
          alpha += x * x;
          beta += y * y;
          gamma += x * y;
        }
        if (gamma === 0 || Math.abs(gamma) <= Number.EPSILON * Math.sqrt(alpha) * Math.sqrt(beta)) continue;
        rotated = true;
        const zeta = (beta - alpha) / (2 * gamma);
        const tangent = (zeta < 0 ? -1 : 1) / (Math.abs(zeta) + Math.hypot(1, zeta));
        const cosine = 1 / Math.hypot(1, tangent);
        const sine = cosine * tangent;
        rotate(a, p * m, q * m, m, cosine, sine);
        rotate(v, p * n, q * n, n, cosine, sine);
      }
    }
    if (!rotated) break;
  }
  for (let j = 0; j < n; j++) {
    let sum = 0;
    for (let i = 0; i < m; i++) sum += a[i + j * m] * a[i + j * m];
    sigma[j] = Math.sqrt(sum);
  }
}

function rotate(a: Float64Array, p: number, q: number, length: number, cosine: number, sine: number): void {
  for (let i = 0; i < length; i++) {
    const x = a[p + i];
    const y = a[q + i];
    a[p + i] = cosine * x - sine * y;
    a[q + i] = sine * x + cosine * y;
  }
}
