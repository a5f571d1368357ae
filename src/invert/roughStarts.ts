/** Starts without a network: a few hundred plain profiles are simulated roughly, and those that look most like the scan,
 *  and least like each other, are taken. */
import { smooth } from "../io/peak.ts";
import { reflectivity, type Slices } from "../simulate/recursion.ts";
import { wavesOf } from "../instrument/waves.ts";
import type { Sample } from "../types.ts";
import { ANGSTROM_PER_NM, RADIANS } from "../units.ts";
import type { Workspace } from "../wasm/workspace.ts";
import type { ScanProblem } from "./scanProblem.ts";
import type { SplineFilm } from "./unknowns.ts";
import { angleOf, type Features } from "./features.ts";

interface Candidate {
  /** nm. */
  readonly thickness: number;
  /** Strain (%) and Debye–Waller factor at relative heights 0 (interface) … 1 (surface). */
  strain(height: number): number;
  debyeWaller(height: number): number;
  readonly score: number;
}

interface Shape {
  readonly peak: number;
  readonly below: number;
  readonly above: number;
}

/** Peaks deep and shallow, narrow and broad, and layers strained up to the surface; widths are full ones at half height. */
const SHAPES: readonly Shape[] = [
  { peak: 0.45, below: 0.45, above: 0.45 },
  { peak: 0.5, below: 0.5, above: 2 },
  { peak: 0.7, below: 0.7, above: 0.4 },
  { peak: 0.7, below: 0.7, above: 2 },
  { peak: 0.95, below: 0.9, above: 1 },
  { peak: 0.6, below: 0.25, above: 5 },
];
const DEBYE_WALLER = [0.15, 0.45, 0.85];
/** Share of the strain at the range's edge. */
const EDGES = [0.5, 0.6, 0.7, 0.8, 0.92];
const THICKNESSES = 12;
const SLICES = 48;
const POINTS = 120;

function height(shape: Shape, z: number): number {
  const u = (2 * (z - shape.peak)) / (z < shape.peak ? shape.below : shape.above);
  // The interface is reached smoothly.
  const rise = Math.min(z / 0.2, 1);
  return Math.exp(-Math.LN2 * u * u) * rise * rise * (3 - 2 * rise);
}

interface CandidateSetting {
  readonly workspace: Workspace;
  readonly simd: boolean;
  readonly twoTheta: Float64Array;
  readonly intensity: Float64Array;
  /** 1 where a point is used. */
  readonly used: Uint8Array;
  readonly waves: ReturnType<typeof wavesOf>;
  readonly sample: Sample;
  readonly features: Features;
  readonly offset: number;
  /** Fixed, nm; or undefined. */
  readonly thickness: number | undefined;
  /** Thickest that the scan can tell, nm. */
  readonly thickest: number;
  /** Of the whole film, nm: no strained region is thicker. */
  readonly whole: number;
}

/** Thickness of rough shapes at most, over the largest that is allowed. */
const MOST_OF_BOUND = 0.8;

/** The films of the best `count` rough shapes, best first; a generator that yields now and then. */
export function* roughStarts(
  { setting, unknowns: u, bounds, twoTheta: kept }: ScanProblem,
  count: number,
): Generator<{ readonly cost: number }, SplineFilm[], void> {
  const { workspace, simd, scan, used, reflection, deviation, instrument, sample, features, held } = setting,
    { twoTheta, intensity } = scan,
    waves = wavesOf(reflection, deviation, instrument),
    // Fringes thinner than two steps are not in the scan.
    step = ((kept[kept.length - 1] - kept[0]) / (kept.length - 1)) * RADIANS,
    thickest =
      waves[0].wave.wavelength / (2 * step * Math.cos((features.peak * RADIANS) / 2)) / ANGSTROM_PER_NM,
    whole = sample.filmThickness ?? Infinity;
  const found = yield* candidates(
    {
      workspace,
      simd,
      twoTheta,
      intensity,
      used,
      waves,
      sample,
      features,
      offset:
        held.offset ??
        instrument.offset ??
        (sample.geometry === "thin film" ? 0 : features.peak - features.expected),
      thickness: held.thickness,
      thickest: Math.min(thickest, whole / 2, MOST_OF_BOUND * Math.exp(bounds.upper[u.thickness])),
      whole,
    },
    count,
  );
  // The maximum of spline i lies at the height (i + 2)/n.
  const weights = (of: (height: number) => number): Float64Array =>
    Float64Array.from({ length: u.weights }, (_, k) => of(Math.min((k + 2) / u.weights, 1)));
  return found.map((candidate) => ({
    thickness: candidate.thickness,
    strainWeights: weights((z) => candidate.strain(z)),
    debyeWallerWeights: weights((z) => candidate.debyeWaller(z)),
  }));
}

