/** What a diffractometer sees of ideal curves: resolution, offset, scale and background. */
import {
  InvalidParameterError,
  requireFinite,
  requireFiniteArray,
  requirePositive,
  requireWithin,
} from "../errors.ts";
import { resolutionBlock, resolutionWidth } from "../instrument/resolution.ts";
import type { Curve, Instrument, Reflection } from "../types.ts";
import { DEGREES, RADIANS } from "../units.ts";
import { check, type Workspace } from "../wasm/workspace.ts";
import { totalReflection } from "./slicing.ts";

/** The curve of one wave. */
export interface IdealWave {
  readonly share: number;
  /** Radians, ascending: angles that resolve the curve. */
  readonly theta: Float64Array;
  /** R there. */
  readonly onGrid: Float64Array;
  /** R at any θ (radians). */
  at(theta: Float64Array): Float64Array;
}

/** @throws {InvalidParameterError} @throws {NotFiniteError} */
export function requireAngles(twoTheta: ArrayLike<number>, offset: number): void {
  if (!(twoTheta.length >= 1)) throw new InvalidParameterError("twoTheta", "at least one angle", twoTheta);
  requireFiniteArray("twoTheta", twoTheta);
  for (let i = 0; i < twoTheta.length; i++) {
    const angle = twoTheta[i] - offset;
    if (!(angle > 0 && angle < 180))
      throw new InvalidParameterError(`twoTheta[${i}]`, "within (0, 180) degrees", twoTheta[i]);
  }
}

/** How far beyond the scan R is needed, degrees 2θ: where a Gaussian has fallen to nothing, and of power-law tails less
 *  than 1 % is left on each side. */
export function resolutionMargin(instrument: Instrument): number {
  const { resolution } = instrument;
  if (resolution === undefined) return 0;
  return (resolution.shape === "gaussian" ? 4 : 20) * resolutionWidth(resolution);
}

/** Range of θ (radians) in which R is needed for a scan.
 *  @throws {InvalidParameterError} @throws {NotFiniteError} */
export function rangeOf(twoTheta: ArrayLike<number>, instrument: Instrument): [number, number] {
  const { offset = 0, scale = 1, background = 0, backgroundSlope = 0 } = instrument;
  requireFinite("instrument.offset", offset);
  requirePositive("instrument.scale", scale);
  requireWithin("instrument.background", background, 0, Number.MAX_VALUE);
  requireFinite("instrument.backgroundSlope", backgroundSlope);
  requireDetector(instrument);
  requireAngles(twoTheta, offset);
  let low = Infinity,
    high = -Infinity;
  for (let i = 0; i < twoTheta.length; i++) {
    low = Math.min(low, twoTheta[i] - offset);
    high = Math.max(high, twoTheta[i] - offset);
  }
  const margin = Math.max(resolutionMargin(instrument), 1e-3);
  return [(Math.max(low - margin, 1e-3) * RADIANS) / 2, (Math.min(high + margin, 179.999) * RADIANS) / 2];
}

/** @throws {InvalidParameterError} @throws {NotFiniteError} */
function requireDetector({ backgroundDecades = 0, diffuse, deadTime = 0 }: Instrument): void {
  requireWithin("instrument.backgroundDecades", backgroundDecades, -20, 20);
  requireWithin("instrument.deadTime", deadTime, 0, Number.MAX_VALUE);
  if (diffuse === undefined) return;
  requireWithin("instrument.diffuse.height", diffuse.height, 0, Number.MAX_VALUE);
  requirePositive("instrument.diffuse.halfWidth", diffuse.halfWidth, "%");
}

/** The curve at the scan's angles, as the instrument sees it.
 *  @param crystal whose unstrained peak diffuse scattering lies about */
export function curveSeen(
  workspace: Workspace,
  waves: readonly IdealWave[],
  twoTheta: ArrayLike<number>,
  { instrument, crystal }: { readonly instrument: Instrument; readonly crystal: Reflection },
): Curve {
  const { offset = 0, scale = 1 } = instrument;
  const places = Float64Array.from(twoTheta, (t) => t - offset);
  const ideal = (at: Float64Array): Float64Array => {
    const total = new Float64Array(at.length);
    const theta = at.map((t) => (t * RADIANS) / 2);
    for (const wave of waves) wave.at(theta).forEach((r, i) => (total[i] += wave.share * r));
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
  const intensity = counted(
    measured.map((r) => (peak > 0 ? (scale * r) / peak : 0)),
    twoTheta,
    instrument,
    2 * totalReflection(crystal, crystal.wavelength).theta * DEGREES + offset,
  );
  return {
    twoTheta: Float64Array.from(twoTheta),
    intensity,
    get reflectivity() {
      return reflectivityAt();
    },
  };
}

/** The crystal's own intensity with background and diffuse scattering, less what the detector loses.
 *  @param peak 2θ of the unstrained crystal's peak in the scan, degrees */
function counted(
  own: Float64Array,
  twoTheta: ArrayLike<number>,
  { background = 0, backgroundSlope = 0, backgroundDecades = 0, diffuse, deadTime = 0 }: Instrument,
  peak: number,
): Float64Array {
  const first = twoTheta[0],
    last = twoTheta[twoTheta.length - 1],
    middle = 0.5 * (first + last),
    range = last - first || 1,
    sine = Math.sin((peak * RADIANS) / 2);
  return own.map((r, i) => {
    const t = twoTheta[i],
      strain = 100 * (sine / Math.sin((t * RADIANS) / 2) - 1),
      level = background * 10 ** ((backgroundDecades * (t - middle)) / range),
      about = diffuse === undefined ? 0 : diffuse.height / (1 + (strain / diffuse.halfWidth) ** 2),
      arriving = Math.max(r + level + backgroundSlope * (t - middle) + about, 0);
    return arriving / (1 + deadTime * arriving);
  });
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
