/** −2 ln posterior as least squares: its gradient and Gauss–Newton matrix are those of differences, its parts those of the whole. */
import { test } from "vitest";
import { anchorAt } from "../../src/invert/climb.ts";
import { FINE, type Precision } from "../../src/invert/precision.ts";
import { compareGradient } from "./gradients.ts";
import { type Kind, simulated } from "./problems.ts";

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
  compareGradient(objective, place, { errors });
  compareGradient(objective, place, { errors, anchor: anchorAt(problem, truth.x) });
});
