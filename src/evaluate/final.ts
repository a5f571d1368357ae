/** The answer after the fit, judged: right or not, and whether what it says of itself holds. */
import { RIGHT } from "../invert/distance.ts";
import { interpolate } from "../profile/sampled.ts";
import { quantities, relativeErrors } from "../nn/metrics.ts";
import { strainAt } from "../profile/comparison.ts";
import type { Judgement } from "./evaluate.ts";
import type { Refined } from "./refine.ts";

/** Percent. */
export interface Honesty {
  /** Answers that are marked "determined"; and of these, those whose strain profile is right (undefined where there are none). */
  readonly determined: { readonly share: number; readonly right: number | undefined };
  /** Depths of the true films where the pointwise 95 % band of the strain holds the true strain. */
  readonly coverage: number;
  /** Mean difference of confidence and share of right answers, over ten bins of confidence; the bins. */
  readonly calibrationError: number;
  readonly reliability: readonly {
    readonly count: number;
    readonly confidence: number;
    readonly right: number;
  }[];
  /** The same by what a scan holds. */
  readonly strata: readonly Stratum[];
}

export interface Stratum {
  readonly by: "fringes" | "filmCounts" | "debyeWaller";
  /** ∫|e| dz/d of the answer; its counts above background away from the peak (log10); smallest Debye–Waller factor of the true
   *  film. */
  readonly from: number;
  readonly to: number;
  /** Percent of all, and of the stratum's. */
  readonly share: number;
  readonly right: number;
  readonly determined: number;
  readonly rightOfDetermined: number | undefined;
  readonly coverage: number;
}

const EDGES = {
  fringes: [0, 1, 3, 10, 30, Infinity],
  filmCounts: [0, 3, 4, 5, 6, Infinity],
  debyeWaller: [0, 0.05, 0.15, 0.4, 1],
} as const;

/** Depths of a film, in the middle of even cells. */
const DEPTHS = 500;
/** Of a film's largest strain: what interpolation may do. */
const SLACK = 1e-6;

/** The network's answers replaced by those of the fit. */
export function finalJudgement(alone: Judgement, refined: readonly Pick<Refined, "labels">[]): Judgement {
  const { predicted, truth } = alone,
    width = predicted.names.length,
    labels = new Float32Array(predicted.labels.length);
  for (const [row, { labels: own }] of refined.entries()) labels.set(own, row * width);
  const found = { names: predicted.names, labels };
  return { ...alone, predicted: found, errors: relativeErrors(found, truth) };
}

export function honesty(final: Judgement, refined: readonly Refined[]): Honesty {
  const errors = final.errors.strain!,
    isRight = refined.map((_, row) => errors[row]! < RIGHT),
    held = refined.map(({ band }, row) => heldShare(final, row, band)),
    all = refined.map((_, row) => row),
    { dw } = quantities(final.truth),
    percent = (part: number, whole: number): number => (100 * part) / whole;
  const sums = (rows: readonly number[]) => {
    const sure = rows.filter((row) => refined[row]!.verdict === "determined"),
      right = sure.filter((row) => isRight[row]).length;
    return {
      right: percent(rows.filter((row) => isRight[row]).length, rows.length),
      determined: percent(sure.length, rows.length),
      rightOfDetermined: sure.length === 0 ? undefined : percent(right, sure.length),
      coverage: (100 * rows.reduce((sum, row) => sum + held[row]!, 0)) / rows.length,
    };
  };
  const value = {
    fringes: (row: number) => Math.exp(refined[row]!.features.lnFringes),
    filmCounts: (row: number) => refined[row]!.features.lnFilmCounts / Math.LN10,
    debyeWaller: (row: number) => dw![row]!,
  };
  const strata = (Object.keys(EDGES) as (keyof typeof EDGES)[]).flatMap((by) =>
    EDGES[by].slice(1).flatMap((to, k): Stratum[] => {
      const from = EDGES[by][k]!,
        rows = all.filter(
          (row) => value[by](row) >= from && (value[by](row) < to || (by === "debyeWaller" && to === 1)),
        );
      return rows.length === 0
        ? []
        : [{ by, from, to, share: percent(rows.length, all.length), ...sums(rows) }];
    }),
  );
  const reliability = Array.from({ length: 10 }, (_, bin) => {
    const rows = all.filter((row) => Math.min(Math.floor(10 * refined[row]!.confidence), 9) === bin);
    return {
      count: rows.length,
      confidence: rows.reduce((sum, row) => sum + refined[row]!.confidence, 0) / Math.max(rows.length, 1),
      right: rows.filter((row) => isRight[row]).length / Math.max(rows.length, 1),
    };
  });
  const whole = sums(all);
  return {
    determined: { share: whole.determined, right: whole.rightOfDetermined },
    coverage: whole.coverage,
    calibrationError:
      reliability.reduce(
        (sum, { count, confidence, right }) => sum + count * Math.abs(confidence - right),
        0,
      ) / all.length,
    reliability,
    strata,
  };
}