/** The best `count` starts, best first. */
function* candidates(
  setting: CandidateSetting,
  count: number,
): Generator<{ readonly cost: number }, Candidate[], void> {
  const { features, twoTheta, intensity, used, sample } = setting;
  const hasPeak = sample.geometry !== "thin film";
  const stride = Math.max(Math.floor(twoTheta.length / POINTS), 1);
  const step = (twoTheta[twoTheta.length - 1] - twoTheta[0]) / (twoTheta.length - 1);
  const window = Math.max(Math.round(features.fwhm / step / 2), stride, 1);
  const measured = smooth(intensity, window);
  const chosen: number[] = [];
  for (let i = 0; i < twoTheta.length; i += stride) {
    if (used[i] === 1 && (!hasPeak || Math.abs(twoTheta[i] - features.peak) > 3 * features.fwhm))
      chosen.push(i);
  }
  if (chosen.length < 4) for (let i = 0; i < twoTheta.length; i += stride) chosen.push(i);
  const theta = Float64Array.from(chosen, (i) => ((twoTheta[i] - setting.offset) * RADIANS) / 2);
  const halfWidth = Math.max(Math.round(window / stride), 0);
  const background = chosen.map(
    (i) =>
      features.backgroundFirst +
      ((features.backgroundLast - features.backgroundFirst) * i) / (twoTheta.length - 1),
  );
  const target = chosen.map((i) => Math.log10(Math.max(measured[i], 0.3 * features.countUnit)));
  const weight = chosen.map((i) => 1 / (0.15 ** 2 + 0.19 / Math.max(measured[i] / features.countUnit, 0.5)));
  const lnScale = Math.log(peakScale(setting));

  const found: Candidate[] = [];
  const shapes = SHAPES.map((shape) =>
    Float64Array.from({ length: SLICES }, (_, n) => height(shape, (n + 0.5) / SLICES)),
  );
  const trial = (strain: number, thickness: number, debyeWaller: number, kind: number): void => {
    const alpha = -Math.log(debyeWaller);
    const slices: Slices = {
      strain: shapes[kind].map((s) => (s * strain) / 100),
      debyeWaller: shapes[kind].map((s) => Math.exp(-alpha * s * s)),
      thickness: (thickness * ANGSTROM_PER_NM) / SLICES,
    };
    const curve = reflectivity(
      setting.workspace,
      setting.simd,
      setting.waves[0].wave,
      slices,
      sample,
      theta,
      "fast",
    );
    const seen = halfWidth > 0 ? smooth(curve, halfWidth) : curve;
    // A thin film has no peak to tell the scale: it is the best one.
    const shift = hasPeak ? 0 : bestShift(seen, target, background, lnScale);
    const scale = Math.exp(lnScale + shift);
    let sum = 0,
      norm = 0;
    for (let i = 0; i < target.length; i++) {
      const difference = target[i] - Math.log10(scale * seen[i] + background[i] + 1e-3 * features.countUnit);
      sum += weight[i] * Math.min(difference * difference, 1);
      norm += weight[i];
    }
    const shape = SHAPES[kind];
    found.push({
      thickness,
      score: Math.sqrt(sum / norm),
      strain: (z) => strain * height(shape, z),
      debyeWaller: (z) => Math.exp(-alpha * height(shape, z) ** 2),
    });
  };
  for (const edge of strainEdges(features)) {
    for (const share of EDGES) {
      for (const thickness of thicknesses(setting, edge * share)) {
        for (const debyeWaller of DEBYE_WALLER)
          SHAPES.forEach((_, kind) => trial(edge * share, thickness, debyeWaller, kind));
        yield { cost: found.reduce((least, { score }) => Math.min(least, score), Infinity) };
      }
    }
  }
  found.sort((a, b) => a.score - b.score);
  return distinct(found, count);
}

