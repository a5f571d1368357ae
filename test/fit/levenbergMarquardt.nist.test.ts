import { describe, expect, test } from "vitest";
import { levenbergMarquardt } from "../../src/fit/levenbergMarquardt.ts";
import { models } from "./nist/models.ts";
import { digits, nistProblems } from "./nist/nist.ts";

/** Digits wanted of the certified standard deviations where six are out of reach: the residuals of Lanczos1 (1e-13) are
 *  the rounding errors of its data and of double precision, of which the certified values know only the former. */
const reachable: Record<string, number> = { Lanczos1: 2.5 };
/** Problems that a far start leads through a long curved valley, with the iterations that they may need; others have 150. */
const long: Record<string, number> = { Bennett5: 1500, MGH17: 600, MGH10: 400 };

test("all 27 problems are there", () => expect(nistProblems.length).toBe(27));

describe.each(nistProblems)("NIST StRD $name ($level level)", (nist) => {
  const n = nist.parameters.length;

  test("the data give the certified sum of squares at the certified parameters", () => {
    const residuals = new Float64Array(nist.observations);
    nist.problem(nist.parameters).evaluate(Float64Array.from(nist.parameters), residuals, null);
    const cost = residuals.reduce((sum, r) => sum + r * r, 0);
    // Lanczos1: eleven digits of its parameters are too few for its sum of squares.
    if (nist.name === "Lanczos1") expect(cost).toBeLessThan(1e-19);
    else expect(digits(cost, nist.cost)).toBeGreaterThan(9.5);
  });

  test("the derivatives are those of the model", () => {
    const x = Float64Array.from(nist.starts[1]);
    const m = nist.observations;
    const jacobian = new Float64Array(m * n);
    const plus = new Float64Array(m);
    const minus = new Float64Array(m);
    const { evaluate } = nist.problem(x);
    evaluate(x, plus, jacobian);
    for (let j = 0; j < n; j++) {
      const step = 1e-5 * Math.abs(x[j]);
      const at = (sign: number) => x.map((v, k) => (k === j ? v + sign * step : v));
      evaluate(at(1), plus, null);
      evaluate(at(-1), minus, null);
      let norm = 0;
      let error = 0;
      for (let i = 0; i < m; i++) {
        norm = Math.max(norm, Math.abs(jacobian[i * n + j]));
        error = Math.max(error, Math.abs((plus[i] - minus[i]) / (2 * step) - jacobian[i * n + j]));
      }
      expect(error / norm, `b${j + 1}`).toBeLessThan(1e-5);
    }
    expect(models[nist.name]).toBeDefined();
  });

  test.each([0, 1])("from start %#, parameters and standard deviations to six digits", (which) => {
    const result = levenbergMarquardt(nist.problem(nist.starts[which]), {
      maxIterations: long[nist.name] ?? 150,
      costTolerance: 1e-16,
      stepTolerance: 1e-12,
    });
    expect(result.converged, result.reason).toBe(true);
    expect(result.rank).toBe(n);
    for (let j = 0; j < n; j++) {
      expect(digits(result.x[j], nist.parameters[j]), `b${j + 1}`).toBeGreaterThan(6);
      const deviation = Math.sqrt((result.covariance[j * n + j] * result.cost) / (nist.observations - n));
      expect(digits(deviation, nist.deviations[j]), `deviation of b${j + 1}`).toBeGreaterThan(
        reachable[nist.name] ?? 6,
      );
    }
    if (nist.name !== "Lanczos1") expect(digits(result.cost, nist.cost)).toBeGreaterThan(9.5);
  });
});
