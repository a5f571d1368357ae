/** What training samples are drawn from: ranges as data, so that a user writes a preset for another crystal or
 *  reflection without touching code. Protocol "paper" is that of Boulle & Debelle 2023, see docs/datasets.md. */
import { InvalidParameterError, requireFinite, requireInteger, requirePositive, requireWithin } from "../errors.ts";
import type { Complex } from "../types.ts";

/** Uniform draws from low to high. */
export type Range = readonly [low: number, high: number];

/** Plain JSON. */
export interface Preset {
  readonly name: string;
  readonly protocol: "paper";
  /** The reflection's constants: Å, Å, Å³, electrons. */
  readonly reflection: {
    readonly wavelength: number;
    readonly d: number;
    readonly cellVolume: number;
    /** Classical electron radius, Å; the paper's program has 2.818e-5. */
    readonly electronRadius: number;
    readonly f0: Complex;
    readonly fh: Complex;
    readonly fhBar: Complex;
  };
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
const ZRO2_400: Preset["reflection"] = {
  wavelength: 1.5406,
  d: 1.2858375,
  cellVolume: 136.06243,
  electronRadius: 2.818e-5,
  f0: [223.59852, 9.38724],
  fh: [120.31277, 9.38724],
  fhBar: [120.31277, 9.38724],
};

function paper(name: string, thickness: Range, strain: Range, debyeWaller: Range, first: number, points: number): Preset {
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

const PRESETS: Readonly<Record<string, Preset>> = {
  cnn1: paper("cnn1", [50, 1000], [0.2, 8], [0.001, 1], 8, 1001),
  cnn2: paper("cnn2", [100, 1000], [0.5, 8], [0.05, 1], 8, 1001),
  cnn3: paper("cnn3", [100, 1000], [0.5, 2], [0.05, 1], 3, 401),
};

export const presetNames: readonly string[] = Object.keys(PRESETS);

/** A built-in preset.
 *  @throws {InvalidParameterError} naming those there are */
export function preset(name: string): Preset {
  const found = Object.hasOwn(PRESETS, name) ? PRESETS[name] : undefined;
  if (found === undefined) throw new InvalidParameterError("preset", `one of ${presetNames.join(", ")}`, name);
  return found;
}

/** Checks what was read from a preset file.
 *  @throws {InvalidParameterError} naming the field, what was expected and what came */
export function parsePreset(json: unknown): Preset {
  const root = record("preset", json);
  const { name } = root;
  if (typeof name !== "string" || !/^[\w.-]{1,64}$/.test(name)) throw new InvalidParameterError("preset.name", "1 to 64 letters, digits, '.', '_' or '-'", name);
  if (root.protocol !== "paper") throw new InvalidParameterError("preset.protocol", '"paper"', root.protocol);
  const reflection = record("preset.reflection", root.reflection);
  const scan = record("preset.scan", root.scan), axis = record("preset.axis", root.axis), ranges = record("preset.ranges", root.ranges);
  const positive = (owner: string, from: Record<string, unknown>, field: string): number => {
    const value = from[field] as number;
    requirePositive(`${owner}.${field}`, value);
    return value;
  };
  const factor = (field: string): Complex => {
    const value = reflection[field];
    if (!Array.isArray(value) || value.length !== 2 || !value.every(Number.isFinite)) throw new InvalidParameterError(`preset.reflection.${field}`, "[re, im]", value);
    return [value[0] as number, value[1] as number];
  };
  const range = (field: keyof Preset["ranges"], least: number, most: number): Range => {
    const value = ranges[field];
    if (!Array.isArray(value) || value.length !== 2) throw new InvalidParameterError(`preset.ranges.${field}`, "[low, high]", value);
    const [low, high] = value as [number, number];
    requireWithin(`preset.ranges.${field}[0]`, low, least, most);
    requireWithin(`preset.ranges.${field}[1]`, high, low, most);
    return [low, high];
  };
  requireWithin("preset.mixing", root.mixing as number, 0, 1);
  requireWithin("preset.scatter", root.scatter as number, 0, 1);
  const { first, last, points } = axis as { first: number; last: number; points: number };
  requireFinite("preset.axis.last", last);
  if (!(first > last)) throw new InvalidParameterError("preset.axis.first", `> axis.last (${last})`, first);
  requireInteger("preset.axis.points", points, 2, 20_000);
  const checked: Preset = {
    name,
    protocol: "paper",
    reflection: {
      wavelength: positive("preset.reflection", reflection, "wavelength"),
      d: positive("preset.reflection", reflection, "d"),
      cellVolume: positive("preset.reflection", reflection, "cellVolume"),
      electronRadius: positive("preset.reflection", reflection, "electronRadius"),
      f0: factor("f0"),
      fh: factor("fh"),
      fhBar: factor("fhBar"),
    },
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
    scan: { step: positive("preset.scan", scan, "step"), rounding: positive("preset.scan", scan, "rounding") },
    axis: { first, last, points },
  };
  requireReachable(checked);
  return checked;
}

/** Throws where no draw could ever be simulated. */
function requireReachable({ reflection, ranges, scan }: Preset): void {
  const sine = reflection.wavelength / (2 * reflection.d);
  if (!(sine < 1)) throw new InvalidParameterError("preset.reflection.wavelength", `< 2d = ${2 * reflection.d} Å`, reflection.wavelength);
  const bragg = (Math.asin(sine) * 180) / Math.PI;
  const widest = ((ranges.strain[1] + ranges.margin[1]) / 100) * Math.tan(Math.asin(sine)) * (180 / Math.PI);
  if (!(widest < 0.8 * bragg)) throw new InvalidParameterError("preset.ranges.strain", `such that the scan starts above 0° (Bragg angle ${bragg.toFixed(2)}°)`, ranges.strain[1]);
  const points = (widest + (ranges.margin[1] / 100) * Math.tan(Math.asin(sine)) * (180 / Math.PI)) / scan.step;
  if (!(points < 4000)) throw new InvalidParameterError("preset.scan.step", `such that no scan has more than 4000 points (up to ${Math.ceil(points)})`, scan.step);
  const [low, high] = ranges.dynamicRange;
  const least = ranges.logScale[0] - ranges.logBackground[1], most = ranges.logScale[1] - ranges.logBackground[0];
  if (!(low < most && high > least)) throw new InvalidParameterError("preset.ranges.dynamicRange", `one that logScale − logBackground can reach (${least} … ${most})`, low);
}

function record(name: string, value: unknown): Record<string, unknown> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw new InvalidParameterError(name, "an object", value);
  return value as Record<string, unknown>;
}
