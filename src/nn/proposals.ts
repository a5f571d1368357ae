/** Several answers from one: those of a model's mixture, and its prediction with the residuals of the samples that it said the
 *  most alike of. */
import { strainAt } from "../profile/comparison.ts";
import type { Bank } from "./bank.ts";
import type { Model } from "./card.ts";
import { hypothesesOf } from "./mixture.ts";
import type { NetworkAnswer } from "./openNetwork.ts";
import { decode } from "./outputs.ts";
import { UnknownSpace } from "./unknowns.ts";

/** A row of labels and how likely it is, among the rows it was proposed with. */
export interface ProposedLabels {
  /** In the order of the model's labels. */
  readonly labels: Float32Array;
  /** Share of the probability that this proposal stands for, 0 … 1. */
  readonly weight: number;
}

/** Neighbours whose residuals are candidates; more where more proposals are asked for. */
const NEIGHBOURS = 256;
/** Proposals that are chosen to differ; those after them are the mixture's and then the nearest neighbours'. */
const DIFFERENT = 16;
/** Distance at which a neighbour's weight has fallen to exp(−½), relative to that of the last of these. */
const BANDWIDTH = 0.7;
/** The mixture's share of the probability where there is a bank, too. */
const MIXTURE_SHARE = 0.5;
/** Strain errors (rms relative to the largest strain) up to which one profile stands for another. */
const ALIKE = 0.07;
/** Depths on which candidates are compared. */
const DEPTHS = 64;

/** How a model proposes; undefined where it has neither mixture nor bank. The answers of the mixture and the draws of the bank are
 *  candidates. The first sixteen proposals are those that one after the other have most of the remaining probability within a
 *  strain error of 7 %, so that no two say the same; then come the other candidates, each with what remains of its own
 *  probability: the mixture's, then the nearest neighbours'. */
export function proposerOf(
  model: Model,
): ((scan: NetworkAnswer, count: number) => ProposedLabels[]) | undefined {
  const { card, mixture, bank } = model;
  if (mixture === undefined && bank === undefined) return undefined;
  const space = new UnknownSpace(card.labels, card.preset),
    units = bank === undefined ? undefined : unitsOf(bank);
  return ({ raw, features }, count) => {
    const share = mixture === undefined ? 0 : bank === undefined ? 1 : MIXTURE_SHARE,
      labelsOf = (numbers: Float32Array): Float32Array =>
        decode(card.outputs, numbers, card.labels, card.preset);
    const candidates: ProposedLabels[] = [];
    if (mixture !== undefined) {
      const { raw: all, probability } = hypothesesOf(mixture, features, raw);
      candidates.push(
        ...Array.from(probability, (p, k) => ({
          labels: labelsOf(all.subarray(k * raw.length, (k + 1) * raw.length)),
          weight: share * p,
        })).sort((a, b) => b.weight - a.weight),
      );
    }
    if (bank !== undefined)
      candidates.push(
        ...drawsOf(bank, units!, labelsOf(raw), Math.max(NEIGHBOURS, count)).map(({ labels, weight }) => ({
          labels,
          weight: (1 - share) * weight,
        })),
      );
    return covering(candidates, space, { count, compared: (mixture?.hypotheses ?? 0) + NEIGHBOURS });
  };
}

/** The spread of a bank's predictions in every coordinate, divided by its importance: what distances are measured in. */
export function unitsOf({ space, predicted }: Bank): Float64Array {
  const { size } = space,
    count = predicted.length / size,
    importance = space.importance();
  return importance.map((weight, k) => {
    let sum = 0,
      squares = 0;
    for (let row = 0; row < count; row++) {
      const value = predicted[row * size + k]!;
      sum += value;
      squares += value * value;
    }
    const deviation = Math.sqrt(Math.max(0, squares / count - (sum / count) ** 2));
    return deviation > 0 ? deviation / weight : Infinity;
  });
}

/** What the truth may be by a bank: a prediction with the residuals of the samples whose predictions were most alike, nearest
 *  first; weights add to 1.
 *  @param units of `unitsOf` */
