/** −2 ln posterior as least squares: its gradient and Gauss–Newton matrix are those of differences, its parts those of the whole. */
import { expect, test } from "vitest";
import { anchorAt } from "../../src/invert/climb.ts";
import { FINE, type Precision } from "../../src/invert/precision.ts";
import type { Objective, Terms } from "../../src/invert/objective.ts";
import type { Place } from "../../src/invert/unknowns.ts";
import { type Kind, simulated } from "./problems.ts";

/** The gradient, half of that of −2 ln posterior, against central differences; relative to the largest of each unknown's scale. */
function compare(objective: Objective, { x, sign }: Place, terms: Omit<Terms, "sign" | "prior">): void {
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

const KINDS: [string, Kind, Precision][] = [
  ["integrated resolution, free disorder", { disorder: "free", isSummed: false }, FINE],
  ["integrated resolution, tied disorder", { disorder: "tied", isSummed: false }, FINE],
  ["summed resolution, tied disorder", { disorder: "tied", isSummed: true }, FINE],
];

test.each(KINDS)("the gradient is that of differences: %s", async (_, kind, precision) => {
  const { problem, truth } = await simulated(kind),
    objective = problem.objectiveAt(precision, truth.x),
    x = truth.x.slice(),
    u = problem.unknowns;
  // Beside the truth, where no derivative vanishes.
  x[u.thickness]! += 0.01;
  x[u.scale]! -= 0.02;
  for (let k = 0; k < u.weights; k++) x[u.shape + k]! *= 1 + 0.03 * Math.sin(k);
  const place = { x: problem.bound(x), sign: truth.sign },
    errors = new Float64Array(objective.points).fill(0.02);
  compare(objective, place, { errors });
  compare(objective, place, { errors, anchor: anchorAt(problem, truth.x) });
});
