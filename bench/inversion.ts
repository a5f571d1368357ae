/** What an iteration of an inversion costs: the curve, the curve with all derivatives and normal equations, the linear step; CPU
 *  time, so that a busy machine does not tell. */
import { FINE, type Precision, ROUGH } from "../src/invert/precision.ts";
import { readFeatures } from "../src/invert/features.ts";
import { flatPopulation } from "../src/invert/populations.ts";
import { splineProblem } from "../src/invert/splines.ts";
import { normalFit } from "../src/leastSquares/normalFit.ts";
import { createSimulator } from "../src/simulate/simulator.ts";
import { profileOf } from "../src/invert/unknowns.ts";
import type { Reflection } from "../src/types.ts";
import type { Kernels } from "../src/wasm/load.ts";
import { workspaceOf } from "../src/wasm/workspace.ts";

/** µs. */
export interface IterationTimes {
  readonly points: number;
  readonly rough: { readonly curve: number; readonly normalEquations: number };
  readonly fine: { readonly curve: number; readonly normalEquations: number };
  /** Of one damped step of as many unknowns. */
  readonly step: number;
}

/** Least CPU time of a call, µs. */
function cpu(work: () => void, calls: number, rounds = 7): number {
  let least = Infinity;
  for (let round = 0; round < rounds; round++) {
    const before = process.cpuUsage();
    for (let i = 0; i < calls; i++) work();
    const { user, system } = process.cpuUsage(before);
    least = Math.min(least, (user + system) / calls);
  }
  return least;
}

/** A film of ten splines in a scan of `points` angles.
 *  @param thickness nm: 110 and 350 need about 160 and 500 slices */
export async function iterationTimes(
  kernels: Kernels,
  reflection: Reflection,
  { points, thickness, from, to }: { points: number; thickness: number; from: number; to: number },
): Promise<IterationTimes> {
  const film = {
      thickness,
      strainWeights: Float64Array.from({ length: 10 }, (_, i) => 1.1 * Math.sin((i + 1) / 3.5)),
      debyeWallerWeights: Float64Array.from({ length: 10 }, (_, i) => 1 - 0.07 * i),
    },
    twoTheta = Float64Array.from({ length: points }, (_, i) => from + ((to - from) * i) / (points - 1)),
    simulator = await createSimulator(),
    { intensity } = simulator.simulate(profileOf(film), reflection, twoTheta, {
      instrument: { resolution: { shape: "gaussian", fwhm: 0.02 }, scale: 1e5, background: 3 },
    }),
    scan = { twoTheta, intensity: simulator.counts(intensity, 1), countUnit: 1 };
  const features = readFeatures(scan, reflection, {}),
    problem = splineProblem({
      workspace: workspaceOf(kernels.exports),
      simd: kernels.simd,
      scan,
      countUnit: 1,
      used: new Uint8Array(points).fill(1),
      reflection,
      sample: {},
      deviation: "exact",
      instrument: {},
      features,
      population: flatPopulation(10),
      splines: 10,
      isSummed: false,
      held: {},
      known: [],
      mostStrain: 12,
      fwhm: [0.1 * features.fwhm, 2 * features.fwhm],
      floor: 0.01,
    }),
    place = problem.place(film, { fwhm: 0.02 });
  problem.screen(place, new Float64Array(problem.points).fill(1));
  const n = problem.unknowns.count,
    normal = { hessian: new Float64Array(n * n), gradient: new Float64Array(n) },
    terms = { sign: place.sign, prior: problem.films.prior.near(place.x) };
  const of = (precision: Precision): { curve: number; normalEquations: number } => {
    const objective = problem.objectiveAt(precision, place.x),
      all = { ...terms, errors: new Float64Array(objective.points).fill(0.02) };
    return {
      curve: cpu(() => void objective.squares(place.x, all, null), 10),
      normalEquations: cpu(() => void objective.squares(place.x, all, normal), 5),
    };
  };
  const rough = of(ROUGH),
    fine = of(FINE);
  // A quadratic with the same Hessian: what remains is the step alone.
  const target = place.x.map((value, k) => value + 1e-3 / Math.sqrt(normal.hessian[k * n + k]! + 1)),
    step = cpu(
      () =>
        void normalFit(
          {
            start: place.x,
            lower: place.x.map(() => -Infinity),
            upper: place.x.map(() => Infinity),
            evaluate: (x, to) => {
              to.hessian.set(normal.hessian);
              let sum = 0;
              for (let k = 0; k < n; k++) {
                to.gradient[k] = x[k]! - target[k]!;
                sum += to.gradient[k]! ** 2;
              }
              return sum;
            },
          },
          { maxIterations: 1 },
        ),
      50,
    );
  return { points, rough, fine, step };
}
