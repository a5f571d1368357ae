/** Single samples to look at: scan, the curve of the answer, true and found profile. */
import type { PaperPreset } from "../dataset/presets.ts";
import { quantities } from "../nn/metrics.ts";
import { strainError } from "../profile/comparison.ts";
import { splineProfile } from "../profile/spline.ts";
import type { Profile, Scan } from "../types.ts";
import type { Judgement } from "./evaluate.ts";
import { paperCurve } from "./refine.ts";

export interface Case {
  readonly scan: Scan;
  /** Mean counts of the answer. */
  readonly calculated: Float64Array;
  readonly truth: Profile;
  readonly found: Profile;
  /** rms error of the strain relative to its maximum. */
  readonly error: number;
  /** What the sample was made of. */
  readonly labels: Readonly<Record<string, number>>;
}

/** @throws {InvalidParameterError} for labels that are no profile's */
export async function caseOf(
  preset: PaperPreset,
  scan: Scan,
  found: Readonly<Record<string, number>>,
  truth: Readonly<Record<string, number>>,
): Promise<Case> {
  // What a network of fewer outputs does not say is taken from the truth.
  const whole = { ...truth, ...found };
  return {
    scan,
    labels: truth,
    calculated: await meanCounts(
      preset,
      scan.twoTheta,
      whole,
      scan.intensity.reduce((a, b) => Math.max(a, b), 0),
    ),
    truth: await profileOf(truth),
    found: await profileOf(whole),
    error: strainError(weightsOf(whole), thicknessOf(whole), weightsOf(truth), thicknessOf(truth)),
  };
}

/** The samples of the smallest and of the largest strain errors. */
export async function extremeCases(
  judgement: Judgement,
  preset: PaperPreset,
  count: number,
): Promise<{ best: Case[]; worst: Case[] }> {
  const { generator, streamSeed, index, predicted, truth } = judgement,
    order = rowsByError(judgement);
  const make = async (row: number): Promise<Case> =>
    caseOf(preset, generator.scan(streamSeed, index[row]!), named(predicted, row), named(truth, row));
  const all = async (rows: readonly number[]): Promise<Case[]> => {
    const cases: Case[] = [];
    for (const row of rows) cases.push(await make(row));
    return cases;
  };
  return { best: await all(order.slice(0, count)), worst: await all(order.slice(-count).reverse()) };
}

/** Rows from the smallest strain error to the largest. */
export function rowsByError({ errors: { strain } }: Judgement): number[] {
  return Array.from(strain ?? [], (_, row) => row).sort((a, b) => strain![a]! - strain![b]!);
}

export function named({ names, labels }: Judgement["truth"], row: number): Record<string, number> {
  return Object.fromEntries(names.map((name, k) => [name, labels[row * names.length + k]!]));
}

/** Mean counts of labels, `top` at the maximum. */
export async function meanCounts(
  preset: PaperPreset,
  twoTheta: Float64Array,
  labels: Readonly<Record<string, number>>,
  top: number,
): Promise<Float64Array> {
  const background = top / (1 + 10 ** labels.dynamicRange!),
    curve = await paperCurve(preset, twoTheta, {
      thickness: thicknessOf(labels),
      strainWeights: Float64Array.from(weightsOf(labels)),
      disorder: Math.abs(labels.disorder!),
      fwhm: Math.max(1e-3, labels.fwhm!),
    }),
    scale = (top - background) / curve.reduce((a, b) => Math.max(a, b), 0);
  return curve.map((y) => scale * y + background);
}

/** By modulus, as in the paper. */
function weightsOf(labels: Readonly<Record<string, number>>): number[] {
  return Object.keys(labels)
    .filter((name) => /^weight\d+$/.test(name))
    .map((name) => Math.abs(labels[name]!));
}

function thicknessOf({ thickness }: Readonly<Record<string, number>>): number {
  return Math.max(1, Math.abs(thickness!));
}

function profileOf(labels: Readonly<Record<string, number>>): Promise<Profile> {
  return splineProfile({
    thickness: thicknessOf(labels),
    strainWeights: weightsOf(labels),
    disorder: Math.abs(labels.disorder!),
    points: 201,
  });
}

/** In words: thickness, largest strain, disorder, resolution, dynamic range. */
export function facts(labels: Readonly<Record<string, number>>): {
  thickness: number;
  maxStrain: number;
  debyeWaller: number;
  fwhm: number;
  dynamicRange: number;
} {
  const table = { names: Object.keys(labels), labels: Object.values(labels) },
    { t, emax, dw, h, dr } = quantities(table);
  return {
    thickness: t![0]!,
    maxStrain: emax![0]!,
    debyeWaller: dw![0]!,
    fwhm: h![0]!,
    dynamicRange: dr![0]!,
  };
}
