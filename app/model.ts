/** Models that can be dragged and typed: from solutions, by handles, by parameters. */
import type { FixedParameter, Resolution, Solution } from "takagi";
import { type DrawnLayer, type Periods, thicknessOf } from "./layers.ts";
import type { Drawable, Experiment, Model, SplineModel, StackModel } from "./session.ts";

export type Quantity = "strain" | "debyeWaller";

/** Weights below the interface, where the spline joins the unstrained crystal. */
const AT_INTERFACE = { strain: 0, debyeWaller: 1 } as const;

export function isStack(model: Model): model is StackModel {
  return "layers" in model;
}

/** The model of a solution: the fit's own weights, or its layers.
 *  @param layers of a solution of layers, with their crystals */
export function modelOf(solution: Solution, layers: Periods<DrawnLayer> | undefined): Model {
  const {
    parameters: { names, values },
    thickness,
    instrument,
  } = solution;
  if (layers !== undefined) return { layers, instrument };
  const weights = (prefix: string): number[] =>
    names.flatMap((name, i) => (name.startsWith(prefix) ? [values[i]!] : []));
  return {
    thickness,
    strainWeights: weights("strainWeight"),
    debyeWallerWeights: weights("debyeWallerWeight").map((w) => Math.min(Math.max(w, 0), 1)),
    instrument,
  };
}

/** The entry with one solution of its answer shown, as it was found. */
export function atSolution<E extends Drawable>(entry: E, solution: number): E {
  const own = entry.answer?.solutions[solution];
  return own === undefined
    ? entry
    : { ...entry, solution, model: modelOf(own, entry.stacks?.each[solution]), isEdited: false };
}

/** Strain of one broad peak under the surface, and the disorder that goes with it: what ions leave. */
export function bump(experiment: Experiment): SplineModel {
  const splines = 12,
    thickness = 300,
    strain = 1;
  const shape = Array.from({ length: splines }, (_, i) =>
    Math.exp(-((((i + 2) / splines - 0.62) / 0.24) ** 2)),
  );
  return {
    thickness,
    strainWeights: shape.map((s) => strain * s),
    debyeWallerWeights: shape.map((s) => 1 - 0.6 * s),
    instrument: { resolution: resolutionOf(experiment, 0.015), offset: 0, scale: 1e5, background: 2 },
  };
}

function weightsOf(model: SplineModel, quantity: Quantity): readonly number[] {
  return quantity === "strain" ? model.strainWeights : model.debyeWallerWeights;
}

/** A point of the profile that can be dragged. */
export interface Handle {
  /** nm. */
  readonly depth: number;
  readonly value: number;
  /** What a drag changes: up and down the value, or along the depth an edge between two layers. */
  readonly moves: "value" | "depth";
}

/** One handle for each knot of the splines but those at the interface, the deepest first; they lie on the curve, where
 *  a cubic B-spline is (w₋ + 4w + w₊)/6. */
export function handlesOf(model: SplineModel, quantity: Quantity): Handle[] {
  const weights = weightsOf(model, quantity);
  const n = weights.length;
  const at = (i: number): number => (i < 0 ? AT_INTERFACE[quantity] : weights[i]!);
  return Array.from({ length: Math.max(n - 1, 0) }, (_, i) => ({
    depth: Math.max((1 - (i + 2) / n) * model.thickness, 0),
    value: (at(i - 1) + 4 * at(i) + at(i + 1)) / 6,
    moves: "value",
  }));
}

/** The model with the curve going through `value` at handle `index`; its neighbours follow by a quarter. At the surface
 *  the weight beyond it moves along. */
export function dragged(model: SplineModel, quantity: Quantity, index: number, value: number): SplineModel {
  const weights = [...weightsOf(model, quantity)];
  const isSurface = index === weights.length - 2;
  const step = (value - handlesOf(model, quantity)[index]!.value) * (isSurface ? 6 / 5 : 6 / 4);
  const [least, most] = quantity === "strain" ? [-30, 30] : [0, 1];
  for (const i of isSurface ? [index, index + 1] : [index])
    weights[i] = Math.min(Math.max(weights[i]! + step, least), most);
  return quantity === "strain"
    ? { ...model, strainWeights: weights }
    : { ...model, debyeWallerWeights: weights };
}

/** Degrees 2θ from which a width is fitted where only its shape is known. */
export const START_FWHM = 0.01;

/** The experiment's resolution with a width, degrees 2θ. */
export function resolutionOf(
  { resolutionShape: shape, lorentzFraction, lorentzFractionHigh, exponent }: Experiment,
  fwhm: number,
): Resolution {
  switch (shape) {
    case "gaussian":
    case "lorentzian":
      return { shape, fwhm };
    case "pseudo-voigt":
      return { shape, fwhm, lorentzFraction };
    case "split-pseudo-voigt":
      return {
        shape,
        fwhmLow: fwhm,
        fwhmHigh: fwhm,
        lorentzFractionLow: lorentzFraction,
        lorentzFractionHigh,
      };
    case "generalised-bell":
      return { shape, fwhm, exponent };
  }
}

/** What can be typed: what an inversion can hold, and the height of the curve. */
export type ParameterName = FixedParameter | "scale";

/** A parameter by its name: nm, degrees 2θ, a share, intensity, decades. */
export function parameterOf(model: Model, name: ParameterName): number {
  const { instrument } = model,
    thickness = isStack(model) ? thicknessOf(model.layers) : model.thickness;
  const { resolution, offset = 0, scale = 1, background = 0, backgroundDecades = 0 } = instrument;
  const values: Record<ParameterName, number> = {
    thickness,
    fwhm: widthOf(resolution),
    lorentzFraction: fractionOf(resolution) ?? 0,
    offset,
    scale,
    background,
    backgroundDecades,
  };
  return values[name];
}

/** Full width at half maximum, degrees 2θ; the mean of the halves of a split shape. */
function widthOf(resolution: Resolution | undefined): number {
  if (resolution === undefined) return START_FWHM;
  return "fwhm" in resolution ? resolution.fwhm : (resolution.fwhmLow + resolution.fwhmHigh) / 2;
}

/** Share of the Lorentzian; undefined where the shape has none, or one for each half. */
export function fractionOf(resolution: Resolution | undefined): number | undefined {
  switch (resolution?.shape) {
    case "gaussian":
      return 0;
    case "lorentzian":
      return 1;
    case "pseudo-voigt":
      return resolution.lorentzFraction;
    default:
      return undefined;
  }
}

export function withParameter(model: Model, name: ParameterName, value: number): Model {
  const { instrument } = model;
  // That of a stack is the sum of its layers.
  if (name === "thickness") return isStack(model) ? model : { ...model, thickness: value };
  if (name !== "fwhm" && name !== "lorentzFraction")
    return { ...model, instrument: { ...instrument, [name]: value } };
  const resolution = instrument.resolution ?? { shape: "gaussian", fwhm: START_FWHM };
  return {
    ...model,
    instrument: {
      ...instrument,
      resolution: name === "fwhm" ? withWidth(resolution, value) : withFraction(resolution, value),
    },
  };
}

function withWidth(resolution: Resolution, fwhm: number): Resolution {
  return "fwhm" in resolution ? { ...resolution, fwhm } : { ...resolution, fwhmLow: fwhm, fwhmHigh: fwhm };
}

function withFraction(resolution: Resolution, lorentzFraction: number): Resolution {
  return fractionOf(resolution) === undefined
    ? resolution
    : { shape: "pseudo-voigt", fwhm: widthOf(resolution), lorentzFraction };
}
