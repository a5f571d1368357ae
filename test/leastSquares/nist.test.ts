/** Levenberg–Marquardt on normal equations against the nonlinear problems of the NIST Statistical Reference Datasets.
 *
 *  51 of its 54 fits have the certified parameters to 5.9 digits or more; the other three are named. */
import { describe, expect, test } from "vitest";
import { cholesky, inverseOfFactored } from "../../src/leastSquares/linear.ts";
import { normalFit } from "../../src/leastSquares/normalFit.ts";
import { digits, nistProblems } from "./nist/nist.ts";

/** Starts from which a fit ends elsewhere. The steps are scaled to the diagonal of JᵀJ where the fit is, not to the largest one
 *  that it has met: a parameter that the data hardly feel there is carried out of their sight. */
const ELSEWHERE: Record<string, string> = {
  "MGH17 from start 0": "the derivative by b5 is 1e-6 of the residuals: a rate becomes infinite",
  "BoxBOD from start 0": "the rate becomes so large that all six values are the plateau",
  "MGH10 from start 0": "the curved valley, 3000 steps on, still leads from b1 = 1e-27 to 6e-3",
};
/** Digits of parameters that hold everywhere else: normal equations square the condition of the Jacobian. */
const DIGITS = 5.9;
/** Of their standard deviations: Lanczos1's are the rounding errors of its data and of f64. */
const DEVIATION_DIGITS: Record<string, number> = { Lanczos1: 1 };

test("all 27 problems are there", () => expect(nistProblems.length).toBe(27));

describe.each(nistProblems)("NIST StRD $name ($level level)", (nist) => {
  const n = nist.parameters.length;

  test("the data give the certified sum of squares at the certified parameters", () => {
    const residuals = new Float64Array(nist.observations);
    nist.residuals(Float64Array.from(nist.parameters), residuals, null);
    const cost = residuals.reduce((sum, r) => sum + r * r, 0);
    // Lanczos1: eleven digits of its parameters are too few for its sum of squares.
    if (nist.name === "Lanczos1") expect(cost).toBeLessThan(1e-19);
    else expect(digits(cost, nist.cost)).toBeGreaterThan(9.5);
  });

  test.each([0, 1].filter((which) => !(`${nist.name} from start ${which}` in ELSEWHERE)))(
    "from start %i",
    (which) => {
      const { x, cost, converged, normal } = normalFit(nist.problem(nist.starts[which]!), {
        maxIterations: 3000,
        costTolerance: 1e-16,
      });
      // Lanczos1's squares sum to 1e-25, the rounding of its data: no step lowers them.
      expect(converged).toBe(nist.name !== "Lanczos1");
      const factor = normal.hessian.slice();
      expect(cholesky(factor, n)).toBe(true);
      const inverse = inverseOfFactored(factor, n);
      for (let j = 0; j < n; j++) {
        expect(digits(x[j]!, nist.parameters[j]!), `b${j + 1}`).toBeGreaterThan(DIGITS);
        const deviation = Math.sqrt((inverse[j * n + j]! * cost) / (nist.observations - n));
        expect(digits(deviation, nist.deviations[j]!), `deviation of b${j + 1}`).toBeGreaterThan(
          DEVIATION_DIGITS[nist.name] ?? 4,
        );
      }
      if (nist.name !== "Lanczos1") expect(digits(cost, nist.cost)).toBeGreaterThan(9);
    },
  );
});
