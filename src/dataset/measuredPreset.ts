/** Protocol "measured": what scans of real instruments are drawn from, for one reflection or for all of them, see
 *  docs/datasets.md. */
import { InvalidParameterError, requireWithin } from "../errors.ts";
import type { Reflection } from "../types.ts";
import { CLASSICAL_ELECTRON_RADIUS } from "../units.ts";
import {
  parseAxis,
  parseConstants,
  type PresetAxis,
  type Range,
  rangeOf,
  type ReflectionConstants,
  record,
} from "./presetFields.ts";

/** Ranges of protocol "measured": [least, most, default low, default high]. */
const RANGES = {
  /** Of the strained region, even in its logarithm: nm; lattice planes where reflections are drawn. */
  thickness: [1, 50_000, 40, 1000],
  /** Strain weight of largest modulus of tensile and of compressive profiles, even in its logarithm, %. */
  strain: [1e-3, 12, 0.1, 8],
  compression: [1e-3, 6, 0.1, 3],
  /** Smallest Debye–Waller factor, before mixing and scatter. */
  debyeWaller: [1e-9, 1, 0.02, 1],
  /** Resolution, even in its logarithm, degrees 2θ. */
  fwhm: [1e-3, 2, 0.006, 0.1],
  /** Of the pseudo-Voigt. */
  lorentzFraction: [0, 0.9, 0, 0.4],
  /** Of the scan, even in its logarithm, degrees 2θ; kept between 0.1 and 1 widths of the resolution. */
  step: [1e-4, 2, 0.003, 0.03],
  /** How far the scan goes beyond strains, even in its logarithm, %; at least three widths of the resolution. */
  margin: [0.01, 10, 0.15, 2.5],
  /** log10 of the counts at the maximum, and of the background. */
  logScale: [0, 12, 3, 7],
  logBackground: [-3, 10, -0.7, 1.7],
  /** logScale − logBackground must lie here, or both are redrawn; decades. */
  dynamicRange: [0, 12, 2.5, 6.5],
  /** Relative error of a point beyond counting, even in its logarithm. */
  error: [1e-6, 1, 0.003, 0.08],
  /** Share of the counts that the detector loses at the maximum. */
  deadTime: [0, 0.9, 0.01, 0.25],
  /** Diffuse scattering about the peak: height relative to the maximum, and half width (%), even in their logarithms. */
  diffuse: [1e-9, 0.1, 1e-6, 5e-4],
  diffuseWidth: [1e-3, 10, 0.05, 1],
  /** Weight of π in beams that are not polarised: 0.5, or less after a monochromator. */
  piWeight: [0, 1, 0.3, 0.5],
} as const;

/** Probabilities. */
const SHARES = {
  compression: 0.12,
  lorentz: 0.6,
  even: 0.15,
  cut: 0.05,
  error: 0.6,
  deadTime: 0.2,
  diffuse: 0.3,
  pi: 0.05,
  unpolarised: 0.5,
};
/** Relative shares. */
const SHAPES = { peaked: 0.45, bimodal: 0.15, flat: 0.15, monotonic: 0.13, free: 0.12 };
const DISORDER = { tied: 0.6, own: 0.35, none: 0.05 };
/** leastFringes: least product of strain and lattice planes; scatter: of weights, relative; offset: largest one left, in
 *  widths of the resolution; slope: largest one of the background, decades from end to end. */
const NUMBERS = {
  leastFringes: [0, 100, 0.7],
  scatter: [0, 1, 0.1],
  offset: [0, 5, 0.15],
  slope: [0, 5, 0.6],
} as const;
const AXIS: PresetAxis = { first: 9.5, last: -4.5, points: 1201 };

/** Reflections as the generator draws them, in dimensionless numbers (docs/scaling.md). */
const REFLECTIONS = {
  /** |κ_H|, even in its logarithm. */
  coupling: [1e-8, 1e-2],
  /** |F_H|/F_0′, even in its logarithm. */
  contrast: [1e-3, 1],
  /** F_0″/F_0′, even in its logarithm. */
  absorption: [1e-6, 1],
  /** κ_H″/κ_0″. */
  phase: [-1, 2],
  /** sin θ_B. */
  sine: [0.05, 0.95],
} as const;

