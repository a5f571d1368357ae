/** Profiles made of uniform cubic B-splines (Boulle et al. 2003, J. Appl. Cryst. 36 1424). */
import {
  InvalidParameterError,
  requireFiniteArray,
  requireInteger,
  requirePositive,
  requireWithin,
} from "../errors.ts";
import type { Profile } from "../types.ts";
import { type KernelOrigin, loadKernels } from "../wasm/load.ts";
import { check, type Workspace, workspaceOf } from "../wasm/workspace.ts";
import { tiedDebyeWaller } from "./disorder.ts";
import { evenDepths } from "./sampled.ts";

/** "smooth": strain leaves 0, and the Debye–Waller factor 1, smoothly at the interface (three fixed weights there).
 *  "abrupt": none are fixed. */
export type SplineShape = "smooth" | "abrupt";

/** A profile as cubic B-splines. */
export interface SplineProfileOptions {
  /** nm. */
  readonly thickness: number;
  /** %, interface first; at least 1 (smooth) or 4 (abrupt). */
  readonly strainWeights: ArrayLike<number>;
  /** Interface first. Absent: tied to the strain through `disorder`. */
  readonly debyeWallerWeights?: ArrayLike<number>;
  /** α of DW = exp(−α (e/e_max)²); 0 if absent. */
  readonly disorder?: number;
  /** "smooth" if absent. */
  readonly shape?: SplineShape;
  /** Number of depths, 501 if absent. */
  readonly points?: number;
  /** The kernels, where the default cannot be used. */
  readonly wasm?: KernelOrigin;
}

/** All weights, those fixed at the interface included. */
export function withInterface(weights: ArrayLike<number>, shape: SplineShape, fixed: number): number[] {
  return shape === "smooth" ? [fixed, fixed, fixed, ...Array.from(weights)] : Array.from(weights);
}

/** Spline of `weights` (all of them) at one relative height, 0 (interface) … 1 (surface), as assembly/math/bspline.ts. */
export function splineAt(weights: ArrayLike<number>, height: number): number {
  const intervals = weights.length - 3,
    position = height * intervals,
    // Rounding may carry a height beyond either end.
    cell = Math.max(Math.min(Math.floor(position), intervals - 1), 0),
    u = position - cell,
    v = 1 - u;
  return (
    (weights[cell] * v * v * v + weights[cell + 3] * u * u * u) / 6 +
    weights[cell + 1] * (2 / 3 - u * u * (1 - u / 2)) +
    weights[cell + 2] * (2 / 3 - v * v * (1 - v / 2))
  );
}

/** Spline of `weights` (all of them) at each relative height 0 (interface) … 1 (surface). */
export function splineValues(
  workspace: Workspace,
  weights: ArrayLike<number>,
  heights: ArrayLike<number>,
): Float64Array {
  return workspace.scope(() => {
    const out = workspace.f64(heights.length);
    const args = [
      workspace.put(weights),
      workspace.put(heights),
      heights.length,
      weights.length - 3,
      workspace.bytes(workspace.kernels.bsplineValuesScratch()),
      out,
    ] as const;
    check("bsplineValues", workspace.kernels.bsplineValues(...args));
    return workspace.copy(out, heights.length);
  });
}

/** Profile of cubic B-splines, sampled from the surface down.
 *  @throws {InvalidParameterError} @throws {NotFiniteError} */
export async function splineProfile(options: SplineProfileOptions): Promise<Profile> {
  const {
    thickness,
    strainWeights,
    debyeWallerWeights,
    disorder = 0,
    shape = "smooth",
    points = 501,
  } = options;
  requirePositive("thickness", thickness, "nm");
  requireWithin("disorder", disorder, 0, 1e3);
  requireInteger("points", points, 2, 100_000);
  const fewest = shape === "smooth" ? 1 : 4;
  for (const [name, weights] of [
    ["strainWeights", strainWeights],
    ["debyeWallerWeights", debyeWallerWeights],
  ] as const) {
    if (weights === undefined) continue;
    if (!(weights.length >= fewest))
      throw new InvalidParameterError(name, `at least ${fewest} weights`, weights);
    requireFiniteArray(name, weights);
  }
  const workspace = workspaceOf((await loadKernels(options.wasm)).exports);
  const depth = evenDepths(thickness, points);
  const heights = depth.map((z) => 1 - z / thickness);
  const strain = splineValues(workspace, withInterface(strainWeights, shape, 0), heights);
  const debyeWaller =
    debyeWallerWeights === undefined
      ? tiedDebyeWaller(strain, disorder)
      : splineValues(workspace, withInterface(debyeWallerWeights, shape, 1), heights).map(unrounded);
  return { depth, strain, debyeWaller };
}

/** 1 where rounding left a little more: the splines of weights 1 sum to 1 only almost. */
function unrounded(value: number): number {
  return value > 1 && value < 1 + 1e-12 ? 1 : value;
}
