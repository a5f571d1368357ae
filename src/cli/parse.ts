/** From the words of the command line to values; every error names its option, what it takes and what it got. */

import { InvalidParameterError } from "../errors.ts";
import type { Hkl, SpectralLine } from "../types.ts";

/** A parser as commander wants it; `before` is what an earlier use of a repeatable option gave. */
export type Parser<T> = (text: string, before?: T) => T;

interface Bounds {
  /** Greater than this. */
  readonly above?: number;
  /** Less than this. */
  readonly below?: number;
  readonly least?: number;
  readonly most?: number;
  readonly unit?: string;
}

const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;

function numberIn(text: string): number {
  const trimmed = text.trim().replace("\u2212", "-");
  return NUMBER.test(trimmed) ? Number(trimmed) : NaN;
}

export function number(option: string, bounds: Bounds = {}): Parser<number> {
  return (text) => {
    const value = numberIn(text);
    if (!isWithin(value, bounds)) throw new InvalidParameterError(option, describe("a number", bounds), text);
    return value;
  };
}

export function integer(option: string, bounds: Bounds = {}): Parser<number> {
  return (text) => {
    const value = numberIn(text);
    if (!Number.isSafeInteger(value) || !isWithin(value, bounds)) {
      throw new InvalidParameterError(option, describe("an integer", bounds), text);
    }
    return value;
  };
}

function isWithin(
  value: number,
  { above = -Infinity, below = Infinity, least = -Infinity, most = Infinity }: Bounds,
): boolean {
  return Number.isFinite(value) && value > above && value < below && value >= least && value <= most;
}

function describe(what: string, { above, below, least, most, unit }: Bounds): string {
  const limits = [
    above === undefined ? "" : `> ${above}`,
    least === undefined ? "" : `≥ ${least}`,
    below === undefined ? "" : `< ${below}`,
    most === undefined ? "" : `≤ ${most}`,
  ];
  const words = limits.filter((limit) => limit !== "").join(" and ");
  return `${what}${words === "" ? "" : ` ${words}`}${unit === undefined ? "" : ` ${unit}`}`;
}

/** One of some words; spaces may be written as hyphens or underscores, and case does not matter. */
export function choice<T extends string>(option: string, allowed: readonly T[]): Parser<T> {
  const key = (word: string) =>
    word
      .trim()
      .toLowerCase()
      .replace(/[\s_-]+/g, " ");
  return (text) => {
    const found = allowed.find((word) => key(word) === key(text));
    if (found === undefined) throw new InvalidParameterError(option, `one of ${allowed.join(", ")}`, text);
    return found;
  };
}

/** The same, several of them parted by commas, or given once more. */
export function choices<T extends string>(option: string, allowed: readonly T[]): Parser<readonly T[]> {
  const one = choice(option, allowed);
  return (text, before = []) => [...new Set([...before, ...text.split(",").map((word) => one(word))])];
}

/** "4,0,0", "4 0 0", "-2,2,4", or "400" where every index is one digit without a sign. */
export function hkl(option: string): Parser<Hkl> {
  return (text) => {
    const trimmed = text.trim();
    const parts = /^\d{3}$/.test(trimmed) ? [...trimmed] : trimmed.split(/\s*,\s*|\s+/);
    const indices = parts.map(numberIn);
    const isHkl =
      indices.length === 3 && indices.every((index) => Number.isInteger(index) && Math.abs(index) <= 1000);
    if (!isHkl || indices.every((index) => index === 0)) {
      throw new InvalidParameterError(option, "three Miller indices such as 4,0,0", text);
    }
    return indices.map((index) => index + 0) as unknown as Hkl;
  };
}

/** The same, given once or more. */
export function hkls(option: string): Parser<readonly Hkl[]> {
  const one = hkl(option);
  return (text, before = []) => [...before, one(text)];
}

/** "from:to" in degrees 2θ. */
export function range(option: string): Parser<[from: number, to: number]> {
  return (text) => {
    const [from, to, ...rest] = text.split(":").map(numberIn) as [number, number, ...number[]];
    if (!(from >= 0 && to <= 180 && from < to) || rest.length > 0) {
      throw new InvalidParameterError(option, "from:to in degrees 2θ, from < to, such as 72.8:73.5", text);
    }
    return [from, to];
  };
}

export function ranges(option: string): Parser<[from: number, to: number][]> {
  const one = range(option);
  return (text, before = []) => [...before, one(text)];
}

/** "3", "1,2,3", "12.2": scans of a file; a decimal is one of several of a number (SPEC). */
export function numbers(option: string): Parser<readonly number[]> {
  return (text) =>
    text.split(",").map((part) => {
      const value = numberIn(part);
      if (!(value >= 1 && value < 1e9 && Number.isInteger(Math.round(1e6 * value) / 1e5)))
        throw new InvalidParameterError(option, "a number ≥ 1, or several such as 1,2", text);
      return value;
    });
}

/** "1.540598:1,1.544426:0.5": wavelengths in Å, each with its relative intensity (1 if absent). */
export function lines(option: string): Parser<SpectralLine[]> {
  return (text) =>
    text.split(",").map((part) => {
      const [wavelength, weight, ...rest] = [
        ...part.split(":").map(numberIn),
        ...(part.includes(":") ? [] : [1]),
      ] as [number, number, ...number[]];
      if (!(wavelength > 0 && weight > 0) || rest.length > 0) {
        throw new InvalidParameterError(
          option,
          "wavelength:weight,… in Å, such as 1.540598:1,1.544426:0.5",
          text,
        );
      }
      return { wavelength, weight };
    });
}