/** Plain JSON. What a file leaves out has the default. */
export interface MeasuredPreset {
  /** By which it is told from others; letters, digits, points and hyphens. */
  readonly name: string;
  /** How a sample is drawn and seen: as a real instrument does. */
  readonly protocol: "measured";
  /** The one reflection of all samples … */
  readonly reflection?: ReflectionConstants;
  /** … or what every sample's own is drawn from. */
  readonly reflections?: Readonly<Record<keyof typeof REFLECTIONS, Range>>;
  /** What films and instruments are drawn from, each from a range; units as docs/datasets.md has them. */
  readonly ranges: Readonly<Record<keyof typeof RANGES, Range>>;
  /** Shares of the samples, 0…1, that have one thing or another. */
  readonly shares: Readonly<Record<keyof typeof SHARES, number>>;
  /** Relative frequencies of the shapes of a profile. */
  readonly shapes: Readonly<Record<keyof typeof SHAPES, number>>;
  /** Relative frequencies of the ways in which disorder goes with strain. */
  readonly disorder: Readonly<Record<keyof typeof DISORDER, number>>;
  /** Fringes that a film must show at least to be drawn. */
  readonly leastFringes: number;
  /** Scatter of the splines' weights, as a share of them. */
  readonly scatter: number;
  /** Largest error of the angles that is left where their offset was found, in widths of the resolution. */
  readonly offset: number;
  /** Largest slope of the background, decades from end to end. */
  readonly slope: number;
  /** Strain in %, against the unstrained crystal's peak. */
  readonly axis: PresetAxis;
}

function keys<T extends object>(of: T): (keyof T & string)[] {
  return Object.keys(of) as (keyof T & string)[];
}

/** @throws {InvalidParameterError} */
export function parseMeasured(name: string, root: Readonly<Record<string, unknown>>): MeasuredPreset {
  const known = [
    "name",
    "protocol",
    "reflection",
    "reflections",
    "ranges",
    "shares",
    "shapes",
    "disorder",
    "axis",
    ...keys(NUMBERS),
  ];
  for (const key of Object.keys(root))
    if (!known.includes(key))
      throw new InvalidParameterError(
        `preset.${key}`,
        `absent: the fields are ${known.join(", ")}`,
        root[key],
      );
  const { reflection, reflections } = root;
  if ((reflection === undefined) === (reflections === undefined))
    throw new InvalidParameterError("preset.reflection", "given, or else preset.reflections", reflection);
  const group = <K extends string, V>(
    owner: string,
    of: readonly K[],
    read: (field: string, key: K, value: unknown) => V,
  ): Record<K, V> => {
    const given = root[owner] === undefined ? {} : record(`preset.${owner}`, root[owner]);
    for (const key of Object.keys(given))
      if (!(of as readonly string[]).includes(key))
        throw new InvalidParameterError(
          `preset.${owner}.${key}`,
          `absent: the fields are ${of.join(", ")}`,
          given[key],
        );
    return Object.fromEntries(
      of.map((key) => [key, read(`preset.${owner}.${key}`, key, given[key])]),
    ) as Record<K, V>;
  };
  const share =
    (of: Readonly<Record<string, number>>) =>
    (field: string, key: string, value: unknown): number => {
      const number = (value ?? of[key]) as number;
      requireWithin(field, number, 0, 1);
      return number;
    };
  const kinds = <K extends string>(owner: string, of: Readonly<Record<K, number>>): Record<K, number> => {
    const read = group(owner, keys(of), share(of));
    if (!keys(of).some((key) => read[key] > 0))
      throw new InvalidParameterError(`preset.${owner}`, "one share at least above 0", root[owner]);
    return read;
  };
  const checked: MeasuredPreset = {
    name,
    protocol: "measured",
    ...(reflection === undefined ? {} : { reflection: parseConstants("preset.reflection", reflection) }),
    ...(reflections === undefined
      ? {}
      : {
          reflections: group("reflections", keys(REFLECTIONS), (field, key, value): Range => {
            const [least, most] = REFLECTIONS[key];
            return rangeOf(field, value, least, most);
          }),
        }),
    ranges: group("ranges", keys(RANGES), (field, key, value) => {
      const [least, most, low, high] = RANGES[key];
      return rangeOf(field, value ?? [low, high], least, most);
    }),
    shares: group("shares", keys(SHARES), share(SHARES)),
    shapes: kinds("shapes", SHAPES),
    disorder: kinds("disorder", DISORDER),
    ...(Object.fromEntries(
      keys(NUMBERS).map((key) => {
        const [least, most, usual] = NUMBERS[key],
          value = (root[key] ?? usual) as number;
        requireWithin(`preset.${key}`, value, least, most);
        return [key, value];
      }),
    ) as Record<keyof typeof NUMBERS, number>),
    axis: parseAxis(root.axis ?? AXIS),
  };
  requireReachable(checked);
  return checked;
}

