/** The one door to the physics: profiles in, curves out. */
import {
  InvalidParameterError,
  requireFiniteArray,
  requireInteger,
  requireOneOf,
  requirePositive,
  requireWithin,
} from "../errors.ts";
import { wavesOf } from "../instrument/waves.ts";
import { interpolate, validateProfile } from "../profile/sampled.ts";
import type {
  Curve,
  Deviation,
  Instrument,
  Polarisation,
  Profile,
  Reflection,
  Sample,
  Stack,
} from "../types.ts";
import { ANGSTROM_PER_NM, RADIANS } from "../units.ts";
import { type KernelOrigin, loadKernels } from "../wasm/load.ts";
import { check, type Workspace, workspaceOf } from "../wasm/workspace.ts";
import { type Kernel, type Slices, reflectivity } from "./recursion.ts";
import { curveSeen, rangeOf, requireAngles } from "./seen.ts";
import { type ContinuousProfile, resolvedAngles, slice, sliceCount } from "./slicing.ts";
import { simulateStack, type StackOptions } from "./stack.ts";

export type { Kernel } from "./recursion.ts";
export type { StackOptions } from "./stack.ts";

/** Equal slices of one crystal, from the interface to the surface. */
export interface EqualSlices {
  /** %, one a slice. */
  readonly strain: ArrayLike<number>;
  /** 0…1, one a slice. */
  readonly debyeWaller: ArrayLike<number>;
  /** Of the whole stack, nm. */
  readonly thickness: number;
}

/** How a crystal diffracts. */
export interface PhysicsOptions {
  /** Single crystal if absent. */
  readonly sample?: Sample;
  /** "exact" if absent; "linear" reproduces RaDMaX and the paper. */
  readonly deviation?: Deviation;
  /** "sigma" if absent. */
  readonly polarisation?: Polarisation;
  /** 2θ of a monochromator before the sample, degrees. */
  readonly monochromator?: number;
  /** "simd" if absent; machines without SIMD use "f64". */
  readonly kernel?: Kernel;
}

/** How a curve is computed. */
export interface SimulateOptions {
  /** Single crystal if absent. */
  readonly sample?: Sample;
  /** A perfect one of σ polarisation and scale 1 if absent. */
  readonly instrument?: Instrument;
  /** Exact if absent. */
  readonly deviation?: Deviation;
  /** "simd" if absent. */
  readonly kernel?: Kernel;
  /** Equal slices that the profile is cut into; as many as it needs if absent. */
  readonly slices?: number;
}

/** Calculates curves. All methods are synchronous and return copies. */
export interface Simulator {
  /** Whether the SIMD kernels serve. */
  readonly simd: boolean;
  /** |X|² of an ideal instrument for slices just as given.
   *  @param twoTheta degrees, shape [angles]
   *  @returns shape [angles], in [0, 1]
   *  @throws {InvalidParameterError} @throws {NotFiniteError} @throws {UnreachableReflectionError} */
  reflectivity(
    stack: EqualSlices,
    reflection: Reflection,
    twoTheta: ArrayLike<number>,
    options?: PhysicsOptions,
  ): Float64Array;
  /** What a diffractometer would measure of a profile, without noise: the profile is cut as finely as it needs, the
   *  reflectivity computed on angles that resolve it, seen through the instrument, and sampled at `twoTheta`.
   *  @param twoTheta degrees, ascending, shape [angles]
   *  @throws {InvalidParameterError} @throws {NotFiniteError} @throws {UnreachableReflectionError} */
  simulate(
    profile: Profile,
    reflection: Reflection,
    twoTheta: ArrayLike<number>,
    options?: SimulateOptions,
  ): Curve;
  /** What a diffractometer would measure of layers on a substrate, each a crystal of its own; superlattices too. As
   *  `simulate`; every uniform layer is calculated exactly, whatever its thickness.
   *  @param twoTheta degrees, ascending, shape [angles]
   *  @throws {InvalidParameterError} @throws {NotFiniteError} @throws {UnreachableReflectionError}
   *  @example
   *  simulator.simulateStack({ substrate, layers: [{ crystal, thickness: 50, strain: 0.4 }] }, twoTheta); */
  simulateStack(stack: Stack, twoTheta: ArrayLike<number>, options?: StackOptions): Curve;
  /** Poisson counts of mean intensities; the same seed gives the same counts on every runtime.
   *  @param intensity mean counts, ≥ 0, shape [angles]
   *  @param seed an integer, 0 … 2⁵³ − 1 */
  counts(intensity: ArrayLike<number>, seed: number): Float64Array;
}

/** Loads the kernels and returns the simulator.
 *  @param options.wasm the kernels as a module, bytes or URL, where the default (the file shipped with the package)
 *    cannot be used
 *  @throws {KernelLoadError}
 *  @example
 *  const simulator = await createSimulator();
 *  const curve = simulator.simulate(profile, reflection, twoTheta, { instrument: { resolution: { shape: "gaussian", fwhm: 0.01 } } }); */