/** "2/7": the second part of seven. */
export function shard(option: string): Parser<{ readonly index: number; readonly of: number }> {
  return (text) => {
    const [index, of, ...rest] = text.split("/").map(numberIn) as [number, number, ...number[]];
    const isPart = Number.isSafeInteger(index) && Number.isSafeInteger(of) && index >= 1 && index <= of;
    if (!isPart || rest.length > 0)
      throw new InvalidParameterError(option, "K/M, part K of M counted from 1, such as 2/7", text);
    return { index, of };
  };
}

/** Two names. */
export function two(option: string): Parser<[string, string]> {
  return (text) => {
    const [first, second, ...rest] = text.split(",").map((name) => name.trim()) as [
      string,
      string,
      ...string[],
    ];
    if (!first || !second || first === second || rest.length > 0)
      throw new InvalidParameterError(option, "two different names, such as X,Y", text);
    return [first, second];
  };
}

/** Two different columns of a file, counted from 1. */
export function columns(option: string): Parser<[number, number]> {
  return (text) => {
    const [first, second, ...rest] = text.split(",").map(numberIn) as [number, number, ...number[]];
    const isColumn = (value: number) => Number.isInteger(value) && value >= 1 && value <= 1000;
    if (!isColumn(first) || !isColumn(second) || first === second || rest.length > 0) {
      throw new InvalidParameterError(option, "two different columns counted from 1, such as 1,3", text);
    }
    return [first, second];
  };
}

/** Names of the options, and the parameters that they stand for. */
const PARAMETERS = {
  thickness: { parameter: "thickness", bounds: { above: 0, unit: "nm" } },
  fwhm: { parameter: "fwhm", bounds: { above: 0, unit: "degrees 2θ" } },
  "lorentz-fraction": { parameter: "lorentzFraction", bounds: { least: 0, most: 1 } },
  offset: { parameter: "offset", bounds: { unit: "degrees 2θ" } },
  background: { parameter: "background", bounds: { least: 0 } },
  "background-decades": { parameter: "backgroundDecades", bounds: {} },
} as const;
export const FIXABLE = Object.keys(PARAMETERS) as (keyof typeof PARAMETERS)[];
type Parameter = (typeof PARAMETERS)[keyof typeof PARAMETERS]["parameter"];
export type Fixed = Partial<Record<Parameter, number>>;
export type Known = Partial<Record<Parameter, readonly [value: number, deviation: number]>>;

/** "name=value", any number of times. */
export function fixed(option: string): Parser<Fixed> {
  return (text, before = {}) => {
    const { name, parameter, value } = assigned(option, text, before, "name=value");
    return { ...before, [parameter]: number(`${option} ${name}`, PARAMETERS[name].bounds)(value) };
  };
}

/** "name=value±deviation" (or +- in place of ±), any number of times. */
export function known(option: string): Parser<Known> {
  return (text, before = {}) => {
    const { name, parameter, value } = assigned(option, text, before, "name=value±deviation"),
      [middle, deviation, ...rest] = value.split(/±|\+-|\+\/-/);
    if (deviation === undefined || rest.length > 0)
      throw new InvalidParameterError(option, "name=value±deviation, such as thickness=300±20", text);
    return {
      ...before,
      [parameter]: [
        number(`${option} ${name}`, PARAMETERS[name].bounds)(middle!),
        number(`${option} ${name}`, { above: 0 })(deviation),
      ],
    };
  };
}

function assigned(
  option: string,
  text: string,
  before: object,
  form: string,
): { name: keyof typeof PARAMETERS; parameter: Parameter; value: string } {
  const at = text.indexOf("=");
  if (at < 1) throw new InvalidParameterError(option, `${form} with a name of ${FIXABLE.join(", ")}`, text);
  const name = choice(option, FIXABLE)(text.slice(0, at).trim()),
    { parameter } = PARAMETERS[name];
  if (parameter in before) throw new InvalidParameterError(option, `given once for ${name}`, text);
  return { name, parameter, value: text.slice(at + 1) };
}

/** A regular expression with a name for each part that is a variable, such as `T(?<temperature>\d+)K`. */
export function pattern(option: string): Parser<RegExp> {
  return (text) => {
    const expected = "a regular expression with named groups, such as T(?<temperature>\\d+)K";
    if (!text.includes("(?<")) throw new InvalidParameterError(option, expected, text);
    try {
      return new RegExp(text, "u");
    } catch {
      throw new InvalidParameterError(option, expected, text);
    }
  };
}

/** quick, normal, thorough, or seconds of one core. */
export function effort(option: string): Parser<"quick" | "normal" | "thorough" | number> {
  const words = ["quick", "normal", "thorough"] as const;
  return (text) => {
    const word = words.find((each) => each === text.trim());
    if (word !== undefined) return word;
    try {
      return number(option, { above: 0, unit: "s" })(text);
    } catch {
      throw new InvalidParameterError(option, "quick, normal, thorough, or seconds > 0", text);
    }
  };
}
