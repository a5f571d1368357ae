/** Positive definite systems against the definition: L Lᵀ, solutions, inverses, draws. */
import { expect, test } from "vitest";
import { normals } from "../../src/invert/random.ts";
import {
  cholesky,
  inverseOfFactored,
  solveFactored,
  solveTransposed,
} from "../../src/leastSquares/linear.ts";

/** B Bᵀ + n 1 of random B. */
function positive(n: number, seed: number): Float64Array {
  const normal = normals(seed),
    b = Float64Array.from({ length: n * n }, normal),
    a = new Float64Array(n * n);
  for (let i = 0; i < n; i++)
    for (let k = 0; k < n; k++) {
      a[i * n + k] = i === k ? n : 0;
      for (let j = 0; j < n; j++) a[i * n + k]! += b[i * n + j]! * b[k * n + j]!;
    }
  return a;
}

const product = (a: Float64Array, x: Float64Array, n: number): Float64Array =>
  x.map((_, i) => x.reduce((sum, value, k) => sum + a[i * n + k]! * value, 0));

test.each([1, 2, 7, 31])("a system of %i unknowns: A A⁻¹ is one, A x is b, L Lᵀ is A", (n) => {
  const a = positive(n, n),
    l = a.slice(),
    normal = normals(9);
  expect(cholesky(l, n)).toBe(true);
  for (let i = 0; i < n; i++)
    for (let k = 0; k <= i; k++) {
      let sum = 0;
      for (let j = 0; j <= k; j++) sum += l[i * n + j]! * l[k * n + j]!;
      expect(Math.abs(sum - a[i * n + k]!)).toBeLessThan(1e-12 * a[i * n + i]!);
    }
  const b = Float64Array.from({ length: n }, normal),
    x = b.slice();
  solveFactored(l, n, x);
  product(a, x, n).forEach((value, i) => expect(Math.abs(value - b[i]!)).toBeLessThan(1e-12));
  const inverse = inverseOfFactored(l, n);
  for (let i = 0; i < n; i++) {
    const column = Float64Array.from({ length: n }, (_, k) => inverse[k * n + i]!);
    product(a, column, n).forEach((value, k) => expect(value).toBeCloseTo(k === i ? 1 : 0, 11));
  }
});

test("draws of L⁻ᵀ z have the covariance A⁻¹", () => {
  const n = 3,
    a = positive(n, 4),
    l = a.slice(),
    normal = normals(5),
    count = 40_000,
    sums = new Float64Array(n * n);
  cholesky(l, n);
  const inverse = inverseOfFactored(l, n);
  for (let k = 0; k < count; k++) {
    const z = Float64Array.from({ length: n }, normal);
    solveTransposed(l, n, z);
    for (let i = 0; i < n; i++) for (let j = 0; j < n; j++) sums[i * n + j]! += (z[i]! * z[j]!) / count;
  }
  sums.forEach((value, k) => {
    const i = Math.floor(k / n),
      j = k % n,
      size = Math.sqrt(inverse[i * n + i]! * inverse[j * n + j]!);
    expect(Math.abs(value - inverse[k]!)).toBeLessThan((5 * size) / Math.sqrt(count / 2));
  });
});

test("what is not positive definite is said to be so", () => {
  expect(cholesky(Float64Array.of(1, 0, 2, 1), 2)).toBe(false);
  expect(cholesky(Float64Array.of(0), 1)).toBe(false);
  expect(cholesky(Float64Array.of(NaN), 1)).toBe(false);
});
