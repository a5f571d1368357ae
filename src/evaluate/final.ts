/** The answer after the fit, judged: right or not, and whether what it says of itself holds. */
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
}

/** Depths of a film, in the middle of even cells. */
const DEPTHS = 500;
/** Of a film's largest strain: what interpolation may do. */
const SLACK = 1e-6;
const RIGHT = 0.1;

/** The network's answers replaced by those of the fit. */
export function finalJudgement(alone: Judgement, refined: readonly Pick<Refined, "labels">[]): Judgement {
  const { predicted, truth } = alone,
    width = predicted.names.length,
    labels = new Float32Array(predicted.labels.length);
  for (const [row, { labels: own }] of refined.entries()) labels.set(own, row * width);
  const found = { names: predicted.names, labels };
  return { ...alone, predicted: found, errors: relativeErrors(found, truth) };
}

export function honesty(final: Judgement, refined: readonly Pick<Refined, "verdict" | "band">[]): Honesty {
  const sure = refined.flatMap(({ verdict }, row) => (verdict === "determined" ? [row] : []));
  const right = sure.filter((row) => final.errors.strain![row]! < RIGHT).length;
  const held = refined.reduce((sum, { band }, row) => sum + heldShare(final, row, band), 0);
  return {
    determined: {
      share: (100 * sure.length) / refined.length,
      right: sure.length === 0 ? undefined : (100 * right) / sure.length,
    },
    coverage: (100 * held) / refined.length,
  };
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