/** Throws where no draw could ever be simulated. */
function requireReachable({ reflection, ranges, shares, leastFringes, ...preset }: MeasuredPreset): void {
  if (reflection !== undefined) {
    const sine = reflection.wavelength / (2 * reflection.d);
    if (!(sine < 0.95))
      throw new InvalidParameterError(
        "preset.reflection.wavelength",
        `< 1.9d = ${1.9 * reflection.d} Å`,
        reflection.wavelength,
      );
  }
  const planes = reflection === undefined ? 1 : 10 / reflection.d;
  const most = ranges.thickness[1] * planes;
  // The kernel's table of slices (assembly/layout.ts): 3.1 of phase and 4e-3 of coupling each.
  if (!(most <= 12_000))
    throw new InvalidParameterError(
      "preset.ranges.thickness[1]",
      `at most 12 000 lattice planes (${(12_000 / planes).toPrecision(3)})`,
      ranges.thickness[1],
    );
  const largest = Math.max(
    shares.compression < 1 ? ranges.strain[1] : 0,
    shares.compression > 0 ? ranges.compression[1] : 0,
  );
  if (!((largest / 100) * most > 1.5 * leastFringes))
    throw new InvalidParameterError(
      "preset.leastFringes",
      `such that thickness and strain can reach it (${((largest / 100) * most).toPrecision(3)} planes)`,
      leastFringes,
    );
  const [low, high] = ranges.dynamicRange;
  const least = ranges.logScale[0] - ranges.logBackground[1],
    widest = ranges.logScale[1] - ranges.logBackground[0];
  if (!(low < widest && high > least))
    throw new InvalidParameterError(
      "preset.ranges.dynamicRange",
      `one that logScale − logBackground can reach (${least} … ${widest})`,
      low,
    );
  if (!(preset.axis.first <= 50 && preset.axis.last >= -50))
    throw new InvalidParameterError("preset.axis", "strains within ±50 %", preset.axis.first);
}

/** A preset of protocol "measured" for any reflection.
 *  @param changes what differs from the defaults
 *  @throws {InvalidParameterError}
 *  @example
 *  const own = measuredPreset("sic-4h-0004", await reflection(material("SiC-4H"), { hkl: [0, 0, 4], wavelength: 1.540598 }), { ranges: { strain: [0.1, 4] } }); */
export function measuredPreset(
  name: string,
  { wavelength, d, cellVolume, structureFactor: { zero, h, hBar } }: Reflection,
  changes: Readonly<Record<string, unknown>> = {},
): MeasuredPreset {
  const reflection: ReflectionConstants = {
    wavelength,
    d,
    cellVolume,
    electronRadius: CLASSICAL_ELECTRON_RADIUS,
    f0: zero,
    fh: h,
    fhBar: hBar,
  };
  return parseMeasured(name, { ...changes, reflection });
}

/** YSZ 400 (9.5 % Y2O3) with Cu Kα1, from the built-in tables. */
const YSZ_400: ReflectionConstants = {
  wavelength: 1.540598,
  d: 1.2856857305936074,
  cellVolume: 136.01426077079614,
  electronRadius: CLASSICAL_ELECTRON_RADIUS,
  f0: [219.93024068448588, 8.997556910967718],
  fh: [118.5054645761835, 8.997556910967749],
  fhBar: [118.5054645761835, 8.997556910967674],
};

/** The ranges that the built-in crystals' low reflections span with laboratory and synchrotron wavelengths. */
const ALL: MeasuredPreset["reflections"] = {
  coupling: [1.5e-6, 1.5e-4],
  contrast: [0.06, 0.85],
  absorption: [0.0015, 0.14],
  phase: [0, 1.1],
  sine: [0.18, 0.9],
};

export const MEASURED_PRESETS: readonly MeasuredPreset[] = [
  parseMeasured("measured", { reflection: YSZ_400 }),
  parseMeasured("universal", { reflections: ALL, ranges: { thickness: [150, 8000] } }),
];