/** Depths of a film at which scans are recorded. */
const RECORDED = 21;

/** One line a scan: what `confidence` and the bands are learned from (tools/confidence.mjs). */
export function scanRecords(final: Judgement, refined: readonly Refined[]): object[] {
  const { truth, index, errors, generator } = final,
    { names } = truth;
  return refined.flatMap(({ features, confidence, verdict, drawn, labels }, row) => {
    // What was refused says nothing.
    if (Number.isNaN(features.mass)) return [];
    const own = truth.labels.subarray(row * names.length, (row + 1) * names.length),
      { t } = quantities({ names, labels: own }),
      { emax } = quantities({ names: final.predicted.names, labels }),
      size = emax![0]!,
      depths = Float64Array.from({ length: RECORDED }, (_, k) => ((k + 0.5) / RECORDED) * t![0]!),
      answer = strainOf(final.predicted.names, labels),
      actual = strainOf(names, own),
      low = interpolate(drawn.depth, drawn.lower, depths),
      high = interpolate(drawn.depth, drawn.upper, depths);
    return {
      preset: generator.preset.name,
      index: index[row],
      error: errors.strain![row],
      confidence,
      verdict,
      features,
      // By how much the truth lies beyond the draws' band, in largest strains.
      beyond: Array.from(depths, (z, k) => {
        const e = actual(z),
          middle = answer(z),
          // Below the answer's own film there are no draws.
          isBeyond = z > drawn.depth[drawn.depth.length - 1]!,
          half = Math.max(isBeyond ? 0 : e > middle ? high[k]! - middle : middle - low[k]!, 0);
        return Number(((Math.abs(e - middle) - half) / size).toPrecision(3));
      }),
    };
  });
}

function strainOf(names: readonly string[], labels: Float32Array): (depth: number) => number {
  const weights = labels.filter((_, k) => /^weight\d+$/.test(names[k]!)),
    thickness = labels[names.indexOf("thickness")]!;
  return (depth) => strainAt(weights, 1 - depth / thickness);
}

/** Share of the depths of the true film where the band holds the true strain; below where the band ends it is that of an
 *  unstrained crystal. */
function heldShare({ truth }: Judgement, row: number, { depth, lower, upper }: Refined["band"]): number {
  const { names } = truth,
    own = truth.labels.subarray(row * names.length, (row + 1) * names.length);
  const weights = own.filter((_, k) => /^weight\d+$/.test(names[k]!)),
    { t, emax } = quantities({ names, labels: own });
  const thickness = t![0]!,
    slack = SLACK * emax![0]!,
    deepest = depth[depth.length - 1]!;
  const depths = Float64Array.from({ length: DEPTHS }, (_, k) => ((k + 0.5) / DEPTHS) * thickness);
  const low = interpolate(depth, lower, depths),
    high = interpolate(depth, upper, depths);
  const held = depths.filter((z, k) => {
    const strain = strainAt(weights, 1 - z / thickness),
      isBeyond = z > deepest;
    return strain >= (isBeyond ? 0 : low[k]!) - slack && strain <= (isBeyond ? 0 : high[k]!) + slack;
  });
  return held.length / DEPTHS;
}
