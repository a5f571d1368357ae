/** Curves of stacks: layers of any crystals on a substrate. */
import { requireOneOf } from "../errors.ts";
import { type Wave, wavesOf } from "../instrument/waves.ts";
import { layersOf, stackThickness, validateStack } from "../profile/stack.ts";
import type { Curve, Deviation, Instrument, Layer, Reflection, Stack } from "../types.ts";
import { ANGSTROM_PER_NM, RADIANS } from "../units.ts";
import type { Workspace } from "../wasm/workspace.ts";
import { curveSeen, rangeOf } from "./seen.ts";
import { anglesAround, type Peak, totalReflection } from "./slicing.ts";
import { stackBlocks } from "./stackBlocks.ts";
import { putStack, putStackAngles, stackColumns } from "./stackKernel.ts";
import { planStack, type StackPlan, stackNumbers } from "./stackPieces.ts";

/** How a curve of layers is computed. */
export interface StackOptions {
  /** A perfect one of σ polarisation and scale 1 if absent. */
  readonly instrument?: Instrument;
  /** "exact" if absent. */
  readonly deviation?: Deviation;
  /** "simd" if absent: uniform layers exactly, many thin pieces to 1e-7 in log10 R; "f64" is its scalar judge. */
  readonly kernel?: "simd" | "f64";
}

/** Pieces of a graded layer: phase of one that is not exceeded, and the fewest. */
const PIECE_PHASE = 1;
const FEWEST_PIECES = 50;
/** A layer has a peak of its own to be resolved where its fringes are narrower than this many half widths of it. */
const THICK = 4;

export function simulateStack(
  workspace: Workspace,
  simd: boolean,
  stack: Stack,
  twoTheta: ArrayLike<number>,
  options: StackOptions,
): Curve {
  const { instrument = {}, deviation = "exact", kernel = "simd" } = options;
  requireOneOf("kernel", kernel, ["simd", "f64"]);
  validateStack(stack);
  const range = rangeOf(twoTheta, instrument);
  const numbers = stackNumbers(stack);
  const waves = wavesOf(stack.substrate, deviation, instrument).map(({ wave, share }) => {
    const plan = planOf(stack, wave.wavelength, range);
    const theta = stackGrid(stack, wave.wavelength, range);
    const at = (angles: Float64Array): Float64Array =>
      stackReflectivity(workspace, { simd, judge: kernel === "f64", wave, plan, numbers, theta: angles });
    return { share, theta, onGrid: at(theta), at };
  });
  return curveSeen(workspace, waves, twoTheta, { instrument, crystal: stack.substrate });
}

/** R of a stack at each θ (radians); a copy. */
export function stackReflectivity(
  workspace: Workspace,
  {
    simd,
    judge,
    wave,
    plan,
    numbers,
    theta,
  }: {
    readonly simd: boolean;
    readonly judge: boolean;
    readonly wave: Wave;
    readonly plan: StackPlan;
    readonly numbers: Float64Array;
    readonly theta: Float64Array;
  },
): Float64Array {
  const even = theta.length % 2 === 0 ? theta : padded(theta);
  return workspace.scope(() => {
    const angles = putStackAngles(workspace, wave, even);
    const elements = putStack(workspace, wave, plan, numbers);
    const quick = simd && !judge ? stackBlocks(workspace, wave, elements, angles, even) : undefined;
    if (quick !== undefined) return quick.subarray(0, theta.length);
    return workspace.copy(stackColumns(workspace, simd, elements, angles, { judge }), theta.length);
  });
}

/** Its last angle once more: a vector takes two. */
function padded(theta: Float64Array): Float64Array {
  const even = new Float64Array(theta.length + 1).fill(theta[theta.length - 1]);
  even.set(theta);
  return even;
}

/** A plan whose graded layers are cut so that no piece's phase exceeds one radian in the range of θ (radians): the ghost of
 *  the cuts, at a phase of π, then stays outside. */
export function planOf(stack: Stack, wavelength: number, range: readonly [number, number]): StackPlan {
  return planStack(stack, (layer) => {
    const away = Math.max(
      ...[layer.strain ?? 0, layer.strainTop ?? 0].flatMap((strain) =>
        range.map((theta) => Math.abs(mismatch(stack.substrate, { ...layer, strain }, wavelength, theta))),
      ),
    );
    return Math.max(FEWEST_PIECES, Math.ceil((layer.thickness * ANGSTROM_PER_NM * away) / PIECE_PHASE));
  });
}

/** Angles (θ, radians) that resolve the fringes of the whole stack, the substrate's peak, and those of thick layers. */
export function stackGrid(
  stack: Stack,
  wavelength: number,
  range: readonly [number, number],
  coarseness = 1,
): Float64Array {
  const peaks: Peak[] = [totalReflection(stack.substrate, wavelength)];
  for (const layer of new Set(layersOf(stack))) {
    const peak = layerPeak(stack.substrate, layer, wavelength);
    const fringe = wavelength / (2 * layer.thickness * ANGSTROM_PER_NM * Math.cos(peak.theta));
    if (fringe < THICK * peak.width) peaks.push(peak);
  }
  return anglesAround(range, {
    peaks,
    thickness: stackThickness(stack) * ANGSTROM_PER_NM,
    wavelength,
    coarseness,
  });
}

/** (k(γ0 + γh) − H_z/(1 + e))/2, 1/Å: how far a layer is off its Bragg condition, without refraction. */
function mismatch(substrate: Reflection, layer: Layer, wavelength: number, theta: number): number {
  const k = (2 * Math.PI) / wavelength,
    tilt = (substrate.asymmetry ?? 0) * RADIANS,
    cosine = Math.cos(theta - tilt);
  const along = cosine - (wavelength / substrate.d) * Math.sin(tilt);
  const exit = Math.sqrt(Math.max(1 - along * along, 0));
  const own = ((2 * Math.PI) / layer.crystal.d) * Math.cos((layer.crystal.asymmetry ?? 0) * RADIANS);
  return 0.5 * (k * (Math.sin(theta - tilt) + exit) - own / (1 + (layer.strain ?? 0) / 100));
}

/** Where a layer reflects, and over which half width a thick one would reflect all (θ, radians). */
export function layerPeak(substrate: Reflection, layer: Layer, wavelength: number): Peak {
  const own = totalReflection(layer.crystal, wavelength);
  const refraction = own.theta - Math.asin(Math.min(wavelength / (2 * layer.crystal.d), 1));
  const tilt = Math.abs(substrate.asymmetry ?? 0) * RADIANS;
  let low = tilt + 1e-6,
    high = Math.PI / 2 - 1e-6;
  for (let i = 0; i < 60; i++) {
    const middle = 0.5 * (low + high);
    if (mismatch(substrate, layer, wavelength, middle) < 0) low = middle;
    else high = middle;
  }
  return { theta: low + refraction, width: own.width };
}
