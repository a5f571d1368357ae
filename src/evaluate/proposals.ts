/** What proposals are worth: whether one of the first few lies near the true strain, so that a fit from it ends right. */
import { relativeErrors } from "../nn/metrics.ts";
import type { Predictor } from "../nn/predict.ts";
import type { Judgement } from "./evaluate.ts";
import { inputsOf } from "./inputs.ts";

/** Numbers of proposals that are looked at. */
const SIZES = [1, 4, 16, 64] as const;
/** Strain errors (rms relative to the largest strain) that count as near: from where a fit ends right, and right. */
const NEAR = [0.06, 0.1] as const;
/** Samples that are asked for at a time. */
const BATCH = 64;

/** Shares, in percent, of samples of which the best of some proposals is near. */
export interface ProposalScores {
  /** Samples that were asked for proposals. */
  readonly count: number;
  readonly best: readonly { readonly of: number; readonly within6: number; readonly within10: number }[];
}

export interface ProposalOptions {
  /** Most samples: the first of those that were judged. */
  readonly count: number;
  readonly signal?: AbortSignal;
  readonly onProgress?: (done: number, count: number) => void;
}

/** @throws {InvalidParameterError} for a model without mixture and bank; `signal.reason` where it is aborted */
export async function proposalScores(
  predictor: Predictor,
  { generator, streamSeed, index, truth }: Judgement,
  options: ProposalOptions,
): Promise<ProposalScores> {
  const { names } = truth,
    count = Math.min(options.count, index.length),
    found = SIZES.map(() => NEAR.map(() => 0));
  for (let first = 0; first < count; first += BATCH) {
    options.signal?.throwIfAborted();
    const part = index.subarray(first, Math.min(first + BATCH, count)),
      { inputs, extras } = inputsOf({ generator, streamSeed, index: part }),
      proposed = await predictor.proposeInputs(inputs, SIZES.at(-1)!, extras);
    for (const [k, proposals] of proposed.entries()) {
      const right = truth.labels.subarray((first + k) * names.length, (first + k + 1) * names.length),
        errors = proposals.map(
          ({ labels }) =>
            relativeErrors({ names: predictor.model.card.labels, labels }, { names, labels: right })
              .strain![0]!,
        );
      for (const [i, size] of SIZES.entries())
        for (const [j, near] of NEAR.entries())
          if (Math.min(...errors.slice(0, size)) < near) found[i]![j]! += 1;
    }
    options.onProgress?.(first + part.length, count);
  }
  return {
    count,
    best: SIZES.map((of, i) => ({
      of,
      within6: (100 * found[i]![0]!) / count,
      within10: (100 * found[i]![1]!) / count,
    })),
  };
}
