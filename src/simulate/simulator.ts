/** The one door to the physics: profiles in, curves out. */
import {
  InvalidParameterError,
  requireFinite,
  requireFiniteArray,
  requireInteger,
  requireOneOf,
  requirePositive,
  requireWithin,
} from "../errors.ts";
import { interpolate, validateProfile } from "../profile/sampled.ts";
import type { Curve, Deviation, Instrument, Polarisation, Profile, Reflection, Sample } from "../types.ts";
import { ANGSTROM_PER_NM, RADIANS } from "../units.ts";
import { type KernelOrigin, loadKernels } from "../wasm/load.ts";
import { check, type Workspace, workspaceOf } from "../wasm/workspace.ts";
import { type Kernel, type Slices, reflectivity } from "./recursion.ts";
import { resolutionBlock, resolutionWidth } from "../instrument/resolution.ts";
import { type ContinuousProfile, resolvedAngles, slice, sliceCount } from "./slicing.ts";
import { wavesOf } from "../instrument/waves.ts";

export type { Kernel } from "./recursion.ts";

/** A stack of equal slices, from the interface to the surface. */
export interface Stack {
  /** %, one a slice. */
  readonly strain: ArrayLike<number>;
  /** 0…1, one a slice. */
  readonly debyeWaller: ArrayLike<number>;
  /** Of the whole stack, nm. */
  readonly thickness: number;
}

export interface PhysicsOptions {
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

export interface SimulateOptions {
  readonly sample?: Sample;
  readonly instrument?: Instrument;
  readonly deviation?: Deviation;
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
    stack: Stack,
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
    counts: (intensity, seed) => counts(workspace, intensity, seed),
  };
}

function requireAngles(twoTheta: ArrayLike<number>, offset: number): void {
  if (!(twoTheta.length >= 1)) throw new InvalidParameterError("twoTheta", "at least one angle", twoTheta);
  requireFiniteArray("twoTheta", twoTheta);
  for (let i = 0; i < twoTheta.length; i++) {
    const angle = twoTheta[i] - offset;
    if (!(angle > 0 && angle < 180))
      throw new InvalidParameterError(`twoTheta[${i}]`, "within (0, 180) degrees", twoTheta[i]);
  }
}

