/** Times of the model that inversions are made of: CPU time, so that a busy machine does not tell. */
import { FINE, ROUGH } from "../src/invert/curveModel.ts";
import { type Kind, simulated } from "../test/invert/problems.ts";

export interface ModelTimes {
  /** ms of one evaluation of the rough model. */
  readonly value: number;
  /** The same with the normal equations of all unknowns. */
  readonly jacobian: number;
  /** The latter of the fine model. */
  readonly exact: number;
}

/** Least CPU time of a call, ms, of `rounds` rounds of `calls`. */
function cpu(work: () => void, calls: number, rounds = 7): number {
  let least = Infinity;
  for (let round = 0; round < rounds; round++) {
    const before = process.cpuUsage();
    for (let i = 0; i < calls; i++) work();
    const { user, system } = process.cpuUsage(before);
    least = Math.min(least, (user + system) / 1000 / calls);
  }
  return least;
}

/** The objective of a simulated scan (test/invert/problems.ts). */
export async function modelTimes(kind: Kind, calls = 10): Promise<ModelTimes> {
  const { problem, truth } = await simulated(kind),
    n = truth.x.length,
    normal = { hessian: new Float64Array(n * n), gradient: new Float64Array(n) };
  const [rough, fine] = [ROUGH, FINE].map((precision) => {
    const objective = problem.objectiveAt(precision, truth.x),
      terms = {
        sign: truth.sign,
        component: objective.prior.component(truth.x),
        errors: new Float64Array(objective.points).fill(0.01),
      };
    return {
      value: () => void objective.squares(truth.x, terms, null),
      derivatives: () => void objective.squares(truth.x, terms, normal),
    };
  }) as [Record<"value" | "derivatives", () => void>, Record<"value" | "derivatives", () => void>];
  return {
    value: cpu(rough.value, calls),
    jacobian: cpu(rough.derivatives, calls),
    exact: cpu(fine.derivatives, 1, 3),
  };
}
