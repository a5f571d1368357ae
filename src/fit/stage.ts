/** One least-squares fit of a scan: a start, bounds, and what came of it. */
import { splineValues, withInterface } from "../profile/spline.ts";
import {
  levenbergMarquardt,
  levenbergMarquardtSteps,
  type LeastSquaresResult,
} from "./levenbergMarquardt.ts";
import { INSTRUMENT_PARAMETERS, type Layout, ScanModel, type ModelSetting } from "./model.ts";
import { type ResidualKind, residual } from "./residual.ts";

/** A state of the fit: parameters as Layout has them for this number of splines. */
export interface State {
  readonly splines: number;
  readonly x: Float64Array;
}

/** Parameters that are held, as Layout has them. */
export interface Held {
  readonly thickness?: number;
  readonly width?: number;
  readonly offset?: number;
  readonly scale?: number;
  readonly background?: number;
  readonly backgroundSlope?: number;
  readonly lorentzFraction?: number;
  /** Strain and Debye–Waller factor keep their values. */
  readonly profile?: boolean;
}

export interface StageSetting {
  readonly base: Omit<ModelSetting, "splines" | "thickness" | "coarseness" | "isShapeFree">;
  readonly intensity: Float64Array;
  readonly used: Uint8Array;
  /** How many are used. */
  readonly points: number;
  readonly countUnit: number;
  /** Relative error of every intensity beside the counting. */
  readonly relativeError: number;
  readonly held: Held;
  /** Largest background, intensity. */
  readonly mostBackground: number;
  /** Offset allowed: about this value, by this much (degrees 2θ). */
  readonly offset: readonly [centre: number, range: number];
  readonly signal?: AbortSignal;
  /** Iterations that all stages together may still take; counted down. */
  readonly budget: { left: number };
}

export interface StageOptions {
  readonly kind: ResidualKind;
  readonly relativeError: number;
  readonly iterations: number;
  readonly costTolerance: number;
  /** See ModelSetting; 1 if absent. */
  readonly coarseness?: number;
}

export interface Fitted extends State {
  readonly model: ScanModel;
  readonly result: LeastSquaresResult;
  /** Σr² of the stage's own residual. */
  readonly cost: number;
}

/** Weights of `splines` splines that follow the one of `weights` best, in the sense of least squares: fringes tell a
 *  profile by its phase, which a cruder transfer would lose.
 *  @param fixed value of the three weights at the interface */
function refit(
  weights: Float64Array,
  fixed: number,
  splines: number,
  workspace: ModelSetting["workspace"],
): Float64Array {
  const count = 6 * Math.max(splines, weights.length);
  const heights = Float64Array.from({ length: count }, (_, i) => (i + 0.5) / count);
  const target = splineValues(workspace, withInterface(weights, "smooth", fixed), heights);
  const basis = Array.from({ length: splines }, (_, k) =>
    splineValues(
      workspace,
      Float64Array.from({ length: splines + 3 }, (_, i) => (i === k + 3 ? 1 : 0)),
      heights,
    ),
  );
  const { x } = levenbergMarquardt(
    {
      residualCount: count,
      start: new Float64Array(splines).fill(fixed),
      evaluate: (w, residuals, jacobian) => {
        residuals.set(
          splineValues(workspace, withInterface(w, "smooth", fixed), heights).map((v, i) => v - target[i]),
        );
        if (jacobian !== null) basis.forEach((b, k) => b.forEach((v, i) => (jacobian[i * splines + k] = v)));
      },
    },
    { firstStep: 1e3, maxIterations: 5 },
  );
  return x;
}

/** The same profile by another number of splines. */
export function resample(state: State, splines: number, workspace: ModelSetting["workspace"]): Float64Array {
  const from = state.splines;
  if (from === splines) return state.x.slice();
  const x = new Float64Array(1 + 2 * splines + INSTRUMENT_PARAMETERS);
  x[0] = state.x[0];
  x.set(refit(state.x.subarray(1, 1 + from), 0, splines, workspace), 1);
  x.set(refit(state.x.subarray(1 + from, 1 + 2 * from), 1, splines, workspace), 1 + splines);
  x.set(state.x.subarray(1 + 2 * from), 1 + 2 * splines);
  return x;
}

/** A pure Lorentzian is given, not found. */
const MOST_LORENTZ = 0.95;

