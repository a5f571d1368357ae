/** Numbers that know their derivatives by a few parameters (forward mode): from the numbers of a stack to those of its pieces. */

/** A value and its non-zero derivatives, by the parameter's index. */
export interface Dual {
  readonly value: number;
  readonly by: ReadonlyMap<number, number>;
}

const NONE: ReadonlyMap<number, number> = new Map();

export function constant(value: number): Dual {
  return { value, by: NONE };
}

/** Parameter `index`, times `unit`. */
export function parameter(value: number, index: number, unit = 1): Dual {
  return { value: value * unit, by: new Map([[index, unit]]) };
}

/** Σ factor·dual. */
export function combine(value: number, terms: readonly (readonly [factor: number, dual: Dual])[]): Dual {
  const by = new Map<number, number>();
  for (const [factor, dual] of terms)
    for (const [index, slope] of dual.by) by.set(index, (by.get(index) ?? 0) + factor * slope);
  return { value, by };
}

export function plus(a: Dual, b: Dual): Dual {
  return combine(a.value + b.value, [
    [1, a],
    [1, b],
  ]);
}

export function minus(a: Dual, b: Dual): Dual {
  return combine(a.value - b.value, [
    [1, a],
    [-1, b],
  ]);
}

export function scaled(a: Dual, factor: number): Dual {
  return combine(a.value * factor, [[factor, a]]);
}

export function times(a: Dual, b: Dual): Dual {
  return combine(a.value * b.value, [
    [b.value, a],
    [a.value, b],
  ]);
}

export function ratio(a: Dual, b: Dual): Dual {
  const value = a.value / b.value;
  return combine(value, [
    [1 / b.value, a],
    [-value / b.value, b],
  ]);
}

/** Share of a normal distribution that lies above x standard deviations. */
export function upperTail(x: Dual): Dual {
  const density = Math.exp(-0.5 * x.value * x.value) / Math.sqrt(2 * Math.PI);
  return combine(tail(x.value), [[-density, x]]);
}

/** ½ erfc(x/√2) for x ≥ 0: the continued fraction of Mills' ratio where it is quick, the series of the error function
 *  below (Abramowitz & Stegun 1964, 26.2.10 and 26.2.14). */
function tail(x: number): number {
  const density = Math.exp(-0.5 * x * x) / Math.sqrt(2 * Math.PI);
  if (x > 3) {
    let fraction = x;
    for (let k = 60; k >= 1; k--) fraction = x + k / fraction;
    return density / fraction;
  }
  let term = x,
    sum = x;
  for (let k = 1; k < 60; k++) {
    term *= (x * x) / (2 * k + 1);
    sum += term;
  }
  return 0.5 - density * sum;
}
