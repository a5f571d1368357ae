/** Sums of weighted products of columns: the vectorised kernel against plain loops, and against its scalar twin. */
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { loadKernels } from "../../src/wasm/load.ts";
import { check, workspaceOf } from "../../src/wasm/workspace.ts";
import { normals } from "../../src/invert/random.ts";

const bytes = (name: string): Uint8Array =>
  readFileSync(new URL(`../../build/${name}.wasm`, import.meta.url));
const kinds = { simd: "takagi", scalar: "takagi.scalar" };

/** Of columns with a stride beyond their points. */
async function sums(kind: keyof typeof kinds, n: number, points: number) {
  const { exports } = await loadKernels(bytes(kinds[kind])),
    workspace = workspaceOf(exports),
    normal = normals(n + points),
    stride = points + (points % 2) + 2,
    columns = Float64Array.from({ length: n * stride }, normal),
    weights = Float64Array.from({ length: points }, normal),
    residuals = Float64Array.from({ length: points }, normal);
  const found = workspace.scope(() => {
    const hessian = workspace.f64(n * n),
      gradient = workspace.f64(n);
    check(
      "normalEquations",
      exports.normalEquations(
        workspace.put(columns),
        n,
        stride,
        points,
        workspace.put(weights),
        workspace.put(residuals),
        hessian,
        gradient,
      ),
    );
    return { hessian: workspace.copy(hessian, n * n), gradient: workspace.copy(gradient, n) };
  });
  return { found, columns, weights, residuals, stride };
}

const SIZES = [
  [1, 1],
  [2, 3],
  [5, 64],
  [7, 129],
  [30, 401],
] as const;

test.each(Object.keys(kinds).flatMap((kind) => SIZES.map(([n, points]) => [kind, n, points] as const)))(
  "%s: %i columns of %i points",
  async (kind, n, points) => {
    const { found, columns, weights, residuals, stride } = await sums(kind as keyof typeof kinds, n, points);
    for (let a = 0; a < n; a++) {
      let slope = 0;
      for (let j = 0; j < points; j++) slope += columns[a * stride + j]! * weights[j]! * residuals[j]!;
      expect(Math.abs(found.gradient[a]! - slope)).toBeLessThan(1e-12 * points);
      for (let b = 0; b <= a; b++) {
        let sum = 0;
        for (let j = 0; j < points; j++)
          sum += columns[a * stride + j]! * columns[b * stride + j]! * weights[j]! ** 2;
        expect(Math.abs(found.hessian[a * n + b]! - sum)).toBeLessThan(1e-12 * points);
      }
    }
  },
);

test("the twins agree to rounding", async () => {
  const [one, other] = [await sums("simd", 30, 401), await sums("scalar", 30, 401)];
  one.found.hessian.forEach((value, k) => {
    if (k % 30 <= Math.floor(k / 30)) expect(Math.abs(value - other.found.hessian[k]!)).toBeLessThan(1e-11);
  });
});