export function drawsOf(
  bank: Bank,
  units: Float64Array,
  prediction: ArrayLike<number>,
  count: number,
): ProposedLabels[] {
  const { space, residuals } = bank,
    { size } = space,
    x = space.of(prediction),
    near = neighbours(bank, units, x, count),
    last = near[Math.min(NEIGHBOURS, near.length) - 1]!.distance,
    width = last > 0 ? BANDWIDTH * last : 1,
    likely = near.map(({ distance }) => Math.exp(-((distance / width) ** 2) / 2)),
    total = likely.reduce((a, b) => a + b, 0);
  return near.map(({ row }, k) => ({
    labels: space.labelsOf(space.add(x, residuals.subarray(row * size, (row + 1) * size))),
    weight: likely[k]! / total,
  }));
}

/** The rows whose predictions are most alike, nearest first. */
function neighbours(
  { space: { size }, predicted }: Bank,
  units: Float64Array,
  x: Float64Array,
  count: number,
): { row: number; distance: number }[] {
  const all = Array.from({ length: predicted.length / size }, (_, row) => {
    let sum = 0;
    for (let k = 0; k < size; k++) sum += ((predicted[row * size + k]! - x[k]!) / units[k]!) ** 2;
    return { row, distance: Math.sqrt(sum) };
  });
  return all.sort((a, b) => a.distance - b.distance).slice(0, count);
}

/** Strain errors, each candidate against each as the truth: row-major [truth][candidate]; as `strainError`, on fewer depths. */
function distances(
  candidates: readonly ProposedLabels[],
  weights: readonly number[],
  thickness: number,
): Float64Array {
  const count = candidates.length,
    errors = new Float64Array(count * count);
  const thick = candidates.map(({ labels }) => Math.max(labels[thickness]!, 1e-9)),
    deepest = Math.max(...thick);
  const strains = candidates.map(({ labels }, i) => {
    const own = weights.map((k) => labels[k]!);
    return Float64Array.from({ length: DEPTHS }, (_, k) =>
      strainAt(own, 1 - (((k + 0.5) / DEPTHS) * deepest) / thick[i]!),
    );
  });
  const largest = strains.map((strain) =>
    strain.reduce((most, value) => Math.max(most, Math.abs(value)), 1e-9),
  );
  for (let i = 0; i < count; i++)
    for (let j = 0; j < i; j++) {
      const a = strains[i]!,
        b = strains[j]!;
      let sum = 0;
      for (let k = 0; k < DEPTHS; k++) sum += (a[k]! - b[k]!) ** 2;
      const rms = Math.sqrt(((sum / DEPTHS) * deepest) / Math.max(thick[i]!, thick[j]!));
      errors[i * count + j] = rms / largest[i]!;
      errors[j * count + i] = rms / largest[j]!;
    }
  return errors;
}

/** First those that together have most of the probability near them: each takes what the ones before left. Then the others
 *  in their order.
 *  @param compared candidates that the first are chosen from
 *  @returns at most `count`, fewer where there are no more candidates */
function covering(
  candidates: readonly ProposedLabels[],
  { weights, labels }: UnknownSpace,
  { count, compared }: { readonly count: number; readonly compared: number },
): ProposedLabels[] {
  const first = candidates.slice(0, compared),
    errors = distances(first, weights, labels.indexOf("thickness")),
    size = first.length,
    left = Float64Array.from(candidates, ({ weight }) => weight),
    // Row by candidate, so that sums run along memory.
    near = new Float64Array(size * size);
  for (let i = 0; i < size; i++)
    for (let j = 0; j < size; j++) near[j * size + i] = 1 / (1 + (errors[i * size + j]! / ALIKE) ** 4);
  const chosen = new Map<number, number>();
  while (chosen.size < Math.min(count, size, DIFFERENT)) {
    let best = -1,
      most = -1;
    for (let j = 0; j < size; j++) {
      if (chosen.has(j)) continue;
      let sum = 0;
      for (let i = 0; i < size; i++) sum += left[i]! * near[j * size + i]!;
      if (sum > most) [best, most] = [j, sum];
    }
    for (let i = 0; i < size; i++) left[i]! *= 1 - near[best * size + i]!;
    chosen.set(best, most);
  }
  for (let i = 0; i < left.length && chosen.size < count; i++) if (!chosen.has(i)) chosen.set(i, left[i]!);
  return Array.from(chosen, ([index, weight]) => ({ labels: candidates[index]!.labels, weight }));
}
