/** One scan of a batch as one line of JSON: what went in, and what came out. The same bytes for the same input, settings and
 *  version: nothing of clock, machine or order is in it. */
import { strainedDepth } from "../profile/sampled.ts";
import type { FileScan, Inversion, Profile, ScanFormat, Solution } from "../types.ts";
import { VERSION } from "../version.ts";
import { QUANTITIES, type Quantity, quantitiesOf, type QuantityName } from "./quantities.ts";

/** What a scan is, before it is inverted. */
export interface LineHead {
  /** The path as it was given. */
  readonly file: string;
  /** Place of the scan in its file, from 1. */
  readonly scan: number;
  /** SHA-256 of the file's bytes, hexadecimal; absent where it could not be read. */
  readonly sha256?: string;
  readonly metadata?: LineMetadata;
  /** Everything that the answer depends on besides the scan; absent where the scan could not be read. */
  readonly settings?: object;
}

/** What the file says of the scan. */
export interface LineMetadata {
  readonly format: ScanFormat;
  readonly points: number;
  readonly sample?: string;
  readonly comment?: string;
  readonly number?: number;
  readonly wavelength?: number;
  readonly countingTime?: number;
  /** Angle of incidence where the scan begins, degrees. */
  readonly omega?: number;
  /** Where motors stood, by the file's names and in its units. */
  readonly motors?: Readonly<Record<string, number>>;
}

/** A line as it is read back. */
export interface Line extends LineHead {
  readonly takagi: string;
  readonly error?: { readonly code: string; readonly message: string };
  readonly answer?: LineAnswer;
}

export interface LineAnswer {
  readonly verdict: Inversion["verdict"];
  readonly confidence: number;
  readonly converged: boolean;
  readonly isBudgetSpent: boolean;
  readonly rms: number;
  readonly chi2PerPoint: number;
  readonly quantities: Readonly<Record<QuantityName, LineQuantity>>;
  /** From below, where the answer is one of layers. */
  readonly layers?: readonly LineLayer[];
  /** Probability that its bands and intervals hold the true value. */
  readonly level: number;
  readonly profile: LineProfile;
}

/** Null where a number is not known. */
export type LineQuantity = { readonly [P in keyof Quantity]: number | null };

export interface LineLayer {
  readonly crystal: string;
  readonly repeats: number;
  readonly thicknessNm: LineQuantity;
  readonly strainPercent: LineQuantity;
  readonly debyeWaller: LineQuantity;
}

export interface LineProfile {
  readonly depthNm: readonly number[];
  readonly strainPercent: readonly number[];
  readonly strainLower: readonly number[];
  readonly strainUpper: readonly number[];
  readonly debyeWaller: readonly number[];
  readonly debyeWallerLower: readonly number[];
  readonly debyeWallerUpper: readonly number[];
}

/** Depths of a profile: one of so many of the answer's. */
const EVERY = 5;
/** Significant digits of what comes out. */
const DIGITS = 6;

export function metadataOf(
  format: ScanFormat,
  { intensity, sample, comment, number, wavelength, countingTime, omega, motors }: FileScan,
): LineMetadata {
  return {
    format,
    points: intensity.length,
    ...given({ sample, comment, number, wavelength, countingTime, omega: omega?.[0], motors }),
  };
}

/** The part of a line that is known before the inversion: every line of that scan begins with it. */
export function lineHead({ file, scan, sha256, metadata, settings }: LineHead): string {
  return JSON.stringify({ file, scan, takagi: VERSION, ...given({ sha256, metadata, settings }) }).slice(
    0,
    -1,
  );
}

/** @returns the whole line, with its line feed */
export function lineOf(
  head: string,
  result: { readonly answer: Inversion } | Required<Pick<Line, "error">>,
): string {
  const tail = "error" in result ? { error: result.error } : { answer: answerJson(result.answer) };
  return `${head},${JSON.stringify(tail, rounded).slice(1)}\n`;
}

function answerJson(inversion: Inversion) {
  const { verdict, verdictReason, confidence, converged, reason, isBudgetSpent, prior } = inversion,
    { relativeError, countUnit, used, instrument, method, methodReason } = inversion;
  return {
    verdict,
    verdictReason,
    confidence,
    converged,
    reason,
    isBudgetSpent,
    method,
    methodReason,
    prior,
    relativeError,
    countUnit,
    pointsFitted: used.reduce((sum, each) => sum + (each === 0 ? 0 : 1), 0),
    rms: inversion.rms,
    chi2PerPoint: inversion.chi2PerPoint,
    weight: inversion.weight,
    quantities: quantitiesOf(inversion),
    ...given({ layers: layersJson(inversion) }),
    otherSolutions: inversion.solutions.slice(1).map(otherJson),
    instrument,
    level: inversion.strainBand.level,
    profile: profileJson(inversion),
    notes: inversion.scan.notes ?? [],
  };
}

function otherJson({ weight, maxStrain, maxStrainDepth, profile, thickness, minDebyeWaller }: Solution) {
  return {
    weight,
    maxStrainPercent: maxStrain,
    maxStrainDepthNm: maxStrainDepth,
    strainedDepthNm: strainedDepth(profile),
    thicknessNm: thickness,
    minDebyeWaller,
  };
}

function layersJson({ stack }: Solution): LineLayer[] | undefined {
  return stack?.layers.map(({ name, repeats, thickness, strain, debyeWaller }) => ({
    crystal: name,
    repeats,
    thicknessNm: thickness,
    strainPercent: strain,
    debyeWaller,
  }));
}

function profileJson({ profile, strainBand, debyeWallerBand, stack }: Solution): LineProfile {
  // Both sides of every interface are in a profile of layers.
  const every = stack === undefined ? EVERY : 1,
    thin = (values: Float64Array): number[] => [...values.filter((_, i) => i % every === 0)];
  return {
    depthNm: thin(profile.depth),
    strainPercent: thin(profile.strain),
    strainLower: thin(strainBand.lower),
    strainUpper: thin(strainBand.upper),
    debyeWaller: thin(profile.debyeWaller),
    debyeWallerLower: thin(debyeWallerBand.lower),
    debyeWallerUpper: thin(debyeWallerBand.upper),
  };
}

/** The profile of a line as one to start from. */
export function profileOfLine({ depthNm, strainPercent, debyeWaller }: LineProfile): Profile {
  return {
    depth: Float64Array.from(depthNm),
    strain: Float64Array.from(strainPercent),
    debyeWaller: Float64Array.from(debyeWaller),
  };
}

export const QUANTITY_NAMES = Object.keys(QUANTITIES) as QuantityName[];

function rounded(_: string, value: unknown): unknown {
  return typeof value === "number" ? Number(value.toPrecision(DIGITS)) : value;
}

/** Without what is undefined. */
function given<T extends object>(values: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>;
  };
}
