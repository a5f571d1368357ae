/** Whether an objective's derivatives are those of differences. */
import { expect } from "vitest";
import type { Squares, Terms } from "../../src/invert/objective.ts";
import type { Place } from "../../src/invert/unknowns.ts";

/** The gradient, half of that of −2 ln posterior, against central differences; relative to the largest of each unknown's scale. */
export function compareGradient(
  objective: Squares,
  { x, sign }: Place,
  terms: Omit<Terms, "sign" | "prior">,
): void {
  const n = x.length,
    prior = objective.prior.near(x),
    all: Terms = { ...terms, sign, prior },
    normal = { hessian: new Float64Array(n * n), gradient: new Float64Array(n) },
    { lower, upper } = objective.bounds;
  objective.squares(x, all, normal);
  const free = Array.from({ length: n }, (_, k) => k).filter((k) => upper[k]! > lower[k]!);
  for (const k of free) {
    const at = (step: number): number =>
      objective.squares(
        x.map((value, i) => (i === k ? value + step : value)),
        all,
        null,
      );
    // In steps of the unknown's own uncertainty all gradients have one size.
    const sigma = 1 / Math.sqrt(normal.hessian[k * n + k]!),
      h = 0.02 * sigma,
      // Third-order: (8 (f₁ − f₋₁) − (f₂ − f₋₂))/12h.
      slope = (8 * (at(h) - at(-h)) - (at(2 * h) - at(-2 * h))) / (12 * h);
    const largest = Math.max(
      ...free.map((i) => Math.abs(normal.gradient[i]!) / Math.sqrt(normal.hessian[i * n + i]!)),
    );
    expect((Math.abs(slope / 2 - normal.gradient[k]!) * sigma) / largest, `unknown ${k}`).toBeLessThan(1e-4);
  }
}
