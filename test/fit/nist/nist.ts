import type { LeastSquaresProblem } from "../../../src/fit/levenbergMarquardt.ts";
import { models } from "./models.ts";
import data from "./problems.json" with { type: "json" };

export interface NistProblem {
  readonly name: string;
  readonly level: string;
  readonly starts: number[][];
  readonly parameters: number[];
  readonly deviations: number[];
  readonly cost: number;
  readonly observations: number;
  problem(start: ArrayLike<number>): LeastSquaresProblem;
}

interface Stored {
  level: string;
  starts: number[][];
  parameters: number[];
  deviations: number[];
  cost: number;
  x?: (number | number[])[];
  y: number[];
}

export const nistProblems: NistProblem[] = Object.entries(data.problems as Record<string, Stored>).map(
  ([name, stored]) => {
    const model = models[name];
    const x = stored.x ?? stored.y.map((_, i) => i + 1);
    const y = name === "Nelson" ? stored.y.map(Math.log) : stored.y;
    const n = stored.parameters.length;
    const derivative = new Float64Array(n);
    return {
      name,
      level: stored.level,
      starts: stored.starts,
      parameters: stored.parameters,
      deviations: stored.deviations,
      cost: stored.cost,
      observations: y.length,
      problem: (start) => ({
        residualCount: y.length,
        start,
        evaluate(b, residuals, jacobian) {
          for (let i = 0; i < y.length; i++) {
            residuals[i] = model(b, x[i], derivative) - y[i];
            if (jacobian) jacobian.set(derivative, i * n);
          }
        },
      }),
    };
  },
);

/** Number of equal significant digits: −log₁₀ of the relative error. */
export function digits(value: number, certified: number): number {
  return value === certified ? 17 : -Math.log10(Math.abs(value - certified) / Math.abs(certified));
}
