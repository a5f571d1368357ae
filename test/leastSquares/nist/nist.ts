import type { NormalProblem } from "../../../src/leastSquares/normalFit.ts";
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
  /** Fills the residuals, and ∂residual/∂b row by row where wanted. */
  residuals(b: Float64Array, residuals: Float64Array, jacobian: Float64Array | null): void;
  problem(start: ArrayLike<number>): NormalProblem;
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
    const residuals: NistProblem["residuals"] = (b, out, jacobian) => {
      for (let i = 0; i < y.length; i++) {
        out[i] = model!(b, x[i]!, derivative) - y[i]!;
        jacobian?.set(derivative, i * n);
      }
    };
    return {
      name,
      level: stored.level,
      starts: stored.starts,
      parameters: stored.parameters,
      deviations: stored.deviations,
      cost: stored.cost,
      observations: y.length,
      residuals,
      problem: (start) => {
        const r = new Float64Array(y.length),
          jacobian = new Float64Array(y.length * n);
        return {
          start: Float64Array.from(start),
          lower: new Float64Array(n).fill(-Infinity),
          upper: new Float64Array(n).fill(Infinity),
          evaluate(b, { hessian, gradient }) {
            residuals(b, r, jacobian);
            hessian.fill(0);
            gradient.fill(0);
            for (let i = 0; i < r.length; i++)
              for (let k = 0; k < n; k++) {
                gradient[k]! += jacobian[i * n + k]! * r[i]!;
                for (let l = 0; l <= k; l++)
                  hessian[k * n + l]! += jacobian[i * n + k]! * jacobian[i * n + l]!;
              }
            return r.reduce((sum, value) => sum + value * value, 0);
          },
        };
      },
    };
  },
);

/** Number of equal significant digits: −log₁₀ of the relative error. */
export function digits(value: number, certified: number): number {
  return value === certified ? 17 : -Math.log10(Math.abs(value - certified) / Math.abs(certified));
}
