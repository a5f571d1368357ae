/** One page that shows what a model is worth: the figures of Boulle & Debelle 2023 for it. */
import { isPaper, type PaperPreset } from "../../dataset/presets.ts";
import { type Case, caseOf, extremeCases, rowsByError } from "../../evaluate/cases.ts";
import { buriedCases, type Challenge, mirroredCases } from "../../evaluate/challenges.ts";
import type { Judgement } from "../../evaluate/evaluate.ts";
import type { Honesty } from "../../evaluate/final.ts";
import { quantities } from "../../nn/metrics.ts";
import type { Scan } from "../../types.ts";
import { VERSION } from "../../version.ts";
import { escape } from "../numbers.ts";
import { page, prose, type Row, table } from "../page.ts";
import { inlineSvg, type Picture } from "../svg.ts";
import { agreementPicture, cumulativePicture, violinPicture } from "./accuracy.ts";
import { caseSheet } from "./caseSheet.ts";
import { errorsAt, histogramPicture } from "./histograms.ts";
import { reliabilityPicture, strataTable } from "./reliability.ts";

export interface EvaluationPage {
  readonly title: string;
  readonly tables: readonly { readonly caption: string; readonly rows: readonly Row[] }[];
  readonly judgement: Judgement;
  /** What the answers say of themselves; absent where the network alone is judged. */
  readonly honesty?: Pick<Honesty, "reliability" | "calibrationError" | "strata">;
  /** Answers to a scan, by the names of the labels. */
  answer(scan: Scan): Promise<Readonly<Record<string, number>>>;
}

/** Samples of a sheet. */
const SHOWN = 4;
/** Samples that are compared as best and worst. */
const EXTREMES = 1000;

/** A self-contained HTML page.
 *  @returns HTML text */
export async function evaluationPage({
  title,
  tables,
  judgement,
  honesty,
  answer,
}: EvaluationPage): Promise<string> {
  const found = quantities(judgement.predicted),
    truth = quantities(judgement.truth),
    { preset } = judgement.generator;
  return page(`${title} · takagi`, [
    `<h1>${escape(title)}</h1>`,
    '<div class="tables">',
    ...tables.map(({ caption, rows }) => table(caption, rows)),
    "</div>",
    "<h2>Predicted against true values</h2>",
    figure(
      agreementPicture(found, pick(truth, found)),
      "Line: agreement; dashed: 10 % more or less, the error up to which an answer counts as right.",
    ),
    "<h2>Errors</h2>",
    figure(
      violinPicture(judgement.errors),
      "Strokes: 10th, 50th and 90th percentile; beside each how many samples lie outside the axis. Dotted: ± 10 %.",
    ),
    figure(
      cumulativePicture(judgement),
      "Share of the samples whose relative error is under a threshold; the circle is the accuracy a at a threshold of 0.1. Strain: rms of the difference over the depth of the thicker film, relative to the largest strain.",
    ),
    ...(honesty === undefined ? [] : honestyParts(honesty, judgement.index.length)),
    ...(judgement.errors.strain === undefined
      ? []
      : await profileParts(judgement, judgement.errors.strain, truth)),
    ...(judgement.errors.strain === undefined || !isPaper(preset)
      ? []
      : await caseParts(judgement, preset, answer)),
    `<footer>takagi ${VERSION} · measures of Boulle &amp; Debelle 2023, Mach. Learn.: Sci. Technol. 4 015002</footer>`,
  ]);
}

function honestyParts(
  { reliability, calibrationError, strata }: NonNullable<EvaluationPage["honesty"]>,
  count: number,
): string[] {
  return [
    "<h2>What answers say of themselves</h2>",
    figure(
      reliabilityPicture(reliability),
      `Left: share of right answers among those of a confidence, in ten bins, with 95 % intervals; dashed: a confidence that holds. Right: how many answers are in each bin, of ${count}. Expected calibration error: ${calibrationError.toFixed(3)}.`,
    ),
    "<h2>By what a scan holds</h2>",
    "<p>Right, determined, right of these, depths where the pointwise 95 % band holds the truth: in percent of n.</p>",
    strataTable(strata, count),
  ];
}

async function profileParts(
  judgement: Judgement,
  errors: Float64Array,
  truth: ReturnType<typeof quantities>,
): Promise<string[]> {
  const order = rowsByError(judgement),
    count = Math.min(EXTREMES, Math.floor(order.length / 4)),
    best = order.slice(0, count),
    worst = order.slice(-count);
  if (count === 0) return [];
  return [
    "<h2>What the worst and the best have in common</h2>",
    figure(
      histogramPicture(truth, best, worst),
      `True values among the ${count} samples of the largest (filled) and of the smallest (black line) strain error, and among all (dashed). ${errorsAt(errors, best, worst)}`,
    ),
  ];
}

async function caseParts(
  judgement: Judgement,
  preset: PaperPreset,
  answer: EvaluationPage["answer"],
): Promise<string[]> {
  const { noise } = judgement.generator,
    seed = judgement.streamSeed;
  const { best, worst } = await extremeCases(judgement, preset, SHOWN);
  const solved = async (challenges: readonly Challenge[]): Promise<Case[]> => {
    const cases: Case[] = [];
    for (const { scan, labels } of challenges)
      cases.push(await caseOf(preset, scan, await answer(scan), labels));
    return cases;
  };
  const sheet = (cases: readonly Case[], caption: string): string =>
    figure(caseSheet(cases, preset), caption);
  const { rightTailed, leftTailed } = await mirroredCases(preset, noise, seed);
  return [
    "<h2>Best and worst</h2>",
    sheet(
      best,
      "The smallest errors of the strain. Grey: sample; blue: answer, and the curve of the answer.",
    ),
    sheet(
      worst,
      "The largest errors. Where both curves agree, the scan does not tell the two profiles apart.",
    ),
    "<h2>Profiles unlike the training: mirror images</h2>",
    sheet(
      await solved(rightTailed),
      "Strain that rises steeply below the surface and falls slowly, as irradiated crystals have it, with less and less strain.",
    ),
    sheet(
      await solved(leftTailed),
      "The same profiles mirrored: the scans differ by the interference of surface and substrate alone.",
    ),
    "<h2>Profiles unlike the training: a buried layer</h2>",
    sheet(
      await solved(await buriedCases(preset, noise, seed)),
      "A strained layer with a Debye–Waller factor of 0.05 in four depths of a film of 400 nm.",
    ),
  ];
}

function pick<T extends object>(from: T, like: object): T {
  return Object.fromEntries(Object.entries(from).filter(([name]) => name in like)) as T;
}

function figure(picture: Picture, caption: string): string {
  return `<figure>${inlineSvg(picture)}<figcaption>${prose(caption)}</figcaption></figure>`;
}
