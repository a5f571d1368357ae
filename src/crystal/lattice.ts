/** Geometry of the lattice: volumes, spacings and angles of any crystal system, by metric tensors. */

import {
  InvalidParameterError,
  requireInteger,
  requirePositive,
  UnreachableReflectionError,
} from "../errors.ts";
import type { Cell, Hkl } from "../types.ts";
import { DEGREES, RADIANS } from "../units.ts";

/** A symmetric 3×3 matrix by rows. */
export type Metric = readonly [
  readonly [number, number, number],
  readonly [number, number, number],
  readonly [number, number, number],
];

const MAX_INDEX = 1000;

/** G_ij = a_i · a_j, Å². International Tables B, 1.1.2.
 *  @throws {InvalidParameterError} if lengths or angles cannot make a cell */
export function metric(cell: Cell): Metric {
  requirePositive("cell.a", cell.a, "Å");
  requirePositive("cell.b", cell.b, "Å");
  requirePositive("cell.c", cell.c, "Å");
  const cosAlpha = cosine("cell.alpha", cell.alpha);
  const cosBeta = cosine("cell.beta", cell.beta);
  const cosGamma = cosine("cell.gamma", cell.gamma);
  const { a, b, c } = cell;
  const ab = a * b * cosGamma;
  const ac = a * c * cosBeta;
  const bc = b * c * cosAlpha;
  // (V/abc)²; angles such as 20°, 20°, 90° span nothing.
  const flatness = 1 - cosAlpha ** 2 - cosBeta ** 2 - cosGamma ** 2 + 2 * cosAlpha * cosBeta * cosGamma;
  if (!(flatness > 1e-8)) {
    throw new InvalidParameterError(
      "cell",
      "a cell with a volume",
      `angles ${cell.alpha}, ${cell.beta}, ${cell.gamma}°`,
    );
  }
  return [
    [a * a, ab, ac],
    [ab, b * b, bc],
    [ac, bc, c * c],
  ];
}

/** Volume of the unit cell, Å³.
 *  @throws {InvalidParameterError} */
export function cellVolume(cell: Cell): number {
  return Math.sqrt(determinant(metric(cell)));
}

/** G*_ij = a*_i · a*_j, Å⁻²: the inverse of the metric (no factor 2π).
 *  @throws {InvalidParameterError} */
export function reciprocalMetric(cell: Cell): Metric {
  const g = metric(cell);
  const det = determinant(g);
  const cofactor = (i: number, j: number): number => {
    const [r, s] = [(i + 1) % 3, (i + 2) % 3];
    const [p, q] = [(j + 1) % 3, (j + 2) % 3];
    return (g[r]![p]! * g[s]![q]! - g[r]![q]! * g[s]![p]!) / det;
  };
  return [
    [cofactor(0, 0), cofactor(0, 1), cofactor(0, 2)],
    [cofactor(1, 0), cofactor(1, 1), cofactor(1, 2)],
    [cofactor(2, 0), cofactor(2, 1), cofactor(2, 2)],
  ];
}

/** Spacing of the planes hkl, Å: d⁻² = h·G*·h.
 *  @throws {InvalidParameterError} */
export function dSpacing(cell: Cell, hkl: Hkl): number {
  requireHkl("hkl", hkl);
  return 1 / Math.sqrt(product(reciprocalMetric(cell), hkl, hkl));
}

/** Bragg angle θ in degrees, λ = 2 d sin θ; without refraction.
 *  @param d Å @param wavelength Å
 *  @throws {UnreachableReflectionError} if λ > 2d @throws {InvalidParameterError} */
export function braggAngle(d: number, wavelength: number): number {
  requirePositive("d", d, "Å");
  requirePositive("wavelength", wavelength, "Å");
  const sine = wavelength / (2 * d);
  if (sine > 1) {
    throw new UnreachableReflectionError(
      `wavelength ${wavelength} Å is longer than 2d = ${(2 * d).toFixed(5)} Å: no Bragg angle`,
    );
  }
  return Math.asin(sine) * DEGREES;
}

/** Angle between two families of lattice planes (between their normals, with their senses), degrees in [0, 180].
 *  Exactly 0 for parallel indices.
 *  @throws {InvalidParameterError} */
export function planeAngle(cell: Cell, a: Hkl, b: Hkl): number {
  requireHkl("a", a);
  requireHkl("b", b);
  // a* × b* = u/V with u the direct vector whose indices are the integer cross product: no cancellation.
  const zone: Hkl = [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]];
  const cross = Math.sqrt(product(metric(cell), zone, zone)) / cellVolume(cell);
  return Math.atan2(cross, product(reciprocalMetric(cell), a, b)) * DEGREES;
}

/** @throws {InvalidParameterError} unless three integers, not all 0 */
export function requireHkl(name: string, hkl: Hkl): void {
  if (!Array.isArray(hkl) || hkl.length !== 3)
    throw new InvalidParameterError(name, "three Miller indices", hkl);
  hkl.forEach((index, i) => requireInteger(`${name}[${i}]`, index, -MAX_INDEX, MAX_INDEX));
  if (hkl.every((index) => index === 0))
    throw new InvalidParameterError(name, "Miller indices other than 000", "000");
}

/** a·M·b. */
export function product(m: Metric, a: readonly number[], b: readonly number[]): number {
  let sum = 0;
  for (let i = 0; i < 3; i++) for (let j = 0; j < 3; j++) sum += a[i]! * m[i]![j]! * b[j]!;
  return sum;
}

function determinant(m: Metric): number {
  return (
    m[0][0] * (m[1][1] * m[2][2] - m[1][2] * m[2][1]) -
    m[0][1] * (m[1][0] * m[2][2] - m[1][2] * m[2][0]) +
    m[0][2] * (m[1][0] * m[2][1] - m[1][1] * m[2][0])
  );
}

function cosine(name: string, degrees: number): number {
  if (!(typeof degrees === "number" && degrees > 0 && degrees < 180)) {
    throw new InvalidParameterError(name, "between 0 and 180°", degrees);
  }
  // cos of 90° is 6e-17 in floating point; an exact 0 keeps cubic cells cubic.
  return degrees === 90 ? 0 : Math.cos(degrees * RADIANS);
}