/** Edges (%) from which the strain is guessed: tensile, compressive or both, and weaker ones that reach much farther. */
function strainEdges({ tensile, compressive, tensileWeak, compressiveWeak }: Features): number[] {
  const least = 0.05;
  const edges: number[] = [];
  if (tensile > Math.max(least, -0.3 * compressive)) edges.push(tensile);
  if (-compressive > Math.max(least, 0.3 * tensile)) edges.push(compressive);
  if (tensileWeak > 1.4 * Math.max(tensile, -compressiveWeak, least)) edges.push(tensileWeak);
  if (-compressiveWeak > 1.4 * Math.max(-compressive, tensileWeak, least)) edges.push(compressiveWeak);
  return edges.length > 0 ? edges : [Math.max(tensile, least)];
}

/** Even steps in ln thickness, from a film two fringes of which fill the strained range to what the step can resolve, and
 *  within the whole film: a strained range that is only noise would have fringes of films far thicker. */
function thicknesses(setting: CandidateSetting, strain: number): number[] {
  if (setting.thickness !== undefined) return [setting.thickness];
  const { wave } = setting.waves[0];
  const { whole } = setting;
  const { peak } = setting.features;
  const range = Math.abs(angleOf(strain, peak) - peak) * RADIANS;
  const twoFringes = ((wave.wavelength / (range * Math.cos((peak * RADIANS) / 2))) * 0.6) / ANGSTROM_PER_NM;
  const thinnest = Math.min(Math.max(twoFringes, 8), whole / 2);
  const thickest = Math.min(Math.max(Math.min(setting.thickest, 40 * thinnest), 1.5 * thinnest), whole);
  return Array.from(
    { length: THICKNESSES },
    (_, i) => thinnest * (thickest / thinnest) ** (i / (THICKNESSES - 1)),
  );
}

/** Intensity per unit of R: the unstrained peak's height, divided by that of R seen with its width. */
function peakScale(setting: CandidateSetting): number {
  const { features, workspace, simd, sample } = setting;
  const { wave } = setting.waves[0];
  const none: Slices = { strain: new Float64Array(1), debyeWaller: Float64Array.of(1), thickness: 1 };
  const width = features.fwhm * RADIANS;
  const steps = 400;
  const centre = ((features.peak - setting.offset) * RADIANS) / 2;
  const theta = Float64Array.from(
    { length: steps + 1 },
    (_, i) => centre + (width * (i - steps / 2)) / steps,
  );
  const filmSample: Sample = sample.geometry === "thin film" ? {} : sample;
  const curve = reflectivity(workspace, simd, wave, none, filmSample, theta, "simd");
  // Gaussian of unit area: height 0.94/fwhm times the integrated reflectivity (2θ).
  const integrated = (curve.reduce((a, b) => a + b, 0) * 2 * width) / steps;
  return features.peakIntensity / Math.min(Math.max((integrated * 0.94) / width, 1e-6), 1);
}

function bestShift(
  seen: Float64Array,
  target: readonly number[],
  background: readonly number[],
  lnScale: number,
): number {
  let sum = 0,
    count = 0;
  target.forEach((t, i) => {
    const net = 10 ** t - background[i];
    if (net > background[i] && seen[i] > 0) {
      sum += Math.log(net / seen[i]) - lnScale;
      count++;
    }
  });
  return count > 0 ? sum / count : 0;
}

/** The best of each thickness first, then what else differs: the envelope of a scan tells thickness badly, its fringes
 *  tell it well but only to the fit. */
function distinct(sorted: readonly Candidate[], count: number): Candidate[] {
  const profile = (c: Candidate): number[] => [0.2, 0.35, 0.5, 0.65, 0.8, 0.95].map((z) => c.strain(z));
  const alike = (a: Candidate, b: Candidate): boolean => {
    const own = profile(a),
      other = profile(b),
      largest = Math.max(...own.map(Math.abs));
    return (
      Math.abs(Math.log(b.thickness / a.thickness)) < 0.12 &&
      own.every((e, i) => Math.abs(e - other[i]) < 0.15 * largest)
    );
  };
  const kept: Candidate[] = [];
  for (const candidate of sorted) {
    if (kept.length < count / 2 && kept.every((other) => other.thickness !== candidate.thickness))
      kept.push(candidate);
  }
  for (const candidate of sorted) {
    if (kept.length === count) break;
    if (!kept.some((other) => alike(other, candidate))) kept.push(candidate);
  }
  return kept.sort((a, b) => a.score - b.score);
}
