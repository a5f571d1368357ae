/** Two f64 in a vector: short names for the arithmetic, and sine and cosine.
 *
 *  sin A and cos A share one reduction:  k = quarters(A), y = reduce(A, k), z = y², then
 *  quadrant(sinePolynomial(y, z), cosinePolynomial(z), k) is the sine, and with k + 1 the cosine. Good to 1 ulp or so
 *  for |A| < 1e5. */

// @ts-ignore: decorator
@inline export function add(a: v128, b: v128): v128 {
  return f64x2.add(a, b);
}
// @ts-ignore: decorator
@inline export function sub(a: v128, b: v128): v128 {
  return f64x2.sub(a, b);
}
// @ts-ignore: decorator
@inline export function mul(a: v128, b: v128): v128 {
  return f64x2.mul(a, b);
}
// @ts-ignore: decorator
@inline export function splat(x: f64): v128 {
  return f64x2.splat(x);
}

/** Number of quarter turns in A, in the low bits: adding 1.5·2^52 leaves an integer in the mantissa. */
// @ts-ignore: decorator
@inline export function quarters(A: v128): v128 {
  return add(f64x2.nearest(mul(A, splat(0.6366197723675814))), splat(6755399441055744.0));
}

/** A − turns·π/2 in three parts (Cody & Waite 1980). */
// @ts-ignore: decorator
@inline export function reduce(A: v128, k: v128): v128 {
  const turns = sub(k, splat(6755399441055744.0));
  return sub(
    sub(sub(A, mul(turns, splat(1.5707963267341256))), mul(turns, splat(6.077100506303966e-11))),
    mul(turns, splat(2.0222662487959506e-21)),
  );
}

/** sin y on [−π/4, π/4] (fdlibm's coefficients). */
// @ts-ignore: decorator
@inline export function sinePolynomial(y: v128, z: v128): v128 {
  let p = add(splat(-2.50507602534068634195e-8), mul(z, splat(1.58969099521155010221e-10)));
  p = add(splat(2.75573137070700676789e-6), mul(z, p));
  p = add(splat(-1.98412698298579493134e-4), mul(z, p));
  p = add(splat(8.33333333332248946124e-3), mul(z, p));
  p = add(splat(-1.66666666666666324348e-1), mul(z, p));
  return add(y, mul(mul(y, z), p));
}

/** cos y on [−π/4, π/4]. */
// @ts-ignore: decorator
@inline export function cosinePolynomial(z: v128): v128 {
  let p = add(splat(2.0875723212981748279e-9), mul(z, splat(-1.13596475577881948265e-11)));
  p = add(splat(-2.75573143513906633035e-7), mul(z, p));
  p = add(splat(2.48015872894767294178e-5), mul(z, p));
  p = add(splat(-1.38888888888741095749e-3), mul(z, p));
  p = add(splat(4.16666666666666019037e-2), mul(z, p));
  return add(sub(splat(1), mul(splat(0.5), z)), mul(mul(z, z), p));
}

/** sin of k quarter turns and y, from both polynomials; cos with k + 1. */
// @ts-ignore: decorator
@inline export function quadrant(sine: v128, cosine: v128, k: v128): v128 {
  const swap = i64x2.ne(v128.and(k, i64x2.splat(1)), i64x2.splat(0));
  return v128.xor(v128.bitselect(cosine, sine, swap), i64x2.shl(v128.and(k, i64x2.splat(2)), 62));
}

/** e^t for −700 ≤ t ≤ 0 (below: as −700), to 1e-15: t = n ln 2 + r, a Taylor polynomial in r, n added to the exponent. */
// @ts-ignore: decorator
@inline export function decay(t: v128): v128 {
  const x = f64x2.max(t, splat(-700)),
    k = add(f64x2.nearest(mul(x, splat(1.4426950408889634))), splat(6755399441055744.0)),
    n = sub(k, splat(6755399441055744.0));
  const r = sub(sub(x, mul(n, splat(0.6931471803691238))), mul(n, splat(1.9082149292705877e-10)));
  let p = add(splat(1.0 / 39916800), mul(r, splat(1.0 / 479001600)));
  p = add(splat(1.0 / 3628800), mul(r, p));
  p = add(splat(1.0 / 362880), mul(r, p));
  p = add(splat(1.0 / 40320), mul(r, p));
  p = add(splat(1.0 / 5040), mul(r, p));
  p = add(splat(1.0 / 720), mul(r, p));
  p = add(splat(1.0 / 120), mul(r, p));
  p = add(splat(1.0 / 24), mul(r, p));
  p = add(splat(1.0 / 6), mul(r, p));
  p = add(splat(0.5), mul(r, p));
  p = add(splat(1), mul(r, p));
  p = add(splat(1), mul(r, p));
  return mul(p, i64x2.shl(i64x2.add(k, i64x2.splat(1023)), 52));
}
