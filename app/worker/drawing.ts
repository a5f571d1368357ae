/** The curve of what is drawn. */
import {
  createSimulator,
  type Deviation,
  type Instrument,
  type Profile,
  type Reflection,
  type Sample,
  splineProfile,
  type Stack,
  stackProfile,
} from "takagi";
import { isStack } from "../model.ts";
import type { Model, SplineModel } from "../session.ts";
import type { Preview } from "./protocol.ts";

/** Depths at which a profile is drawn. */
const DEPTHS = 301;

/** What a curve is computed with. */
export interface DrawnWith {
  readonly reflection: Reflection;
  readonly sample: Sample;
  readonly instrument: Instrument;
  readonly deviation: Deviation;
  /** Degrees. */
  readonly twoTheta: Float64Array;
  /** A frame of a drag: computed faster, to three digits. */
  readonly isDraft: boolean;
  /** Of a model of layers: the SDK's. */
  readonly stack?: Stack;
}

export async function drawnCurve(
  model: Model,
  { reflection, sample, instrument, deviation, twoTheta, isDraft, stack }: DrawnWith,
): Promise<Preview> {
  const simulator = await createSimulator();
  if (isStack(model)) {
    if (stack === undefined) throw new Error("layers without their crystals cannot be drawn");
    const { intensity } = simulator.simulateStack(stack, twoTheta, { instrument, deviation });
    return { profile: profileOfStack(stack), intensity, stack };
  }
  const profile = await profileOf(model);
  const { intensity } = simulator.simulate(profile, reflection, twoTheta, {
    sample,
    instrument,
    deviation,
    kernel: isDraft ? "fast" : "simd",
  });
  return { profile, intensity };
}

export async function profileOf({
  thickness,
  strainWeights,
  debyeWallerWeights,
}: SplineModel): Promise<Profile> {
  const profile = await splineProfile({ thickness, strainWeights, debyeWallerWeights, points: DEPTHS });
  // Rounding may leave a spline of ones a hair above 1.
  return { ...profile, debyeWaller: profile.debyeWaller.map((w) => Math.min(Math.max(w, 0), 1)) };
}

/** Against depth; the bare substrate has no strain. */
function profileOfStack(stack: Stack): Profile {
  return stack.layers.length > 0
    ? stackProfile(stack)
    : { depth: Float64Array.of(0, 1), strain: new Float64Array(2), debyeWaller: Float64Array.of(1, 1) };
}