export async function createSimulator(options: { readonly wasm?: KernelOrigin } = {}): Promise<Simulator> {
  const kernels = await loadKernels(options.wasm);
  const workspace = workspaceOf(kernels.exports);
  return {
    simd: kernels.simd,
    reflectivity: (stack, reflection, twoTheta, physics = {}) =>
      stackReflectivity(workspace, kernels.simd, stack, reflection, twoTheta, physics),
    simulate: (profile, reflection, twoTheta, settings = {}) =>
      simulate(workspace, kernels.simd, profile, reflection, twoTheta, settings),
    simulateStack: (stack, twoTheta, settings = {}) =>
      simulateStack(workspace, kernels.simd, stack, twoTheta, settings),
    counts: (intensity, seed) => counts(workspace, intensity, seed),
  };
}

function stackReflectivity(
  workspace: Workspace,
  simd: boolean,
  stack: EqualSlices,
  reflection: Reflection,
  twoTheta: ArrayLike<number>,
  options: PhysicsOptions,
): Float64Array {
  const { kernel = "simd", deviation = "exact", sample = {} } = options;
  requireOneOf("kernel", kernel, ["f64", "simd", "fast"]);
  requirePositive("stack.thickness", stack.thickness, "nm");
  requireFiniteArray("stack.strain", stack.strain);
  requireFiniteArray("stack.debyeWaller", stack.debyeWaller);
  const count = stack.strain.length;
  if (count < 1) throw new InvalidParameterError("stack.strain", "at least one slice", stack.strain);
  if (stack.debyeWaller.length !== count)
    throw new InvalidParameterError(
      "stack.debyeWaller",
      `of the length of stack.strain (${count})`,
      stack.debyeWaller,
    );
  for (let n = 0; n < count; n++) {
    requireWithin(`stack.strain[${n}]`, stack.strain[n], -50, 50, "%");
    requireWithin(`stack.debyeWaller[${n}]`, stack.debyeWaller[n], 0, 1);
  }
  requireAngles(twoTheta, 0);
  const slices: Slices = {
    strain: Float64Array.from(stack.strain, (e) => e / 100),
    debyeWaller: Float64Array.from(stack.debyeWaller),
    thickness: (stack.thickness * ANGSTROM_PER_NM) / count,
  };
  const theta = Float64Array.from(twoTheta, (t) => (t * RADIANS) / 2);
  const instrument = {
    polarisation: options.polarisation ?? "sigma",
    ...(options.monochromator !== undefined && { monochromator: options.monochromator }),
  };
  const total = new Float64Array(theta.length);
  for (const { wave, share } of wavesOf(reflection, deviation, instrument)) {
    const part = reflectivity(workspace, simd, wave, slices, sample, theta, kernel);
    for (let i = 0; i < total.length; i++) total[i] += share * part[i];
  }
  return total;
}

/** A sampled profile as a continuous one. */
export function continuous(profile: Profile): ContinuousProfile {
  const whole = profile.depth[profile.depth.length - 1];
  return {
    thickness: whole * ANGSTROM_PER_NM,
    sample: (heights) => {
      const depths = heights.map((z) => (1 - z) * whole);
      return {
        strain: interpolate(profile.depth, profile.strain, depths).map((e) => e / 100),
        debyeWaller: interpolate(profile.depth, profile.debyeWaller, depths),
      };
    },
  };
}

/** Smallest and largest value, 0 included: the unstrained crystal is always there. */
export function strainRange(strain: Float64Array, unit: number): [number, number] {
  let low = 0,
    high = 0;
  for (const e of strain) {
    low = Math.min(low, e * unit);
    high = Math.max(high, e * unit);
  }
  return [low, high];
}

function simulate(
  workspace: Workspace,
  simd: boolean,
  profile: Profile,
  reflection: Reflection,
  twoTheta: ArrayLike<number>,
  options: SimulateOptions,
): Curve {
  const { sample = {}, instrument = {}, deviation = "exact", kernel = "simd" } = options;
  requireOneOf("kernel", kernel, ["f64", "simd", "fast"]);
  if (options.slices !== undefined) requireInteger("slices", options.slices, 1, 100_000);
  validateProfile(profile);
  const range = rangeOf(twoTheta, instrument);
  const source = continuous(profile);
  const waves = wavesOf(reflection, deviation, instrument).map(({ wave, share }) => {
    const count =
      options.slices ??
      sliceCount(source.thickness, reflection.d, wave.wavelength, strainRange(profile.strain, 0.01), range);
    const slices = slice(source, count);
    const theta = resolvedAngles(range, reflection, sample, wave.wavelength, source.thickness);
    const at = (angles: Float64Array): Float64Array =>
      reflectivity(workspace, simd, wave, slices, sample, angles, kernel);
    return { share, theta, onGrid: at(theta), at };
  });
  return curveSeen(workspace, waves, twoTheta, { instrument, crystal: reflection });
}

function counts(workspace: Workspace, intensity: ArrayLike<number>, seed: number): Float64Array {
  requireInteger("seed", seed, 0, Number.MAX_SAFE_INTEGER);
  requireFiniteArray("intensity", intensity);
  for (let i = 0; i < intensity.length; i++) requireWithin(`intensity[${i}]`, intensity[i], 0, 1e15);
  return workspace.scope(() => {
    const at = workspace.put(intensity);
    check(
      "poisson",
      workspace.kernels.poisson(
        at,
        intensity.length,
        seed >>> 0,
        Math.floor(seed / 2 ** 32),
        0,
        workspace.bytes(workspace.kernels.poissonScratch()),
        at,
      ),
    );
    return workspace.copy(at, intensity.length);
  });
}