function stackReflectivity(
  workspace: Workspace,
  simd: boolean,
  stack: Stack,
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

/** How far beyond the scan R is needed, degrees 2θ: where a Gaussian has fallen to nothing, and of power-law tails less
 *  than 1 % is left on each side. */
export function resolutionMargin(instrument: Instrument): number {
  const { resolution } = instrument;
  if (resolution === undefined) return 0;
  return (resolution.shape === "gaussian" ? 4 : 20) * resolutionWidth(resolution);
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
  const { offset = 0, scale = 1, background = 0, backgroundSlope = 0 } = instrument;
  requireOneOf("kernel", kernel, ["f64", "simd", "fast"]);
  if (options.slices !== undefined) requireInteger("slices", options.slices, 1, 100_000);
  validateProfile(profile);
  requireFinite("instrument.offset", offset);
  requirePositive("instrument.scale", scale);
  requireWithin("instrument.background", background, 0, Number.MAX_VALUE);
  requireFinite("instrument.backgroundSlope", backgroundSlope);
  requireAngles(twoTheta, offset);
  const places = Float64Array.from(twoTheta, (t) => t - offset);
  let low = Infinity,
    high = -Infinity;
  for (const t of places) {
    low = Math.min(low, t);
    high = Math.max(high, t);
  }
  const margin = Math.max(resolutionMargin(instrument), 1e-3);
  const range: [number, number] = [
    (Math.max(low - margin, 1e-3) * RADIANS) / 2,
    (Math.min(high + margin, 179.999) * RADIANS) / 2,
  ];
  const source = continuous(profile);
  const waves = wavesOf(reflection, deviation, instrument).map(({ wave, share }) => {
    const count =
      options.slices ??
      sliceCount(source.thickness, reflection.d, wave.wavelength, strainRange(profile.strain, 0.01), range);
    const slices = slice(source, count);
    const theta = resolvedAngles(range, reflection, sample, wave.wavelength, source.thickness);
    return {
      wave,
      share,
      slices,
      theta,
      onGrid: reflectivity(workspace, simd, wave, slices, sample, theta, kernel),
    };
  });
  const ideal = (at: Float64Array): Float64Array => {
    const total = new Float64Array(at.length);
    const theta = at.map((t) => (t * RADIANS) / 2);
    for (const { wave, share, slices } of waves) {
      reflectivity(workspace, simd, wave, slices, sample, theta, kernel).forEach(
        (r, i) => (total[i] += share * r),
      );
    }
    return total;
  };
  const block = instrument.resolution === undefined ? undefined : resolutionBlock(instrument.resolution);
  const seen = (at: Float64Array): Float64Array => {
    if (block === undefined) return ideal(at);
    const total = new Float64Array(at.length);
    for (const { share, theta, onGrid } of waves) {
      resolve(workspace, block, theta, onGrid, at).forEach((r, i) => (total[i] += share * r));
    }
    return total;
  };
  // With a resolution only who asks for it pays for the ideal curve.
  let exact: Float64Array | undefined;
  const reflectivityAt = (): Float64Array => (exact ??= ideal(places));
  const measured = block === undefined ? reflectivityAt().slice() : seen(places);
  // The maximum of the curve itself, which no point of the scan need hit.
  const main = waves.reduce((a, b) => (b.share > a.share ? b : a));
  const width = instrument.resolution === undefined ? 0 : resolutionWidth(instrument.resolution);
  const peak = measured.reduce(
    (a, b) => Math.max(a, b),
    maximum(seen, aroundMaximum(main.theta, main.onGrid), width),
  );
  const middle = 0.5 * (twoTheta[0] + twoTheta[twoTheta.length - 1]);
  const intensity = measured.map((r, i) =>
    Math.max((peak > 0 ? (scale * r) / peak : 0) + background + backgroundSlope * (twoTheta[i] - middle), 0),
  );
  return {
    twoTheta: Float64Array.from(twoTheta),
    intensity,
    get reflectivity() {
      return reflectivityAt();
    },
  };
}

/** 2θ (degrees) of the grid points where R is at least half its maximum: the curve's own maximum is near one of them. */
function aroundMaximum(theta: Float64Array, onGrid: Float64Array): Float64Array {
  const half = 0.5 * onGrid.reduce((a, b) => Math.max(a, b), 0);
  const chosen: number[] = [];
  onGrid.forEach((r, i) => {
    if (r >= half) chosen.push((2 * theta[i]) / RADIANS);
  });
  const stride = Math.ceil(chosen.length / 100);
  return Float64Array.from(chosen.filter((_, i) => i % stride === 0));
}

/** Largest value of the curve near `places`, to 1e-6 of it. What the instrument sees varies over its width, so finer and
 *  finer combs of 9 points, the first one a width wide, close in on it. */
function maximum(curve: (at: Float64Array) => Float64Array, places: Float64Array, width: number): number {
  let found = -Infinity,
    centre = places[0];
  const look = (at: Float64Array): void =>
    curve(at).forEach((value, i) => {
      if (value > found) {
        found = value;
        centre = at[i];
      }
    });
  look(places);
  for (let step = width / 8; step > width / 2000; step /= 4) {
    const from = centre;
    look(Float64Array.from({ length: 9 }, (_, i) => from + (i - 4) * step));
  }
  return found;
}

function resolve(
  workspace: Workspace,
  block: Float64Array,
  theta: Float64Array,
  onGrid: Float64Array,
  places: Float64Array,
): Float64Array {
  return workspace.scope(() => {
    const grid = workspace.put(theta.map((t) => (2 * t) / RADIANS));
    const out = workspace.f64(places.length);
    const count = theta.length;
    check(
      "resolve",
      workspace.kernels.resolve(
        workspace.put(block),
        grid,
        count,
        workspace.put(onGrid),
        1,
        workspace.put(places),
        places.length,
        out,
        0,
        0,
        workspace.bytes(workspace.kernels.resolveScratch(count, 1)),
      ),
    );
    return workspace.copy(out, places.length);
  });
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
