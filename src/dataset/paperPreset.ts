/** Protocol "paper": what Boulle & Debelle 2023 draw their training curves from, see docs/datasets.md. */
import { InvalidParameterError, requirePositive, requireWithin } from "../errors.ts";
import {
  parseAxis,
  parseConstants,
  type Range,
  rangeOf,
  type ReflectionConstants,
  record,
} from "./presetFields.ts";

/** Plain JSON. */
export interface PaperPreset {
  /** By which it is told from others; letters, digits, points and hyphens. */
  readonly name: string;
  /** How a sample is drawn and seen: as in Boulle & Debelle 2023. */
  readonly protocol: "paper";
  /** The one reflection of all samples. */
  readonly reflection: ReflectionConstants;
  /** What profiles and instruments are drawn from, each from a range. */
  readonly ranges: {
    /** nm. */
    readonly thickness: Range;
    /** Scale of the strain weights, %; the largest strain of a profile is a little less. */
    readonly strain: Range;
    /** Smallest Debye–Waller factor. */
    readonly debyeWaller: Range;
    /** Of the Gaussian resolution, degrees 2θ. */
    readonly fwhm: Range;
    /** log10 of the background in counts. */
    readonly logBackground: Range;
    /** log10 of the counts at the maximum. */
    readonly logScale: Range;
    /** logScale − logBackground must lie here, or both are redrawn; decades. */
    readonly dynamicRange: Range;
    /** How far the scan goes beyond both ends, as a strain in %. */
    readonly margin: Range;
    /** Relative height of the shape's peak. */
    readonly peak: Range;
    /** Full widths at half maximum of its two sides, relative. */
    readonly width: Range;
  };
  /** Probability that a constant is mixed into the shape. */
  readonly mixing: number;
  /** Relative scatter of the weights. */
  readonly scatter: number;
  /** Step of the scan and what its ends are rounded to, degrees θ. */
  readonly scan: { readonly step: number; readonly rounding: number };
  /** Input of the network: 100·(Δd/d)/d, d in Å, in even steps. */
  readonly axis: { readonly first: number; readonly last: number; readonly points: number };
}

/** ZrO2 400 at 1.5406 Å with the numbers of the published program. */
const ZRO2_400: ReflectionConstants = {
  wavelength: 1.5406,
  d: 1.2858375,
  cellVolume: 136.06243,
  electronRadius: 2.818e-5,
  f0: [223.59852, 9.38724],
  fh: [120.31277, 9.38724],
  fhBar: [120.31277, 9.38724],
};

function paper(
  name: string,
  thickness: Range,
  strain: Range,
  debyeWaller: Range,
  first: number,
  points: number,
): PaperPreset {
  return {
    name,
    protocol: "paper",
    reflection: ZRO2_400,
    ranges: {
      thickness,
      strain,
      debyeWaller,
      fwhm: [0.003, 0.1],
      logBackground: [0, 1.7],
      logScale: [3, 7],
      dynamicRange: [3, 6],
      margin: [0.2, 2.5],
      peak: [0.3, 1],
      width: [0.1, 1],
    },
    mixing: 0.25,
    scatter: 0.1,
    scan: { step: 0.005, rounding: 0.01 },
    axis: { first, last: -1, points },
  };
}

/** The paper's three sets. */
export const PAPER_PRESETS: readonly PaperPreset[] = [
  paper("cnn1", [50, 1000], [0.2, 8], [0.001, 1], 8, 1001),
  paper("cnn2", [100, 1000], [0.5, 8], [0.05, 1], 8, 1001),
  paper("cnn3", [100, 1000], [0.5, 2], [0.05, 1], 3, 401),
];

/** @throws {InvalidParameterError} */
export function parsePaper(name: string, root: Readonly<Record<string, unknown>>): PaperPreset {
  const scan = record("preset.scan", root.scan),
    ranges = record("preset.ranges", root.ranges);
  const positive = (field: string): number => {
    const value = scan[field] as number;
    requirePositive(`preset.scan.${field}`, value);
    return value;
  };
  const range = (field: keyof PaperPreset["ranges"], least: number, most: number): Range =>
    rangeOf(`preset.ranges.${field}`, ranges[field], least, most);
  requireWithin("preset.mixing", root.mixing as number, 0, 1);
  requireWithin("preset.scatter", root.scatter as number, 0, 1);
  const checked: PaperPreset = {
    name,
    protocol: "paper",
    reflection: parseConstants("preset.reflection", root.reflection),
    ranges: {
      thickness: range("thickness", 1, 10_000),
      strain: range("strain", 1e-3, 20),
      debyeWaller: range("debyeWaller", 1e-9, 1),
      fwhm: range("fwhm", 1e-4, 5),
      logBackground: range("logBackground", -3, 12),
      logScale: range("logScale", -3, 15),
      dynamicRange: range("dynamicRange", 0, 15),
      margin: range("margin", 0, 20),
      peak: range("peak", 0, 1),
      width: range("width", 1e-3, 100),
    },
    mixing: root.mixing as number,
    scatter: root.scatter as number,
    scan: { step: positive("step"), rounding: positive("rounding") },
    axis: parseAxis(root.axis),
  };
  requireReachable(checked);
  return checked;
}

/** Throws where no draw could ever be simulated. */
function requireReachable({ reflection, ranges, scan }: PaperPreset): void {
  const sine = reflection.wavelength / (2 * reflection.d);
  if (!(sine < 1))
    throw new InvalidParameterError(
      "preset.reflection.wavelength",
      `< 2d = ${2 * reflection.d} Å`,
      reflection.wavelength,
    );
  const bragg = (Math.asin(sine) * 180) / Math.PI;
  const widest = ((ranges.strain[1] + ranges.margin[1]) / 100) * Math.tan(Math.asin(sine)) * (180 / Math.PI);
  if (!(widest < 0.8 * bragg))
    throw new InvalidParameterError(
      "preset.ranges.strain",
      `such that the scan starts above 0° (Bragg angle ${bragg.toFixed(2)}°)`,
      ranges.strain[1],
    );
  const points =
    (widest + (ranges.margin[1] / 100) * Math.tan(Math.asin(sine)) * (180 / Math.PI)) / scan.step;
  if (!(points < 4000))
    throw new InvalidParameterError(
      "preset.scan.step",
      `such that no scan has more than 4000 points (up to ${Math.ceil(points)})`,
      scan.step,
    );
  const [low, high] = ranges.dynamicRange;
  const least = ranges.logScale[0] - ranges.logBackground[1],
    most = ranges.logScale[1] - ranges.logBackground[0];
  if (!(low < most && high > least))
    throw new InvalidParameterError(
      "preset.ranges.dynamicRange",
      `one that logScale − logBackground can reach (${least} … ${most})`,
      low,
    );
}
