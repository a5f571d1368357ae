/** From a scan and what users say of it to the setting of its problem. */
import { InvalidParameterError } from "../errors.ts";
import { wavesOf } from "../instrument/waves.ts";
import { validateScan } from "../io/scan.ts";
import type { Reflection, Scan } from "../types.ts";
import { loadKernels } from "../wasm/load.ts";
import { workspaceOf } from "../wasm/workspace.ts";
import { readFeatures } from "./features.ts";
import { type InvertOptions, MOST_STRAIN } from "./options.ts";
import { withoutStrayPoints } from "./points.ts";
import { flatPopulation, populationFor } from "./populations.ts";
import type { Known } from "./prior.ts";
import type { FixedParameter, ScanSetting } from "./scanProblem.ts";
import type { SplineFilmSetting } from "./splines.ts";
import { type Places, Unknowns } from "./unknowns.ts";

/** Relative error of the model itself: slices, and angles between those that are computed. */
const FLOOR = 0.01;
const SPLINES = 10;
/** No detector counts more at a point. */
const MOST_COUNTS = 1e15;

/** What is told of a scan's film whatever stands for it. */
export async function settingOf(
  scan: Scan,
  reflection: Reflection,
  options: InvertOptions,
): Promise<ScanSetting> {
  const { sample = {}, deviation = "exact", instrument = {}, fix = {}, mask = [] } = options,
    { twoTheta } = scan;
  wavesOf(reflection, deviation, instrument);
  const features = readFeatures(scan, reflection, sample),
    used = new Uint8Array(twoTheta.length).fill(1);
  for (const [from, to] of mask)
    twoTheta.forEach((t, i) => {
      if (t >= from && t <= to) used[i] = 0;
    });
  const points = used.reduce((a, b) => a + b, 0);
  if (points < 20)
    throw new InvalidParameterError("mask", "one that leaves at least 20 points", `${points} points left`);
  const top = scan.intensity.reduce((a, b) => Math.max(a, b), 0) / features.countUnit;
  if (!(top <= MOST_COUNTS))
    throw new InvalidParameterError(
      "countUnit",
      `one of which no point has more than ${MOST_COUNTS}`,
      features.countUnit,
    );
  const kernels = await loadKernels(options.wasm);
  return {
    workspace: workspaceOf(kernels.exports),
    simd: kernels.simd,
    scan,
    countUnit: features.countUnit,
    used,
    reflection,
    sample,
    deviation,
    instrument,
    features,
    isSummed: false,
    held: fix,
    fwhm: [0.1 * features.fwhm, 2 * features.fwhm],
    floor: FLOOR,
    ...(options.relativeError === undefined ? {} : { relativeError: Math.max(options.relativeError, 1e-3) }),
  };
}

/** What is said of a film of splines.
 *  @param reflection of the Debye–Waller factor */
export async function filmSettingOf(
  { countUnit }: ScanSetting,
  reflection: Reflection,
  options: InvertOptions,
): Promise<SplineFilmSetting> {
  const { splines = SPLINES, mostStrain = MOST_STRAIN } = options,
    population =
      options.prior === "none" || splines !== SPLINES
        ? flatPopulation(splines)
        : await populationFor(options.prior ?? "universal", reflection);
  return {
    population,
    splines,
    known: knownOf(options.known ?? {}, new Unknowns(splines, population.kind), countUnit),
    mostStrain,
  };
}

/** Where a known parameter stands among the unknowns. */
interface KnownPlace {
  readonly place: number;
  readonly isLogarithm: boolean;
  readonly unit: number;
}

export function knownOf(known: NonNullable<InvertOptions["known"]>, u: Places, countUnit: number): Known[] {
  const places: Partial<Record<FixedParameter, KnownPlace>> = {
    ...(u instanceof Unknowns && { thickness: { place: u.thickness, isLogarithm: true, unit: 1 } }),
    fwhm: { place: u.instrument.fwhm, isLogarithm: true, unit: 1 },
    lorentzFraction: { place: u.instrument.lorentzFraction, isLogarithm: false, unit: 1 },
    offset: { place: u.instrument.offset, isLogarithm: false, unit: 1 },
    background: { place: u.instrument.background, isLogarithm: true, unit: countUnit },
    backgroundDecades: { place: u.instrument.slope, isLogarithm: false, unit: 1 / Math.LN10 },
  };
  return Object.entries(known).map(([name, [value, error]]) => {
    const { place, isLogarithm, unit } = places[name as FixedParameter]!;
    return { place, isLogarithm, value: value / unit, error: error / unit };
  });
}

/** A valid copy, without stray points, that keeps what was noted on reading. */
export function validScan(scan: Scan, { countUnit }: Pick<InvertOptions, "countUnit">): Scan {
  const valid = validateScan({ ...scan, countUnit: countUnit ?? scan.countUnit });
  return withoutStrayPoints(scan.notes === undefined ? valid : { ...valid, notes: scan.notes });
}