function bounds(
  layout: Layout,
  x: Float64Array,
  setting: StageSetting,
): { lower: Float64Array; upper: Float64Array; fixed: boolean[] } {
  const lower = new Float64Array(layout.count),
    upper = new Float64Array(layout.count);
  const fixed = new Array<boolean>(layout.count).fill(false);
  const [least, most] = setting.base.strain;
  const put = (index: number, low: number, high: number): void => {
    lower[index] = low;
    upper[index] = high;
    x[index] = Math.min(Math.max(x[index], low), high);
  };
  put(layout.thickness, x[0] - Math.LN2, x[0] + Math.LN2);
  for (let i = 0; i < layout.splines; i++) {
    put(layout.strain + i, least, most);
    put(layout.debyeWaller + i, 0, 1);
  }
  put(layout.width, Math.log(0.1), Math.log(2));
  put(layout.offset, setting.offset[0] - setting.offset[1], setting.offset[0] + setting.offset[1]);
  put(layout.scale, x[layout.scale] - 4, x[layout.scale] + 4);
  const { twoTheta } = setting.base;
  const steepest = (2 * setting.mostBackground) / (twoTheta[twoTheta.length - 1] - twoTheta[0]);
  put(layout.background, 0, setting.mostBackground);
  put(layout.backgroundSlope, -steepest, steepest);
  put(layout.lorentzFraction, 0, MOST_LORENTZ);
  const { profile, ...numbers } = setting.held;
  if (profile === true) fixed.fill(true, 0, layout.width);
  for (const [name, value] of Object.entries(numbers)) {
    const index = layout[name as keyof typeof numbers];
    x[index] = value;
    lower[index] = upper[index] = value;
    fixed[index] = true;
  }
  return { lower, upper, fixed };
}

/** Milliseconds of work between two turns of the event loop, in which an abort is heard and progress seen. */
export const TURN = 40;

/** Fits from `state` with `splines` splines.
 *  @throws the signal's reason when aborted */
export async function runStage(
  state: State,
  splines: number,
  setting: StageSetting,
  options: StageOptions,
): Promise<Fitted> {
  const x = resample(state, splines, setting.base.workspace);
  const model = new ScanModel({
    ...setting.base,
    splines,
    thickness: 1.3 * Math.exp(x[0]),
    coarseness: options.coarseness ?? 1,
    isShapeFree: setting.held.lorentzFraction === undefined,
  });
  const { layout } = model;
  const box = bounds(layout, x, setting);
  const { intensity, used, countUnit, budget, signal } = setting;
  const compare = residual(options.kind, intensity, countUnit, options.relativeError);
  const count = intensity.length,
    n = layout.count;
  const derivatives = new Float64Array(count * n),
    last = new Float64Array(n).fill(NaN);
  let calculated: Float64Array = new Float64Array(count);
  const steps = levenbergMarquardtSteps(
    {
      residualCount: count,
      start: x,
      ...box,
      evaluate: (parameters, residuals, jacobian) => {
        // Most trial points are accepted and asked for again with derivatives, which cost little more than the curve.
        if (jacobian === null || !last.every((value, c) => value === parameters[c])) {
          calculated = model.evaluate(parameters, derivatives);
          last.set(parameters);
        }
        for (let i = 0; i < count; i++) {
          const m = Math.max(calculated[i], 1e-3 * countUnit);
          residuals[i] = used[i] === 1 ? compare.value(i, m) : 0;
          if (jacobian === null) continue;
          const slope = used[i] === 1 ? compare.slope(i, m) : 0;
          for (let c = i * n; c < (i + 1) * n; c++) jacobian[c] = derivatives[c] * slope;
        }
      },
    },
    {
      maxIterations: Math.min(options.iterations, Math.max(budget.left, 0)),
      costTolerance: options.costTolerance,
      firstStep: 0.3,
      ...(signal !== undefined && { signal }),
    },
  );
  let turn = performance.now();
  for (;;) {
    const { done, value } = steps.next();
    if (done === true) {
      budget.left -= value.iterations;
      return { splines, x: value.x, model, result: value, cost: value.cost };
    }
    if (performance.now() - turn > TURN) {
      await new Promise((resolve) => setTimeout(resolve, 0));
      turn = performance.now();
    }
  }
}
